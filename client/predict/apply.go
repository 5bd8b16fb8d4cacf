package predict

import (
	"strings"
	"unicode/utf8"

	"roam/terminal"
)

// apply guesses what a key does, and queues it for judgement.
func (e *Engine) apply(g guess) {
	if len(e.trail) >= maxTrail {
		e.reset()
	}
	kernel := e.kernelKey(&g.key)
	if e.hintedKey(&g) {
		return
	}
	if e.opts.Mode == Experimental {
		e.current = e.confirmed
	}
	if e.waiting() && !e.vouched(e.here()) {
		e.newEpoch() // what is shown may be wrong already: add nothing to it
		e.overdue = e.current
	}
	p := e.here()
	typing := g.key.kind == keyGlyph || g.key.kind == keyErase
	assured := typing && e.assured(&g, p)
	if assured {
		e.confirmed = max(e.confirmed, e.current)
	}
	if kernel {
		e.kernel(g, p)
		return
	}
	switch g.key.kind {
	case keyGlyph:
		e.glyph(g, p)
	case keyErase:
		e.erase(g, p)
	case keyLeft:
		e.begin(p)
		e.left(g, p)
	case keyRight:
		e.right(g, p)
	case keyEnter:
		e.enter(g, p)
	case keyBreak:
		e.unknown(g)
		e.line = line{state: lineFresh}
	case keyUnknown, keyQuiet, keyPasteStart, keyPasteEnd:
		e.unknown(g)
	default:
		e.edit(g, p)
	}
	if assured && e.hinted.certain() { // wherever it goes
		e.confirmed = e.current
	}
}

// unknown queues a key that may do anything: what is typed after it must prove
// itself, and is looked for where the cursor will be then.
func (e *Engine) unknown(g guess) {
	e.newEpoch()
	g.blind = true
	e.push(g, e.here())
	e.line.end = 0
}

// width returns the columns that the server gives a character: an ambiguous one
// takes two if others on its screen do.
func (e *Engine) width(ch rune) int {
	if terminal.IsAmbiguous(ch) && e.frame.AmbiguousWide() {
		return 2
	}
	return terminal.RuneWidth(ch)
}

// glyph guesses at a character.
func (e *Engine) glyph(g guess, p position) {
	w := e.width(g.key.char)
	if e.frame.Modes().Clusters && (w == 0 || g.key.char >= 0x1100) {
		e.unknown(g) // its width depends on its neighbours
		return
	}
	if w == 0 {
		e.mark(g, p)
		return
	}
	e.begin(p)
	wraps := p.wrap || p.col+w > e.cols
	if wraps {
		if p.row+1 >= len(e.slots) || w > e.cols {
			e.unknown(g)
			return
		}
		p = position{row: p.row + 1}
	}
	if e.inserting() && strings.ContainsRune(")]}", g.key.char) && p.col > 0 && p.col == e.line.start && e.blankAt(p.row, p.col-1) {
		e.newEpoch() // editors move a bracket that closes a block
	}
	fills := p.col+w == e.cols
	if wraps || fills {
		g.tried, g.shape = keyWrap, e.line.shape()
	}
	known := e.knows(keyWrap)
	if (fills || wraps && !p.wrap) && !known {
		e.newEpoch() // programs differ in what they do at the right edge
	}
	if !wraps {
		g.tried = 0
	}
	g.moves = true
	e.insert(&g, p, glyph{text: asText(utf8.AppendRune(nil, g.key.char)), width: int8(w), pen: e.penAt(p)})
	next := position{row: p.row, col: p.col + w}
	if fills {
		next = position{row: p.row, col: e.cols - 1, wrap: true}
	}
	e.push(g, next)
	if fills && !known {
		e.newEpoch()
	}
}

// penAt returns the pen that a character typed at p gets: that of the one
// before it in the line, or the program's own at its beginning.
func (e *Engine) penAt(p position) terminal.Pen {
	if p.col == 0 || e.line.state == lineKnown && e.line.row == p.row && e.line.start == p.col {
		pen := e.frame.Pen()
		if isDimPen(pen.Fg, pen.Style) {
			return terminal.Pen{} // a shell's for what it offers; typed text is not dim
		}
		pen.Extra = terminal.Extra{}
		return pen
	}
	left, _ := e.at(p.row, e.leftOf(p.row, p.col))
	return left.pen
}

// mark guesses that a character without width joins the one before p.
func (e *Engine) mark(g guess, p position) {
	col := p.col
	if !p.wrap {
		col = e.leftOf(p.row, p.col)
	}
	what, known := e.at(p.row, col)
	text := utf8.AppendRune([]byte(what.text), g.key.char)
	if p.col == 0 && !p.wrap || !known || what.isBlank() || what.width == 0 || len(text) > maxText {
		e.unknown(g)
		return
	}
	what.text = string(text)
	v := e.version(&g, what)
	v.typed = true
	g.moves = true
	e.set(p.row, col, v)
	e.push(g, p)
}

// erase guesses at backspace.
func (e *Engine) erase(g guess, p position) {
	e.begin(p)
	if p.wrap {
		e.remove(&g, p.row, e.leftOf(p.row, e.cols), e.cols)
		e.push(g, position{row: p.row, col: e.leftOf(p.row, e.cols)})
		return
	}
	if p.col <= e.leftEdge(p) {
		if p.col == 0 && e.line.state == lineKnown && e.line.row < p.row {
			e.unknown(g) // back into the row above
			return
		}
		e.push(g, p)
		return
	}
	to := e.leftOf(p.row, p.col)
	e.remove(&g, p.row, to, p.col)
	g.moves = true
	e.push(g, position{row: p.row, col: to})
}

func (e *Engine) left(g guess, p position) {
	if p.wrap || p.col <= e.leftEdge(p) {
		e.push(g, p)
		return
	}
	e.push(g, position{row: p.row, col: e.leftOf(p.row, p.col)})
}

// right guesses at a step to the right, which ends where the text does: what a
// shell offers behind it may be accepted by the key.
func (e *Engine) right(g guess, p position) {
	end, _ := e.textEnd(p)
	switch {
	case !p.wrap && p.col < e.cols && e.offered(p.row, p.col):
		e.unknown(g)
	case p.wrap || p.col >= end || e.rightOf(p.row, p.col) >= e.cols:
		e.push(g, p)
	default:
		e.push(g, position{row: p.row, col: e.rightOf(p.row, p.col)})
	}
}

// enter queues Enter: the cursor goes to the next row, perhaps, and there
// a new line begins, which must prove itself.
func (e *Engine) enter(g guess, p position) {
	if e.enterText(g, p) {
		return
	}
	e.begin(p)
	e.begun(&g, p)
	// One that is guessed anew may have had its effect already.
	if f, ok := e.foresee(p); ok && !g.replay {
		e.foretell(g, f)
		return
	}
	e.doubtful = false
	e.newEpoch()
	next := position{row: p.row + 1}
	if next.row >= len(e.slots) {
		next.row = p.row
	}
	g.moves, g.blind = true, true
	e.push(g, next)
	e.line = line{state: lineFresh}
}

// edit guesses at a key that line editors know, where the line is known. It
// opens an epoch of its own unless the program did what is expected before.
func (e *Engine) edit(g guess, p position) {
	e.begin(p)
	start, end, ok := e.extent(p)
	if !ok {
		e.unknown(g)
		return
	}
	g.tried, g.shape = g.key.kind, e.line.shape()
	if !e.knows(g.tried) {
		e.newEpoch()
	}
	to := p.col
	switch g.key.kind {
	case keyBack:
		if p.col > start {
			to = e.leftOf(p.row, p.col)
		}
	case keyForward:
		if p.col < end {
			to = e.rightOf(p.row, p.col)
		}
	case keyHome:
		to = start
	case keyEnd:
		to = end
	case keyErase8:
		if p.col > start {
			to = e.leftOf(p.row, p.col)
			e.remove(&g, p.row, to, p.col)
		}
	case keyDelete:
		if p.col < end {
			e.remove(&g, p.row, p.col, e.rightOf(p.row, p.col))
			g.moves = true
		}
	case keyKillEnd:
		e.remove(&g, p.row, p.col, end)
		g.moves = p.col < end
	case keyKillLine:
		if ok = p.col == end; ok { // else editors differ in what stays
			e.remove(&g, p.row, start, p.col)
			to = start
		}
	case keyKillWord:
		if to, ok = e.wordLeft(p.row, p.col, start); ok {
			e.remove(&g, p.row, to, p.col)
		}
	case keyWordLeft:
		to, ok = e.wordLeft(p.row, p.col, start)
	case keyWordRight:
		to, ok = e.wordRight(p.row, p.col, end)
	}
	if !ok {
		g.tried = 0
		e.unknown(g)
		return
	}
	e.push(g, position{row: p.row, col: to})
}
