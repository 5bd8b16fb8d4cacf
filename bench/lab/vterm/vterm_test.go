package vterm

import (
	"testing"

	"roam/internal/payload"
	"roam/terminal"
)

func TestSequences(t *testing.T) {
	for _, c := range []struct{ in, row0, row1 string }{
		{"abc\x08X", "abX", ""},
		{"abcdefghijK", "abcdefghij", "K"},        // wraps at 10 columns
		{"abcdefghij\x08\x08Z", "abcdefgZij", ""}, // no wrap yet: the first BS goes to the ninth
		{"ab\x1b[2Dx\x1b[K", "x", ""},
		{"one\r\ntwo\x1b[1;2HX", "oXe", "two"},
		{"abc\x1b[1;2H\x1b[P", "ac", ""},
		{"abc\x1b[1;2H\x1b[2@", "a  bc", ""},
		{"abc\x1b[1;1H\x1b[2X", "  c", ""},
		{"a\x1b[3b", "aaaa", ""},
		{"a\x1b[?1049hzzz\x1b[?1049lb", "ab", ""},
		{"a\x1b]0;title\x07b\x1bPxx\x1b\\c", "abc", ""},
		{"h\xc3\xa9!", "hé!", ""},
		{"1\r\n2\x1b[1;1H\x1bMx", "x", "1"},
		{"\x1b(0qx\x1b(Bq", "─│q", ""},
		{"abcdefghi\x1b[2Zx", "xbcdefghi", ""},
		{"ab\x1b[Ix", "ab      x", ""},
		{"a\x1b[2;3r\x1b[4hb\x1b[1;1Hc", "cba", ""},
	} {
		x := New(10, 3)
		x.Write([]byte(c.in))
		if x.Row(0) != c.row0 || x.Row(1) != c.row1 {
			t.Errorf("%q: got %q, %q, want %q, %q", c.in, x.Row(0), x.Row(1), c.row0, c.row1)
		}
	}
}

func TestReplies(t *testing.T) {
	x := New(80, 24)
	var got []byte
	x.Reply = func(b []byte) { got = append(got, b...) }
	x.Write([]byte("ab\x1b[6n\x1b[c\x1b[>c\x1b[5n"))
	if want := "\x1b[1;3R\x1b[?62;c\x1b[>0;276;0c\x1b[0n"; string(got) != want {
		t.Errorf("replies %q, want %q", got, want)
	}
}

// TestAgreesWithRoam compares the screens with those of roam's emulator, which
// shares nothing with this one, on what programs print: all payloads but the one
// with wide characters, in pieces.
func TestAgreesWithRoam(t *testing.T) {
	for _, p := range payload.All() {
		if p.Name == "utf8" {
			continue
		}
		ours, theirs := New(80, 24), terminal.New(80, 24, terminal.Options{})
		b := p.Bytes(200_000)
		for len(b) > 0 {
			n := min(7001, len(b)) // pieces that end anywhere
			ours.Write(b[:n])
			theirs.Write(b[:n])
			b = b[n:]
			shown := theirs.Snapshot()
			for y := range 24 {
				var row []byte
				for x := range 80 {
					row = shown.Row(y).AppendText(row, x)
				}
				if got, want := string(ours.shown[y]), string(row); got != want {
					t.Fatalf("%s, row %d:\nhere %q\nroam %q", p.Name, y, got, want)
				}
			}
		}
	}
}

func FuzzWrite(f *testing.F) {
	f.Add([]byte("a\x1b[2;5r\x1b[4h\x1b[99@\x1b[9L\x1b[99Z\x1b[8I\x1b[?6h\x1b[99;99H\x1b[99bx"))
	f.Add([]byte("\x1b[1;1H\x1b[99M\x1b7\x1b[?1049h\x1b8\x1b[99S\x1b[99T\xe4\xb8"))
	f.Fuzz(func(t *testing.T, b []byte) {
		x := New(20, 5)
		x.Write(b)
		if x.X < 0 || x.X >= x.Cols || x.Y < 0 || x.Y >= x.Rows || len(x.parameters) > maxParameters {
			t.Errorf("cursor at %d, %d with %d bytes of parameters", x.X, x.Y, len(x.parameters))
		}
		for y := range x.Rows {
			if len(x.shown[y]) != x.Cols {
				t.Errorf("row %d has %d columns", y, len(x.shown[y]))
			}
		}
	})
}
