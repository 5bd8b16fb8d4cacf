package predict

import (
	"testing"
	"time"
)

const ms = time.Millisecond

func TestPaceHasHysteresis(t *testing.T) {
	var tr triggers
	for i, c := range []struct {
		interval   time.Duration
		idle       bool
		slow, mark bool
	}{
		{0, true, false, false},       // not known yet: nothing is underlined at the start
		{30 * ms, true, false, false}, // edges do not count
		{31 * ms, true, true, false},
		{21 * ms, true, true, false},
		{20 * ms, false, true, false}, // something is pending
		{20 * ms, true, false, false},
		{80 * ms, true, true, false},
		{81 * ms, true, true, true},
		{51 * ms, true, true, true},
		{0, true, true, true},
		{50 * ms, true, true, false},
		{20 * ms, true, false, false},
	} {
		tr.pace(c.interval, c.idle)
		if tr.slow != c.slow || tr.mark != c.mark {
			t.Errorf("step %d, %v: slow %v, mark %v; want %v, %v", i, c.interval, tr.slow, tr.mark, c.slow, c.mark)
		}
	}
}

func TestGlitches(t *testing.T) {
	var tr triggers
	tr.waited(249 * ms)
	if tr.glitch != 0 {
		t.Errorf("glitch %d after 249 ms", tr.glitch)
	}
	tr.waited(250 * ms)
	if tr.glitch != 10 || tr.mark {
		t.Errorf("after 250 ms: glitch %d, mark %v", tr.glitch, tr.mark)
	}
	tr.waited(4999 * ms)
	if tr.glitch != 10 || tr.mark {
		t.Errorf("after 4999 ms: glitch %d, mark %v", tr.glitch, tr.mark)
	}
	tr.waited(5 * time.Second)
	if tr.glitch != 20 || !tr.mark {
		t.Errorf("after 5 s: glitch %d, mark %v", tr.glitch, tr.mark)
	}
	tr.pace(20*ms, true)
	if !tr.mark {
		t.Error("a big glitch lost its mark at once")
	}
	now := time.Unix(1000, 0)
	tr.cure(now, 250*ms) // not quick
	if tr.glitch != 20 {
		t.Error("a slow echo cured")
	}
	for i := range 20 {
		tr.cure(now, 249*ms)
		tr.cure(now.Add(149*ms), 10*ms) // too soon after the last
		if want := 19 - i; tr.glitch != want {
			t.Fatalf("glitch %d, want %d", tr.glitch, want)
		}
		tr.pace(20*ms, true)
		if want := tr.glitch > 10; tr.mark != want {
			t.Errorf("glitch %d: mark %v", tr.glitch, tr.mark)
		}
		now = now.Add(150 * ms)
	}
}

func TestMarksOnlyStaleGuessesInBetween(t *testing.T) {
	tr := triggers{}
	tr.pace(100*ms, true)
	if !tr.marks(0) {
		t.Error("no mark on a slow path")
	}
	tr.pace(60*ms, true)
	if tr.marks(239 * ms) {
		t.Error("a fresh guess is marked in between")
	}
	if !tr.marks(240 * ms) {
		t.Error("a stale guess is not marked in between")
	}
}

func TestNextChange(t *testing.T) {
	for _, c := range []struct {
		tr   triggers
		d    time.Duration
		want time.Duration
	}{
		{triggers{}, 0, 250 * ms},
		{triggers{}, 249 * ms, 250 * ms},
		{triggers{glitch: 10}, 250 * ms, 5 * time.Second},
		{triggers{glitch: 20, mark: true}, 5 * time.Second, 0},
		{triggers{mark: true, band: true, interval: 60 * ms}, 0, 240 * ms},
		{triggers{mark: true, band: true, interval: 60 * ms}, 240 * ms, 250 * ms},
	} {
		if got := c.tr.next(c.d); got != c.want {
			t.Errorf("%+v waited %v: next at %v, want %v", c.tr, c.d, got, c.want)
		}
	}
}
