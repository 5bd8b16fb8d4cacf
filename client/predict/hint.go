package predict

import (
	"slices"
	"time"
)

// A Hint is what a roam server knows of the program's terminal and a client
// can only guess: a sample taken after some input was written to it. It says
// something of keys up to the next one that ends a line or may do anything
// (Enter, a control character), since any of these can change all of it.
type Hint struct {
	After     uint64 // the newest input that the program had taken in when the sample was taken
	Echo      bool   // the kernel echoes (ECHO)
	Canonical bool   // the kernel gathers lines (ICANON)
	Signals   bool   // control characters send signals (ISIG)
	Controls  bool   // control characters are echoed as ^X (ECHOCTL)
	Erase     byte   // erases a character; 0 for none
	Kill      byte   // erases the line
	WordErase byte   // erases a word

	Group   uint32 // the foreground process group
	Command string // its command's name, at most 15 bytes
	Printed bool   // something was printed since that input, were it its echo
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

	lines  uint64      // how many lines were ended
	open   uint64      // how many of them hints know of
	ends   []lineEnd   // those of which no hint knows, oldest first
	dead   []span      // epochs of lines that are over, which were not shown in time
	epochs []lineEpoch // which line the epochs belong to, oldest first
}

// What is typed behind Enter, or another key that ends a line or a program, may be a secret,
// and an echo of it proves nothing: the terminal echoes what comes before the program has
// switched that off, and what comes next it does not. So the keys of a line are
// shown only once a hint knows of the end of the line before, and never if it came to know only
// after they were read; or where the next prompt is foretold ("Over Enter").

// A lineEnd is a key that ended a line.
type lineEnd struct {
	due  uint64
	line uint64 // the number of lines with it
}

// A lineEpoch says that the epochs from one on are of guesses at keys of a line, which
// is the number of lines that were ended before.
type lineEpoch struct{ epoch, line uint64 }

// A span is the epochs from first to last.
type span struct{ first, last uint64 }

const (
	// maxLineEnds bounds the ends of lines that wait for a hint. Beyond it the last one
	// stands for all that follow.
	maxLineEnds = 64

	// maxLineEpochs and maxDead bound what is remembered of lines. What is forgotten counts
	// as not to be shown.
	maxLineEpochs = 256
	maxDead       = 16
)

// ended notes a key that ends a line.
func (h *hinted) ended(due uint64) {
	h.breaks = max(h.breaks, due)
	h.lines++
	if n := len(h.ends); n == maxLineEnds {
		h.ends[n-1] = lineEnd{due, h.lines}
		return
	}
	h.ends = append(h.ends, lineEnd{due, h.lines})
}

// pass notes that a hint knows of all keys up to a state. Epochs are proved up to confirmed,
// and current is the newest. What was not shown of the lines that are over then never is.
func (h *hinted) pass(after, confirmed, current uint64) {
	before, n := h.open, 0
	for n < len(h.ends) && h.ends[n].due <= after {
		h.open = h.ends[n].line
		n++
	}
	h.ends = append(h.ends[:0], h.ends[n:]...)
	if h.open == before {
		return
	}
	over := span{confirmed + 1, current}
	if at := h.begin(h.open); at > 0 {
		over.last = at - 1
	}
	if at := h.begin(before + 1); at > 0 {
		over.first = min(over.first, at) // proved or not: the program had read them when this became known
	}
	if over.first > over.last {
		return
	}
	if len(h.dead) == maxDead { // one span that covers the two oldest
		h.dead[1].first = h.dead[0].first
		h.dead = append(h.dead[:0], h.dead[1:]...)
	}
	h.dead = append(h.dead, over)
}

// begin returns the epoch in which the keys begin that were typed behind the end of a line;
// 0 if there are none.
func (h *hinted) begin(line uint64) (epoch uint64) {
	for i := len(h.epochs) - 1; i >= 0 && h.epochs[i].line >= line; i-- {
		epoch = h.epochs[i].epoch
	}
	return epoch
}

// belongs notes that guesses of an epoch are at keys of a line.
func (h *hinted) belongs(epoch, line uint64) {
	n := len(h.epochs)
	if n > 0 && h.epochs[n-1].line == line {
		return
	}
	if n == maxLineEpochs {
		h.epochs = append(h.epochs[:0], h.epochs[1:]...)
	}
	h.epochs = append(h.epochs, lineEpoch{epoch, line})
}

// isDead reports whether an epoch is of what was not shown in time.
func (h *hinted) isDead(epoch uint64) bool {
	return slices.ContainsFunc(h.dead, func(d span) bool { return d.first <= epoch && epoch <= d.last })
}

// isOver reports whether hints know of the end of a key's line: then it shows on the
// screen, or never.
func (h *hinted) isOver(g *guess) bool { return h.known && g.line < h.open }

// isShut reports whether guesses of an epoch are not to be shown, proved or not.
func (h *hinted) isShut(epoch uint64) bool {
	if !h.known {
		return false
	}
	i := len(h.epochs) - 1
	for i >= 0 && h.epochs[i].epoch > epoch {
		i--
	}
	if i < 0 || h.epochs[i].line > h.open {
		return true
	}
	return h.isDead(epoch)
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
	e.hinted.pass(h.After, e.confirmed, e.current)
	if e.hinted.isDead(e.current) {
		e.newEpoch()
	}
	if !h.Secret() {
		return
	}
	// Nothing of what may be the secret is to show, not for one frame more. Its line may be
	// over by now, too. What was typed before it is on the screen.
	if len(e.trail) == 0 {
		return
	}
	for i := range e.trail {
		if g := &e.trail[i]; g.due > h.After || i > 0 && e.trail[i-1].key.ends {
			e.stats.wrong(now, e.trail, i, len(e.trail))
			break
		}
	}
	e.forget(0)
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
