package client

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"roam/internal/tty"
)

const (
	// readPiece is how much is read of a terminal at once; Linux gives 4,095
	// bytes at most.
	readPiece = 16 << 10

	// readAhead is how much of what is there already is handed over in one piece, so
	// that the end of a paste is seen together with what was pasted.
	readAhead = 64 << 10

	// pasteWait is how long the rest of a paste may take, in milliseconds, to be handed over
	// in the same piece: terminals write a long paste in several.
	pasteWait = 5

	// sayLimit is how long plain text may take: a terminal that takes nothing
	// must not keep the process.
	sayLimit = time.Second
)

// A ttyConsole is the user's terminal.
type ttyConsole struct {
	in, out, err *os.File
	inFd, outFd  int
	saved        *tty.State // as it was before the first Raw; nil before that
	raw          bool
	wakeR, wakeW *os.File // a byte in this pipe ends Read
	input        *inputWait
}

// newConsole returns a console on the three files of a process, of which in
// must be a terminal.
func newConsole(in, out, errs *os.File) (*ttyConsole, error) {
	c := &ttyConsole{in: in, out: out, err: errs}
	var failed error
	if c.inFd, failed = descriptor(in); failed == nil {
		c.outFd, failed = descriptor(out)
	}
	if failed == nil {
		c.wakeR, c.wakeW, failed = os.Pipe()
	}
	if failed != nil {
		return nil, fmt.Errorf("client: %w", failed)
	}
	wake, err := descriptor(c.wakeR)
	if err == nil {
		c.input, err = newInputWait(c.inFd, wake)
	}
	if err != nil {
		c.wakeR.Close()
		c.wakeW.Close()
		return nil, err
	}
	return c, nil
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

// close gives the console's own descriptors back.
func (c *ttyConsole) close() {
	c.input.close()
	c.wakeR.Close()
	c.wakeW.Close()
}

func (c *ttyConsole) Size() (cols, rows int) {
	for _, f := range []*os.File{c.in, c.out, c.err} {
		if cols, rows, err := tty.Size(f); err == nil && cols > 0 && rows > 0 {
			return cols, rows
		}
	}
	return 0, 0
}

func (c *ttyConsole) Pixels() (width, height int) {
	for _, f := range []*os.File{c.in, c.out, c.err} {
		if width, height, err := tty.Pixels(f); err == nil && width > 0 && height > 0 {
			return width, height
		}
	}
	return 0, 0
}

func (c *ttyConsole) Raw() error {
	state, err := tty.MakeRaw(c.in)
	if err != nil {
		return err
	}
	if c.saved == nil {
		c.saved = state
	}
	c.raw = true
	return nil
}

func (c *ttyConsole) Restore() error {
	if c.saved == nil {
		return nil
	}
	c.raw = false
	return c.saved.Restore()
}

func (c *ttyConsole) Read() ([]byte, error) {
	var buf []byte
	for len(buf) < readAhead {
		wait := -1
		switch {
		case bytes.Contains(buf, []byte(pasteStart)):
			wait = pasteWait
		case len(buf) > 0:
			wait = 0
		}
		ready, interrupted, err := c.input.wait(wait)
		switch {
		case interrupted:
			return nil, nil
		case err != nil:
			return buf, err
		case !ready:
			return buf, nil
		}
		start := len(buf)
		buf = append(buf, make([]byte, readPiece)...)
		n, err := unix.Read(c.inFd, buf[start:])
		buf = buf[:start+max(n, 0)]
		switch {
		case err == unix.EINTR, err == unix.EAGAIN:
		case err != nil:
			return buf, err
		case n == 0:
			return buf, io.EOF
		}
	}
	return buf, nil
}

func (c *ttyConsole) Interrupt() { c.wakeW.Write([]byte{0}) }

func (c *ttyConsole) Write(b []byte) error {
	for len(b) > 0 {
		n, err := c.out.Write(b)
		b = b[n:]
		switch {
		case errors.Is(err, unix.EAGAIN): // another process made the terminal non-blocking
			unix.Poll([]unix.PollFd{{Fd: int32(c.outFd), Events: unix.POLLOUT}}, 1000)
		case err != nil:
			return err
		}
	}
	return nil
}

func (c *ttyConsole) Stop() {
	resumed := make(chan os.Signal, 1)
	signal.Notify(resumed, syscall.SIGCONT)
	defer signal.Stop(resumed)
	if err := syscall.Kill(0, syscall.SIGSTOP); err != nil {
		return
	}
	<-resumed // nothing else ends a stop, however late it begins
}

func (c *ttyConsole) Say(text string) {
	if c.raw {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	said := make(chan struct{})
	go func() {
		defer close(said)
		io.WriteString(c.err, text)
	}()
	timer := time.NewTimer(sayLimit)
	defer timer.Stop()
	select {
	case <-said:
	case <-timer.C:
	}
}
