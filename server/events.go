//go:build unix

package server

import "roam/session"

// announceRich tells the emulator what a roam client makes of its screens. To be
// called before the program runs.
func (l *loop) announceRich() {
	if !l.at.isRich() {
		return
	}
	opts := l.host.em.Options()
	opts.Clusters = true
	opts.Clipboard = opts.Clipboard || l.at.user == nil // who did not tell has one
	l.host.em.SetOptions(opts)
}

// takeEvents takes what the program wants done once into the log for the client. A
// stock client hears of it, as far as it can, from the screen.
func (l *loop) takeEvents() {
	list, lost := l.host.em.Events()
	if !l.at.isRich() {
		return
	}
	before := l.events.Dropped() + l.lost
	for _, v := range list {
		l.events.Add(v)
	}
	l.lost = lost
	if now := l.events.Dropped() + l.lost; now != before {
		l.log.at(1, "%d events of the program were dropped so far", now)
	}
}

// withEvents returns the state s with as much of the log as the client may have
// now.
func (l *loop) withEvents(s session.Screen) session.Screen {
	if !l.at.isRich() {
		return s
	}
	return s.WithEvents(l.events.Upto(l.now, l.final != nil))
}

// continueEvents makes a state with more of the log once the client holds more, or one
// was sent and the path can take another. To be called after sending.
func (l *loop) continueEvents() {
	num := [2]uint64{l.at.t.AckedNum(), l.at.t.SentNum()}
	if num == l.eventsNum {
		return
	}
	if num[0] != l.eventsNum[0] {
		l.events.Held(l.now, l.at.t.AckedState(), l.at.rtt)
	}
	l.eventsNum = num
	if l.events.More() {
		l.touch()
	}
}
