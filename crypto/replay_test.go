package crypto

import (
	"math/rand/v2"
	"testing"
)

// TestReplayWindowEdges steps over every edge of the window, in order.
func TestReplayWindowEdges(t *testing.T) {
	const w = windowSize
	var win replayWindow
	for i, step := range []struct {
		seq  uint64
		want bool
	}{
		{0, true}, {0, false}, {1, true}, {1, false}, {9, true}, {8, true}, {7, true},
		{7, false}, {8, false}, {9, false}, {2, true},
		{63, true}, {64, true}, {65, true}, {64, false}, {63, false},
		{w, true}, // 1 is now the oldest inside
		{w, false},
		{0, false}, {1, false}, {3, true}, {3, false},
		{w + 3, true}, {3, false}, {4, true}, {5, true}, {w + 1, true},
		{2*w + 3, true}, {w + 3, false}, {w + 4, true}, {w + 4, false}, {w + 5, true},
		{3*w + 63, true}, {2*w + 63, false}, {2*w + 64, true},
		{100 * w, true}, {99 * w, false}, {99*w + 1, true}, {100*w - 1, true}, {100*w - 1, false},
		{1 << 40, true}, {1<<40 - w, false}, {1<<40 - w + 1, true}, {1<<40 - 1, true}, {1 << 40, false},
		{1<<63 - 1, true}, {1<<63 - 1, false}, {1<<63 - w, true}, {1<<63 - w - 1, false}, {0, false},
	} {
		if got := win.accept(step.seq); got != step.want {
			t.Errorf("step %d: accept(%d) = %t, want %t", i, step.seq, got, step.want)
		}
	}
}

// TestReplayWindowAgainstSet compares the window with a set that remembers all.
func TestReplayWindowAgainstSet(t *testing.T) {
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 1))
		var win replayWindow
		seen := map[uint64]bool{}
		newest := uint64(0)
		base := rng.Uint64N(1 << 50)
		for range 20000 {
			// Mostly near the newest, sometimes far, sometimes over the edges.
			var seq uint64
			switch rng.IntN(10) {
			case 0:
				seq = newest + rng.Uint64N(3*windowSize)
			case 1:
				seq = newest + windowSize/2 - rng.Uint64N(2*windowSize)
			default:
				seq = newest + 40 - rng.Uint64N(80)
			}
			if seq < base {
				seq = base
			}
			want := !seen[seq] && (seq > newest || newest-seq < windowSize)
			if got := win.accept(seq); got != want {
				t.Fatalf("seed %d: accept(%d) with newest %d = %t, want %t", seed, seq, newest, got, want)
			}
			seen[seq] = true
			newest = max(newest, seq)
		}
	}
}
