package terminal

import (
	"bytes"
	"fmt"
	"math/rand"
	"testing"
)

// TestAmbiguousWidth checks what the option widens, and what it leaves alone.
func TestAmbiguousWidth(t *testing.T) {
	for _, tc := range []struct {
		text         string
		narrow, wide int
	}{
		{"α", 1, 2}, {"é", 1, 2}, {"─", 1, 2}, {"①", 1, 2}, {"§", 1, 2}, {"“”", 2, 4},
		{"中", 2, 2}, {"a", 1, 1}, {"ｶ", 1, 1}, {"ł", 1, 2}, {"ő", 1, 1}, {"\u00ad", 1, 1}, {"e\u0301", 1, 1}, {"\ufffd", 1, 2},
	} {
		for i, want := range []int{tc.narrow, tc.wide} {
			e := New(20, 2, Options{AmbiguousWide: i == 1})
			e.Write([]byte(tc.text))
			if e.x != want {
				t.Errorf("%q takes %d columns, want %d (ambiguous wide: %t)", tc.text, e.x, want, i == 1)
			}
			shown := e.Snapshot().AmbiguousWide()
			if want := i == 1 && tc.wide > tc.narrow; shown != want {
				t.Errorf("%q: the screen says ambiguous characters are wide: %t, want %t", tc.text, shown, want)
			}
		}
	}
}

// TestAmbiguousWideReachesReaders draws screens with wide ambiguous characters for
// readers that have them narrow: all else stands where it is to stand.
func TestAmbiguousWideReachesReaders(t *testing.T) {
	caps := fullCaps
	caps.Clusters = false
	user := UserProfile(caps)
	for seed := range int64(300) {
		rnd := rand.New(rand.NewSource(seed))
		cols, rows := 2+rnd.Intn(29), 1+rnd.Intn(10)
		e := New(cols, rows, Options{AmbiguousWide: true})
		prog := programmer{rnd: rnd, cols: cols, rows: rows}
		from, stock := e.Snapshot(), e.Snapshot()
		drawn := New(cols, rows, Options{})
		drawn.Write(user.AppendEnter(nil))
		for range 6 {
			e.Write(prog.output(4))
			e.Write([]byte("α─é§"[:2+rnd.Intn(3)/2*3]))
			to := e.Snapshot()
			stock = Apply(stock, AppendDiff(nil, from, to, StockProfile), StockReader)
			drawn.Write(AppendDiff(nil, from, to, user))
			for _, got := range []*Screen{stock, drawn.Snapshot()} {
				if err := columnsError(got, to); err != nil {
					t.Fatalf("seed %d: %v", seed, err)
				}
			}
			from = to
		}
	}
}

// columnsError reports the first column of got that shows something else than
// want's, or the cursor elsewhere. A glyph of which a reader has another width
// may show less.
func columnsError(got, want *Screen) error {
	for y, r := range want.rows {
		for x, c := range r.cells {
			if c.Width() != 1 && disputedCell(r, max(x-b2i(c.Width() == 0), 0)) || c.content()&isCluster != 0 || disputedCell(r, x) {
				continue
			}
			g, w := got.rows[y].AppendText(nil, x), r.AppendText(nil, x)
			if !bytes.Equal(g, w) && baseWidth(r, x) != 0 {
				return fmt.Errorf("row %d column %d shows %q, want %q", y, x, g, w)
			}
		}
	}
	if got.cursor.Row != want.cursor.Row || got.cursor.Col != want.cursor.Col {
		return fmt.Errorf("cursor %+v, want %+v", got.cursor, want.cursor)
	}
	return nil
}

func TestCanvasPutWide(t *testing.T) {
	c := NewScreen(6, 1).Canvas()
	if n := c.PutWide(0, 0, "αa中", Pen{}); n != 5 {
		t.Errorf("took %d columns, want 5", n)
	}
	if got := rowText(c.Screen(), 0); got != "αa中" || c.Screen().rows[0].cells[1].Width() != 0 {
		t.Errorf("the row is %q", got)
	}
}
