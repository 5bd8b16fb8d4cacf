package session

import (
	"bytes"
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"roam/ssp/wire"
)

// events writes what an Input has from event n on as one line: text in quotes,
// sizes as 80x24.
func events(in Input, n uint64) string {
	var words []string
	in.EventsSince(n, func(e Event) bool {
		if e.Bytes != nil {
			words = append(words, fmt.Sprintf("%q", e.Bytes))
		} else {
			words = append(words, fmt.Sprintf("%dx%d", e.Cols, e.Rows))
		}
		return true
	})
	return strings.Join(words, " ")
}

func TestInputKeepsOrderAndNumbers(t *testing.T) {
	in := Input{}.AppendResize(80, 24).AppendBytes([]byte("ab")).AppendBytes([]byte("c")).AppendResize(100, 30).AppendResize(90, 20).AppendBytes([]byte("d"))
	if in.Len() != 7 {
		t.Errorf("Len() = %d, want 7", in.Len())
	}
	for _, tt := range []struct {
		since uint64
		want  string
	}{
		{0, `80x24 "abc" 100x30 90x20 "d"`},
		{1, `"abc" 100x30 90x20 "d"`},
		{2, `"bc" 100x30 90x20 "d"`},
		{4, `100x30 90x20 "d"`},
		{5, `90x20 "d"`},
		{6, `"d"`},
		{7, ``},
		{99, ``},
	} {
		if got := events(in, tt.since); got != tt.want {
			t.Errorf("events since %d: %s, want %s", tt.since, got, tt.want)
		}
	}
}

func TestInputStopsWhenToldTo(t *testing.T) {
	in := Input{}.AppendResize(80, 24).AppendBytes([]byte("a")).AppendResize(1, 1)
	for stop := 1; stop <= 3; stop++ {
		n := 0
		in.EventsSince(0, func(Event) bool { n++; return n < stop })
		if n != stop {
			t.Errorf("asked to stop after %d events, got %d", stop, n)
		}
	}
}

func TestInputIsAValue(t *testing.T) {
	a := Input{}.AppendBytes([]byte("a"))
	ab := a.AppendBytes([]byte("b"))
	ac := a.AppendBytes([]byte("c")) // a second future of a
	as := a.AppendResize(10, 10)
	abd := ab.AppendBytes([]byte("d"))
	for _, tt := range []struct {
		in   Input
		want string
	}{{a, `"a"`}, {ab, `"ab"`}, {ac, `"ac"`}, {as, `"a" 10x10`}, {abd, `"abd"`}} {
		if got := events(tt.in, 0); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

func TestInputForgets(t *testing.T) {
	front := Input{}.AppendResize(80, 24).AppendBytes([]byte("ab"))
	in := front.AppendBytes([]byte("c")).AppendResize(5, 6).Since(front)
	if got, want := events(in, 0), `"c" 5x6`; got != want {
		t.Errorf("after Since: %s, want %s", got, want)
	}
	if in.Len() != 5 {
		t.Errorf("Len() = %d, want 5: numbers stay", in.Len())
	}
	in = in.AppendBytes([]byte("d"))
	if got, want := events(in, 4), `5x6 "d"`; got != "5x6 \"d\"" && got != want {
		t.Errorf("after more: %s, want %s", got, want)
	}
	if all := in.Since(in).AppendBytes([]byte("e")); events(all, 0) != `"e"` || all.Len() != 7 {
		t.Errorf("after forgetting all: %s, %d events", events(all, 0), all.Len())
	}
	if got := front.Since(in); events(got, 0) != "" || got.Len() != 3 {
		t.Errorf("a base newer than the state: %s, %d events", events(got, 0), got.Len())
	}
}

// A session of a million keys, acknowledged as they come, holds a few kilobytes.
func TestInputMemoryIsBounded(t *testing.T) {
	in := Input{}
	for range 100_000 {
		acked := in
		in = in.AppendBytes([]byte("0123456789")).Since(acked)
	}
	if got := cap(in.log.keys); got > 64<<10 {
		t.Errorf("the log of a session has %d bytes, want at most 64 KiB", got)
	}
	if in.Len() != 1_000_000 {
		t.Errorf("Len() = %d, want 1000000", in.Len())
	}
}

func TestInputSizesAreClamped(t *testing.T) {
	for _, tt := range []struct{ cols, rows, wantCols, wantRows int }{
		{80, 24, 80, 24}, {0, 0, 1, 1}, {-5, 7, 1, 7}, {1000, 1000, 1000, 262}, {256, 1024, 256, 1024},
		{70000, 30, 2048, 30}, {1 << 30, 1 << 30, 2048, 128},
	} {
		if got, want := events(Input{}.AppendResize(tt.cols, tt.rows), 0), fmt.Sprintf("%dx%d", tt.wantCols, tt.wantRows); got != want {
			t.Errorf("AppendResize(%d, %d): %s, want %s", tt.cols, tt.rows, got, want)
		}
	}
}

func TestInputApplyRefuses(t *testing.T) {
	for _, tt := range []struct {
		name string
		diff []byte
	}{
		{"no columns", wire.AppendResize(nil, 0, 24)},
		{"negative rows", wire.AppendResize(nil, 80, -1)},
		{"size absent", []byte{0x0a, 0x02, 0x1a, 0x00}},
		{"cut short", wire.AppendBytes(nil, []byte("abc"))[:5]},
		{"good, then bad", wire.AppendResize(wire.AppendBytes(nil, []byte("abc")), 0, 0)},
	} {
		base := Input{}.AppendBytes([]byte("x"))
		if got, err := base.Apply(tt.diff); err == nil {
			t.Errorf("%s: applied as %s", tt.name, events(got, 0))
		}
		if got := events(base.AppendBytes([]byte("y")), 0); got != `"xy"` {
			t.Errorf("%s: the base became %s", tt.name, got)
		}
	}
}

func TestInputApplySkipsWhatItDoesNotKnow(t *testing.T) {
	diff := wire.AppendBytes(nil, []byte("a"))
	diff = wire.AppendExtension(diff, 66, []byte("later"))
	diff = wire.AppendBytes(diff, []byte("b"))
	got, err := Input{}.Apply(diff)
	if err != nil || events(got, 0) != `"ab"` || got.Len() != 2 {
		t.Errorf("got %s, %d events, %v; want \"ab\", 2 events", events(got, 0), got.Len(), err)
	}
}

// Feeding diffs to a reader that holds the base yields the state, however the
// budget cuts them.
func TestInputDiffProperty(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	for range 300 {
		states := []Input{{}}
		for range 30 {
			in := states[len(states)-1]
			switch rnd.Intn(4) {
			case 0:
				in = in.AppendResize(1+rnd.Intn(300), 1+rnd.Intn(300))
			default:
				b := make([]byte, rnd.Intn(100))
				rnd.Read(b)
				in = in.AppendBytes(b)
			}
			states = append(states, in)
		}
		from := rnd.Intn(len(states))
		to := from + rnd.Intn(len(states)-from)
		reader, budget := states[from], rnd.Intn(200)
		for hops := 0; !reader.Equal(states[to]); hops++ {
			diff, reached := states[to].AppendDiff(nil, reader, budget)
			if len(diff) == 0 || hops > 10_000 {
				t.Fatalf("budget %d: stuck at %d of %d events", budget, reader.Len(), states[to].Len())
			}
			if limit := max(budget, eventCost) + 2*eventCost; budget > 0 && len(diff) > limit {
				t.Fatalf("budget %d: a diff of %d bytes", budget, len(diff))
			}
			next, err := reader.Apply(diff)
			if err != nil || next.Len() != reached.Len() {
				t.Fatalf("Apply: %d events, %v; want %d", next.Len(), err, reached.Len())
			}
			reader = next
		}
		if got, want := events(reader, 0), events(states[to], 0); got != want {
			t.Fatalf("%d to %d: got %s, want %s", from, to, got, want)
		}
		if diff, _ := states[to].AppendDiff(nil, reader, budget); len(diff) != 0 {
			t.Fatalf("a diff between equal states: %x", diff)
		}
	}
}

func TestInputDiffMergesRuns(t *testing.T) {
	in := Input{}
	for _, c := range "echo hi\r" {
		in = in.AppendBytes([]byte(string(c)))
	}
	diff, _ := in.AppendDiff(nil, Input{}, 0)
	if want := wire.AppendBytes(nil, []byte("echo hi\r")); !bytes.Equal(diff, want) {
		t.Errorf("diff %x, want one keystroke %x", diff, want)
	}
}

func TestInputLongPasteLeavesInPieces(t *testing.T) {
	const budget = 16 << 10
	in := Input{}.AppendBytes(make([]byte, 1<<20))
	reader, pieces := Input{}, 0
	for !reader.Equal(in) {
		diff, reached := in.AppendDiff(nil, reader, budget)
		if len(diff) > budget+eventCost {
			t.Fatalf("a diff of %d bytes", len(diff))
		}
		reader = reached
		pieces++
	}
	if pieces < 64 || pieces > 70 {
		t.Errorf("1 MiB left in %d pieces, want about 64", pieces)
	}
	if diff, reached := in.AppendDiff(nil, Input{}, 0); len(diff) < 1<<20 || !reached.Equal(in) {
		t.Errorf("without a budget a diff of %d bytes", len(diff))
	}
}

func FuzzInputApply(f *testing.F) {
	for _, m := range messageVectors(f, "UserMessage") {
		f.Add(m.encoded)
	}
	f.Fuzz(func(t *testing.T, diff []byte) {
		base := Input{}.AppendResize(80, 24)
		got, err := base.Apply(diff)
		if err != nil {
			return
		}
		if got.Len() < base.Len() || got.Size() > 40*len(diff)+eventCost {
			t.Errorf("Apply(%x): %d events, size %d", diff, got.Len(), got.Size())
		}
		back := base
		for !back.Equal(got) {
			d, reached := got.AppendDiff(nil, back, 0)
			if len(d) == 0 {
				t.Fatalf("Apply(%x): stuck at %d of %d events", diff, back.Len(), got.Len())
			}
			if back, err = back.Apply(d); err != nil || back.Len() != reached.Len() {
				t.Fatalf("Apply(%x): its own diff fails: %v", diff, err)
			}
		}
		if events(back, 0) != events(got, 0) {
			t.Errorf("Apply(%x) gives %s, and by way of diffs %s", diff, events(got, 0), events(back, 0))
		}
	})
}

func TestPokeMeansNothing(t *testing.T) {
	if got := (Input{}).AppendPoke(nil); !bytes.Equal(got, []byte{0x0a, 0x03, 0x9a, 0x04, 0x00}) {
		t.Errorf("a poke is % x", got)
	}
	base := Input{}.AppendResize(80, 24)
	in := base.AppendBytes([]byte("k"))
	diff, _ := in.AppendDiff(nil, base, 0)
	got, err := base.Apply(in.AppendPoke(diff))
	if err != nil || !got.Equal(in) {
		t.Errorf("a poked diff makes %+v, %v, want %+v", got, err, in)
	}
}
