package terminal

import (
	"math/rand"
	"testing"
)

// TestGaps compares with a search cell by cell.
func TestGaps(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	for range 20000 {
		cols := 1 + rnd.Intn(60)
		old, row := blankRow(cols), blankRow(cols)
		same := make([]bool, cols)
		for x, run := 0, 0; x < cols; x++ {
			if run--; run < 0 {
				run = rnd.Intn(2 * wideGap)
			}
			same[x] = run%9 > 2
			row.cells[x].lo += uint64(b2i(!same[x]))
		}
		n, first, last := 1+rnd.Intn(wideGap), rnd.Intn(cols), rnd.Intn(cols)
		g := newGaps(old, row, false, first, last, -1)
		g.was = old
		from, to := g.next(first, n)
		wantFrom, wantTo := cols, cols
		for x, run := first, 0; x <= last; x++ {
			if run++; !same[x] {
				run = 0
			}
			if run >= n {
				wantFrom, wantTo = x+1-run, x+1
			}
			if run < n && wantTo < cols || wantTo < cols && wantTo != x+1 {
				break
			}
		}
		if from != wantFrom || to != wantTo {
			t.Fatalf("the gap of %d columns from %d to %d in %v is %d to %d, want %d to %d", n, first, last, same, from, to, wantFrom, wantTo)
		}
	}
}

// TestNewPagesAreNotLonger holds that what has little in common with the screen before is no
// longer than on a cleared screen.
func TestNewPagesAreNotLonger(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {200, 50}} {
		for _, p := range []*Profile{StockProfile, RichProfile} {
			for _, tr := range pairs(size[0], size[1]) {
				if diff, whole := len(AppendDiff(nil, tr.from, tr.to, p)), len(AppendDiff(nil, nil, tr.to, p)); diff > whole {
					t.Errorf("%v %s: %d bytes, %d on a cleared screen", size, tr.name, diff, whole)
				}
			}
		}
	}
}
