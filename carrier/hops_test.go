package carrier

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// TestHopsKeepTen hops every ten seconds, as a client without answers does.
func TestHopsKeepTen(t *testing.T) {
	now := time.Unix(1000, 0)
	var h hops[int]
	for i := range 15 {
		closed := h.hop(now, i)
		if want := max(0, i-9); i < 10 && len(closed) > 0 || i >= 10 && !slices.Equal(closed, []int{want - 1}) {
			t.Errorf("hop %d closed %v", i, closed)
		}
		if h.newest() != i {
			t.Errorf("newest = %d, want %d", h.newest(), i)
		}
		if closed := h.arrived(now.Add(10*time.Second), 1); len(closed) > 0 {
			t.Errorf("a datagram after hop %d closed %v", i, closed)
		}
		now = now.Add(10 * time.Second)
	}
	if want := []int{5, 6, 7, 8, 9, 10, 11, 12, 13, 14}; !slices.Equal(h.open, want) {
		t.Errorf("open: %v, want %v", h.open, want)
	}
}

// TestHopsCloseOldWhenAnswered wants the old sockets closed by a datagram more
// than 60 s after the last hop (protocol.md B5), and not by time alone.
func TestHopsCloseOldWhenAnswered(t *testing.T) {
	start := time.Unix(1000, 0)
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	var h hops[string]
	for _, step := range []struct {
		ms     int
		hop    string // empty: a datagram arrives
		closed string
		open   string
	}{
		{0, "a", "[]", "[a]"},
		{100, "", "[]", "[a]"},
		{61000, "", "[]", "[a]"},
		{70000, "b", "[]", "[a b]"},
		{80000, "c", "[]", "[a b c]"},
		{140000, "", "[]", "[a b c]"}, // 60 000 ms is not more than 60 000 ms
		{140001, "", "[a b]", "[c]"},
		{140002, "", "[]", "[c]"},
		{150000, "d", "[]", "[c d]"},
		{400000, "e", "[]", "[c d e]"},
		{400001, "", "[]", "[c d e]"},
		{460001, "", "[c d]", "[e]"},
	} {
		var closed []string
		if step.hop != "" {
			closed = h.hop(at(step.ms), step.hop)
		} else {
			closed = h.arrived(at(step.ms), 1)
		}
		if got := fmt.Sprint(closed); got != step.closed {
			t.Errorf("at %d ms: closed %v, want %v", step.ms, got, step.closed)
		}
		if got := fmt.Sprint(h.open); got != step.open {
			t.Errorf("at %d ms: open %v, want %v", step.ms, got, step.open)
		}
	}
	if rest := h.keep(0); !slices.Equal(rest, []string{"e"}) || len(h.open) != 0 {
		t.Errorf("keep(0) = %v, open %v", rest, h.open)
	}
}
