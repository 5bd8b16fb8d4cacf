package session

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"roam/crypto"
	"roam/ssp"
	"roam/ssp/ssptest/sim"
	"roam/terminal"
)

// chaff makes padding follow from the test's seed.
type chaff struct{ *rand.Rand }

func (c chaff) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(c.Uint32())
	}
	return len(b), nil
}

// A pair is a whole session without a network, a program or a user: both ends over
// simulated links. The program echoes what it reads.
type pair struct {
	t     *testing.T
	world *sim.World

	client    *ClientTransport
	server    *ServerTransport
	clientNeg *Negotiation
	serverNeg *Negotiation
	wake      [2]*sim.Timer
	up, down  *sim.Link

	typed Input // by the user

	term  *terminal.Emulator
	echo  EchoHistory
	num   uint64 // of the client's newest state that brought something
	taken uint64 // events that the server has taken
	got   Input  // what those were
	final *Final
	acks  []uint64 // echo acks that the client saw

	sent     uint64 // the newest state sent when the log was last looked at
	log      EventLog
	events   EventReader
	acted    []terminal.Event // what the client has done
	onScreen func(Screen)     // called after each datagram to the client; nil: not
}

// newPair returns a session whose links are alike. Capabilities of nil make an end
// stock.
func newPair(t *testing.T, seed uint64, path sim.Conditions, client, server []Capability) *pair {
	t.Helper()
	p := &pair{t: t, world: sim.New(seed), term: terminal.New(80, 24, terminal.Options{})}
	now := p.world.Now()
	p.client = ssp.New(now, p.config(ssp.Client, crypto.ToServer), Input{}, func() Input { return p.typed }, NewScreen(terminal.NewScreen(100, 30), 0))
	p.server = ssp.New(now, p.config(ssp.Server, crypto.ToClient), Screen{}, p.screen, Input{})
	if client != nil {
		p.clientNeg = NewClientNegotiation(client)
		cfg := p.config(ssp.Client, crypto.ToServer)
		cfg.Negotiator, cfg.Tallies = p.clientNeg, p.clientNeg.Tallies
		p.client = ssp.New(now, cfg, Input{}, func() Input { return p.typed }, NewRemoteScreen(terminal.NewScreen(100, 30), p.clientNeg))
	}
	if server != nil {
		p.serverNeg = NewServerNegotiation(server)
		cfg := p.config(ssp.Server, crypto.ToClient)
		cfg.Negotiator, cfg.Tallies = p.serverNeg, p.serverNeg.Tallies
		p.server = ssp.New(now, cfg, Screen{}, p.screen, Input{})
	}
	p.up = p.world.NewLink(path, func(d sim.Datagram) { p.atServer(d) })
	p.down = p.world.NewLink(path, func(d sim.Datagram) { p.atClient(d) })
	p.wake[0] = p.world.NewTimer(p.flushClient)
	p.wake[1] = p.world.NewTimer(p.flushServer)
	p.flushClient()
	return p
}

func (p *pair) config(role ssp.Role, send crypto.Direction) ssp.Config {
	seal, err := crypto.NewSession(crypto.Key{1, 2, 3}, send)
	if err != nil {
		p.t.Fatal(err)
	}
	return ssp.Config{Role: role, Session: seal, Rand: chaff{p.world.Rand()}}
}

func (p *pair) screen() Screen {
	s := NewScreen(p.term.Snapshot(), p.echo.Ack(p.world.Now()))
	if p.serverNeg == nil {
		return s
	}
	if v, _ := p.serverNeg.Capability(Status); v > 0 && p.final != nil {
		s = s.WithFinal(p.final)
	}
	if p.serverNeg.has(RichDiff) {
		s = s.WithEvents(p.log.Upto(p.world.Now(), p.final != nil))
	}
	return s
}

func (p *pair) atClient(d sim.Datagram) {
	now := p.world.Now()
	r, _ := p.client.Receive(now, d.Data, d.CE)
	s, _ := p.client.Remote()
	if r.NewState {
		p.acted = append(p.acted, p.events.Read(s)...)
		if p.events.Partial() {
			p.client.AckSoon(now)
		}
	}
	if p.onScreen != nil {
		p.onScreen(s)
	}
	if n := len(p.acks); n == 0 || p.acks[n-1] != s.EchoAck() {
		p.acks = append(p.acks, s.EchoAck())
	}
	p.flushClient()
}

func (p *pair) atServer(d sim.Datagram) {
	now := p.world.Now()
	r, _ := p.server.Receive(now, d.Data, d.CE)
	if r.Acked {
		p.log.Held(now, p.server.AckedState(), r.RTT)
		if p.serverNeg != nil && p.serverNeg.has(RichDiff) && p.log.More() {
			p.server.Touch(now)
		}
	}
	if r.NewState {
		in, num := p.server.Remote()
		in.EventsSince(p.taken, func(e Event) bool {
			if e.Bytes != nil {
				p.got = p.got.AppendBytes(e.Bytes)
				p.term.Write(e.Bytes)
			} else {
				p.got = p.got.AppendResize(e.Cols, e.Rows)
				p.term.Resize(e.Cols, e.Rows)
			}
			return true
		})
		if in.Len() > p.taken {
			p.echo.Add(num, now)
			p.num = num
		}
		p.taken = in.Len()
		p.server.Touch(now)
	}
	p.flushServer()
}

func (p *pair) flushClient() {
	now := p.world.Now()
	for {
		b, ok := p.client.Poll(now, nil)
		if !ok {
			break
		}
		p.up.Send(1, b)
	}
	if next := p.client.NextTimeout(); !next.IsZero() {
		p.wake[0].Set(next)
	}
}

func (p *pair) flushServer() {
	now := p.world.Now()
	if before := p.echo.ack; p.echo.Ack(now) != before {
		p.server.Touch(now)
	}
	for {
		b, ok := p.server.Poll(now, nil)
		if !ok {
			break
		}
		p.down.Send(2, b)
	}
	if num := p.server.SentNum(); num != p.sent {
		p.sent = num
		if p.serverNeg != nil && p.serverNeg.has(RichDiff) && p.log.More() {
			p.server.Touch(now)
		}
	}
	next := p.server.NextTimeout()
	if echo := p.echo.NextTimeout(); next.IsZero() || !echo.IsZero() && echo.Before(next) {
		next = echo
	}
	if !next.IsZero() {
		p.wake[1].Set(next)
	}
}

func (p *pair) typeIn(b []byte) {
	p.typed = p.typed.AppendBytes(b)
	p.client.Touch(p.world.Now())
	p.flushClient()
}

func (p *pair) resize(cols, rows int) {
	p.typed = p.typed.AppendResize(cols, rows)
	p.client.Touch(p.world.Now())
	p.flushClient()
}

func (p *pair) output(b string) {
	p.term.Write([]byte(b))
	list, _ := p.term.Events()
	for _, v := range list {
		p.log.Add(v)
	}
	p.server.Touch(p.world.Now())
	p.flushServer()
}

// wantSame fails unless the server has taken each event once, and the client shows
// the server's screen.
func (p *pair) wantSame() {
	p.t.Helper()
	if got, want := events(p.got, 0), events(p.typed, 0); got != want {
		p.t.Errorf("the server took\n%.300s\nwant\n%.300s", got, want)
	}
	shown, _ := p.client.Remote()
	if got, want := text(shown.Term()), text(p.term.Snapshot()); got != want {
		p.t.Errorf("the client shows\n%s\nwant\n%s", got, want)
	}
	if rich := p.clientNeg.has(RichDiff); rich && !shown.Term().Equal(p.term.Snapshot().WithoutEvents()) {
		p.t.Error("the client's screen has not all that the server's has")
	}
	for i := 1; i < len(p.acks); i++ {
		if p.acks[i] < p.acks[i-1] {
			p.t.Errorf("echo acks fall: %v", p.acks)
		}
	}
}

// Whatever the path does, every event arrives once and in order, and the screens
// become alike.
func TestSessionConverges(t *testing.T) {
	paths := map[string]sim.Conditions{
		"clean":      {Delay: 20 * time.Millisecond},
		"lossy":      {Delay: 40 * time.Millisecond, Jitter: 30 * time.Millisecond, Loss: 0.3},
		"disordered": {Delay: 60 * time.Millisecond, Duplicate: 0.2, Reorder: 0.3, ReorderBy: 300 * time.Millisecond, Loss: 0.1},
		"bursts":     {Delay: 80 * time.Millisecond, Burst: sim.Gilbert{ToBad: 0.05, ToGood: 0.2, Loss: 0.9}},
		"narrow":     {Delay: 30 * time.Millisecond, Rate: 8000, Queue: 20000},
	}
	for name, path := range paths {
		for seed := range uint64(8) {
			t.Run(fmt.Sprintf("%s/%d", name, seed), func(t *testing.T) {
				p := newPair(t, seed, path, Supported(), Supported())
				p.resize(100, 30)
				rnd := p.world.Rand()
				for range 150 {
					p.world.RunFor(time.Duration(rnd.IntN(300)) * time.Millisecond)
					switch rnd.IntN(12) {
					case 0:
						p.resize(20+rnd.IntN(100), 5+rnd.IntN(40))
					case 1:
						p.output(strings.Repeat(fmt.Sprintf("line %d of some output that fills a row\r\n", rnd.IntN(1000)), rnd.IntN(40)))
					case 2:
						p.typeIn(bytes.Repeat([]byte("paste "), rnd.IntN(500)))
					default:
						p.typeIn([]byte{byte('a' + rnd.IntN(26))})
					}
				}
				p.world.RunFor(time.Minute)
				p.wantSame()
				if shown, _ := p.client.Remote(); shown.EchoAck() != p.num {
					t.Errorf("echo ack %d, want %d", shown.EchoAck(), p.num)
				}
			})
		}
	}
}

// The end of a session says how the program ended, to a client that wants to know.
func TestSessionTellsHowItEnded(t *testing.T) {
	status := 7
	for _, tt := range []struct {
		name           string
		client, server []Capability
		want           bool
	}{
		{"two roams", Supported(), Supported(), true},
		{"all capabilities", all, all, true},
		{"stock client", nil, Supported(), false},
		{"stock server", Supported(), nil, false},
		{"client without status", []Capability{{Hints, 1, ""}}, Supported(), false},
	} {
		for seed := range uint64(10) {
			p := newPair(t, seed, sim.Conditions{Delay: 30 * time.Millisecond, Loss: 0.25}, tt.client, tt.server)
			p.resize(80, 24)
			p.world.RunFor(10 * time.Second)
			p.final = &Final{Exit: &status}
			p.output("logout\r\n")
			p.server.Shutdown(p.world.Now())
			p.flushServer()
			p.world.RunFor(20 * time.Second)
			if p.client.Phase() != ssp.Done || p.server.Phase() != ssp.Done && p.server.Phase() != ssp.Failed {
				t.Errorf("%s, seed %d: phases %v, %v", tt.name, seed, p.client.Phase(), p.server.Phase())
			}
			p.wantSame()
			shown, _ := p.client.Remote()
			f := shown.Final()
			if (f != nil) != tt.want || f != nil && (f.Exit == nil || *f.Exit != 7) {
				t.Errorf("%s, seed %d: got %+v", tt.name, seed, f)
			}
		}
	}
}

// Two roam ends agree, and stop saying so, on a path that loses a third.
func TestSessionNegotiates(t *testing.T) {
	for seed := range uint64(20) {
		p := newPair(t, seed, sim.Conditions{Delay: 30 * time.Millisecond, Loss: 0.33, Reorder: 0.2, ReorderBy: time.Second}, all, all[1:])
		p.resize(80, 24)
		p.world.RunFor(30 * time.Second)
		for _, n := range []*Negotiation{p.clientNeg, p.serverNeg} {
			if !n.Agreed() || len(n.Capabilities()) != len(all)-1 {
				t.Errorf("seed %d: agreed on %v", seed, n.Capabilities())
			}
			if n.Field() != nil {
				t.Errorf("seed %d: the field is still being sent", seed)
			}
		}
	}
}

// Ten simulated minutes of typing leave no memory of what was acknowledged.
func TestSessionForgetsInput(t *testing.T) {
	p := newPair(t, 1, sim.Conditions{Delay: 25 * time.Millisecond, Loss: 0.02}, nil, nil)
	p.resize(80, 24)
	p.got = Input{}
	for range 3000 {
		p.typeIn(bytes.Repeat([]byte("x"), 100))
		p.world.RunFor(200 * time.Millisecond)
	}
	p.world.RunFor(10 * time.Second)
	in, _ := p.server.Remote()
	if in.Len() != 300_001 {
		t.Errorf("the server has %d events, want 300001", in.Len())
	}
	if in.log != nil && cap(in.log.keys) > 64<<10 {
		t.Errorf("the server keeps %d bytes of input", cap(in.log.keys))
	}
}
