package terminal

import (
	"slices"
	"unicode/utf8"
)

// Erasing takes a control sequence: a few spaces are no longer, and move the
// cursor along.
const (
	minEraseLine  = 3 // columns to clear at a row's end from which EL is used
	minEraseChars = 9 // columns to clear within a row from which ECH is used
)

// isErased reports whether erasing leaves such a cell: a blank of which only
// the background may differ from the default.
func isErased(c Cell) bool { return c.lo == blankCell.lo && c.hi>>32 == 0 }

// lastGlyph returns the column of the glyph that fills row's last column.
func lastGlyph(row *Row) int {
	x := len(row.cells) - 1
	if x > 0 && row.cells[x].Width() == 0 {
		x--
	}
	return x
}

// willWrap reports whether a reader is made to wrap behind row y. It is where
// the row's text goes on, unless nobody knows where the reader stands behind
// the last glyph; there is nothing to wrap to below the last row.
func (w *painter) willWrap(y int, row *Row) bool {
	return row != nil && row.wrapped && w.p.wraps && !w.p.rich && y+1 < w.rows && !disputedCell(row, lastGlyph(row))
}

// paintRow changes row y from old (nil: blank) to row. With wrapping, the
// reader stands behind the last column of the row above, and wraps when the
// first cell is printed. It reports whether it left the reader so. Unless
// sure, the reader may lack old's soft-wrap mark.
func (w *painter) paintRow(y int, old, row *Row, sure, wrapping bool) bool {
	first, last, new := 0, 0, false
	if w.fresh {
		last, new = freshRow(old, row)
	}
	if !new {
		first, last = changed(old, row)
		new = allNew(old, row, first, last)
	}
	wrap := w.willWrap(y, row)
	edge := -1 // the column to print although it has not changed: the wrap mark goes with it
	if old != nil && old.wrapped && !row.wrapped && !w.p.rich || wrap && !(sure && w.willWrap(y, old)) {
		edge = lastGlyph(row)
		first, last = min(first, edge), len(row.cells)-1
	}
	if !new && !wrapping && w.shiftRow(y, old, row, first, last) {
		return false
	}
	if wrapping {
		first, last = 0, max(last, min(max(1, row.cells[0].Width()), len(row.cells))-1)
	}
	if wrap && last == len(row.cells)-1 {
		edge = lastGlyph(row)
	}
	gaps := newGaps(old, row, new, first, last, edge)
	if gaps.was == nil && w.startsRow(y, row, first) {
		first = 0
	}
	for x := first; x <= last; {
		if (gaps.was != nil || gaps.blank && row.cells[x] == blankCell) && (x > 0 || !wrapping) {
			next := gaps.skip(x)
			if next > last {
				break
			}
			if next > x && !(next-x <= maxGap && w.isAt(y, x) && allOfPen(row.cells[x:next], row.cells[next])) {
				x = next // a short gap of the pen behind it is printed
			}
		}
		c := row.cells[x]
		done := max(1, c.Width())
		switch {
		case x == edge && wrap:
			w.putEdge(y, row, x, wrapping && x == 0)
			return true
		case x == edge, x == 0 && wrapping:
			w.put(y, row, x)
		case isErased(c) && (x+1 == len(row.cells) || row.cells[x+1] == c):
			done = w.blank(y, old, row, x, last, edge, wrap)
		default:
			w.put(y, row, x)
			if n := w.repeats(row, x, last); n > 0 {
				done = n + 1
			} else {
				done = max(done, w.run(&gaps, x, last))
			}
		}
		x += done
	}
	return false
}

// run prints the cells behind column x, which was just printed, as long as they are ASCII of
// the same pen, up to the next gap: the common case made fast. It stops before the last
// column, and returns how many columns are done, x included.
func (w *painter) run(gaps *rowGaps, x, last int) int {
	if !w.cached || !w.plain || w.lost || w.fuzzy {
		return 1
	}
	cells := gaps.row.cells
	last = min(last, len(cells)-2, gaps.from-1)
	if last <= x {
		return 1
	}
	c, cells := cells[x], cells[x+1:last+1]
	start := len(w.dst)
	w.dst = slices.Grow(w.dst, len(cells))
	text := w.dst[start : start+len(cells)]
	space := Cell{lo: c.lo&^0xffffffff | ' ', hi: c.hi}
	n := copyWord(text, cells, c)
	for n+1 < len(cells) && cells[n] == space && cells[n+1] != space {
		text[n] = ' '
		w.erased++
		n++
		n += copyWord(text[n:], cells[n:], c)
	}
	w.dst = w.dst[:start+n]
	w.col += n
	return n + 1
}

// copyWord writes the text of cells to text, of the same length, as long as they are
// printable ASCII, but no spaces, of the pen of c. It returns how many it wrote.
func copyWord(text []byte, cells []Cell, c Cell) int {
	text = text[:len(cells)]
	pen := c.lo &^ 0xffffffff
	for i, d := range cells {
		ch := d.lo ^ pen // more than 32 bits if the pen differs
		if ch-'!' > '~'-'!' || d.hi != c.hi {
			return i
		}
		text[i] = byte(ch)
	}
	return len(cells)
}

// repeats prints the glyph of column x, which was just printed, as often as it
// follows itself, if the reader can and that is shorter. It stops before the
// last column, and returns how many it printed.
func (w *painter) repeats(row *Row, x, last int) int {
	c := row.cells[x]
	if !w.p.rich || c.content()&(isCluster|isWide|isTail) != 0 || c.extra() != 0 || w.fuzzy || !measured(row, x, 1) {
		return 0
	}
	n := 0
	for last = min(last, len(row.cells)-2); x+n+1 <= last && row.cells[x+n+1] == c; n++ {
	}
	if n*utf8.RuneLen(rune(c.content())) <= csiLen(n) {
		return 0
	}
	w.csi(n, 'b') // REP
	w.col += n
	return n
}

// putEdge prints the last glyph of a row that the reader will wrap behind.
func (w *painter) putEdge(y int, row *Row, x int, wrapping bool) {
	if !w.plain && !wrapping {
		w.lost = true // so that it stands in the last column for certain
	}
	w.put(y, row, x)
	w.row, w.col, w.fuzzy, w.pending, w.plain = y+1, 0, false, false, true
}

// blank clears the run of erased cells at column x as far as it differs from
// old, but not beyond column last, and returns how many columns it has done.
func (w *painter) blank(y int, old, row *Row, x, last, edge int, wrap bool) int {
	c := row.cells[x]
	end := x + 1
	if x >= row.filledCols() {
		end = len(row.cells)
	}
	for end < len(row.cells) && row.cells[end] == c {
		end++
	}
	stop := min(end, last+1)
	if wrap && stop == len(row.cells) {
		stop = edge
	}
	for stop > x+1 && stop-1 != edge && sameCell(old, row, stop-1) {
		stop--
	}
	n := stop - x
	start := len(w.dst)
	switch bg := w.p.render(0, c.Bg(), 0, 0).bg; {
	case !w.canErase(c):
		w.putBlanks(y, row, x, n)
	case end == len(row.cells) && !wrap && (n >= minEraseLine || stop == end):
		w.moveTo(y, w.eraseFrom(y, row, x))
		w.erasePen(bg)
		w.dst = append(w.dst, "\x1b[K"...)
		n = end - x
	case n >= minEraseChars && w.p.ech:
		w.moveTo(y, x)
		w.erasePen(bg)
		w.csi(n, 'X')
	default:
		w.putBlanks(y, row, x, n)
	}
	w.erased += len(w.dst) - start
	return n
}

// eraseFrom returns the column from which on to erase row y to its end, of which the cells
// from column x on are alike: the cursor's, if there are only such cells in between.
func (w *painter) eraseFrom(y int, row *Row, x int) int {
	if y == w.row && w.col < x && w.plain && !w.fuzzy && !w.lost && allCells(row.cells[w.col:x], row.cells[x]) {
		return w.col
	}
	return x
}

// putBlanks prints the blanks of n columns from x on, which are alike.
func (w *painter) putBlanks(y int, row *Row, x, n int) {
	for end := x + n; x < end; x++ {
		w.put(y, row, x)
		if more := min(end, w.cols-1) - (x + 1); more > 0 && w.col == x+1 && !w.fuzzy && !w.lost {
			w.repeat(' ', more)
			w.col += more
			x += more
		}
	}
}

// canErase reports whether erasing leaves cells like c, for which isErased holds.
func (w *painter) canErase(c Cell) bool {
	return w.p.erase && (w.p.bce || w.p.render(0, c.Bg(), 0, 0).bg == 0)
}

// erasePen makes erasing leave blanks with background bg.
func (w *painter) erasePen(bg Color) {
	if !w.p.panes { // or blanks are known to have no link
		w.setLink(Link{})
	}
	pen := w.pen
	pen.bg = bg
	if w.p.plainErase {
		pen.style = 0
	}
	if bg == 0 && pen != w.pen {
		pen = rendition{}
	}
	w.setPen(pen)
}
