package ssptest

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"roam/ssp"
	"roam/ssp/ssptest/sim"
)

// A Path is a network that CheckConvergence tries, by its name in the test's.
type Path struct {
	Name       string
	Conditions sim.Conditions // of each direction

	Outage time.Duration // once, in the middle, nothing arrives for so long
	Roams  bool          // the client changes its address now and then
}

const ms = time.Millisecond

// Paths returns the paths of CheckConvergence, from good to terrible.
func Paths() []Path {
	return []Path{
		{Name: "clean", Conditions: sim.Conditions{Delay: 20 * ms}},
		{Name: "jitter", Conditions: sim.Conditions{Delay: 50 * ms, Jitter: 100 * ms}},
		{Name: "lossy", Conditions: sim.Conditions{Delay: 50 * ms, Loss: 0.3}},
		{Name: "bursts", Conditions: sim.Conditions{Delay: 40 * ms, Burst: sim.Gilbert{ToBad: 0.05, ToGood: 0.2, Loss: 1}}},
		{Name: "reordered", Conditions: sim.Conditions{Delay: 30 * ms, Reorder: 0.4, ReorderBy: 500 * ms, Duplicate: 0.3}},
		{Name: "narrow", Conditions: sim.Conditions{Delay: 30 * ms, Rate: 4000, Queue: 16_000}},
		{Name: "bloated", Conditions: sim.Conditions{Delay: 30 * ms, Rate: 10_000, MarkAbove: 2000}},
		{Name: "satellite", Conditions: sim.Conditions{Delay: 300 * ms, Jitter: 30 * ms, Loss: 0.02}},
		{Name: "roaming", Conditions: sim.Conditions{Delay: 50 * ms, Loss: 0.1}, Roams: true},
		{Name: "outage", Conditions: sim.Conditions{Delay: 50 * ms, Loss: 0.1}, Outage: 2 * time.Minute},
		{Name: "terrible", Conditions: sim.Conditions{
			Delay: 200 * ms, Jitter: 100 * ms, Loss: 0.4, Duplicate: 0.2, Reorder: 0.3, ReorderBy: 800 * ms, Rate: 20_000, Queue: 30_000,
		}, Roams: true},
	}
}

const (
	// busy is for how long states change on a bad path, and calm how long a good
	// one has to bring both ends together: enough to notice that an outage is
	// over.
	busy = 40 * time.Second
	calm = 60 * time.Second

	// betweenChanges is the mean time between two changes at one end.
	betweenChanges = 400 * ms

	// convergeBudget is the budget of diffs where they are cut, in bytes.
	convergeBudget = 100
)

// CheckConvergence runs sessions whose two ends each change a state, over each of
// the Paths. Each end must see states that the other one really had, never an
// older one after a newer; when the path is good again both must have the newest,
// and end the session cleanly. Every third seed has diffs cut by a budget: the ends
// may then see states between.
func CheckConvergence[S State[S]](t *testing.T, spec Spec[S]) {
	for _, path := range Paths() {
		for seed := range spec.seeds(3) {
			t.Run(fmt.Sprintf("%s/seed %d", path.Name, seed), func(t *testing.T) {
				if err := spec.converge(path, seed); err != nil {
					t.Errorf("path %s, seed %d: %v", path.Name, seed, err)
				}
			})
		}
	}
}

// An end is what one end of a session shows, and what the other one sees of it.
type end[S State[S]] struct {
	Spec[S]
	rand *rand.Rand
	cut  bool // others may see states between

	versions []S // that it had, from the newest one seen at the other end on; the last is the current one
	seen     int // how many states were seen
}

func newEnd[S State[S]](spec Spec[S], seed, purpose uint64, cut bool) *end[S] {
	return &end[S]{Spec: spec, rand: newRand(seed, purpose), cut: cut, versions: []S{spec.Sender}}
}

func (e *end[S]) current() S { return e.versions[len(e.versions)-1] }

// change makes the next state.
func (e *end[S]) change() { e.versions = append(e.versions, e.Change(e.rand, e.current())) }

// see takes in what the other end holds, and tests that it may.
func (e *end[S]) see(held S) error {
	e.seen++
	if e.cut {
		return nil
	}
	for i, v := range e.versions {
		if e.same(v, held) {
			e.versions = e.versions[i:]
			return nil
		}
	}
	return fmt.Errorf("state %d that is seen is none of the %d that were there since the one before", e.seen, len(e.versions))
}

// converge runs one session.
func (s Spec[S]) converge(path Path, seed uint64) error {
	w := sim.New(seed)
	cut := seed%3 == 2
	client, server := newEnd(s, seed, 3, cut), newEnd(s, seed, 4, cut)
	clientConfig, serverConfig := Config(w, ssp.Client), Config(w, ssp.Server)
	if cut {
		clientConfig.DiffBudget, serverConfig.DiffBudget = convergeBudget, convergeBudget
	}
	p := Connect(w,
		ssp.New(w.Now(), clientConfig, s.Sender, client.current, s.Receiver),
		ssp.New(w.Now(), serverConfig, s.Sender, server.current, s.Receiver),
		path.Conditions)
	var failed error
	see := func(e *end[S], held S, r ssp.Receipt) {
		if r.NewState && failed == nil {
			failed = e.see(held)
		}
	}
	p.AtClient = func(r ssp.Receipt) {
		held, _ := p.Client.Remote()
		see(server, held, r)
	}
	p.AtServer = func(r ssp.Receipt) {
		held, _ := p.Server.Remote()
		see(client, held, r)
	}
	p.trouble(path, client.change, server.change)
	if failed != nil {
		return failed
	}
	return p.wantConverged(client, server)
}

// trouble changes both states on a bad path for a while. At its end the path is
// good.
func (p *Pair[C, S]) trouble(path Path, changeClient, changeServer func()) {
	until := p.World.Now().Add(busy)
	p.World.After(busy/2, func() { p.Outage(path.Outage) })
	p.repeat(until, betweenChanges, func() {
		changeClient()
		p.TouchClient()
	})
	p.repeat(until, betweenChanges, func() {
		changeServer()
		p.TouchServer()
	})
	if path.Roams {
		p.repeat(until, busy/5, p.Roam)
	}
	p.World.Run(until)
	good := sim.Conditions{Delay: path.Conditions.Delay}
	p.Up.SetConditions(good)
	p.Down.SetConditions(good)
	p.World.RunFor(path.Outage)
}

// repeat calls do at random times with the given mean between them.
func (p *Pair[C, S]) repeat(until time.Time, mean time.Duration, do func()) {
	var timer *sim.Timer
	next := func() {
		if at := p.World.Now().Add(time.Duration(p.World.Rand().ExpFloat64() * float64(mean))); at.Before(until) {
			timer.Set(at)
		}
	}
	timer = p.World.NewTimer(func() {
		do()
		next()
	})
	next()
}

// wantConverged waits for both ends to have the other's newest state, and then for
// the end of the session.
func (p *Pair[C, S]) wantConverged(client *end[C], server *end[S]) error {
	p.World.RunFor(calm)
	if held, num := p.Client.Remote(); !server.same(server.current(), held) {
		return fmt.Errorf("the client holds state %d and not the server's newest; client %+v, server %+v", num, p.Client.Stats(), p.Server.Stats())
	}
	if held, num := p.Server.Remote(); !client.same(client.current(), held) {
		return fmt.Errorf("the server holds state %d and not the client's newest; client %+v, server %+v", num, p.Client.Stats(), p.Server.Stats())
	}
	if !p.Client.AckedState().Equal(client.current()) || !p.Server.AckedState().Equal(server.current()) {
		return fmt.Errorf("an end does not know that its newest state arrived")
	}
	p.Shutdown()
	p.World.RunFor(calm)
	if p.Client.Phase() != ssp.Done || p.Server.Phase() != ssp.Done {
		return fmt.Errorf("the session did not end: phases %d and %d", p.Client.Phase(), p.Server.Phase())
	}
	return nil
}
