package ssp

import (
	"math"
	"strings"
	"testing"
	"time"

	"roam/crypto"
	"roam/ssp/wire"
)

func TestLossIsTheShareOfTheGaps(t *testing.T) {
	m := lossMeter{}
	if m.share() != 0 || m.copies() != 0 {
		t.Error("loss where nothing was received")
	}
	for seq := range uint64(1000) {
		m.received(seq)
	}
	if got := m.share(); got != 0 {
		t.Errorf("share = %v without a gap", got)
	}
	for seq := uint64(1000); seq < 3000; seq++ {
		if seq%4 != 0 {
			m.received(seq)
		}
	}
	if got := m.share(); math.Abs(got-0.25) > 0.02 {
		t.Errorf("share = %v where each fourth is lost", got)
	}
	if m.copies() != 1 {
		t.Errorf("copies = %d", m.copies())
	}
	for seq := uint64(3000); seq < 4000; seq++ {
		m.received(seq)
	}
	if got := m.share(); got > fewLost {
		t.Errorf("share = %v after a thousand without loss", got)
	}
}

func TestLateDatagramsAreNotLost(t *testing.T) {
	m := lossMeter{}
	for seq := uint64(0); seq < 1000; seq += 2 {
		m.received(seq + 1)
		m.received(seq)
	}
	if got := m.share(); got > 0.01 {
		t.Errorf("share = %v where all came, each second late", got)
	}
}

func TestOverdueAcksAloneKeepUpNoCopies(t *testing.T) {
	m := lossMeter{}
	for seq := range uint64(2000) {
		m.received(seq)
		if seq%2 == 0 && m.copies() > 0 || seq < 20 {
			m.missed()
		}
		if seq > 1000 && m.copies() > 0 {
			t.Fatalf("share = %v after %d datagrams without a gap", m.share(), seq)
		}
	}
}

func TestAnOutageIsNoShare(t *testing.T) {
	m := lossMeter{}
	for seq := range uint64(200) {
		m.received(seq)
	}
	m.received(100_000)
	if got := m.share(); got > 0.1 {
		t.Errorf("share = %v after one outage", got)
	}
}

// lossy lets a story's peer lose half of its datagrams, so that the story's own
// are sent in two copies.
func lossy(st listStory) {
	st.t.Helper()
	for range 100 {
		st.sealed([]byte("lost"))
		st.ack(0)
	}
	if st.loss.copies() != 2 {
		st.t.Fatalf("share = %v", st.loss.share())
	}
}

func TestCopiesOnAPathThatLoses(t *testing.T) {
	st := begin(t, Client, 100*ms)
	lossy(st)
	st.add("k")
	st.wantSend(`[1->2] ack 1 "k"`)
	st.wantAt(1006250*time.Microsecond, `[1->2] ack 1 "k"`) // a sixteenth of a round trip later
	st.wantAt(1018750*time.Microsecond, `[1->2] ack 1 "k"`) // and twice that
	st.wantAt(1400*ms, `[1->2] ack 1 "k"`)                  // RTO + 100: all were lost
	st.ack(2)
	// What is newer ends the copies of what is older, and brings it along.
	st.add("l")
	st.wantSend(`[2->3] ack 1 "l"`)
	st.advance(5 * ms)
	st.add("m")
	st.wantSend(`[2->4] ack 1 "lm"`)
	st.wantAt(1411250*time.Microsecond, `[2->4] ack 1 "lm"`)
	st.ack(4) // no more
	// A large state is not copied.
	st.advance(time.Second)
	st.add(noise(10_000))
	if x := st.wantSend(`[4->5] ack 1 10000 bytes`); x[0].packets <= largePieces {
		t.Errorf("took %d datagrams", x[0].packets)
	}
	st.advance(399 * ms)
	st.wantQuiet()
	st.ack(5)
}

// TestWhatNobodyWaitsForHasNoCopies: a state that adds nothing urgent to one that left is
// itself a copy of that.
func TestWhatNobodyWaitsForHasNoCopies(t *testing.T) {
	st := newStoryOf(t, Server, board{}, nil)
	st.deliver(wire.Instruction{New: 1, Diff: say(".")})
	st.ack(0)
	st.sample(100 * ms)
	for range 100 {
		st.sealed([]byte("lost"))
		st.ack(0)
	}
	st.take()
	sends := func(what string, b board, want int) {
		st.change(b)
		st.advance(60 * ms)
		if got := len(st.take()); got != want {
			t.Errorf("%s left %d times, want %d", what, got, want)
		}
	}
	sends("an echo", board{version: 1, picture: "a"}, 3)
	sends("its ack", board{version: 1, picture: "a", log: "1"}, 1)
	sends("another echo", board{version: 2, picture: "ab", log: "1"}, 3)
	st.ack(st.SentNum())
	sends("its ack, alone", board{version: 2, picture: "ab", log: "12"}, 1)
	st.ack(st.SentNum())
}

func TestPiecesOnAPathThatLosesAddUp(t *testing.T) {
	st := begin(t, Client, 100*ms)
	lossy(st)
	first := st.outbox.id
	st.local = newList("." + noise(3000))
	st.Touch(st.now)
	var z wire.Assembler
	send := func(lost int) (whole bool) {
		for n := 0; ; n++ {
			b, ok := st.Poll(st.now, nil)
			if !ok {
				return whole
			}
			f := pieceIn(t, st.peer, b)
			if f.ID != first+1 || int(f.Num) != n {
				t.Fatalf("piece %d of %d", f.Num, f.ID)
			}
			if n == lost {
				continue
			}
			if _, done, err := z.Add(f); err != nil {
				t.Fatal(err)
			} else if done {
				whole = true
			}
		}
	}
	if send(1) {
		t.Error("whole without a piece")
	}
	st.now = st.now.Add(6250 * time.Microsecond)
	if !send(0) {
		t.Error("not whole although each piece arrived once")
	}
	st.now = st.now.Add(50 * ms)
	if _, ok := st.Poll(st.now, nil); ok {
		t.Error("a second copy")
	}
	st.ack(2)
}

// TestRepeatedPiecesAddUp: a paste of many datagrams, most of which are lost each time,
// once stopped a session for good.
func TestRepeatedPiecesAddUp(t *testing.T) {
	st := begin(t, Client, 100*ms)
	st.local = newList("." + noise(10_000))
	st.Touch(st.now)
	var z wire.Assembler
	ids := map[uint64]bool{}
	// round sends all that is due, of which each fourth datagram arrives, from the given.
	round := func(arrives int) (pieces int, whole bool) {
		for b, ok := st.Poll(st.now, nil); ok; b, ok = st.Poll(st.now, nil) {
			f := pieceIn(t, st.peer, b)
			ids[f.ID] = true
			if pieces++; int(f.Num)%4 != arrives {
				continue
			}
			_, done, err := z.Add(f)
			if err != nil {
				t.Fatal(err)
			}
			whole = whole || done
		}
		return pieces, whole
	}
	next := func() { st.now = st.NextTimeout() }
	for i := range 4 {
		pieces, whole := round(i)
		for pieces == 0 { // what is so large is no probe
			next()
			pieces, whole = round(i)
		}
		if pieces <= largePieces || whole != (i == 3) || len(ids) != 1 {
			t.Fatalf("round %d: %d pieces of %d instructions, whole: %v", i, pieces, len(ids), whole)
		}
		if st.Stats().Repeats != uint64(i) {
			t.Errorf("%d repetitions counted after %d", st.Stats().Repeats, i)
		}
		next()
	}
	// What is to be acknowledged since then is in none of those pieces.
	st.deliver(wire.Instruction{Old: 1, New: 2, Ack: 1, Diff: say("new")})
	st.now = st.now.Add(ackDelay)
	if round(0); len(ids) != 2 {
		t.Errorf("an ack left in %d instructions", len(ids)-1)
	}
	// Nor do they leave again in another size, or once they have arrived.
	st.SetMaxPayload(MaxPayloadFallback, 0)
	for pieces := 0; pieces == 0; pieces, _ = round(0) {
		next()
	}
	if len(ids) != 3 {
		t.Errorf("%d instructions after a change of size", len(ids))
	}
	st.ack(st.SentNum())
	if st.outbox.loaded != nil {
		t.Error("pieces are kept that have arrived")
	}
}

// TestRepeatedPiecesOweNewAcks: an ack that they do not carry leaves when it would have.
func TestRepeatedPiecesOweNewAcks(t *testing.T) {
	st := begin(t, Client, 100*ms)
	st.add(noise(3000))
	st.wantSend(`[1->2] ack 1 3000 bytes`)
	st.advance(350 * ms)
	st.wantQuiet()
	st.deliver(wire.Instruction{Old: 1, New: 2, Ack: 1, Diff: say("new")})
	st.wantAt(1400*ms, `[1->2] ack 1 3000 bytes`) // RTO + 100, as it was
	st.wantAt(1450*ms, `[1->2] ack 2 3000 bytes`) // the ack's 100 ms
	st.ack(2)
}

func TestACopyKeepsItsBase(t *testing.T) {
	// From what is acknowledged it would take more datagrams.
	st := begin(t, Client, 100*ms)
	lossy(st)
	st.add(noise(3000))
	st.wantSend(`[1->2] ack 1 3000 bytes`)
	st.wantAt(1006250*time.Microsecond, `[1->2] ack 1 3000 bytes`)
	st.advance(13750 * time.Microsecond)
	st.add("k")
	st.wantSend(`[2->3] ack 1 throw 1 "k"`)
	st.wantAt(1026250*time.Microsecond, `[2->3] ack 1 throw 1 "k"`)
	st.ack(3)
}

func TestOnAPathThatLosesTheBaseIsCertain(t *testing.T) {
	st := begin(t, Client, 100*ms)
	lossy(st)
	st.add(strings.Repeat("y", 120))
	st.wantSend(`[1->2] ack 1 120 bytes`)
	st.add(strings.Repeat("y", 500))
	st.wantSend(`[1->3] ack 1 620 bytes`) // else from 2
	st.ack(3)
}

func TestTheAckIsExpectedWhenThePeerUsuallySendsIt(t *testing.T) {
	// A peer whose echoes bring the acks after 101 ms: the fifth is missed after 1.25
	// round trips and the slack, not after an RTO and the delay of acks, 400 ms.
	st := begin(t, Client, 100*ms)
	for n := uint64(2); n < 40; n++ {
		st.add("k")
		st.take()
		st.advance(101 * ms)
		st.ack(n)
		st.advance(99 * ms)
	}
	st.take()
	at := st.since()
	st.add("k")
	st.wantSend(`[39->40] ack 1 "k"`)
	st.wantAt(at+135*ms, `[39->40] ack 1 "k"`)
	st.wantAt(at+235*ms, `[39->40] ack 1 "k"`)
	if st.loss.share() == 0 {
		t.Error("a missing ack is no loss")
	}
	st.ack(40)
}

func TestAnswersOfADelayingPeer(t *testing.T) {
	var a answers
	if got := a.within(100*ms, 300*ms, false); got != 400*ms {
		t.Errorf("without a sample: %v", got)
	}
	for i := range 100 {
		a.sample([]time.Duration{101 * ms, 200 * ms}[i%2])
	}
	if got := a.within(100*ms, 300*ms, false); got < 210*ms || got > 400*ms {
		t.Errorf("of a peer who delays each second ack by 100 ms it is expected within %v", got)
	}
	a = answers{}
	for i := range 100 {
		a.sample([]time.Duration{101 * ms, 102 * ms, 103 * ms, 350 * ms}[i%4])
	}
	if got := a.within(100*ms, 110*ms, true); got > 140*ms {
		t.Errorf("where one ack of four is late by losses it is expected within %v", got)
	}
}

// pieceIn opens a datagram and returns the piece in it.
func pieceIn(t *testing.T, s *crypto.Session, datagram []byte) wire.Fragment {
	t.Helper()
	_, plain, err := s.Open(nil, datagram)
	if err != nil {
		t.Fatal(err)
	}
	p, err := wire.ParsePacket(plain)
	if err != nil {
		t.Fatal(err)
	}
	f, err := wire.ParseFragment(p.Payload)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
