package ssp

import (
	"testing"
	"time"

	"roam/ssp/wire"
)

// The facts of docs/protocol.md B5, as stories.

func TestOnlyTheNewestDatagramMovesTheAddress(t *testing.T) {
	st := begin(t, Server, 100*ms)
	empty := wire.AppendFragment(wire.AppendPacket(nil, wire.Packet{Timestamp: 1, Reply: wire.NoTimestamp}), wire.Fragment{ID: 50, Num: 1})
	first, second := st.sealed(empty), st.sealed(empty)
	if r, err := st.Receive(st.now, second, false); !r.Newest || err != nil {
		t.Errorf("a lone piece of an instruction: %+v, %v, want Newest", r, err)
	}
	if r, err := st.Receive(st.now, first, false); r.Newest || err != nil {
		t.Errorf("a late one: %+v, %v", r, err)
	}
	if r, err := st.Receive(st.now, second, false); r.Newest || err == nil {
		t.Errorf("a replayed one: %+v, %v, want an error", r, err)
	}
	if r, err := st.deliverPlain([]byte{1, 2, 3, 4}, false); !r.Newest || err == nil {
		t.Errorf("one without a fragment: %+v, %v, want Newest and an error", r, err)
	}
	if r, err := st.deliverPlain([]byte{1, 2, 3}, false); r.Newest || err == nil {
		t.Errorf("one without timestamps: %+v, %v, want an error alone", r, err)
	}
}

func TestForgedDatagramsChangeNothing(t *testing.T) {
	st := begin(t, Server, 100*ms)
	good := st.sealed(wire.AppendFragment(wire.AppendPacket(nil, wire.Packet{Timestamp: 1, Reply: 1}), wire.Fragment{ID: 50, Final: true, Body: compress(wire.Instruction{Version: 2, Old: 1, New: 2})}))
	before := st.Stats()
	for i := range good {
		bad := append([]byte(nil), good...)
		bad[i] ^= 1
		if r, err := st.Receive(st.now, bad, true); r != (Receipt{}) || err == nil {
			t.Errorf("with byte %d flipped: %+v, %v", i, r, err)
		}
		if r, err := st.Receive(st.now, good[:i], true); r != (Receipt{}) || err == nil {
			t.Errorf("cut at %d: %+v, %v", i, r, err)
		}
	}
	if r, err := st.Receive(st.now, make([]byte, maxDatagram+1), false); r != (Receipt{}) || err != ErrTooLong {
		t.Errorf("2049 bytes: %+v, %v", r, err)
	}
	after := st.Stats()
	if after.Unauthentic != before.Unauthentic+uint64(2*len(good)+1) {
		t.Errorf("%d datagrams counted as unauthentic", after.Unauthentic-before.Unauthentic)
	}
	after.Unauthentic = before.Unauthentic
	if after != before {
		t.Errorf("the counters are %+v, were %+v", after, before)
	}
	if r, err := st.Receive(st.now, good, false); !r.NewState || err != nil {
		t.Errorf("the true one afterwards: %+v, %v", r, err)
	}
}

func TestServerDetaches(t *testing.T) {
	st := begin(t, Server, 100*ms) // last heard at 0
	for s := 3 * time.Second; s <= 39*time.Second; s += ackInterval {
		st.advance(testStart.Add(s).Sub(st.now))
		st.take()
	}
	if !st.Attached() {
		t.Fatal("detached before 40 s")
	}
	st.wantAt(42*time.Second, `[1->15] ack 1`) // the last heartbeat
	if st.Attached() {
		t.Error("attached after 42 s")
	}
	st.set("output for nobody")
	st.advance(time.Hour)
	st.wantQuiet()
	if !st.NextTimeout().IsZero() {
		t.Error("a detached server has a timeout")
	}
	st.deliver(wire.Instruction{Old: 1, New: 2, Ack: 15})
	st.wantSend(`[15->16] ack 2 "output for nobody"`)
	st.ack(16)
}

func TestServerDetachesInTheMiddleOfAnInstruction(t *testing.T) {
	st := begin(t, Server, 100*ms)
	st.advance(39 * time.Second)
	st.take()
	st.local = newList(noise(4000))
	st.now = st.now.Add(time.Second)
	st.Touch(st.now)
	st.now = st.now.Add(10 * ms)
	st.flush() // one datagram leaves, then the server finds that it is alone
	st.wantQuiet()
	if st.Attached() {
		t.Fatal("still attached")
	}
	st.deliver(wire.Instruction{Old: 1, New: 2, Ack: 1})
	if sent := st.take(); len(sent) != 1 || len(sent[0].ins.Diff) < 4000 {
		t.Errorf("sent %v, want the state again", sent)
	}
}

func TestPortHop(t *testing.T) {
	st := begin(t, Client, 100*ms)
	var hops []time.Duration
	hear := func(until time.Duration, answer bool) {
		for st.since() < until {
			st.advance(100 * ms)
			for _, x := range st.take() {
				if answer {
					st.deliver(wire.Instruction{Old: 1, New: 1, Ack: x.ins.New})
				}
				if st.HopDue(st.now) {
					hops = append(hops, st.since())
					if st.HopDue(st.now) {
						t.Error("one hop was reported twice")
					}
				}
			}
		}
	}
	hear(30*time.Second, true)
	if len(hops) != 0 {
		t.Errorf("hopped at %v with answers", hops)
	}
	// The last answered heartbeat left at 30 s. The first hop comes with the first
	// heartbeat that leaves 3 s after an answer was due; from then on each fourth is
	// late by more than 10 s when it leaves.
	hear(70*time.Second, false)
	want := []time.Duration{39 * time.Second, 51 * time.Second, 63 * time.Second}
	if len(hops) != len(want) || hops[0] != want[0] || hops[1] != want[1] || hops[2] != want[2] {
		t.Errorf("hopped at %v, want %v", hops, want)
	}
}

func TestPortHopWithoutAnyAnswer(t *testing.T) {
	st := newStory(t, Client, nil)
	st.set(".")
	st.advance(12 * time.Second)
	st.take()
	if !st.HopDue(st.now) {
		t.Error("no hop at 12 s")
	}
	if !st.LastHeard().IsZero() || !st.LastReply().IsZero() {
		t.Errorf("heard at %v, replied at %v", st.LastHeard(), st.LastReply())
	}
	server := begin(t, Server, 100*ms)
	server.advance(39 * time.Second)
	server.take()
	if server.HopDue(server.now) {
		t.Error("a server hops")
	}
}

func TestLastHeardAndLastReply(t *testing.T) {
	st := begin(t, Client, 100*ms)
	st.add("k")
	st.wantSend(`[1->2] ack 1 "k"`)
	st.advance(200 * ms)
	st.deliver(wire.Instruction{Old: 1, New: 2, Ack: 2})
	if got := st.LastHeard().Sub(testStart); got != 1200*ms {
		t.Errorf("LastHeard is at %v, want 1.201s", got)
	}
	if got := st.LastReply().Sub(testStart); got != 1000*ms {
		t.Errorf("LastReply is at %v, want 1.001s", got)
	}
	st.advance(time.Second)
	st.deliver(wire.Instruction{Old: 1, New: 2, Ack: 2}) // nothing new
	if got := st.LastHeard().Sub(testStart); got != 1200*ms {
		t.Errorf("LastHeard is at %v after a repeated state", got)
	}
}
