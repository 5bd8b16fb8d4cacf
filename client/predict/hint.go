package predict

import "time"

// A Hint is what a roam server knows of the program's terminal and a client
// can only guess: a sample taken after some input was written to it. It says
// something of keys up to the next one that ends a line or may do anything
// (Enter, a control character), since any of these can change all of it.
type Hint struct {
	After     uint64 // the newest input that had been written when the sample was taken
	Echo      bool   // the kernel echoes (ECHO)
	Canonical bool   // the kernel gathers lines (ICANON)
	Signals   bool   // control characters send signals (ISIG)
	Controls  bool   // control characters are echoed as ^X (ECHOCTL)
	Erase     byte   // erases a character; 0 for none
	Kill      byte   // erases the line
	WordErase byte   // erases a word

	Group   uint32 // the foreground process group
	Command string // its command's name, at most 15 bytes
	Printed bool   // it has printed since that input
	Prompt  bool   // and marked a prompt (OSC 133 A or B) behind which nothing was printed
}

// Secret reports whether a line is being read that is not to be shown.
func (h *Hint) Secret() bool { return h.Canonical && !h.Echo }

// Certain reports whether the kernel echoes each character of a line.
func (h *Hint) Certain() bool { return h.Canonical && h.Echo }

// A hinted is what hints say at the moment.
type hinted struct {
	hint   Hint
	known  bool      // there was a hint
	breaks uint64    // the state that carries the newest key that ends what a hint says
	cooked time.Time // since when hints say that the kernel echoes for this program; zero if they do not
	sure   bool      // and that they have said so for settledEcho
}

// settledEcho is how long a program must have left the echo to the kernel until that is
// relied on. A command that a shell runs may be over when the key arrives.
const settledEcho = 250 * time.Millisecond

// note takes a newer hint.
func (h *hinted) note(now time.Time, hint Hint) {
	if !hint.Certain() {
		h.cooked, h.sure = time.Time{}, false
	} else if !h.hint.Certain() || h.hint.Group != hint.Group || h.hint.Command != hint.Command {
		h.cooked, h.sure = now, false
	}
	h.hint, h.known = hint, true
	h.tick(now)
}

// tick tells the time.
func (h *hinted) tick(now time.Time) {
	if !h.cooked.IsZero() && now.Sub(h.cooked) >= settledEcho {
		h.sure = true
	}
}

// speaks reports whether the newest hint says something of keys typed now.
func (h *hinted) speaks() bool { return h.known && h.hint.After >= h.breaks }

// secret reports whether keys typed now are not to be guessed at, nor kept. A hint of
// an echo that is off holds until a newer hint says otherwise: that a key came
// that may have changed it does not make it safe.
func (h *hinted) secret() bool { return h.known && h.hint.Secret() }

// certain reports whether characters typed now are echoed without doubt.
func (h *hinted) certain() bool { return h.speaks() && h.sure }

// Hint takes what the server says. It is to be called before Frame with the
// screen that the hint came with. Hints older than one taken before are ignored.
func (e *Engine) Hint(now time.Time, h Hint) {
	if e.opts.Mode == Never || e.hinted.known && h.After < e.hinted.hint.After {
		return
	}
	e.now = now
	e.hinted.note(now, h)
	if !h.Secret() {
		return
	}
	// Nothing typed behind what the sample saw is to show, not for one frame more.
	// Nor what was typed over the Enter that has led to it.
	for i := range e.trail {
		g := &e.trail[i]
		if g.due > h.After || i > 0 && e.trail[i-1].key.kind == keyEnter {
			e.stats.wrong(now, e.trail, i, len(e.trail))
			e.forget(i)
			return
		}
	}
}

// forget drops the guesses of the keys from index i of the trail on, without a
// trace of what was typed.
func (e *Engine) forget(i int) {
	first := e.trail[i].id
	clear(e.trail[i:])
	e.outlook = outlook{}
	e.painted = min(e.painted, first-1)
	e.trail = e.trail[:i]
	for p, s := range e.guessed {
		switch {
		case s.top.key < first:
		case s.under.key != 0 && s.under.key < first:
			s.top, s.under = s.under, version{}
		default:
			e.drop(p, s)
		}
		clear(s.was[:cap(s.was)])
		s.was = append(s.was[:0], past{text: textBelow(e, p)})
	}
	e.nextID = first
	e.lag.ghosts = nil
	e.last = guess{}
	e.line = line{state: lineLost}
	e.newEpoch()
}

// textBelow returns what the server shows at p.
func textBelow(e *Engine, p position) string {
	if r := e.row(p.row); r != nil {
		return textOf(r, p.col)
	}
	return " "
}

// hintedKey applies what hints say to a key about to be guessed at. It reports
// whether the key is not to be guessed at at all.
func (e *Engine) hintedKey(g *guess) (hide bool) {
	switch g.key.kind {
	case keyGlyph, keyErase, keyLeft, keyRight, keyQuiet, keyPasteStart, keyPasteEnd, keyCaret:
	case keyKillLine, keyKillWord:
		if e.hinted.certain() {
			break // the driver's own
		}
		fallthrough
	default:
		defer func() { e.hinted.breaks = max(e.hinted.breaks, g.due) }()
	}
	if !e.hinted.secret() {
		return false
	}
	e.line = line{state: lineLost}
	if g.key.kind == keyEnter || g.key.kind == keyBreak {
		e.newEpoch()
		e.line = line{state: lineFresh}
	}
	return true
}
