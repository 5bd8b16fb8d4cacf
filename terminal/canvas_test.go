package terminal

import (
	"strings"
	"testing"
)

// rowText returns the text of row y of s, without blanks at the end.
func rowText(s *Screen, y int) string {
	var b []byte
	for x := range s.cols {
		b = s.rows[y].AppendText(b, x)
	}
	return strings.TrimRight(string(b), " ")
}

func TestCanvasPut(t *testing.T) {
	for _, tc := range []struct {
		before   string
		col      int
		text     string
		want     string
		wantCols int
	}{
		{"abcdef", 0, "xy", "xycdef", 2},
		{"abcdef", 4, "xyz", "abcdxy", 2},
		{"abcdef", 3, "", "abcdef", 0},
		{"abcdef", 4, "中文", "abcd中", 2},
		{"abcdef", 5, "中", "abcde", 1},        // half of it would fit
		{"a中b", 1, "x", "ax b", 1},            // the left half
		{"a中b", 2, "x", "a xb", 1},            // the right half
		{"a中文b", 2, "文", "a 文 b", 2},          // halves of two
		{"abc", 1, "e\u0301", "ae\u0301c", 1}, // a mark joins
		{"abc", 1, "\u0301z", "azc", 1},       // or is left out
		{"abc", 0, "\x1b[31m\x07", "[31m", 4},
		{"abc", -1, "x", "abc", 0},
		{"abc", 6, "x", "abc", 0},
	} {
		c := NewScreen(6, 2).Canvas()
		c.Put(0, 0, tc.before, Pen{})
		base := c.Screen()
		before := rowText(base, 0)
		c = base.Canvas()
		if got := c.Put(0, tc.col, tc.text, Pen{}); got != tc.wantCols {
			t.Errorf("%q: Put(%d, %q) took %d columns, want %d", tc.before, tc.col, tc.text, got, tc.wantCols)
		}
		if got := rowText(c.Screen(), 0); got != tc.want {
			t.Errorf("%q: Put(%d, %q) made %q, want %q", tc.before, tc.col, tc.text, got, tc.want)
		}
		if got := rowText(base, 0); got != before {
			t.Errorf("the screen below became %q, was %q", got, before)
		}
	}
}

func TestCanvasSharesNothingThatItChanges(t *testing.T) {
	c := NewScreen(4, 2).Canvas()
	c.Put(0, 0, "a", Pen{})
	first := c.Screen()
	c.Put(0, 0, "b", Pen{})
	c.Style(0, 0, Bold, 0)
	c.Fill(1, -3, 99, Pen{Bg: Palette(1)})
	second := c.Screen()
	if rowText(first, 0) != "a" || first.Row(1).Cell(0).Bg() != 0 {
		t.Error("painting changed a Screen that was handed out")
	}
	if rowText(second, 0) != "b" || second.Row(0).Cell(0).Style() != Bold || second.Row(1).Cell(3).Bg() != Palette(1) {
		t.Error("painting was lost")
	}
	if first.Row(1) == second.Row(1) || NewScreen(1, 1).Canvas().Screen().Row(0) == nil {
		t.Error("rows are shared wrongly")
	}
}

func TestCanvasClips(t *testing.T) {
	c := NewScreen(3, 2).Canvas()
	c.Put(-1, 0, "x", Pen{})
	c.Put(2, 0, "x", Pen{})
	c.Fill(2, 0, 3, Pen{})
	c.Fill(0, 2, 1, Pen{})
	c.Style(5, 5, Bold, 0)
	c.SetCursor(Cursor{Row: 9, Col: -4, Hidden: true})
	if got := c.Screen().Cursor(); got != (Cursor{Row: 1, Col: 0, Hidden: true}) {
		t.Errorf("cursor %+v", got)
	}
	if !c.Screen().Row(0).Equal(NewScreen(3, 2).Row(0)) {
		t.Error("something was painted")
	}
	c.SetTitle("t", "i")
	if title, icon, set := c.Screen().Title(); title != "t" || icon != "i" || !set {
		t.Errorf("title %q %q %v", title, icon, set)
	}
}
