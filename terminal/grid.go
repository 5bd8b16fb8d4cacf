package terminal

// row returns row y for writing: a copy, if a Screen shares it.
func (e *Emulator) row(y int) *Row {
	r := e.lines[y]
	if r.shared {
		r = e.own(y)
	}
	return r
}

// own replaces the shared row y by a copy.
func (e *Emulator) own(y int) *Row {
	from := e.lines[y]
	r := e.freeRow()
	copy(r.cells, from.cells)
	if len(from.text) > 0 {
		r.text = append(r.text, from.text...)
	}
	if len(from.extras) > 0 {
		r.extras = append(r.extras, from.extras...)
	}
	r.wrapped, r.short, r.mark = from.wrapped, from.short, from.mark
	e.lines[y] = r
	return r
}

// freeRow returns an unshared row whose cells are undefined.
func (e *Emulator) freeRow() *Row {
	if n := len(e.free); n > 0 {
		r := e.free[n-1]
		e.free = e.free[:n-1]
		return r
	}
	return &Row{cells: make([]Cell, e.cols)}
}

// recycle keeps a row that left the screen, if nobody shares it.
func (e *Emulator) recycle(r *Row) {
	if r == nil || r.shared || len(r.cells) != e.cols || len(e.free) > e.rows {
		return
	}
	r.text = r.text[:0]
	clear(r.extras)
	r.extras = r.extras[:0]
	r.wrapped, r.mark = false, Mark{}
	e.free = append(e.free, r)
}

// Trim gives up what is kept to be used again: as many rows as the screen has, at most.
// Call it when output has paused; the next rows that change are allocated anew.
func (e *Emulator) Trim() {
	e.free = nil
	e.scratch = Row{}
}

// erased returns the cell that erasing leaves: a blank with the pen's
// background (BCE).
func (e *Emulator) erased() Cell { return Cell{lo: ' ', hi: e.pen.hi & 0xffffffff} }

// erasedRow returns a row of erased cells. It may be shared.
func (e *Emulator) erasedRow() *Row {
	if e.pen.hi&0xffffffff == 0 {
		return e.blank
	}
	r := e.freeRow()
	fillCells(r.cells, e.erased())
	return r
}

// split makes blanks of a wide glyph whose halves stand in col-1 and col, so
// that either can be overwritten or moved alone.
func (r *Row) split(col int) {
	if col > 0 && col < len(r.cells) && r.cells[col].lo&uint64(isTail) != 0 {
		r.cells[col-1] = r.cells[col-1].withContent(' ')
		r.cells[col] = r.cells[col].withContent(' ')
	}
}

// eraseCells blanks columns from to to-1 of row y.
func (e *Emulator) eraseCells(y, from, to int) {
	if from >= to {
		return
	}
	blank := e.erased()
	if from == 0 && to == e.cols {
		e.recycle(e.lines[y])
		e.lines[y] = e.erasedRow()
		return
	}
	if e.lines[y] == e.blank && blank == blankCell {
		return
	}
	r := e.row(y)
	r.split(from)
	r.split(to)
	fillCells(r.cells[from:to], blank)
	if to == e.cols {
		r.wrapped = false
	}
}

// eraseRows blanks rows from to to-1.
func (e *Emulator) eraseRows(from, to int) {
	for y := from; y < to; y++ {
		e.eraseCells(y, 0, e.cols)
	}
}

// fullWidth reports whether the margins span all columns.
func (e *Emulator) fullWidth() bool { return e.left == 0 && e.right == e.cols-1 }

// scrollUp moves rows top to bottom, within the left and right margins, up by
// n; blanks enter at the bottom.
func (e *Emulator) scrollUp(top, bottom, n int) {
	n = min(n, bottom-top+1)
	if n <= 0 {
		return
	}
	if !e.fullWidth() {
		for y := top; y <= bottom; y++ {
			if y+n <= bottom {
				e.copyCells(y, y+n, e.left, e.right+1)
			} else {
				e.eraseCells(y, e.left, e.right+1)
			}
		}
		return
	}
	for y := top; y < top+n; y++ {
		e.recycle(e.lines[y])
	}
	copy(e.lines[top:bottom+1], e.lines[top+n:bottom+1])
	for y := bottom - n + 1; y <= bottom; y++ {
		e.lines[y] = e.erasedRow()
	}
}

// scrollDown moves rows top to bottom, within the left and right margins, down
// by n; blanks enter at the top.
func (e *Emulator) scrollDown(top, bottom, n int) {
	n = min(n, bottom-top+1)
	if n <= 0 {
		return
	}
	if !e.fullWidth() {
		for y := bottom; y >= top; y-- {
			if y-n >= top {
				e.copyCells(y, y-n, e.left, e.right+1)
			} else {
				e.eraseCells(y, e.left, e.right+1)
			}
		}
		return
	}
	for y := bottom - n + 1; y <= bottom; y++ {
		e.recycle(e.lines[y])
	}
	copy(e.lines[top+n:bottom+1], e.lines[top:bottom+1-n])
	for y := top; y < top+n; y++ {
		e.lines[y] = e.erasedRow()
	}
	if top > 0 && e.lines[top-1].wrapped {
		e.row(top - 1).wrapped = false // what it went on in has moved away
	}
}

// copyCells copies columns from to to-1 of row src to row dst. Wide glyphs cut
// by the range become blanks in dst.
func (e *Emulator) copyCells(dst, src, from, to int) {
	s, d := e.lines[src], e.row(dst)
	d.split(from)
	d.split(to)
	if len(s.text)+len(s.extras) == 0 {
		copy(d.cells[from:to], s.cells[from:to])
	} else {
		for x := from; x < to; x++ {
			if c := s.cells[x]; c.content()&isCluster == 0 && c.extra() == 0 {
				d.cells[x] = c
			} else {
				d.cells[x] = d.adopt(s, x)
			}
		}
	}
	d.mend(from, to)
	if to == e.cols {
		d.wrapped = false
	}
}

// adopt returns the cell in column x of s for use in r, whose side tables take
// in what it refers to. s may be r.
func (r *Row) adopt(s *Row, x int) Cell {
	c := s.cells[x]
	if content := c.content(); content&isCluster != 0 && s != r {
		var text [clusterRoom]byte
		n := copy(text[:], s.cluster(content))
		c = c.withContent(content&(isWide|isTail) | r.addCluster(text[:n]))
	}
	if c.extra() != 0 && s != r {
		c = c.withExtra(r.addExtra(s.Extra(x)))
	}
	return c
}

// mend blanks halves of wide glyphs that copying has left without the other
// half at the edges of columns from to to-1.
func (r *Row) mend(from, to int) {
	if from < to && r.cells[from].content()&isTail != 0 {
		r.cells[from] = r.cells[from].withContent(' ')
	}
	if from < to && r.cells[to-1].content()&isWide != 0 {
		r.cells[to-1] = r.cells[to-1].withContent(' ')
	}
}

// insertCells shifts columns x to right of row y right by n; blanks enter at x.
func (e *Emulator) insertCells(y, x, right, n int) {
	n = min(n, right+1-x)
	r := e.row(y)
	r.split(x)
	r.split(right + 1)
	r.split(right + 1 - n)
	cells := r.cells[x : right+1]
	copy(cells[n:], cells)
	fillCells(cells[:n], e.erased())
	if right+1 == e.cols {
		r.wrapped = false
	}
}

// deleteCells shifts columns x+n to right of row y left by n; blanks enter at
// the right.
func (e *Emulator) deleteCells(y, x, right, n int) {
	n = min(n, right+1-x)
	r := e.row(y)
	r.split(x)
	r.split(x + n)
	r.split(right + 1)
	cells := r.cells[x : right+1]
	copy(cells, cells[n:])
	fillCells(cells[len(cells)-n:], e.erased())
	if right+1 == e.cols {
		r.wrapped = false
	}
}
