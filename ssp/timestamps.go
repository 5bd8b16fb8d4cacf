package ssp

import (
	"time"

	"roam/ssp/wire"
)

const (
	// replyWithin is how old a held timestamp may be when it is sent back.
	replyWithin = 1000 * time.Millisecond

	// congestionPenalty in milliseconds is taken from a timestamp that came with
	// the mark "congestion experienced". It comes back to the peer as a longer
	// round trip, which makes it send less often.
	congestionPenalty = 500
)

// timestamps is our 16-bit millisecond clock and the newest value of the peer's
// (docs/protocol.md B1). Neither side ever interprets the other's clock.
type timestamps struct {
	epoch  time.Time // when our clock was 0
	held   uint16    // the peer's newest timestamp
	heldAt time.Time
	holds  bool
}

// now returns our clock, which never reads wire.NoTimestamp.
func (s *timestamps) now(now time.Time) uint16 {
	ms := uint16(now.Sub(s.epoch).Milliseconds())
	if ms == wire.NoTimestamp {
		return 0
	}
	return ms
}

// hold keeps a timestamp of the peer's for the next datagram that we send.
func (s *timestamps) hold(now time.Time, timestamp uint16, congested bool) {
	if timestamp == wire.NoTimestamp {
		return
	}
	if congested {
		timestamp -= congestionPenalty
	}
	s.held, s.heldAt, s.holds = timestamp, now, true
}

// reply returns what a datagram sent now says about the peer's clock, once for
// each timestamp. Adding the time that we held it makes the peer's sample exclude
// our delay.
func (s *timestamps) reply(now time.Time) uint16 {
	held := now.Sub(s.heldAt)
	if !s.holds || held >= replyWithin {
		return wire.NoTimestamp
	}
	s.holds = false
	return s.held + uint16(held.Milliseconds())
}

// roundTrip returns the round-trip time in milliseconds that a reply stands for.
// A reply that the peer made up gives any number.
func (s *timestamps) roundTrip(now time.Time, reply uint16) uint16 { return s.now(now) - reply }
