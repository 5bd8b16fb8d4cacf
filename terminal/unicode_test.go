package terminal

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestGraphemeBreakTest holds the clusters of Unicode's own test.
func TestGraphemeBreakTest(t *testing.T) {
	b, err := os.ReadFile("testdata/GraphemeBreakTest.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); line[0] != '#' {
			n++
			checkBreaks(t, line)
		}
	}
	if n < 700 {
		t.Errorf("only %d cases", n)
	}
}

// TestConjuncts holds that what joins consonants by GB9c since Unicode 17.0 does not in
// 16.0, whose InCB=Linker has six scripts (DerivedCoreProperties-16.0.0), and that those
// of the six do.
func TestConjuncts(t *testing.T) {
	for _, line := range []string{
		"÷ 1004 × 103A × 1039 ÷ 1011 × 1039 ÷ 1011 ÷",
		"÷ 1019 × 1039 ÷ 1018 ÷ 102C × 1037 ÷",
		"÷ 1795 × 17D2 ÷ 17AF ÷ 1798 ÷",
		"÷ 179F × 17D2 ÷ 178F × 17D2 ÷ 179A × 17B8 ÷",
		"÷ 17A0 × 17D2 ÷ 17AB ÷ 1791 × 17D0 ÷ 1799 ÷",
		"÷ 1B12 × 1B01 ÷ 1B32 × 1B44 ÷ 1B2F ÷ 1B32 × 1B44 ÷ 1B22 × 1B44 ÷ 1B2C ÷ 1B32 × 1B44 ÷ 1B22 × 1B38 ÷",
		"÷ 1B26 ÷ 1B17 × 1B44 ÷ 1B13 ÷",
		"÷ 1B27 ÷ 1B13 × 1B44 ÷ 1B0B ÷ 1B0B × 1B04 ÷",
		"÷ 0915 × 094D × 0924 ÷", "÷ 0995 × 09CD × 09A4 ÷", "÷ 0A95 × 0ACD × 0AA4 ÷",
		"÷ 0B15 × 0B4D × 0B24 ÷", "÷ 0C15 × 0C4D × 0C24 ÷", "÷ 0D15 × 0D4D × 0D24 ÷",
	} {
		checkBreaks(t, line)
	}
	for _, r := range []rune{0x1039, 0x17d2, 0x1b44, 0x1a60, 0x11133} {
		if got := classOf(r).conj(); got != conjExtend {
			t.Errorf("%U has Indic_Conjunct_Break %d, want Extend", r, got)
		}
	}
}

// checkBreaks holds that the code points of a line of Unicode's form, which are in
// hexadecimal, break at ÷ and not at ×.
func checkBreaks(t *testing.T, line string) {
	t.Helper()
	var got strings.Builder
	var s clusterState
	started, cr := false, false
	for word := range strings.FieldsSeq(line) {
		v, err := strconv.ParseUint(word, 16, 32)
		if err != nil {
			continue // a mark of a break
		}
		r := rune(v)
		c := classOf(r)
		// GB3 is about controls, which are never in a cell.
		if started && (s.joins(c) || cr && r == '\n') {
			got.WriteString(" × ")
			s.advance(c)
		} else {
			got.WriteString(" ÷ ")
			s.start(c)
		}
		started, cr = true, r == '\r'
		got.WriteString(word)
	}
	if g := strings.TrimSpace(got.String()) + " ÷"; g != line {
		t.Errorf("got  %s\nwant %s", g, line)
	}
}

// malformed are byte strings, and what the WHATWG's decoder, which Unicode
// recommends (16.0, 3.9), makes of them: one U+FFFD for each maximal subpart.
var malformed = map[string]string{
	"\x80": "\ufffd", "\xbf": "\ufffd", "\x80\xbf\x80": "\ufffd\ufffd\ufffd", "\xfe": "\ufffd", "\xff\xfe": "\ufffd\ufffd",
	// Cut short: two, three and four bytes.
	"\xc3|": "\ufffd|", "\xe4\xb8|": "\ufffd|", "\xe4|": "\ufffd|", "\xf0\x9f\x98|": "\ufffd|", "\xf0\x9f|": "\ufffd|", "\xf0|": "\ufffd|",
	"\xe4\xb8\xe4\xb8\xad": "\ufffd中", "\xf0\x9f\x98\xf0\x9f\x98\x80": "\ufffd😀", "\xc3\xc3\xa9": "\ufffdé",
	// Overlong, in all lengths.
	"\xc0\xaf": "\ufffd\ufffd", "\xc1\xbf": "\ufffd\ufffd", "\xe0\x80\xaf": "\ufffd\ufffd\ufffd", "\xe0\x9f\xbf": "\ufffd\ufffd\ufffd",
	"\xf0\x80\x80\xaf": "\ufffd\ufffd\ufffd\ufffd", "\xf0\x8f\xbf\xbf": "\ufffd\ufffd\ufffd\ufffd", "\xc0\x80": "\ufffd\ufffd",
	"\xf8\x80\x80\x80\xaf": "\ufffd\ufffd\ufffd\ufffd\ufffd", "\xfc\x80\x80\x80\x80\xaf": "\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd",
	// Surrogates, single and in pairs.
	"\xed\xa0\x80": "\ufffd\ufffd\ufffd", "\xed\xbf\xbf": "\ufffd\ufffd\ufffd", "\xed\xa0\x80\xed\xb0\x80": "\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd",
	// Above the last code point.
	"\xf4\x90\x80\x80": "\ufffd\ufffd\ufffd\ufffd", "\xf5\x80\x80\x80": "\ufffd\ufffd\ufffd\ufffd", "\xf7\xbf\xbf\xbf": "\ufffd\ufffd\ufffd\ufffd",
	// The last before a gap, and the first behind one.
	"\xed\x9f\xbf": "", "\xee\x80\x80": "\ue000", "\xf4\x8f\xbf\xbd": "\U0010fffd", "\xf0\x90\x80\x80": "\U00010000",
	"\xef\xbf\xbd": "\ufffd", "\xdf\xbf": "\u07ff", "\xe0\xa0\x80": "\u0800", "\xc2\xa0": "\u00a0",
	// The table of Unicode 16.0, 3.9 (3-8 to 3-11).
	"\xc0\xaf\xe0\x80\xbf\xf0\x81\x82A": "\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffdA",
	"\xed\xa0\x80\xed\xbf\xbf\xed\xafA": "\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffdA",
	"\xf4\x91\x92\x93\xffA\x80\xbfB":    "\ufffd\ufffd\ufffd\ufffd\ufffdA\ufffd\ufffdB",
	"\xe1\x80\xe2\xf0\x91\x92\xf1\xbfA": "\ufffd\ufffd\ufffd\ufffdA",
}

// TestMalformedUTF8 feeds each string whole and in all pairs of writes.
func TestMalformedUTF8(t *testing.T) {
	for in, want := range malformed {
		for cut := range len(in) + 1 {
			for _, clusters := range []string{"", "\x1b[?2027h"} {
				e := New(40, 2, Options{Clusters: true})
				e.Write([]byte(clusters))
				e.Write([]byte(in[:cut]))
				e.Write([]byte(in[cut:]))
				e.Write([]byte("\x1b[m")) // what is cut short at the end shows now
				got := rowText(e.Snapshot(), 0)
				if in == "\xed\x9f\xbf" {
					got = strings.TrimSpace(got) // a final jamo that nothing precedes
				}
				if got != want {
					t.Errorf("%q cut at %d shows %q, want %q", in, cut, got, want)
				}
			}
		}
	}
}

// TestEveryCodePoint prints each code point and checks that none is lost, and
// that it takes the columns that the table says.
func TestEveryCodePoint(t *testing.T) {
	e := New(8, 1, Options{})
	var buf [utf8.UTFMax + 2]byte
	for r := rune(0xa0); r <= utf8.MaxRune; r++ {
		if 0xd800 <= r && r < 0xe000 {
			continue
		}
		e.Write(append(utf8.AppendRune(append(buf[:0], '\r', 'a'), r), "\x1b[K"...))
		row := e.lines[0]
		w := RuneWidth(r)
		at, want := 1, string(r)
		switch {
		case r == 0x2028 || r == 0x2029 || isNoncharacter(r):
			at, want = 0, "a"
		case w == 0:
			at, want = 0, "a"+string(r)
		}
		if got := string(row.AppendText(nil, at)); got != want || e.x != 1+w {
			t.Fatalf("%U shows %q up to column %d, want %q and %d", r, got, e.x, want, 1+w)
		}
	}
}
