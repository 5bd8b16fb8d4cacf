package client

import (
	"bytes"
	"reflect"
	"time"

	"roam/session"
	"roam/terminal"
)

// answersEnd is how long after a question the end of a session, or a stop, waits for the
// answers, lest they come to whoever has the terminal next. Most are there long before.
const answersEnd = 400 * time.Millisecond

// askTerminal asks the user's terminal what it can do, if it is to be asked, and goes by
// what terminfo knows until then.
func (l *loop) askTerminal() {
	l.useCapabilities(l.termCaps())
	l.disp.profile, l.upgrade = l.upgrade, nil
	if l.cfg.Probe != ProbeOff {
		l.probe = newProbe(l.cfg.Probe == ProbeBasic)
		l.filter.probe = l.probe
	}
}

// useCapabilities draws for a terminal with these capabilities from the next frame on.
func (l *loop) useCapabilities(caps terminal.Capabilities) {
	l.caps = caps
	l.act.clipboard, l.act.able, l.act.notify.form = l.cfg.Clipboard, caps.Clipboard, caps.Notify
	caps.Clipboard = false // l.act writes it
	l.upgrade = terminal.UserProfile(caps)
}

// learn acts on what the terminal has answered.
func (l *loop) learn(now time.Time) {
	l.probe.tick(now)
	if l.stage == leaving {
		return
	}
	if l.probe != nil && l.probe.news {
		l.probe.news = false
		if caps := l.probe.facts.improve(l.termCaps()); !reflect.DeepEqual(caps, l.caps) {
			l.log("the terminal can do more than its type says", "version", l.probe.facts.version)
			l.useCapabilities(caps)
			l.dirty = true
		}
	}
	l.question(now)
	l.tell(now)
}

// termCaps returns what is known of the terminal without its answers.
func (l *loop) termCaps() terminal.Capabilities {
	caps := l.cfg.Terminal.caps
	if l.cfg.NoInit {
		caps.EnterCA, caps.ExitCA = nil, nil
	}
	return caps
}

// appendProfile goes over to the next profile, if there is one: what one has set up is
// put back before the other's is.
func (l *loop) appendProfile(frame []byte) []byte {
	if l.upgrade == nil {
		return frame
	}
	before := l.disp.profile
	if l.entered && !bytes.Equal(before.AppendEnter(nil), l.upgrade.AppendEnter(nil)) {
		frame = l.upgrade.AppendEnter(before.AppendLeave(l.disp.undo(frame)))
		l.disp.repaint()
	}
	l.disp.profile, l.upgrade = l.upgrade, nil
	if shown := l.disp.shown; shown != nil &&
		!bytes.Equal(terminal.AppendRepaint(nil, shown, before), terminal.AppendRepaint(nil, shown, l.disp.profile)) {
		l.disp.repaint()
	}
	return frame
}

// question writes what is to be asked, once nothing else is being written.
func (l *loop) question(now time.Time) {
	if l.probe == nil || l.out.busy {
		return
	}
	if n := l.probe.facts.modes["2031"]; l.entered && (n == 1 || n == 2) && !l.probe.watches {
		l.probe.watches = true
		l.probe.pending = append(l.probe.pending, "\x1b[?2031h"...)
	}
	if l.probe.recolored && l.ownColors() {
		l.probe.recolored = false
		l.probe.refresh()
	}
	if len(l.probe.pending) > 0 {
		l.out.submit(l.probe.take(now, l.out.buffer()))
	}
}

// ownColors reports whether the terminal has the user's colours, and not those that a
// program gave it.
func (l *loop) ownColors() bool {
	remote, _ := l.tr.Remote()
	return remote.Term().Colors() == nil
}

// measures reports whether the next frame is to measure the terminal's widths: once, on
// the alternate screen, of a terminal that answers.
func (l *loop) measures() bool {
	return l.probe != nil && !l.measured && !l.probe.basic && l.probe.facts.fenced && l.caps.EnterCA != nil &&
		l.disp.rows >= 2 && l.disp.cols >= minSampleCols
}

// tell tells the server what is known of the terminal, if it wants to know and does not
// yet.
func (l *loop) tell(now time.Time) {
	if version, _ := l.neg.Capability(session.Terminal); version == 0 || !l.probe.settled(now) {
		return
	}
	var look terminal.UserTerminal
	if l.probe != nil {
		look = l.probe.facts.look(l.disp.cols, l.disp.rows)
	}
	if l.cell != [2]int{} { // newer than what the terminal answered
		look.CellWidth, look.CellHeight = l.cell[0], l.cell[1]
	}
	caps := l.caps
	caps.Clipboard = caps.Clipboard && l.cfg.Clipboard != ClipboardOff
	u := describe(caps, look)
	u.Focus = l.filter.focus
	if l.told != nil && *l.told == u {
		return
	}
	l.told = &u
	l.input.all = l.input.all.WithUserTerminal(u)
	l.input.slide(now, l.tr.AckedState())
	l.tr.Touch(now)
}

// nextProbe returns when learn has something to do without an event; zero for never.
func (l *loop) nextProbe(now time.Time) time.Time {
	if l.told != nil || l.probe.settled(now) || l.probe.since.IsZero() {
		return time.Time{}
	}
	return l.probe.since.Add(probeLimit)
}

// focused notes that the terminal got or lost the keyboard: its colours may have been
// changed meanwhile.
func (l *loop) focused(now time.Time, before session.Focus) {
	if l.filter.focus == session.FocusHere && before != session.FocusHere && l.probe != nil && !l.probe.watches {
		l.probe.recolored = now.Sub(l.probe.since) >= askPause
	}
}

// appendUnwatch appends what undoes what question did.
func (l *loop) appendUnwatch(frame []byte) []byte {
	if l.probe != nil && l.probe.watches {
		l.probe.watches = false
		if l.probe.facts.modes["2031"] == 2 {
			frame = append(frame, "\x1b[?2031l"...)
		}
		l.probe.facts.modes["2031"] = 0 // until it is asked again
	}
	return frame
}

// awaitAnswers reads the answers that are still owed, so that they do not come to the
// next program; whoever does not answer is not waited for. Keys meanwhile are the remote
// program's no more, and are dropped.
func (l *loop) awaitAnswers() {
	if l.probe == nil || l.probe.since.IsZero() {
		return
	}
	left := answersEnd - time.Since(l.probe.since)
	if !l.probe.owed() || left <= 0 {
		return
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	for l.probe.owed() {
		select {
		case chunk := <-l.typed:
			if chunk.err != nil {
				return
			}
			for b := chunk.bytes; len(b) > 0; {
				_, n, _ := l.filter.feed(time.Now(), nil, b)
				b = b[n:]
			}
		case <-timer.C:
			return
		}
	}
}
