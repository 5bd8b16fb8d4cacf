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

// freshRows is how many rows, spread over the screen, tell whether all are likely to be new.
const freshRows = 4

// isFresh reports whether the rows of to are likely to have nothing in common with those of
// from, cell by cell, nor blanks at their ends.
func isFresh(from, to []*Row) bool {
	for i := range freshRows {
		y := i * (len(to) - 1) / (freshRows - 1)
		if row := to[y]; !fillsRow(row) || !allNew(from[y], row, 0, len(row.cells)-1) {
			return false
		}
	}
	return true
}

// fillsRow reports whether row has text from its first to its last column, as far as these
// tell.
func fillsRow(row *Row) bool {
	return !isErased(row.cells[0]) && !isErased(row.cells[len(row.cells)-1])
}

// freshRow is allNew for all of a row on a fresh screen, of which a glance is enough.
func freshRow(old, row *Row) bool {
	n := len(row.cells)
	return old != nil && fillsRow(row) && isNew(old, row, n/3) && isNew(old, row, 2*n/3)
}
