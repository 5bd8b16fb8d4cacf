package ssp

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"roam/crypto"
	"roam/ssp/ssptest/sim"
)

// A pair is a client and a server on a simulated network. The client's user
// types; the server's program answers each key by a change of its screen, and
// changes it at other times too. Besides, each direction is listened to by a
// model of a stock peer.
type pair struct {
	t     testing.TB
	world *sim.World

	client *Transport[list, register]
	server *Transport[register, list]

	up, down         *sim.Link
	wakeUp, wakeDown *sim.Timer
	address          int // the client's, which changes when it roams or hops
	known            int // the client's address as the server knows it
	dead             int // addresses below are not the client's any more
	hops             int
	onSend           func(toServer bool, datagram []byte) // sees what is sent; nil: nobody does
	buf              []byte

	stockServer *stockReceiver[list]
	stockClient *stockReceiver[register]

	typed    string
	taken    int // bytes of the client's list that the program has read
	screen   register
	versions map[string]int // contents that the screen had, in order
	shown    int            // version of the screen that the client has
	whole    bool           // the screen is sent whole, so each state is one that was
}

// pairOptions set up a pair. The zero value is a perfect network.
type pairOptions struct {
	seed     uint64
	up, down sim.Conditions
	budget   int  // of the server
	payload  int  // of both
	long     bool // for long runs: no models
	client   func(*Config)
	server   func(*Config)
}

func newPair(t testing.TB, o pairOptions) *pair {
	t.Helper()
	p := &pair{t: t, world: sim.New(o.seed), screen: newRegister(), versions: map[string]int{}, whole: o.budget == 0, address: 1}
	p.versions[p.screen.cells] = 0
	now := p.world.Now()
	chaff := chaffFrom{rand.New(rand.NewPCG(o.seed, 1))}
	clientConfig := Config{Role: Client, Session: testSession(t, crypto.ToServer), Rand: chaff, MaxPayload: o.payload}
	serverConfig := Config{Role: Server, Session: testSession(t, crypto.ToClient), Rand: chaff, MaxPayload: o.payload, DiffBudget: o.budget}
	if o.client != nil {
		o.client(&clientConfig)
	}
	if o.server != nil {
		o.server(&serverConfig)
	}
	p.client = New(now, clientConfig, list{}, func() list { return newList(p.typed) }, newRegister())
	p.server = New(now, serverConfig, newRegister(), func() register { return p.screen }, list{})
	p.up = p.world.NewLink(o.up, p.atServer)
	p.down = p.world.NewLink(o.down, p.atClient)
	p.wakeUp = p.world.NewTimer(p.runClient)
	p.wakeDown = p.world.NewTimer(p.runServer)
	if !o.long {
		p.listen()
	}
	p.wakeUp.Set(now)
	return p
}

// listen adds the models of stock peers.
func (p *pair) listen() {
	p.stockServer = newStockReceiver(p.t, "client to server", crypto.ToServer, list{})
	p.stockServer.same = func(a, b list) bool { return a.text == b.text }
	p.stockServer.follows = func(old, new list) bool { return strings.HasPrefix(new.text, old.text) }
	p.stockClient = newStockReceiver(p.t, "server to client", crypto.ToClient, newRegister())
	p.stockClient.same = register.Equal
}

// runClient sends what the client has due.
func (p *pair) runClient() {
	now := p.world.Now()
	for {
		b, ok := p.client.Poll(now, p.buf[:0])
		p.buf = b[:0]
		if !ok {
			break
		}
		if p.onSend != nil {
			p.onSend(true, b)
		}
		p.up.Send(p.address, b)
		if p.client.HopDue(now) {
			p.hops++
			p.address++
		}
	}
	p.checkTimeout(p.client.NextTimeout())
	p.wakeUp.Set(p.client.NextTimeout())
}

// runServer sends what the server has due.
func (p *pair) runServer() {
	now := p.world.Now()
	for {
		b, ok := p.server.Poll(now, p.buf[:0])
		p.buf = b[:0]
		if !ok {
			break
		}
		if p.onSend != nil {
			p.onSend(false, b)
		}
		p.down.Send(p.known, b)
	}
	p.checkTimeout(p.server.NextTimeout())
	p.wakeDown.Set(p.server.NextTimeout())
}

func (p *pair) checkTimeout(next time.Time) {
	if !next.IsZero() && !next.After(p.world.Now()) {
		p.t.Fatalf("quiet, but NextTimeout is %v ago", p.world.Now().Sub(next))
	}
}

// atServer is what the network brings to the server.
func (p *pair) atServer(d sim.Datagram) {
	if p.stockServer != nil {
		p.stockServer.receive(d.Data)
	}
	r, _ := p.server.Receive(p.world.Now(), d.Data, d.CE)
	if r.Newest {
		p.known = d.From
	}
	if r.NewState {
		p.read()
	}
	if len(p.server.in.states) > maxReceived+2 || len(p.server.out.sent) > maxSent {
		p.t.Fatalf("the server holds %d and %d states", len(p.server.in.states), len(p.server.out.sent))
	}
	p.runServer()
}

// read lets the program read what is new in the client's list.
func (p *pair) read() {
	remote, num := p.server.Remote()
	text := remote.from(p.taken)
	if p.taken+len(text) > len(p.typed) || p.typed[p.taken:p.taken+len(text)] != text {
		p.t.Fatalf("state %d brings %q after %d bytes of %d: not what was typed", num, text, p.taken, len(p.typed))
	}
	p.taken += len(text)
	for _, key := range []byte(text) {
		p.output(p.taken*7, key)
	}
}

// output changes the screen: a cell somewhere, and a counter in front.
func (p *pair) output(at int, b byte) {
	version := len(p.versions)
	p.screen = p.screen.set(8+at%(registerCells-8), string(b)).set(0, fmt.Sprintf("%08d", version))
	p.versions[p.screen.cells] = version
	p.server.Touch(p.world.Now())
}

// atClient is what the network brings to the client.
func (p *pair) atClient(d sim.Datagram) {
	if d.From < p.dead {
		return
	}
	if p.stockClient != nil {
		p.stockClient.receive(d.Data)
	}
	r, _ := p.client.Receive(p.world.Now(), d.Data, d.CE)
	if r.NewState && p.whole {
		shown, _ := p.client.Remote()
		version, ok := p.versions[shown.cells]
		if !ok || version < p.shown {
			p.t.Fatalf("the client shows version %d (%v) after %d", version, ok, p.shown)
		}
		p.shown = version
	}
	if len(p.client.in.states) > maxReceived+2 || len(p.client.out.sent) > maxSent {
		p.t.Fatalf("the client holds %d and %d states", len(p.client.in.states), len(p.client.out.sent))
	}
	p.runClient()
}

// keys is what users type.
const keys = "the quick brown fox jumps over the lazy dog\r"

// typeKeys types n keys.
func (p *pair) typeKeys(n int) {
	for range n {
		p.typed += keys[len(p.typed)%len(keys):][:1]
	}
	p.client.Touch(p.world.Now())
	p.runClient()
}

// roam changes the client's address; what is sent to the old one is lost.
func (p *pair) roam() {
	p.address++
	p.dead = p.address
}

// live lets people type and programs write for d, with the given means between.
func (p *pair) live(d, betweenKeys, betweenOutputs time.Duration) {
	end := p.world.Now().Add(d)
	again := func(mean time.Duration, do func()) {
		if mean <= 0 {
			return
		}
		var timer *sim.Timer
		next := func() {
			if at := p.world.Now().Add(time.Duration(p.world.Rand().ExpFloat64() * float64(mean))); at.Before(end) {
				timer.Set(at)
			}
		}
		timer = p.world.NewTimer(func() {
			do()
			next()
		})
		next()
	}
	again(betweenKeys, func() {
		n := 1
		if p.world.Rand().IntN(100) == 0 && p.stockServer != nil {
			n = 3000 // a paste
		}
		p.typeKeys(n)
	})
	again(betweenOutputs, func() {
		p.output(p.world.Rand().IntN(registerCells), 'o')
		p.runServer()
	})
	p.world.Run(end)
}

// wantSame wants both objects to be the same at both ends.
func (p *pair) wantSame() {
	p.t.Helper()
	if p.taken != len(p.typed) {
		p.t.Errorf("the program has read %d bytes of %d", p.taken, len(p.typed))
	}
	if shown, _ := p.client.Remote(); !shown.Equal(p.screen) {
		p.t.Errorf("the client shows\n%s, the screen is\n%s", shown.cells, p.screen.cells)
	}
	if acked := p.client.AckedState(); acked.end() != len(p.typed) {
		p.t.Errorf("the client knows of %d acknowledged bytes of %d", acked.end(), len(p.typed))
	}
	if acked := p.server.AckedState(); !acked.Equal(p.screen) {
		p.t.Error("the server does not know that its screen arrived")
	}
}

// randomConditions draws a network from fair to terrible.
func randomConditions(r *rand.Rand) sim.Conditions {
	c := sim.Conditions{
		Delay:  time.Duration(r.IntN(300)) * ms,
		Jitter: time.Duration(r.IntN(80)) * ms,
		Loss:   []float64{0, 0.02, 0.1, 0.3, 0.5}[r.IntN(5)],
	}
	if r.IntN(3) == 0 {
		c.Burst = sim.Gilbert{ToBad: 0.05, ToGood: 0.3, Loss: 1}
	}
	if r.IntN(3) == 0 {
		c.Duplicate = 0.3
	}
	if r.IntN(3) == 0 {
		c.Reorder, c.ReorderBy = 0.3, 400*ms
	}
	if r.IntN(3) == 0 {
		c.Rate = 3000 + r.IntN(50_000)
		c.Queue = 4000 + r.IntN(100_000)
		c.MarkAbove = 3000
	}
	return c
}

// TestAnyNetworkConverges is the promise of the protocol: whatever the network
// did, when it works again both objects become the same, nothing is applied
// twice, memory stays bounded, and a stock peer would have survived.
func TestAnyNetworkConverges(t *testing.T) {
	const seeds = 100
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 99))
			o := pairOptions{seed: seed, up: randomConditions(r), down: randomConditions(r)}
			if r.IntN(3) == 0 {
				o.budget = 20 + r.IntN(200)
			}
			if r.IntN(3) == 0 {
				o.payload = 250
			}
			p := newPair(t, o)
			for range 1 + r.IntN(4) {
				p.live(time.Duration(r.IntN(20))*time.Second, time.Duration(20+r.IntN(2000))*ms, time.Duration(10+r.IntN(2000))*ms)
				switch r.IntN(4) {
				case 0:
					p.roam()
				case 1:
					now := p.world.Now()
					long := now.Add(time.Duration(r.IntN(100)) * time.Second)
					p.up.Outage(now, long)
					p.down.Outage(now, long)
				case 2:
					p.down.Outage(p.world.Now(), p.world.Now().Add(5*time.Second))
				}
			}
			p.live(time.Duration(r.IntN(120))*time.Second, time.Second, time.Second)
			// The network heals.
			p.up.SetConditions(sim.Conditions{Delay: 20 * ms})
			p.down.SetConditions(sim.Conditions{Delay: 20 * ms})
			p.world.RunFor(130 * time.Second)
			p.wantSame()
			if t.Failed() {
				t.Logf("up %+v %+v", o.up, p.up.Count())
				t.Logf("down %+v %+v", o.down, p.down.Count())
				t.Logf("client %+v", p.client.Stats())
				t.Logf("server %+v", p.server.Stats())
			}
		})
	}
}

// TestEitherEndsTheSession ends sessions from each side, and from both, over
// networks that lose a fifth of all datagrams.
func TestEitherEndsTheSession(t *testing.T) {
	for seed := range uint64(60) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			c := sim.Conditions{Delay: 30 * ms, Jitter: 20 * ms, Loss: 0.2, Duplicate: 0.1}
			p := newPair(t, pairOptions{seed: seed, up: c, down: c})
			p.live(3*time.Second, 100*ms, 100*ms)
			if seed%3 != 1 {
				p.client.Shutdown(p.world.Now())
				p.runClient()
			}
			last := p.screen
			if seed%3 != 0 {
				p.output(1, 'X')
				last = p.screen
				p.server.Shutdown(p.world.Now())
				p.runServer()
			}
			p.world.RunFor(12 * time.Second)
			if p.client.Phase() != Done || p.server.Phase() != Done {
				t.Errorf("phases %d (%v) and %d (%v), want both done", p.client.Phase(), p.client.Err(), p.server.Phase(), p.server.Err())
			}
			if shown, _ := p.client.Remote(); seed%3 == 1 && !shown.Equal(last) {
				t.Error("the last screen did not arrive")
			}
			if seed%3 == 0 && p.taken != len(p.typed) {
				t.Error("the last keys did not arrive")
			}
		})
	}
}

// TestRoaming changes the client's address in the middle of typing; the server
// must follow with the first datagram from there.
func TestRoaming(t *testing.T) {
	c := sim.Conditions{Delay: 25 * ms}
	p := newPair(t, pairOptions{seed: 1, up: c, down: c})
	p.live(5*time.Second, 200*ms, 0)
	for range 5 {
		p.roam()
		p.typeKeys(1)
		p.world.RunFor(60 * ms) // a round trip, and some
		if p.known != p.address {
			t.Fatalf("the server sends to address %d, the client is at %d", p.known, p.address)
		}
		p.world.RunFor(5 * time.Second)
		p.wantSame()
	}
	// Idle: the heartbeat tells.
	p.roam()
	p.world.RunFor(3100 * ms)
	if p.known != p.address {
		t.Errorf("after a heartbeat the server sends to address %d, the client is at %d", p.known, p.address)
	}
}

// TestANightsSleep loses everything for ten hours.
func TestANightsSleep(t *testing.T) {
	c := sim.Conditions{Delay: 25 * ms}
	p := newPair(t, pairOptions{seed: 1, up: c, down: c})
	p.live(5*time.Second, 200*ms, 200*ms)
	evening := p.world.Now()
	morning := evening.Add(10 * time.Hour)
	p.up.Outage(evening, morning)
	p.down.Outage(evening, morning)
	p.live(5*time.Second, 200*ms, 200*ms)
	p.world.RunFor(time.Minute)
	sent := p.down.Count().Sent
	p.world.Run(morning)
	if n := p.down.Count().Sent - sent; n > 0 {
		t.Errorf("the server sent %d datagrams into the night", n)
	}
	if p.hops < 2000 {
		t.Errorf("the client hopped %d times", p.hops)
	}
	p.world.RunFor(4 * time.Second)
	p.wantSame()
}

// hour runs an hour of a busy session over a fair network.
func hour(t testing.TB) *pair {
	c := sim.Conditions{Delay: 50 * ms, Jitter: 5 * ms, Loss: 0.01}
	p := newPair(t, pairOptions{seed: 1, up: c, down: c, long: true})
	p.live(time.Hour, 500*ms, 2*time.Second)
	p.world.RunFor(10 * time.Second)
	p.wantSame()
	return p
}

func TestAnHour(t *testing.T) {
	p := hour(t)
	t.Logf("client %+v; server %+v", p.client.Stats(), p.server.Stats())
	if n := p.client.Stats().Sent; n > 50_000 {
		t.Errorf("the client sent %d datagrams", n)
	}
}

func BenchmarkHour(b *testing.B) {
	for b.Loop() {
		hour(b)
	}
}

// TestIdleCost counts what an idle hour costs: a datagram each way per 3 s, and
// with half of them lost not more, but for the few repetitions at its beginning.
func TestIdleCost(t *testing.T) {
	for _, loss := range []float64{0, 0.5} {
		c := sim.Conditions{Delay: 50 * ms, Loss: loss}
		p := newPair(t, pairOptions{seed: 1, up: c, down: c})
		p.typeKeys(1)
		p.world.RunFor(time.Hour)
		for name, n := range map[string]int{"client": p.up.Count().Sent, "server": p.down.Count().Sent} {
			if n > 1250 {
				t.Errorf("with loss %v the %s sent %d datagrams in an idle hour", loss, name, n)
			}
		}
	}
}

// BenchmarkKeyToScreen measures, in simulated time, how long after a key its
// effect is on the client's screen, without prediction, and what that costs.
func BenchmarkKeyToScreen(b *testing.B) {
	for _, path := range []struct {
		name string
		c    sim.Conditions
	}{
		{"100ms", sim.Conditions{Delay: 50 * ms}},
		{"500ms", sim.Conditions{Delay: 250 * ms}},
		{"100ms 29% lost", sim.Conditions{Delay: 50 * ms, Loss: 0.155}},
	} {
		b.Run(path.name, func(b *testing.B) {
			var p *pair
			var took []time.Duration
			for b.Loop() {
				p = newPair(b, pairOptions{seed: 1, up: path.c, down: path.c, long: true})
				p.live(10*time.Second, 500*ms, 0)
				p.world.RunFor(5 * time.Second)
				took = p.timeKeys(500)
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Milliseconds()), "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Milliseconds()), "p99-ms")
			b.ReportMetric(float64(p.up.Count().SentBytes+p.down.Count().SentBytes)/float64(len(p.typed)), "bytes/key")
		})
	}
}

// timeKeys types n keys, one each 0.2 to 0.6 s, and returns how long each took to
// show.
func (p *pair) timeKeys(n int) []time.Duration {
	var took []time.Duration
	for range n {
		p.typeKeys(1)
		began := p.world.Now()
		for {
			shown, _ := p.client.Remote()
			if p.taken == len(p.typed) && shown.Equal(p.screen) {
				break
			}
			p.world.RunFor(ms)
		}
		took = append(took, p.world.Now().Sub(began))
		p.world.RunFor(200*ms + time.Duration(p.world.Rand().Int64N(int64(400*ms))))
	}
	return took
}
