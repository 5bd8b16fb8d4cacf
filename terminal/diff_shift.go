package terminal

// Typing and deleting within a line shifts the rest of it. Up to maxInserted
// columns are looked for; the rest must have minShifted cells that show, since
// otherwise printing it again is no longer.
const (
	maxInserted = 8
	minShifted  = 8
)

// shiftRow inserts or deletes columns at column x, the first that differs,
// where that makes old into row, and paints what came in. It reports whether
// it did. Wide glyphs, clusters and soft wraps, which readers shift in ways of
// their own, are left alone.
func (w *painter) shiftRow(y int, old, row *Row, x, last int) bool {
	if !w.p.panes || old == nil || last-x < minShifted || old.wrapped || row.wrapped {
		return false
	}
	a, b := old.cells, row.cells
	if last+1 < len(b) && b[last+1] != b[len(b)-1] {
		return false // what did not move is no blank, nor other cells alike
	}
	grown := row.filledCols() - old.filledCols()
	if whole := old.filledCols()+maxInserted <= len(b); whole && (grown == 0 || grown > maxInserted || grown < -maxInserted) {
		return false // nothing was pushed out at the end, and the ends do not fit
	}
	for n := 1; n <= maxInserted && x+n < len(b); n++ {
		switch rest := len(b) - n; {
		case grown != n && grown != -n && old.filledCols() <= rest: // the ends do not fit
		case b[x+n] == a[x] && cellsEqual(b[x+n:], a[x:rest]):
			if !shiftable(a[x:], b[x:]) {
				return false
			}
			w.moveTo(y, x)
			w.erasePen(0)
			w.csi(n, '@')
			for i := x; i < x+n; i++ {
				w.put(y, row, i)
			}
			return true
		case b[x] == a[x+n] && cellsEqual(b[x:rest], a[x+n:]) && allBlank(b[rest:]):
			if !shiftable(a[x:], b[x:]) {
				return false
			}
			w.moveTo(y, x)
			w.erasePen(0)
			w.csi(n, 'P')
			return true
		}
	}
	return false
}

// shiftable reports whether a can be shifted to become b, and that is worth it.
func shiftable(a, b []Cell) bool {
	shown := 0
	for i := range b {
		if (a[i].lo|b[i].lo)&uint64(isWide|isTail|isCluster) != 0 || (a[i].hi|b[i].hi)>>48 != 0 {
			return false
		}
		shown += b2i(b[i] != blankCell)
	}
	return shown >= minShifted
}

func cellsEqual(a, b []Cell) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// allBlank reports whether all cells are default blanks.
func allBlank(cells []Cell) bool { return allCells(cells, blankCell) }

// allCells reports whether all cells are c.
func allCells(cells []Cell, c Cell) bool {
	if len(cells) >= cellChunk && cells[0] == c {
		chunk := [cellChunk]Cell{c, c, c, c, c, c, c, c}
		for len(cells) >= cellChunk && *(*[cellChunk]Cell)(cells) == chunk {
			cells = cells[cellChunk:]
		}
	}
	for i := range cells {
		if cells[i] != c {
			return false
		}
	}
	return true
}
