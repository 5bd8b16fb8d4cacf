package client

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"

	"roam/session"
)

// TestInputQueue: whatever is typed and confirmed when, the part that may be sent only
// grows, is never far beyond the confirmed one, and becomes all in the end.
func TestInputQueue(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 1))
		now := time.Unix(1000, 0)
		q := newInputQueue(80, 24)
		states := []session.Input{{}, q.open} // sent, from the confirmed one on
		for step := range 300 {
			switch k := rng.IntN(10); {
			case step > 200 || k < 4: // a confirmation
				now = now.Add(time.Duration(rng.IntN(400)) * time.Millisecond)
				states = states[rng.IntN(len(states)):]
				q.adapt(now, 200*time.Millisecond)
			case k == 4:
				q.all = q.all.AppendResize(1+rng.IntN(200), 1+rng.IntN(200))
			default:
				q.all = q.all.AppendBytes(bytes.Repeat([]byte{byte(step)}, rng.IntN(1+rng.IntN(20000))))
			}
			before := q.open
			more := q.slide(now, states[0])
			if q.open.Len() < before.Len() || more != (q.open.Len() > before.Len()) {
				t.Fatalf("seed %d: the window moved from %d to %d and says %v", seed, before.Len(), q.open.Len(), more)
			}
			diff, reached := q.open.AppendDiff(nil, states[0], 0)
			if !reached.Equal(q.open) || len(diff) > maxSendWindow+1000 {
				t.Fatalf("seed %d: %d bytes may be on their way", seed, len(diff))
			}
			if more {
				states = append(states, q.open)
			}
		}
		for q.waits() {
			states = append(states[:0], q.open)
			if !q.slide(now, states[0]) {
				t.Fatalf("seed %d: stuck with %d of %d", seed, q.open.Len(), q.all.Len())
			}
		}
	}
}

// TestWindowFitsPath: parts that had to be repeated make the window smaller, down to one
// datagram; parts confirmed at once make it larger; typing does neither.
func TestWindowFitsPath(t *testing.T) {
	const inTime = 200 * time.Millisecond
	now := time.Unix(1000, 0)
	q := newInputQueue(80, 24)
	confirm := func(after time.Duration) {
		now = now.Add(after)
		q.adapt(now, inTime)
		q.slide(now, q.open)
	}
	start := q.window
	for range 10 {
		q.all = q.all.AppendBytes([]byte("k"))
		q.slide(now, session.Input{})
		confirm(time.Second)
	}
	if q.window != start {
		t.Errorf("typing changed the window from %d to %d", start, q.window)
	}
	q.all = q.all.AppendBytes(make([]byte, 1<<20))
	q.slide(now, q.open)
	for range 10 {
		confirm(inTime)
	}
	if q.window != maxSendWindow {
		t.Errorf("after 10 parts in time the window is %d, want %d", q.window, maxSendWindow)
	}
	for range 10 {
		confirm(inTime + time.Millisecond)
	}
	if q.window != minSendWindow {
		t.Errorf("after 10 late parts the window is %d, want %d", q.window, minSendWindow)
	}
}
