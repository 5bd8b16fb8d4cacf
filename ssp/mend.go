package ssp

import (
	"time"

	"roam/ssp/wire"
)

// How a state that left in several datagrams is made whole at a roam (docs/protocol.md F9).

// ship keeps the instruction in the outbox, if it has several pieces and the peer tells
// which of them arrive.
func (t *Transport[L, R]) ship(num, base uint64) {
	if t.outbox.pieces() < 2 || !t.tellsPieces() {
		return
	}
	if s := t.ships.of(num); s != nil {
		s.unload() // the new one is as good
	}
	s := t.ships.begin()
	s.load(t.outbox.id, num, base, t.outbox.limit, t.outbox.rest)
	s.event = t.sending
	t.out.sent[t.out.sent.find(num)].grace = orderWait(t.rtt.duration())
}

// takeTally takes in what the peer says of an instruction.
func (t *Transport[L, R]) takeTally(body []byte) error {
	told, err := wire.ParseTally(body, t.spans)
	if err != nil {
		t.stats.Malformed++
		return err
	}
	t.spans = told.Held
	s := t.ships.find(told.ID)
	if s == nil || s.told && told.Newest < s.newest {
		return nil // it is whole, or not kept; or the tally is late
	}
	c := t.conditions()
	l := s.tally(told, t.now.Add(-c.srtt/2), 1+c.copies)
	t.landed(s.num, l)
	if l.missing > 0 {
		if t.loss.share() < fewLost {
			t.window.lost(t.now, c.srtt)
		}
		t.mend(s, true)
	}
	return nil
}

// landed tells who wants to know what arrived of a state that is not whole.
func (t *Transport[L, R]) landed(num uint64, l landing) {
	t.loss.pieces(l.pieces, l.missing)
	t.window.landed(num, l.held+l.gone)
	t.window.delivered(l.held)
	if i := t.out.sent.find(num); i > 0 {
		s := &t.out.sent[i]
		s.bytes = max(s.bytes-l.held, 0)
	}
	if l.large {
		t.mtu.arrived()
	}
}

// mend plans that the pieces of s that are lost leave again. If they would have another
// size now, the state is taken for lost instead. kept says that the peer keeps what follows
// it.
func (t *Transport[L, R]) mend(s *shipment, kept bool) {
	i := t.out.sent.find(s.num)
	t.mtu.adapt(t.now, t.loss.share(), t.limits())
	if i <= 0 || s.limit != pieceLimit(t.mtu.limit(t.limits())) {
		if i > 0 {
			t.out.sent[i].first = time.Time{}
		}
		s.unload()
		return
	}
	if isLarge(s.size(s.nextLost())) {
		t.mtu.sent(t.now)
	}
	t.out.sent.mended(i, t.now, kept)
	t.stats.Instructions++
	t.stats.Repeats++
	if t.cfg.Trace != nil {
		s.event.Again = true
		t.trace(s.event)
	}
}

// mendOverdue lets what is missing of large states leave again whose acks are overdue, if
// the newest depends on them, from the oldest up to the first that was no large one. more
// says that the local state is newer than the newest. It reports whether all that is to
// be said is on its way again.
func (t *Transport[L, R]) mendOverdue(more bool) bool {
	if t.out.final {
		return false
	}
	c, back := t.conditions(), len(t.out.sent)-1
	mended := false
	for i := 0; i < back; {
		i = t.out.sent.below(back, i)
		if t.out.sent.isAssumed(i, t.now, c.within) {
			continue
		}
		s := t.ships.of(t.out.sent[i].num)
		if s == nil || !t.mendAll(s, c, more) {
			return false
		}
		if !mended {
			mended = true
			t.out.again.overdue()
			t.miss(c)
		}
	}
	return mended && !more
}

// mendAll lets all that is missing of s leave again. If nothing was told of it, the last
// piece does alone at first: the peer then tells, or acknowledges; with more to say, what
// nothing is known of is not waited for. It reports whether anything is to leave.
func (t *Transport[L, R]) mendAll(s *shipment, c conditions, more bool) bool {
	if more && !s.told {
		return false
	}
	if s.overdue++; s.overdue > maxOverdue {
		s.unload()
		return false
	}
	s.missing(1+c.copies, !s.told && s.overdue == 1)
	if s.lost == 0 {
		return false
	}
	t.mend(s, false)
	return s.lost > 0
}

// mendsNow reports whether a piece leaves again now.
func (t *Transport[L, R]) mendsNow() bool {
	if t.ships.lacking() == nil {
		return false
	}
	if !t.opens().IsZero() {
		t.window.hold(t.now)
		return false
	}
	return true
}

// mendsAt returns when a piece leaves again; the zero Time if none is to.
func (t *Transport[L, R]) mendsAt() time.Time {
	if t.ships.lacking() == nil {
		return time.Time{}
	}
	return latest(t.opens(), t.now)
}

// emitLost seals the next piece that leaves again.
func (t *Transport[L, R]) emitLost(dst []byte) ([]byte, error) {
	s := t.ships.lacking()
	n := s.nextLost()
	sending := t.sending
	t.sending = s.event
	datagram, err := t.seal(dst, s.piece(n), false)
	t.sending = sending
	if err != nil {
		return nil, err
	}
	s.sent(n, sequence(datagram[len(dst):]), t.now)
	t.window.sent(t.now, s.num, len(datagram)-len(dst))
	if i := t.out.sent.find(s.num); i > 0 {
		t.out.sent.mended(i, t.now, true)
	}
	return datagram, nil
}
