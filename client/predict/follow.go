package predict

import "roam/terminal"

// nearRows is how many rows above the line are compared to see whether the
// screen has scrolled.
const nearRows = 4

// follow moves all guesses with the text that they stand in, when the screen has
// scrolled from old to s.
func (e *Engine) follow(old, s *terminal.Screen) {
	row, col := e.anchor()
	if row < 0 {
		return
	}
	if row >= e.rows {
		row, col = e.rows-1, 0
	}
	stayed := e.likeness(old, s, row, col, 0)
	if stayed >= 2*nearRows {
		return
	}
	best, by := stayed, 0
	for n := 1; n <= row; n++ {
		if l := e.likeness(old, s, row, col, n); l > best {
			best, by = l, n
		}
	}
	if by > 0 {
		e.scroll(by)
	}
}

// anchor returns the first row that guesses depend on, and how many columns of
// it no guess touches.
func (e *Engine) anchor() (row, col int) {
	row, col = -1, e.cols
	if len(e.trail) > 0 {
		row, col = e.trail[0].from.row, e.trail[0].from.col
	} else if e.line.state == lineKnown {
		row, col = e.line.row, e.line.start
	} else if e.full.wrap {
		row, col = e.full.row, e.full.col
	}
	for p := range e.guessed {
		if row < 0 || p.row < row {
			row, col = p.row, p.col
		} else if p.row == row && p.col < col {
			col = p.col
		}
	}
	return row, col
}

// likeness says how well what stood in and above a row of old is found n rows
// higher in s: two points for each full row with text, one for the untouched
// part of the row itself; -1 if that part differs, or nothing speaks for it.
func (e *Engine) likeness(old, s *terminal.Screen, row, col, n int) int {
	points := 0
	a, b := old.Row(row), s.Row(row-n)
	for x := range col {
		if a.Cell(x) == b.Cell(x) && textOf(a, x) == textOf(b, x) {
			if !a.Cell(x).IsBlank() {
				points = 1
			}
			continue
		}
		return -1
	}
	for i := 1; i <= nearRows; i++ {
		if row-i < 0 || row-i-n < 0 {
			if n == 0 {
				points += 2 // nothing above that could have moved
			}
			continue
		}
		a, b := old.Row(row-i), s.Row(row-i-n)
		if !a.Equal(b) {
			break
		}
		if !isBlankRow(a) {
			points += 2
		} else if n == 0 {
			points++
		}
	}
	if points == 0 && n > 0 {
		return -1
	}
	return points
}

func isBlankRow(r *terminal.Row) bool {
	for x := range r.Len() {
		if !r.Cell(x).IsBlank() {
			return false
		}
	}
	return true
}

// scroll moves all guesses n rows up.
func (e *Engine) scroll(n int) {
	for i := range e.trail {
		e.trail[i].from.row -= n
		e.trail[i].pos.row -= n
	}
	for i := range e.lag.ghosts {
		e.lag.ghosts[i].at.row -= n
	}
	e.line.row -= n
	e.full.row -= n
	e.beforeCursor.row -= n
	for i := range min(n, len(e.slots)) {
		clear(e.slots[i])
	}
	if n >= len(e.slots) {
		clear(e.used)
		return
	}
	gone := append([][]slot(nil), e.slots[:n]...)
	copy(e.slots, e.slots[n:])
	copy(e.slots[len(e.slots)-n:], gone)
	copy(e.used, e.used[n:])
	clear(e.used[len(e.used)-n:])
}
