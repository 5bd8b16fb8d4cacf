package client

import (
	"fmt"
	"time"

	"roam/terminal"
)

// draw shows the newest state, unless a frame is still on its way.
func (l *loop) draw(now time.Time) {
	if l.stage != live || l.out.busy {
		return
	}
	line := l.note.text(now, l.contact())
	if !l.dirty && !l.guessDue(now) && line == l.noticeLine && !l.act.due(now) && !l.measures() {
		return
	}
	l.dirty, l.noticeLine = false, line
	frame := l.appendProfile(l.out.buffer())
	if !l.entered {
		l.entered = true
		frame = l.enter(frame)
	}
	if l.measures() {
		l.measured = true
		frame = l.probe.appendWidths(now, frame)
		l.disp.repaint()
	}
	frame = l.disp.append(frame, l.compose(now, line))
	l.out.submit(l.act.append(frame, now))
}

// guessDue reports whether other guesses are to be shown without any news.
func (l *loop) guessDue(now time.Time) bool {
	if l.guess == nil {
		return false
	}
	due := l.guess.NextTimeout()
	return !due.IsZero() && !due.After(now)
}

// compose returns what to show, with the notice line given.
func (l *loop) compose(now time.Time, line string) *terminal.Screen {
	remote, _ := l.tr.Remote()
	var paint func(*terminal.Canvas)
	if l.guess != nil {
		paint = func(c *terminal.Canvas) { l.guess.Paint(now, c) }
	}
	return l.disp.compose(remote.Term(), paint, line)
}

// enter sets up the terminal for frames. On its main screen, what stands there
// is pushed into the scrollback first.
func (l *loop) enter(frame []byte) []byte {
	if l.cfg.NoInit {
		frame = fmt.Appendf(frame, "\x1b[%d;1H", l.disp.rows)
		for range l.disp.rows {
			frame = append(frame, '\n')
		}
	}
	return l.disp.profile.AppendEnter(frame)
}

// cancel ends whatever sequence a terminal is in the middle of: CAN.
const cancel = "\x18"

// lastFrame takes the terminal out of the session: with whole, a last frame as
// the server has it goes before, without notice and title prefix, also if it is the
// first one: a program may end before anything of it was drawn. Every mode that a
// frame may have set is reset in any case.
func (l *loop) lastFrame(whole bool) {
	cut, idle := l.out.abandon()
	first := whole && l.stage == live && !l.entered
	if !l.entered && !first || !idle {
		return // nothing to undo, or a terminal that takes nothing
	}
	frame := l.out.buffer()
	if first {
		frame = l.enter(frame)
	}
	switch {
	case cut:
		frame = append(frame, cancel...)
	case whole:
		l.disp.prefix = ""
		remote, _ := l.tr.Remote()
		frame = l.disp.append(frame, l.disp.compose(remote.Term(), nil, ""))
		l.disp.prefix = titlePrefix(l.cfg)
		frame = l.act.append(frame, time.Now())
	}
	frame = l.disp.profile.AppendLeave(l.disp.undo(l.appendUnwatch(frame)))
	if l.cfg.NoInit { // the screen stays as it is, and what follows goes below the cursor
		remote, _ := l.tr.Remote()
		row := min(remote.Term().Cursor().Row+1, l.disp.rows)
		frame = fmt.Appendf(frame, "\x1b[%d;1H\r\n", row)
	}
	l.entered = false // only now: if the last frame failed, the modes are reset without it
	l.disp.repaint()
	l.out.submit(frame)
	l.out.drain()
}

// restore gives the terminal back for good.
func (l *loop) restore() {
	select {
	case <-l.restored:
		return
	default:
	}
	l.awaitAnswers()
	close(l.restored)
	l.stopReading()
	l.lastFrame(false)
	if err := l.term.Restore(); err != nil {
		l.log("the terminal was not restored", "error", err)
	}
}

// readerEnds is how long the reader may take to end once interrupted. It takes
// no time, unless another process eats what it was about to read.
const readerEnds = 100 * time.Millisecond

// stopReading leaves what is typed from now on to whoever has the terminal next.
func (l *loop) stopReading() {
	l.term.Interrupt()
	timer := time.NewTimer(readerEnds)
	defer timer.Stop()
	select {
	case <-l.reading:
	case <-timer.C:
	}
}
