package client

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"roam/session"
)

// TestInputQueue: whatever is typed and confirmed when, the part that may be sent only
// grows, is never far beyond the confirmed one, and becomes all in the end.
func TestInputQueue(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 1))
		q := newInputQueue(80, 24)
		states := []session.Input{{}, q.open} // sent, from the confirmed one on
		for step := range 300 {
			switch k := rng.IntN(10); {
			case step > 200 || k < 4: // a confirmation
				states = states[rng.IntN(len(states)):]
			case k == 4:
				q.all = q.all.AppendResize(1+rng.IntN(200), 1+rng.IntN(200))
			default:
				q.all = q.all.AppendBytes(bytes.Repeat([]byte{byte(step)}, rng.IntN(1+rng.IntN(20000))))
			}
			before := q.open
			more := q.slide(states[0])
			if q.open.Len() < before.Len() || more != (q.open.Len() > before.Len()) {
				t.Fatalf("seed %d: the window moved from %d to %d and says %v", seed, before.Len(), q.open.Len(), more)
			}
			diff, reached := q.open.AppendDiff(nil, states[0], 0)
			if !reached.Equal(q.open) || len(diff) > sendWindow+1000 {
				t.Fatalf("seed %d: %d bytes may be on their way", seed, len(diff))
			}
			if more {
				states = append(states, q.open)
			}
		}
		for q.waits() {
			states = append(states[:0], q.open)
			if !q.slide(states[0]) {
				t.Fatalf("seed %d: stuck with %d of %d", seed, q.open.Len(), q.all.Len())
			}
		}
	}
}
