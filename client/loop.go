package client

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"runtime/debug"
	"time"

	"roam/carrier"
	"roam/crypto"
	"roam/internal/alarm"
	"roam/internal/memory"
	"roam/session"
	"roam/ssp"
	"roam/terminal"
	"roam/trace"
)

// A console is the user's terminal as the loop needs it.
type console interface {
	// Size returns the window's size in cells, 0 where it is unknown.
	Size() (cols, rows int)
	// Pixels returns its size in pixels, 0 where it is unknown.
	Pixels() (width, height int)
	// Raw puts the terminal into raw mode; Restore puts it back as it was before
	// the first Raw. Both may be called at any time, in any order.
	Raw() error
	Restore() error
	// Read returns what was typed, in a buffer of the caller's own. It blocks
	// until there is something, or Interrupt was called. Used by one goroutine.
	Read() ([]byte, error)
	Interrupt()
	// Write writes all of b, however long that takes. Used by one goroutine.
	Write(b []byte) error
	// Stop stops the whole process group, and returns when it goes on.
	Stop()
	// Say writes plain text for a person, outside the screen.
	Say(text string)
}

// A link is the path to the server as the loop needs it: carrier.Client.
type link interface {
	SendTo(b []byte, to netip.AddrPort) error
	SetServer(addr netip.AddrPort) // decides MaxPayload and Route
	Hop() error
	Datagrams() <-chan carrier.Datagram
	MaxPayload() int
	ProbePayload() int
	// Route returns the way that the system would send, without sending; an error says
	// why there is none.
	Route() (carrier.Route, error)
	// Changes tells that Route may return something else, or that the machine has
	// slept.
	Changes() <-chan struct{}
}

// A stage is how far a session is.
type stage uint8

const (
	connecting stage = iota // the server was not heard yet; plain text on the terminal
	live                    // the screen is the server's
	leaving                 // the terminal is given back; the end is being agreed on
)

// A loop is a session: all of its state, owned by the goroutine in run.
type loop struct {
	cfg   *Config
	term  console
	link  link
	neg   *session.Negotiation
	tr    *session.ClientTransport
	guess overlay // nil: no prediction

	start    time.Time
	stage    stage
	ended    bool      // nothing is left to do
	giveUp   time.Time // ended at this time in any case; zero for none
	warned   bool      // the text about waiting was shown
	result   Result
	leftover error // what went wrong with the terminal; the session's own error

	input    inputQueue
	filter   typedFilter
	keys     []byte // buffer for what filter passes
	datagram []byte // buffer for what is sent
	lost     int    // typed bytes dropped because too much was unsent

	events session.EventReader
	act    actor
	copied string // the clipboard text of a stock server's newest screen

	diag diagnosis

	probe    *probe                // nil: the terminal is not asked
	caps     terminal.Capabilities // what the terminal can do, as far as it is known
	upgrade  *terminal.Profile     // for what was learned since the last frame; nil: nothing
	measured bool                  // the widths were asked for
	told     *session.UserTerminal // what the server was told of the terminal

	cell       [2]int // what a cell measures in pixels, as the system says; 0 if it does not
	disp       display
	out        *frameWriter
	dirty      bool          // there may be something new to draw
	noticeLine string        // as drawn last
	entered    bool          // the terminal is set up for frames
	restored   chan struct{} // closed once the terminal is given back for good
	left       time.Time     // when that was

	heap        memory.Trimmer
	note        notice
	heard       time.Time // when the newest authentic datagram arrived; zero: none did
	stopped     time.Time // when the user last had us stopped; contact counts from then on
	silentSince time.Time // when the server was last heard, once the trace was told of it; zero: it was not
	failure     string    // what the network said last
	path        pathWatch
	paths       paths
	clock       clockWatch
	alarm       *alarm.Alarm

	typed     chan typedChunk
	reading   chan struct{} // closed when the reader has ended
	signals   <-chan os.Signal
	panics    chan *PanicError
	cancelled <-chan struct{}
}

// A typedChunk is one read of the terminal.
type typedChunk struct {
	bytes []byte
	err   error // the terminal is gone
}

// goroutines is how many goroutines a loop starts: the reader, the writer and a diagnosis.
const goroutines = 3

// newLoop sets up a session that starts now.
func newLoop(cfg *Config, term console, l link, signals <-chan os.Signal) (*loop, error) {
	now := time.Now()
	keys, err := crypto.NewSession(cfg.Key, crypto.ToServer)
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	cols, rows := windowSize(term)
	lo := &loop{
		cfg: cfg, term: term, link: l, start: now, signals: signals,
		neg:    session.NewClientNegotiation(session.Supported()),
		input:  newInputQueue(cols, rows), // the first event says the size (docs/protocol.md C2)
		filter: typedFilter{esc: cfg.EscapeKey, stock: cfg.product() == "mosh"},
		disp:   display{cols: cols, rows: rows, prefix: titlePrefix(cfg)},
		guess:  newGuess(cfg),
		paths:  newPaths(cfg.Server, cfg.Others),
		clock:  newClockWatch(now),
		alarm:  alarm.Plain(),
		note:   notice{product: cfg.product(), quit: cfg.EscapeKey.quitHint(), trying: cfg.trying()},
		typed:  make(chan typedChunk), // no bound of its own: what is not taken stays in the terminal
		panics: make(chan *PanicError, goroutines),
		diag:   diagnosis{found: make(chan string, 1)}, // there is one diagnosis at a time, which never waits

		restored: make(chan struct{}),
		reading:  make(chan struct{}),
	}
	lo.cell = cellSize(term)
	lo.askTerminal()
	lo.out = newFrameWriter(term.Write)
	lo.path.changed = true // the first look is what later ones are compared with
	lo.tr = ssp.New(now, ssp.Config{
		Role:       ssp.Client,
		Session:    keys,
		MaxPayload: l.MaxPayload(), ProbePayload: l.ProbePayload(),
		Rand:       rand.Reader,
		Negotiator: lo.neg,
		Trace:      cfg.trace.Hook(),
		Pings:      lo.neg.Pings,
		Tallies:    lo.neg.Tallies,
	}, session.Input{}, func() session.Input { return lo.input.open }, session.NewRemoteScreen(terminal.NewScreen(cols, rows), lo.neg))
	lo.race(now)
	return lo, nil
}

// windowSize returns the size of the window, or the usual one where the terminal
// does not know (hazards: a size of 0 kills stock servers).
func windowSize(term console) (cols, rows int) {
	cols, rows = term.Size()
	if cols < 1 || rows < 1 {
		return defaultCols, defaultRows
	}
	return session.ClampSize(cols, rows)
}

// cellSize returns the width and height of a cell of the window in pixels, as the system
// says; 0 if it does not.
func cellSize(term console) [2]int {
	cols, rows := term.Size()
	width, height := term.Pixels()
	if cols < 1 || rows < 1 || width < cols || height < rows {
		return [2]int{}
	}
	return [2]int{width / cols, height / rows}
}

// run is the session, from raw mode to the restored terminal. It returns when both
// ends know of the end, or it gave up.
func (l *loop) run(ctx context.Context) (result Result, err error) {
	defer l.diag.stop() // with the terminal back
	defer func() {
		if p := recover(); p != nil {
			err = newPanicError(p)
			l.probe, l.filter.probe = nil, nil // nothing more is read: the bug may be there
		}
		l.restore()
		l.out.close()
	}()
	if err := l.term.Raw(); err != nil {
		return Result{}, fmt.Errorf("client: setting up the terminal: %w", err)
	}
	l.spawn(l.out.run)
	l.spawn(l.readTerminal)
	l.cancelled = ctx.Done()
	defer l.alarm.Close()
	for {
		now := time.Now()
		l.turn(now)
		if l.ended {
			return l.result, l.leftover
		}
		l.alarm.Set(now, l.next(now))
		if err := l.wait(); err != nil {
			return Result{}, err
		}
	}
}

// wait blocks for the next event and takes it in, with all datagrams that are
// there, so that a flood of them is drawn once.
func (l *loop) wait() error {
	typed := l.typed
	if l.full(time.Now()) {
		typed = nil // it stays in the terminal
	}
	select {
	case <-l.alarm.C:
	case d := <-l.link.Datagrams():
		l.receive(time.Now(), d)
		for range len(l.link.Datagrams()) {
			l.receive(time.Now(), <-l.link.Datagrams())
		}
	case <-l.link.Changes():
		l.path.changed = true
	case chunk := <-typed:
		l.take(time.Now(), chunk)
	case sig := <-l.signals:
		return l.signal(time.Now(), sig)
	case err := <-l.out.done:
		l.out.finished()
		return l.wrote(time.Now(), err)
	case <-l.cancelled:
		l.cancelled = nil
		l.quit(time.Now(), "cancelled")
	case text := <-l.diag.found:
		l.diagnosed(text)
	case p := <-l.panics:
		return p
	}
	return nil
}

// wrote takes in how writing a frame ended.
func (l *loop) wrote(now time.Time, err error) error {
	var bug *PanicError
	if errors.As(err, &bug) {
		return bug
	}
	if err != nil {
		l.hangUp(now, err)
	}
	return nil
}

// turn does what is due at now: input that was held for too long, datagrams,
// the end, a frame.
func (l *loop) turn(now time.Time) {
	if l.clock.woke(now) {
		l.log("this machine has slept")
		l.cfg.trace.Note(now, trace.Resumed)
		l.revive(now)
	}
	l.expireTyped(now)
	l.connect(now)
	l.diagnose(now)
	l.watchPath(now)
	l.learn(now)
	l.flush(now)
	l.traceContact(now)
	l.progress(now)
	l.checkInput()
	l.draw(now)
	l.heap.Trim(now, nil)
}

// next returns when the next turn is due if nothing happens; zero for never.
func (l *loop) next(now time.Time) time.Time {
	next := l.tr.NextTimeout()
	next = earlier(next, l.giveUp)
	next = earlier(next, l.nextProbe(now))
	next = earlier(next, l.heap.Next())
	switch l.stage {
	case connecting:
		next = earlier(next, l.nextConnect(now))
		next = earlier(next, l.filter.deadline())
	case live:
		next = earlier(next, l.filter.deadline())
		next = earlier(next, l.note.next(now, l.contact()))
		if !l.out.busy {
			next = earlier(next, l.act.next(now))
		}
		if l.guess != nil && !l.out.busy { // else once the frame in flight is out
			next = earlier(next, l.guess.NextTimeout())
		}
	}
	if l.stage != leaving {
		next = earlier(next, l.nextPath(now))
	}
	return next
}

// spawn starts a goroutine whose panic ends the session in order: it reaches the
// loop, which gives the terminal back.
func (l *loop) spawn(f func()) {
	go func() {
		defer func() {
			if p := recover(); p != nil {
				l.panics <- newPanicError(p)
			}
		}()
		f()
	}()
}

// A PanicError is a bug: a panic in one of the goroutines of a session.
type PanicError struct {
	Value any
	Stack []byte
}

func newPanicError(value any) *PanicError { return &PanicError{value, debug.Stack()} }

// Error says that there is a bug, without the panic's own text.
func (p *PanicError) Error() string { return "client: internal error: this is a bug" }

// log writes an event to the log, if there is one, with pairs of names and values as
// slog takes them. Never keys, typed text or screen content.
func (l *loop) log(event string, pairs ...any) {
	if l.cfg.Log != nil {
		l.cfg.Log.Info(event, pairs...)
	}
}
