package terminal

import (
	"slices"
	"testing"
)

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
