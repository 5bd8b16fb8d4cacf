//go:build unix

package server

import (
	"bytes"
	"time"

	"roam/internal/tty"
	"roam/session"
)

const (
	// sampleWindow is how long after input the program's terminal is looked at, every
	// samplePause, also if it says nothing: a program that has read a line may switch the
	// echo off without a word.
	sampleWindow = 500 * time.Millisecond
	samplePause  = 20 * time.Millisecond

	// promptQuiet is how long a program that printed an unfinished line is silent before
	// it is taken to wait for one at that prompt: some print the prompt first and switch
	// the echo off then.
	promptQuiet = 50 * time.Millisecond

	// runQuiet is how long one is silent before it is taken to read lines without a
	// prompt, rather than to be about to ask for a password. It is within sampleWindow.
	runQuiet = 400 * time.Millisecond

	// askedQuiet is the same for one that has asked for a secret before: it may check that
	// one and ask again. Two or three seconds are usual after a wrong password.
	askedQuiet = 5 * time.Second

	// editQuiet is how long a program that reads keys one by one is silent before it is
	// taken to have dealt with those it got, if it printed anything; editWait if not.
	editQuiet = 20 * time.Millisecond
	editWait  = 100 * time.Millisecond
)

// A hinter tells what the program's terminal is doing, for the client's guesses. It reads
// no clock and no terminal, and is owned by the loop.
//
// A hint must not be believed of keys that it does not know of. A program that has
// read a line may switch the echo off next, and between the two any sample says that
// it is on. So a sample is stamped with input that may change all of it only when the
// program has settled after that: when it has taken all that was written, and has waited
// since. Until then the client is told what was so before, under the old stamp; except
// that a secret is read, or that the echo is not certain any more: that it is told at
// once. docs/prediction.md has the whole of the reasoning.
type hinter struct {
	nameOf func(pid int) string // of a process's command

	told  session.Hint // what the newest state says
	known bool         // there was a sample

	modes   tty.Modes // of the newest sample
	group   int       // its foreground process group; 0 for none
	command string    // of the group named, when it was last asked for
	named   int       // 0: to be asked for

	written  uint64 // the newest client state of which the terminal has all input
	late     bool   // it does not have all that was given to it
	printed  uint64 // and which that was when the terminal said something last
	secretOf int    // the group that read a secret last

	restless time.Time // when something may have begun to change; zero once the program has settled
	stamps   bool      // that was input which ends a line, so that its stamp matters in all modes
	passed   bool      // the program has settled after input whose stamp matters, and no state says so yet

	spoke    time.Time  // when the program printed something last, beside the terminal's echo; zero: not since restless
	midLine  bool       // and left a line unfinished
	expected []byte     // what the terminal will echo of what was written last, if it echoes
	prompt   promptMark // the newest mark of a prompt

	until time.Time // end of the window of samples
	next  time.Time // of the next sample; zero for none
}

// maxExpected bounds what is remembered of input to tell its echo from output.
const maxExpected = 4096

// writing notes input that is given to the terminal.
func (h *hinter) writing(now time.Time, b []byte) {
	if len(b) == 0 {
		return
	}
	h.late = true
	h.prompt = promptMark{}
	h.until, h.next = now.Add(sampleWindow), now.Add(samplePause)
	for _, c := range b {
		if c < ' ' {
			h.unsettle(now)
			h.stamps = h.stamps || endsLine(c)
			h.spoke, h.midLine = time.Time{}, false
		}
		if c == '\r' || c == '\n' {
			h.expected = append(h.expected, '\r')
			c = '\n'
		}
		h.expected = append(h.expected, c) // a control is echoed otherwise: then it counts as the program's
	}
	if excess := len(h.expected) - maxExpected; excess > 0 {
		h.expected = append(h.expected[:0], h.expected[excess:]...)
	}
}

// endsLine reports whether a byte ends a line or a program, as clients see it.
func endsLine(c byte) bool {
	switch c {
	case '\r', '\n', 0x03, 0x04, 0x1a, 0x1c: // Enter, ^C, ^D, ^Z, ^\
		return true
	}
	return false
}

// unsettle notes that something may have begun to change.
func (h *hinter) unsettle(now time.Time) {
	if h.restless.IsZero() {
		h.spoke, h.midLine = time.Time{}, false
	}
	h.restless = now
}

// wrote notes that the terminal has all input that was given to it, which is that of the
// client states up to num.
func (h *hinter) wrote(now time.Time, num uint64) {
	h.written = max(h.written, num)
	if !h.late {
		return
	}
	h.late = false
	h.until = now.Add(sampleWindow)
	if !h.restless.IsZero() {
		h.restless = now // it may have waited for room until now
	}
}

// printing notes a piece of output that is about to be shown, and reports whether the
// program printed it: that it is more than the terminal's echo.
func (h *hinter) printing(now time.Time, b []byte) (program bool) {
	h.printed = h.written
	h.prompt = h.prompt.after(b)
	if rest, ok := bytes.CutPrefix(h.expected, b); ok {
		h.expected = rest
		return false
	}
	h.spoke = now
	return true
}

// printedUpTo notes in which column the cursor is behind what the program printed.
func (h *hinter) printedUpTo(column int) {
	// Where input may have been echoed behind the program's last words, what stands in
	// the line says nothing.
	h.midLine = column > 0 && len(h.expected) == 0
	h.expected = h.expected[:0]
}

// sample takes in the terminal's modes and foreground group. unread reports whether the
// terminal has input that the program did not take; it is asked only where that matters. It
// returns whether there is something to say for which the client waits.
func (h *hinter) sample(now time.Time, modes tty.Modes, group int, unread func() bool) (matters bool) {
	if !h.known || modes != h.modes || group != h.group {
		h.unsettle(now)
		if group != h.group {
			h.named = 0
		}
		h.known, h.modes, h.group = true, modes, group
	}
	if isSecret(modes) {
		h.secretOf = group
	}
	if at := h.settlesAt(); !h.restless.IsZero() && !h.late && !now.Before(at) && !unread() {
		h.restless = time.Time{}
		h.passed = h.passed || h.stamps || modes.Canonical
		h.stamps = false
		h.named = 0 // it may run something else by now
	}
	h.plan(now)
	return h.matters()
}

// isSecret and isCertain are Hint's Secret and Certain, of a sample.
func isSecret(m tty.Modes) bool  { return m.Canonical && !m.Echo }
func isCertain(m tty.Modes) bool { return m.Canonical && m.Echo }

// settlesAt returns when the program will have settled, if nothing else happens.
func (h *hinter) settlesAt() time.Time {
	quiet := latest(h.restless, h.spoke)
	switch {
	case isSecret(h.modes):
		return h.restless // what is said then errs on the safe side
	case isCertain(h.modes) && h.midLine:
		return quiet.Add(promptQuiet)
	case isCertain(h.modes) && h.group != h.secretOf:
		return quiet.Add(runQuiet)
	case isCertain(h.modes):
		return quiet.Add(askedQuiet)
	case h.spoke.IsZero():
		return h.restless.Add(editWait)
	}
	return earliest(quiet.Add(editQuiet), h.restless.Add(editWait))
}

// plan sets the time of the next sample.
func (h *hinter) plan(now time.Time) {
	h.next = time.Time{}
	if now.Before(h.until) {
		h.next = now.Add(samplePause)
	}
	if at := h.settlesAt(); !h.restless.IsZero() && at.After(now) {
		h.next = earliest(h.next, at)
	}
}

// settled reports whether what the newest sample says is to be said.
func (h *hinter) settled() bool { return h.restless.IsZero() || isSecret(h.modes) }

// hint returns what there is to say.
func (h *hinter) hint() session.Hint {
	next := h.told
	switch {
	case !h.known, !h.settled() && !(h.told.Certain() && !isCertain(h.modes)):
		return h.told
	case isSecret(h.modes) && !h.told.Secret(), h.settled() && (h.passed || h.told.Secret() && !isSecret(h.modes)):
		next.After = h.written
	}
	m := h.modes
	next.Echo, next.Canonical, next.Signals, next.Controls = m.Echo, m.Canonical, m.Signals, m.EchoControl
	next.Erase, next.Kill, next.WordErase = m.Erase, m.Kill, m.WordErase
	if h.settled() {
		next.Group, next.Command = uint32(h.group), h.name()
	}
	next.Prompt = h.settled() && !m.Canonical && h.prompt.kind != 0
	next.Printed = h.printed >= next.After
	return next
}

// name returns the name of the foreground group's first process.
func (h *hinter) name() string {
	if h.group == 0 {
		return ""
	}
	if h.named != h.group {
		h.named, h.command = h.group, h.nameOf(h.group)
	}
	return h.command
}

// matters reports whether there is something to say for which the client waits.
func (h *hinter) matters() bool {
	next := h.hint()
	return next.Secret() != h.told.Secret() || next.Certain() != h.told.Certain() || next.After != h.told.After ||
		next.Prompt && !h.told.Prompt || next.Group != h.told.Group || next.Command != h.told.Command
}

// tell returns the state s with a hint: with what there is to say, if that matters or
// s differs anyway from before, the state before it.
func (h *hinter) tell(s, before session.Screen) session.Screen {
	if h.matters() || !s.WithHint(h.told).Equal(before) {
		h.told, h.passed = h.hint(), false
		h.tellSilence(s.EchoAck())
	}
	return s.WithHint(h.told)
}

// tellSilence says, together with the echo ack of input after which nothing was printed,
// that this is so: its echo is late, or there will be none.
func (h *hinter) tellSilence(acked uint64) {
	if h.printed < acked && acked <= h.written && acked > h.told.After && h.restless.IsZero() && !h.told.Secret() {
		h.told.After, h.told.Printed = acked, false
	}
}
