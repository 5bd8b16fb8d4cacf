package ssp

import (
	"testing"
	"time"

	"roam/ssp/ssptest/sim"
	"roam/ssp/wire"
)

// tracedPair returns a pair whose client's events are kept.
func tracedPair(t *testing.T, o pairOptions) (p *pair, events *[]Event) {
	t.Helper()
	events = new([]Event)
	o.client = func(c *Config) { c.Trace = func(e Event) { *events = append(*events, e) } }
	return newPair(t, o), events
}

// countKinds counts events by their kind.
func countKinds(events []Event) map[EventKind]int {
	n := map[EventKind]int{}
	for _, e := range events {
		n[e.Kind]++
	}
	return n
}

// TestTraceTellsAll compares the events of a bad network with the counters.
func TestTraceTellsAll(t *testing.T) {
	lossy := sim.Conditions{Delay: 50 * ms, Jitter: 20 * ms, Loss: 0.2, Duplicate: 0.1}
	p, events := tracedPair(t, pairOptions{seed: 7, up: lossy, down: lossy})
	p.live(30*time.Second, 300*ms, 500*ms)
	p.client.Receive(p.world.Now(), []byte("a forged datagram, long enough to be one"), false)
	n, stats := countKinds(*events), p.client.Stats()
	for _, c := range []struct {
		what      string
		got, want uint64
	}{
		{"datagrams sent", uint64(n[DatagramSent]), stats.Sent},
		{"datagrams received", uint64(n[DatagramReceived]), stats.Received},
		{"datagrams dropped", uint64(n[DatagramDropped]), stats.Unauthentic},
		{"instructions sent", uint64(n[InstructionSent]), stats.Instructions},
		{"instructions received", uint64(n[InstructionReceived]), stats.States + stats.Known},
		{"instructions refused", uint64(n[InstructionRefused]), stats.Baseless + stats.Refused},
		{"samples", uint64(n[RTTUpdated]), stats.Samples},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d events, %d counted", c.what, c.got, c.want)
		}
		if c.want == 0 && c.what != "instructions refused" {
			t.Errorf("%s: none, so that the test shows nothing", c.what)
		}
	}
	if n[StateLost] == 0 || n[StateAcked] == 0 {
		t.Errorf("%d states lost and %d acknowledged, want some of each", n[StateLost], n[StateAcked])
	}
}

// TestTraceIsInOrder wants times that do not run backwards, datagrams numbered one
// by one, acks and losses of states that were sent, and each datagram with the
// numbers of its instruction.
func TestTraceIsInOrder(t *testing.T) {
	p, events := tracedPair(t, pairOptions{seed: 8, payload: 250, up: sim.Conditions{Delay: 80 * ms, Loss: 0.3}, down: sim.Conditions{Delay: 80 * ms, Loss: 0.3}})
	p.live(20*time.Second, 200*ms, time.Second)
	p.typed += noise(1000) // an instruction of several pieces
	p.typeKeys(1)
	p.live(10*time.Second, 0, time.Second)
	sent := map[uint64]bool{}
	var last, instruction Event
	var seq uint64
	pieces := uint16(0)
	for _, e := range *events {
		if e.Time.Before(last.Time) {
			t.Fatalf("%v after %v", e, last)
		}
		last = e
		switch e.Kind {
		case InstructionSent:
			sent[e.New], instruction = true, e
		case DatagramSent:
			if e.Seq != seq || e.Old != instruction.Old || e.New != instruction.New || e.Ack != instruction.Ack || e.Bytes < fixedOverhead {
				t.Fatalf("%+v is number %d of %+v", e, seq, instruction)
			}
			seq++
			pieces = max(pieces, e.Piece)
		case StateAcked, StateLost:
			if !sent[e.New] || e.Delay <= 0 || e.New == wire.Final {
				t.Fatalf("%+v: not sent before", e)
			}
		}
	}
	if pieces == 0 {
		t.Error("no instruction had several pieces")
	}
}

// TestTraceTellsTheWindow: of a flood through a narrow path each change of the window and
// of the queue that it makes, once.
func TestTraceTellsTheWindow(t *testing.T) {
	narrow := sim.Conditions{Delay: 20 * ms, Rate: 30_000, Queue: 64 << 10}
	var windows []Event
	p := newPair(t, pairOptions{seed: 3, up: narrow, down: narrow, payload: 250, server: func(c *Config) {
		c.Trace = func(e Event) {
			if e.Kind == WindowUpdated {
				windows = append(windows, e)
			}
		}
	}})
	p.typeKeys(1)
	p.live(20*time.Second, time.Second, 2*ms)
	queued := false
	for i, e := range windows {
		if e.Bytes < windowLeast || e.InFlight < 0 || e.Delay < 0 || e.Delay > 5*time.Second {
			t.Fatalf("%+v", e)
		}
		if i > 0 && e.Bytes == windows[i-1].Bytes && e.Delay == windows[i-1].Delay {
			t.Errorf("%+v is told twice", e)
		}
		queued = queued || e.Delay > 0
	}
	if n := len(windows); n == 0 || !queued || windows[n-1].Bytes != int(p.server.window.size) {
		t.Errorf("%d changes of the window, a queue: %v", n, queued)
	}
}

// TestTraceHops wants a hop to be told when nothing answers.
func TestTraceHops(t *testing.T) {
	p, events := tracedPair(t, pairOptions{up: sim.Conditions{Loss: 1}})
	p.world.RunFor(25 * time.Second)
	if n := countKinds(*events)[PathHopped]; n == 0 || n != p.hops {
		t.Errorf("%d hops told of %d", n, p.hops)
	}
}

// TestTracingAllocatesNothing by itself.
func TestTracingAllocatesNothing(t *testing.T) {
	x := newExchange(t)
	n := 0
	measure := func() float64 {
		for range 1000 {
			x.key()
		}
		return testing.AllocsPerRun(500, x.key)
	}
	without := measure()
	x.client.cfg.Trace = func(Event) { n++ }
	x.server.cfg.Trace = x.client.cfg.Trace
	if with := measure(); with > without || n == 0 {
		t.Errorf("a key and its echo take %v allocations with %d events, %v without", with, n, without)
	}
}

func TestEventKindsHaveNames(t *testing.T) {
	seen := map[string]bool{}
	for k := EventKind(1); int(k) < len(eventNames); k++ {
		if k.String() == "" || seen[k.String()] {
			t.Errorf("kind %d is called %q", k, k)
		}
		seen[k.String()] = true
	}
	if got := EventKind(200).String(); got != "unknown" {
		t.Errorf("kind 200 is called %q", got)
	}
}
