package predict

import (
	"bytes"
	"slices"
	"time"
)

// A proof counts the evidence that what is typed in an epoch is echoed.
type proof struct {
	needed int    // keys that must have been echoed before more is shown
	epoch  uint64 // the epoch being proved
	count  int
	last   uint64 // the newest key that counted
	streak int    // keys proved since something shown was wrong
	over   string // the newest character typed over one like it, in this epoch
}

const (
	// mostNeeded is how many keys in a row must have been echoed where shown
	// guesses keep failing.
	mostNeeded = 3

	// forgiven is after how many right keys one failure is forgotten.
	forgiven = 20
)

// prove takes a guess that came true as evidence for its epoch.
func (e *Engine) prove(v version) {
	p := &e.proof
	if p.streak++; p.streak >= forgiven && p.needed > 1 {
		p.needed, p.streak = p.needed-1, 0
	}
	if v.epoch <= e.confirmed {
		return
	}
	if v.epoch != p.epoch {
		p.epoch, p.count, p.last = v.epoch, 0, 0
	}
	if v.key > p.last {
		p.last = v.key
		p.count++
	}
	needed := p.needed
	if e.isSlow() {
		needed++ // what looks like this key's echo may be a late one of another's
	}
	if e.contexts.fails(e.context()) {
		needed++
	}
	if p.count >= needed {
		e.confirmed = v.epoch
		e.doubtful = false
		e.provedHere()
	}
}

// isEnter reports whether a guess is that of Enter.
func isEnter(g guess) bool { return g.key.kind == keyEnter }

// overtyped reports whether a guess that came true is evidence although the
// cell showed that character before: the cursor went over it, and over
// a different one just before. (vi's l goes over letters too, but only as l.)
func (e *Engine) overtyped(s *slot) bool {
	v := &s.top
	if !v.typed || len(s.was) != 1 || s.was[0].text != v.text || v.isBlank() {
		return false
	}
	p := &e.proof
	if p.epoch != v.epoch {
		p.epoch, p.count, p.last, p.over = v.epoch, 0, 0, ""
	}
	before := p.over
	p.over = v.text
	return before != "" && before != v.text
}

// fail drops everything: the guess of the key at index i of the trail was
// shown, and it was wrong.
func (e *Engine) fail(now time.Time, i, m int) {
	e.blame(i, m)
	if i >= 0 {
		e.contexts.note(e.trail[i].context, false)
	}
	e.stats.wrong(now, e.trail, max(i, 0), len(e.trail))
	e.proof.needed = min(e.proof.needed+1, mostNeeded)
	e.proof.streak = 0
	old := slices.Clone(e.trail)
	e.line.end = 0
	if !slices.ContainsFunc(e.trail[max(i, 0):], isEnter) { // else that line is over
		e.doubtful = true
	}
	e.reset()
	e.replay(now, old, m)
}

// kill drops the hidden guesses of an epoch and all newer ones, which nobody
// saw, and guesses anew where the cursor is. All older keys are judged: the
// server had time for a newer one.
func (e *Engine) kill(now time.Time, epoch uint64, m int) {
	if e.outlook.holds(epoch) {
		e.unforetold(now)
	}
	cut := slices.IndexFunc(e.trail, func(g guess) bool { return g.epoch >= epoch })
	if cut < 0 {
		cut = len(e.trail)
	} else if g := &e.trail[cut]; !g.blind && !g.replay {
		e.contexts.note(g.context, false)
	}
	for i := cut; i < len(e.trail); i++ {
		if e.trail[i].tried != 0 {
			e.blame(i, m)
			break
		}
	}
	old := slices.Clone(e.trail[cut:])
	for i := range cut {
		e.stats.right(&e.trail[i])
	}
	e.trail = e.trail[:0]
	for p, s := range e.guessed {
		if s.top.epoch >= epoch {
			e.drop(p, s)
		}
	}
	e.line.end = 0
	if e.line.state == lineKnown && e.line.epoch >= epoch {
		e.line = line{state: lineFresh}
	}
	e.newEpoch()
	if m != nowhere {
		m = max(m-cut, atStart)
	}
	e.replay(now, old, m)
}

// blame notes that the program has not the habit that the newest guess up to
// index i relied on, if the screen shows no state behind that.
func (e *Engine) blame(i, m int) {
	for ; i >= 0 && i > m; i-- {
		if g := &e.trail[i]; g.tried != 0 {
			e.learn(g.tried, g.shape, false)
			return
		}
	}
}

// realign looks for hidden guesses that are in the wrong place: a screen came that
// shows none of the states guessed, and the keys before them are judged, or have
// moved the cursor, as Enter does when the prompt comes. What the screen does not
// show yet is guessed anew from its cursor.
func (e *Engine) realign(now time.Time, m int) (over bool) {
	if m != nowhere || e.opts.Mode == Experimental {
		return false
	}
	for i := range e.trail {
		g := &e.trail[i]
		if !e.visible(g.epoch) {
			if g.key.kind != keyGlyph && g.decided.IsZero() {
				if isAt(e.frame.Cursor(), g.from) || now.Sub(g.made) < e.trig.soonest() {
					return false // that key still has to work
				}
				e.maybe = max(e.maybe, g.id)
			}
			e.kill(now, g.epoch, m)
			return true
		}
		if g.decided.IsZero() {
			return false
		}
	}
	return false
}

// maxReplay is how many keys are guessed anew after a failure; more wait for
// the server. It bounds the work for one screen.
const maxReplay = 64

// replay guesses anew the keys of old that the screen does not show yet, from
// its cursor. They stay hidden until one is echoed. m says which of their states
// it shows.
func (e *Engine) replay(now time.Time, old []guess, m int) {
	skip, matched := 0, 0
	if m != nowhere {
		skip = m + 1 // the rest is still to come, if it is not too late for it
		for skip < len(old) && !old[skip].decided.IsZero() && !now.Before(old[skip].decided.Add(hiddenGrace)) {
			skip++
		}
	} else {
		for len(old) > 0 && old[0].id <= e.maybe {
			old = old[1:] // its echo was seen
		}
		acked := 0
		for acked < len(old) && (e.echoed >= old[acked].due || e.hinted.known && e.hinted.hint.After >= old[acked].due) {
			acked++
		}
		if n := acked - maxReplay; n > 0 {
			old, acked = old[n:], maxReplay
		}
		if len(old)-acked > maxReplay {
			return
		}
		skip, matched = e.align(old, acked)
	}
	if len(old)-skip > 2*maxReplay {
		return
	}
	if matched == 0 && skip > 0 && !slices.ContainsFunc(old[skip-1:], isEnter) && old[skip-1].key.kind == keyGlyph {
		e.doubtful = true // it had no echo
	}
	found := old[skip : skip+matched]
	start := position{row: e.frame.Cursor().Row, col: e.frame.Cursor().Col}
	for _, g := range found {
		start.col -= e.width(g.key.char)
	}
	if matched > 0 { // else it begins where the next key is typed
		e.begin(start)
	}
	if e.appeared(now, start, found) {
		for i := range found {
			e.prove(version{epoch: e.current, key: uint64(i + 1)})
		}
	}
	for _, g := range old[skip+matched:] {
		if e.hinted.isOver(&g) {
			continue
		}
		e.apply(guess{key: g.key, due: g.due, line: g.line, made: g.made, decided: g.decided, context: g.context, replay: true, spoiled: g.spoiled || !g.shown.IsZero()})
	}
}

// appeared reports whether the characters of keys, which stand from start on
// before the cursor, are their echo without doubt: the cursor of the screen
// before this one stood at start, and there was other text.
func (e *Engine) appeared(now time.Time, start position, keys []guess) bool {
	n := len(keys)
	if n == 0 || e.before == nil || e.beforeCursor != start {
		return false
	}
	last := &keys[n-1]
	if last.decided.IsZero() && (now.Sub(last.made) < e.trig.soonest() || n > 1 && last.key == keys[n-2].key) {
		return false
	}
	var was []byte
	for col := start.col; col < e.frame.Cursor().Col; col++ {
		was = e.before.AppendText(was, col)
	}
	for i := range keys {
		if ch := keys[i].key.char; ch != ' ' && !bytes.ContainsRune(was, ch) {
			return true
		}
	}
	return false
}

// align finds the keys of old whose echo stands before the cursor: the longest
// run of characters in it that begins behind at most acked keys, which may have
// been used up without an echo. With no such run, all acked keys were.
func (e *Engine) align(old []guess, acked int) (skip, matched int) {
	skip = acked
	for s := range acked + 1 {
		run := 0
		for s+run < len(old) && old[s+run].key.kind == keyGlyph && e.width(old[s+run].key.char) > 0 {
			run++
		}
		for n := run; n > matched; n-- {
			if e.endsIn(old[s : s+n]) {
				skip, matched = s, n
				break
			}
		}
	}
	return skip, matched
}

// endsIn reports whether the characters of keys stand before the screen's cursor.
// Blanks alone do not count: every prompt ends in one.
func (e *Engine) endsIn(keys []guess) bool {
	c := e.frame.Cursor()
	r := e.row(c.Row)
	col, solid := c.Col, false
	for i := len(keys) - 1; i >= 0; i-- {
		ch := keys[i].key.char
		col -= e.width(ch)
		if col < 0 {
			return false
		}
		text := textOf(r, col)
		if text != string(ch) {
			return false
		}
		solid = solid || ch != ' '
	}
	return solid
}
