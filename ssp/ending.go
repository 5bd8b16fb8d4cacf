package ssp

import (
	"time"

	"roam/ssp/wire"
)

// Phase is how far a session is towards its end.
type Phase uint8

// The phases, in order of time. Failed may follow any but Done.
const (
	Open       Phase = iota
	Closing          // we ended the session; the peer has not acknowledged it yet
	PeerClosed       // the peer ended the session; we answer its repetitions for a while
	Done             // both know of the end
	Failed           // the end is not clean; Err says why
)

// An ending is the state of a session's end (docs/protocol.md C7). Each side ends
// it by numbering a state wire.Final; both may do so at once.
type ending struct {
	phase Phase
	err   error // why the phase is Failed

	ours    bool      // we ended it
	decided time.Time // when
	tries   int       // how often the last state was sent

	theirs   time.Time // when the peer's last state arrived first; zero if it did not
	repeated time.Time // when it arrived last
	owed     bool      // it is to be acknowledged
	answered bool      // it was acknowledged at least once
}

// Shutdown ends the session from our side with the local state as it is now. It
// is repeated until acknowledged, 16 times and for 2 s, or for 10 s at most. A server that has
// no peer to tell fails at once.
func (t *Transport[L, R]) Shutdown(now time.Time) {
	t.advance(now)
	e := &t.end
	if e.ours || e.phase >= Done {
		return
	}
	if !t.hasPeer() {
		t.fail(ErrNoPeer)
		return
	}
	t.out.finish()
	e.ours, e.decided = true, now
	if e.phase == Open {
		e.phase = Closing
	}
}

// peerEnded takes in that the peer's last state arrived, for the first time or
// again.
func (e *ending) peerEnded(now time.Time) {
	if e.theirs.IsZero() {
		e.theirs = now
		e.phase = PeerClosed
	}
	e.repeated, e.owed = now, true
}

// transmitted notes that an instruction was sent.
func (e *ending) transmitted() {
	if e.ours {
		e.tries++
	}
	if e.owed {
		e.owed, e.answered = false, true
	}
}

// endDeadline returns when the next instruction is due while the session ends;
// the zero Time for none. The last state leaves at once and is repeated each half
// round trip, or, if it is large, when an answer should have come. The peer's end is
// answered as often as it arrives.
func (t *Transport[L, R]) endDeadline() time.Time {
	e, back := &t.end, t.out.sent.back()
	acked := t.out.sent.front().num == wire.Final
	switch {
	case e.ours && !acked && e.tries == 0:
		return e.decided
	case e.ours && !acked && (e.tries < closeTries || e.theirs.IsZero()):
		pause := t.rtt.interval()
		if back.large {
			pause = max(pause, t.rtt.rto())
		}
		if e.tries >= closeTries {
			pause = max(pause, repeatInterval)
		}
		return back.last.Add(pause)
	case e.owed:
		return back.last.Add(t.rtt.interval())
	}
	return time.Time{}
}

// lingersUntil returns until when a peer who ended the session is answered. A
// client, for which somebody waits, goes when the peer, who repeats its end at
// each interval, has been silent for long enough to have got the answer.
func (t *Transport[L, R]) lingersUntil() time.Time {
	until := t.end.theirs.Add(lingerTime)
	if t.cfg.Role == Client && t.end.answered {
		quiet := t.end.repeated.Add(t.rtt.rto() + 2*t.rtt.interval())
		until = earliest(until, quiet)
	}
	return until
}

// settle moves the phase on if the time for it has come.
func (t *Transport[L, R]) settle(now time.Time) {
	e := &t.end
	acked := t.out.sent.front().num == wire.Final
	switch {
	case e.phase >= Done || !e.ours && e.theirs.IsZero():
	case acked && (e.theirs.IsZero() || e.answered):
		// Who acknowledges our end and has heard of an answer to its own needs no
		// more.
		e.phase = Done
	case !e.theirs.IsZero():
		if passed(t.lingersUntil(), now) {
			e.phase = Done
		}
	case now.Sub(e.decided) >= closeTime,
		e.tries >= closeTries && now.Sub(e.decided) >= closeLeast && passed(t.endDeadline(), now):
		t.fail(ErrUnanswered)
	}
}

// fail ends the session at once.
func (t *Transport[L, R]) fail(err error) { t.end.phase, t.end.err = Failed, err }

// Phase returns how far the session is towards its end.
func (t *Transport[L, R]) Phase() Phase { return t.end.phase }

// Err returns why the Phase is Failed, else nil: ErrUnanswered, ErrNoPeer, or
// what crypto.Session.Seal returned.
func (t *Transport[L, R]) Err() error { return t.end.err }
