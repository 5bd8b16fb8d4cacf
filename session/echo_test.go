package session

import (
	"testing"
	"time"
)

// protocol.md D3: the newest state that is at least 50 ms old.
func TestEchoHistory(t *testing.T) {
	start := time.Unix(1000, 0)
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	var h EchoHistory
	want := func(ms int, ack uint64, next int) {
		t.Helper()
		if got := h.Ack(at(ms)); got != ack {
			t.Errorf("at %d ms: ack %d, want %d", ms, got, ack)
		}
		wantNext := time.Time{}
		if next >= 0 {
			wantNext = at(next)
		}
		if got := h.NextTimeout(); !got.Equal(wantNext) {
			t.Errorf("at %d ms: next %v, want %v", ms, got, wantNext)
		}
	}
	want(0, 0, -1)
	h.Add(1, at(0))
	want(0, 0, 50) // the first entry arms the timer too
	want(49, 0, 50)
	h.Add(3, at(10))
	want(50, 1, 60)
	want(59, 1, 60)
	h.Add(4, at(60))
	want(60, 3, 110)
	want(500, 4, -1)
	h.Add(4, at(501)) // a repetition
	h.Add(2, at(502)) // and one that came late
	want(600, 4, -1)
}

func TestEchoHistoryIsBounded(t *testing.T) {
	start := time.Unix(1000, 0)
	var h EchoHistory
	for n := range uint64(10 * maxEchoes) {
		h.Add(n+1, start)
	}
	if len(h.waiting) > maxEchoes {
		t.Errorf("%d entries wait, want at most %d", len(h.waiting), maxEchoes)
	}
	if got := h.Ack(start.Add(echoDelay)); got != 10*maxEchoes {
		t.Errorf("ack %d, want %d", got, 10*maxEchoes)
	}
}
