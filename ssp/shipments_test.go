package ssp

import (
	"slices"
	"testing"
	"time"

	"roam/ssp/wire"
)

// shipped10 is a shipment of ten pieces that left in datagrams 0 to 9.
func shipped10() *shipment {
	s := &shipment{}
	s.load(7, 3, 2, 100, make([]byte, 950))
	for n := range s.pieces {
		s.sent(n, uint64(n), testStart)
	}
	return s
}

// spans returns spans, given by where they begin and end.
func spans(ends ...uint16) (held []wire.Span) {
	for i := 0; i < len(ends); i += 2 {
		held = append(held, wire.Span{From: ends[i], To: ends[i+1]})
	}
	return held
}

// lostOf returns which pieces are to leave again, in the order in which they do.
func lostOf(s *shipment) (lost []int) {
	for n := s.nextLost(); n >= 0; n = s.nextLost() {
		lost = append(lost, n)
		s.sent(n, uint64(100+len(lost)), testStart.Add(time.Second))
	}
	return lost
}

func TestWhatIsLostOfAShipment(t *testing.T) {
	later := testStart.Add(time.Second)
	for _, c := range []struct {
		name   string
		newest uint64
		held   []wire.Span
		at     time.Time
		times  int
		want   []int
	}{
		{"nothing yet", 3, spans(0, 4), later, 1, nil},
		{"what left before the newest", 6, spans(0, 2, 3, 4, 6, 7), later, 1, []int{2, 4, 5}},
		{"each twice, in turns", 9, spans(0, 8, 9, 10, 20, 30), later, 2, []int{8, 8}},
		{"two of them twice", 9, spans(0, 1, 2, 8, 9, 10), later, 2, []int{1, 8, 1, 8}},
		{"before anybody can know", 9, spans(0, 1), testStart.Add(-1), 1, nil},
	} {
		s := shipped10()
		l := s.tally(wire.Tally{ID: 7, Newest: c.newest, Held: c.held}, c.at, c.times)
		if got := lostOf(s); !slices.Equal(got, c.want) || s.lost != 0 {
			t.Errorf("%s: %v leave again, want %v; %d left", c.name, got, c.want, s.lost)
		}
		held := 0
		for _, span := range c.held {
			for n := span.From; n < min(span.To, 10); n++ {
				held += s.size(int(n))
			}
		}
		if l.held != held || l.large {
			t.Errorf("%s: %+v landed, want %d bytes", c.name, l, held)
		}
	}
}

// TestPiecesThatLeftAgainAreJudgedByTheirLastDatagram: a tally of the first ones says
// nothing of the second, and what the receiver gave up is lost again.
func TestPiecesThatLeftAgainAreJudgedByTheirLastDatagram(t *testing.T) {
	s := shipped10()
	later := testStart.Add(time.Minute)
	told := func(newest uint64, held ...uint16) []int {
		s.tally(wire.Tally{ID: 7, Newest: newest, Held: spans(held...)}, later, 1)
		return lostOf(s)
	}
	if got := told(9, 0, 4, 5, 10); !slices.Equal(got, []int{4}) {
		t.Fatalf("%v leave", got)
	}
	if got := told(50, 0, 4, 5, 10); got != nil {
		t.Errorf("%v leave although a datagram of theirs may be on its way", got)
	}
	if got := told(102, 0, 4, 5, 10); !slices.Equal(got, []int{4}) {
		t.Errorf("%v leave", got)
	}
	if got := told(200, 9, 10); !slices.Equal(got, []int{0, 1, 2, 3, 5, 6, 7, 8, 4}) {
		t.Errorf("%v leave after the receiver gave them up", got)
	}
}

// TestATallyOfManySpansSaysNothingOfTheRest: it has room for so many.
func TestATallyOfManySpansSaysNothingOfTheRest(t *testing.T) {
	s := &shipment{}
	s.load(7, 3, 2, 10, make([]byte, 10*1000))
	for n := range s.pieces {
		s.sent(n, uint64(n), testStart)
	}
	var held []wire.Span
	for n := range uint16(wire.MaxSpans) {
		held = append(held, wire.Span{From: 2 * n, To: 2*n + 1})
	}
	s.tally(wire.Tally{ID: 7, Newest: 5000, Held: held}, testStart, 1)
	if got := lostOf(s); len(got) != wire.MaxSpans-1 || got[len(got)-1] != 2*wire.MaxSpans-3 {
		t.Errorf("%v leave", got)
	}
}

func TestShipmentsAreFew(t *testing.T) {
	var s shipments
	for id := range uint64(3 * maxShipments) {
		s.begin().load(id+1, id+1, id, 1000, make([]byte, 100_000))
	}
	kept := 0
	for id := range uint64(3 * maxShipments) {
		if s.find(id+1) != nil {
			kept++
		}
	}
	if kept != maxShipments || s.find(0) != nil {
		t.Errorf("%d are kept", kept)
	}
	s.acked(100)
	for i := range s.all {
		if o := &s.all[i]; o.id != 0 || cap(o.body) > keepShipment {
			t.Errorf("shipment %d and %d bytes are kept", o.id, cap(o.body))
		}
	}
	if s.lacking() != nil || s.of(5) != nil || s.oldest(9) != 9 {
		t.Error("something of them is left")
	}
}

// beginTallies is a story of a client that has sent eight pieces to a roam that tells which
// arrived; packets before them are not counted.
func beginTallies(t *testing.T) (st listStory, left func() int) {
	st = beginRoams(t, Client, 100*ms, "pt")
	st.add(noise(9000))
	st.take()
	seen := len(st.packets)
	return st, func() int {
		st.flush()
		n := len(st.packets) - seen
		seen = len(st.packets)
		st.take()
		return n
	}
}

func (st listStory) tell(tally wire.Tally) error {
	st.t.Helper()
	return st.deliverKind(kindTally, wire.AppendTally(nil, tally)...)
}

// TestALiarMakesUsRepeatOnceInHalfARoundTrip: whatever it says, no piece leaves again
// sooner, and nothing of what it has no idea of.
func TestALiarMakesUsRepeatOnceInHalfARoundTrip(t *testing.T) {
	st, left := beginTallies(t)
	id := st.outbox.id
	lie := wire.Tally{ID: id, Newest: 1 << 60, Held: spans(0, 1)}
	for i := range 40 {
		if err := st.tell(lie); err != nil {
			t.Fatal(err)
		}
		lie.Newest++
		if n := left(); n > 14 || n > 0 && i%10 > 1 {
			t.Errorf("after %d ms %d pieces left", 5*i, n)
		}
		st.now = st.now.Add(5 * ms)
	}
	left()
	for _, tally := range []wire.Tally{{ID: id + 1, Held: lie.Held}, {ID: 0, Held: lie.Held}, {ID: id, Newest: 1, Held: lie.Held}} {
		if st.tell(tally); left() > 0 {
			t.Errorf("pieces left after %v", tally)
		}
	}
	if err := st.deliverKind(kindTally, 1); err != wire.ErrTally {
		t.Errorf("a malformed tally: %v", err)
	}
	st.ack(st.SentNum())
	st.take()
}

// TestAStateWhosePiecesAreNeverAcknowledgedIsSentAnew: under another id, should the peer have
// no use for the first.
func TestAStateWhosePiecesAreNeverAcknowledgedIsSentAnew(t *testing.T) {
	st, left := beginTallies(t)
	id, total := st.outbox.id, 0
	for range 100 {
		st.deliver(wire.Instruction{})
		total += left()
		st.now = st.now.Add(50 * ms)
	}
	if st.outbox.id == id {
		t.Errorf("nothing was sent anew in 5 s; %d pieces left again", total)
	}
	if total > 250 {
		t.Errorf("%d pieces left again", total)
	}
	st.ack(st.SentNum())
	st.take()
	if st.ships.of(st.SentNum()) != nil {
		t.Error("pieces are kept that have arrived")
	}
}

func TestParkedInstructionsAreBounded(t *testing.T) {
	var p parked
	for n := range uint64(100) {
		p.park(n, wire.Instruction{Old: n, New: n + 1, Diff: make([]byte, 100)})
		p.park(n, wire.Instruction{Old: n, New: n + 1, Diff: make([]byte, 100)})
	}
	if len(p.waiting) != maxParked || p.size != 100*maxParked {
		t.Errorf("%d wait, of %d bytes", len(p.waiting), p.size)
	}
	never := func(wire.Instruction) bool { return false }
	if w, ok := p.next(func(ins wire.Instruction) bool { return ins.Old == 5 }, func(ins wire.Instruction) bool { return ins.Old > 2 }); !ok || w.ins.New != 6 || p.holds(2) || !p.holds(4) {
		t.Errorf("%+v, %v is next", w.ins, ok)
	}
	if _, ok := p.next(never, never); ok || p.size != 0 || len(p.waiting) != 0 {
		t.Errorf("%d bytes wait that need not", p.size)
	}
	p.park(1, wire.Instruction{New: 1, Diff: make([]byte, maxParkedBytes+1)})
	if len(p.waiting) != 0 {
		t.Error("one of any size waits")
	}
}
