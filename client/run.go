package client

import (
	"context"
	"fmt"
	"os"
	"runtime"

	"roam/carrier"
	"roam/internal/alarm"
	"roam/internal/tty"
	"roam/internal/voice"
)

// sessionProcs is how many processors a session uses. One goroutine does its work, and
// those at the edges hand over to it; a second processor would save no time and wake
// another thread for each key: 20 wake-ups instead of 38 and 0.79 instead of 0.95 ms
// of processor time (docs/performance.md).
const sessionProcs = 1

// Run is one session on the user's terminal. It returns when the session has
// ended, with the terminal as it was before: always, but for SIGKILL. Meanwhile the
// process's signals are the session's. Text for the user goes to cfg.Err: what
// is waited for, and at the end one closing line or why there was no session.
//
// An error means that there was no session, ErrNoTerminal and ErrAddress for
// instance, or that it could not go on: a *PanicError. Everything else is in
// the Result.
func Run(ctx context.Context, cfg Config) (Result, error) {
	defer cfg.Key.Erase()
	cfg.style = voice.For(cfg.Err, os.Getenv)
	if !cfg.Server.IsValid() || cfg.Server.Port() == 0 {
		return Result{}, ErrAddress
	}
	if !tty.IsTerminal(cfg.In) {
		return Result{}, ErrNoTerminal
	}
	if cfg.Terminal == nil {
		t, err := LoadTerminal(os.Getenv("TERM"), os.Getenv("COLORTERM"))
		if err != nil {
			return Result{}, err
		}
		cfg.Terminal = t
	}
	if err := cfg.Terminal.check(); err != nil {
		return Result{}, err
	}
	if !tty.IsTerminal(cfg.Out) {
		cfg.Probe = ProbeOff
	}
	if cfg.Clipboard == ClipboardAsk && !cfg.EscapeKey.on {
		cfg.Clipboard = ClipboardOff // nobody could say yes
	}
	if err := cfg.OpenTrace(); err != nil {
		return Result{}, err
	}
	defer cfg.trace.Close() // a trace that could not be written is no reason to fail
	noCoreDumps()
	runtime.GOMAXPROCS(sessionProcs)
	path, err := carrier.Dial(cfg.Server, cfg.Others...)
	if err != nil {
		return Result{}, fmt.Errorf("client: %w", err)
	}
	defer path.Close()
	watcher := carrier.Watch()
	defer watcher.Close()
	console, err := newConsole(cfg.In, cfg.Out, cfg.Err)
	if err != nil {
		return Result{}, err
	}
	defer console.close()
	signals := make(chan os.Signal, 16) // a burst of window sizes; lost ones are followed by others
	defer takeSignals(console, signals)()
	return runOn(ctx, &cfg, console, udpLink{path, watcher}, signals)
}

// runOn is a session on a terminal and a path that are given.
func runOn(ctx context.Context, cfg *Config, term console, path link, signals <-chan os.Signal) (Result, error) {
	l, err := newLoop(cfg, term, path, signals)
	if err != nil {
		return Result{}, err
	}
	l.alarm = alarm.New()
	return l.run(ctx)
}

// A udpLink is a carrier.Client that also knows the way to its server.
type udpLink struct {
	*carrier.Client
	watcher *carrier.Watcher
}

// Route returns how the system would send to the server.
func (u udpLink) Route() (carrier.Route, error) { return carrier.RouteTo(u.Server()) }

// Changes tells that Route may return another one, or that the machine has slept.
func (u udpLink) Changes() <-chan struct{} { return u.watcher.Changes() }
