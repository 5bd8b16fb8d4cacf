package trial

import (
	"testing"

	"roam/bench/lab/vterm"
)

// A typed key of a tracker's story: what is typed at which time.
func typed(tr *tracker, t *vterm.Term, col int, char rune, at int64) *Key {
	k := &Key{Kind: "char", Col: col, want: char, Typed: at}
	if char == erase {
		k.Kind, k.want = "bs", ' '
	}
	tr.expect(t, k, false)
	return k
}

// display shows what a client writes, and judges it as a complete frame.
func display(tr *tracker, t *vterm.Term, text string, at int64) {
	t.Write([]byte(text))
	tr.show(t, at)
	tr.judge(t)
}

func TestTrackerTimesKeys(t *testing.T) {
	term, tr := vterm.New(20, 2), newTracker()
	a, b := typed(tr, term, 0, 'a', 1e6), typed(tr, term, 1, 'b', 2e6)
	display(tr, term, "a", 5e6)
	if a.Latency() != 4 || b.Shown != 0 || tr.pending() != 1 {
		t.Errorf("a %+v, b %+v", a, b)
	}
	display(tr, term, "b", 9e6)
	if b.Latency() != 7 || tr.pending() != 0 || a.Flap || a.Wrong || b.Wrong {
		t.Errorf("a %+v, b %+v", a, b)
	}
}

// TestTrackerSeesSpaces by the cursor, since the cell does not change.
func TestTrackerSeesSpaces(t *testing.T) {
	term, tr := vterm.New(20, 2), newTracker()
	space := typed(tr, term, 0, ' ', 1e6)
	display(tr, term, "", 2e6)
	if space.Shown != 0 {
		t.Error("shown before the cursor moved")
	}
	display(tr, term, " ", 3e6)
	if space.Shown != 3e6 {
		t.Errorf("shown at %d", space.Shown)
	}
}

// TestTrackerSeesWhatWasSuggested by the cursor, too.
func TestTrackerSeesWhatWasSuggested(t *testing.T) {
	term, tr := vterm.New(20, 2), newTracker()
	term.Write([]byte("xyz\r"))
	k := typed(tr, term, 0, 'x', 1e6)
	display(tr, term, "", 2e6)
	if k.Shown != 0 {
		t.Error("shown before the cursor moved")
	}
	display(tr, term, "x", 3e6)
	if k.Shown != 3e6 || k.Wrong {
		t.Errorf("key %+v", k)
	}
}

// TestTrackerSeesErasing counts a key whose effect never shows by itself with the
// one that took its place.
func TestTrackerSeesErasing(t *testing.T) {
	term, tr := vterm.New(20, 2), newTracker()
	wrong := typed(tr, term, 0, 'x', 1e6)
	back := typed(tr, term, 0, erase, 2e6)
	right := typed(tr, term, 0, 'y', 3e6)
	display(tr, term, "y", 8e6)
	if wrong.Shown != 8e6 || back.Shown != 8e6 || right.Shown != 8e6 || tr.pending() != 0 {
		t.Errorf("shown at %d, %d and %d", wrong.Shown, back.Shown, right.Shown)
	}
}

func TestTrackerSeesWrongGuesses(t *testing.T) {
	term, tr := vterm.New(20, 2), newTracker()
	tr.watched[0] = [2]int{0, 20}
	a, b := typed(tr, term, 0, 'a', 1e6), typed(tr, term, 1, 'b', 2e6)
	display(tr, term, "a\rz", 3e6) // right, then something else in its place
	if a.Flap || !a.Wrong {
		t.Errorf("a %+v", a)
	}
	display(tr, term, "\rab", 4e6)
	display(tr, term, "\r a", 5e6) // both were displayed and are gone
	if !a.Flap || !b.Flap {
		t.Errorf("a %+v, b %+v", a, b)
	}
	display(tr, term, "\rab    q", 6e6)
	display(tr, term, "", 7e6)
	if tr.stray != 1 {
		t.Errorf("%d strays, want 1", tr.stray)
	}
}

func TestTrackerFollowsTheCursor(t *testing.T) {
	term, tr := vterm.New(20, 3), newTracker()
	term.Write([]byte("text\r"))
	tr.unchanging[0] = "text"
	first, second := &Key{Kind: "nav", Col: 1, Typed: 1e6}, &Key{Kind: "nav", Col: 2, Typed: 2e6}
	tr.expectCursor(first)
	tr.expectCursor(second)
	display(tr, term, "\x1b[1;3H", 5e6)
	if first.Shown != 5e6 || second.Shown != 5e6 || tr.stray != 0 {
		t.Errorf("shown at %d and %d, %d strays", first.Shown, second.Shown, tr.stray)
	}
	display(tr, term, "ll", 6e6) // letters that should have moved the cursor
	if tr.stray != 2 {
		t.Errorf("%d strays, want 2", tr.stray)
	}
}
