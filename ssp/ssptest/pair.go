package ssptest

import (
	"math/rand/v2"
	"time"

	"roam/crypto"
	"roam/ssp"
	"roam/ssp/ssptest/sim"
)

// A Pair is a client and a server on a simulated network, each with the loop that
// its owner would run. Its World makes time pass.
type Pair[C State[C], S State[S]] struct {
	World    *sim.World
	Client   *ssp.Transport[C, S]
	Server   *ssp.Transport[S, C]
	Up, Down *sim.Link // to the server, to the client

	// AtClient and AtServer are called after each datagram that arrived there,
	// before anything is sent; nil: not.
	AtClient, AtServer func(ssp.Receipt)

	wakeClient, wakeServer *sim.Timer

	address int // of the client, which changes when it roams or hops
	lost    int // addresses below have been left for good
	known   int // the client's address as the server knows it
}

// Config returns what an end of a Pair needs to be made with ssp.New: a session
// under a key that is no secret, and padding from the World's seed. The caller may
// set other fields.
func Config(w *sim.World, role ssp.Role) ssp.Config {
	direction := crypto.ToServer
	if role == ssp.Server {
		direction = crypto.ToClient
	}
	session, err := crypto.NewSession(crypto.Key{}, direction)
	if err != nil {
		panic(err) // of a wrong direction only
	}
	return ssp.Config{Role: role, Session: session, Rand: seeded{newRand(w.Rand().Uint64(), 2)}}
}

// seeded is an endless reader of bytes that follow from a seed.
type seeded struct{ *rand.Rand }

// Read fills b.
func (s seeded) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(s.Uint32())
	}
	return len(b), nil
}

// Connect joins two Transports by links that are alike. The client sends what it
// has to send at once.
func Connect[C State[C], S State[S]](w *sim.World, client *ssp.Transport[C, S], server *ssp.Transport[S, C], path sim.Conditions) *Pair[C, S] {
	p := &Pair[C, S]{World: w, Client: client, Server: server, address: 1}
	p.Up = w.NewLink(path, p.toServer)
	p.Down = w.NewLink(path, p.toClient)
	p.wakeClient = w.NewTimer(p.pollClient)
	p.wakeServer = w.NewTimer(p.pollServer)
	p.wakeClient.Set(w.Now())
	return p
}

// TouchClient tells the client that its local state has changed.
func (p *Pair[C, S]) TouchClient() {
	p.Client.Touch(p.World.Now())
	p.pollClient()
}

// TouchServer tells the server that its local state has changed.
func (p *Pair[C, S]) TouchServer() {
	p.Server.Touch(p.World.Now())
	p.pollServer()
}

// Roam gives the client another address. What is on the way to the old one, or
// sent there, is lost.
func (p *Pair[C, S]) Roam() {
	p.address++
	p.lost = p.address
}

// Outage loses all that is sent in either direction from now on, for d.
func (p *Pair[C, S]) Outage(d time.Duration) {
	now := p.World.Now()
	p.Up.Outage(now, now.Add(d))
	p.Down.Outage(now, now.Add(d))
}

// Shutdown ends the session from both sides.
func (p *Pair[C, S]) Shutdown() {
	p.Client.Shutdown(p.World.Now())
	p.pollClient()
	p.Server.Shutdown(p.World.Now())
	p.pollServer()
}

// pollClient sends what the client has due, and sets its alarm.
func (p *Pair[C, S]) pollClient() {
	now := p.World.Now()
	for b, ok := p.Client.Poll(now, nil); ok; b, ok = p.Client.Poll(now, nil) {
		p.Up.Send(p.address, b)
		if p.Client.HopDue(now) {
			p.address++
		}
	}
	p.wakeClient.Set(p.Client.NextTimeout())
}

// pollServer sends what the server has due, and sets its alarm.
func (p *Pair[C, S]) pollServer() {
	now := p.World.Now()
	for b, ok := p.Server.Poll(now, nil); ok; b, ok = p.Server.Poll(now, nil) {
		p.Down.Send(p.known, b)
	}
	p.wakeServer.Set(p.Server.NextTimeout())
}

// toServer is what the network brings to the server.
func (p *Pair[C, S]) toServer(d sim.Datagram) {
	r, _ := p.Server.Receive(p.World.Now(), d.Data, d.CE)
	if r.Newest {
		p.known = d.From
	}
	if p.AtServer != nil {
		p.AtServer(r)
	}
	p.pollServer()
}

// toClient is what the network brings to the client.
func (p *Pair[C, S]) toClient(d sim.Datagram) {
	if d.From < p.lost {
		return
	}
	r, _ := p.Client.Receive(p.World.Now(), d.Data, d.CE)
	if p.AtClient != nil {
		p.AtClient(r)
	}
	p.pollClient()
}
