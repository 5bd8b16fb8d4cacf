package client

import (
	"os"
	"os/signal"
	"syscall"

	"roam/internal/tty"
)

// Signals that a session knows, with their usual numbers. This system sends none of them;
// takeSignals makes the one of the window.
const (
	windowSignal   = syscall.Signal(28)
	stopSignal     = syscall.Signal(20)
	continueSignal = syscall.Signal(18)
)

// canStop says that no program is stopped and goes on later.
const canStop = false

// defaultTerm stands in for TERM, which is seldom set: the console understands what
// xterm does.
const defaultTerm = "xterm-256color"

// takeSignals sends the session's signals to the channel until stop is called: Ctrl-Break,
// the window's closing, the end of the log-in, and changes of the window's size.
func takeSignals(c *ttyConsole, signals chan<- os.Signal) (stop func()) {
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	c.keys.resized = func() {
		select {
		case signals <- windowSignal:
		default: // as many wait already as the loop needs to look
		}
	}
	return func() { signal.Stop(signals) }
}

// noCoreDumps has nothing to forbid: dumps are made where somebody set them up.
func noCoreDumps() {}

// signalNumber returns the number that most systems give to a signal, as HUP; 0 if they
// do not agree.
func signalNumber(name string) int {
	return int(map[string]syscall.Signal{
		"HUP": syscall.SIGHUP, "INT": syscall.SIGINT, "QUIT": syscall.SIGQUIT, "ILL": syscall.SIGILL,
		"TRAP": syscall.SIGTRAP, "ABRT": syscall.SIGABRT, "FPE": syscall.SIGFPE, "KILL": syscall.SIGKILL,
		"SEGV": syscall.SIGSEGV, "PIPE": syscall.SIGPIPE, "ALRM": syscall.SIGALRM, "TERM": syscall.SIGTERM,
	}[name])
}

// A keyboard is what is typed on a console. wait and read are one goroutine's.
type keyboard struct {
	events  *tty.Events
	resized func() // the window's size has changed; may be nil
}

func newKeyboard(in *os.File) (*keyboard, error) {
	events, err := tty.NewEvents(in)
	return &keyboard{events: events}, err
}

func (k *keyboard) close() { k.events.Close() }

// wait waits, up to so many milliseconds, below 0 without limit, for something to read.
func (k *keyboard) wait(limit int) (ready, interrupted bool, err error) { return k.events.Wait(limit) }

// read reads what is there. Nothing, without an error, is no end.
func (k *keyboard) read(b []byte) (int, error) {
	n, resized, err := k.events.Read(b)
	if resized && k.resized != nil {
		k.resized()
	}
	return n, err
}

// interrupt ends a wait, now or the next one.
func (k *keyboard) interrupt() { k.events.Interrupt() }

func (c *ttyConsole) Write(b []byte) error {
	_, err := c.out.Write(b)
	return err
}

// Stop does nothing: see canStop.
func (c *ttyConsole) Stop() {}
