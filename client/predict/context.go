package predict

import (
	"slices"
	"strings"
)

// A context is where a key is typed: the foreground program, and what it seems to
// be doing.
type context struct {
	command string // empty where the server does not say
	mode    string // the prompt's shape, "-- INSERT --", or one of the names below
}

// Modes without a text of their own.
const (
	modeCooked = "cooked" // the kernel gathers lines
	modeFull   = "full"   // a program that has the whole screen
	modeBare   = "bare"   // anything else without a prompt
)

// A record counts guesses at characters in one context.
type record struct{ right, wrong int }

const (
	// maxContexts bounds the contexts remembered.
	maxContexts = 128

	// recordSpan is after how many guesses those before count half, so that a record
	// follows what the program does lately.
	recordSpan = 400

	// confident is how many right guesses it takes until guesses show where
	// the path alone is no reason to, and how many for each wrong one.
	confident, perWrong = 8, 60

	// perMiss is how many right guesses there are for each wrong one where a guess is
	// likelier late than wrong.
	perMiss = 10

	// hopeless is from how many wrong guesses, if they are more than a fifth,
	// guesses need more proof.
	hopeless = 3
)

// contexts hold the records.
type contexts map[context]*record

// note counts a guess.
func (cs *contexts) note(c context, right bool) {
	r := (*cs)[c]
	if r == nil {
		if *cs == nil || len(*cs) >= maxContexts {
			*cs = contexts{}
		}
		r = &record{}
		(*cs)[c] = r
	}
	if r.right+r.wrong >= recordSpan {
		r.right, r.wrong = r.right/2, r.wrong/2
	}
	if right {
		r.right++
	} else {
		r.wrong++
	}
}

// succeeds reports whether guesses in c were right so often that they may show on
// any path.
func (cs contexts) succeeds(c context) bool {
	r := cs[c]
	return r != nil && r.right >= confident && r.right >= r.wrong*perWrong
}

// holds reports whether nearly all guesses in c were right.
func (cs contexts) holds(c context) bool {
	r := cs[c]
	return r != nil && r.right >= confident && r.right >= r.wrong*perMiss
}

// fails reports whether guesses in c keep failing.
func (cs contexts) fails(c context) bool {
	r := cs[c]
	return r != nil && r.wrong >= hopeless && r.wrong*4 > r.right
}

// command returns the foreground program's name, empty where the server says nothing.
func (e *Engine) command() string { return e.hinted.hint.Command }

// context returns where a key typed now is typed.
func (e *Engine) context() context {
	c := context{command: e.command()}
	shape := e.line.shape()
	switch {
	case e.hinted.known && e.hinted.hint.Canonical:
		c.mode = modeCooked
	case e.status != "":
		c.mode = e.status
	case e.frame.Modes().AlternateScreen:
		c.mode = modeFull
	case shape != "":
		c.mode = shape
	default:
		c.mode = modeBare
	}
	return c
}

// statusCells is the most of a mode line that is read.
const statusCells = 24

// readStatus returns the mode that an editor of vi's family tells in the last row,
// "-- INSERT --" in English, empty if there is none.
func (e *Engine) readStatus() string {
	r := e.row(e.rows - 1)
	if r == nil || r.Len() < 6 || textOf(r, 0) != "-" || textOf(r, 1) != "-" || textOf(r, 2) != " " {
		return ""
	}
	var b []byte
	for x := range min(statusCells, r.Len()) {
		b = r.AppendText(b, x)
	}
	if end := strings.Index(string(b[3:]), " --"); end > 0 {
		return string(b[:3+end+3])
	}
	return ""
}

// editors are the programs whose mode line is believed without proof: while it says
// INSERT they take text, and they ask for a secret in the row where it stands.
var editors = []string{"vi", "vim", "nvim", "vim.basic", "vim.tiny", "vim.nox", "vim.gtk3", "vimdiff", "view"}

// confident reports whether guesses show even where the path alone is no reason to.
func (e *Engine) confident() bool {
	if !e.hinted.known || e.hinted.secret() {
		return false
	}
	c := e.context()
	return e.hinted.certain() || e.inserting() && !e.contexts.fails(c) || e.contexts.succeeds(c)
}

// inserting reports whether text is typed into such an editor.
func (e *Engine) inserting() bool {
	return e.status == "-- INSERT --" && e.hinted.known && slices.Contains(editors, e.command())
}
