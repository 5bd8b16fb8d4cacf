package terminal

import "testing"

func TestCanvasScrollUp(t *testing.T) {
	em := New(4, 3, Options{})
	em.Write([]byte("a\r\nb\r\nc"))
	base := em.Snapshot()
	for n, want := range map[int]string{-1: "abc", 0: "abc", 1: "bc ", 2: "c  ", 3: "   ", 9: "   "} {
		c := base.Canvas()
		c.Put(0, 3, "!", Pen{}) // a row that the canvas owns moves as well
		c.ScrollUp(n)
		got := firstColumn(c.Screen())
		if got != want {
			t.Errorf("up by %d: %q, want %q", n, got, want)
		}
		c.Put(2, 0, "x", Pen{}) // what came in can be painted on
		if got := firstColumn(c.Screen()); got != want[:2]+"x" {
			t.Errorf("up by %d and painted: %q, want %q", n, got, want[:2]+"x")
		}
		if got := firstColumn(base); got != "abc" {
			t.Fatalf("the screen below changed to %q", got)
		}
	}
}

// firstColumn returns the text of column 0, top down.
func firstColumn(s *Screen) string {
	var b []byte
	for y := range len(s.rows) {
		b = s.Row(y).AppendText(b, 0)
	}
	return string(b)
}
