package ssp

import "time"

// A pace remembers what the deadlines of a sender depend on besides its states
// (docs/protocol.md C5).
type pace struct {
	// noticed is when a change was first noticed after the last transmission;
	// zero if none was. One that can wait does so from then on.
	noticed time.Time

	// silent says that the data deadline passed and there was nothing to say to a
	// peer that holds the state numbered silentTo, as when a change does not show
	// in a diff.
	silent   bool
	silentTo uint64

	// ackDue is when an ack leaves, if need be alone, and zero if none has to; owed
	// says that the peer waits for one.
	ackDue time.Time
	owed   bool
}

// notice starts the clock of the first change.
func (p *pace) notice(now time.Time) {
	p.silent = false
	if p.noticed.IsZero() {
		p.noticed = now
	}
}

// ackBy hurries the next ack.
func (p *pace) ackBy(at time.Time) {
	if p.ackDue.IsZero() || at.Before(p.ackDue) {
		p.ackDue = at
	}
}

// transmitted resets the clocks: every transmission carries the ack and all
// changes. beats says that the peer counts on heartbeats.
func (p *pace) transmitted(now time.Time, beats bool) {
	*p = pace{}
	if beats {
		p.ackDue = now.Add(ackInterval)
	}
}

// conditions are what a sender knows of the path and the peer.
type conditions struct {
	now    time.Time
	heard  time.Time     // when a new state of the peer arrived; zero if none did
	srtt   time.Duration // smoothed round-trip time
	rto    time.Duration // in which an answer that is not delayed is expected
	within time.Duration // how long after a state was sent its ack is expected
	copies int           // how often a state in one datagram is sent besides, for the loss that was seen
	beats  bool          // the peer counts on heartbeats
	opens  time.Time     // when the window lets something out; zero for at once
}

// interval returns the least time between two states that follow each other, given
// how many are without an ack.
func (c conditions) interval(unacked int) time.Duration {
	if unacked < crowd {
		return frameInterval
	}
	return max(c.srtt/crowdShare, frameInterval)
}

// copyGap returns the time between a state and its first copy.
func (c conditions) copyGap() time.Duration {
	return min(max(c.srtt/copyShare, minCopyGap), maxCopyGap)
}

// again returns the time between two repetitions of the same: more if it is large
// and an answer may be on its way.
func (c conditions) again(large bool) time.Duration {
	pause := max(min(c.srtt/2, maxInterval*time.Millisecond), repeatInterval)
	if large {
		return max(pause, c.rto)
	}
	return pause
}

// A spacing lets a burst of states leave at once, and those that follow at a steady
// pace. It holds when the next would leave if all had kept to that.
type spacing struct {
	next     time.Time
	free     int // of a burst that answers the peer, how many may still leave at once
	answered time.Time
}

// opens returns when another state may leave.
func (p spacing) opens() time.Time {
	if p.free > 0 {
		return p.answered
	}
	return p.next.Add(-(burst - 1) * frameInterval)
}

// passed notes that one left.
func (p *spacing) passed(now time.Time, interval time.Duration) {
	p.next = latest(p.next, now).Add(interval)
	p.free = max(p.free-1, 0)
}

// refill lets a whole burst leave again, whatever the pace is.
func (p *spacing) refill(now time.Time) {
	*p = spacing{next: earliest(p.next, now), free: burst, answered: now}
}

// A repetition is how the newest state is sent again while it is not acknowledged:
// first in copies, if the path loses; and when its ack is overdue, again and again.
type repetition struct {
	copies int // still to be sent
	copyAt time.Time
	gap    time.Duration // before the next copy
	count  int           // repetitions for want of an ack
}

// begin plans for a state that was sent for the first time, with so many copies.
func (r *repetition) begin(c conditions, copies int) {
	gap := c.copyGap()
	*r = repetition{copies: copies, gap: gap, copyAt: c.now.Add(gap)}
}

// copied notes that a copy was sent. The next is twice as far away: losses come in
// bursts.
func (r *repetition) copied(now time.Time) {
	r.copies--
	r.gap *= 2
	r.copyAt = now.Add(r.gap)
}

// overdue notes a repetition for want of an ack.
func (r *repetition) overdue() {
	r.copies = 0
	r.count++
}

// dataDeadline returns when the peer must hear of the local state, and the zero
// Time if it need not. There are four situations: something is new; a copy of what
// was sent is due; something was sent, but seems lost; something was sent and may
// yet arrive.
func (s *sender[L]) dataDeadline(c conditions) time.Time {
	never := time.Time{}
	back, front := s.sent.back(), s.sent.front()
	assumed := s.sent.assumed(c.now, c.within)
	if s.pace.silent && s.sent[assumed].num == s.pace.silentTo {
		return s.sent.lapses(assumed, c.within)
	}
	if s.dirty || !s.current.Equal(back.state) {
		if wait, patient := s.canWait(s.current, back.state); patient && !s.dirty {
			return latest(back.last.Add(c.interval(crowd)), s.pace.noticed.Add(wait))
		}
		return latest(s.spacing.opens(), c.opens)
	}
	if c.heard.IsZero() || c.now.Sub(c.heard) >= activeRetry || s.current.Equal(front.state) {
		return never
	}
	if s.again.copies > 0 {
		return latest(s.again.copyAt, c.opens)
	}
	again := back.last
	if s.again.count > 0 {
		again = again.Add(c.again(back.large))
	}
	if !s.current.Equal(s.sent[assumed].state) {
		return again
	}
	return latest(again, s.sent.lapses(assumed, c.within))
}

// isCopyDue reports whether what is due is a copy of the newest state.
func (s *sender[L]) isCopyDue(c conditions) bool {
	return s.again.copies > 0 && passed(s.again.copyAt, c.now) && !s.dirty && !s.final &&
		s.current.Equal(s.sent.back().state) && !s.current.Equal(s.sent.front().state)
}

// isUnanswered reports whether the newest state is all that is to be said, is not
// acknowledged, and was last sent as a diff from the one that is.
func (s *sender[L]) isUnanswered() bool {
	back, front := s.sent.back(), s.sent.front()
	return !s.dirty && back.num != front.num && back.base == front.num && s.current.Equal(back.state)
}

// isHeld reports whether something new waits for the window alone.
func (s *sender[L]) isHeld(c conditions) bool {
	return c.opens.After(c.now) && !s.spacing.opens().After(c.now) && (s.dirty || !s.current.Equal(s.sent.back().state))
}

// nothingToSay stops the data deadline until something changes, be it only that
// what is assumed to be at the peer is taken for lost.
func (s *sender[L]) nothingToSay(c conditions) {
	s.pace.noticed = time.Time{}
	s.pace.silent = true
	s.pace.silentTo = s.sent[s.sent.assumed(c.now, c.within)].num
}
