package bootstrap

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
	"unicode/utf8"
)

// grace is how long a program that has said its last start line may take to
// end. The word of its end is usually in flight already, so this outlasts a
// slow machine, not a network; ssh that stays on, as the master of a shared
// connection does, delays the session by it.
const grace = 700 * time.Millisecond

// A launch runs one program that leads to start lines on its standard output.
type launch struct {
	cmd   *exec.Cmd
	noise io.Writer // gets what are no start lines, until the handshake is over
	merge bool      // standard error goes where standard output goes
	ended func()    // called when the program has ended; may be nil
}

// run starts the program and reads its start lines into h. It returns the
// exit status, or -1 while it still runs or if a signal ended it. A program
// that has connected is left to end by itself; in all other cases it has
// ended when run returns. Errors are a *StartError, a *HandshakeError, or ctx's.
func (l launch) run(ctx context.Context, h *handshake) (status int, err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return -1, &StartError{Program: l.cmd.Path, Err: err}
	}
	defer r.Close() // a program that stays on and writes then gets a broken pipe
	l.cmd.Stdout = w
	if l.merge {
		l.cmd.Stderr = w
	}
	// After a session has begun the program may live on, so it is not bound to
	// ctx by exec.CommandContext; stop does that here.
	l.cmd.WaitDelay = grace
	err = l.cmd.Start()
	w.Close()
	if err != nil {
		return -1, &StartError{Program: l.cmd.Args[0], Err: reason(err)}
	}
	read := make(chan error, 1) // room for its one value: the reader never waits
	go func() { read <- h.read(r, l.noise) }()
	ended := make(chan int, 1) // likewise; this goroutine lasts as long as the program
	go func() {
		status := exitStatus(l.cmd.Wait(), l.cmd)
		if l.ended != nil {
			l.ended()
		}
		ended <- status
	}()

	select {
	case <-ctx.Done():
		l.stop(ended)
		return -1, context.Cause(ctx)
	case status = <-ended:
		// Who has inherited the pipe may keep it open for ever.
		r.SetReadDeadline(time.Now().Add(grace))
		if err = <-read; err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			return status, err
		}
		return status, l.interrupted(ctx)
	case err = <-read:
	}
	if err != nil {
		l.stop(ended)
		return -1, err
	}
	if !h.over() { // it closed its standard output: its end is all there is to wait for
		select {
		case <-ctx.Done():
			l.stop(ended)
			return -1, context.Cause(ctx)
		case status = <-ended:
			return status, l.interrupted(ctx)
		}
	}
	select {
	case <-ctx.Done():
	case status = <-ended:
		return status, nil
	case <-time.After(grace):
	}
	if !h.connected || ctx.Err() != nil {
		l.stop(ended)
	}
	return -1, context.Cause(ctx)
}

// interrupted returns an error if the program has ended because its user gave
// up: Ctrl-C reaches it and this process, in whichever order.
func (l launch) interrupted(ctx context.Context) error {
	if state := l.cmd.ProcessState; state != nil {
		if ws, ok := state.Sys().(syscall.WaitStatus); ok && ws.Signaled() && ws.Signal() == syscall.SIGINT {
			return context.Canceled
		}
	}
	return context.Cause(ctx)
}

// stop ends the program and waits for it. SIGTERM lets ssh give the terminal
// its echo back, if it is asking for a password; where there is none, it is killed.
func (l launch) stop(ended <-chan int) {
	if err := l.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		l.cmd.Process.Kill()
	}
	select {
	case <-ended:
	case <-time.After(2 * time.Second):
		l.cmd.Process.Kill()
		<-ended
	}
}

// exitStatus returns the status of a command that Wait returned err for, -1 if
// a signal ended it.
func exitStatus(err error, cmd *exec.Cmd) int {
	if cmd.ProcessState == nil {
		return -1
	}
	return cmd.ProcessState.ExitCode()
}

// reason unwraps what os/exec wraps around the cause, whose words say all.
func reason(err error) error {
	var execErr *exec.Error
	var pathErr *os.PathError
	switch {
	case errors.As(err, &execErr):
		return execErr.Err
	case errors.As(err, &pathErr):
		return pathErr.Err
	}
	return err
}

// The caps on what a tail keeps, for messages: more fits no screen.
const (
	tailLines   = 5
	tailColumns = 300
)

// A tail keeps the last lines written to it. Several goroutines may write.
type tail struct {
	mu      sync.Mutex
	kept    []string
	partial []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range p {
		if c == '\n' {
			t.end()
		} else if len(t.partial) < tailColumns {
			t.partial = append(t.partial, c)
		}
	}
	return len(p), nil
}

// end files the line written so far.
func (t *tail) end() {
	line := printable(strings.TrimSpace(string(t.partial)))
	t.partial = t.partial[:0]
	if line == "" {
		return
	}
	t.kept = append(t.kept, line)
	if len(t.kept) > tailLines {
		t.kept = t.kept[1:]
	}
}

// lines returns the lines so far, oldest first, without blank ones.
func (t *tail) lines() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.end()
	return append([]string{}, t.kept...)
}

// printable returns s with a question mark for each byte or character that
// could do something to a terminal.
func printable(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c >= 0x7f && c < 0xa0 || c == utf8.RuneError {
			return '?'
		}
		return c
	}, s)
}
