package predict

import "time"

// Stats count what became of the keys typed.
type Stats struct {
	Keys      uint64        // typed by hand or pasted in short pieces
	Predicted uint64        // of these, whose effect was guessed
	AtOnce    uint64        // of these, shown within 16 ms of the key
	Shown     uint64        // shown before the server was known to have echoed them
	Right     uint64        // of these, what came true
	Wrong     uint64        // and what was taken back
	WrongFor  time.Duration // how long all that was wrong stood, together
	WrongMost time.Duration // how long it stood at most
}

// atOnce is how soon a key must be shown to count as shown at once: a frame of
// a display that shows 60 in a second.
const atOnce = 16 * time.Millisecond

// Stats returns the counts so far.
func (e *Engine) Stats() Stats { return e.stats }

// show notes that a guess is painted.
func (s *Stats) show(now time.Time, g *guess) {
	if !g.shown.IsZero() {
		return
	}
	g.shown = now
	if g.spoiled {
		return
	}
	s.Shown++
	if !g.replay && now.Sub(g.made) <= atOnce {
		s.AtOnce++
	}
}

// right notes that a guess came true, or was never found wrong.
func (s *Stats) right(g *guess) {
	if !g.shown.IsZero() && !g.spoiled {
		s.Right++
	}
}

// wrong notes that guesses from to to-1 of the trail were taken back.
func (s *Stats) wrong(now time.Time, trail []guess, from, to int) {
	for i := max(from, 0); i < min(to, len(trail)); i++ {
		g := &trail[i]
		if g.shown.IsZero() || g.spoiled {
			continue
		}
		stood := now.Sub(g.shown)
		s.Wrong++
		s.WrongFor += stood
		s.WrongMost = max(s.WrongMost, stood)
		g.spoiled = true
	}
}
