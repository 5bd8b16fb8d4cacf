package server

import "roam/session"

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
	l.host.em.SetUserTerminal(u.Look)
	l.host.answer()
}
