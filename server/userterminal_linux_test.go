package server

import (
	"testing"
	"time"

	"roam/session"
	"roam/terminal"
)

// Programs are told what the client knows of the user's terminal.
func TestProgramAsksForUserTerminal(t *testing.T) {
	const ask = `stty raw -echo; printf '\033]11;?\033\\\033[14t\033[c'; dd bs=1 count=59 2>/dev/null | od -An -c | tr -d ' \n'; sleep 60`
	s := serveScript(t, "read x; "+ask, nil)
	c := attach(t, &s.as, session.Supported())
	var u session.UserTerminal
	u.Look = terminal.UserTerminal{CellWidth: 10, CellHeight: 20}
	u.Look.Colors.Bg = terminal.RGB(0x12, 0x34, 0x56)
	c.in = c.in.WithUserTerminal(u)
	c.typeIn("\r")
	// What cannot write the clipboard is not said to.
	c.until(c.shows(`033]11;rgb:1212/3434/5656033\033[4;480;800t033[?64;6;9;15;21;22;28c`))
	c.in = c.in.AppendBytes([]byte("\x03"))
}

// What a program asks first of all waits for the client to tell; not for ever.
func TestProgramAsksAtOnce(t *testing.T) {
	const ask = `stty raw -echo; printf '\033]11;?\033\\\033[5n'; dd bs=1 count=4 2>/dev/null | od -An -c | tr -d ' \n'; sleep 60`
	for _, tells := range []bool{true, false} {
		s := serveScript(t, ask, func(l *loop) {
			if tells {
				l.at.terminalWait = time.Hour
			}
		})
		c := attach(t, &s.as, session.Supported())
		c.until(func() bool { version, _ := c.neg.Capability(session.Terminal); return version > 0 })
		want := `033[0n`
		if tells {
			var u session.UserTerminal
			u.Look.Colors.Bg = terminal.RGB(0x12, 0x34, 0x56)
			c.in = c.in.WithUserTerminal(u)
			c.tr.Touch(time.Now())
			want = `033]11`
		}
		c.until(c.shows(want))
	}
}

// The program's window has pixels as soon as the client tells what a cell measures, and
// the program hears of it as of any other size.
func TestWindowHasPixels(t *testing.T) {
	const ask = `$SIG{WINCH} = sub { ioctl(STDIN, 0x5413, $w); print join("x", unpack("S4", $w)), "\n" }; $| = 1; print "ready\n"; 1 while <STDIN>`
	s := serveScript(t, "exec perl -e '"+ask+"'", nil)
	c := attach(t, &s.as, session.Supported())
	c.until(c.shows("ready"))
	tell := func(width, height int) {
		c.in = c.in.WithUserTerminal(session.UserTerminal{Look: terminal.UserTerminal{CellWidth: width, CellHeight: height}})
		c.tr.Touch(time.Now())
	}
	tell(9, 18)
	c.until(c.shows("24x80x720x432"))
	c.resize(100, 30)
	c.until(c.shows("30x100x900x540"))
	tell(12, 24)
	c.until(c.shows("30x100x1200x720"))
	tell(0, 0)
	c.until(c.shows("30x100x0x0"))
	c.typeIn("\x04")
	c.until(c.ended)
}

// Of a client with which Terminal is not agreed nothing is taken.
func TestUserTerminalNotAgreed(t *testing.T) {
	s := serveScript(t, "echo ready; cat", nil)
	c := attach(t, &s.as, []session.Capability{{Number: session.Status, Version: 1}})
	c.in = c.in.WithUserTerminal(session.UserTerminal{Colors: 8})
	c.until(c.shows("ready"))
	c.typeIn("\x04")
	c.until(c.ended)
	<-s.ended
	if s.at.user != nil {
		t.Errorf("the server took %+v", *s.at.user)
	}
}
