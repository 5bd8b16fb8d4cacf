package predict

// version returns a guess of the key about to be pushed.
func (e *Engine) version(g *guess, what glyph) version {
	return version{glyph: what, key: e.nextID, due: g.due, epoch: e.current}
}

// insert guesses that a glyph appears at p and moves the text behind it.
func (e *Engine) insert(g *guess, p position, what glyph) {
	w := int(what.width)
	if !e.opts.Overwrite {
		e.shiftRight(g, p, w)
	} else {
		e.unpair(g, p.row, p.col)
		e.unpair(g, p.row, p.col+w)
	}
	v := e.version(g, what)
	v.typed = true
	e.set(p.row, p.col, v)
	if w == 2 {
		v.glyph = glyph{pen: what.pen}
		e.set(p.row, p.col+1, v)
	}
	l := &e.line
	if l.state != lineKnown || l.row != p.row || p.col < l.start {
		return
	}
	if !e.opts.Overwrite && p.col < l.end {
		l.end += w
	}
	l.end = max(l.end, p.col+w)
}

// shiftRight guesses that the text from p on moves w columns to the right.
func (e *Engine) shiftRight(g *guess, p position, w int) {
	end, open := e.textEnd(p)
	if !open && end+w > e.cols {
		open = true
	}
	for col := min(end+w, e.cols) - 1; col >= p.col+w; col-- {
		what, known := e.at(p.row, col-w)
		v := e.version(g, what)
		v.unknown = !known || open && col == e.cols-1
		e.set(p.row, col, v)
	}
}

// unpair blanks the halves of a wide glyph that is cut before column col.
func (e *Engine) unpair(g *guess, row, col int) {
	if col <= 0 || col >= e.cols {
		return
	}
	if right, known := e.at(row, col); known && right.width == 0 {
		blank := glyph{text: " ", width: 1, pen: right.pen}
		e.set(row, col-1, e.version(g, blank))
		e.set(row, col, e.version(g, blank))
	}
}

// remove guesses that columns from to to-1 of a row go, and that what stands
// behind them moves left.
func (e *Engine) remove(g *guess, row, from, to int) {
	n := to - from
	if n <= 0 {
		return
	}
	if e.opts.Overwrite {
		for col := from; col < to; col++ {
			what, _ := e.at(row, col)
			e.set(row, col, e.version(g, glyph{text: " ", width: 1, pen: what.pen}))
		}
		return
	}
	end, open := e.textEnd(position{row: row, col: to})
	for col := from; col < end; col++ {
		if col+n < end {
			what, known := e.at(row, col+n)
			v := e.version(g, what)
			v.unknown = !known || open && col+n == e.cols-1
			e.set(row, col, v)
			continue
		}
		what, _ := e.at(row, col)
		v := e.version(g, glyph{text: " ", width: 1, pen: what.pen})
		v.unknown = open
		e.set(row, col, v)
	}
	if l := &e.line; l.state == lineKnown && l.row == row && l.end > from {
		l.end -= min(n, l.end-from)
	}
}

// leftOf returns the column of the glyph before column col.
func (e *Engine) leftOf(row, col int) int {
	if col--; col > 0 {
		if g, known := e.at(row, col); known && g.width == 0 {
			col--
		}
	}
	return max(col, 0)
}

// rightOf returns the column behind the glyph in column col.
func (e *Engine) rightOf(row, col int) int {
	if g, known := e.at(row, col); known && g.width == 2 {
		return col + 2
	}
	return col + 1
}

// wordLeft and wordRight return where a motion by one word ends, between start
// and end. Editors differ in what they take for a word: ok only where the
// usual ones (letters and digits; all but blanks) agree.
func (e *Engine) wordLeft(row, col, start int) (to int, ok bool) {
	by := func(in func(glyph) bool) int {
		c := col
		for c > start && !in(e.text(row, e.leftOf(row, c))) {
			c = e.leftOf(row, c)
		}
		for c > start && in(e.text(row, e.leftOf(row, c))) {
			c = e.leftOf(row, c)
		}
		return c
	}
	to = by(inName)
	return to, to == by(inText)
}

func (e *Engine) wordRight(row, col, end int) (to int, ok bool) {
	by := func(in func(glyph) bool) int {
		c := col
		for c < end && !in(e.text(row, c)) {
			c = e.rightOf(row, c)
		}
		for c < end && in(e.text(row, c)) {
			c = e.rightOf(row, c)
		}
		return c
	}
	to = by(inName)
	// zsh goes on to the next word: only at the end of the line do all agree.
	return to, to == by(inText) && to == end
}

func (e *Engine) text(row, col int) glyph {
	g, _ := e.at(row, col)
	return g
}

// inName reports whether g belongs to a word of letters and digits.
func inName(g glyph) bool {
	if len(g.text) != 1 {
		return len(g.text) > 1
	}
	c := g.text[0]
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// inText reports whether g belongs to a word in a text split at blanks.
func inText(g glyph) bool { return !g.isBlank() }
