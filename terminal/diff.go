package terminal

// AppendDiff appends to dst the bytes that lead a reader of profile p from
// one screen to another, and returns the extended slice; nothing is appended
// where p's reader could show no difference. A nil from stands for a reader
// just made, whose screen is blank and of unknown size. Where the sizes differ
// the reader has been told so and the bytes repaint it whole.
//
// The bytes are right for any reader that shows from, whatever way it came
// there, and leave nothing behind that a screen does not hold: margins,
// insert, origin and wrap modes are at their defaults before and after.
func AppendDiff(dst []byte, from, to *Screen, p *Profile) []byte {
	if from == to {
		return dst
	}
	w := newPainter(dst, from, to, p)
	w.diff(from, to)
	if w.mayClear(len(dst), from) {
		return w.shorter(len(dst), from)
	}
	return w.finish(len(dst))
}

// AppendRepaint appends the bytes that make a reader of profile p show to,
// whatever it showed before and whatever modes it is in.
func AppendRepaint(dst []byte, to *Screen, p *Profile) []byte {
	w := newPainter(dst, nil, to, p)
	w.repaint = true
	w.diff(nil, to)
	return w.finish(len(dst))
}

// syncOn and syncOff bracket a frame that must not be seen half drawn. Below
// minSynced bytes a frame comes in one piece anyway.
const (
	syncOn    = "\x1b[?2026h"
	syncOff   = "\x1b[?2026l"
	minSynced = 64
)

// clearAll blanks a screen: margins, pen, cursor, cells.
const clearAll = "\x1b[r\x1b[m\x1b[H\x1b[2J"

// plainModes puts what a diff relies on at its default, as another program may
// have left it: character sets, insert, origin and wrap modes, side margins.
const plainModes = "\x1b(B\x0f\x1b[4l\x1b[?6l\x1b[?7h\x1b[?69l"

// A painter writes one diff. It keeps what it knows of its reader.
type painter struct {
	dst []byte
	p   *Profile
	to  *Screen

	cols, rows int
	row, col   int       // where the reader's cursor is
	fuzzy      bool      // it is in the last column, perhaps about to wrap
	pending    bool      // it is there because of this diff
	lost       bool      // it is anywhere
	plain      bool      // nothing of doubtful width was printed since the column was certain
	pen        rendition // the reader's pen
	link       Link
	hidden     bool // the reader's cursor is hidden
	hide       bool // hide it before the first move
	repaint    bool // nothing is known of the reader's modes
	clearFirst bool // paint on a cleared screen, though the reader's is known
	cleared    bool
	scrolled   bool
	fresh      bool // the rows to paint are likely to have nothing in common with the reader's
	erased     int  // bytes spent on making blanks

	attrs  Cell // with cached: the pen as a cell has it, so that a run of cells alike costs one comparison
	cached bool
}

func newPainter(dst []byte, from, to *Screen, p *Profile) painter {
	w := painter{dst: dst, p: p, to: to, cols: to.cols, rows: len(to.rows)}
	if p.sync {
		w.dst = append(w.dst, syncOn...)
	}
	if from == nil {
		return w
	}
	w.hide = p.hide
	w.row, w.col = from.cursor.Row, from.cursor.Col
	w.fuzzy = w.col >= w.cols-1
	w.plain = true
	w.hidden = from.cursor.Hidden
	w.pen, w.link = p.penOf(from)
	return w
}

// finish returns what was written behind dst[:start], bracketed if need be.
func (w *painter) finish(start int) []byte {
	if !w.p.sync {
		return w.dst
	}
	if len(w.dst)-start-len(syncOn) < minSynced {
		n := copy(w.dst[start:], w.dst[start+len(syncOn):])
		return w.dst[:start+n]
	}
	return append(w.dst, syncOff...)
}

// penOf returns the pen that a reader has after a diff that led to s.
func (p *Profile) penOf(s *Screen) (rendition, Link) {
	if !p.keepPen {
		return rendition{}, Link{}
	}
	pen := &s.pen
	r := p.render(pen.Fg, pen.Bg, pen.Style, pen.Extra.UnderlineColor)
	return r, p.link(pen.Extra.Link)
}

// diff writes everything, in an order that lets each part rely on the one
// before: strings and reverse video, cells, cursor, pen, input modes.
func (w *painter) diff(from, to *Screen) {
	if w.p.rich {
		w.state(from)
	} else {
		w.bell(from)
		w.names(from)
		w.copied(from)
		w.mode("5", from != nil && from.modes.ReverseVideo, to.modes.ReverseVideo)
	}
	if w.clearFirst || from == nil || from.cols != to.cols || len(from.rows) != len(to.rows) {
		w.clear()
		w.paint(nil)
	} else {
		w.paint(from)
	}
	w.moveCursor()
	if !w.p.rich {
		w.showCursor()
	}
	pen, link := w.p.penOf(to)
	w.setPen(pen)
	w.setLink(link)
	if !w.p.rich {
		w.inputModes(from)
	}
}

// clear blanks the reader's screen, wherever it was, and homes its cursor.
func (w *painter) clear() {
	if w.repaint {
		w.dst = append(w.dst, plainModes...)
		w.link = Link{URI: "any"}
	}
	w.setLink(Link{})
	if w.p.rich {
		w.setPen(rendition{}) // SGR 0 keeps protection
	}
	w.cleared = true
	w.dst = append(w.dst, clearAll...)
	if w.p.hide && !w.hidden {
		w.dst = append(w.dst, "\x1b[?25l"...)
		w.hidden = true
	}
	w.pen, w.cached = rendition{}, false
	w.row, w.col, w.fuzzy, w.lost, w.plain = 0, 0, false, false, true
}

// paint changes the rows that from shows to those of the target; a nil from is
// blank.
func (w *painter) paint(from *Screen) {
	var base baseView
	rows := w.to.rows
	top, bottom, clear := 0, len(rows)-1, false
	if from != nil {
		base.rows = from.rows
		for top <= bottom && base.rows[top] == rows[top] {
			top++
		}
		for top <= bottom && base.rows[bottom] == rows[bottom] {
			bottom--
		}
		if top == 0 && bottom == len(rows)-1 {
			w.fresh, clear = surveyRows(base.rows, rows)
			clear = clear && w.p.panes
		}
		if w.p.scroll {
			w.scrollRows(&base, top, bottom)
		}
	}
	w.scrolled = base.n > 0
	w.fresh = w.fresh && !w.scrolled
	if base.n > 0 && top > 0 {
		top-- // it may have lost its soft-wrap mark
	}
	below := max(w.erasedBelow(&base), top)
	if clear && base.n == 0 && below > bottom/2 {
		w.clear()
		w.paint(nil)
		return
	}
	wrapping := false
	line := 0 // the row from which on rows were painted as one, by wrapping
	for y := top; y <= bottom || wrapping; y++ {
		if y == below && !wrapping {
			w.eraseBelow(y)
			return
		}
		old, sure := base.row(y), base.sureMark(y)
		if old == rows[y] && !wrapping && (sure || !rows[y].wrapped) {
			continue
		}
		if !wrapping {
			line = y
			if w.p.marks {
				w.marksBefore(y, old, rows[y])
			}
		}
		before := len(w.dst)
		wrapping = w.paintRow(y, old, rows[y], sure, wrapping)
		if w.p.marks && !wrapping {
			w.marksAfter(line, y, &base)
		}
		if w.p.rich {
			w.rowState(y, old, rows[y], !sure || len(w.dst) > before)
		}
	}
}

// mayClear reports whether the diff just written may be shorter on a cleared
// screen, by so much that it is worth painting twice: a quarter of what was written
// behind dst[:start]. Erasing must have taken as much more than printing again what was
// kept would. A user's terminal is not cleared, since it might show that for a moment.
func (w *painter) mayClear(start int, from *Screen) bool {
	room := w.erased - len(clearAll) - (len(w.dst)-start)/4
	if !w.p.panes || room <= 0 || w.scrolled || w.cleared {
		return false
	}
	for y, row := range w.to.rows {
		if room -= keptCost(from.rows[y], row); room <= 0 {
			return false
		}
	}
	return true
}

// shorter returns what was written behind dst[:start], or the diff that clears
// the screen first if that is shorter.
func (w *painter) shorter(start int, from *Screen) []byte {
	end := len(w.dst)
	c := newPainter(w.dst, from, w.to, w.p)
	c.clearFirst = true
	c.diff(from, w.to)
	if len(c.dst)-end >= end-start {
		return c.dst[:end]
	}
	n := copy(c.dst[start:], c.dst[end:])
	return c.dst[:start+n]
}

// erasedBelow returns the row from which on erasing the rest of the screen is
// shorter than row by row; one past the last if there is none.
func (w *painter) erasedBelow(base *baseView) int {
	rows := w.to.rows
	first := rows[len(rows)-1].cells[0]
	if !isErased(first) || !w.canErase(first) {
		return len(rows)
	}
	y, differ := len(rows), 0
	for y > 0 && !rows[y-1].wrapped && rows[y-1].mark == (Mark{}) &&
		(y < len(rows) && rows[y-1] == rows[y] || allCells(rows[y-1].cells, first)) {
		y--
		if old := base.row(y); old != rows[y] && (old == nil || !old.Equal(rows[y])) && (old != nil || first != blankCell) {
			differ++
		}
	}
	if differ < 2 {
		return len(rows)
	}
	return y
}

// eraseBelow erases row y and those below it.
func (w *painter) eraseBelow(y int) {
	w.moveTo(y, 0)
	w.erasePen(w.p.render(0, w.to.rows[y].cells[0].Bg(), 0, 0).bg)
	w.dst = append(w.dst, "\x1b[J"...)
}

// moveCursor ends the painting: the cursor goes where the target has it. If
// this diff left the reader about to wrap, it is told not to; if it came so,
// and nothing moved, it may stay so.
func (w *painter) moveCursor() {
	row := min(max(w.to.cursor.Row, 0), w.rows-1)
	col := min(max(w.to.cursor.Col, 0), w.cols-1)
	w.hide = false
	if row == w.row && col == w.col && !w.lost && !w.pending {
		return
	}
	if !w.fillGap(row, w.to.rows[row], col, false) { // a space typed on a blank is such a gap
		w.moveTo(row, col)
	}
}
