package client

import (
	"fmt"
	"io"
	"os"
	"time"

	"roam/internal/voice"
	"roam/session"
)

// What a person reads before and after a session, outside the screen. An error
// says what failed, a hint what to do. No message holds a key or typed text.

// sayError writes an error of the program name, with its hints, to f.
func sayError(f *os.File, name, what string, hints ...string) {
	io.WriteString(f, errorText(voice.For(f, os.Getenv), name, what, hints...))
}

// errorText is an error of the program name with its hints.
func errorText(style voice.Style, name, what string, hints ...string) string {
	text := style.Message(name, voice.Error, what)
	for _, h := range hints {
		text += style.Message(name, voice.Hint, h)
	}
	return text
}

// message is what the session has to say outside of the screen.
func (c *Config) message(kind voice.Kind, format string, args ...any) string {
	return c.style.Message(c.Name, kind, fmt.Sprintf(format, args...))
}

// waitingText is shown when the server has not answered for waitNotice.
// failure is what the network said last, empty for nothing.
func (c *Config) waitingText(p *paths, failure string) string {
	from := c.Server.Addr().String()
	if len(p.all) > 1 {
		from = fmt.Sprintf("any of %d addresses (%s)", len(p.all), p.addrs())
	}
	text := fmt.Sprintf("no answer yet from %s on UDP port %d", from, c.Server.Port())
	hint := "a firewall may drop UDP, or the server has stopped"
	if failure != "" && len(p.all) == 1 {
		text += " (" + failure + ")"
	}
	if p.refuses() {
		hint = "a firewall refuses UDP, or the server has stopped"
	}
	return c.message(voice.Plain, "%s", text) + c.message(voice.Hint, "%s; Ctrl-C gives up", hint)
}

// unreachedText is the end of a session that never began: it tells what was tried.
func (c *Config) unreachedText(p *paths, waited time.Duration, failure string) string {
	from, port := c.Server.Addr().String(), c.Server.Port()
	if len(p.all) > 1 {
		from = fmt.Sprintf("any of %d addresses", len(p.all))
	}
	what := fmt.Sprintf("no answer from %s on UDP port %d", from, port)
	if waited >= time.Second {
		what += fmt.Sprintf(" within %d seconds", waited/time.Second)
	}
	if failure != "" && len(p.all) == 1 {
		what += ": " + failure
	}
	text := c.message(voice.Error, "%s", what)
	for _, line := range p.tried() {
		text += c.message(voice.Plain, "tried %s", line)
	}
	for _, hint := range c.unreachedHints(p) {
		text += c.message(voice.Hint, "%s", hint)
	}
	return text
}

// unreachedHints say what to look at when none of the addresses has answered.
func (c *Config) unreachedHints(p *paths) (hints []string) {
	port, host := c.Server.Port(), c.Server.Addr().String()
	if len(p.all) > 1 {
		host = "the host"
	}
	switch {
	case p.has(PathSilent), p.has(PathUntried):
		hints = append(hints, fmt.Sprintf("see that no firewall between here and %s drops UDP to port %d (the usual range is 60001 to 60999)", host, port))
	case !p.has(PathRefused):
		hints = append(hints, "this machine has no way there; check its connection, or its VPN")
	}
	switch {
	case p.refuses():
		hints = append(hints, fmt.Sprintf("a port that refuses is closed: the server has ended, or a firewall rejects UDP to port %d", port))
	case p.has(PathRefused):
		hints = append(hints, fmt.Sprintf("a firewall or router on the way lets no UDP pass to port %d, and says so", port))
	}
	return append(hints, "see that the server still runs there and that address, port and key are the ones that it printed;"+
		" a server that hears no client within 60 seconds stops")
}

// uncleanText is the end of a session whose server did not confirm it.
func (c *Config) uncleanText() string {
	return errorText(c.style, c.Name, "the server did not confirm the end of the session",
		fmt.Sprintf("it may still be running: log in to %s and look for it (mosh-server, roam)", c.Server.Addr()))
}

// closedText is the closing line of a session.
func (c *Config) closedText(f *session.Final) string {
	if f != nil && c.product() == "roam" {
		switch {
		case f.Moved:
			return c.message(voice.Plain, "the session goes on at another client; \"roam attach\" takes it back")
		case f.Reason != "":
			return c.message(voice.Plain, "the server ended the session: %s", f.Reason)
		case f.Signal != "":
			return c.message(voice.Plain, "session ended: the remote program was killed by signal %s", f.Signal)
		case f.Exit != nil && *f.Exit != 0:
			return c.message(voice.Plain, "session ended with exit status %d", *f.Exit)
		}
	}
	return fmt.Sprintf("[%s is exiting.]\n", c.product())
}

// suspendedText is what stands on the screen while the client is stopped.
func (c *Config) suspendedText() string {
	return fmt.Sprintf("\n[%s is suspended.]\n", c.product())
}
