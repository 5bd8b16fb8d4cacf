package predict

import (
	"slices"
	"time"

	"roam/terminal"
)

// A reference predicts as a stock client does, by docs/prediction.md: the
// measure that this engine must not fall behind. It is always in the mode
// "always".
type reference struct {
	frame              *terminal.Screen
	dec                decoder
	echoed, sent       uint64
	current, confirmed uint64
	cells              map[position]*refCell
	cursors            []refCursor
}

type refCell struct {
	text    string
	unknown bool
	due     uint64
	epoch   uint64
	was     []string
}

type refCursor struct {
	at         position
	due, epoch uint64
}

func newReference() *reference {
	return &reference{current: 1, cells: map[position]*refCell{}}
}

func (r *reference) Frame(now time.Time, s *terminal.Screen, echoed uint64, _ time.Duration) {
	r.frame, r.echoed = s, echoed
	r.judge()
}

func (r *reference) reset() {
	clear(r.cells)
	r.cursors = nil
	r.current++
}

func (r *reference) kill(epoch uint64) {
	for p, c := range r.cells {
		if c.epoch >= epoch {
			delete(r.cells, p)
		}
	}
	r.cursors = slices.DeleteFunc(r.cursors, func(c refCursor) bool { return c.epoch >= epoch })
	c := r.frame.Cursor()
	r.cursors = append(r.cursors, refCursor{position{row: c.Row, col: c.Col}, r.sent + 1, r.current})
	r.current++
}

func (r *reference) judge() {
	var order []position
	for p := range r.cells {
		order = append(order, p)
	}
	slices.SortFunc(order, func(a, b position) int { return (a.row-b.row)*1000 + a.col - b.col })
	for _, p := range order {
		c := r.cells[p]
		if c == nil || r.echoed < c.due {
			continue
		}
		text := textOf(r.frame.Row(p.row), p.col)
		switch {
		case c.unknown || c.text == " ":
			delete(r.cells, p)
		case c.text == text:
			if !slices.Contains(c.was, text) {
				r.confirmed = max(r.confirmed, c.epoch)
			}
			delete(r.cells, p)
		case c.epoch > r.confirmed:
			r.kill(c.epoch)
		default:
			r.reset()
			return
		}
	}
	if n := len(r.cursors); n > 0 && r.echoed >= r.cursors[n-1].due {
		c := r.frame.Cursor()
		if p := r.cursors[n-1].at; p.row != c.Row || p.col != c.Col {
			r.reset()
			return
		}
	}
	r.cursors = slices.DeleteFunc(r.cursors, func(c refCursor) bool { return r.echoed >= c.due })
}

func (r *reference) Typed(now time.Time, b []byte, sent uint64, _ bool) {
	r.sent = sent
	r.dec.decode(now, b, func(k key) { r.key(k) })
}

// cursor returns the guess to move: the last one, in the current epoch.
func (r *reference) cursor() *refCursor {
	n := len(r.cursors)
	if n == 0 {
		c := r.frame.Cursor()
		r.cursors = append(r.cursors, refCursor{position{row: c.Row, col: c.Col}, r.sent + 1, r.current})
	} else if r.cursors[n-1].epoch != r.current {
		r.cursors = append(r.cursors, refCursor{r.cursors[n-1].at, r.sent + 1, r.current})
	}
	c := &r.cursors[len(r.cursors)-1]
	c.due = r.sent + 1
	return c
}

func (r *reference) at(p position) (string, bool) {
	if c := r.cells[p]; c != nil {
		return c.text, !c.unknown
	}
	if t := textOf(r.frame.Row(p.row), p.col); t != "" {
		return t, true
	}
	return " ", true
}

func (r *reference) set(p position, text string, unknown bool) {
	c := r.cells[p]
	if c == nil || c.unknown {
		c = &refCell{was: []string{textOf(r.frame.Row(p.row), p.col)}}
		r.cells[p] = c
	} else {
		c.was = append(c.was, c.text)
	}
	c.text, c.unknown, c.due, c.epoch = text, unknown, r.sent+1, r.current
}

func (r *reference) key(k key) {
	cols, _ := r.frame.Size()
	switch k.kind {
	case keyGlyph:
		if terminal.RuneWidth(k.char) != 1 {
			r.current++
			return
		}
		at := r.cursor().at
		if at.col == cols-1 {
			r.current++
			at = r.cursor().at
		}
		for x := cols - 1; x > at.col; x-- {
			text, known := r.at(position{row: at.row, col: x - 1})
			r.set(position{row: at.row, col: x}, text, !known || x == cols-1)
		}
		r.set(at, string(k.char), false)
		if at.col == cols-1 {
			r.current++
			r.nextRow()
			return
		}
		r.cursor().at.col++
	case keyErase:
		c := r.cursor()
		if c.at.col == 0 {
			return
		}
		c.at.col--
		at := c.at
		for x := at.col; x < cols; x++ {
			text, known := " ", false
			if x+2 < cols {
				text, known = r.at(position{row: at.row, col: x + 1})
			}
			r.set(position{row: at.row, col: x}, text, !known)
		}
	case keyLeft, keyWordLeft:
		if c := r.cursor(); c.at.col > 0 {
			c.at.col--
		}
	case keyRight, keyWordRight:
		if c := r.cursor(); c.at.col < cols-1 {
			c.at.col++
		}
	case keyEnter:
		r.current++
		r.nextRow()
	default:
		r.current++
	}
}

func (r *reference) nextRow() {
	cols, rows := r.frame.Size()
	c := r.cursor()
	c.at.col = 0
	if c.at.row < rows-1 {
		c.at.row++
		return
	}
	for x := range cols {
		r.set(position{row: c.at.row, col: x}, " ", false)
	}
}

func (r *reference) Paint(now time.Time, c *terminal.Canvas) {
	for p, cell := range r.cells {
		if cell.epoch <= r.confirmed && !cell.unknown {
			c.Put(p.row, p.col, cell.text, terminal.Pen{})
		}
	}
	cursor := r.frame.Cursor()
	for _, g := range r.cursors {
		if g.epoch <= r.confirmed {
			cursor.Row, cursor.Col = g.at.row, g.at.col
		}
	}
	c.SetCursor(cursor)
}
