package terminal

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"unsafe"
)

// TestCellsAreSmall holds the size that memory, copies and comparisons count on.
func TestCellsAreSmall(t *testing.T) {
	if got := unsafe.Sizeof(Cell{}); got != 16 {
		t.Errorf("a cell takes %d bytes, want 16", got)
	}
}

// TestSnapshotsShareRows holds that a snapshot keeps what it shows while the
// screen changes, and that rows which did not change are the same.
func TestSnapshotsShareRows(t *testing.T) {
	e := New(10, 4, Options{})
	e.Write([]byte("a\r\nb\r\nc"))
	first := e.Snapshot()
	e.Write([]byte("\x1b[2;1HB\x1b[4;1H\n\n\x1b#8"))
	if got := first.text(); !slices.Equal(got, []string{"a", "b", "c", ""}) {
		t.Errorf("the snapshot shows %q", got)
	}
	second := e.Snapshot()
	e.Write([]byte("\x1b[1;1Hx"))
	third := e.Snapshot()
	if second.Row(0) == third.Row(0) || second.Row(1) != third.Row(1) {
		t.Error("not exactly the row that changed was copied")
	}
}

// TestSnapshotsOfAChangingScreen holds that ten thousand snapshots, each after
// a key, hold a row for each key and no more.
func TestSnapshotsOfAChangingScreen(t *testing.T) {
	const keys = 10000
	e := New(80, 24, Options{})
	e.Write([]byte("\x1b#8\x1b[H"))
	rows := map[*Row]bool{}
	var kept []*Screen
	for i := range keys {
		e.Write([]byte{'a' + byte(i%26)})
		if e.y == 23 {
			e.Write([]byte("\x1b[H"))
		}
		s := e.Snapshot()
		kept = append(kept, s)
		for _, r := range s.rows {
			rows[r] = true
		}
	}
	if most := keys + 24 + keys/80; len(rows) > most {
		t.Errorf("%d snapshots hold %d rows, more than %d", len(kept), len(rows), most)
	}
}

// heapBytes returns how much memory is in use, after a collection.
func heapBytes() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// TestSnapshotsHoldWhatDiffers holds that ten thousand snapshots of a changing
// screen take the memory of the rows that differ, each once, and besides
// pointers to rows. The bounds leave an eighth for what Go's heap rounds up.
func TestSnapshotsHoldWhatDiffers(t *testing.T) {
	const (
		count      = 10000
		cols, rows = 200, 50
		perScreen  = int(unsafe.Sizeof(Screen{})) + rows*int(unsafe.Sizeof((*Row)(nil)))
		perRow     = int(unsafe.Sizeof(Row{})) + cols*int(unsafe.Sizeof(Cell{}))
	)
	for _, c := range []struct {
		name    string
		step    func(e *Emulator, i int)
		differs int // rows that each step changes
	}{
		{"nothing", func(*Emulator, int) {}, 0},
		{"a key", func(e *Emulator, i int) { fmt.Fprintf(e, "\x1b[%dG%c", 1+i%cols, 'a'+i%26) }, 1},
		{"a line scrolls in", func(e *Emulator, i int) { fmt.Fprintf(e, "\r\n%d", i) }, 1},
		{"a clock in a corner", func(e *Emulator, i int) { fmt.Fprintf(e, "\x1b7\x1b[1;190H\x1b[3%dm%d\x1b8", i%8, i) }, 1},
		{"a list of ten", func(e *Emulator, i int) {
			for y := range 10 {
				fmt.Fprintf(e, "\x1b[%dH%d", 20+y, i)
			}
		}, 10},
	} {
		if c.differs > 1 && testing.Short() {
			continue // 320 MB
		}
		e := New(cols, rows, Options{})
		fmt.Fprint(e, "\x1b#8\x1b[50H")
		kept := make([]*Screen, count)
		before := heapBytes()
		for i := range kept {
			c.step(e, i)
			kept[i] = e.Snapshot()
		}
		used := heapBytes() - before
		runtime.KeepAlive(kept)
		if most := count * (perScreen + c.differs*perRow) * 9 / 8; used > most {
			t.Errorf("%s: %d snapshots take %d bytes, want at most %d", c.name, count, used, most)
		}
		t.Logf("%s: %d bytes a snapshot", c.name, used/count)
	}
}

// TestSnapshotOwnsNothingOfTheEmulator holds that a screen can be resumed by
// another emulator while the first goes on.
func TestSnapshotOwnsNothingOfTheEmulator(t *testing.T) {
	a := New(10, 3, Options{})
	a.Write([]byte("one\r\n\x1b]8;;http://a/\x07two\u0301\x1b[1;31m\x1b[?25l\x1b[?2004h\x1b[?1003;1006h\x1b[4 q\x1b]2;t\x07"))
	s := a.Snapshot()
	b := resume(s, Options{})
	if got := b.Snapshot(); got.cursor != s.cursor || got.pen != s.pen || got.modes != s.modes || got.title != s.title {
		t.Errorf("resumed %+v, want %+v", got, s)
	}
	b.Write([]byte("\x1b[H\x1b[2Jb"))
	a.Write([]byte("\x1b[Ha"))
	if got := s.text(); !slices.Equal(got, []string{"one", "two\u0301", ""}) {
		t.Errorf("the screen became %q", got)
	}
	if err := b.check(); err != nil {
		t.Error(err)
	}
}
