package predict

import (
	"time"

	"roam/terminal"
)

// Paint paints the guesses that are to be shown onto c, a copy of the newest
// screen, and moves its cursor.
func (e *Engine) Paint(now time.Time, c *terminal.Canvas) {
	if e.opts.Mode == Never || e.frame == nil {
		return
	}
	e.tick(now)
	if e.showing() && len(e.trail) > 0 {
		e.painted = max(e.painted, e.trail[len(e.trail)-1].id)
	}
	cursor, known := e.cursor(now)
	over := max(e.deepest(cursor.Row)-(e.rows-1), 0)
	if over > 0 {
		c.ScrollUp(over)
	}
	if e.paintCells(now, c, over) {
		e.withdraw(c, cursor, over)
	}
	cursor.Row -= over
	if known {
		c.SetCursor(cursor)
	}
}

// NextTimeout returns when Paint would paint something else without new input;
// zero for never.
func (e *Engine) NextTimeout() time.Time {
	if len(e.trail) == 0 || e.opts.Mode == Never {
		return time.Time{}
	}
	var next time.Time
	sooner := func(t time.Time) {
		if next.IsZero() || t.Before(next) {
			next = t
		}
	}
	oldest := &e.trail[0]
	if d := e.trig.next(e.now.Sub(oldest.made)); d > 0 {
		sooner(oldest.made.Add(d))
	}
	for i := range e.trail {
		g := &e.trail[i]
		if g.decided.IsZero() {
			break
		}
		for _, wait := range []time.Duration{e.grace(g), e.patience(g)} {
			if t := g.decided.Add(wait); t.After(e.now) {
				sooner(t)
			}
		}
	}
	return next
}

// tick does what time alone brings about.
func (e *Engine) tick(now time.Time) {
	e.now = now
	if len(e.trail) > 0 && !e.trail[0].decided.IsZero() {
		e.judge(now) // a wait may be over
	}
	if len(e.trail) > 0 {
		e.trig.waited(now.Sub(e.trail[0].made))
	}
}

// showing reports whether proved guesses are painted.
func (e *Engine) showing() bool {
	return e.opts.Mode != Adaptive || e.trig.slow || e.trig.glitch > 0 || e.confident()
}

// cursor returns where the newest visible key leaves the cursor, and notes that
// the visible keys are shown.
func (e *Engine) cursor(now time.Time) (c terminal.Cursor, known bool) {
	c = e.frame.Cursor()
	for i := range e.trail {
		g := &e.trail[i]
		if !e.shows(g.epoch) || g.id > e.painted {
			break
		}
		if !g.blind {
			e.stats.show(now, g)
		}
		c.Row, c.Col, known = g.pos.row, g.pos.col, true
		if g.pos.wrap && !e.stays {
			c.Row, c.Col = g.pos.row+1, 0
		}
	}
	return c, known
}

// deepest returns the last row with something to show.
func (e *Engine) deepest(cursor int) int {
	for p, s := range e.guessed {
		if p.row > cursor && e.shows(s.top.epoch) && s.top.key <= e.painted {
			cursor = p.row
		}
	}
	return cursor
}

// withdraw hides what a shell offers behind the cursor: something else was typed. What
// it offers next is not known.
func (e *Engine) withdraw(c *terminal.Canvas, cursor terminal.Cursor, over int) {
	r := e.row(cursor.Row)
	if r == nil || e.line.row != cursor.Row || !e.hasLine() {
		return
	}
	for col, blanks := cursor.Col, 0; col < r.Len() && blanks < 2; col++ {
		switch {
		case r.Cell(col).IsBlank():
			blanks++
		case !isDim(r.Cell(col)):
			return
		default:
			blanks = 0
			c.Put(cursor.Row-over, col, " ", terminal.Pen{})
		}
	}
}

// paintCells paints the visible guesses, over rows higher up. It reports whether
// something was typed over a different character that a shell offers.
func (e *Engine) paintCells(now time.Time, c *terminal.Canvas, over int) (refused bool) {
	for p, s := range e.guessed {
		v := s.top
		if !e.shows(v.epoch) {
			v = s.under
		}
		r := e.row(p.row)
		if v.key == 0 || v.key > e.painted || v.width == 0 && !v.unknown {
			continue
		}
		age := time.Duration(0)
		if i := e.find(v.key); i >= 0 {
			age = now.Sub(e.trail[i].made)
		}
		marks := e.trig.marks(age) || !e.visible(v.epoch)
		if v.unknown {
			if marks && r != nil && p.col < e.cols-1 && !e.blankCell(r, p.col) {
				c.Style(p.row-over, p.col, underlined, 0)
			}
			continue
		}
		if r != nil && sameText(r, p.col, v.glyph) || r == nil && v.isBlank() {
			continue
		}
		pen := v.pen
		if marks && !v.isBlank() {
			pen.Style = pen.Style.WithUnderline(terminal.UnderlineSingle)
		}
		if v.width == 2 {
			c.PutWide(p.row-over, p.col, v.text, pen)
		} else {
			c.Put(p.row-over, p.col, v.text, pen)
		}
		refused = refused || v.typed && r != nil && isDim(r.Cell(p.col))
	}
	return refused
}

// underlined is the style bit pattern of a plain underline.
var underlined = terminal.Style(0).WithUnderline(terminal.UnderlineSingle)

func (e *Engine) blankCell(r *terminal.Row, col int) bool {
	return col >= r.Len() || r.Cell(col).IsBlank()
}
