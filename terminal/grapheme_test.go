package terminal

import (
	"strings"
	"testing"
)

func TestRuneWidth(t *testing.T) {
	for r, want := range map[rune]int{
		'a': 1, 0xad: 1, 0x301: 0, 0x200b: 0, 0x200d: 0, 0xfe0f: 0, 0xfeff: 0, 0x1100: 2, 0x115f: 2, 0x1160: 0, 0x11ff: 0, 0xd7b0: 0,
		0x378: 1, 0x4e2d: 2, 0x3042: 2, 0xff71: 1, 0xff21: 2, 0x4dc0: 2, 0x2630: 2, 0x2e3b: 1, 0x1f600: 2, 0x1fae8: 2, 0x1fae9: 2, 0x1f3fb: 2,
		0x1f1e9: 1, 0xe000: 1, 0x20000: 2, 0x3fffd: 2, 0xe0067: 0, 0x10fffd: 1, 0xffff: 0, 0x915: 1, 0x93f: 1, 0x94d: 0, 0x600: 1, 0x3b1: 1,
	} {
		if got := RuneWidth(r); got != want {
			t.Errorf("%U takes %d columns, want %d", r, got, want)
		}
	}
}

// TestClusterBreaks has the examples of UAX 29 and one for each of its rules;
// · stands between clusters.
func TestClusterBreaks(t *testing.T) {
	for _, want := range []string{
		"a·b", "e\u0301·e", "\u1100\u1161\u11a8·\u1100", "\uac00\u11a8·\uac01·\u1161", "\uac00\u1161·a", // GB6 to GB8
		"\u0600a·b", "a\u200d·b", "\u0915\u093f·\u0915", // GB9, GB9a, GB9b
		"\u0915\u094d\u0937·\u0915", "\u0915\u094d\u200d\u0937", "\u0915\u0937"[:3] + "·\u0937", // GB9c
		"👩\u200d👩\u200d👧", "👩·👩", "👍🏽·👍", "❤\ufe0f\u200d🔥", "a\u200d·👩", // GB11
		"🇩🇪·🇫🇷·🇩", "🇩\u0301·🇪", // GB12
		"🏴\U000e0067\U000e007f", "1\ufe0f\u20e3·2",
	} {
		var s clusterState
		var got strings.Builder
		for i, r := range strings.ReplaceAll(want, "·", "") {
			c := classOf(r)
			switch {
			case i == 0:
				s.start(c)
			case s.joins(c):
				s.advance(c)
			default:
				got.WriteString("·")
				s.start(c)
			}
			got.WriteRune(r)
		}
		if got.String() != want {
			t.Errorf("%q breaks as %q", want, got.String())
		}
	}
}

// TestWidths holds the columns that each text takes, in the mode that
// programs know (each code point by itself) and in mode 2027.
func TestWidths(t *testing.T) {
	for _, c := range []struct {
		text              string
		legacy, clustered int
	}{
		{"👩\u200d👩\u200d👧\u200d👦", 8, 2}, {"❤\ufe0f\u200d🔥", 3, 2}, {"🏳\ufe0f\u200d🌈", 3, 2},
		{"🇩🇪", 2, 2}, {"🇩", 1, 2}, {"🇩🇪🇩", 3, 4}, {"🏴\U000e0067\U000e0062\U000e007f", 2, 2},
		{"👍🏽", 4, 2}, {"❤\ufe0f", 1, 2}, {"1\ufe0f\u20e3", 1, 2}, {"⌚\ufe0e", 2, 1}, {"a\ufe0f", 1, 1},
		{"\u1100\u1161\u11a8", 2, 2}, {"각", 2, 2}, {"e\u0301", 1, 1}, {"क्ष", 2, 1}, {"कि", 2, 1}, {"a\u00adb", 3, 3},
		{"中文", 4, 4}, {"\u2e3b", 1, 1}, {"\U0001fae9", 2, 2}, {"\u0378", 1, 1},
	} {
		for _, mode := range []bool{false, true} {
			e := New(20, 2, Options{Clusters: true})
			want := c.legacy
			if mode {
				e.Write([]byte("\x1b[?2027h"))
				want = c.clustered
			}
			e.Write([]byte(c.text))
			if e.x != want {
				t.Errorf("%+q takes %d columns with clusters %t, want %d", c.text, e.x, mode, want)
			}
			if got := e.Snapshot().text()[0]; got != c.text {
				t.Errorf("%+q with clusters %t shows %+q", c.text, mode, got)
			}
			if err := e.check(); err != nil {
				t.Errorf("%+q with clusters %t: %v", c.text, mode, err)
			}
		}
	}
	e := New(20, 1, Options{AmbiguousWide: true})
	e.Write([]byte("α─①"))
	if e.x != 6 {
		t.Errorf("three ambiguous characters take %d columns where they are wide", e.x)
	}
}

// TestClustersAtTheMargin widens and narrows the last glyph of a row.
func TestClustersAtTheMargin(t *testing.T) {
	runCases(t, Options{Clusters: true}, []emulatorCase{
		{"widened in the last column, it moves", "\x1b[?2027h012345678❤\ufe0fx", "012345678|❤\ufe0fx", 1, 3, ""},
		{"widened before the last column", "\x1b[?2027h01234567❤\ufe0fx", "01234567❤\ufe0f|x", 1, 1, ""},
		{"narrowed at the margin", "\x1b[?2027h01234567⌚\ufe0ex", "01234567⌚\ufe0ex", 0, 9, ""},
		{"joined at the margin", "\x1b[?2027h01234567👩\u200d👧x", "01234567👩\u200d👧|x", 1, 1, ""},
		{"not joined after a motion", "\x1b[?2027h🇩\x1b[5G🇪x", "🇩  🇪x", 0, 7, ""},
		{"joined across a rendition", "\x1b[?2027h👩\u200d\x1b[1m👧x", "👩\u200d👧x", 0, 3, ""},
	})
}

// TestClusterText holds that a cell's text stays within its limit.
func TestClusterText(t *testing.T) {
	e := New(5, 1, Options{})
	e.Write([]byte("a" + strings.Repeat("\u0301", 40) + "b"))
	if got, want := e.Snapshot().text()[0], "a"+strings.Repeat("\u0301", 15)+"b"; got != want {
		t.Errorf("shows %+q, want %+q", got, want)
	}
}
