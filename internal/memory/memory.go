// Package memory gives back to the system what a session needed for a moment: a
// flood, a very large window, states that piled up on a bad path. Go's own
// collector waits for the next use of the memory, and a session that has become
// quiet may not use it for days.
package memory

import (
	"runtime"
	"runtime/debug"
	"time"
)

const (
	// pause is how long after its first use memory is looked at. A flood of a few
	// seconds is looked at once or twice.
	pause = 5 * time.Second

	// worth is how much memory must have been added since it was last given back for
	// that to be done: a collection takes a millisecond or two, a look some
	// microseconds.
	worth = 2 << 20

	// plenty is how much memory is always worth a look: what was in use when it was
	// last given back, a large window for one, may be gone by now. A session of
	// usual size has less.
	plenty = 6 << 20
)

// A Trimmer gives memory back. The zero value is ready. It belongs to one goroutine.
type Trimmer struct {
	due  time.Time // when to look; zero for never
	kept uint64    // bytes held when it was given back last
}

// Used notes that memory may be in use. It costs nothing if that is known.
func (t *Trimmer) Used(now time.Time) {
	if t.due.IsZero() {
		t.due = now.Add(pause)
	}
}

// Next returns when to call Trim again; the zero Time for never.
func (t *Trimmer) Next() time.Time { return t.due }

// Trim gives memory back if it is time and there is enough of it, after release has given
// up what is kept for reuse; it may be nil. It reports whether it did.
func (t *Trimmer) Trim(now time.Time, release func()) bool {
	if t.due.IsZero() || now.Before(t.due) {
		return false
	}
	t.due = time.Time{}
	if held() < min(t.kept+worth, plenty) {
		return false
	}
	if release != nil {
		release()
	}
	debug.FreeOSMemory()
	t.kept = held()
	return true
}

// held returns how many bytes of heap the process has of the system.
func held() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapSys - m.HeapReleased
}
