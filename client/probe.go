package client

import (
	"strconv"
	"time"

	"roam/terminal"
)

const (
	// probeLimit is how long the answers may take before the server is told what is
	// known without them: a terminal on this machine answers within 20 ms.
	probeLimit = 300 * time.Millisecond

	// replyHold is how long after a question a lone Esc is held for sequenceWait, lest it
	// is the beginning of an answer. The fence ends it: for terminals that answer it is
	// a few milliseconds.
	replyHold = 3 * time.Second

	// replyWindow is how long after a question its answer is known for what it is and
	// kept from the remote side.
	replyWindow = 30 * time.Second

	// replyWait is how long an answer may take from its first byte to its last.
	replyWait = 500 * time.Millisecond

	// maxReply is the most bytes of one answer. The longest that is asked for, a name and
	// version, has some 50.
	maxReply = 1024

	// askPause is the least time from questions to those that a focus makes: one that jumps
	// to and fro costs no more.
	askPause = time.Second
)

// A probe asks the user's terminal what it is and what it can do, and knows its answers
// among what is typed. The nil probe asks nothing.
type probe struct {
	basic bool // ask only what every terminal with colours takes

	now     time.Time
	since   time.Time      // when the newest questions left
	asked   map[string]int // answers that are owed, by their key
	pending []byte         // questions that wait for the writer
	facts   facts
	news    bool // facts has something that was not acted on
	watches bool // mode 2031 is on: the terminal tells when its colours change

	recolored bool // its colours may be others than facts has
}

// facts are what a terminal has answered.
type facts struct {
	fenced  bool // the questions asked first are answered as far as they will be
	version string
	modes   map[string]int // by mode: the state that DECRQM tells
	termcap map[string]bool
	kitty   bool
	clip    bool // DA1 says that it takes OSC 52

	colors       terminal.Colors
	cellW, cellH int // pixels
	textW, textH int // pixels
	scheme       terminal.Scheme
	widths       []int // of widthSamples
}

// probedModes are the DEC modes that are asked for: synchronized output, colour
// scheme reports, grapheme clusters, mouse reports in pixels.
var probedModes = []string{"2026", "2031", "2027", "1016"}

// probedCaps are the terminfo names that are asked for.
var probedCaps = []string{"RGB", "Smulx", "Setulc", "Ms"}

// newProbe returns a probe with the first questions, the fence last.
func newProbe(basic bool) *probe {
	p := &probe{basic: basic, asked: map[string]int{}, facts: facts{modes: map[string]int{}, termcap: map[string]bool{}}}
	p.askAll()
	return p
}

// askAll asks everything.
func (p *probe) askAll() {
	if !p.basic {
		p.ask(keyVersion, "\x1b[>q")
		for _, mode := range probedModes {
			p.ask(modeKey(mode), "\x1b[?"+mode+"$p")
		}
		p.ask(keyKitty, "\x1b[?u")
		p.ask(keyText, "\x1b[14t")
		p.ask(keyCell, "\x1b[16t")
		for _, name := range probedCaps {
			hex := ""
			for _, c := range []byte(name) {
				hex += strconv.FormatUint(uint64(c), 16)
			}
			p.ask(keyTermcap, "\x1bP+q"+hex+"\x1b\\")
		}
	}
	p.askColors()
	// What a terminal did not know and printed is erased: it is at the start of a line.
	p.pending = append(p.pending, "\r\x1b[K"...)
}

// askColors asks for the colours, and behind them for the fence.
func (p *probe) askColors() {
	for _, n := range []string{"10", "11", "12"} {
		p.ask("]"+n, "\x1b]"+n+";?\x1b\\")
	}
	for i := range 16 {
		if n := strconv.Itoa(i); !p.basic {
			p.ask("]4;"+n, "\x1b]4;"+n+";?\x1b\\")
		}
	}
	p.ask(keyAttributes, "\x1b[c")
}

// ask queues a question whose answer has the key.
func (p *probe) ask(key, question string) {
	p.asked[key]++
	p.pending = append(p.pending, question...)
}

// take appends the questions that wait, which the caller writes now.
func (p *probe) take(now time.Time, dst []byte) []byte {
	if len(p.pending) > 0 {
		p.since = now
		dst = append(dst, p.pending...)
		p.pending = p.pending[:0]
	}
	return dst
}

// tick tells the time.
func (p *probe) tick(now time.Time) {
	if p == nil {
		return
	}
	p.now = now
	if len(p.asked) > 0 && now.Sub(p.since) > replyWindow && len(p.pending) == 0 {
		clear(p.asked)
	}
}

// owed reports whether the answer to the newest questions is not complete.
func (p *probe) owed() bool { return p.asked[keyAttributes] > 0 || p.asked[keyCursor] > 0 }

// settled reports whether it is time to go by what is known.
func (p *probe) settled(now time.Time) bool {
	return p == nil || p.facts.fenced || !p.since.IsZero() && now.Sub(p.since) >= probeLimit
}

// judge tells how far tok, the beginning of a piece, looks like an answer that is owed.
func (p *probe) judge(tok []byte) likelihood {
	if p == nil || len(p.asked) == 0 && !p.watches {
		return unlikely
	}
	likely := looksLikeReply(tok)
	if likely == possible && !(p.owed() && p.now.Sub(p.since) < replyHold) {
		return unlikely
	}
	return likely
}

// answers takes in tok, a complete piece, if it is an answer that is owed, and reports
// whether it is.
func (p *probe) answers(tok []byte) bool {
	if p == nil {
		return false
	}
	key := replyKey(tok)
	switch {
	case key == "":
		return false
	case key == keyScheme && p.watches:
	case p.asked[key] == 0:
		return false
	default:
		if p.asked[key]--; p.asked[key] == 0 {
			delete(p.asked, key)
		}
	}
	p.learn(key, tok)
	p.news = true
	return true
}

// learn notes what an answer says. What makes no sense says nothing.
func (p *probe) learn(key string, tok []byte) {
	f := &p.facts
	params := parseParams(tok[2:])
	switch key {
	case keyAttributes:
		f.fenced = true
		f.clip = f.clip || hasParam(tok, "52")
	case keyVersion:
		f.version = replyText(tok, 4)
	case keyTermcap:
		f.learnTermcap(replyText(tok, 2))
	case keyKitty:
		f.kitty = true
	case keyCell:
		f.cellH, f.cellW = params.value(1, 0), params.value(2, 0)
	case keyText:
		f.textH, f.textW = params.value(1, 0), params.value(2, 0)
	case keyScheme:
		if n := params.value(1, 0); n == int(terminal.SchemeDark) || n == int(terminal.SchemeLight) {
			f.scheme = terminal.Scheme(n)
		}
		p.recolored = true
	case keyCursor:
		f.widths = append(f.widths, params.value(1, 0)-1)
	default:
		if key[0] == ']' {
			f.learnColor(key[1:], replyText(tok, len(key)+2))
		} else {
			f.modes[key[1:len(key)-2]] = params.value(1, 0)
		}
	}
}

// refresh asks for the colours again, unless they are about to be asked for.
func (p *probe) refresh() {
	if len(p.pending) == 0 {
		p.askColors()
	}
}
