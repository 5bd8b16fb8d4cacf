package client

import (
	"bytes"
	"fmt"
	"os"
	"time"

	"roam/trace"
)

// maxUnsent is the most events that wait for the server to confirm them: a
// megabyte is more than anybody types during an outage. Up to it nothing is
// lost. Beyond it the terminal is not read while the server answers, so that a
// long paste waits there; while it does not answer, the terminal is read for the
// escape key only, and a notice says that the rest is dropped.
const maxUnsent = 1 << 20

// unsent returns how many events the server has not confirmed.
func (l *loop) unsent() int { return int(l.input.all.Len() - l.tr.AckedState().Len()) }

// full reports whether the terminal is not to be read for now.
func (l *loop) full(now time.Time) bool {
	late, _ := l.contact().late(now)
	return l.stage != leaving && !late && l.unsent() >= maxUnsent
}

// readTerminal hands over what is typed until the terminal ends or is given back.
func (l *loop) readTerminal() {
	defer close(l.reading)
	for {
		b, err := l.term.Read()
		if len(b) == 0 && err == nil { // interrupted
			return
		}
		select {
		case l.typed <- typedChunk{b, err}:
		case <-l.restored:
			return
		}
		if err != nil {
			return
		}
	}
}

// take deals with what was typed.
func (l *loop) take(now time.Time, chunk typedChunk) {
	if l.stage == leaving {
		return
	}
	if chunk.err != nil {
		l.hangUp(now, chunk.err)
		return
	}
	if l.stage == connecting && l.warned && bytes.IndexByte(chunk.bytes, 0x03) >= 0 {
		l.quit(now, "Ctrl-C")
		return
	}
	if late, _ := l.contact().late(now); late {
		l.tr.Probe(now) // somebody is there who waits
	}
	focus := l.filter.focus
	for b := chunk.bytes; len(b) > 0 && l.stage != leaving; {
		pasted := len(chunk.bytes) > pastedChunk || l.filter.pasting
		keys, n, cmd := l.filter.feed(now, l.keys[:0], b)
		l.keys = keys
		b = b[n:]
		pasted = pasted || bytes.Contains(keys, []byte(pasteStart))
		l.send(now, keys, pasted)
		l.command(now, cmd)
	}
	l.focused(now, focus)
}

// expireTyped deals with input that was held for long enough.
func (l *loop) expireTyped(now time.Time) {
	if due := l.filter.deadline(); l.stage == leaving || due.IsZero() || now.Before(due) {
		return
	}
	keys, cmd := l.filter.expire(now, l.keys[:0])
	l.keys = keys
	l.send(now, keys, false)
	l.command(now, cmd)
}

// send queues keys for the server, as far as there is room.
func (l *loop) send(now time.Time, keys []byte, pasted bool) {
	if room := max(0, maxUnsent+slack-l.unsent()); len(keys) > room {
		l.lost += len(keys) - room
		keys = keys[:room]
	}
	if len(keys) == 0 {
		return
	}
	l.input.all = l.input.all.AppendBytes(keys)
	l.slide(now)
	if l.guess != nil {
		l.guess.Typed(now, keys, l.tr.SentNum(), pasted || l.input.waits())
		l.dirty = true
	}
}

// slide gives the transport what it may send by now.
func (l *loop) slide(now time.Time) {
	if l.input.slide(now, l.tr.AckedState()) {
		l.tr.Touch(now)
	}
}

// slack is room beyond maxUnsent for what was already read when it was reached.
const slack = 128 << 10

// command does what the user asked of the client itself.
func (l *loop) command(now time.Time, cmd command) {
	switch cmd {
	case quitCommand:
		l.quit(now, "quit key")
	case suspendCommand:
		l.suspend(now)
	case allowCommand, refuseCommand:
		l.act.decide(cmd == allowCommand)
	case figuresCommand:
		l.note.say(now, l.figures()+"\n"+l.connection(), figuresTime)
	}
	if l.filter.repaint {
		l.filter.repaint = false
		l.disp.repaint()
		l.dirty = true
	}
	help := ""
	if l.filter.awaiting {
		help = l.filter.esc.help(l.filter.stock)
	}
	if l.note.help != help {
		l.note.help = help
		l.dirty = true
	}
}

// checkInput says what became of input that found no room.
func (l *loop) checkInput() {
	if l.lost > 0 && l.unsent() < maxUnsent/2 {
		l.lost = 0
	}
	l.filter.asking = l.act.asking()
	l.note.question = l.act.question(l.cfg.EscapeKey)
	l.note.standing = ""
	if l.lost > 0 {
		l.note.standing = fmt.Sprintf("Too much input waits for the server: the last %d bytes were not taken.", l.lost)
	}
}

// signal deals with a signal. Those that end a program end the session; a
// second one does not wait for the server.
func (l *loop) signal(now time.Time, sig os.Signal) error {
	switch sig {
	case windowSignal:
		l.resize(now)
	case stopSignal:
		l.suspend(now)
	case continueSignal:
		l.resume(now)
	default:
		if l.stage == leaving {
			l.ended = true
			return nil
		}
		l.quit(now, "signal "+sig.String())
	}
	return nil
}

// resize tells the server the window's new size. What the terminal made of the
// picture is not known, even if the size is what it was before.
func (l *loop) resize(now time.Time) {
	if l.stage == leaving {
		return
	}
	before := l.disp
	if l.probe != nil {
		l.probe.facts.keepCell(before.cols, before.rows)
	}
	l.disp.resize(windowSize(l.term))
	l.cell = cellSize(l.term)
	l.dirty = true
	cols, rows := l.disp.cols, l.disp.rows
	if cols == before.cols && rows == before.rows {
		return
	}
	l.input.all = l.input.all.AppendResize(cols, rows)
	l.slide(now)
	if l.guess != nil {
		l.guess.Resized()
	}
}

// suspend gives the terminal back, stops the process group, and takes the
// terminal again when it goes on. Meanwhile the server hears nothing.
func (l *loop) suspend(now time.Time) {
	if l.stage == leaving || !canStop {
		return
	}
	l.log("suspended")
	l.lastFrame(true)
	l.awaitAnswers()
	if err := l.term.Restore(); err != nil {
		l.log("the terminal was not restored", "error", err)
	}
	l.term.Say(l.cfg.suspendedText())
	l.term.Stop()
	others := l.absorbContinue()
	l.resume(time.Now())
	for _, sig := range others {
		l.signal(time.Now(), sig)
	}
}

// sameSignal is how long after the end of a stop the SIGCONT that ended it may
// take to reach the loop. It comes to both at the same time.
const sameSignal = 20 * time.Millisecond

// absorbContinue takes the SIGCONT that ended a stop, which has been heeded, from the
// signals, and returns the others that came during the stop.
func (l *loop) absorbContinue() (others []os.Signal) {
	timer := time.NewTimer(sameSignal)
	defer timer.Stop()
	for {
		select {
		case sig := <-l.signals:
			if sig == continueSignal {
				return others
			}
			others = append(others, sig)
		case <-timer.C:
			return others
		}
	}
}

// resume takes the terminal again after a stop. Of SIGSTOP's there was no warning:
// the terminal was not given back, and somebody else has had it since, so it is
// now.
func (l *loop) resume(now time.Time) {
	if l.stage == leaving {
		return
	}
	l.log("resumed")
	l.cfg.trace.Note(now, trace.Resumed)
	if err := l.term.Raw(); err != nil {
		l.hangUp(now, err)
		return
	}
	l.stopped = now
	l.lastFrame(false)
	l.disp.repaint()
	l.dirty = true
	if l.probe != nil {
		l.probe.askAll()
	}
	l.resize(now)
	l.revive(now)
}
