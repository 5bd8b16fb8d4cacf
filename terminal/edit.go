package terminal

// eraseDisplay is ED, and DECSED where selective: 0 from the cursor, 1 up to
// it, 2 all. 3 erases the scroll-back, of which there is none here.
func (e *Emulator) eraseDisplay(which int, selective bool) {
	switch which {
	case 0:
		e.eraseLine(0, selective)
		e.eraseBlock(e.y+1, e.rows, 0, e.cols, selective)
	case 1:
		e.eraseLine(1, selective)
		e.eraseBlock(0, e.y, 0, e.cols, selective)
	case 2:
		e.pending = false
		e.eraseBlock(0, e.rows, 0, e.cols, selective)
	}
}

// eraseLine is EL, and DECSEL where selective.
func (e *Emulator) eraseLine(which int, selective bool) {
	from, to := 0, e.cols
	switch which {
	case 0:
		from = e.x
	case 1:
		to = e.x + 1
	case 2:
	default:
		return
	}
	e.pending = false
	e.eraseBlock(e.y, e.y+1, from, to, selective)
	if which == 1 {
		e.markDrawn(e.y, from, to)
	}
}

// eraseBlock blanks a block of cells; where selective, only those that are not
// protected.
func (e *Emulator) eraseBlock(top, bottom, from, to int, selective bool) {
	for y := top; y < bottom; y++ {
		if !selective || e.lines[y] == e.blank {
			e.eraseCells(y, from, to)
			continue
		}
		for x := from; x < to; {
			end, spare := x, e.lines[y].protected(x)
			for end < to && e.lines[y].protected(end) == spare {
				end++
			}
			if !spare {
				e.eraseCells(y, x, end)
			}
			x = end
		}
	}
}

// protected reports whether selective erasing spares the cell in column x.
func (r *Row) protected(x int) bool { return r.cells[x].Style()&Protected != 0 }

// eraseChars is ECH.
func (e *Emulator) eraseChars(n int) {
	e.pending = false
	to := min(e.x+n, e.cols)
	e.eraseBlock(e.y, e.y+1, e.x, to, e.modes.on(modeISOProtect))
	e.markDrawn(e.y, e.x, to)
}

// insertChars is ICH: nothing happens outside the side margins.
func (e *Emulator) insertChars(n int) {
	e.pending = false
	if e.x >= e.left && e.x <= e.right {
		e.insertCells(e.y, e.x, e.right, n)
		e.markDrawn(e.y, e.x, min(e.x+n, e.right+1))
	}
}

// deleteChars is DCH.
func (e *Emulator) deleteChars(n int) {
	if e.x >= e.left && e.x <= e.right {
		e.pending = false
		e.deleteCells(e.y, e.x, e.right, n)
	}
}

// insertLines is IL: nothing happens outside the margins.
func (e *Emulator) insertLines(n int) {
	if e.insideMargins() {
		e.scrollDown(e.y, e.bottom, n)
		e.x, e.pending = e.left, false
	}
}

// deleteLines is DL.
func (e *Emulator) deleteLines(n int) {
	if e.insideMargins() {
		e.scrollUp(e.y, e.bottom, n)
		e.x, e.pending = e.left, false
	}
}

// insertColumns is DECIC: CSI n ' }.
func (e *Emulator) insertColumns(n int) {
	if e.insideMargins() {
		e.shiftColumns(e.x, n, true)
	}
}

// deleteColumns is DECDC: CSI n ' ~.
func (e *Emulator) deleteColumns(n int) {
	if e.insideMargins() {
		e.shiftColumns(e.x, n, false)
	}
}

// scrollLeft is SL: CSI n SP @. As in xterm the cursor must be inside the margins.
func (e *Emulator) scrollLeft(n int) {
	if e.insideMargins() {
		e.shiftColumns(e.left, n, false)
	}
}

// scrollRight is SR: CSI n SP A.
func (e *Emulator) scrollRight(n int) {
	if e.insideMargins() {
		e.shiftColumns(e.left, n, true)
	}
}

// shiftColumns inserts or deletes n columns at x in all rows of the region.
func (e *Emulator) shiftColumns(x, n int, insert bool) {
	for y := e.top; y <= e.bottom; y++ {
		if insert {
			e.insertCells(y, x, e.right, n)
			e.markDrawn(y, x, min(x+n, e.right+1))
		} else {
			e.deleteCells(y, x, e.right, n)
		}
	}
}

// backIndex is DECBI: a step left, at the left margin the region moves right.
func (e *Emulator) backIndex() {
	switch {
	case e.x != e.left:
		e.cursorLeft(1)
	case e.insideMargins():
		e.shiftColumns(e.left, 1, true)
	}
}

// forwardIndex is DECFI: a step right, at the right margin the region moves left.
func (e *Emulator) forwardIndex() {
	switch {
	case e.x != e.right:
		e.x, e.pending = min(e.x+1, e.cols-1), false
	case e.insideMargins():
		e.shiftColumns(e.left, 1, false)
	}
}

// repeat is REP: the glyph just printed n times more, at most as many as make a
// screen full with it. As in xterm any function in between, REP too, leaves
// nothing to repeat.
func (e *Emulator) repeat(n int) {
	if e.last == 0 {
		return
	}
	n = min(n, e.cols*e.rows-1)
	if e.last < 0x80 && !e.slowText {
		var run [64]byte
		for i := range run {
			run[i] = byte(e.last)
		}
		for ; n > 0; n -= min(n, len(run)) {
			e.printASCII(run[:min(n, len(run))])
		}
		return
	}
	for r := e.last; n > 0; n-- {
		e.printGlyph(r)
	}
}

// alignmentPattern is DECALN: the screen full of E in default rendition. The pen
// loses its attributes and, as in xterm, keeps its colours.
func (e *Emulator) alignmentPattern() {
	fg, bg := e.pen.Fg(), e.pen.Bg()
	e.plain()
	e.setFg(fg)
	e.setBg(bg)
	e.resetMargins()
	e.modes.set(modeOrigin, false)
	for y := range e.lines {
		e.recycle(e.lines[y])
		e.lines[y] = e.freeRow()
		fillCells(e.lines[y].cells, Cell{lo: 'E'})
	}
	e.x, e.y, e.pending = 0, 0, false
}
