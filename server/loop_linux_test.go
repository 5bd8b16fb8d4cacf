package server

import (
	"crypto/rand"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"roam/carrier"
	"roam/crypto"
	"roam/session"
	"roam/ssp"
)

// A served is a loop in a goroutine of the test's own.
type served struct {
	*loop
	ended chan error // what serve returned
	as    started    // for attach
}

// serveScript runs a shell script in a session. change may alter the loop before it
// runs.
func serveScript(t *testing.T, script string, change func(*loop)) *served {
	t.Helper()
	sock, err := carrier.ListenServer(netip.MustParseAddr("127.0.0.1"), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	key, err := crypto.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cfg := &daemonConfig{
		Name: RoamName, Path: "/bin/sh", Argv: []string{"sh", "-c", script},
		Env: []string{"PATH=/bin:/usr/bin"}, Dir: "/", Cols: 80, Rows: 24, FirstContact: time.Minute,
	}
	now := time.Now()
	s := &served{loop: newLoop(cfg, now), ended: make(chan error, 1)}
	s.as = started{t: t, port: int(sock.Port()), key: key.Encode()}
	if s.at, err = newAttachment(now, sock, key, nil, s.current); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(s.loop)
	}
	go func() {
		err := s.serve()
		s.close()
		s.ended <- err
	}()
	return s
}

// A goroutine's panic ends the session, and the client hears that it was the
// server's fault, but not whose words they are.
func TestLoopHandsOnPanics(t *testing.T) {
	s := serveScript(t, "echo ready; cat", nil)
	c := attach(t, &s.as, session.Supported())
	c.until(c.shows("ready"))
	s.spawn(func() { panic("secret") })
	c.until(c.ended)
	if f := c.screen().Final(); c.tr.Phase() != ssp.Done || f == nil || f.Reason != "internal error of the server" {
		t.Errorf("phase %v, final %+v", c.tr.Phase(), f)
	}
	if err := <-s.ended; err == nil || !strings.Contains(err.Error(), "internal error: secret") {
		t.Errorf("the loop ended with %v", err)
	}
}

// A panic of the loop itself hangs the program up, too.
func TestLoopSurvivesItsOwnPanic(t *testing.T) {
	s := serveScript(t, "echo ready; cat", func(l *loop) { l.requests = make(chan statusRequest) })
	c := attach(t, &s.as, nil)
	c.until(c.shows("ready"))
	s.requests <- statusRequest{what: requestStatus, answer: closed()}
	if err := <-s.ended; err == nil {
		t.Error("the loop ended well")
	}
	if code := <-s.host.exited; code.signal != "HUP" && code.status == 0 {
		t.Errorf("the program ended with %+v", code)
	}
}

// closed returns a channel on which sending panics.
func closed() chan any {
	c := make(chan any)
	close(c)
	return c
}

func TestLoopTimeLimits(t *testing.T) {
	for name, limits := range map[string]timeLimits{
		"no client":           {firstContact: 10 * time.Millisecond},
		"client gone":         {expiry: 300 * time.Millisecond},
		"client without news": {network: 300 * time.Millisecond},
	} {
		s := serveScript(t, "echo ready; cat", func(l *loop) { l.limits = limits })
		if limits.firstContact == 0 {
			c := attach(t, &s.as, nil)
			c.until(func() bool { return c.shows("ready")() || c.ended() })
			c.conn.Close()
		}
		if err := <-s.ended; err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if s.final == nil || s.final.Reason == "" {
			t.Errorf("%s: final %+v", name, s.final)
		}
	}
}

// A frame that a program holds back by mode 2026 is shown when it is released,
// and before that only if that takes too long.
func TestLoopHoldsFrames(t *testing.T) {
	s := serveScript(t, `printf 'begun\033[?2026h\033[2J'; read x; printf 'whole\033[?2026l'; read x; printf '\033[?2026hnever released'; cat`, nil)
	c := attach(t, &s.as, nil)
	c.until(func() bool {
		if c.shown() == "whole" {
			t.Error("shown before it was there")
		}
		return c.shows("begun")() || c.tr.SentNum() > 1
	})
	c.typeIn("\r")
	c.until(c.shows("whole"))
	c.typeIn("\r")
	c.until(c.shows("never released"))
	c.tr.Shutdown(time.Now())
	c.until(c.ended)
	if err := <-s.ended; err != nil {
		t.Error(err)
	}
}

// What was typed for a program that has gone away without reading it does not keep
// the session.
func TestLoopEndsWithInputWaiting(t *testing.T) {
	s := serveScript(t, "stty raw -echo; echo ready; dd bs=1 count=1 >/dev/null 2>&1", nil)
	c := attach(t, &s.as, session.Supported())
	c.until(c.shows("ready"))
	c.typeIn(strings.Repeat("x", 300_000))
	c.until(c.ended)
	if f := c.screen().Final(); f == nil || f.Exit == nil || *f.Exit != 0 {
		t.Errorf("final %+v", f)
	}
	if err := <-s.ended; err != nil {
		t.Error(err)
	}
}

// Errors of the socket are the network's affair.
func TestLoopOutlivesSocketErrors(t *testing.T) {
	s := serveScript(t, "echo ready; cat", nil)
	c := attach(t, &s.as, nil)
	c.until(c.shows("ready"))
	c.conn.Close() // what the server sends now is answered by ICMP errors
	for range 20 {
		c.dial(s.as.port)
		c.conn.Close()
	}
	c.dial(s.as.port)
	c.typeIn("alive\r")
	c.until(c.shows("alive\nalive"))
	c.tr.Shutdown(time.Now())
	c.until(c.ended)
	if err := <-s.ended; err != nil && !errors.Is(err, ssp.ErrUnanswered) {
		t.Error(err)
	}
}

// The loop sleeps while there is nothing that it could do: a frame held back for too long
// that nobody is there to see, an echo ack that is due once the session has ended.
func TestLoopDoesNotSpin(t *testing.T) {
	for name, set := range map[string]func(l *loop, now time.Time){
		"held frame": func(l *loop, now time.Time) { l.stale, l.syncSince = true, now.Add(-time.Minute) },
		"echo ack at the end": func(l *loop, now time.Time) {
			l.at.echo.Add(1, now.Add(-time.Second))
			l.at.t.Shutdown(now)
		},
	} {
		sock, err := carrier.ListenServer(netip.MustParseAddr("127.0.0.1"), 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		now := time.Now()
		l := newLoop(&daemonConfig{Cols: 80, Rows: 24, FirstContact: time.Minute}, now)
		if l.at, err = newAttachment(now, sock, crypto.Key{}, nil, l.current); err != nil {
			t.Fatal(err)
		}
		l.now = now
		set(l, now)
		if next := l.nextTimeout(); !next.IsZero() && !next.After(now) {
			t.Errorf("%s: wakes at %v, which is %v ago", name, next, now.Sub(next))
		}
		sock.Close()
	}
}
