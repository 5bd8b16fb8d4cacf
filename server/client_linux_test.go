package server

import (
	"crypto/rand"
	"net"
	"strings"
	"testing"
	"time"

	"roam/crypto"
	"roam/session"
	"roam/ssp"
	"roam/terminal"
)

// A testClient is a client without a terminal: a transport over a UDP socket of
// the loopback interface.
type testClient struct {
	t    *testing.T
	conn *net.UDPConn
	tr   *session.ClientTransport
	neg  *session.Negotiation // nil for a stock client
	in   session.Input
	mute bool // sends nothing

	events session.EventReader
	acted  []terminal.Event
}

// attach connects a client of 80x24 to a server. Without capabilities it is a
// stock one.
func attach(t *testing.T, s *started, capabilities []session.Capability) *testClient {
	t.Helper()
	key, err := crypto.ParseKey(s.key)
	if err != nil {
		t.Fatal(err)
	}
	seal, err := crypto.NewSession(key, crypto.ToServer)
	if err != nil {
		t.Fatal(err)
	}
	c := &testClient{t: t}
	c.dial(s.port)
	cfg := ssp.Config{Role: ssp.Client, Session: seal, Rand: rand.Reader}
	if capabilities != nil {
		c.neg = session.NewClientNegotiation(capabilities)
		cfg.Negotiator = c.neg
	}
	c.in = c.in.AppendResize(80, 24)
	c.tr = ssp.New(time.Now(), cfg, session.Input{}, func() session.Input { return c.in },
		session.NewRemoteScreen(terminal.NewScreen(80, 24), c.neg))
	return c
}

// dial gives the client a new socket, and so a new address.
func (c *testClient) dial(port int) {
	c.t.Helper()
	if c.conn != nil {
		c.conn.Close()
	}
	conn, err := net.DialUDP("udp4", nil, &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { conn.Close() })
	c.conn = conn
}

// patience is how long a test waits for what never comes, before it says so.
const patience = 30 * time.Second

// until runs the client until done says so.
func (c *testClient) until(done func() bool) {
	c.t.Helper()
	buf := make([]byte, 4096)
	for begun := time.Now(); !done(); {
		if time.Since(begun) > patience {
			c.t.Fatalf("waited in vain; the screen is\n%s", c.shown())
		}
		c.flush()
		if c.tr.Phase() >= ssp.Done && !done() {
			c.t.Fatalf("the session ended (%v, %v); the screen is\n%s", c.tr.Phase(), c.tr.Err(), c.shown())
		}
		deadline := time.Now().Add(100 * time.Millisecond)
		if next := c.tr.NextTimeout(); !next.IsZero() && next.Before(deadline) {
			deadline = next
		}
		c.conn.SetReadDeadline(deadline)
		if n, err := c.conn.Read(buf); err == nil {
			c.tr.Receive(time.Now(), buf[:n], false)
			c.acted = append(c.acted, c.events.Read(c.screen())...)
			if c.events.Partial() {
				c.tr.AckSoon(time.Now())
			}
		}
	}
	c.flush()
}

// flush sends what is due.
func (c *testClient) flush() {
	for {
		b, ok := c.tr.Poll(time.Now(), nil)
		if !ok {
			return
		}
		if !c.mute {
			c.conn.Write(b)
		}
	}
}

func (c *testClient) typeIn(s string) {
	c.in = c.in.AppendBytes([]byte(s))
	c.tr.Touch(time.Now())
}

func (c *testClient) resize(cols, rows int) {
	c.in = c.in.AppendResize(cols, rows)
	c.tr.Touch(time.Now())
}

// prompt waits for a shell to do what it is told.
func (c *testClient) prompt() {
	c.t.Helper()
	c.typeIn("echo re''ady\r")
	c.until(c.shows("ready\n"))
}

// screen returns the newest state of the server.
func (c *testClient) screen() session.Screen {
	s, _ := c.tr.Remote()
	return s
}

func (c *testClient) shown() string { return screenText(c.screen().Term()) }

// shows returns a condition: the screen has the text.
func (c *testClient) shows(text string) func() bool {
	return func() bool { return strings.Contains(c.shown(), text) }
}

// ended is a condition: the session has ended.
func (c *testClient) ended() bool { return c.tr.Phase() >= ssp.Done }
