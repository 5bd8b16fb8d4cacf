package predict

import "roam/terminal"

// follow moves all guesses with the text that they stand in, when the screen has
// scrolled from old to s. Where that text is gone, so are those of the line
// that Enter has ended.
func (e *Engine) follow(old, s *terminal.Screen) {
	row, col := e.anchor()
	if row < 0 {
		return
	}
	if row >= e.rows {
		row, col = e.rows-1, 0
	}
	last := row
	for p := range e.guessed {
		last = max(last, min(p.row, e.rows-1))
	}
	if sameRows(old, s, last) {
		return
	}
	best, by := e.likeness(old, s, row, col, last, 0), 0
	for n := 1; n < e.rows; n++ {
		if l := e.likeness(old, s, row, col, last, n); l > best {
			best, by = l, n
		}
	}
	switch {
	case by > 0:
		e.scroll(by)
	case best < 0:
		e.run.lost = true
		e.leave()
	}
}

// sameRows reports whether all rows up to last are the same in both screens, which
// share rows that did not change.
func sameRows(old, s *terminal.Screen, last int) bool {
	for y := range last + 1 {
		if old.Row(y) != s.Row(y) {
			return false
		}
	}
	return true
}

// leave drops the guesses of keys before one that ended their line: the text is no
// longer where it was, and nothing says where it went.
func (e *Engine) leave() {
	for i := range e.trail {
		if !e.trail[i].blind {
			continue
		}
		for p, s := range e.guessed {
			if s.top.key < e.trail[i].id {
				e.drop(p, s)
			}
		}
		for k := range i {
			e.stats.right(&e.trail[k])
		}
		e.trail = append(e.trail[:0], e.trail[i:]...)
		return
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
	} else if e.run.on {
		row, col = max(e.run.row, 0), 0
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

// likeness says how well what stood in rows 0 to last of old is found n rows
// higher in s: two points for each row with text, one for the part of the anchor's
// row that no guess touches; -1 if that part differs, or nothing speaks for it.
func (e *Engine) likeness(old, s *terminal.Screen, row, col, last, n int) int {
	points := 0
	if row >= n {
		a, b := old.Row(row), s.Row(row-n)
		for x := range col {
			if a.Cell(x) != b.Cell(x) || textOf(a, x) != textOf(b, x) {
				return -1
			}
			if !a.Cell(x).IsBlank() {
				points = 1
			}
		}
	}
	for y := n; y <= last; y++ {
		if a := old.Row(y); (a == s.Row(y-n) || a.Equal(s.Row(y-n))) && !isBlankRow(a) {
			points += 2
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
	e.run.row -= n
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
