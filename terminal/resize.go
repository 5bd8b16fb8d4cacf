package terminal

// Resize changes the size, clamped as in New. Text that was wrapped is wrapped
// anew at the new width, with the cursor on its character; where rows no longer
// fit, blank ones below the cursor go first, then those at the top. The
// alternate screen is only cut or filled up: its program draws it anew.
func (e *Emulator) Resize(cols, rows int) {
	cols, rows = clampSize(cols, rows)
	if cols == e.cols && rows == e.rows {
		return
	}
	if e.stock {
		e.stockResize(cols, rows)
		return
	}
	oldCols := e.cols
	blank := e.blank
	if cols != e.cols {
		e.free = nil
		blank = blankRow(cols)
	}
	e.pinSaved()
	primary, alternate := &e.lines, &e.alt.lines
	cursor := position{y: e.y, x: e.x, pending: e.pending}
	saved := position{y: e.saved.y, x: e.saved.x, pending: e.saved.pending}
	if e.alt.active {
		primary, alternate = alternate, primary
		saved = position{y: e.alt.saved.y, x: e.alt.saved.x, pending: e.alt.saved.pending}
	}
	// The positions that go with the primary screen, the one to keep in view first.
	kept := []*position{&cursor, &saved}
	if e.alt.active {
		kept = []*position{&saved}
	}
	f := reflow{cols: cols, rows: rows, blank: blank, kept: kept}
	if cols != oldCols {
		f.rewrap(*primary)
	} else {
		f.lines = append(f.lines, *primary...)
	}
	f.fit()
	*primary = f.lines
	if *alternate != nil {
		anchor := position{}
		if e.alt.active {
			anchor = cursor
		}
		g := reflow{cols: cols, rows: rows, blank: blank, kept: []*position{&anchor}}
		g.crop(*alternate)
		g.fit()
		*alternate = g.lines
		if e.alt.active {
			cursor = anchor
		}
	}
	e.cols, e.rows, e.blank = cols, rows, blank
	e.y, e.x, e.pending = cursor.y, min(cursor.x, cols-1), cursor.pending && cursor.x == cols-1
	if e.alt.active {
		e.alt.saved.y, e.alt.saved.x, e.alt.saved.pending = saved.y, saved.x, saved.pending
	} else {
		e.saved.y, e.saved.x, e.saved.pending = saved.y, saved.x, saved.pending
	}
	e.afterResize()
}

// pinSaved clamps the saved cursors to the screen that they were saved on.
func (e *Emulator) pinSaved() {
	for _, s := range []*savedCursor{&e.saved, &e.alt.saved} {
		s.y, s.x = min(s.y, e.rows-1), min(s.x, e.cols-1)
	}
}

// afterResize adjusts what depends on the size.
func (e *Emulator) afterResize() {
	e.tabs.resize(e.cols)
	e.resetMargins()
	e.joinX = -1
	if n := e.rows + 1; len(e.free) > n {
		clear(e.free[n:])
		e.free = e.free[:n]
	}
	if e.modes.on(modeInBand) {
		e.reportSize()
	}
}

// stockResize cuts or adds at the bottom and the right, in the pen's
// background; wraps are forgotten where the width changes.
func (e *Emulator) stockResize(cols, rows int) {
	fill := e.erased()
	widthChanged := cols != e.cols
	lines := make([]*Row, rows)
	if widthChanged {
		e.free = nil
		e.blank = blankRow(cols)
	}
	e.cols = cols
	for y := range lines {
		switch {
		case y < e.rows && !widthChanged:
			lines[y] = e.lines[y]
		case y < e.rows:
			lines[y] = e.lines[y].resized(cols, fill)
		default:
			lines[y] = e.erasedRow()
		}
	}
	e.lines, e.rows = lines, rows
	e.x, e.y = min(e.x, cols-1), min(e.y, rows-1)
	e.dropAlternate()
	moved := e.joinX != e.x || e.joinY != e.y
	e.afterResize()
	if !moved {
		e.joinX = e.x
	}
}

// resized returns a copy of r with cols cells; new ones are fill. A wide glyph
// that is cut becomes a blank.
func (r *Row) resized(cols int, fill Cell) *Row {
	n := &Row{cells: make([]Cell, cols), mark: r.mark.within(cols)}
	if len(r.text) > 0 {
		n.text = append([]byte(nil), r.text...)
	}
	if len(r.extras) > 0 {
		n.extras = append([]Extra(nil), r.extras...)
	}
	k := copy(n.cells, r.cells)
	fillCells(n.cells[k:], fill)
	n.mend(0, k)
	return n
}

// within returns m for a row of cols columns.
func (m Mark) within(cols int) Mark {
	m.Command = min(m.Command, int16(cols))
	return m
}

// A position is a place on the screen that a resize takes along.
type position struct {
	y, x    int
	pending bool
}

// A reflow makes the rows of a screen of a new size.
type reflow struct {
	cols, rows int
	blank      *Row
	kept       []*position // moved along; the first stays in view
	lines      []*Row
	dropped    int        // rows that stood above lines and will not be seen
	moved      []position // where kept go, as rows of dropped and lines
	anchored   bool       // moved[0] is known
}

// add puts a row behind lines, unless it cannot come into view, so that no
// resize holds many more rows than the screen has. Of rows above the first
// position only as many as fill the screen can; of those below it none, once
// the screen is full from there on with text at the end.
func (f *reflow) add(r *Row) {
	n := len(f.lines)
	switch {
	case !f.anchored && n >= 2*f.rows+reflowSlack:
		f.dropped += n - f.rows
		f.lines = append(f.lines[:0], f.lines[n-f.rows:]...)
	case f.anchored && n >= f.moved[0].y-f.dropped+f.rows && !f.lines[n-1].isBlank():
		return
	}
	f.lines = append(f.lines, r)
}

// reflowSlack is how many rows more than two screens are kept before they are
// dropped, so that dropping costs little for each row.
const reflowSlack = 64

// last returns the row that was added last, as moved counts.
func (f *reflow) last() int { return f.dropped + len(f.lines) - 1 }

// move notes where position i goes.
func (f *reflow) move(i int, to position) {
	f.moved[i] = to
	f.anchored = f.anchored || i == 0
}

// crop cuts or widens each row.
func (f *reflow) crop(rows []*Row) {
	for _, r := range rows {
		if len(r.cells) != f.cols {
			if r.isBlank() {
				r = f.blank
			} else {
				r = r.resized(f.cols, blankCell)
			}
		}
		f.lines = append(f.lines, r)
	}
}

// fit makes the rows as many as the screen has.
func (f *reflow) fit() {
	anchor := f.kept[0]
	for len(f.lines) > f.rows && len(f.lines)-1 > anchor.y && f.lines[len(f.lines)-1].isBlank() {
		f.lines = f.lines[:len(f.lines)-1]
	}
	if extra := min(len(f.lines)-f.rows, anchor.y); extra > 0 {
		f.lines = append([]*Row(nil), f.lines[extra:]...)
		for _, p := range f.kept {
			p.y = max(p.y-extra, 0)
		}
	}
	if len(f.lines) > f.rows {
		f.lines = f.lines[:f.rows]
	}
	for len(f.lines) < f.rows {
		f.lines = append(f.lines, f.blank)
	}
	for _, p := range f.kept {
		p.y, p.x = min(p.y, f.rows-1), min(p.x, f.cols-1)
	}
}

// isBlank reports whether r shows nothing and says nothing.
func (r *Row) isBlank() bool {
	if r.wrapped || r.mark != (Mark{}) {
		return false
	}
	for _, c := range r.cells {
		if c.withoutDrawn() != blankCell {
			return false
		}
	}
	return true
}

// used returns the columns up to the last cell that is not a default blank.
func (r *Row) used() int {
	n := len(r.cells)
	for n > 0 && r.cells[n-1].withoutDrawn() == blankCell {
		n--
	}
	return n
}

// rewrap breaks the lines that rows hold anew.
func (f *reflow) rewrap(rows []*Row) {
	f.moved = make([]position, len(f.kept))
	for _, p := range f.kept {
		if p.pending { // behind its glyph
			p.x++
		}
	}
	for from := 0; from < len(rows); {
		to := from + 1
		for to < len(rows) && rows[to-1].wrapped {
			to++
		}
		f.rewrapLine(rows, from, to)
		from = to
	}
	for i, p := range f.kept {
		*p = f.moved[i]
		p.y = max(p.y-f.dropped, 0)
	}
}

// rewrapLine breaks the line of rows from to to-1 and notes where positions
// within it go.
func (f *reflow) rewrapLine(rows []*Row, from, to int) {
	last := to - 1
	if from == last && rows[from].isBlank() {
		f.add(f.blank)
		for i, p := range f.kept {
			if p.y == from {
				f.move(i, position{y: f.last(), x: min(p.x, f.cols-1)})
			}
		}
		return
	}
	w := rewrapper{f: f}
	w.newRow()
	w.row.mark = rows[from].mark.within(f.cols)
	for y := from; y < to; y++ {
		r := rows[y]
		n := len(r.cells)
		if y == last {
			n = r.used()
		} else if r.short && r.cells[n-1].IsBlank() && rows[y+1].cells[0].content()&isWide != 0 {
			n-- // left free because the wide glyph did not fit
		}
		for x := range n {
			at := w.put(r, x)
			for i, p := range f.kept {
				if p.y == y && p.x == x {
					f.move(i, at)
				}
			}
		}
		for i, p := range f.kept {
			if p.y == y && p.x >= n {
				f.move(i, w.end(p.x-n))
			}
		}
	}
}

// A rewrapper writes the cells of one line into rows of the new width.
type rewrapper struct {
	f   *reflow
	row *Row
	x   int
}

func (w *rewrapper) newRow() {
	w.row = &Row{cells: make([]Cell, w.f.cols)}
	fillCells(w.row.cells, blankCell)
	w.f.add(w.row)
	w.x = 0
}

// put adds the cell in column x of r and returns where it went. The right half
// of a wide glyph goes with the left one.
func (w *rewrapper) put(r *Row, x int) position {
	c := r.cells[x]
	width := c.Width()
	if width == 0 {
		return position{y: w.f.last(), x: w.x - 1}
	}
	if width == 2 && w.f.cols < 2 {
		c, width = c.withContent(' '), 1
	}
	if w.x+width > w.f.cols {
		w.row.wrapped, w.row.short = true, w.x < w.f.cols
		w.newRow()
	}
	at := position{y: w.f.last(), x: w.x}
	if width == 1 && c.content() == ' ' {
		w.row.cells[w.x] = c.withExtra(w.row.addExtra(r.Extra(x)))
	} else {
		w.row.cells[w.x] = w.row.adopt(r, x)
	}
	if width == 2 {
		w.row.cells[w.x+1] = w.row.cells[w.x].withContent(isTail)
	}
	w.x += width
	return at
}

// end returns the position that is gap columns behind what was put, within
// the row: the blanks of the gap are no text that could wrap.
func (w *rewrapper) end(gap int) position {
	p := position{y: w.f.last(), x: w.x + gap}
	if p.x >= w.f.cols {
		p.x, p.pending = w.f.cols-1, w.x == w.f.cols
	}
	return p
}
