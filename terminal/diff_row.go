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

// changed returns the first and last column in which row differs from old,
// and first > last if none does. They never cut a wide glyph in half.
func changed(old, row *Row) (first, last int) {
	last = len(row.cells) - 1
	if old == nil {
		for last >= cellChunk && *(*[cellChunk]Cell)(row.cells[last+1-cellChunk:]) == blankChunk {
			last -= cellChunk
		}
		for last >= 0 && row.cells[last] == blankCell {
			last--
		}
	} else if len(row.text)|len(row.extras)|len(old.text)|len(old.extras) == 0 {
		a, b := row.cells, old.cells[:len(row.cells)]
		for last >= cellChunk && *(*[cellChunk]Cell)(a[last+1-cellChunk:]) == *(*[cellChunk]Cell)(b[last+1-cellChunk:]) {
			last -= cellChunk
		}
		for last >= 0 && a[last] == b[last] {
			last--
		}
		for first <= last && a[first] == b[first] {
			first++
		}
	}
	for last >= 0 && sameCell(old, row, last) {
		last--
	}
	for first <= last && sameCell(old, row, first) {
		first++
	}
	if first > 0 && first <= last && row.cells[first].Width() == 0 {
		first--
	}
	if first <= last && last+1 < len(row.cells) && row.cells[last].Width() == 2 {
		last++
	}
	return first, last
}

// samePrefix returns how many cells at the front of both are plainly the same, without
// regard to side tables, but no more than those before column edge, if that is not below 0.
func samePrefix(a, b []Cell, edge int) int {
	if edge >= 0 && edge < len(b) {
		b = b[:edge]
	}
	a = a[:len(b)]
	for i, c := range b {
		if c != a[i] || c.lo&uint64(isCluster) != 0 || c.hi>>48 != 0 {
			return i
		}
	}
	return len(b)
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
		same += b2i(sameGlyph(old, row, x))
	}
	return same <= 1 // one is chance
}

// sameGlyph is sameCell for the glyph of which column x is a part.
func sameGlyph(old, row *Row, x int) bool {
	if x > 0 && row.cells[x].Width() == 0 {
		x--
	}
	return sameCell(old, row, x)
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
	return old != nil && fillsRow(row) && !sameGlyph(old, row, n/3) && !sameGlyph(old, row, 2*n/3)
}

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
	first, last := 0, len(row.cells)-1
	new := w.fresh && freshRow(old, row)
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
	was := old
	if new {
		was = nil // nothing to compare with
	} else if !wrapping && w.shiftRow(y, old, row, first, last) {
		return false
	}
	if wrapping {
		first, last = 0, max(last, min(max(1, row.cells[0].Width()), len(row.cells))-1)
	}
	if wrap && last == len(row.cells)-1 {
		edge = lastGlyph(row)
	}
	for x := first; x <= last; {
		if was != nil && !wrapping {
			if x += samePrefix(was.cells[x:last+1], row.cells[x:last+1], edge-x); x > last {
				break
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
		case !new && sameCell(old, row, x):
		case isErased(c):
			done = w.blank(y, old, row, x, last, edge, wrap)
		default:
			w.put(y, row, x)
			if n := w.repeats(row, x, last); n > 0 {
				done = n + 1
			} else {
				done = max(done, w.run(was, row, x, last))
			}
		}
		x += done
	}
	return false
}

// run prints the cells behind column x, which was just printed, as long as
// they differ, too, and are ASCII of the same pen, with gaps that fillGap would fill:
// the common case made fast. It stops before the last column, and returns how many columns
// are done, x included.
func (w *painter) run(old, row *Row, x, last int) int {
	c := row.cells[x]
	if !w.cached || !w.plain || w.lost || w.fuzzy {
		return 1
	}
	last = min(last, len(row.cells)-2)
	if last <= x {
		return 1
	}
	cells := row.cells[x+1 : last+1]
	start := len(w.dst)
	w.dst = slices.Grow(w.dst, len(cells))
	text := w.dst[start : start+len(cells)]
	n := 0
	if old == nil {
		n = copyText(text, cells, c)
	} else {
		n = copyChanged(text, cells, old.cells[x+1:last+1], c)
	}
	w.dst = w.dst[:start+n]
	w.col += n
	return n + 1
}

// copyText writes the text of cells to text, of the same length, as long as they are
// printable ASCII, but no spaces, of the pen of c. It returns how many it wrote.
func copyText(text []byte, cells []Cell, c Cell) int {
	for i, d := range cells {
		ch := uint32(d.lo)
		if d.lo>>32 != c.lo>>32 || d.hi != c.hi || ch-'!' > '~'-'!' {
			return i
		}
		text[i] = byte(ch)
	}
	return len(cells)
}

// copyChanged is copyText for cells that differ from old, with gaps of those that do not,
// which may be spaces.
func copyChanged(text []byte, cells, old []Cell, c Cell) int {
	text, old = text[:len(cells)], old[:len(cells)]
	end := 0 // behind the last cell that differs
	for i, d := range cells {
		ch := uint32(d.lo)
		differs := d.lo^old[i].lo|d.hi^old[i].hi != 0
		if d.lo>>32 != c.lo>>32 || d.hi != c.hi || ch-' ' > '~'-' ' || ch == ' ' && differs {
			break
		}
		text[i] = byte(ch)
		if differs {
			end = i + 1
		}
		if i-end >= maxGap {
			break
		}
	}
	return end
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
	defer w.countErased(len(w.dst))
	switch bg := w.p.render(0, c.Bg(), 0, 0).bg; {
	case !w.canErase(c):
	case end == len(row.cells) && !wrap && (n >= minEraseLine || stop == end):
		w.moveTo(y, x)
		w.erasePen(bg)
		w.dst = append(w.dst, "\x1b[K"...)
		return end - x
	case n >= minEraseChars && w.p.ech:
		w.moveTo(y, x)
		w.erasePen(bg)
		w.csi(n, 'X')
		return n
	}
	for i := range n {
		w.put(y, row, x+i)
	}
	return n
}

// countErased adds what was written behind dst[:start] to the bytes spent on
// blanks.
func (w *painter) countErased(start int) { w.erased += len(w.dst) - start }

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

// setPen changes the reader's pen.
func (w *painter) setPen(r rendition) {
	if r == w.pen {
		return
	}
	if is := r.style & Protected; is != w.pen.style&Protected {
		w.dst = append(w.dst, '\x1b', '[', "01"[b2i(is != 0)], '"', 'q') // DECSCA
		w.pen.style ^= Protected
	}
	w.dst = appendSGR(w.dst, w.pen, r)
	w.pen, w.cached = r, false
}

// setLink changes the link of the reader's pen.
func (w *painter) setLink(l Link) {
	if l = w.p.link(l); w.p.links == linksNone || l == w.link {
		return
	}
	w.dst = append(w.dst, "\x1b]8;"...)
	if l.URI != "" {
		w.dst = appendLinkPart(w.dst, l.Params, false)
		w.dst = append(w.dst, ';')
		w.dst = appendLinkPart(w.dst, l.URI, true)
	} else {
		w.dst = append(w.dst, ';')
	}
	if w.p.links == linksST {
		w.dst = append(w.dst, "\x1b\\"...)
	} else {
		w.dst = append(w.dst, '\a')
	}
	w.link, w.cached = l, false
}

// setCellPen changes the reader's pen to that of column x of row.
func (w *painter) setCellPen(row *Row, x int) {
	c := row.cells[x]
	attrs := Cell{lo: c.lo >> 32, hi: c.hi}
	if w.cached && attrs == w.attrs {
		return
	}
	extra := row.Extra(x)
	w.setPen(w.p.render(c.Fg(), c.Bg(), c.Style(), extra.UnderlineColor))
	w.setLink(extra.Link)
	w.attrs, w.cached = attrs, c.extra() == 0
}

// maxGap is how many unchanged cells are printed again rather than moved over:
// a move of up to 9 columns takes four bytes.
const maxGap = 4

// fillGap moves the reader's cursor to column x by printing the cells before
// it again, if that takes no more than a move: few, and of the reader's pen.
func (w *painter) fillGap(y int, row *Row, x int) bool {
	gap := x - w.col
	if y != w.row || gap < 1 || gap > maxGap || !w.plain || w.fuzzy || w.lost || w.link != (Link{}) {
		return false
	}
	for _, c := range row.cells[w.col:x] {
		if ch := uint32(c.lo); ch < ' ' || ch >= 0x7f || c.extra() != 0 || w.p.render(c.Fg(), c.Bg(), c.Style(), 0) != w.pen {
			return false
		}
	}
	for _, c := range row.cells[w.col:x] {
		w.dst = append(w.dst, byte(c.lo))
	}
	w.col = x
	return true
}

// put prints the glyph of column x.
func (w *painter) put(y int, row *Row, x int) {
	n := max(1, row.cells[x].Width())
	if x+n > w.cols {
		n = 1
	}
	if !w.p.corner && y == w.rows-1 && x+n == w.cols {
		return
	}
	if !w.fillGap(y, row, x) {
		w.moveTo(y, x)
	}
	w.setCellPen(row, x)
	w.glyph(y, row, x, n)
	if w.col = x + n; w.col >= w.cols {
		w.col, w.fuzzy, w.pending = w.cols-1, true, true
		w.lost = w.lost || !w.p.wraps
	}
}
