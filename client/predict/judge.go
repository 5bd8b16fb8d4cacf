package predict

import (
	"slices"
	"time"

	"roam/terminal"
)

// Which state of the trail a screen shows: the index of the newest key whose
// effect it has, or one of these.
const (
	atStart = -1 // no key's effect
	nowhere = -2 // none: something else has happened
)

// judge compares the guesses with the newest screen.
func (e *Engine) judge(now time.Time) {
	for i := range e.trail {
		if g := &e.trail[i]; g.decided.IsZero() && e.echoed >= g.due {
			g.decided = now
		}
	}
	m, sure := e.matched(now)
	if k := e.taken(); k >= 0 && k > m {
		e.restart(now, k)
		return
	}
	if m >= 0 {
		defer func(id uint64) { e.maybe = id }(e.trail[m].id)
	}
	if m == nowhere {
		e.unforetold(now)
	}
	if e.judgeCells(now, m, sure) || e.judgeCursor(now, m) || e.realign(now, m) {
		return
	}
	e.reassure(m)
	if m >= 0 && sure {
		e.seen = e.trail[m].id
		e.learnUpTo(m)
	}
	e.settle(now, m)
	if m >= 0 && sure {
		e.catchUp()
	}
}

// matched returns which state of the trail the screen shows: the newest of those
// that can have come so soon, or the oldest where programs are slow. sure says
// that it is no coincidence.
func (e *Engine) matched(now time.Time) (m int, sure bool) {
	c := e.frame.Cursor()
	m = nowhere
	for i := len(e.trail) - 1; i >= 0; i-- {
		g := &e.trail[i]
		if m >= 0 && g.id < e.seen {
			break
		}
		if !isAt(c, g.pos) || !e.consistent(g.id) {
			continue
		}
		possible := !g.decided.IsZero() || now.Sub(g.made) >= e.trig.soonest()
		if possible || m == nowhere {
			m, sure = i, possible && !e.doubled(i)
			e.sight(now, i)
		}
		if possible && !e.isSlow() {
			return m, sure
		}
	}
	if len(e.trail) > 0 && (m == nowhere || e.isSlow() && e.seen < e.trail[0].id) && isAt(c, e.trail[0].from) && e.untouched() {
		return atStart, false
	}
	if i := e.running(); m == nowhere && i >= 0 {
		return max(i-1, atStart), false
	}
	return m, sure
}

// isSlow reports whether programs were late with their echo lately.
func (e *Engine) isSlow() bool { return e.lag.slack > 0 }

// sight notes that the screen may show the effect of all keys up to index i.
func (e *Engine) sight(now time.Time, i int) {
	for ; i >= 0 && e.trail[i].sighted.IsZero(); i-- {
		e.trail[i].sighted = now
	}
}

// isAt reports whether a cursor is where a guess has it. Behind a full row it
// may be shown in either row.
func isAt(c terminal.Cursor, p position) bool {
	return c.Row == p.row && c.Col == p.col || p.wrap && c.Row == p.row+1 && c.Col == 0
}

// consistent reports whether the screen shows all that was guessed from keys up
// to one, as far as newer keys have not changed it.
func (e *Engine) consistent(key uint64) bool {
	for p, s := range e.guessed {
		if s.top.key > key {
			if e.overtaken(p, s, key) {
				return false
			}
			continue
		}
		if s.top.unknown || s.top.width == 0 || s.top.isBlank() && !s.top.typed {
			continue
		}
		if !sameText(e.row(p.row), p.col, s.top.glyph) {
			return false
		}
	}
	return true
}

// overtaken reports whether a cell at which newer keys guess shows something else than
// what the keys up to key had made of it. What a shell offers changes with each key.
func (e *Engine) overtaken(p position, s *slot, key uint64) bool {
	if s.offered || len(s.was) >= maxWas {
		return false
	}
	i := len(s.was) - 1
	for s.was[i].key > key {
		i--
	}
	before := &s.was[i]
	then := glyph{text: before.text}
	return !before.unknown && before.text != "" && !then.isBlank() && !sameText(e.row(p.row), p.col, then)
}

// untouched reports whether the cells guessed at are as they were.
func (e *Engine) untouched() bool {
	for p, s := range e.guessed {
		if r := e.row(p.row); r != nil && !sameText(r, p.col, glyph{text: s.was[0].text}) {
			return false
		}
	}
	return true
}

// late reports whether the screen is that of an earlier key than the one at
// index i, so that the program may simply be slow, and there is time left to
// wait for it.
func (e *Engine) late(now time.Time, i, m int) bool {
	if i < 0 || m == nowhere || i <= m {
		return false
	}
	g := &e.trail[i]
	return now.Before(g.decided.Add(e.grace(g)))
}

// grace returns how long a program may take beyond what the server grants it.
// What is hidden does no harm; what is shown waits a little, as long as this
// session has shown to be needed, and longer where the server vouches for the echo.
func (e *Engine) grace(g *guess) time.Duration {
	switch h := &e.hinted; {
	case !e.visible(g.epoch), e.vouched(g.pos):
		return hiddenGrace
	case h.known && h.hint.After >= g.due && !h.hint.Printed:
		return hiddenGrace // the server says that the program has not answered
	case e.contexts.holds(g.context):
		return max(e.lag.slack, provenGrace)
	}
	return max(e.lag.slack, shownGrace)
}

// patience returns how long a key without a cell of its own, such as an arrow,
// may take.
func (e *Engine) patience(g *guess) time.Duration {
	return max(e.grace(g), arrowGrace)
}

// judgeCells judges all guessed cells. It reports whether guesses were dropped
// so that nothing is left to judge. sure says that the match at m is evidence.
func (e *Engine) judgeCells(now time.Time, m int, sure bool) (over bool) {
	var lost uint64 // the oldest hidden epoch with a wrong cell
	var proofs []version
	for p, s := range e.guessed {
		i := e.find(s.top.key)
		decided := e.echoed >= s.top.due
		if decided && e.late(now, i, m) {
			continue
		}
		matches := i >= 0 && i <= m && sure // the screen is as after this key or a newer one
		switch verdictOf(s, e.row(p.row), p.col, decided) {
		case pending:
			if matches && !s.top.proved && (verdictOf(s, e.row(p.row), p.col, true) == credit || e.tookOffer(s, p)) {
				s.top.proved = true // echoed, though the server does not vouch for it yet
				proofs = append(proofs, s.top)
			}
		case neutral:
			if matches && (e.tookOffer(s, p) || e.overtyped(s)) {
				proofs = append(proofs, s.top)
			}
			e.drop(p, s)
		case credit:
			if matches {
				e.trig.cure(now, now.Sub(e.trail[i].made))
				proofs = append(proofs, s.top)
			}
			e.recolor(p)
			e.drop(p, s)
		case wrong:
			if m != nowhere { // nothing has happened: perhaps it still will
				e.lag.haunt(s, p, e.decided(now, i))
			}
			switch {
			case e.opts.Mode == Experimental:
				e.stats.wrong(now, e.trail, i, i+1)
				e.drop(p, s)
			case e.visible(s.top.epoch) && e.wentOn(i, m):
				e.leave()
				e.judge(now)
				return true
			case e.visible(s.top.epoch):
				e.fail(now, i, m)
				return true
			case lost == 0 || s.top.epoch < lost:
				lost = s.top.epoch
			}
		}
	}
	if lost != 0 {
		e.kill(now, lost, m)
		return true
	}
	for _, v := range proofs {
		e.prove(v)
	}
	return false
}

// taken returns the index in the trail of the newest Enter that the server says the program
// has dealt with, -1 for none.
func (e *Engine) taken() int {
	for i := len(e.trail) - 1; i >= 0 && e.hinted.known; i-- {
		if g := &e.trail[i]; g.key.kind == keyEnter && g.due <= e.hinted.hint.After {
			return i
		}
	}
	return -1
}

// restart forgets the keys up to the Enter at index k of the trail, which the screen shows
// the result of, whatever that is, and guesses anew at those behind it.
func (e *Engine) restart(now time.Time, k int) {
	e.unforetold(now)
	for i := range k + 1 {
		e.stats.right(&e.trail[i])
	}
	old := slices.Clone(e.trail[k+1:])
	e.reset()
	e.line = line{state: lineFresh}
	e.replay(now, old, nowhere)
}

// wentOn reports whether the screen is one that follows from the Enter behind the key at index
// i of the trail: the line that this key belongs to may be gone, as with clear.
func (e *Engine) wentOn(i, m int) bool {
	if m != nowhere || i < 0 {
		return false
	}
	for ; i < len(e.trail); i++ {
		if g := &e.trail[i]; g.key.kind == keyEnter {
			return (e.echoed >= g.due || e.now.Sub(g.made) >= e.trig.soonest()) && !isAt(e.frame.Cursor(), g.from)
		}
	}
	return false
}

// tookOffer reports whether a character was typed over the same one that a shell
// had offered: the server shows it dim no more.
func (e *Engine) tookOffer(s *slot, p position) bool {
	r := e.row(p.row)
	return s.offered && s.top.typed && r != nil && sameText(r, p.col, s.top.glyph) && !isDim(r.Cell(p.col))
}

// doubled reports whether the screen at m may come from a program that prints
// more than was typed: two equal characters came at once, and the server does
// not vouch for the second.
func (e *Engine) doubled(m int) bool {
	before := e.last
	if m > 0 {
		before = e.trail[m-1]
	}
	g := &e.trail[m]
	return g.key.kind == keyGlyph && g.key == before.key && g.decided.IsZero() && e.seen < before.id
}

// decided returns when the key at index i of the trail was first judged.
func (e *Engine) decided(now time.Time, i int) time.Time {
	if i < 0 {
		return now
	}
	return e.trail[i].decided
}

// judgeCursor judges where the newest key should have left the cursor, once the
// server had time for it. It reports whether guesses were dropped.
func (e *Engine) judgeCursor(now time.Time, m int) (over bool) {
	i := len(e.trail) - 1
	if i < 0 || e.trail[i].decided.IsZero() || isAt(e.frame.Cursor(), e.trail[i].pos) || e.late(now, i, m) {
		return false
	}
	g := e.trail[i]
	switch {
	case e.opts.Mode == Experimental:
		e.stats.wrong(now, e.trail, i, i+1)
		e.trail = e.trail[:0]
	case e.visible(g.epoch):
		e.fail(now, i, m)
	default:
		e.kill(now, g.epoch, m)
	}
	return true
}

// recolor gives the characters typed behind p the pen that the one at p got.
func (e *Engine) recolor(p position) {
	pen := glyphOf(e.row(p.row), p.col).pen
	row := e.slots[p.row]
	for x := p.col + 1; x < len(row); x++ {
		if row[x].active() && row[x].top.typed {
			row[x].top.pen = pen
		}
	}
}

// learnUpTo notes what the program did with the keys up to index m.
func (e *Engine) learnUpTo(m int) {
	for i := range m + 1 {
		if g := &e.trail[i]; g.tried != 0 && g.moves {
			e.learn(g.tried, g.shape, true)
			g.tried = 0
		}
	}
}

// settle forgets the keys whose guesses are judged.
func (e *Engine) settle(now time.Time, m int) {
	n := 0
	futile := false
	for n < len(e.trail) && !e.trail[n].decided.IsZero() && !e.late(now, n, m) {
		g := &e.trail[n]
		if m != nowhere && n > m { // it had no effect: an earlier state shows
			futile = !now.Before(g.decided.Add(e.patience(g)))
			break
		}
		if g.pos.wrap && n == len(e.trail)-1 && n <= m {
			if e.stays = e.frame.Cursor().Row == g.pos.row; e.stays {
				e.full = g.pos
			}
		}
		e.lag.settled(g.sighted.Sub(g.decided), n <= m)
		e.stats.right(g)
		if g.key.kind == keyGlyph {
			e.contexts.note(g.context, true)
		}
		if g.foretold {
			e.arrived(g)
		}
		e.last = *g
		n++
	}
	e.trail = append(e.trail[:0], e.trail[n:]...)
	switch {
	case !futile:
	case e.opts.Mode == Experimental:
		e.trail = append(e.trail[:0], e.trail[1:]...)
	case e.visible(e.trail[0].epoch):
		e.fail(now, 0, atStart)
	default:
		e.kill(now, e.trail[0].epoch, atStart)
	}
}
