package ssp

import (
	"slices"
	"time"

	"roam/ssp/wire"
)

// Between two roams the receiver of an instruction of several pieces tells which of them
// have arrived while it is not whole (docs/protocol.md F9), so that one lost datagram
// costs one piece. When it tells is a question of how sure it is that something is missing,
// and of how much the sender may then send.
const (
	// tallyPieces is how many pieces, without a gap, are told of at once: they let the
	// sender's window grow within a large frame. A tally takes the 20th part of one.
	tallyPieces = 8

	// gapShare is the part of a round trip for which a gap may be one of order, at least
	// and at most so long.
	gapShare = 8
	minGap   = 2 * time.Millisecond
	maxGapBy = 20 * time.Millisecond

	// restShare is the part of a round trip after which pieces without a gap are told of,
	// at least and at most so long: the sender may wait for its window.
	restShare = 2
	minRest   = 20 * time.Millisecond
	maxRest   = 100 * time.Millisecond

	// maxTallies is how many instructions are told of at a time: as many as are kept
	// while they are incomplete.
	maxTallies = 8

	// maxWhole is how many instructions are remembered that became whole, so that a piece
	// that comes later is a question for our ack and not the begin of another one.
	maxWhole = 8
)

// A tally is what is owed to the sender of an instruction that is not whole.
type tally struct {
	id     uint64
	pieces int       // that are here
	fresh  int       // of these, not told of yet
	since  time.Time // when the first of these came
	due    time.Time // zero: nothing is owed
	again  int       // how often the same is told again, where tallies may be lost
}

// tallies is the receiver's part. The zero value owes nothing.
type tallies struct {
	owed  []tally
	whole [maxWhole]uint64 // ids; those of instructions begin with 1
	next  int              // place for the next of them
	spans []wire.Span      // scratch
	body  []byte           // scratch
}

// find returns the tally of an instruction, nil if there is none.
func (s *tallies) find(id uint64) *tally {
	for i := range s.owed {
		if s.owed[i].id == id {
			return &s.owed[i]
		}
	}
	return nil
}

// claim returns a tally for another instruction, if need be instead of the oldest.
func (s *tallies) claim(id uint64) *tally {
	if len(s.owed) == maxTallies {
		s.owed = slices.Delete(s.owed, 0, 1)
	}
	s.owed = append(s.owed, tally{id: id})
	return &s.owed[len(s.owed)-1]
}

// became notes that an instruction is whole and its state known.
func (s *tallies) became(id uint64) {
	s.whole[s.next] = id
	s.next = (s.next + 1) % maxWhole
}

// isWhole reports whether an instruction became whole lately.
func (s *tallies) isWhole(id uint64) bool { return slices.Contains(s.whole[:], id) }

// piece notes that there are now so many pieces, and repeats what it tells so often.
func (o *tally) piece(now time.Time, pieces int, gap bool, trip time.Duration, again int) {
	order := orderWait(trip)
	if pieces <= o.pieces { // it was here: the sender does not know
		o.by(now.Add(order))
		return
	}
	o.fresh += pieces - o.pieces
	o.pieces, o.again = pieces, again
	if gap {
		o.again = max(again, 1) // what tells of a loss is likely to be lost too
	}
	if o.since.IsZero() {
		o.since, o.due = now, time.Time{}
	}
	switch {
	case gap:
		o.by(o.since.Add(order))
	case o.fresh >= tallyPieces:
		o.by(now)
	default:
		o.by(o.since.Add(min(max(trip/restShare, minRest), maxRest)))
	}
}

// orderWait returns for how long a gap may be one of order.
func orderWait(trip time.Duration) time.Duration {
	return min(max(trip/gapShare, minGap), maxGapBy)
}

// by hurries the tally.
func (o *tally) by(at time.Time) {
	if o.due.IsZero() || at.Before(o.due) {
		o.due = at
	}
}

// told notes that it was sent.
func (o *tally) told(now time.Time, trip time.Duration) {
	o.fresh, o.since, o.due = 0, time.Time{}, time.Time{}
	if o.again > 0 {
		o.again--
		o.due = now.Add(orderWait(trip))
	}
}

// nextTally returns what is due first, nil if nothing is owed.
func (s *tallies) nextTally() *tally {
	var first *tally
	for i := range s.owed {
		if o := &s.owed[i]; !o.due.IsZero() && (first == nil || o.due.Before(first.due)) {
			first = o
		}
	}
	return first
}

// tellsPieces reports whether both ends tell each other which pieces arrived.
func (t *Transport[L, R]) tellsPieces() bool {
	return t.nego.inForce() && t.cfg.Tallies != nil && t.cfg.Tallies()
}

// tallyDue returns when the next tally is due; the zero Time for never.
func (t *Transport[L, R]) tallyDue() time.Time {
	if o := t.tallies.nextTally(); o != nil {
		return o.due
	}
	return time.Time{}
}

// notePiece takes in that a piece came of an instruction that is not whole.
func (t *Transport[L, R]) notePiece(id uint64) {
	if !t.tellsPieces() {
		return
	}
	o := t.tallies.find(id)
	if o == nil {
		o = t.tallies.claim(id)
	}
	pieces, gap := t.assembler.Progress(id)
	o.piece(t.now, pieces, gap, t.rtt.duration(), t.loss.copies())
}

// dropTallies forgets those of instructions of which no piece is kept: they are whole, or
// were displaced.
func (t *Transport[L, R]) dropTallies() {
	t.tallies.owed = slices.DeleteFunc(t.tallies.owed, func(o tally) bool {
		pieces, _ := t.assembler.Progress(o.id)
		return pieces == 0
	})
}

// emitTally appends the tally that is due first to dst.
func (t *Transport[L, R]) emitTally(dst []byte) ([]byte, error) {
	o := t.tallies.nextTally()
	t.tallies.spans = t.assembler.Held(t.tallies.spans, o.id)
	o.told(t.now, t.rtt.duration())
	t.tallies.body = wire.AppendTally(t.tallies.body[:0], wire.Tally{ID: o.id, Newest: t.path.highest, Held: t.tallies.spans})
	return t.seal(dst, wire.Fragment{ID: wire.KindID(kindTally), Body: t.tallies.body}, false)
}

// pieceOfWhole takes in a piece of an instruction that became whole before: if our ack
// can have come by now, it was lost.
func (t *Transport[L, R]) pieceOfWhole() {
	if t.now.Sub(t.out.sent.back().last) >= t.rtt.duration()/2 {
		t.out.pace.ackBy(t.now)
	}
}
