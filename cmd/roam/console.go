package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"golang.org/x/term"

	"roam/bootstrap"
	"roam/client"
	"roam/internal/voice"
)

// Exit statuses, beside those of the remote program and of ssh.
const (
	exitOK          = 0
	exitFailed      = 1   // the session could not begin, or ended without the server's word
	exitUsage       = 2   // the command line makes no sense
	exitStart       = 3   // ssh could not be started
	exitNoServer    = 4   // no server program on the host
	exitRefused     = 5   // the server ended without a session
	exitHandshake   = 6   // what the host printed breaks the grammar
	exitAddress     = 7   // the host has no known UDP address
	exitInterrupted = 130 // a signal ended roam before there was a session
	exitSSH         = 255 // ssh failed; its own status for that
)

// A console is the terminal, or what stands in for it, of one run.
type console struct {
	name         string // begins each message
	in, out, err *os.File
	steps        *slog.Logger // of the start, to the terminal and to the log; nil: to nowhere
	log          *slog.Logger // of the session, to the log only; nil: there is none
}

// say prints a message.
func (c console) say(kind voice.Kind, format string, args ...any) {
	io.WriteString(c.err, voice.For(c.err, os.Getenv).Message(c.name, kind, fmt.Sprintf(format, args...)))
}

func (c console) errorf(format string, args ...any) { c.say(voice.Error, format, args...) }
func (c console) hintf(format string, args ...any)  { c.say(voice.Hint, format, args...) }
func (c console) notef(format string, args ...any)  { c.say(voice.Plain, format, args...) }

// interactive reports whether a session is possible: both ends are terminals.
func (c console) interactive() bool { return isTerminal(c.in) && isTerminal(c.out) }

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// report prints why a session did not begin, and returns the exit status.
func (c console) report(err error) int {
	if errors.Is(err, context.Canceled) {
		return exitInterrupted
	}
	text := err.Error()
	for _, pkg := range []string{"bootstrap: ", "client: ", "sessions: ", "install: "} {
		text = strings.TrimPrefix(text, pkg)
	}
	c.errorf("%s", text)
	var hinter bootstrap.Hinter
	if errors.As(err, &hinter) {
		c.hintf("%s", hinter.Hint())
	}
	return statusOf(err)
}

// statusOf returns the exit status for an error of package bootstrap.
func statusOf(err error) int {
	for _, stage := range []struct {
		as     any
		status int
	}{
		{new(*bootstrap.StartError), exitStart},
		{new(*bootstrap.SSHError), exitSSH},
		{new(*bootstrap.NoServerError), exitNoServer},
		{new(*bootstrap.RefusedError), exitRefused},
		{new(*bootstrap.HandshakeError), exitHandshake},
		{new(*bootstrap.AddressError), exitAddress},
		{new(*bootstrap.NotHereError), exitAddress},
	} {
		if errors.As(err, stage.as) {
			return stage.status
		}
	}
	return exitFailed
}

// reportClient prints why the client could not begin, and returns the exit status.
func (c console) reportClient(err error) int {
	c.errorf("%s", strings.TrimPrefix(err.Error(), "client: "))
	for _, hint := range client.Hints(err) {
		c.hintf("%s", hint)
	}
	return exitFailed
}
