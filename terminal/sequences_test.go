package terminal

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// A sequenceCase is a program about one sequence, and what xterm 379 answered
// and showed; bench/xterm recorded it from sequences.txt, charsets.txt and vt52.txt.
type sequenceCase struct {
	Name   string
	Latin1 bool // each code point of Input is a byte
	xtermRecording
	Replies string
}

// A checker asks an emulator about its screen, as a program does that knows
// nothing of it but its answers.
type checker struct {
	t *testing.T
	e *Emulator
}

// ask returns the answer to a question.
func (c checker) ask(format string, args ...any) string {
	c.t.Helper()
	c.e.Write(fmt.Appendf(nil, format, args...))
	b := c.e.Replies()
	if len(b) == 0 {
		c.t.Errorf("no answer to %q", fmt.Sprintf(format, args...))
	}
	return string(b)
}

// rows reads the screen cell by cell, with DECRQCRA and XTREPORTSGR.
func (c checker) rows(cols, rows int) (out [][2]string) {
	c.t.Helper()
	c.e.Write([]byte("\x1b[?6l\x1b[51#y"))
	for y := 1; y <= rows; y++ {
		var glyphs strings.Builder
		styles := make([]string, cols)
		for x := 1; x <= cols; x++ {
			var sum rune
			if _, err := fmt.Sscanf(c.ask("\x1b[7;1;%d;%d;%d;%d*y", y, x, y, x), "\x1bP7!~%x\x1b\\", &sum); err != nil {
				c.t.Fatal(err)
			}
			glyphs.WriteRune(sum)
			list := strings.Split(strings.TrimSuffix(c.ask("\x1b[%d;%d;%d;%d#|", y, x, y, x), "m"), ";")[1:]
			list = slices.DeleteFunc(list, func(s string) bool {
				return s == "8" || sum == ' ' && len(s) > 1 && (s[0] == '3' || s[0] == '9') // as xterm reports, and keeps
			})
			if i := slices.Index(list, "4:2"); i >= 0 {
				list[i] = "21"
			}
			slices.Sort(list)
			styles[x-1] = strings.Join(list, ";")
		}
		out = append(out, [2]string{strings.TrimRight(glyphs.String(), " "), styleRuns(styles)})
	}
	return out
}

// TestSequences holds what each sequence does, beside xterm.
func TestSequences(t *testing.T) { runSequences(t, "sequences", 20, 600) }

// TestCharacterSets holds the glyphs of each character set, beside an xterm that is a VT525.
func TestCharacterSets(t *testing.T) { runSequences(t, "charsets", 20, 100) }

// TestVT52 holds what a VT52 does, beside xterm, which makes one 80 columns wide.
func TestVT52(t *testing.T) { runSequences(t, "vt52", 80, 80) }

// runSequences runs the cases of a file, of which there are at least least, on cols
// columns and 8 rows, and compares all through the terminal's answers.
func runSequences(t *testing.T, name string, cols, least int) {
	t.Parallel()
	b, err := os.ReadFile("testdata/xterm_" + name + ".jsonl")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(b)) {
		var want sequenceCase
		if err := json.Unmarshal([]byte(line), &want); err != nil {
			t.Fatal(err)
		}
		n++
		if want.Latin1 {
			var input []byte
			for _, r := range want.Input {
				input = append(input, byte(r))
			}
			want.Input = string(input)
		}
		want.check(t, cols)
	}
	if n < least {
		t.Errorf("only %d cases", n)
	}
}

// check runs the case.
func (want *sequenceCase) check(t *testing.T, cols int) {
	const rows = 8
	c := checker{t, New(cols, rows, Options{Checksums: true})}
	c.e.Write([]byte(want.Input))
	var answers []byte // each byte as a code point, as recorded
	for _, b := range c.e.Replies() {
		answers = utf8.AppendRune(answers, rune(b))
	}
	if got := string(answers); got != want.Replies {
		t.Errorf("%s: %q is answered %q, want %q", want.Name, want.Input, got, want.Replies)
	}
	if got := strings.Trim(c.ask("\x1b\\\x1b[6n"), "\x1b[R"); got != want.Cursor {
		t.Errorf("%s: %q leaves the cursor at %s, want %s", want.Name, want.Input, got, want.Cursor)
	}
	for i, m := range xtermModes {
		if got := c.ask("\x1b[%s$p", m); !strings.HasSuffix(got, want.Modes[i:i+1]+"$y") {
			t.Errorf("%s: after %q mode %s is %q, want %c", want.Name, want.Input, m, got, want.Modes[i])
		}
	}
	got := c.rows(cols, rows)
	if strings.Contains(want.Input, "47h") || strings.Contains(want.Input, "49h") {
		c.e.Write([]byte("\x1b[?47l"))
		got = append(got, c.rows(cols, rows)...)
	}
	for len(want.Rows) < len(got) {
		want.Rows = append(want.Rows, [2]string{})
	}
	for y := range got {
		if got[y] != want.Rows[y] {
			t.Errorf("%s: %q shows in row %d\n got %q\nwant %q", want.Name, want.Input, y, got[y], want.Rows[y])
		}
	}
}

// eightBit replaces the two-byte forms of C1 controls by the controls, in UTF-8.
var eightBit = strings.NewReplacer("\x1b[", "\u009b", "\x1b]", "\u009d", "\x1bP", "\u0090", "\x1b\\", "\u009c", "\x1bD", "\u0084", "\x1bE", "\u0085",
	"\x1bH", "\u0088", "\x1bM", "\u008d", "\x1bN", "\u008e", "\x1bO", "\u008f", "\x1bV", "\u0096", "\x1bW", "\u0097", "\x1bX", "\u0098", "\x1bZ", "\u009a",
	"\x1b^", "\u009e", "\x1b_", "\u009f")

// TestEightBitForms holds that each sequence does the same with eight-bit controls.
func TestEightBitForms(t *testing.T) {
	b, err := os.ReadFile("testdata/xterm_sequences.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		var c sequenceCase
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		if c.Latin1 || strings.HasPrefix(c.Name, "set ") || strings.Contains(c.Input, "\x1b*") {
			continue // bytes from 80 up may be those of a set
		}
		seven, eight := New(20, 8, Options{}), New(20, 8, Options{})
		seven.Write([]byte(c.Input))
		eight.Write([]byte(eightBit.Replace(c.Input)))
		a, b := seven.Snapshot(), eight.Snapshot()
		if !slices.Equal(a.text(), b.text()) || a.cursor != b.cursor || a.pen != b.pen || a.modes != b.modes || string(seven.Replies()) != string(eight.Replies()) {
			t.Errorf("%s: %q differs with eight-bit controls\n%q\n%q", c.Name, c.Input, a.text(), b.text())
		}
	}
}

// TestNothingReadsTheScreen holds that without the option no program learns
// what the screen shows, whatever it sets before.
func TestNothingReadsTheScreen(t *testing.T) {
	e := New(20, 8, Options{Clipboard: true, Clusters: true, KittyKeys: true, OtherKeys: true})
	e.Write([]byte("\x1b[1msecret\x1b[64;1\"p\x1b[51#y"))
	for _, ask := range []string{"\x1b[1;1;1;1;1;6*y", "\x1b[1;1;1;6#|", "\x1b[?63;1n", "\x1b[i", "\x1b[?10i", "\x1b[?11i", "\x1b[10i", "\x1b[20t", "\x1b[21t", "\x1b]52;c;?\x07", "\x1b[?4i"} {
		e.Write([]byte("\x1b]2;secret\x07\x1b]52;c;c2VjcmV0\x07" + ask))
		if got := string(e.Replies()); got != "" && got != "\x1bP1!~0000\x1b\\" {
			t.Errorf("%q is answered %q", ask, got)
		}
	}
}
