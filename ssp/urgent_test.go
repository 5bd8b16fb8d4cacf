package ssp

import (
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"roam/crypto"
	"roam/ssp/ssptest/sim"
	"roam/ssp/wire"
)

// A board is a picture, for which somebody waits, and a log that only grows, for which
// nobody does, as a screen with a clipboard has them.
type board struct {
	version uint64 // of the picture
	picture string
	log     string
}

func (b board) AppendDiff(dst []byte, base board, _ int) ([]byte, board) {
	if b.Equal(base) {
		return dst, b
	}
	picture := b.picture
	if b.version == base.version {
		picture = ""
	}
	dst = binary.AppendUvarint(dst, b.version)
	dst = binary.AppendUvarint(dst, uint64(len(picture)))
	dst = append(dst, picture...)
	return append(dst, b.log[len(base.log):]...), b
}

func (b board) Apply(diff []byte) (board, error) {
	version, n := binary.Uvarint(diff)
	length, m := binary.Uvarint(diff[max(n, 0):])
	if n <= 0 || m <= 0 || uint64(len(diff)-n-m) < length {
		return board{}, errors.New("malformed board")
	}
	diff = diff[n+m:]
	if version != b.version {
		b.version, b.picture = version, string(diff[:length])
	}
	b.log += string(diff[length:])
	return b, nil
}

func (b board) Equal(c board) bool  { return b.version == c.version && len(b.log) == len(c.log) }
func (b board) Since(_ board) board { return b }
func (b board) Size() int           { return len(b.picture) + len(b.log) }

func (b board) CanWait(earlier board) (time.Duration, bool) {
	return 0, b.version == earlier.version
}

// A gallery is a server that shows a board to a client: to a roam with some abilities, or to
// stock.
type gallery struct {
	t      testing.TB
	world  *sim.World
	client *Transport[list, board]
	server *Transport[board, list]
	up     *sim.Link
	down   *sim.Link
	wake   [2]*sim.Timer
	shown  board // by the server
	typed  list  // at the client

	lose func(toClient bool, datagram []byte) bool // what the network loses besides; nil: nothing

	peek *crypto.Session // of a client that keeps the pieces of one instruction, as stock does; nil for a roam
	id   uint64          // of that
}

func newGallery(t testing.TB, seed uint64, path sim.Conditions, abilities string) *gallery {
	g := &gallery{t: t, world: sim.New(seed)}
	now, chaff := g.world.Now(), chaffFrom{rand.New(rand.NewPCG(seed, 1))}
	client := Config{Role: Client, Session: testSession(t, crypto.ToServer), Rand: chaff}
	server := Config{Role: Server, Session: testSession(t, crypto.ToClient), Rand: chaff}
	if abilities != "" {
		pings(&talker{abilities: []byte(abilities)})(&client)
		pings(&talker{server: true, abilities: []byte(abilities)})(&server)
	} else {
		g.peek = testSession(t, crypto.ToServer)
	}
	g.typed = newList("k")
	g.client = New(now, client, list{}, func() list { return g.typed }, board{})
	g.server = New(now, server, board{}, func() board { return g.shown }, list{})
	known := sim.Conditions{Delay: path.Delay} // until the round trip is
	g.up = g.world.NewLink(known, func(d sim.Datagram) {
		g.server.Receive(g.world.Now(), d.Data, d.CE)
		g.run()
	})
	g.down = g.world.NewLink(known, g.atClient)
	g.wake = [2]*sim.Timer{g.world.NewTimer(g.run), g.world.NewTimer(g.run)}
	g.run()
	g.world.RunFor(3 * time.Second)
	g.up.SetConditions(path)
	g.down.SetConditions(path)
	return g
}

// atClient is what the network brings to the client.
func (g *gallery) atClient(d sim.Datagram) {
	if g.peek != nil {
		if _, plain, err := g.peek.Open(nil, d.Data); err == nil {
			p, _ := wire.ParsePacket(plain)
			if f, err := wire.ParseFragment(p.Payload); err == nil && f.ID != g.id {
				g.id, g.client.assembler = f.ID, wire.Assembler{}
			}
		}
	}
	g.client.Receive(g.world.Now(), d.Data, d.CE)
	g.run()
}

// run sends what either end has due.
func (g *gallery) run() {
	now := g.world.Now()
	for {
		b, ok := g.client.Poll(now, nil)
		if !ok {
			break
		}
		if g.lose == nil || !g.lose(false, b) {
			g.up.Send(1, b)
		}
	}
	for {
		b, ok := g.server.Poll(now, nil)
		if !ok {
			break
		}
		if g.lose == nil || !g.lose(true, b) {
			g.down.Send(2, b)
		}
	}
	g.wake[0].Set(g.client.NextTimeout())
	g.wake[1].Set(g.server.NextTimeout())
}

// change shows another picture, or tells more in the log.
func (g *gallery) change(picture, log string) {
	if picture != "" {
		g.shown.version++
		g.shown.picture = picture
	}
	g.shown.log += log
	g.server.Touch(g.world.Now())
	g.run()
}

// arrives returns how long it takes until the client has a version, at most a while.
func (g *gallery) arrives(version uint64, most time.Duration) time.Duration {
	start := g.world.Now()
	for g.world.Now().Sub(start) < most {
		if b, _ := g.client.Remote(); b.version >= version {
			break
		}
		g.world.RunFor(5 * ms)
	}
	return g.world.Now().Sub(start)
}

// TestUrgentChangesArriveOnBadPaths: whatever is on its way, large and small, urgent and
// patient, an urgent change is at the peer within a bound, be it a roam or one that keeps
// the pieces of one instruction, as stock does. A state of 14 datagrams at most, of which
// each is lost with the chance p, is whole after k transmissions with the chance
// (1-p^k)^14: k is such that one in 10,000 is not. One transmission more may have been
// displaced by a patient change. Each takes an RTO and the 100 ms by which an ack may be
// delayed, or two where it is more than the window.
func TestUrgentChangesArriveOnBadPaths(t *testing.T) {
	const pieces, fail = 14, 1e-4
	for _, c := range []struct {
		name string
		path sim.Conditions
		loss float64 // for the bound
	}{
		{"100 ms", sim.Conditions{Delay: 50 * ms}, 0},
		{"100 ms, 10 % lost", sim.Conditions{Delay: 50 * ms, Loss: 0.1}, 0.1},
		{"100 ms, 29 % lost", sim.Conditions{Delay: 50 * ms, Loss: 0.29}, 0.29},
		{"100 ms, half lost", sim.Conditions{Delay: 50 * ms, Loss: 0.5}, 0.5},
		{"20 ms, bursts", sim.Conditions{Delay: 10 * ms, Burst: sim.Gilbert{ToBad: 0.05, ToGood: 0.3, Loss: 1}}, 0.5},
		{"500 ms, 10 % lost", sim.Conditions{Delay: 250 * ms, Loss: 0.1}, 0.1},
		{"60 ms, out of order and lost", sim.Conditions{Delay: 30 * ms, Jitter: 20 * ms, Loss: 0.2, Duplicate: 0.2, Reorder: 0.1, ReorderBy: 50 * ms}, 0.29},
		{"40 ms, 2 Mbit/s, 10 % lost", sim.Conditions{Delay: 20 * ms, Rate: 250_000, Queue: 64 << 10, Loss: 0.1}, 0.1},
	} {
		for _, abilities := range []string{"pt", "p", ""} {
			rounds := 1.0
			if c.loss > 0 {
				rounds += math.Ceil(math.Log(fail/pieces) / math.Log(c.loss))
			}
			rto := 2*c.path.Delay + 4*c.path.Jitter + 50*ms
			bound := time.Duration(2 * rounds * float64(rto+100*ms))
			if c.path.Rate > 0 {
				bound += time.Duration(rounds * pieces * MaxPayloadIPv4 / float64(c.path.Rate) * float64(time.Second))
			}
			worst := time.Duration(0)
			for seed := range uint64(2) {
				g := newGallery(t, seed, c.path, abilities)
				r := rand.New(rand.NewPCG(seed, 5))
				for range 60 {
					for range r.IntN(4) { // patient ones, of which 8,000 bytes are on their way
						if b := g.server.AckedState(); len(g.shown.log)-len(b.log) < 7000 {
							g.change("", noiseFrom(r.Uint64(), 1000))
						}
						g.world.RunFor(time.Duration(r.IntN(30)) * ms)
					}
					g.change(noiseFrom(r.Uint64(), []int{5, 50, 500, 2000, 8000}[r.IntN(5)]), "")
					if r.IntN(2) == 0 {
						g.change("", noiseFrom(r.Uint64(), 100))
					}
					worst = max(worst, g.arrives(g.shown.version, bound+time.Second))
				}
			}
			t.Logf("%s, abilities %q: worst %v, bound %v", c.name, abilities, worst, bound)
			if worst > bound {
				t.Errorf("%s, abilities %q: an urgent change took %v, want at most %v", c.name, abilities, worst, bound)
			}
		}
	}
}
