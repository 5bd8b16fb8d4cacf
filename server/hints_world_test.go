//go:build unix

package server

import (
	"bytes"
	"iter"
	"math/rand/v2"
	"testing"
	"time"
	"unicode/utf8"

	"roam/client/predict"
	"roam/crypto"
	"roam/internal/tty"
	"roam/session"
	"roam/ssp"
	"roam/ssp/ssptest/sim"
	"roam/terminal"
)

// A simTTY is a pseudo-terminal with its driver, as far as hints depend on it.
type simTTY struct {
	w      *hintWorld
	modes  tty.Modes
	group  int
	line   []byte // gathered so far
	ready  []byte // to be read by the program
	out    []byte // to be read by the server
	outDue *sim.Timer

	reading bool   // the program waits for input
	resume  func() // goes on with the program
}

var cookedModes = tty.Modes{Echo: true, EchoControl: true, Canonical: true, Signals: true, UTF8: true, Erase: 0x7f, Kill: 0x15, WordErase: 0x17}

// write is the server's: the driver deals with each byte as its modes are now.
func (t *simTTY) write(b []byte) {
	secret := isSecret(t.modes)
	for _, c := range b {
		t.w.written(c, secret)
		t.take(c)
	}
	if t.reading && len(t.ready) > 0 {
		t.reading = false
		t.w.After(t.w.reaction(), t.resume)
	}
}

func (t *simTTY) take(c byte) {
	if !t.modes.Canonical {
		t.ready = append(t.ready, c)
		return
	}
	switch {
	case c == '\r' || c == '\n':
		t.ready = append(append(t.ready, t.line...), '\n')
		t.line = t.line[:0]
		t.echo("\r\n")
	case c == t.modes.Erase && len(t.line) > 0:
		_, n := utf8.DecodeLastRune(t.line)
		t.line = t.line[:len(t.line)-n]
		t.echo("\b \b")
	case c == t.modes.Erase:
	case c == 0x04:
		t.ready = append(append(t.ready, t.line...), c)
		t.line = t.line[:0]
	case c < ' ':
		t.line = append(t.line, c)
		t.echo("^" + string(rune(c^0x40)))
	default:
		t.line = append(t.line, c)
		t.echo(string([]byte{c}))
	}
}

func (t *simTTY) echo(s string) {
	if t.modes.Echo {
		t.print(s)
	}
}

// print puts output on its way to the server.
func (t *simTTY) print(s string) {
	t.out = append(t.out, s...)
	if t.outDue.Stop(); len(t.out) > 0 {
		t.outDue.Set(t.w.Now().Add(time.Duration(t.w.rng.IntN(1000)) * time.Microsecond))
	}
}

// set changes modes, as tcsetattr does.
func (t *simTTY) set(m tty.Modes, flush bool) {
	if t.modes.Canonical && !m.Canonical {
		t.ready = append(t.ready, t.line...)
		t.line = t.line[:0]
	}
	if flush {
		t.ready, t.line = t.ready[:0], t.line[:0]
	}
	t.modes = m
}

// A simProgram runs on a simTTY, as straight code that waits in the World's time.
type simProgram struct {
	*simTTY
	rng   *rand.Rand
	yield func(struct{}) bool
}

type programStopped struct{}

func (p *simProgram) pause() {
	if !p.yield(struct{}{}) {
		panic(programStopped{})
	}
}

// sleep lets time pass.
func (p *simProgram) sleep(d time.Duration) {
	p.w.After(d, p.resume)
	p.pause()
}

// upTo returns a time below d, short ones more often.
func (p *simProgram) upTo(d time.Duration) time.Duration {
	f := p.rng.Float64()
	return time.Duration(f * f * float64(d))
}

// read waits for input and takes what there is of it, a line at most while lines are
// gathered.
func (p *simProgram) read() []byte {
	for len(p.ready) == 0 {
		p.reading = true
		p.pause()
	}
	n := len(p.ready)
	if i := bytes.IndexAny(p.ready, "\n\x04"); p.modes.Canonical && i >= 0 {
		n = i + 1
	}
	b := bytes.Clone(p.ready[:n])
	p.ready = append(p.ready[:0], p.ready[n:]...)
	return b
}

// run runs a program until the test ends.
func (t *simTTY) run(main func(*simProgram)) {
	p := &simProgram{simTTY: t, rng: t.w.rng}
	next, stop := iter.Pull(func(yield func(struct{}) bool) {
		defer func() {
			if e := recover(); e != nil && e != any(programStopped{}) {
				panic(e)
			}
		}()
		p.yield = yield
		main(p)
	})
	t.resume = func() { next() }
	t.w.t.Cleanup(stop)
	t.resume()
}

// A hintWorld is a whole session with hints, over simulated links: an Engine at a
// client, a hinter at a server, and a program on a terminal.
type hintWorld struct {
	*sim.World
	t   testing.TB
	rng *rand.Rand

	client   *session.ClientTransport
	server   *session.ServerTransport
	neg      [2]*session.Negotiation
	wake     [2]*sim.Timer
	up, down *sim.Link

	typed    session.Input // by the user
	engine   *predict.Engine
	onScreen func(shown, painted *terminal.Screen) // called for all that the user sees

	tty     *simTTY
	em      *terminal.Emulator
	hints   hinter
	shown   session.Screen
	echoes  session.EchoHistory
	taken   uint64
	num     uint64         // the client's newest state
	names   map[int]string // of process groups
	groups  int            // so far
	tricky  bool           // commands that never ask may ask
	waiting []byte         // input that the terminal has no room for yet
	room    *sim.Timer
	part    []byte // of a character that was written

	onWritten  func(r rune, secret bool)
	onSurprise func() // the next secret is one that the server cannot foresee
}

const (
	hintCols = 40
	hintRows = 12
)

// newHintWorld returns a session over a path, in which nothing runs yet.
func newHintWorld(t testing.TB, seed uint64, path sim.Conditions, opts predict.Options) *hintWorld {
	w := &hintWorld{World: sim.New(seed), t: t, engine: predict.New(opts), em: terminal.New(hintCols, hintRows, terminal.Options{}), names: map[int]string{}}
	w.rng = w.Rand()
	w.hints.nameOf = w.nameOf
	w.tty = &simTTY{w: w, modes: cookedModes, group: 100}
	w.tty.outDue = w.NewTimer(w.read)
	w.neg = [2]*session.Negotiation{session.NewClientNegotiation(session.Supported()), session.NewServerNegotiation(session.Supported())}
	now := w.Now()
	w.client = ssp.New(now, w.config(ssp.Client, crypto.ToServer), session.Input{}, func() session.Input { return w.typed },
		session.NewRemoteScreen(terminal.NewScreen(hintCols, hintRows), w.neg[0]))
	w.server = ssp.New(now, w.config(ssp.Server, crypto.ToClient), session.Screen{}, w.current, session.Input{})
	w.up = w.NewLink(path, w.atServer)
	w.down = w.NewLink(path, w.atClient)
	w.wake[0] = w.NewTimer(w.turnClient)
	w.wake[1] = w.NewTimer(w.turnServer)
	w.room = w.NewTimer(w.writeRest)
	w.typed = w.typed.AppendResize(hintCols, hintRows)
	w.client.Touch(now)
	w.turnClient()
	return w
}

func (w *hintWorld) nameOf(group int) string { return w.names[group] }

func (w *hintWorld) config(role ssp.Role, send crypto.Direction) ssp.Config {
	seal, err := crypto.NewSession(crypto.Key{1}, send)
	if err != nil {
		w.t.Fatal(err)
	}
	return ssp.Config{Role: role, Session: seal, Rand: chance{w.rng}, Negotiator: w.neg[role]}
}

// chance makes padding follow from the seed.
type chance struct{ *rand.Rand }

func (c chance) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(c.Uint32())
	}
	return len(b), nil
}

// reaction is how long a program takes to be woken.
func (w *hintWorld) reaction() time.Duration {
	f := w.rng.ExpFloat64()
	return min(time.Duration(f*float64(time.Millisecond)), 15*time.Millisecond)
}

// press types keys.
func (w *hintWorld) press(keys string) {
	now := w.Now()
	w.typed = w.typed.AppendBytes([]byte(keys))
	w.client.Touch(now)
	w.engine.Typed(now, []byte(keys), w.client.SentNum(), false)
	w.turnClient()
}

func (w *hintWorld) atClient(d sim.Datagram) {
	now := w.Now()
	if r, _ := w.client.Receive(now, d.Data, d.CE); r.NewState {
		s, _ := w.client.Remote()
		if h := s.Hint(); h != nil {
			w.engine.Hint(now, clientHint(h))
		}
		w.engine.Frame(now, s.Term(), s.EchoAck(), w.client.Interval())
	}
	w.turnClient()
}

// clientHint is the client's conversion.
func clientHint(h *session.Hint) predict.Hint {
	return predict.Hint{
		After: h.After,
		Echo:  h.Echo, Canonical: h.Canonical, Signals: h.Signals, Controls: h.Controls,
		Erase: h.Erase, Kill: h.Kill, WordErase: h.WordErase,
		Group: h.Group, Command: h.Command, Printed: h.Printed, Prompt: h.Prompt,
	}
}

// turnClient sends what is due, and shows the screen.
func (w *hintWorld) turnClient() {
	now := w.Now()
	for b, ok := w.client.Poll(now, nil); ok; b, ok = w.client.Poll(now, nil) {
		w.up.Send(1, b)
	}
	s, _ := w.client.Remote()
	c := s.Term().Canvas()
	w.engine.Paint(now, c)
	if w.onScreen != nil {
		w.onScreen(s.Term(), c.Screen())
	}
	next := earliest(w.client.NextTimeout(), w.engine.NextTimeout())
	if !next.IsZero() && !next.After(now) {
		next = now.Add(time.Millisecond)
	}
	w.wake[0].Set(next)
}

func (w *hintWorld) atServer(d sim.Datagram) {
	now := w.Now()
	r, _ := w.server.Receive(now, d.Data, d.CE)
	if r.NewState {
		w.takeInput(now)
	}
	w.turnServer()
}

// takeInput is the loop's, with a terminal that is full at times.
func (w *hintWorld) takeInput(now time.Time) {
	in, num := w.server.Remote()
	if num == w.num {
		return
	}
	w.num = num
	if in.Len() == w.taken {
		return // an ack
	}
	w.sample()
	in.EventsSince(w.taken, func(e session.Event) bool {
		if e.Bytes != nil {
			w.hints.writing(now, e.Bytes)
			w.waiting = append(w.waiting, e.Bytes...)
		}
		return true
	})
	w.taken = in.Len()
	if w.rng.IntN(30) > 0 {
		w.writeRest()
		return
	}
	n := w.rng.IntN(len(w.waiting) + 1)
	w.tty.write(w.waiting[:n])
	w.waiting = w.waiting[n:]
	w.room.Set(now.Add(time.Duration(w.rng.IntN(300)) * time.Millisecond))
}

func (w *hintWorld) writeRest() {
	w.tty.write(w.waiting)
	w.waiting = nil
	w.hints.wrote(w.Now(), w.num)
	w.echoes.Add(w.num, w.Now())
	w.turnServer()
}

// written notes a byte that the terminal was given.
func (w *hintWorld) written(c byte, secret bool) {
	w.part = append(w.part, c)
	if utf8.FullRune(w.part) {
		r, _ := utf8.DecodeRune(w.part)
		w.part = w.part[:0]
		if w.onWritten != nil {
			w.onWritten(r, secret)
		}
	}
}

// read is the server's: it takes the terminal's output.
func (w *hintWorld) read() {
	b := w.tty.out
	w.tty.out = nil
	program := w.hints.printing(w.Now(), b)
	w.em.Write(b)
	if program {
		w.hints.printedUpTo(w.em.Column())
	}
	w.sample()
	w.server.Touch(w.Now())
	w.turnServer()
}

func (w *hintWorld) sample() {
	if w.hints.sample(w.Now(), w.tty.modes, w.tty.group, func() bool { return len(w.tty.ready) > 0 }) {
		w.server.Touch(w.Now())
	}
}

func (w *hintWorld) current() session.Screen {
	s := session.NewScreen(w.em.Snapshot(), w.echoes.Ack(w.Now())).WithEvents(session.Events{})
	w.shown = w.hints.tell(s, w.shown)
	return w.shown
}

func (w *hintWorld) turnServer() {
	now := w.Now()
	if w.echoes.Ack(now) != w.shown.EchoAck() {
		w.server.Touch(now)
	}
	if next := w.hints.next; !next.IsZero() && !now.Before(next) {
		w.sample()
	}
	for b, ok := w.server.Poll(now, nil); ok; b, ok = w.server.Poll(now, nil) {
		w.down.Send(2, b)
	}
	w.wake[1].Set(earliest(earliest(w.server.NextTimeout(), w.echoes.NextTimeout()), w.hints.next))
}
