//go:build unix

package server

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"

	"roam/carrier"
	"roam/terminal"
	"roam/trace"
)

// sessionProcs is how many processors a session uses: one goroutine does its work, and
// those at the edges hand over to it, so that a second processor saves nothing
// and costs a wake-up of another thread for each datagram.
const sessionProcs = 1

// IsDaemon reports whether this process was started by Main to run a session.
// A program must ask first thing, and then leave everything to RunDaemon.
func IsDaemon() bool { return os.Getenv(daemonVar) != "" }

// RunDaemon runs the session that Main started this process for, and returns the
// exit status when it has ended.
func RunDaemon() int {
	os.Unsetenv(daemonVar)
	runtime.GOMAXPROCS(sessionProcs)
	closeInherited(readyFD + 1)
	sock := os.NewFile(socketFD, "socket")
	config := os.NewFile(configFD, "config")
	ready := os.NewFile(readyFD, "ready")
	for _, fd := range []int{socketFD, configFD, readyFD} {
		syscall.CloseOnExec(fd)
	}
	l, err := newDaemon(sock, config)
	if err != nil {
		fmt.Fprint(ready, err)
		return exitError
	}
	defer l.close()
	fmt.Fprint(ready, readyText)
	ready.Close()
	if err := l.serve(); err != nil {
		l.log.at(1, "%v", err)
		return exitError
	}
	l.log.at(1, "[%s is exiting.]", l.cfg.Name)
	return exitOK
}

// newDaemon sets a session up from what the daemon inherited.
func newDaemon(sockFile *os.File, config io.ReadCloser) (*loop, error) {
	cfg, key, err := readConfig(config)
	config.Close()
	if err != nil {
		return nil, err
	}
	defer key.Erase()
	cfg.Env = setVars(cfg.Env, []string{sessionVar + "=" + strconv.Itoa(os.Getpid())})
	forbidCore(cfg.CoreLimit)
	nameProcess(baseName(cfg.Name))
	os.Chdir("/") // so as not to keep a file system busy; the root can always be entered
	sock, err := carrier.FromFile(sockFile)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	l := newLoop(cfg, now)
	if cfg.Trace != "" {
		if l.trace, err = trace.Create(cfg.Trace, "server", now); err != nil {
			sock.Close()
			return nil, err
		}
	}
	if cfg.Verbose > 0 {
		l.log = logger{os.Stderr, cfg.Verbose}
	}
	if l.at, err = newAttachment(now, sock, key, l.trace, l.current); err != nil {
		sock.Close()
		return nil, err
	}
	// Caught, not ignored: what is ignored would stay so in the program.
	signal.Notify(l.signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGUSR1, syscall.SIGHUP, syscall.SIGPIPE)
	l.status, err = listenStatus(os.Environ(), l.requests, l.spawn)
	if err != nil {
		l.log.at(1, "no status socket, so that the session cannot be listed: %v", err)
	}
	return l, nil
}

// newLoop returns a loop without a client.
func newLoop(cfg *daemonConfig, now time.Time) *loop {
	return &loop{
		cfg: cfg,
		limits: timeLimits{
			firstContact: cfg.FirstContact, network: cfg.NetworkTimeout, signal: cfg.SignalTimeout, expiry: cfg.Expiry,
		},
		start:    now,
		now:      now,
		host:     newHost(cfg.Cols, cfg.Rows, terminal.Options{AmbiguousWide: ambiguousWide(cfg.Env)}),
		signals:  make(chan os.Signal, 8),
		requests: make(chan statusRequest),
		faults:   make(chan error, 1),
		clients:  newClients(),
	}
}

// serve runs the loop, whose own panics hang the program up like any other end.
func (l *loop) serve() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("server: internal error: %v", p)
			l.log.at(2, "%s", debug.Stack())
		}
	}()
	return l.run()
}
