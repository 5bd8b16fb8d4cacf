package predict

import (
	"math/rand"
	"time"

	"roam/terminal"
)

// A predictor is what a session over a simulated path drives: an Engine, or the
// reference that tells how a stock client does.
type predictor interface {
	Typed(now time.Time, b []byte, sent uint64, pasted bool)
	Frame(now time.Time, s *terminal.Screen, echoed uint64, interval time.Duration)
	Paint(now time.Time, c *terminal.Canvas)
}

// A program runs on the simulated server's terminal.
type program interface {
	// input takes one key's bytes; it prints by out.
	input(key string, out *output)
	// start prints what shows before any key.
	start(out *output)
}

// A reader is a program that says how it reads its terminal, as a server's hints
// tell it. busy says that what it prints is not out yet.
type reader interface {
	reads(busy bool) Hint
}

// A secretive program says whether it reads a secret.
type secretive interface {
	secret() bool
}

// A printer is a program that changes how it reads as it prints.
type printer interface {
	printed(p piece)
}

// hintedReader is a predictor that takes hints.
type hintedReader interface {
	Hint(now time.Time, h Hint)
}

// An output collects what a program prints, with delays.
type output struct {
	pieces []piece
	delay  time.Duration // of what is printed from now on
}

type piece struct {
	after time.Duration
	text  string
	tty   *Hint // how the terminal is read from then on; nil: as before
}

func (o *output) print(s string) { o.pieces = append(o.pieces, piece{after: o.delay, text: s}) }

// A keystroke is typed at a time since the session's start.
type keystroke struct {
	at  time.Duration
	key string
}

// typing returns the keys of text, 100 ms apart on average, so spaced that no
// pattern fits a path. Keys in brackets <> are one.
func typing(rng *rand.Rand, keys []string) []keystroke {
	var all []keystroke
	at := time.Second
	for _, k := range keys {
		if k == "" {
			at += 2 * time.Second
			continue
		}
		all = append(all, keystroke{at, k})
		at += time.Duration(40+rng.Intn(120)) * time.Millisecond
	}
	return all
}

// A path is a simulated way to the server.
type path struct {
	delay time.Duration // one way
	loss  float64       // of datagrams, each way
	hints bool          // the server gives hints

	jitter time.Duration // at most, beyond delay; order is kept
	burst  time.Duration // losses come so long together, on average; 0: each by itself
	bloat  time.Duration // a queue on the way fills to this and empties again, over bloatCycle
}

// Figures say how keys appeared to the user.
type figures struct {
	typed  int // all keys but Enter and controls
	keys   int // of these, that change the row of the cursor
	atOnce int // of these, shown right as soon as they were typed
	wrong  int // typed keys after which something was painted that was never so
	leaked int // of these, keys of a secret
}

func (f figures) share() float64 { return float64(f.atOnce) / float64(max(1, f.keys)) }
func (f figures) faults() float64 {
	return float64(f.wrong) / float64(max(1, f.typed))
}

const (
	simCols = 80
	simRows = 24
	tick    = time.Millisecond
	echoAge = 50 * time.Millisecond // what a server grants to programs
)

// A session is a run of one program, one predictor and one path.
type session struct {
	rng    *rand.Rand
	path   path
	p      predictor
	start  time.Time
	now    time.Time
	server *terminal.Emulator
	prog   program
	due    []piece // output not printed yet; after is a time since start

	keys      []keystroke
	typed     int          // keys the client has sent
	arrived   int          // keys the server has
	aged      int          // how many of the keys had time to be echoed
	noted     []time.Time  // when key i+1 reached the program
	up        []time.Time  // when datagrams with keys arrive; numbers in upN
	upN       []int        // what they carry
	resend    time.Time    // when the client repeats itself
	down      []shownFrame // on their way
	lastSent  time.Time    // newest frame
	dirty     bool         // the screen changed since
	printed   bool         // the program printed since the newest key
	stamp     uint64       // the newest key that a hint knows of
	sentEcho  uint64       // echo number of the newest frame
	refresh   time.Time    // when a frame that may be lost is repeated
	got       uint64       // newest frame received
	frame     *terminal.Screen
	oracle    *terminal.Emulator // the program with no path in between
	oracleRun program
	pictures  []*terminal.Screen // of the oracle, one per key
	fig       figures
	watch     func(*terminal.Screen)
	bad       bool      // within a burst of losses
	turns     time.Time // when that may have changed
	upAt      time.Time // when the newest datagram each way arrives
	downAt    time.Time
}

type shownFrame struct {
	at     time.Time
	n      uint64
	screen *terminal.Screen
	echoed uint64
	hint   *Hint
}

// simulate types keys at a program over a path and says how they appeared.
func simulate(seed int64, way path, p predictor, fresh func() program, keys []keystroke) figures {
	return simulateWatched(seed, way, p, fresh, keys, nil)
}

// watchEvery is how often, beside each key, a watched session is looked at.
const watchEvery = 23 * time.Millisecond

// simulateWatched is simulate with somebody who looks at the screen.
func simulateWatched(seed int64, way path, p predictor, fresh func() program, keys []keystroke, watch func(*terminal.Screen)) figures {
	s := &session{
		watch: watch,

		rng: rand.New(rand.NewSource(seed)), path: way, p: p, keys: keys,
		now:    time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC),
		server: terminal.New(simCols, simRows, terminal.Options{}), prog: fresh(),
		oracle: terminal.New(simCols, simRows, terminal.Options{}), oracleRun: fresh(),
	}
	s.start = s.now
	start := s.start
	s.run(s.prog, s.server, "", false)
	s.run(s.oracleRun, s.oracle, "", true)
	s.pictures = append(s.pictures, s.oracle.Snapshot())
	s.frame = s.server.Snapshot()
	if p, ok := s.p.(hintedReader); ok && way.hints {
		if h := s.hint(); h != nil {
			p.Hint(s.now, *h)
		}
	}
	s.p.Frame(s.now, s.frame, 0, 0)
	s.turns = start
	end := start.Add(keys[len(keys)-1].at + 4*time.Second + 4*way.delay)
	for s.now.Before(end) {
		s.now = s.now.Add(tick)
		s.serve()
		s.receive()
		for s.typed < len(keys) && !start.Add(keys[s.typed].at).After(s.now) {
			s.press(keys[s.typed].key)
		}
		if s.watch != nil && s.now.Sub(s.start)%watchEvery == 0 {
			s.watch(s.paint())
		}
		if !s.resend.IsZero() && !s.resend.After(s.now) {
			s.send()
		}
	}
	return s.fig
}

// run gives a key to a program (none: starts it) and prints what it prints,
// at once for the oracle.
func (s *session) run(prog program, em *terminal.Emulator, key string, oracle bool) {
	var out output
	if key == "" {
		prog.start(&out)
	} else {
		prog.input(key, &out)
	}
	for _, p := range out.pieces {
		if oracle || p.after == 0 && len(s.due) == 0 {
			em.Write([]byte(p.text))
			if w, ok := prog.(printer); ok {
				w.printed(p)
			}
			s.dirty, s.printed = s.dirty || !oracle, s.printed || !oracle
		} else {
			s.due = append(s.due, piece{p.after + s.now.Sub(s.start), p.text, p.tty})
		}
	}
}

// rtt is the round trip of the path, as it is on average.
func (s *session) rtt() time.Duration { return 2*s.path.delay + s.path.jitter + s.path.bloat/2 }

// bloatCycle is how long a bloated queue takes to fill and to empty.
const bloatCycle = 8 * time.Second

// arrival returns when a datagram sent now arrives that must not overtake the one that
// arrives at last.
func (s *session) arrival(last time.Time) time.Time {
	d := s.path.delay
	if s.path.jitter > 0 {
		d += time.Duration(s.rng.Int63n(int64(s.path.jitter)))
	}
	if s.path.bloat > 0 {
		at := s.now.Sub(s.start) % bloatCycle
		d += time.Duration(float64(s.path.bloat) * float64(min(at, bloatCycle-at)) / float64(bloatCycle/2))
	}
	if at := s.now.Add(d); at.After(last) {
		return at
	}
	return last
}

// lost reports whether a datagram sent now is lost.
func (s *session) lost() bool {
	if s.path.burst == 0 {
		return s.rng.Float64() < s.path.loss
	}
	for !s.turns.After(s.now) {
		mean := s.path.burst
		if s.bad {
			mean = time.Duration(float64(mean) * (1 - s.path.loss) / s.path.loss)
		}
		s.bad = !s.bad
		s.turns = s.now.Add(time.Duration(s.rng.ExpFloat64() * float64(mean)))
	}
	return s.bad
}

// interval is the pace of either side.
func (s *session) interval() time.Duration {
	return min(max(s.rtt()/2, 20*time.Millisecond), 250*time.Millisecond)
}

// press types a key, and looks at what the user sees then.
func (s *session) press(key string) {
	before := s.pictures[len(s.pictures)-1]
	s.run(s.oracleRun, s.oracle, key, true)
	after := s.oracle.Snapshot()
	s.pictures = append(s.pictures, after)
	s.p.Typed(s.now, []byte(key), uint64(s.typed), false)
	s.typed++
	s.send()
	if key == "\r" || len(key) == 1 && key[0] < 0x20 {
		return // what Enter and controls do is no echo
	}
	changed := 0
	painted := s.paint()
	right := true
	y := after.Cursor().Row // what else changes is a status line
	for x := range simCols {
		want := textOf(after.Row(y), x)
		if textOf(before.Row(y), x) != want {
			changed++
			right = right && textOf(painted.Row(y), x) == want
		}
	}
	if before.Cursor() != after.Cursor() {
		changed++
		right = right && painted.Cursor() == after.Cursor()
	}
	if changed > 0 {
		s.fig.keys++
		if right {
			s.fig.atOnce++
		}
	}
	s.fig.typed++
	if s.lies(painted) {
		s.fig.wrong++
		if v, ok := s.oracleRun.(secretive); ok && v.secret() {
			s.fig.leaked++
		}
	}
}

func (s *session) paint() *terminal.Screen {
	c := s.frame.Canvas()
	s.p.Paint(s.now, c)
	return c.Screen()
}

// lies reports whether something is painted that the server did not show and
// the program never meant.
func (s *session) lies(painted *terminal.Screen) bool {
	recent := s.pictures[max(0, len(s.pictures)-60):]
	for y := range simRows {
		if painted.Row(y) == s.frame.Row(y) {
			continue
		}
	cells:
		for x := range simCols {
			text := textOf(painted.Row(y), x)
			if text == textOf(s.frame.Row(y), x) {
				continue
			}
			for _, p := range recent {
				if textOf(p.Row(y), x) == text {
					continue cells
				}
			}
			return true
		}
	}
	return false
}

// send sends what was typed.
func (s *session) send() {
	s.resend = s.now.Add(s.rtt() + 2*s.interval())
	if !s.lost() {
		s.upAt = s.arrival(s.upAt)
		s.up = append(s.up, s.upAt)
		s.upN = append(s.upN, s.typed)
	}
}

// serve is the server's turn.
func (s *session) serve() {
	for len(s.up) > 0 && !s.up[0].After(s.now) {
		for ; s.arrived < s.upN[0]; s.arrived++ {
			s.printed = false
			s.run(s.prog, s.server, s.keys[s.arrived].key, false)
			s.noted = append(s.noted, s.now)
		}
		s.up, s.upN = s.up[1:], s.upN[1:]
	}
	for len(s.due) > 0 && s.due[0].after <= s.now.Sub(s.start) {
		s.server.Write([]byte(s.due[0].text))
		if w, ok := s.prog.(printer); ok {
			w.printed(s.due[0])
		}
		s.due = s.due[1:]
		s.dirty, s.printed = true, true
	}
	for s.aged < len(s.noted) && s.now.Sub(s.noted[s.aged]) >= echoAge {
		s.aged++
	}
	echoed := uint64(s.aged)
	if echoed > s.sentEcho || !s.refresh.IsZero() && !s.refresh.After(s.now) {
		s.dirty = true
	}
	if s.dirty && s.now.Sub(s.lastSent) >= s.interval() {
		s.dirty, s.lastSent, s.sentEcho = false, s.now, echoed
		s.refresh = time.Time{}
		if s.lost() {
			s.refresh = s.now.Add(s.rtt() + s.interval())
			return
		}
		s.got++
		s.downAt = s.arrival(s.downAt)
		s.down = append(s.down, shownFrame{s.downAt, s.got, s.server.Snapshot(), echoed, s.hint()})
	}
}

// hint returns what a server that gives hints says now, nil from one that does not.
func (s *session) hint() *Hint {
	r, ok := s.prog.(reader)
	if !ok || !s.path.hints {
		return nil
	}
	h := r.reads(len(s.due) > 0)
	if len(s.due) == 0 || h.Secret() {
		s.stamp = uint64(s.arrived) // the program has settled
	}
	h.After, h.Printed = s.stamp, s.printed
	return &h
}

// receive takes frames that have arrived.
func (s *session) receive() {
	for len(s.down) > 0 && !s.down[0].at.After(s.now) {
		f := s.down[0]
		s.down = s.down[1:]
		s.frame = f.screen
		if p, ok := s.p.(hintedReader); ok && f.hint != nil {
			p.Hint(s.now, *f.hint)
		}
		s.p.Frame(s.now, f.screen, f.echoed, s.interval())
		if f.echoed >= uint64(s.typed) {
			s.resend = time.Time{}
		}
	}
}
