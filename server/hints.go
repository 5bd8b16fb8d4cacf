//go:build unix

package server

import (
	"time"

	"roam/internal/tty"
	"roam/session"
)

// knowsHints reports whether the client wants to know what the program's terminal is
// doing.
func (a *attachment) knowsHints() bool {
	version, _ := a.neg.Capability(session.Hints)
	return version > 0
}

// typeIn gives the program's terminal input.
func (l *loop) typeIn(b []byte) {
	if l.at.knowsHints() {
		l.hints.writing(l.now, b)
	}
	l.host.input.write(b)
}

// noteWritten notes that the terminal has all input of the client's newest state, if so.
func (l *loop) noteWritten() {
	if l.host.input != nil && l.host.input.len() == 0 && !l.at.keys.Pending() {
		l.hints.wrote(l.now, l.at.num)
	}
}

// show shows a piece of output, and looks at what the terminal is doing with it.
func (l *loop) show(b []byte) {
	if !l.at.knowsHints() {
		l.host.print(b, l.now)
		return
	}
	program := l.hints.printing(l.now, b)
	l.host.print(b, l.now)
	if program {
		l.hints.printedUpTo(l.host.em.Column())
	}
	l.sample()
}

// sampleDue looks at the terminal if it is time to.
func (l *loop) sampleDue() {
	if next := l.hints.next; !next.IsZero() && !l.now.Before(next) {
		l.sample()
	}
}

// sample looks at what the program's terminal is doing, and sees to it that the client
// is told what matters.
func (l *loop) sample() {
	l.hints.next = time.Time{}
	if !l.at.knowsHints() || l.host.master == nil || l.ending() {
		return
	}
	modes, group, err := l.host.sampler.Sample()
	if err != nil {
		return // the terminal has ended
	}
	if l.hints.sample(l.now, modes, group, func() bool { return tty.HasUnread(l.host.master) }) {
		l.touch()
	}
}

// withHint returns the state s with what the client is to know of the terminal.
func (l *loop) withHint(s session.Screen) session.Screen {
	if !l.at.knowsHints() {
		return s
	}
	return l.hints.tell(s, l.screen)
}
