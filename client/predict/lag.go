package predict

import (
	"time"

	"roam/terminal"
)

const (
	// hiddenGrace is how long hidden guesses wait for a program that has not
	// reacted within the 50 ms that the server grants: a shell that starts, a
	// completion. Nobody sees them, so waiting costs nothing. Those whose echo the server
	// vouches for wait as long.
	hiddenGrace = time.Second

	// shownGrace is how long shown guesses wait at least while nothing at all has
	// happened: as long again as the server waits, and a bit for a loaded host.
	shownGrace = 80 * time.Millisecond

	// provenGrace is that where characters have been echoed nearly always: a loaded host is
	// likelier then than that this one has no echo.
	provenGrace = 250 * time.Millisecond

	// arrowGrace is how long shown motions wait at least. The cursor alone is
	// weak evidence, and the server may have caught the program half way.
	arrowGrace = 100 * time.Millisecond

	// maxSlack bounds how long shown guesses wait: what is not echoed at all must
	// not stand for longer.
	maxSlack = 400 * time.Millisecond

	// ghostLife is how long an echo is looked for after it was given up.
	ghostLife = 2 * time.Second

	// maxGhosts bounds how many are looked for.
	maxGhosts = 8

	// promptKeys is after how many keys echoed in time the slack is halved.
	promptKeys = 16
)

// A lag learns how long programs here take to echo beyond what the server
// grants them.
type lag struct {
	slack  time.Duration // granted to guesses that are shown
	prompt int           // keys echoed in time since the slack was last changed
	ghosts []ghost
}

// A ghost is a guess that was given up because nothing had happened, and may yet
// come true.
type ghost struct {
	at   position
	text string
	due  time.Time // when it should have been there
}

// haunt remembers a wrong guess whose cell had not changed.
func (l *lag) haunt(s *slot, at position, due time.Time) {
	if s.top.typed && len(l.ghosts) < maxGhosts && !s.top.isBlank() {
		l.ghosts = append(l.ghosts, ghost{at, s.top.text, due})
	}
}

// watch looks for ghosts on a new screen.
func (l *lag) watch(now time.Time, s *terminal.Screen) {
	_, rows := s.Size()
	kept := l.ghosts[:0]
	for _, g := range l.ghosts {
		age := now.Sub(g.due)
		switch {
		case age > ghostLife || g.at.row < 0 || g.at.row >= rows:
		case age > 0 && sameText(s.Row(g.at.row), g.at.col, glyph{text: g.text}):
			l.extend(age)
		default:
			kept = append(kept, g)
		}
	}
	l.ghosts = kept
}

// extend grants half as much again as was needed.
func (l *lag) extend(needed time.Duration) {
	l.slack = min(max(l.slack, needed+needed/2), maxSlack)
	l.prompt = 0
}

// settled notes how long after the server's time for it a key was judged.
func (l *lag) settled(after time.Duration, echoed bool) {
	switch {
	case !echoed:
	case after > 0:
		l.extend(after)
	case l.slack > 0:
		if l.prompt++; l.prompt >= promptKeys {
			l.prompt = 0
			if l.slack /= 2; l.slack < 10*time.Millisecond {
				l.slack = 0
			}
		}
	}
}

// waiting reports whether something shown is overdue, so that it may be wrong.
func (e *Engine) waiting() bool {
	return len(e.trail) > 0 && !e.trail[0].decided.IsZero() &&
		e.visible(e.trail[0].epoch) && e.visible(e.current)
}

// catchUp shows the characters that were hidden only because something shown was overdue,
// once that has come: they would have been shown had it been in time.
func (e *Engine) catchUp() {
	if e.overdue == 0 || e.overdue != e.confirmed+1 {
		return
	}
	for i := range e.trail {
		g := &e.trail[i]
		if g.epoch < e.overdue && !g.decided.IsZero() {
			return // it has not come yet
		}
		if g.epoch == e.overdue && g.key.kind != keyGlyph {
			return // what a late program makes of that is not easily told from what came before
		}
	}
	e.confirmed = e.overdue
}
