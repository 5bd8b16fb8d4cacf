package bootstrap

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"path"
	"sync"
	"time"

	"roam/install"
)

// A source is where a host may get roam from. The zero source is none.
type source struct {
	in    *install.Installer
	pty   bool // the remote side has a terminal, which lets no program pass
	offer bool // something may be put there now
}

// source begins to make the source ready, and returns a function that waits for it. The
// error is a *install.SourceError.
func (c SSHConfig) source(offer bool) func() (source, error) {
	if c.Install == nil || c.Server != "" {
		return func() (source, error) { return source{}, nil }
	}
	config := *c.Install
	config.Host, config.Logf = HostName(c.Host), c.Console.Logf
	ready := sync.OnceValues(func() (source, error) {
		in, err := install.New(config)
		return source{in, c.Pty, offer}, err
	})
	go ready() // ends by itself, soon: it reads files
	return ready
}

// talks reports whether the standard input of the remote side leads here.
func (s source) talks() bool { return s.in != nil && !s.pty }

// find returns the commands of the script by which it finds, or gets, what was put there.
func (s source) find() []string {
	if s.in == nil {
		return nil
	}
	leave := `:`
	if s.talks() {
		leave = `IFS= read -r _a` // leaveLine
	}
	older := `if [ -n "$_r" ] && ` + s.in.Older() + `; then _o=$_r; _r=; fi`
	return append([]string{leave, older}, s.in.Find(s.talks(), s.offer)...)
}

// leaveLine comes first on the remote standard input. A login file or a forced command
// that becomes another shell, such as "exec fish", leaves that to read it in place of the
// script, and to wait for us while we wait for it.
const leaveLine = "exit 126\n" // as of a command that cannot be run

// silence is how long the script's first word may take from when ssh is in. Login files
// are done within that; what reads its input to the end before it runs any of it, as fish
// does, gets that end then.
const silence = 15 * time.Second

// A lateWord says when a script is too late: after patience from when in is closed.
type lateWord struct {
	in       <-chan struct{}
	patience time.Duration
}

// watch calls late if there is no start line in h in time. It returns at once; what it
// starts ends with ctx. The reader of h is not started yet.
func (w lateWord) watch(ctx context.Context, h *handshake, late func()) {
	spoken := make(chan struct{}, 1)
	h.spoken = spoken
	go func() {
		alarm := (<-chan time.Time)(nil)
		for in := w.in; ; {
			select {
			case <-ctx.Done():
				return
			case <-spoken:
				return
			case <-in:
				in, alarm = nil, time.After(w.patience)
			case <-alarm:
				late()
				return
			}
		}
	}()
}

// begin connects the installer to a run of ssh, which is not started yet; ctx ends with
// it. It returns what is called when that is over, with its error.
func (s source) begin(ctx context.Context, cmd *exec.Cmd, h *handshake, word lateWord) (done func(error), err error) {
	if s.in == nil {
		return func(error) {}, nil
	}
	h.install = s.in
	if !s.talks() {
		return func(error) {}, nil
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, &StartError{Program: cmd.Path, Err: err}
	}
	if _, err := io.WriteString(stdin, leaveLine); err != nil { // a pipe has room for it
		return nil, &StartError{Program: cmd.Path, Err: err}
	}
	word.watch(ctx, h, func() { stdin.Close() })
	s.in.Begin(ctx, stdin)
	return func(err error) {
		if err == nil { // else lines may still be read, and the end of ssh ends it all
			s.in.Close()
		}
	}, nil
}

// problem returns why roam could not be put on the host, nil if nobody wanted that or
// nothing went wrong.
func (s source) problem() error {
	switch {
	case s.in == nil:
		return nil
	case s.pty && s.offer && s.in.Willing():
		return &install.Error{Problem: "a terminal (--ssh-pty) lets no program pass", Advice: "once without --ssh-pty, roam puts itself there"}
	}
	return s.in.Err()
}

// tellServer tells the user that the server is not the one that could be, if they have
// not decided that already.
func (c SSHConfig) tellServer(h *handshake, from source) {
	if from.in == nil || c.Install.Notef == nil {
		return
	}
	host := HostName(c.Host)
	err := from.problem()
	if err != nil {
		c.Install.Notef("roam could not be put on %s: %v", host, err)
		if hinter, ok := err.(Hinter); ok {
			c.Install.Notef("hint: %s", hinter.Hint())
		}
	}
	if path.Base(h.server) != stockServer || from.in.Quiet() {
		return
	}
	how := ""
	if err == nil {
		how = fmt.Sprintf("; roam --install=always %s puts roam there", host)
	}
	c.Install.Notef("%s has only mosh-server: no exit status, no roam attach, and fewer typed keys at once%s", host, how)
}

// stockServer is what stock mosh's server is called.
const stockServer = "mosh-server"
