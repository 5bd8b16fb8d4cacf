package ssp

import "time"

// A pace remembers what the deadlines of a sender depend on besides its states
// (docs/protocol.md C5).
type pace struct {
	// noticed is when a change was first noticed after the last transmission;
	// zero if none was.
	noticed time.Time

	// silent says that the data deadline passed and there was nothing to say to a
	// peer that holds the state numbered silentTo, as when a change does not show
	// in a diff.
	silent   bool
	silentTo uint64

	// ackDue is when an ack leaves, if need be alone; hurried says that it does
	// only so that the peer goes on with what can wait.
	ackDue  time.Time
	hurried bool
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

// transmitted resets the clocks: every transmission carries the ack and all
// changes.
func (p *pace) transmitted(now time.Time) { *p = pace{ackDue: now.Add(ackInterval)} }

// conditions are what a sender knows of the path and the peer.
type conditions struct {
	now      time.Time
	heard    time.Time     // when a new state of the peer arrived; zero if none did
	minDelay time.Duration // how long the first change waits for others
	interval time.Duration // between two instructions
	rto      time.Duration // in which an answer that is not delayed is expected
}

// within returns how long after a state was sent its ack is expected.
func (c conditions) within() time.Duration { return c.rto + lossGrace }

// again returns the time between two transmissions of the same: more than the
// interval if it is large and an answer may be on its way.
func (c conditions) again(large bool) time.Duration {
	if large {
		return max(c.interval, c.rto)
	}
	return c.interval
}

// dataDeadline returns when the peer must hear of the local state, and the zero
// Time if it need not. There are three situations: something is new; something
// was sent, but seems lost; something was sent and may yet arrive.
func (s *sender[L]) dataDeadline(c conditions) time.Time {
	never := time.Time{}
	back, front := s.sent.back(), s.sent.front()
	assumed := s.sent.assumed(c.now, c.within())
	if s.pace.silent && s.sent[assumed].num == s.pace.silentTo {
		return s.sent.lapses(assumed, c.within())
	}
	if s.dirty || !s.current.Equal(back.state) {
		last := s.spaced
		if !s.dirty && s.canWait(s.current) {
			last = back.last
		}
		return latest(last.Add(c.interval), s.pace.noticed.Add(c.minDelay))
	}
	if c.heard.IsZero() || c.now.Sub(c.heard) >= activeRetry {
		return never
	}
	again := back.last.Add(c.again(back.large))
	if !s.current.Equal(s.sent[assumed].state) {
		return again
	}
	if !s.current.Equal(front.state) {
		return latest(again, s.sent.lapses(assumed, c.within()))
	}
	return never
}

// nothingToSay stops the data deadline until something changes, be it only that
// what is assumed to be at the peer is taken for lost.
func (s *sender[L]) nothingToSay(c conditions) {
	s.pace.noticed = time.Time{}
	s.pace.silent = true
	s.pace.silentTo = s.sent[s.sent.assumed(c.now, c.within())].num
}
