package client

import (
	"fmt"
	"io"
	"time"

	"roam/internal/voice"
	"roam/session"
	"roam/ssp"
)

const (
	// waitNotice is how long the first answer may take before the user is
	// told what is waited for; answers come within a round trip.
	waitNotice = 2 * time.Second

	// waitLimit is how long the first answer may take altogether
	// (docs/protocol.md C2).
	waitLimit = 15 * time.Second

	// unheardLinger is how long a client that never heard its server repeats
	// the end, in case the server hears it.
	unheardLinger = time.Second

	// lingerNotice is how long the server's confirmation of the end may take
	// before the user is told what is waited for.
	lingerNotice = time.Second
)

// nextConnect returns when connect has something to do.
func (l *loop) nextConnect(now time.Time) time.Time {
	if !l.warned {
		return l.start.Add(waitNotice)
	}
	next := l.start.Add(waitLimit)
	if at := l.paths.hopelessAt(); at.After(now) {
		next = earlier(next, at)
	}
	return next
}

// connect tells the user what is waited for, and gives up.
func (l *loop) connect(now time.Time) {
	if l.stage != connecting {
		return
	}
	if !l.warned && now.Sub(l.start) >= waitNotice {
		l.warned = true
		l.term.Say(l.cfg.waitingText(&l.paths, l.failure))
	}
	switch {
	case l.paths.hopeless(now):
		l.quit(now, "refused")
	case now.Sub(l.start) >= waitLimit:
		l.quit(now, "no answer")
	}
}

// goLive begins to draw: the server was heard.
func (l *loop) goLive(now time.Time) {
	l.log("the server answers", "address", l.cfg.Server, "after", now.Sub(l.start))
	l.stage = live
	l.result.Connected = true
	l.dirty = true
}

// quit ends the session from our side.
func (l *loop) quit(now time.Time, why string) {
	if l.stage == leaving {
		return
	}
	l.log("ending the session", "why", why)
	l.tr.Touch(now) // the last keys are part of the last state
	l.tr.Shutdown(now)
	l.leave(now)
	if !l.result.Connected {
		l.giveUp = now.Add(unheardLinger)
		l.term.Say(l.cfg.unreachedText(&l.paths, now.Sub(l.start), l.failure))
	}
}

// hangUp ends the session because the terminal is gone.
func (l *loop) hangUp(now time.Time, err error) {
	if err != io.EOF {
		l.log("the terminal failed", "error", err)
	}
	l.quit(now, "the terminal is gone")
}

// leave gives the terminal back and goes on only to agree on the end.
func (l *loop) leave(now time.Time) {
	l.lastFrame(true)
	l.restore()
	l.stage = leaving
	l.left = now
	l.warned = false
}

// progress follows the session's end.
func (l *loop) progress(now time.Time) {
	phase := l.tr.Phase()
	if phase >= ssp.PeerClosed && phase != ssp.Failed && l.stage != leaving {
		l.log("the server ends the session")
		l.leave(now)
	}
	if l.stage != leaving {
		return
	}
	switch {
	case phase == ssp.Done:
		l.finish(true)
	case phase == ssp.Failed, !l.giveUp.IsZero() && !now.Before(l.giveUp):
		l.finish(false)
	case phase == ssp.Closing && l.result.Connected && !l.warned && now.Sub(l.left) >= lingerNotice:
		l.warned = true
		l.term.Say(l.cfg.message(voice.Plain, "waiting for the server to confirm the end of the session; Ctrl-C stops waiting"))
	}
}

// finish ends the loop: clean says that both ends know of the end.
func (l *loop) finish(clean bool) {
	l.ended = true
	l.result.Clean = clean
	l.log("the session is over", "clean", clean, "connected", l.result.Connected, "stats", fmt.Sprintf("%+v", l.tr.Stats()))
	remote, _ := l.tr.Remote()
	final := remote.Final()
	switch {
	case !l.result.Connected: // unreachedText was said
		l.result.Status = exitFailed
	case !clean:
		l.result.Status = exitFailed
		l.term.Say(l.cfg.uncleanText())
	default:
		l.result.takeFinal(final)
		if l.cfg.product() == "mosh" {
			l.result.Status = exitOK // as people's scripts know it
		}
		l.term.Say(l.cfg.closedText(final))
	}
	l.sayFigures()
}

// takeFinal notes how the remote program ended, and makes it the status of this
// one as a shell would: 128 and the signal's number for a signal.
func (r *Result) takeFinal(f *session.Final) {
	if f == nil {
		return
	}
	r.Exit, r.Signal = f.Exit, f.Signal
	switch {
	case f.Exit != nil:
		r.Status = *f.Exit
	case f.Signal != "":
		r.Status = 128 + signalNumber(f.Signal)
	}
}
