package terminal

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
	if c.extra() == 0 {
		w.setPen(w.p.render(c.Fg(), c.Bg(), c.Style(), 0))
		w.setLink(Link{})
		w.attrs, w.cached = attrs, true
		return
	}
	extra := row.Extra(x)
	w.setPen(w.p.render(c.Fg(), c.Bg(), c.Style(), extra.UnderlineColor))
	w.setLink(extra.Link)
	w.cached = false
}

// maxGap is how many unchanged cells are printed again rather than moved over:
// a move of up to 9 columns takes four bytes.
const maxGap = 4

// fillGap moves the reader's cursor to column x by printing the cells before
// it again, if that takes no more than a move: few, and of the reader's pen. With glyph
// it is the glyph of column x that comes next: from some cell on they may be of its pen.
func (w *painter) fillGap(y int, row *Row, x int, glyph bool) bool {
	gap := x - w.col
	if y != w.row || gap < 1 || gap > maxGap || !w.plain || w.fuzzy || w.lost || w.link.URI != "" {
		return false
	}
	old, ok := w.gapInPens(row, w.col, x, glyph)
	if !ok {
		return false
	}
	cells := row.cells[w.col:x]
	w.appendASCII(cells[:old])
	if old < gap {
		w.setCellPen(row, x)
		w.appendASCII(cells[old:])
	}
	return true
}

// gapInPens reports whether the cells of row from column from up to x are printable ASCII,
// first old cells of the reader's pen, which has no link, then, with glyph, some of that of
// the glyph in column x.
func (w *painter) gapInPens(row *Row, from, x int, glyph bool) (old int, ok bool) {
	cells := row.cells[from:x]
	for w.cached && old < len(cells) && cells[old].lo>>32 == w.attrs.lo && cells[old].hi == w.attrs.hi && isPlainASCII(cells[old]) {
		old++
	}
	if glyph && allOfPen(cells[old:], row.cells[x]) {
		return old, true
	}
	for old < len(cells) && isPlainASCII(cells[old]) && w.inPen(cells[old]) {
		old++
	}
	return old, old == len(cells) || glyph && allOfPen(cells[old:], row.cells[x])
}

// isPlainASCII reports whether c is a printable ASCII character without anything in side
// tables.
func isPlainASCII(c Cell) bool { return uint32(c.lo)-' ' <= '~'-' ' && c.extra() == 0 }

// hasPen reports whether c is a printable ASCII character of the same pen as d.
func (c Cell) hasPen(d Cell) bool {
	return (c.lo^d.lo)>>32 == 0 && c.hi == d.hi && uint32(c.lo)-' ' <= '~'-' '
}

// inPen reports whether the reader's pen, which has no link, draws c, which has no extra.
func (w *painter) inPen(c Cell) bool {
	return w.p.render(c.Fg(), c.Bg(), c.Style(), 0) == w.pen
}

// allOfPen reports whether all cells are printable ASCII of the same pen as c, without
// anything in side tables.
func allOfPen(cells []Cell, c Cell) bool {
	for _, d := range cells {
		if !d.hasPen(c) {
			return false
		}
	}
	return c.extra() == 0
}

func (w *painter) appendASCII(cells []Cell) {
	for _, c := range cells {
		w.dst = append(w.dst, byte(c.lo))
	}
	w.col += len(cells)
}

// startsRow reports whether moving the reader's cursor down to column x of row y takes no
// less than printing the cells before it, of the pen of that column.
func (w *painter) startsRow(y int, row *Row, x int) bool {
	down := y - w.row
	return 1 <= x && x <= maxGap && down >= 1 && x != w.col && !w.lost && 1+down+x <= cupLen(y, x) && allOfPen(row.cells[:x], row.cells[x])
}

// startRow moves the reader's cursor down to column x of row y by printing the cells
// before it again, if that takes no more than a move.
func (w *painter) startRow(y int, row *Row, x int) bool {
	down := y - w.row
	if x < 1 || x > maxGap || down < 1 || x == w.col || w.lost || w.link.URI != "" || 1+down+x > cupLen(y, x) {
		return false
	}
	if _, ok := w.gapInPens(row, 0, x, true); !ok {
		return false
	}
	w.moveTo(y, 0)
	return w.fillGap(y, row, x, true)
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
	switch {
	case y == w.row && x == w.col && !w.fuzzy && !w.lost: // it is there
	case y == w.row && w.fillGap(y, row, x, true), w.startRow(y, row, x):
	default:
		w.moveTo(y, x)
	}
	w.setCellPen(row, x)
	w.glyph(y, row, x, n)
	if w.col = x + n; w.col >= w.cols {
		w.col, w.fuzzy, w.pending = w.cols-1, true, true
		w.lost = w.lost || !w.p.wraps
	}
}
