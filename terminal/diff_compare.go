package terminal

import "sync/atomic"

// sameCell reports whether column x of old (nil: blank) and row show the same.
func sameCell(old, row *Row, x int) bool {
	a, b := row.cells[x], blankCell
	if old != nil {
		b = old.cells[x]
	}
	if (a.lo|b.lo)&uint64(isCluster) == 0 && (a.hi|b.hi)>>48 == 0 {
		return a == b
	}
	return old != nil && row.cellEqual(x, old, x)
}

// cellChunk is how many cells are compared at once, which takes less than half the time of
// comparing one after the other.
const cellChunk = 8

var blankChunk = [cellChunk]Cell{blankCell, blankCell, blankCell, blankCell, blankCell, blankCell, blankCell, blankCell}

// filledCols returns the columns of r, which a Screen holds, up to the last that is no
// default blank.
func (r *Row) filledCols() int {
	if n := atomic.LoadUint32(&r.filled); n != 0 {
		return int(n) - 1
	}
	n := len(r.cells)
	for n >= cellChunk && *(*[cellChunk]Cell)(r.cells[n-cellChunk:]) == blankChunk {
		n -= cellChunk
	}
	for n > 0 && r.cells[n-1] == blankCell {
		n--
	}
	atomic.StoreUint32(&r.filled, uint32(n)+1)
	return n
}

// plainRows reports whether neither row has side tables: then cells are the same if their
// words are. A nil row is blank.
func plainRows(old, row *Row) bool {
	return len(row.text)|len(row.extras) == 0 && (old == nil || len(old.text)|len(old.extras) == 0)
}

// changed returns the first and last column in which row differs from old,
// and first > last if none does. They never cut a wide glyph in half.
func changed(old, row *Row) (first, last int) {
	if old == nil {
		last = row.filledCols() - 1
		for first <= last && row.cells[first] == blankCell {
			first++
		}
	} else if last = max(row.filledCols(), old.filledCols()) - 1; plainRows(old, row) {
		a, b := row.cells, old.cells[:len(row.cells)]
		for last >= 4*cellChunk && *(*[4 * cellChunk]Cell)(a[last+1-4*cellChunk:]) == *(*[4 * cellChunk]Cell)(b[last+1-4*cellChunk:]) {
			last -= 4 * cellChunk
		}
		for last >= cellChunk && *(*[cellChunk]Cell)(a[last+1-cellChunk:]) == *(*[cellChunk]Cell)(b[last+1-cellChunk:]) {
			last -= cellChunk
		}
		for last >= 0 && a[last] == b[last] {
			last--
		}
		for first <= last && a[first] == b[first] {
			first++
		}
	} else {
		for last >= 0 && sameCell(old, row, last) {
			last--
		}
		for first <= last && sameCell(old, row, first) {
			first++
		}
	}
	if first > 0 && first <= last && row.cells[first].Width() == 0 {
		first--
	}
	if first <= last && last+1 < len(row.cells) && row.cells[last].Width() == 2 {
		last++
	}
	return first, last
}

// newSamples is how many cells tell whether all of a row is likely to be new; minNew is how
// many columns are worth that.
const (
	newSamples = 8
	minNew     = 64
)

// allNew reports whether columns first to last of row are likely to have nothing in common
// with old. Comparing each then costs more than the few cells that it spares.
func allNew(old, row *Row, first, last int) bool {
	if old == nil || last-first < minNew {
		return false
	}
	same := 0
	for x := first; x <= last; x += (last - first) / newSamples {
		if same += b2i(!isNew(old, row, x)); same > 1 { // one is chance
			return false
		}
	}
	return true
}

// isNew reports whether row has another glyph in column x than old, as far as that can be
// told without a look at side tables.
func isNew(old, row *Row, x int) bool {
	c := row.cells[x]
	if c.lo&uint64(isTail) != 0 && x > 0 {
		x--
		c = row.cells[x]
	}
	return c != old.cells[x] && c.lo&uint64(isCluster) == 0 && c.hi>>48 == 0
}

// surveyed is about how many rows tell what a screen has in common with another.
const surveyed = 4

// surveyRows looks at some rows of a screen that has no row of the one before where it was. It
// reports whether its rows are likely to have nothing in common with those, cell by cell, and
// whether it is likely to be shorter, and so faster, to begin with a cleared screen: if erasing
// what is in the way takes more than printing again what is kept.
func surveyRows(from, to []*Row) (fresh, clear bool) {
	fresh = true
	step := 1 + len(to)/surveyed
	rows, same, kept, erasing := 0, 0, 0, 0
	for y := step / 2; y < len(to); y += step {
		old, row := from[y], to[y]
		n := max(old.filledCols(), row.filledCols())
		if n < newSamples {
			fresh = false
			continue
		}
		rows++
		erases := row.filledCols() < old.filledCols()
		for i := range newSamples {
			x := (2*i + 1) * n / (2 * newSamples)
			switch c, o := row.cells[x], old.cells[x]; {
			case c == o:
				same++
				kept += b2i(!c.IsBlank())
			case isErased(c):
				erases = true
			}
		}
		erasing += b2i(erases)
	}
	// One cell a row may be the same by chance. An erasure of three bytes or more in most rows
	// outweighs a kept glyph in less than one of 16 cells.
	return fresh && same <= rows, 2*erasing > rows && kept < rows/2
}

// freshRow reports whether row, of a fresh screen, has nothing in common with old, of which a
// glance is enough, up to column last.
func freshRow(old, row *Row) (last int, ok bool) {
	if old == nil {
		return 0, false
	}
	n := row.filledCols()
	return max(n, old.filledCols()) - 1, n >= newSamples && isNew(old, row, n/3) && isNew(old, row, 2*n/3)
}
