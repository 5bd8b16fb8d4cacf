package memory

import (
	"runtime"
	"testing"
	"time"
)

func TestTrimGivesBackWhatIsNotUsed(t *testing.T) {
	now := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	var tr Trimmer
	if !tr.Next().IsZero() || tr.Trim(now, nil) {
		t.Error("something is due although nothing was used")
	}
	tr.Used(now)
	tr.Used(now.Add(time.Second))
	if got := tr.Next().Sub(now); got != pause {
		t.Errorf("due after %v, want %v", got, pause)
	}
	if tr.Trim(now.Add(pause-1), nil) {
		t.Error("trimmed too early")
	}
	now = now.Add(pause)
	tr.Trim(now, nil) // whatever the test itself needed
	before := held()
	flood := make([]byte, 64<<20)
	for i := range flood {
		flood[i] = 1
	}
	if held() < before+worth {
		t.Fatalf("%d bytes held after a flood, %d before", held(), before)
	}
	tr.Used(now)
	released := false
	if !tr.Trim(now.Add(pause), func() { released = true }) || !released {
		t.Error("not trimmed")
	}
	if held() > before+8*worth {
		t.Errorf("%d bytes held, %d before", held(), before)
	}
	if held() < plenty { // the race detector's own heap may be larger
		tr.Used(now)
		if tr.Trim(now.Add(pause), nil) || !tr.Next().IsZero() {
			t.Error("trimmed although nothing was added")
		}
	}
	// What was in use when memory was given back last, and is not any more.
	flood = make([]byte, 64<<20)
	for i := range flood {
		flood[i] = 1
	}
	tr.Used(now)
	tr.Trim(now.Add(pause), nil)
	if runtime.KeepAlive(flood); tr.kept < 64<<20 {
		t.Errorf("%d bytes kept while 64 MB are in use", tr.kept)
	}
	flood = nil
	tr.Used(now)
	if !tr.Trim(now.Add(pause), nil) || tr.kept > before+8*worth {
		t.Errorf("%d bytes kept after their last use", tr.kept)
	}
}
