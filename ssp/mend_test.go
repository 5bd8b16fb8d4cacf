package ssp

import (
	"testing"
	"time"

	"roam/crypto"
	"roam/ssp/ssptest/sim"
)

// Large states between roams that tell each other which pieces arrived, on a simulated
// network: which datagrams leave, and when all is there.

// framePieces is of how many pieces the frames of most of these tests are: as many as the
// window lets out at first.
const framePieces = 10

// frame returns a picture that takes so many pieces and is another each time.
func (g *gallery) frame(pieces int) string {
	return noiseFrom(g.shown.version+1000, pieces*1200-100)
}

// A loss makes the network lose some of the datagrams that are sent from now on, given by
// their places, and counts all.
type loss struct {
	down, up     map[int]bool
	sent, tallys int // to the client, from it
}

func (g *gallery) loses(l *loss) {
	g.lose = func(toClient bool, _ []byte) bool {
		if toClient {
			l.sent++
			return l.down[l.sent-1]
		}
		l.tallys++
		return l.up[l.tallys-1]
	}
}

func places(n ...int) map[int]bool {
	m := map[int]bool{}
	for _, i := range n {
		m[i] = true
	}
	return m
}

// TestOneLostDatagramCostsOnePiece: whichever is lost, be it the ack or what tells of the
// loss. Steps of 5 ms are measured; a gap is told of after 12.5 ms, a missing ack noticed
// after about 5/4 of a round trip.
func TestOneLostDatagramCostsOnePiece(t *testing.T) {
	for _, c := range []struct {
		name   string
		loss   loss
		sent   int // datagrams to the client
		within time.Duration
	}{
		{"none", loss{}, 10, 50 * ms},
		{"the first", loss{down: places(0)}, 11, 165 * ms},
		{"one of them", loss{down: places(4)}, 11, 165 * ms},
		{"the last", loss{down: places(9)}, 11, 290 * ms},
		{"three", loss{down: places(1, 4, 5)}, 13, 165 * ms},
		{"one, twice", loss{down: places(4, 10)}, 13, 430 * ms},
		{"the ack", loss{up: places(0)}, 11, 50 * ms},
		{"one, and what tells of it", loss{down: places(4), up: places(0)}, 14, 430 * ms},
		{"one, and the last, and what tells of them", loss{down: places(4, 9), up: places(0)}, 14, 430 * ms},
		{"half of them", loss{down: places(1, 3, 5, 7, 9)}, 16, 300 * ms},
		{"a burst at the end", loss{down: places(5, 6, 7, 8, 9)}, 15, 430 * ms},
		{"all", loss{down: places(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)}, 21, 430 * ms},
	} {
		g := newGallery(t, 1, sim.Conditions{Delay: 50 * ms}, "pt")
		for range 10 {
			g.change("known", "") // how long an ack takes is
			g.world.RunFor(time.Second)
		}
		g.loses(&c.loss)
		g.change(g.frame(framePieces), "")
		took := g.arrives(g.shown.version, 5*time.Second)
		g.world.RunFor(5 * time.Second)
		if took > c.within {
			t.Errorf("%s lost: took %v, want at most %v", c.name, took, c.within)
		}
		if c.loss.sent > c.sent {
			t.Errorf("%s lost: %d datagrams were sent, want %d", c.name, c.loss.sent, c.sent)
		}
		if !g.server.AckedState().Equal(g.shown) {
			t.Errorf("%s lost: not acknowledged", c.name)
		}
		if c.loss.tallys > 5 {
			t.Errorf("%s lost: the client sent %d datagrams", c.name, c.loss.tallys)
		}
	}
}

// TestNothingLostNothingTwice: what comes late or twice is no loss.
func TestNothingLostNothingTwice(t *testing.T) {
	for name, path := range map[string]sim.Conditions{
		"duplicates":   {Delay: 50 * ms, Duplicate: 0.5},
		"jitter":       {Delay: 50 * ms, Jitter: 20 * ms},
		"out of order": {Delay: 50 * ms, Reorder: 0.3, ReorderBy: 10 * ms},
		"a slow path":  {Delay: 50 * ms, Rate: 32_000},
	} {
		for seed := range uint64(5) {
			g := newGallery(t, seed, path, "pt")
			g.world.RunFor(time.Second)
			l := loss{}
			g.loses(&l)
			g.change(g.frame(framePieces), "")
			g.world.RunFor(3 * time.Second)
			if shown, _ := g.client.Remote(); !shown.Equal(g.shown) {
				t.Errorf("%s, seed %d: not there", name, seed)
			}
			if l.sent != framePieces {
				t.Errorf("%s, seed %d: %d datagrams were sent, want %d", name, seed, l.sent, framePieces)
			}
		}
	}
}

// TestWhatFollowsALargeStateWaitsForItsPieces: a change that was sent as a diff from a state
// of which a piece is missing is there as soon as that is, and is not sent again.
func TestWhatFollowsALargeStateWaitsForItsPieces(t *testing.T) {
	g := newGallery(t, 1, sim.Conditions{Delay: 50 * ms}, "pt")
	l := loss{down: places(4)}
	g.loses(&l)
	g.change(g.frame(framePieces), "")
	g.world.RunFor(25 * ms)
	g.change("", "more")
	g.world.RunFor(130 * ms)
	if shown, _ := g.client.Remote(); shown.version != 0 || shown.log != "" || len(g.client.parked.waiting) != 1 {
		t.Errorf("shown %d %q with %d that wait", shown.version, shown.log, len(g.client.parked.waiting))
	}
	g.world.RunFor(10 * ms)
	if shown, _ := g.client.Remote(); !shown.Equal(g.shown) || len(g.client.parked.waiting) != 0 || g.client.parked.size != 0 {
		t.Errorf("shown %d %q with %d that wait", shown.version, shown.log, len(g.client.parked.waiting))
	}
	g.world.RunFor(time.Second)
	if l.sent != framePieces+1+1 {
		t.Errorf("%d datagrams were sent", l.sent)
	}
}

// TestAFilmIsShownOnAPathThatLoses: all is new each 100 ms, so that pieces of the old are
// missing when the new one begins. Sent whole, no frame but by luck was ever complete.
func TestAFilmIsShownOnAPathThatLoses(t *testing.T) {
	for _, loss := range []float64{0.01, 0.1, 0.2, 0.3} {
		g := newGallery(t, 1, sim.Conditions{Delay: 50 * ms, Loss: loss}, "pt")
		seen, newest, last, longest := 0, uint64(0), g.world.Now(), time.Duration(0)
		for range 50 {
			g.change(g.frame(framePieces), "")
			for range 10 {
				g.world.RunFor(10 * ms)
				if shown, _ := g.client.Remote(); shown.version > newest {
					longest = max(longest, g.world.Now().Sub(last))
					seen, newest, last = seen+1, shown.version, g.world.Now()
				}
			}
		}
		t.Logf("%.0f %% lost: %d of 50 shown, the longest pause %v", 100*loss, seen, longest)
		if longest > 1500*ms || seen < 15 {
			t.Errorf("%.0f %% lost: %d of 50 shown, the longest pause %v", 100*loss, seen, longest)
		}
	}
}

// TestAnyLossCostsLittleMore: on paths that lose up to 40 % each way everything arrives,
// and it takes few bytes beyond those that are lost.
func TestAnyLossCostsLittleMore(t *testing.T) {
	paths := map[string]sim.Conditions{
		"bursts": {Delay: 50 * ms, Burst: sim.Gilbert{ToBad: 0.05, ToGood: 0.3, Loss: 1}},
		"chaos":  {Delay: 50 * ms, Jitter: 30 * ms, Loss: 0.1, Duplicate: 0.2, Reorder: 0.1, ReorderBy: 60 * ms},
	}
	for _, loss := range []float64{0.01, 0.05, 0.15, 0.25, 0.4} {
		paths[time.Duration(loss*1e9).String()] = sim.Conditions{Delay: 50 * ms, Loss: loss}
	}
	for name, path := range paths {
		g := newGallery(t, 1, path, "pt")
		sent, once := g.down.Count().SentBytes, 0
		for range 20 {
			g.change(g.frame(20), "")
			once += len(g.shown.picture)
			if took := g.arrives(g.shown.version, 10*time.Second); took >= 5*time.Second {
				t.Errorf("%s: a frame took %v", name, took)
			}
			g.world.RunFor(time.Second)
		}
		share := float64(g.down.Count().SentBytes-sent) / float64(once)
		t.Logf("%s: %.2f", name, share)
		if limit := 1.1 / ((1 - path.Loss) * (1 - path.Loss)) * (1 + path.Loss); share > limit && path.Loss > 0 && path.Jitter == 0 {
			t.Errorf("%s: %.2f times the bytes, want at most %.2f", name, share, limit)
		}
	}
}

// TestOnlyWhoAgreedIsToldOfPieces: neither a stock peer nor an older roam sees anything new.
func TestOnlyWhoAgreedIsToldOfPieces(t *testing.T) {
	for _, abilities := range []string{"", "p", "t", "pt"} {
		g := newGallery(t, 1, sim.Conditions{Delay: 50 * ms, Loss: 0.2}, abilities)
		spies := map[bool]*crypto.Session{true: testSession(t, crypto.ToServer), false: testSession(t, crypto.ToClient)}
		tallies := 0
		g.lose = func(toClient bool, datagram []byte) bool {
			f := pieceIn(t, spies[toClient], datagram)
			if kind, _, ok := f.Kind(); ok && kind == kindTally {
				tallies++
			}
			return false
		}
		for range 10 {
			g.change(g.frame(framePieces), "")
			g.world.RunFor(2 * time.Second)
		}
		if told := tallies > 0; told != (abilities == "t" || abilities == "pt") {
			t.Errorf("abilities %q: %d tallies", abilities, tallies)
		}
	}
}

// TestKeysDoNotWaitForPieces: a key leaves when it is typed, whatever is missing of the
// screen.
func TestKeysDoNotWaitForPieces(t *testing.T) {
	g := newGallery(t, 1, sim.Conditions{Delay: 50 * ms, Loss: 0.29}, "pt")
	for range 100 {
		g.change(g.frame(framePieces), "")
		g.world.RunFor(70 * ms)
		before := g.client.SentNum()
		g.typed = newList(g.typed.text + "k")
		g.client.Touch(g.world.Now())
		g.run()
		if g.client.SentNum() == before {
			t.Fatal("a key did not leave at once")
		}
		g.world.RunFor(70 * ms)
	}
}

// TestAPathThatDropsLargeDatagramsIsFoundOut: the last piece of a frame arrives, and all
// others never do.
func TestAPathThatDropsLargeDatagramsIsFoundOut(t *testing.T) {
	for _, mtu := range []int{1100, 600} {
		g := newGallery(t, 1, sim.Conditions{Delay: 50 * ms, MTU: mtu}, "pt")
		g.change(g.frame(4)[:4000], "")
		if took := g.arrives(g.shown.version, 20*time.Second); took > 6*time.Second {
			t.Errorf("%d bytes: took %v", mtu, took)
		}
	}
}
