package client

import (
	"context"
	"crypto/rand"
	"errors"
	mathrand "math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"roam/carrier"
	"roam/crypto"
	"roam/session"
	"roam/ssp"
	"roam/terminal"
)

// A fakeConsole is a terminal in memory: what is written to it is emulated, so that
// tests read its screen.
type fakeConsole struct {
	mu         sync.Mutex
	cols, rows int // as Size reports
	emu        *terminal.Emulator

	width, height int      // of the window in pixels
	output        []byte   // everything written
	said          string   // plain text
	log           []string // raw, restore, stop, in order
	raw           bool
	blocked       chan struct{} // not nil: Write waits for it

	keys      chan []byte
	interrupt chan struct{}
	onWrite   func([]byte)
	answer    func([]byte) // takes what the terminal answers; nil: it is mute
	onRead    func([]byte)
	readErr   error // when keys is closed
}

func newFakeConsole(cols, rows int) *fakeConsole {
	return &fakeConsole{
		cols: cols, rows: rows, emu: terminal.New(max(cols, 1), max(rows, 1), terminal.Options{}),
		keys: make(chan []byte, 100), interrupt: make(chan struct{}, 1), readErr: errors.New("input/output error"),
	}
}

func (c *fakeConsole) Size() (cols, rows int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cols, c.rows
}

func (c *fakeConsole) Pixels() (width, height int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.width, c.height
}

func (c *fakeConsole) note(what string, raw bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.log, c.raw = append(c.log, what), raw
	return nil
}

func (c *fakeConsole) Raw() error     { return c.note("raw", true) }
func (c *fakeConsole) Restore() error { return c.note("restore", false) }
func (c *fakeConsole) Stop()          { c.note("stop", c.raw); time.Sleep(time.Minute) }
func (c *fakeConsole) Interrupt()     { c.interrupt <- struct{}{} }

func (c *fakeConsole) Read() ([]byte, error) {
	select {
	case <-c.interrupt:
		return nil, nil
	case b, ok := <-c.keys:
		if !ok {
			return nil, c.readErr
		}
		if c.onRead != nil {
			c.onRead(b)
		}
		return b, nil
	}
}

func (c *fakeConsole) Write(b []byte) error {
	c.mu.Lock()
	blocked := c.blocked
	c.mu.Unlock()
	if blocked != nil {
		<-blocked
	}
	if c.onWrite != nil {
		c.onWrite(b)
	}
	c.mu.Lock()
	c.output = append(c.output, b...)
	c.emu.Write(b)
	answers := c.emu.Replies()
	c.mu.Unlock()
	if c.answer != nil && len(answers) > 0 {
		c.answer(answers)
	}
	return nil
}

func (c *fakeConsole) Say(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.said += text
	c.log = append(c.log, "say")
}

// row returns a row of the screen without the blanks at its end.
func (c *fakeConsole) row(i int) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return rowText(c.emu.Snapshot(), i)
}

func rowText(s *terminal.Screen, i int) string {
	var b []byte
	for col := range s.Row(i).Len() {
		b = s.Row(i).AppendText(b, col)
	}
	return strings.TrimRight(string(b), " ")
}

// screenText returns a screen as lines.
func screenText(s *terminal.Screen) string {
	var b strings.Builder
	_, rows := s.Size()
	for i := range rows {
		b.WriteString(rowText(s, i) + "\n")
	}
	return b.String()
}

// written returns what was written, and forgets it.
func (c *fakeConsole) written() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := string(c.output)
	c.output = nil
	return s
}

func (c *fakeConsole) isRaw() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.raw
}

func (c *fakeConsole) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.said
}

// A fakeServer is the other end: it holds a screen that tests write to, and what
// was typed. Its goroutine owns all of it.
type fakeServer struct {
	tr     *session.ServerTransport
	neg    *session.Negotiation
	emu    *terminal.Emulator
	echoes session.EchoHistory
	state  session.Screen
	log    session.EventLog
	seen   uint64
	hint   *session.Hint // to be told; nil: none

	typed  []byte
	sizes  [][2]int
	shrunk int // states that were no continuation of older ones

	in     chan []byte
	do     chan func()
	toPeer func([]byte)
}

func newFakeServer(t *testing.T, key crypto.Key, toPeer func([]byte)) *fakeServer {
	t.Helper()
	keys, err := crypto.NewSession(key, crypto.ToClient)
	if err != nil {
		t.Fatal(err)
	}
	s := &fakeServer{
		neg: session.NewServerNegotiation(session.Supported()),
		emu: terminal.New(80, 24, terminal.Options{}),
		in:  make(chan []byte, 1000), do: make(chan func()), toPeer: toPeer,
	}
	s.tr = ssp.New(time.Now(), ssp.Config{Role: ssp.Server, Session: keys, Rand: rand.Reader, Negotiator: s.neg, Pings: s.neg.Pings, Tallies: s.neg.Tallies},
		session.Screen{}, func() session.Screen { return s.state }, session.Input{})
	return s
}

func (s *fakeServer) run(done <-chan struct{}) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		now := time.Now()
		s.state = s.screen(now, s.state.Final())
		s.tr.Touch(now)
		for {
			d, ok := s.tr.Poll(now, nil)
			if !ok {
				break
			}
			s.toPeer(d)
		}
		next := earlier(s.tr.NextTimeout(), s.echoes.NextTimeout())
		if next.IsZero() {
			next = now.Add(time.Hour)
		}
		timer.Reset(next.Sub(now))
		select {
		case <-done:
			return
		case <-timer.C:
		case f := <-s.do:
			f()
		case d := <-s.in:
			s.receive(time.Now(), d)
		}
	}
}

// screen returns the state to show, the last one if there is a final.
func (s *fakeServer) screen(now time.Time, final *session.Final) session.Screen {
	state := session.NewScreen(s.emu.Snapshot(), s.echoes.Ack(now)).WithFinal(final)
	list, _ := s.emu.Events()
	if version, _ := s.neg.Capability(session.RichDiff); version == 0 {
		return state
	}
	for _, v := range list {
		s.log.Add(v)
	}
	if s.hint != nil {
		state = state.WithHint(*s.hint)
	}
	return state.WithEvents(s.log.Upto(now, final != nil))
}

func (s *fakeServer) receive(now time.Time, d []byte) {
	receipt, _ := s.tr.Receive(now, d, false)
	if receipt.Acked {
		s.log.Held(now, s.tr.AckedState(), receipt.RTT)
	}
	if !receipt.NewState {
		return
	}
	input, num := s.tr.Remote()
	if input.Len() < s.seen { // a stock server aborts (docs/protocol.md, hazards)
		s.shrunk++
	}
	if input.Len() > s.seen {
		s.echoes.Add(num, now)
	}
	input.EventsSince(s.seen, func(e session.Event) bool {
		if e.Bytes != nil {
			s.typed = append(s.typed, e.Bytes...)
		} else {
			s.sizes = append(s.sizes, [2]int{e.Cols, e.Rows})
			s.emu.Resize(e.Cols, e.Rows)
		}
		return true
	})
	s.seen = input.Len()
}

// A fakePath is the network between the two, and the client's link to it.
type fakePath struct {
	mu       sync.Mutex
	delay    time.Duration
	up, down bool // works in this direction
	sendErr  error
	loss     float64
	rng      *mathrand.Rand
	route    carrier.Route
	routeErr error
	changes  chan struct{}
	hops     int
	sent     int

	server *fakeServer
	client chan carrier.Datagram

	ways    map[netip.AddrPort]way // those of the server's addresses; none: all alike
	peer    netip.AddrPort         // where the server was last heard, which it answers from
	settled netip.AddrPort         // what SetServer was told
	log     []sending
}

// A way is one of several to the server.
type way struct {
	up, down bool
	delay    time.Duration // each way, besides the path's
	err      error         // of sending
	icmp     error         // what comes back at once
}

// A sending is a datagram that the client sent.
type sending struct {
	at time.Time
	to netip.AddrPort
}

func (p *fakePath) set(f func(*fakePath)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(p)
}

// counts returns the hops and datagrams so far.
func (p *fakePath) counts() (hops, sent int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.hops, p.sent
}

func (p *fakePath) SendTo(b []byte, to netip.AddrPort) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	w, several := p.ways[to]
	p.log = append(p.log, sending{time.Now(), to})
	switch {
	case p.sendErr != nil:
		return p.sendErr
	case w.err != nil:
		return w.err
	case w.icmp != nil:
		p.client <- carrier.Datagram{From: to, Err: w.icmp}
	}
	p.sent++
	if p.up && (!several || w.up) && p.rng.Float64() >= p.loss {
		b := slices.Clone(b)
		time.AfterFunc(p.delay+w.delay, func() {
			p.set(func(p *fakePath) { p.peer = to })
			p.server.in <- b
		})
	}
	return nil
}

// toClient takes the way by which the server was last heard.
func (p *fakePath) toClient(b []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w, several := p.ways[p.peer]
	if from := p.peer; p.down && (!several || w.down) && p.rng.Float64() >= p.loss {
		time.AfterFunc(p.delay+w.delay, func() { p.client <- carrier.Datagram{Data: b, From: from} })
	}
}

// tried returns the addresses sent to since the last call, in order and each once in a row.
func (p *fakePath) tried() (list []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.log {
		if n := len(list); n == 0 || list[n-1] != s.to.Addr().String() {
			list = append(list, s.to.Addr().String())
		}
	}
	p.log = nil
	return list
}

func (p *fakePath) SetServer(addr netip.AddrPort) { p.set(func(p *fakePath) { p.settled = addr }) }

func (p *fakePath) Hop() error                         { p.set(func(p *fakePath) { p.hops++ }); return nil }
func (p *fakePath) Datagrams() <-chan carrier.Datagram { return p.client }
func (p *fakePath) MaxPayload() int                    { return 1252 }
func (p *fakePath) ProbePayload() int                  { return 0 }

func (p *fakePath) Changes() <-chan struct{} { return p.changes }

func (p *fakePath) Route() (carrier.Route, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.route, p.routeErr
}

// A scene is a session in a bubble: a user at a fakeConsole, a path of 10 ms
// each way, and a server.
type scene struct {
	t       *testing.T
	cfg     Config
	console *fakeConsole
	path    *fakePath
	server  *fakeServer
	signals chan os.Signal
	guess   overlay
	clock   *clockWatch // nil: the system's
	start   time.Time

	cancel context.CancelFunc
	ended  chan struct{}
	result Result
	err    error
	at     time.Time // when it ended
}

// play runs a story in a bubble.
func play(t *testing.T, story func(*scene)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		story(s)
	})
}

func newScene(t *testing.T) *scene {
	t.Helper()
	key, err := crypto.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s := &scene{
		t: t, console: newFakeConsole(40, 5), signals: make(chan os.Signal, 16), ended: make(chan struct{}), start: time.Now(),
		cfg: Config{
			Name: "roam", Server: netip.MustParseAddrPort("192.0.2.1:60001"), Key: key,
			EscapeKey: DefaultEscapeKey, Terminal: xtermForTests(),
		},
		path: &fakePath{
			delay: 10 * time.Millisecond, up: true, down: true, rng: mathrand.New(mathrand.NewPCG(1, 2)),
			route:   carrier.Route{Source: netip.MustParseAddr("192.0.2.9"), Interface: 2, Up: true},
			changes: make(chan struct{}, 1), client: make(chan carrier.Datagram, 1000),
		},
	}
	s.server = newFakeServer(t, key, s.path.toClient)
	s.path.server = s.server
	return s
}

// xtermForTests is a terminal that needs no database.
func xtermForTests() *Terminal {
	t, _ := familyTerminal("xterm-256color", "")
	return t
}

// begin starts both ends. The server stops with the test.
func (s *scene) begin() {
	stop := make(chan struct{})
	s.t.Cleanup(func() { close(stop) })
	go s.server.run(stop)
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	s.t.Cleanup(cancel)
	l, err := newLoop(&s.cfg, s.console, s.path, s.signals)
	if err != nil {
		s.t.Fatal(err)
	}
	l.guess = s.guess
	if s.clock != nil {
		l.clock = *s.clock
	}
	go func() {
		defer close(s.ended)
		s.result, s.err = l.run(ctx)
		s.at = time.Now()
	}()
}

// connect starts both ends and waits for the first screen.
func (s *scene) connect() {
	s.begin()
	s.wait(500 * time.Millisecond)
}

// wait lets time pass.
func (s *scene) wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// until lets time pass up to a moment after the start.
func (s *scene) until(d time.Duration) { s.wait(time.Until(s.start.Add(d))) }

func (s *scene) typeKeys(keys string) { s.console.keys <- []byte(keys) }

// print writes to the remote screen.
func (s *scene) print(text string) { s.server.do <- func() { s.server.emu.Write([]byte(text)) } }

// ask runs f in the server's goroutine.
func (s *scene) ask(f func()) {
	done := make(chan struct{})
	s.server.do <- func() { f(); close(done) }
	<-done
}

func (s *scene) typed() (got string) {
	s.ask(func() { got = string(s.server.typed) })
	return got
}

func (s *scene) wantRow(i int, want string) {
	s.t.Helper()
	if got := s.console.row(i); got != want {
		s.t.Errorf("after %v: row %d shows %q, want %q", time.Since(s.start), i, got, want)
	}
}

func (s *scene) wantTyped(want string) {
	s.t.Helper()
	if got := s.typed(); got != want {
		s.t.Errorf("the server got %q, want %q", got, want)
	}
}

// wantEnd waits for the end and checks the result; the terminal is restored.
func (s *scene) wantEnd(within time.Duration, clean bool, status int) {
	s.t.Helper()
	from := time.Now()
	select {
	case <-s.ended:
	case <-time.After(within):
		s.t.Fatalf("not at its end after %v", within)
	}
	s.t.Logf("ended after %v", s.at.Sub(from))
	if s.err != nil || s.result.Clean != clean || s.result.Status != status {
		s.t.Errorf("Run = %+v, %v; want clean %v, status %d", s.result, s.err, clean, status)
	}
	s.wantRestored()
}

// wantRestored checks that the last of the terminal's modes are its own.
func (s *scene) wantRestored() {
	s.t.Helper()
	s.console.mu.Lock()
	defer s.console.mu.Unlock()
	if s.console.raw || !slices.Contains(s.console.log, "restore") {
		s.t.Errorf("the terminal is not restored: %v", s.console.log)
	}
	leave := string(terminal.UserProfile(s.cfg.Terminal.caps).AppendLeave(nil))
	if len(s.console.output) > 0 && !strings.HasSuffix(string(s.console.output), leave) {
		tail := s.console.output[max(0, len(s.console.output)-len(leave)):]
		s.t.Errorf("the last bytes written are %q, want %q", tail, leave)
	}
}

// leaveBytes is what puts the test's terminal back.
func leaveBytes(s *scene) []byte {
	return terminal.UserProfile(s.cfg.Terminal.caps).AppendLeave(nil)
}

// refusedDatagram is what the carrier reports when nothing listens on the server's port.
func refusedDatagram() carrier.Datagram {
	return carrier.Datagram{Err: &carrier.TransientError{Op: "receive", Err: syscall.ECONNREFUSED}}
}
