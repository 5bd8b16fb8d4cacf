package terminal

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
)

func TestResize(t *testing.T) {
	type size struct{ cols, rows int }
	for _, c := range []struct {
		name     string
		input    string
		to       []size
		rows     string
		row, col int
		pending  bool
	}{
		{"narrower wraps", "abcdefgh", []size{{5, 4}}, "abcde|fgh", 1, 3, false},
		{"and back", "abcdefgh", []size{{5, 4}, {10, 4}}, "abcdefgh", 0, 8, false},
		{"wider joins", "abcdefghijklm", []size{{20, 4}}, "abcdefghijklm", 0, 13, false},
		{"lines stay apart", "abcdefg\r\nhij", []size{{5, 4}}, "abcde|fg|hij", 2, 3, false},
		{"a line that fills the row is not wrapped", "0123456789\r\nab", []size{{20, 4}}, "0123456789|ab", 1, 2, false},
		{"cursor within a line", "abcdefgh\x1b[1;3H", []size{{5, 4}}, "abcde|fgh", 0, 2, false},
		{"cursor in the wrapped part", "abcdefgh\x1b[1;7H", []size{{5, 4}}, "abcde|fgh", 1, 1, false},
		{"cursor behind the text", "ab\x1b[1;9H", []size{{5, 4}}, "ab", 0, 4, false},
		{"wrap pending stays behind its glyph", "0123456789", []size{{5, 4}}, "01234|56789", 1, 4, true},
		{"wrap pending is over where there is room", "0123456789", []size{{12, 4}}, "0123456789", 0, 10, false},
		{"wide glyphs move whole", "abcd中", []size{{5, 4}}, "abcd|中", 1, 2, false},
		{"and come back without a gap", "abcd中", []size{{5, 4}, {10, 4}}, "abcd中", 0, 6, false},
		{"wide glyph in one column", "中", []size{{1, 4}}, "", 0, 0, true},
		{"clusters and links go along", "abce\u0301\x1b]8;;http://a/\x07fgh", []size{{5, 4}}, "abce\u0301f|gh", 1, 2, false},
		{"shorter drops blank rows below first", "a\r\nb", []size{{10, 2}}, "a|b", 1, 1, false},
		{"shorter moves the top off", "a\r\nb\r\nc\r\nd", []size{{10, 2}}, "c|d", 1, 1, false},
		{"shorter keeps the cursor in view", "a\r\nb\r\nc\r\nd\x1b[2;1H", []size{{10, 2}}, "b|c", 0, 0, false},
		{"taller adds below", "a\r\nb", []size{{10, 6}}, "a|b", 1, 1, false},
		{"rewrapping that does not fit moves the top off", "abcdefgh\r\nijklmnop\r\nq", []size{{4, 3}}, "ijkl|mnop|q", 2, 1, false},
		{"hostile sizes", "ab", []size{{-5, 0}, {1 << 30, 1 << 30}, {10, 4}}, "b", 0, 1, false},
		{"alternate screen is cut", "x\x1b[?1049habcdefgh", []size{{5, 4}}, " abcd", 0, 4, false},
		{"primary is rewrapped behind it", "abcdefgh\x1b[?1049hX", []size{{5, 4}}, "", 0, 0, false},
	} {
		e := New(10, 4, Options{})
		e.Write([]byte(c.input))
		for _, s := range c.to {
			e.Resize(s.cols, s.rows)
			if err := e.check(); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		if c.name == "primary is rewrapped behind it" {
			e.Write([]byte("\x1b[?1049l"))
			c.rows, c.row, c.col = "abcde|fgh", 1, 3
		}
		s := e.Snapshot()
		got := strings.TrimRight(strings.Join(s.text(), "|"), "|")
		if got != c.rows || s.cursor.Row != c.row || s.cursor.Col != c.col || e.pending != c.pending {
			t.Errorf("%s: shows %q, cursor %d, %d, pending %t; want %q, %d, %d, %t",
				c.name, got, s.cursor.Row, s.cursor.Col, e.pending, c.rows, c.row, c.col, c.pending)
		}
	}
}

func TestResizeMovesMarksAndMargins(t *testing.T) {
	e := New(10, 4, Options{})
	e.Write([]byte("one\r\n\x1b]133;A\x07two is long\x1b[2;3r\x1b[?69h\x1b[2;5s"))
	e.Resize(6, 4)
	s := e.Snapshot()
	if s.Row(1).Mark() != (Mark{Prompt: true}) || s.Row(2).Mark() != (Mark{}) || !s.Row(1).Wrapped() {
		t.Errorf("rows %q, marks %+v %+v", s.text(), s.Row(1).Mark(), s.Row(2).Mark())
	}
	if e.top != 0 || e.bottom != 3 || e.left != 0 || e.right != 5 {
		t.Errorf("margins %d-%d, %d-%d", e.top, e.bottom, e.left, e.right)
	}
}

// TestResizeKeepsText holds that any walk through sizes that have room for all
// of the text ends with the same text, and the cursor on its character.
func TestResizeKeepsText(t *testing.T) {
	r := rand.New(rand.NewSource(3))
	glyphs := []string{"a", "b", "c", "中", "e\u0301", "é", " x"}
	for range 300 {
		var b strings.Builder
		for range 1 + r.Intn(6) {
			for range r.Intn(30) {
				b.WriteString(glyphs[r.Intn(len(glyphs))])
			}
			b.WriteString("|\r\n")
		}
		input := b.String() + "\x1b[A\x1b[" + itoa(1+r.Intn(5)) + "G^"
		input += strings.Repeat("\b", r.Intn(2)) // on it or behind it
		const cols, rows = 17, 100
		e := New(cols, rows, Options{})
		e.Write([]byte(input))
		want := fmt.Sprint(e.Snapshot().text(), e.x, e.y)
		var walk []int
		for range 5 {
			n := 2 + r.Intn(60)
			walk = append(walk, n)
			e.Resize(n, rows*9)
			if err := e.check(); err != nil {
				t.Fatalf("%q by way of %v: %v", input, walk, err)
			}
		}
		e.Resize(cols, rows)
		if got := fmt.Sprint(e.Snapshot().text(), e.x, e.y); got != want {
			t.Fatalf("%q by way of %v:\n got %q\nwant %q", input, walk, got, want)
		}
	}
}
