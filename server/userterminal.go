//go:build unix

package server

import (
	"time"

	"roam/session"
)

// terminalWait is how long a program's questions about the user's terminal wait, at the
// program's start, for the client to tell of it: a terminal answers within the client's
// probe limit of 300 ms, and that takes a round trip to get here.
const terminalWait = time.Second

// awaitTerminal has the program's first questions wait for what the client will tell. To be
// called as the program starts.
func (l *loop) awaitTerminal() {
	if l.at.knowsTerminal() && l.at.user == nil {
		l.host.em.AwaitUserTerminal(true)
		l.at.awaitUntil = l.now.Add(l.at.terminalWait)
	}
}

// endAwait lets the program's questions wait no longer.
func (l *loop) endAwait() {
	if !l.at.awaitUntil.IsZero() && !l.now.Before(l.at.awaitUntil) {
		l.at.awaitUntil = time.Time{}
		l.host.em.AwaitUserTerminal(false)
		l.host.answer()
	}
}

// takeUserTerminal tells the emulator what the client knows of the user's terminal, so
// that programs which ask are answered here and at once.
func (l *loop) takeUserTerminal(u *session.UserTerminal) {
	if u == nil || u == l.at.user || !l.at.knowsTerminal() {
		return
	}
	l.at.user = u
	opts := l.host.em.Options()
	opts.Clipboard = u.Abilities&session.AbleClipboard != 0
	opts.KittyKeys = u.Abilities&session.AbleKittyKeys != 0
	opts.OtherKeys = u.Abilities&session.AbleOtherKeys != 0
	l.host.em.SetOptions(opts)
	if err := l.host.setUserTerminal(u.Look); err != nil {
		l.log.at(1, "%v", err)
	}
	l.at.awaitUntil = time.Time{}
	l.host.answer()
}
