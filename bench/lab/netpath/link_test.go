package netpath

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func testLink(way Way) *link {
	return &link{path: &Path{}, way: way, rand: rand.New(rand.NewPCG(1, 2))}
}

// TestLosses checks the mean loss and the mean length of bursts of both models.
func TestLosses(t *testing.T) {
	for _, way := range []Way{{Loss: 0.02}, {Loss: 0.29}, {Loss: 0.05, Burst: 4}, {Loss: 0.2, Burst: 10}} {
		l := testLink(way)
		const n = 1_000_000
		lost, bursts, before := 0, 0, false
		for range n {
			now := l.loses()
			if now {
				lost++
				if !before {
					bursts++
				}
			}
			before = now
		}
		if got := float64(lost) / n; math.Abs(got-way.Loss) > way.Loss*0.04 {
			t.Errorf("%+v: loss %.4f", way, got)
		}
		want := way.Burst
		if want <= 1 {
			want = 1 / (1 - way.Loss) // independent losses follow each other by chance
		}
		if got := float64(lost) / float64(bursts); math.Abs(got-want) > want*0.04 {
			t.Errorf("%+v: mean burst %.3f, want %.3f", way, got, want)
		}
	}
}

// TestQueue fills a bottleneck of 8 kbit/s, a byte a millisecond.
func TestQueue(t *testing.T) {
	l := testLink(Way{Rate: 8000, Queue: 3000})
	const ms = int64(time.Millisecond)
	for i, c := range []struct {
		now     int64
		size    int
		departs int64
		ok      bool
	}{
		{0, 1000, 1000 * ms, true},
		{0, 1000, 2000 * ms, true},
		{500 * ms, 1000, 3000 * ms, true}, // behind the others
		{500 * ms, 1000, 0, false},        // 2,500 wait
		{1000 * ms, 1000, 4000 * ms, true},
		{9000 * ms, 1, 9001 * ms, true}, // empty again
	} {
		if departs, ok := l.queue(c.size, c.now); departs != c.departs || ok != c.ok {
			t.Errorf("packet %d: departs at %v, %v; want %v, %v", i, departs, ok, c.departs, c.ok)
		}
	}
}

// TestArrival keeps packets in order but for those that are held back.
func TestArrival(t *testing.T) {
	const ms = int64(time.Millisecond)
	l := testLink(Way{Delay: 50 * time.Millisecond, Jitter: 20 * time.Millisecond})
	last := int64(0)
	for i := range int64(2000) {
		now := i * ms
		at := l.arrival(now)
		if at < last || at > max(last, now+70*ms) {
			t.Fatalf("sent at %d ms, arrives at %d ns after %d ns", i, at, last)
		}
		last = at
	}
	l = testLink(Way{Delay: 50 * time.Millisecond, Reorder: 0.2, ReorderBy: 30 * time.Millisecond})
	held := 0
	for i := range int64(2000) {
		switch at := l.arrival(i * ms); at {
		case (i + 50) * ms:
		case (i + 80) * ms:
			held++
		default:
			t.Fatalf("sent at %d ms, arrives at %d ns", i, at)
		}
	}
	if held < 300 || held > 500 {
		t.Errorf("%d of 2000 were held back, want 400 or so", held)
	}
}

// TestSlots lets packets leave at multiples of a slot only.
func TestSlots(t *testing.T) {
	l := testLink(Way{Delay: 30 * time.Millisecond, Slot: 8 * time.Millisecond, Retry: 0.1})
	for i := range int64(1000) {
		if at := l.arrival(i * int64(time.Millisecond)); at%int64(8*time.Millisecond) != 0 {
			t.Fatalf("arrives at %v, no slot", time.Duration(at))
		}
	}
}
