package session

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"roam/ssp/ssptest/sim"
)

// A path is one over which clipboards are copied.
type copyPath struct {
	name string
	path sim.Conditions
	size int           // bytes of the clipboard
	most time.Duration // that it may take, about twice what it takes
	late time.Duration // how much longer than without it a key may take
}

// copyPaths: keyWait is a full datagram at 1 Mbit/s; slower paths have one of their own. On
// that path it depends on the seed whether one key of a hundred waits for two of them or a
// part of a third.
var copyPaths = []copyPath{
	{"loopback", sim.Conditions{}, 1 << 20, 5 * time.Second, time.Millisecond},
	{"100 Mbit/s", sim.Conditions{Delay: 10 * time.Millisecond, Rate: 12_500_000}, 1 << 20, 7 * time.Second, keyWait},
	{"1 Mbit/s", sim.Conditions{Delay: 50 * time.Millisecond, Rate: 125_000, Queue: 64 << 10}, 1 << 20, 100 * time.Second, 3 * keyWait},
	{"256 kbit/s", sim.Conditions{Delay: 50 * time.Millisecond, Rate: 32_000, Queue: 32 << 10}, 200_000, 60 * time.Second, 80 * time.Millisecond},
	{"29 % loss", sim.Conditions{Delay: 50 * time.Millisecond, Loss: 0.29}, 100_000, 60 * time.Second, time.Second},
}

// copyTimes copies a clipboard while keys are typed at a program that echoes, and returns
// how long it takes, and each key until it shows.
func copyTimes(t *testing.T, c copyPath, seed uint64, size int) (whole time.Duration, keys []time.Duration) {
	p := newPair(t, seed, c.path, Supported(), Supported())
	p.resize(100, 30)
	p.world.RunFor(3 * time.Second)
	rnd := rand.New(rand.NewPCG(seed, 7))
	start := p.world.Now()
	if size > 0 {
		text := make([]byte, size)
		for i := range text {
			text[i] = byte(rnd.Uint32())
		}
		p.output(sequence(clipboardOf(text)))
	}
	for n := range 100 {
		key := string(rune('a' + n%26)) // another one each time: the last may still show
		p.output("\x1b[H\x1b[2J")
		p.world.RunFor(150*time.Millisecond + time.Duration(rnd.IntN(150))*time.Millisecond)
		typed, shown := p.world.Now(), time.Time{}
		p.onScreen = func(s Screen) {
			if shown.IsZero() && text(s.Term()) == key {
				shown = p.world.Now()
			}
		}
		p.typeIn([]byte(key))
		for limit := typed.Add(time.Minute); shown.IsZero(); p.world.RunFor(time.Millisecond) {
			if p.world.Now().After(limit) {
				t.Fatal("a key is not shown after a minute")
			}
			if whole == 0 && len(p.acted) > 0 {
				whole = p.world.Now().Sub(start)
			}
		}
		p.onScreen = nil
		if size == 0 || whole == 0 {
			keys = append(keys, shown.Sub(typed))
		}
		if size > 0 && len(p.acted) > 0 {
			break
		}
	}
	for size > 0 && whole == 0 {
		p.world.RunFor(10 * time.Millisecond)
		if whole = p.world.Now().Sub(start); whole > time.Hour {
			t.Fatal("the clipboard never arrives")
		}
		if len(p.acted) == 0 {
			whole = 0
		}
	}
	slices.Sort(keys)
	return whole, keys
}

// A clipboard uses what the path has to spare, and no key waits for it.
func TestClipboardUsesThePath(t *testing.T) {
	for _, c := range copyPaths {
		t.Run(c.name, func(t *testing.T) {
			_, idle := copyTimes(t, c, 1, 0)
			whole, busy := copyTimes(t, c, 1, c.size)
			show := func(d []time.Duration) string {
				if len(d) == 0 {
					return "-"
				}
				return fmt.Sprintf("median %v, 95 %% %v, worst %v of %d", d[len(d)/2], d[len(d)*95/100], d[len(d)-1], len(d))
			}
			t.Logf("%d bytes in %v; keys: %s; without it: %s", c.size, whole, show(busy), show(idle))
			if whole > c.most {
				t.Errorf("%d bytes took %v", c.size, whole)
			}
			if len(busy) > 0 && busy[len(busy)-1] > idle[len(idle)-1]+c.late {
				t.Errorf("a key took %v, and %v without the clipboard", busy[len(busy)-1], idle[len(idle)-1])
			}
		})
	}
}

// TestKeysPassALossyClipboard: of what is on its way much is lost, and then the key's
// state has all of it. A key once waited for a minute.
func TestKeysPassALossyClipboard(t *testing.T) {
	c := copyPaths[len(copyPaths)-1]
	var keys []time.Duration
	for seed := range uint64(20) {
		_, took := copyTimes(t, c, seed, c.size)
		keys = append(keys, took...)
	}
	slices.Sort(keys)
	worst := keys[len(keys)-1]
	t.Logf("%d keys: median %v, 95 %% %v, worst %v", len(keys), keys[len(keys)/2], keys[len(keys)*95/100], worst)
	if most := 2 * time.Second; worst > most {
		t.Errorf("a key took %v, want %v at most", worst, most)
	}
}

// An eventPace takes more steps, then larger ones, while round trips stay short; less when
// they do not; and begins anew after a loss.
func TestEventPace(t *testing.T) {
	var p eventPace
	now, offset := time.Unix(0, 0), uint64(0)
	round := func(rtt, took time.Duration) {
		offset += p.step()
		p.extended(now, offset)
		now = now.Add(took)
		p.held(now, offset, rtt)
	}
	want := func(when string, step, ahead uint64) {
		t.Helper()
		if p.step() != step || p.ahead() != ahead {
			t.Fatalf("%s: a step of %d and %d ahead, want %d and %d", when, p.step(), p.ahead(), step, ahead)
		}
	}
	const rtt = 40 * time.Millisecond
	for range cleanSteps {
		want("at first", minStep, minStep)
		round(rtt, rtt)
	}
	for n := range uint64(maxFlight) {
		want("on a clean path", minStep, (n+1)*minStep)
		round(rtt+keyWait/2, rtt)
	}
	want("with room for more", 2*minStep, maxAhead)
	round(rtt+keyWait, rtt) // neither too long, nor short enough for twice as much
	want("with room for no more", 2*minStep, maxAhead)
	for range 20 {
		round(rtt, rtt)
	}
	want("on a fast path", maxAhead, maxAhead)
	round(rtt+2*keyWait, rtt)
	want("too much", minStep<<3, maxAhead)
	for range 4 {
		round(rtt+2*keyWait, rtt)
	}
	want("much too much", minStep, maxFlight/2*minStep)
	round(rtt, 2*rtt+lossWait)
	want("late", minStep, (maxFlight/2+1)*minStep)
	round(rtt, 2*rtt+lossWait+1)
	want("after a loss", minStep, minStep)
	p.extended(now, offset+1)
	p.held(now, offset, rtt) // an ack of what was before
	p.held(now, offset+1, 0) // and one that measured nothing
	if p.clean != 1 {
		t.Errorf("%d steps count as clean", p.clean)
	}
}
