package ssp

import (
	"errors"
	"strings"
	"testing"
	"time"

	"roam/crypto"
	"roam/ssp/wire"
)

// The facts of docs/protocol.md C7, as stories.

func TestShutdown(t *testing.T) {
	st := begin(t, Server, 100*ms)
	st.local = newList("bye")
	st.Touch(st.now)
	st.Shutdown(st.now)
	st.wantPhase(Closing)
	st.wantSend(`[1->INF] ack 1 "bye"`)
	st.set("too late")
	st.wantAt(1050*ms, `[1->INF] ack 1 "bye"`)
	st.ack(wire.Final)
	st.wantPhase(Done)
	if !st.NextTimeout().IsZero() || st.Err() != nil {
		t.Errorf("after the end: timeout %v, error %v", st.NextTimeout(), st.Err())
	}
	if _, err := st.deliver(wire.Instruction{Old: 1, New: 2}); !errors.Is(err, ErrEnded) {
		t.Errorf("a datagram after the end: %v", err)
	}
	st.Shutdown(st.now)
	st.wantPhase(Done)
}

func TestShutdownWaitsForNothing(t *testing.T) {
	st := begin(t, Client, 100*ms)
	st.add("x")
	st.wantSend(`[1->2] ack 1 "x"`)
	st.Shutdown(st.now)
	st.wantSend(`[1->INF] ack 1 "x"`) // what is unacknowledged goes along
	st.ack(2)
	st.wantAt(1050*ms, `[2->INF] ack 1`)
	st.ack(wire.Final)
	st.wantPhase(Done)
}

func TestShutdownSendsTheWholeDiffEachTime(t *testing.T) {
	// Stock sends [2->INF] without content here, which a peer without 2 cannot
	// use.
	st := begin(t, Client, 100*ms)
	st.add(strings.Repeat("p", 200))
	st.wantSend(`[1->2] ack 1 200 bytes`)
	st.Shutdown(st.now)
	st.wantSend(`[1->INF] ack 1 200 bytes`)
	for i := range closeTries - 1 {
		st.wantAt(time.Duration(1050+50*i)*ms, `[1->INF] ack 1 200 bytes`)
	}
	// On so short a path that is not long: 2 s at least, but not as often any more.
	for i := range 12 {
		st.wantAt(time.Duration(1850+100*i)*ms, `[1->INF] ack 1 200 bytes`)
	}
	st.advance(100*ms - 1)
	st.wantPhase(Closing)
	st.advance(1)
	st.wantPhase(Failed)
}

func TestShutdownWithoutASampleTakesFourSeconds(t *testing.T) {
	st := newStory(t, Client, nil)
	st.set(".")
	st.wantSend(`[0->1] ack 0 "."`)
	st.advance(600 * ms)
	st.Shutdown(st.now)
	st.wantSend(`[0->INF] ack 0 "."`)
	for i := range closeTries - 1 {
		st.wantAt(600*ms+time.Duration(250*(i+1))*ms, `[0->INF] ack 0 "."`)
	}
	st.wantPhase(Closing)
	st.advance(250 * ms)
	st.wantPhase(Failed)
}

func TestShutdownOfALargeStateLeavesTimeForTheAnswer(t *testing.T) {
	st := begin(t, Client, 100*ms)
	st.local = newList("." + noise(15_000))
	st.Touch(st.now)
	st.Shutdown(st.now)
	if x := st.wantSend(`[1->INF] ack 1 15000 bytes`); x[0].packets <= largePieces {
		t.Fatalf("took %d datagrams", x[0].packets)
	}
	st.wantAt(1300*ms, `[1->INF] ack 1 15000 bytes`) // after an RTO, not after each interval
	st.ack(wire.Final)
	st.wantPhase(Done)
}

func TestShutdownOfAServerWithoutAPeer(t *testing.T) {
	st := newStory(t, Server, nil)
	st.Shutdown(st.now)
	st.wantPhase(Failed)
	if !errors.Is(st.Err(), ErrNoPeer) {
		t.Errorf("Err = %v, want ErrNoPeer", st.Err())
	}
}

func TestResponder(t *testing.T) {
	for _, role := range []Role{Client, Server} {
		st := begin(t, role, 100*ms)
		st.deliver(wire.Instruction{Old: 1, New: wire.Final, Ack: 1, Diff: say("last words")})
		st.wantPhase(PeerClosed)
		st.wantSend(`[1->2] ack INF`) // the interval is past: at once
		if got, num := st.Remote(); num != wire.Final || !strings.HasSuffix(got.text, "last words") {
			t.Errorf("Remote = %v, %d", got, num)
		}
		st.advance(20 * ms)
		// The answer was lost: the peer repeats its end, and is answered again.
		st.deliver(wire.Instruction{Old: 1, New: wire.Final, Ack: 1, Diff: say("last words")})
		st.wantAt(1050*ms, `[1->3] ack INF`)
		st.advance(50 * ms)
		st.wantQuiet() // on receipt only
		st.deliver(wire.Instruction{Old: wire.Final, New: wire.Final, Ack: 1})
		st.wantSend(`[1->4] ack INF`)
		quiet := 2 * time.Second
		if role == Client {
			// RTO 300 and two intervals of 50 after the peer was last heard.
			quiet = 100*ms + 400*ms
		}
		st.advance(testStart.Add(time.Second + quiet - 1).Sub(st.now))
		st.wantPhase(PeerClosed)
		st.advance(1)
		st.wantPhase(Done)
		if !st.NextTimeout().IsZero() {
			t.Error("after the end there is a timeout")
		}
	}
}

func TestResponderDiscardsItsOwnChanges(t *testing.T) {
	st := begin(t, Client, 100*ms)
	st.deliver(wire.Instruction{Old: 1, New: wire.Final, Ack: 1})
	st.wantSend(`[1->2] ack INF`)
	st.add("nobody reads this")
	st.advance(300 * ms)
	st.wantQuiet()
}

func TestBothEndTheSession(t *testing.T) {
	st := begin(t, Client, 100*ms)
	st.Shutdown(st.now)
	st.wantSend(`[1->INF] ack 1`)
	st.deliver(wire.Instruction{Old: 1, New: wire.Final, Ack: 1}) // theirs crossed ours
	st.wantPhase(PeerClosed)
	st.wantAt(1050*ms, `[1->INF] ack INF`) // end and answer in one
	st.deliver(wire.Instruction{Old: 1, New: wire.Final, Ack: wire.Final})
	st.wantPhase(Done)
}

func TestBothEndTheSessionAndThePeerGoesAtOnce(t *testing.T) {
	st := begin(t, Client, 100*ms)
	st.Shutdown(st.now)
	st.wantSend(`[1->INF] ack 1`)
	// A stock peer that got our end while closing answers once, and goes.
	st.deliver(wire.Instruction{Old: 1, New: wire.Final, Ack: wire.Final})
	st.wantPhase(PeerClosed)
	st.wantAt(1050*ms, `[INF->INF] ack INF`) // its end is owed an answer
	st.wantPhase(Done)
}

func TestBothEndTheSessionAndNothingArrives(t *testing.T) {
	st := begin(t, Server, 100*ms)
	st.Shutdown(st.now)
	st.wantSend(`[1->INF] ack 1`)
	st.deliver(wire.Instruction{Old: 1, New: wire.Final, Ack: 1})
	st.advance(3 * time.Second)
	if n := len(st.take()); n != closeTries-1 {
		t.Errorf("sent its end %d times more, want %d", n, closeTries-1)
	}
	st.wantPhase(Done) // the peer did end it
}

func TestTheEndIsTakenEvenWhenHeldOrFull(t *testing.T) {
	st := begin(t, Server, 100*ms)
	st.HoldRemote(true)
	st.deliver(wire.Instruction{Old: 1, New: wire.Final, Ack: 1, Diff: say("x")})
	st.wantSend(`[1->2] ack INF`)
	st.wantPhase(PeerClosed)
	st.wantRemote(wire.Final, ".x")
}

func TestAnEndThatDoesNotParseIsNone(t *testing.T) {
	st := begin(t, Server, 100*ms)
	if _, err := st.deliver(wire.Instruction{Old: 1, New: wire.Final, Diff: []byte{0xff}}); !errors.Is(err, ErrDiff) {
		t.Errorf("Receive: %v, want ErrDiff", err)
	}
	st.wantPhase(Open)
	st.wantRemote(1, ".")
}

func TestAnAckOfTheEndThatWasNotSentIsNone(t *testing.T) {
	st := begin(t, Server, 100*ms)
	st.ack(wire.Final)
	st.wantPhase(Open)
	st.wantAt(3000*ms, `[1->2] ack 1`)
}

func TestExhaustedKeyFails(t *testing.T) {
	st := newStory(t, Client, func(cfg *Config) {
		if err := cfg.Session.SetNext(1<<63 - 1); err != nil {
			t.Fatal(err)
		}
	})
	st.set(".")
	st.wantSend(`[0->1] ack 0 "."`) // under the last number there is
	st.advance(3 * time.Second)
	st.wantQuiet()
	st.wantPhase(Failed)
	if !errors.Is(st.Err(), crypto.ErrExhausted) {
		t.Errorf("Err = %v, want crypto.ErrExhausted", st.Err())
	}
	if !st.NextTimeout().IsZero() {
		t.Error("a failed session has a timeout")
	}
}
