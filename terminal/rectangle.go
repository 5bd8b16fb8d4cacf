package terminal

// A rectangle is a block of cells; bottom and right are inclusive.
type rectangle struct{ top, left, bottom, right int }

// rect reads a rectangle from the four parameters from i on: top, left,
// bottom, right, which count from the margins in origin mode. ok is false if
// it is empty.
func (e *Emulator) rect(i int) (r rectangle, ok bool) {
	p := &e.p
	top, left, bottom, right := 0, 0, e.rows-1, e.cols-1
	if e.modes.on(modeOrigin) {
		top, left, bottom, right = e.top, e.left, e.bottom, e.right
	}
	r.top = top + p.param(i, 1) - 1
	r.left = left + p.param(i+1, 1) - 1
	r.bottom = min(top+p.param(i+2, e.rows)-1, bottom)
	r.right = min(left+p.param(i+3, e.cols)-1, right)
	return r, r.top <= r.bottom && r.left <= r.right
}

// rectangle runs the functions on rectangles of cells (DEC VT420).
func (e *Emulator) rectangle() {
	p := &e.p
	switch p.final {
	case 'v': // DECCRA
		e.copyRect()
	case 'x':
		if p.inter[0] == '*' { // DECSACE
			e.term.wholeRect = p.param(0, 0) == 2
		} else {
			e.fillRect(p.param(0, 0), 1)
		}
	case 'z': // DECERA
		e.fillRect(' ', 0) // in the pen's rendition, as xterm does
	case '{': // DECSERA
		e.selectiveEraseRect()
	case 'r': // DECCARA
		e.styleRect(changeStyle)
	case 't': // DECRARA
		e.styleRect(toggleStyle)
	case 'y': // DECRQCRA
		e.reportChecksum()
	}
}

// selectiveEraseRect is DECSERA: it takes glyphs that are not protected, and
// leaves the renditions.
func (e *Emulator) selectiveEraseRect() {
	r, ok := e.rect(0)
	if !ok {
		return
	}
	for y := r.top; y <= r.bottom; y++ {
		row := e.row(y)
		for x := r.left; x <= r.right; x++ {
			c := row.cells[x]
			if c.Style()&Protected == 0 || e.modes.on(modeISOProtect) {
				row.split(x)
				row.split(x + 1)
				row.cells[x] = c.withContent(' ')
			}
		}
		if r.right+1 == e.cols {
			row.wrapped = false
		}
	}
}

// copyRect is DECCRA: CSI top;left;bottom;right;page;top;left;page $ v.
func (e *Emulator) copyRect() {
	p := &e.p
	r, ok := e.rect(0)
	if !ok {
		return
	}
	top, left, bottom, right := 0, 0, e.rows-1, e.cols-1
	if e.modes.on(modeOrigin) {
		top, left, bottom, right = e.top, e.left, e.bottom, e.right
	}
	top += p.param(5, 1) - 1
	left += p.param(6, 1) - 1
	height := min(r.bottom-r.top, bottom-top)
	width := min(r.right-r.left, right-left)
	if height < 0 || width < 0 {
		return
	}
	row := &e.scratch // the source, since rows may overlap within themselves
	for i := 0; i <= height; i++ {
		y := i
		if top > r.top {
			y = height - i // bottom up, so that the source is read before it is written
		}
		src := e.lines[r.top+y]
		row.cells = append(row.cells[:0], src.cells[r.left:r.left+width+1]...)
		// Pasting may compact the side tables of the row that it writes to.
		row.text, row.extras = append(row.text[:0], src.text...), append(row.extras[:0], src.extras...)
		e.pasteCells(top+y, left, row)
	}
}

// pasteCells writes the cells of s to row y from column x.
func (e *Emulator) pasteCells(y, x int, s *Row) {
	d := e.row(y)
	to := x + len(s.cells)
	d.split(x)
	d.split(to)
	for i := range s.cells {
		d.cells[x+i] = blankCell
	}
	for i := range s.cells {
		d.cells[x+i] = d.adopt(s, i)
	}
	d.mend(x, to)
	e.markDrawn(y, x, to)
	if to == e.cols {
		d.wrapped = false
	}
}

// fillRect is DECFRA: CSI char;top;left;bottom;right $ x. The rectangle stands
// in the parameters from i on.
func (e *Emulator) fillRect(c, i int) {
	if c < 0x20 || c > 0x7e && c < 0xa0 || c > 0xff {
		return
	}
	r, ok := e.rect(i)
	if !ok {
		return
	}
	for y := r.top; y <= r.bottom; y++ {
		row := e.row(y)
		row.split(r.left)
		row.split(r.right + 1)
		cell := e.pen.withContent(uint32(c)).withExtra(row.addExtra(e.extra))
		fillCells(row.cells[r.left:r.right+1], cell)
		if r.right+1 == e.cols {
			row.wrapped = false
		}
	}
}

// styleRect is DECCARA and DECRARA: CSI top;left;bottom;right;sgr... $ r. In
// the stream extent (DECSACE) it goes from the first to the last position.
func (e *Emulator) styleRect(change func(Style, int32) Style) {
	p := &e.p
	r, ok := e.rect(0)
	if !ok {
		return
	}
	attrs := p.params[min(4, p.count()):p.count()]
	left, right := 0, e.cols-1
	if e.modes.on(modeOrigin) {
		left, right = e.left, e.right
	}
	for y := r.top; y <= r.bottom; y++ {
		from, to := r.left, r.right
		if !e.term.wholeRect {
			if y > r.top {
				from = left
			}
			if y < r.bottom {
				to = right
			}
		}
		row := e.row(y)
		for x := from; x <= to; x++ {
			c := row.cells[x]
			s := c.Style()
			for _, a := range attrs {
				s = change(s, a)
			}
			row.cells[x] = newCell(c.content(), c.Fg(), c.Bg(), s, c.extra())
		}
	}
}

// changeStyle is what an attribute of DECCARA does.
func changeStyle(s Style, a int32) Style {
	switch a {
	case 0:
		return s.WithUnderline(UnderlineNone) &^ (Bold | Blink | Inverse)
	case 1:
		return s | Bold
	case 4:
		return s.WithUnderline(UnderlineSingle)
	case 5:
		return s | Blink
	case 7:
		return s | Inverse
	case 22:
		return s &^ Bold
	case 24:
		return s.WithUnderline(UnderlineNone)
	case 25:
		return s &^ Blink
	case 27:
		return s &^ Inverse
	}
	return s
}

// toggleStyle is what an attribute of DECRARA does.
func toggleStyle(s Style, a int32) Style {
	switch a {
	case 1:
		return s ^ Bold
	case 4:
		if s.Underline() != UnderlineNone {
			return s.WithUnderline(UnderlineNone)
		}
		return s.WithUnderline(UnderlineSingle)
	case 5:
		return s ^ Blink
	case 7:
		return s ^ Inverse
	}
	return s
}
