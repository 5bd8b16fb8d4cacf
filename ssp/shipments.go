package ssp

import (
	"time"

	"roam/ssp/wire"
)

const (
	// maxShipments is how many instructions of several pieces are kept so that their
	// pieces can leave again: a large frame, and what follows it in a round trip. The
	// receiver keeps twice as many.
	maxShipments = 4

	// maxOverdue is how often an instruction leaves again without any news of it. Then
	// its state is sent anew.
	maxOverdue = 4

	// keepShipment is the largest buffer kept for the next one, in bytes.
	keepShipment = 16 << 10
)

// A shipment is an instruction of several pieces on its way to a roam, which tells what
// arrives of it (docs/protocol.md F9).
type shipment struct {
	id      uint64 // of the instruction; 0: none
	num     uint64 // of its state
	base    uint64 // of the state from which the diff leads there
	limit   int    // bytes in a piece
	body    []byte
	pieces  []shipped
	told    bool   // a tally came
	newest  uint64 // number of the datagram up to which it speaks
	overdue int    // how often it left again for want of any news
	lost    int    // datagrams that are to leave again
	event   Event  // that tells of the instruction, for Config.Trace
}

// A shipped is what became of a piece.
type shipped struct {
	seq  uint64 // of the last datagram that had it, plus 1; 0: it has not left
	at   time.Time
	held bool // by the peer
	left int  // how often it is to leave again, since it is lost
}

// load makes s the shipment of an instruction.
func (s *shipment) load(id, num, base uint64, limit int, body []byte) {
	*s = shipment{id: id, num: num, base: base, limit: limit, body: append(s.body[:0], body...), pieces: s.pieces[:0]}
	for range (len(body) + limit - 1) / limit {
		s.pieces = append(s.pieces, shipped{})
	}
}

// unload forgets the instruction.
func (s *shipment) unload() {
	body, pieces := s.body, s.pieces
	*s = shipment{}
	if cap(body) <= keepShipment {
		s.body, s.pieces = body[:0], pieces[:0]
	}
}

// piece returns the piece with a number.
func (s *shipment) piece(n int) wire.Fragment {
	from := n * s.limit
	to := min(from+s.limit, len(s.body))
	return wire.Fragment{ID: s.id, Num: uint16(n), Final: to == len(s.body), Body: s.body[from:to]}
}

// size returns how many bytes the datagram with a piece has.
func (s *shipment) size(n int) int { return min(s.limit, len(s.body)-n*s.limit) + fixedOverhead }

// sent notes that a piece left in the datagram with a number.
func (s *shipment) sent(n int, seq uint64, now time.Time) {
	p := &s.pieces[n]
	if p.left > 0 {
		p.left--
		s.lost--
	}
	p.seq, p.at = seq+1, now
}

// lose notes that a piece is to leave again, so often.
func (s *shipment) lose(n, times int) {
	p := &s.pieces[n]
	s.lost += times - p.left
	p.left, p.held = times, false
}

// nextLost returns the piece that is to leave again and has left longest ago.
func (s *shipment) nextLost() int {
	next := -1
	for n, p := range s.pieces {
		if p.left > 0 && (next < 0 || p.seq < s.pieces[next].seq) {
			next = n
		}
	}
	return next
}

// missing lets what has left and is not known to have arrived leave again, so often; last:
// only the last piece of that.
func (s *shipment) missing(times int, last bool) {
	for n := len(s.pieces) - 1; n >= 0; n-- {
		if p := &s.pieces[n]; p.seq == 0 || p.held {
			continue
		}
		s.lose(n, times)
		if last {
			return
		}
	}
}

// A landing is what a tally says of a shipment that was not known.
type landing struct {
	pieces, missing int  // that arrived, and that did not
	held, gone      int  // bytes of theirs
	large           bool // a large datagram arrived
}

// tally takes in what has arrived. A piece is lost if a datagram that left after it has
// arrived and it has not: by the numbers of the datagrams, so that one that left twice is
// not taken for the other. What left after credible cannot be spoken of.
// What is lost is to leave again so often.
func (s *shipment) tally(t wire.Tally, credible time.Time, times int) (l landing) {
	s.told, s.newest, s.overdue = true, t.Newest, 0
	held := t.Held
	for n := range s.pieces {
		for len(held) > 0 && int(held[0].To) <= n {
			held = held[1:]
		}
		here := len(held) > 0 && int(held[0].From) <= n
		told := len(held) > 0 || len(t.Held) < wire.MaxSpans
		p := &s.pieces[n]
		switch {
		case p.seq == 0 || !told:
		case here && !p.held:
			s.lost -= p.left
			p.held, p.left = true, 0
			l.pieces++
			l.held += s.size(n)
			l.large = l.large || isLarge(s.size(n))
		case !here && p.left == 0 && p.seq <= t.Newest && !p.at.After(credible):
			s.lose(n, times)
			l.missing++
			l.gone += s.size(n)
		}
	}
	return l
}

// shipments are those that may have to be mended.
type shipments struct {
	all  [maxShipments]shipment
	next int // the one that is displaced next
}

// begin makes room for another one, and returns it.
func (s *shipments) begin() *shipment {
	for i := range s.all {
		if s.all[i].id == 0 {
			return &s.all[i]
		}
	}
	s.next = (s.next + 1) % maxShipments
	return &s.all[s.next]
}

// find returns the shipment of an instruction, nil if it is not kept.
func (s *shipments) find(id uint64) *shipment {
	for i := range s.all {
		if s.all[i].id == id && id != 0 {
			return &s.all[i]
		}
	}
	return nil
}

// of returns the newest shipment of a state, nil if there is none.
func (s *shipments) of(num uint64) *shipment {
	var newest *shipment
	for i := range s.all {
		if o := &s.all[i]; o.id != 0 && o.num == num && (newest == nil || o.id > newest.id) {
			newest = o
		}
	}
	return newest
}

// lacking returns the oldest shipment of which pieces are to leave again, nil if there is
// none.
func (s *shipments) lacking() *shipment {
	var oldest *shipment
	for i := range s.all {
		if o := &s.all[i]; o.lost > 0 && (oldest == nil || o.id < oldest.id) {
			oldest = o
		}
	}
	return oldest
}

// acked forgets what the peer, which holds the state numbered num, needs no more. It
// returns how many pieces of that were not known to have arrived.
func (s *shipments) acked(num uint64) (arrived int) {
	for i := range s.all {
		o := &s.all[i]
		if o.id == 0 || o.num > num {
			continue
		}
		for _, p := range o.pieces {
			if o.num == num && !p.held {
				arrived++
			}
		}
		o.unload()
	}
	return arrived
}

// oldest returns the lowest number of a state from which the diff of a shipment leads, or
// num if that is lower: the peer is not to forget it.
func (s *shipments) oldest(num uint64) uint64 {
	for i := range s.all {
		if o := &s.all[i]; o.id != 0 {
			num = min(num, o.base)
		}
	}
	return num
}

// clear forgets all.
func (s *shipments) clear() {
	for i := range s.all {
		s.all[i].unload()
	}
}
