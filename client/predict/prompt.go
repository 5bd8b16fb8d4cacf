package predict

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// shapeCells is how many characters of a prompt tell it from others at most:
// enough for its mark and the blank behind it.
const shapeCells = 4

// shapeOf returns what a prompt ends in: its mark and what blanks follow, or its last
// characters if it has none. A changing directory or branch does not count.
func shapeOf(prefix string) string {
	at, cells, marked := len(prefix), 0, false
	for at > 0 && cells < shapeCells {
		r, size := utf8.DecodeLastRuneInString(prefix[:at])
		if marked && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			break
		}
		marked = marked || r != ' ' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
		at -= size
		cells++
	}
	return prefix[at:]
}

// A promptKey tells prompts apart: by what reads there, and by their shape. One that
// ends like a question is known by all of its text, since the next may ask for a secret.
type promptKey struct {
	command string // empty where the server says nothing
	text    string
}

// keyOf returns the key of a prompt in front of the foreground program.
func (e *Engine) keyOf(prefix string) promptKey {
	k := promptKey{command: e.command(), text: shapeOf(prefix)}
	mark, _ := utf8.DecodeLastRuneInString(strings.TrimRight(prefix, " "))
	if mark == ':' || mark == '?' || unicode.IsLetter(mark) || unicode.IsDigit(mark) {
		k.text = prefix
	}
	return k
}

// A promptRecord is what was learned of a prompt in this session.
type promptRecord struct {
	proved bool // what is typed there is echoed
	seen   int8 // Enters in a row after which it came again as it was, gap rows below
	gap    int8 // rows between a line whose command prints nothing and the next prompt
	wanted int8 // how many such Enters it takes until the next prompt is foretold
}

const (
	// maxPrompts bounds the prompts remembered; a session has a handful.
	maxPrompts = 64

	// maxGap is the most rows that a prompt has in front of its last one.
	maxGap = 4

	// mostWanted is how many Enters it takes at most, doubled from 1 with each prompt
	// that was foretold wrongly.
	mostWanted = 16
)

// prompt returns the record of a prompt, a new one if there is none.
func (e *Engine) prompt(k promptKey) *promptRecord {
	r := e.prompts[k]
	if r == nil {
		if e.prompts == nil || len(e.prompts) >= maxPrompts {
			e.prompts = map[promptKey]*promptRecord{}
		}
		r = &promptRecord{wanted: 1}
		e.prompts[k] = r
	}
	return r
}

// provedHere notes that what is typed in the line is echoed, if a line editor
// reads it: the next line at such a prompt needs no proof. In a program that has the whole
// screen, what stands before the cursor is no prompt.
func (e *Engine) provedHere() {
	if e.line.state == lineKnown && e.line.start > 0 && e.hasLine() && !e.hinted.hint.Canonical &&
		(!e.frame.Modes().AlternateScreen || e.multiplexed()) {
		e.prompt(e.keyOf(e.line.prefix)).proved = true
	}
}

// multiplexers draw the screens of others, prompts included, on one that is all theirs.
var multiplexers = []string{"tmux", "screen", "zellij"}

// multiplexed reports whether such a program has the screen.
func (e *Engine) multiplexed() bool {
	name, _, _ := strings.Cut(e.command(), ":") // tmux calls itself "tmux: client"
	return slices.Contains(multiplexers, name)
}

// trusts reports whether a line that begins at p, behind prefix, is read where the
// echo is known: the server has seen a prompt's mark there, or what was typed
// at such a prompt was echoed, and the server says that the same program reads again.
func (e *Engine) trusts(p position, prefix string) bool {
	h := &e.hinted
	if p.col == 0 || e.row(p.row) == nil || !h.speaks() || h.hint.Canonical || h.hint.Echo {
		return false
	}
	if c := e.frame.Cursor(); h.hint.Prompt && c.Row == p.row && c.Col == p.col {
		return true
	}
	r := e.prompts[e.keyOf(prefix)]
	return r != nil && r.proved
}

// assured reports whether a character typed now is shown without further proof:
// the kernel echoes it, or it continues a line that trusts says is echoed, or text is
// being typed into a known editor. What is pending before it must show as well.
func (e *Engine) assured(g *guess, p position) bool {
	if n := len(e.trail); n > 0 && !e.shows(e.trail[n-1].epoch) {
		return false
	}
	if e.inserting() && g.replay && g.context != e.context() {
		return false // typed before the editor said so, it may have been a command
	}
	if !e.hinted.certain() {
		e.begin(p)
		e.trustLine()
	}
	return e.vouched(p)
}

// trustLine looks whether a line that has begun is read where the echo is known: the hint
// that says so may come later than the prompt.
func (e *Engine) trustLine() {
	if l := &e.line; l.state == lineKnown && !l.trusted && e.trusts(position{row: l.row, col: l.start}, l.prefix) {
		l.trusted, l.command = true, e.command()
	}
}

// vouched reports whether what the server says answers for the echo of a character at p.
func (e *Engine) vouched(p position) bool {
	l := &e.line
	switch {
	case e.hinted.certain():
		return true
	case e.doubtful || !e.hinted.speaks() || e.hinted.hint.Canonical || e.contexts.fails(e.context()):
		return false
	case e.inserting():
		return p.row < e.rows-1 // it may be seen drawing its last row
	}
	return l.trusted && l.command == e.command() && l.row <= p.row && e.hasLine()
}

// reassure shows what waits for proof, if a hint has come that vouches for it. m is
// which state of the trail the screen shows.
func (e *Engine) reassure(m int) {
	n := len(e.trail)
	if n == 0 || m == nowhere || e.visible(e.trail[n-1].epoch) || !e.hinted.known {
		return
	}
	for i := range e.trail {
		g := &e.trail[i]
		if g.key.kind != keyGlyph && g.key.kind != keyErase || g.tried != 0 || e.inserting() && g.context != e.context() || !e.visible(g.epoch) && g.epoch != e.current {
			return
		}
	}
	e.trustLine()
	if e.vouched(e.trail[n-1].pos) {
		e.confirmed = e.current
	}
}
