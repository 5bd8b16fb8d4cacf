package ssp

import "time"

// A pace remembers what the deadlines of a sender depend on besides its states
// (docs/protocol.md C5).
type pace struct {
	// noticed is when a change was first noticed after the last transmission; zero
	// if none was.
	noticed time.Time

	// silent says that the data deadline passed and there was nothing to say, as when a
	// change does not show in a diff.
	silent bool

	// ackDue is when an ack leaves, if need be alone.
	ackDue time.Time
}

// notice starts the clock of the first change.
func (p *pace) notice(now time.Time) {
	p.silent = false
	if p.noticed.IsZero() {
		p.noticed = now
	}
}

// ackBy hurries the next ack.
func (p *pace) ackBy(at time.Time) { p.ackDue = earliest(p.ackDue, at) }

// transmitted resets the clocks: every transmission carries the ack and all changes.
func (p *pace) transmitted(now time.Time) { *p = pace{ackDue: now.Add(ackInterval)} }

// nothingToSay stops the data deadline until something happens.
func (p *pace) nothingToSay() { p.noticed, p.silent = time.Time{}, true }

// conditions are what a sender knows of the path and the peer.
type conditions struct {
	now      time.Time
	heard    time.Time     // when a new state of the peer arrived; zero if none did
	minDelay time.Duration // how long the first change waits for others
	interval time.Duration // between two instructions
	within   time.Duration // in which an ack is expected
}

// dataDeadline returns when the peer must hear of the local state, and the zero Time if
// it need not. There are three situations: something is new; something was sent, but
// seems lost; something was sent and may yet arrive.
func (s *sender[L]) dataDeadline(c conditions) time.Time {
	never := time.Time{}
	if s.pace.silent {
		return never
	}
	back := s.sent.back()
	soonest := back.last.Add(c.interval)
	if s.dirty || !s.current.Equal(back.state) {
		return latest(soonest, s.pace.noticed.Add(c.minDelay))
	}
	if c.heard.IsZero() || c.now.Sub(c.heard) >= activeRetry {
		return never
	}
	assumed := s.sent.assumed(c.now, c.within)
	if !s.current.Equal(s.sent[assumed].state) {
		return soonest
	}
	if assumed > 0 && !s.current.Equal(s.sent.front().state) {
		return latest(soonest, s.sent.lapses(assumed, c.within))
	}
	return never
}
