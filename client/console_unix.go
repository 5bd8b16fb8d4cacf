//go:build unix

package client

import (
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// Signals that a session knows.
const (
	windowSignal   = syscall.SIGWINCH
	stopSignal     = syscall.SIGTSTP
	continueSignal = syscall.SIGCONT
)

// canStop says that Stop works.
const canStop = true

// defaultTerm stands in for TERM where that is not set: nothing.
const defaultTerm = ""

// sessionSignals are the signals that a session takes: those that end a process
// unless it does, so that the terminal is restored before, and those of windows and
// job control.
var sessionSignals = []os.Signal{
	unix.SIGTERM, unix.SIGINT, unix.SIGHUP, unix.SIGPIPE, unix.SIGQUIT, unix.SIGABRT,
	unix.SIGALRM, unix.SIGVTALRM, unix.SIGUSR1, unix.SIGUSR2, unix.SIGXCPU, unix.SIGXFSZ,
	unix.SIGIO, unix.SIGSYS, unix.SIGTRAP,
	unix.SIGSEGV, unix.SIGBUS, unix.SIGFPE, unix.SIGILL, // sent by others; our own are panics
	unix.SIGWINCH, unix.SIGTSTP, unix.SIGCONT,
}

// noCoreDumps keeps the key out of core files. A system that refuses wants
// none less than we do.
func noCoreDumps() {
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_CORE, &limit) == nil {
		limit.Cur = 0
		unix.Setrlimit(unix.RLIMIT_CORE, &limit)
	}
}

// takeSignals sends the session's signals to the channel until stop is called.
func takeSignals(_ *ttyConsole, signals chan<- os.Signal) (stop func()) {
	signal.Notify(signals, sessionSignals...)
	return func() { signal.Stop(signals) }
}

// signalNumber returns the number of a signal, as HUP; 0 if there is none.
func signalNumber(name string) int { return int(unix.SignalNum("SIG" + name)) }

// A keyboard is what is typed on a terminal. wait and read are one goroutine's.
type keyboard struct {
	in           int
	wakeR, wakeW *os.File // a byte in this pipe interrupts
	waiting      *inputWait
}

func newKeyboard(in *os.File) (k *keyboard, err error) {
	k = &keyboard{}
	if k.in, err = descriptor(in); err != nil {
		return nil, err
	}
	if k.wakeR, k.wakeW, err = os.Pipe(); err != nil {
		return nil, err
	}
	wake, err := descriptor(k.wakeR)
	if err == nil {
		k.waiting, err = newInputWait(k.in, wake)
	}
	if err != nil {
		k.wakeR.Close()
		k.wakeW.Close()
		return nil, err
	}
	return k, nil
}

// descriptor returns the number of f, which stays open as long as f does. Unlike Fd
// it leaves f, which other processes share, as blocking as it is.
func descriptor(f *os.File) (n int, err error) {
	raw, err := f.SyscallConn()
	if err != nil {
		return 0, err
	}
	err = raw.Control(func(fd uintptr) { n = int(fd) })
	return n, err
}

// close gives the keyboard's own descriptors back.
func (k *keyboard) close() {
	k.waiting.close()
	k.wakeR.Close()
	k.wakeW.Close()
}

// wait waits, up to so many milliseconds, below 0 without limit, for something to read.
func (k *keyboard) wait(limit int) (ready, interrupted bool, err error) { return k.waiting.wait(limit) }

// read reads what is there. Nothing, without an error, is no end.
func (k *keyboard) read(b []byte) (int, error) {
	n, err := unix.Read(k.in, b)
	switch {
	case err == unix.EINTR, err == unix.EAGAIN:
		return 0, nil
	case err == nil && n == 0:
		err = io.EOF
	}
	return max(n, 0), err
}

// interrupt ends a wait, now or the next one.
func (k *keyboard) interrupt() { k.wakeW.Write([]byte{0}) }

func (c *ttyConsole) Write(b []byte) error {
	for len(b) > 0 {
		n, err := c.out.Write(b)
		b = b[n:]
		switch {
		case errors.Is(err, unix.EAGAIN): // another process made the terminal non-blocking
			if fd, err := descriptor(c.out); err == nil {
				unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}, 1000)
			}
		case err != nil:
			return err
		}
	}
	return nil
}

func (c *ttyConsole) Stop() {
	resumed := make(chan os.Signal, 1)
	signal.Notify(resumed, continueSignal)
	defer signal.Stop(resumed)
	if err := syscall.Kill(0, syscall.SIGSTOP); err != nil {
		return
	}
	<-resumed // nothing else ends a stop, however late it begins
}
