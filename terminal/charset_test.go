package terminal

import (
	"strings"
	"testing"
)

// TestCharsetTables holds that each set has as many characters as it says, and names
// that no other set of its size has.
func TestCharsetTables(t *testing.T) {
	names := map[string]charset{}
	for set, info := range charsetInfos {
		want := 0
		if info.upper != "" {
			want = 94 + 2*b2i(info.wide)
		}
		if n := len([]rune(info.upper)); n != want {
			t.Errorf("set %d has %d characters, want %d", set, n, want)
		}
		if n := len([]rune(info.replaced)); n%2 != 0 {
			t.Errorf("set %d has half a pair", set)
		}
		for name := range strings.FieldsSeq(info.finals) {
			key := name + [2]string{"", " wide"}[b2i(info.wide)]
			if other, ok := names[key]; ok {
				t.Errorf("%q names sets %d and %d", key, other, set)
			}
			names[key] = charset(set)
		}
	}
	for _, e := range charsetGlyphs {
		for i, r := range e[:95] {
			if r == 0 {
				t.Errorf("%02X shows nothing", i+' ')
			}
		}
	}
}

// TestCharsetReports holds that DECCIR tells of the sets, and that DECRSPS restores them.
func TestCharsetReports(t *testing.T) {
	for _, c := range []struct{ in, want, probe, shows string }{
		{"", "0;2;@;BBBB", "aq", "aq"},
		{"\x1b)0\x1b*>\x1b/A\x1b}\x0e", "1;2;H;B0>A", "aq\xe1", "▒─α"},
		{"\x1b*%5\x1b+<\x1b|\x1bo", "3;3;@;BB%5<", "a\xe1", "áá"},
		{"\x1b-A\x1b~", "0;1;B;BABB", "a\xe1", "aá"},
		{"\x1b[?42h\x1b(5\x1b)`\x1b*%6\x1b+\">", "0;2;@;C`%6\">", "{", "ä"},
		{"\x1b)\"?\x1b.F\x1b/L\x1bn", "2;2;L;B\"?FL", "a\xe1", "αα"},
	} {
		e := New(10, 1, Options{})
		e.Write([]byte(c.in + "\x1b[1$w"))
		report := string(e.Replies())
		if want := "\x1bP1$u1;1;1;@;@;@;" + c.want + "\x1b\\"; report != want {
			t.Errorf("after %q DECCIR is %q, want %q", c.in, report, want)
		}
		for _, from := range []string{"", "\x1b)>\x1b~\x0e", "\x1b[!p"} {
			e.Write([]byte(from + strings.Replace(report, "$u", "$t", 1) + c.probe))
			if got := rowText(e.Snapshot(), 0); got != c.shows {
				t.Errorf("after %q restored %q shows %q, want %q", c.in, c.probe, got, c.shows)
			}
			e.Write([]byte("\r\x1b[K"))
		}
	}
}

// TestRightHalf holds that bytes from 80 up are those of GR while it has another set
// than ASCII, also where a write ends, and UTF-8 again afterwards.
func TestRightHalf(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"\x1b.A\xe9\xc3\xa9\x1b*Bé", "éÃ©é"},
		{"\x1b.A\x85\x9ba\x1b.\x41\xff", "aÿ"},
		{"\xc3\x1b.A\xa9", "\ufffd©"},
		{"\x1b*>\xff\xe1", "α"}, {"\x1b*>\x1bcé", "é"},
		{"\x1b)>\x1b~é\x1b}é", "÷⎤é"},
		{"\x1b.A\x1b]2;é\x07x", "x"},
		{"\x1b*0\xf1\x1b[3b", "────"},
		{"\x1b(A\x7fx", "ø"}, {"\x1b-A\x0e\x7fx", "ÿø"}, // DEL is of a set of 96 that was designated so
	} {
		whole, bytewise := New(10, 1, Options{}), New(10, 1, Options{})
		whole.Write([]byte(c.in))
		for _, b := range []byte(c.in) {
			bytewise.Write([]byte{b})
		}
		for _, e := range []*Emulator{whole, bytewise} {
			if got := rowText(e.Snapshot(), 0); got != c.want {
				t.Errorf("%q shows %q, want %q", c.in, got, c.want)
			}
		}
	}
}

// TestVT52Text holds that a VT52 shows UTF-8, which no real one knew, and that its
// addresses may come in pieces and hold any byte.
func TestVT52Text(t *testing.T) {
	for _, c := range []struct {
		in, want string
		row, col int
	}{
		{"\x1b[?2lé中", "é中", 0, 3},
		{"\x1b[?2l\x1bY!é", "", 1, 9},
		{"\x1b[?2l\x1bY中#", "", 2, 3},
		{"\x1b[?2l\x1bY\xff#", "", 2, 3},
		{"\x1b[?2l\x1bY!\x1b", "", 1, 0},
		{"\x1b[?2l\x1b<\x1b[2;3H", "", 1, 2},
		{"\x1b[?2l\x1b[3;3Hx", "3;3Hx", 0, 5},
	} {
		whole, bytewise := New(10, 3, Options{}), New(10, 3, Options{})
		whole.Write([]byte(c.in))
		for _, b := range []byte(c.in) {
			bytewise.Write([]byte{b})
		}
		for _, e := range []*Emulator{whole, bytewise} {
			if got := rowText(e.Snapshot(), 0); got != c.want || e.y != c.row || e.x != c.col {
				t.Errorf("%q shows %q and is at %d, %d, want %q, %d, %d", c.in, got, e.y, e.x, c.want, c.row, c.col)
			}
		}
	}
}
