package client

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

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
	saved        *tty.State   // as it was before the first Raw; nil before that
	plain        func() error // undoes what tty.Sequences did then
	raw          bool
	keys         *keyboard
}

// newConsole returns a console on the three files of a process, of which in
// must be a terminal.
func newConsole(in, out, errs *os.File) (*ttyConsole, error) {
	keys, err := newKeyboard(in)
	if err != nil {
		return nil, fmt.Errorf("client: waiting for keys: %w", err)
	}
	return &ttyConsole{in: in, out: out, err: errs, keys: keys}, nil
}

// close gives the console's own descriptors back.
func (c *ttyConsole) close() { c.keys.close() }

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
	plain, err := tty.Sequences(c.in, c.out)
	if err != nil {
		return errors.Join(err, state.Restore())
	}
	if c.saved == nil {
		c.saved, c.plain = state, plain
	}
	c.raw = true
	return nil
}

func (c *ttyConsole) Restore() error {
	if c.saved == nil {
		return nil
	}
	c.raw = false
	return errors.Join(c.plain(), c.saved.Restore())
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
		ready, interrupted, err := c.keys.wait(wait)
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
		n, err := c.keys.read(buf[start:])
		buf = buf[:start+n]
		if err != nil {
			return buf, err
		}
	}
	return buf, nil
}

func (c *ttyConsole) Interrupt() { c.keys.interrupt() }

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
