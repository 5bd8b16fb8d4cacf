package ssp

import (
	"fmt"
	"testing"
	"time"

	"roam/ssp/ssptest/sim"
	"roam/ssp/wire"
)

func TestShortestOfTwoSpans(t *testing.T) {
	var s shortest
	if s.least() != 0 {
		t.Error("a least of nothing")
	}
	for _, c := range []struct {
		at, trip, want time.Duration
	}{
		{0, 50 * ms, 50 * ms}, {ms, 80 * ms, 50 * ms}, {2 * ms, 40 * ms, 40 * ms},
		{time.Second, 90 * ms, 40 * ms},     // the second span begins
		{2 * time.Second, 95 * ms, 90 * ms}, // the first is forgotten
		{5 * time.Second, 99 * ms, 99 * ms}, // after a long silence all is
	} {
		if s.add(testStart.Add(c.at), c.trip, time.Second); s.least() != c.want {
			t.Errorf("at %v: least = %v, want %v", c.at, s.least(), c.want)
		}
	}
}

func TestWindowCountsWhatIsOnItsWay(t *testing.T) {
	w := newWindow()
	now := testStart
	for num := range uint64(10) {
		w.sent(now, num, 2000)
		now = now.Add(ms)
	}
	if got := w.opens(now, 100*ms); got != testStart.Add(103*ms) { // then 12,000 bytes are left
		t.Errorf("opens at %v", got.Sub(testStart))
	}
	w.acked(3)
	if got := w.opens(now, 100*ms); w.inFlight != 12_000 || !got.IsZero() {
		t.Errorf("%d bytes in flight, opens at %v", w.inFlight, got)
	}
	w.expire(now.Add(time.Second), 100*ms)
	if w.inFlight != 0 || len(w.flights) != 0 {
		t.Errorf("%d bytes in flight for ever", w.inFlight)
	}
}

func TestWindowFollowsTheDelay(t *testing.T) {
	w := newWindow()
	now := testStart
	w.sample(now, 100*ms, 100*ms, 0)
	fly := func(trip time.Duration) {
		w.sent(now, 1, int(w.size))
		w.hold(now)
		now = now.Add(trip)
		w.sample(now, trip, 100*ms, 0)
		w.acked(1)
		w.delivered(w.peak)
	}
	fly(100 * ms)
	if w.size != 2*windowStart {
		t.Errorf("after a round trip without a queue the size is %v", w.size)
	}
	w.delivered(1000)
	if w.size != 2*windowStart {
		t.Error("it grows although nothing was held back")
	}
	for range 6 {
		fly(130 * ms)
	}
	if w.size > 3*windowStart || w.size < windowStart {
		t.Errorf("with a queue of 30 ms the size is %v", w.size)
	}
	now = now.Add(10 * time.Second)
	w.peak = 0
	before := w.size
	w.lost(now.Add(time.Second), 100*ms)
	if w.size != before {
		t.Error("who uses nothing of the path is no reason for a loss")
	}
	w.hold(now.Add(time.Second))
	w.lost(now.Add(time.Second), 100*ms)
	w.lost(now.Add(time.Second), 100*ms)
	if w.size != before*sharpCut || w.size < windowLeast {
		t.Errorf("after a loss the size is %v of %v", w.size, before)
	}
}

func TestAQueueOfOthersIsNoSignForEver(t *testing.T) {
	w := newWindow()
	now := testStart
	w.sample(now, 20*ms, 20*ms, 0)
	grown := time.Duration(0)
	for now.Sub(testStart) < 20*time.Second {
		w.sent(now, 1, int(w.size))
		w.hold(now)
		now = now.Add(300 * ms)
		w.sample(now, 300*ms, 300*ms, 0)
		w.acked(1)
		w.delivered(int(w.size))
		if w.size < windowLeast {
			t.Fatalf("size %v", w.size)
		}
		if w.size > 5*MaxPayloadIPv4 && grown == 0 && now.Sub(testStart) > time.Second {
			grown = now.Sub(testStart)
		}
	}
	if grown == 0 || grown > 6*time.Second {
		t.Errorf("with a queue that is always full the share is back after %v", grown)
	}
}

func TestTheRestOfALargeStateWaitsForTheWindow(t *testing.T) {
	st := begin(t, Client, 100*ms)
	st.add(noise(18_000)) // 15 datagrams, of which ten fit
	st.wantQuiet()
	if n := len(st.packets); n != 1+10 {
		t.Errorf("%d datagrams left at once", n-1)
	}
	// A round trip, twice its deviation of 50 ms and the slack later they count as arrived.
	st.wantAt(1210*ms, `[1->2] ack 1 18000 bytes`)
	st.deliver(wire.Instruction{Old: 1, New: 2, Ack: 2})
}

// flood lets the server's whole screen change each 5 ms for d, and returns the
// longest that a datagram waited at the bottleneck in the second half.
func (p *pair) flood(d time.Duration) (queue time.Duration) {
	begin := p.world.Now()
	end := begin.Add(d)
	var timer *sim.Timer
	n := 0
	timer = p.world.NewTimer(func() {
		n++
		p.screen = register{noiseFrom(uint64(n), registerCells)}
		p.versions[p.screen.cells] = len(p.versions)
		p.server.Touch(p.world.Now())
		p.runServer()
		if p.world.Now().Sub(begin) > d/2 {
			queue = max(queue, p.down.Waiting())
		}
		if p.world.Now().Before(end) {
			timer.Set(p.world.Now().Add(5 * ms))
		}
	})
	timer.Set(begin)
	p.world.Run(end)
	return queue
}

func TestAFloodDoesNotFillTheQueue(t *testing.T) {
	for _, c := range []struct {
		delay time.Duration
		rate  int // bytes a second
	}{{5 * ms, 10_000}, {50 * ms, 10_000}, {50 * ms, 5_000}, {250 * ms, 10_000}} {
		t.Run(fmt.Sprint(c.delay, c.rate), func(t *testing.T) {
			p := newPair(t, pairOptions{seed: 1, up: sim.Conditions{Delay: c.delay}, down: sim.Conditions{Delay: c.delay, Rate: c.rate, Queue: 500_000}})
			p.live(5*time.Second, 300*ms, 0)
			before := p.down.Count().SentBytes
			queue := p.flood(20 * time.Second)
			share := float64(p.down.Count().SentBytes-before) / 20 / float64(c.rate)
			t.Logf("queue %v, %d datagrams, %.0f%% of the rate; window %v", queue, p.down.Count().Sent, 100*share, p.server.window.size)
			frame := time.Duration(float64(time.Second) * 400 / float64(c.rate))
			if queue > queueTarget+5*ms+2*frame+2*c.delay/jitterShare {
				t.Errorf("a datagram waited for %v, where a frame takes %v", queue, frame)
			}
			if share < 0.4 {
				t.Errorf("the flood uses %.0f%% of the path", 100*share)
			}
			p.world.RunFor(5 * time.Second)
			p.wantSame()
		})
	}
}

// TestAnAnswerPassesAFullWindow: what the program says 8 ms after a key does not wait
// for the acks of a flood.
func TestAnAnswerPassesAFullWindow(t *testing.T) {
	st := begin(t, Server, 500*ms)
	st.window.size = windowLeast
	st.add(noise(1000))
	st.wantSend(`[1->2] ack 1 1000 bytes`)
	st.add(noise(500))
	st.advance(100 * ms)
	st.wantQuiet()
	st.deliver(wire.Instruction{Old: 1, New: 2, Ack: 1, Diff: say("\x03")})
	st.wantQuiet()
	st.advance(7 * ms)
	st.add("^C$ ")
	st.wantQuiet()
	st.advance(ms)
	if x := st.take(); len(x) != 1 || x[0].ins.Old != 2 || x[0].ins.New != 3 {
		t.Errorf("sent %v", x)
	}
	st.add("x")
	st.advance(20 * ms)
	st.wantQuiet() // once
	st.ack(3)
	st.take()
}
