package server

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"roam/carrier"
	"roam/crypto"
	"roam/session"
	"roam/ssp"
)

var loopback = netip.MustParseAddr("127.0.0.1")

// invited asks a server for a new client's place.
func (s *served) invited(t *testing.T) *started {
	t.Helper()
	req := statusRequest{formatAttach(0, 0, loopback), make(chan any, 1)}
	s.requests <- req
	a := (<-req.answer).(Attachment)
	if a.Error != "" {
		t.Fatalf("the server refused: %s", a.Error)
	}
	return &started{t: t, port: a.Port, key: a.Key}
}

// Any client may follow any other: the new one has the whole screen, and the old one
// is told.
func TestTakeOver(t *testing.T) {
	kinds := map[string][]session.Capability{"roam": session.Supported(), "stock": nil}
	for before, old := range kinds {
		for after, next := range kinds {
			t.Run(before+" then "+after, func(t *testing.T) {
				s := serveScript(t, `stty -echo; echo ready; while read x; do echo "got $x in $(stty size)"; done`, nil)
				c1 := attach(t, &s.as, old)
				c1.until(c1.shows("ready"))
				c1.typeIn("one\r")
				c1.until(c1.shows("got one in 24 80"))

				place := s.invited(t)
				c1.typeIn("two\r") // the session is still the old client's
				c1.until(c1.shows("got two"))

				c2 := attach(t, place, next)
				c2.in = session.Input{}.AppendResize(70, 20)
				c2.until(c2.shows("got two in 24 80"))
				c2.typeIn("three\r")
				c2.until(c2.shows("got three in 20 70"))

				c1.typeIn("nobody's\r")
				c1.until(c1.ended)
				if f := c1.screen().Final(); c1.tr.Phase() != ssp.Done || (old != nil) != (f != nil && f.Moved) {
					t.Errorf("the old client ended in phase %v with %+v", c1.tr.Phase(), f)
				}
				c2.typeIn("four\r")
				c2.until(c2.shows("got four"))
				if strings.Contains(c2.shown(), "nobody") {
					t.Error("the old client can still type")
				}
				c2.typeIn("\x04")
				c2.until(c2.ended)
				if err := <-s.ended; err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// Who does not have the key changes nothing, and a place is good for one client.
func TestTakeOverNeedsTheKey(t *testing.T) {
	s := serveScript(t, "echo ready; cat", nil)
	c := attach(t, &s.as, session.Supported())
	c.until(c.shows("ready"))
	first := s.invited(t)
	stranger := *first
	stranger.key = (crypto.Key{1, 2, 3}).Encode()
	thief := attach(t, &stranger, session.Supported())
	thief.flush()
	junk, err := net.DialUDP("udp4", nil, &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: first.port})
	if err != nil {
		t.Fatal(err)
	}
	defer junk.Close()
	junk.Write(make([]byte, 100))
	c.prompt()

	second := s.invited(t) // gives the first place up
	late := attach(t, first, session.Supported())
	late.flush()
	c.prompt()
	next := attach(t, second, session.Supported())
	next.until(next.shows("ready"))
	c.until(c.ended)
	next.prompt()
	next.tr.Shutdown(time.Now())
	next.until(next.ended)
	<-s.ended
}

// A client that is asleep when the session is taken over hears of that when it wakes, unless
// too many have come since.
func TestTakenOverClientsWake(t *testing.T) {
	s := serveScript(t, "echo ready; cat", nil)
	clients := []*testClient{attach(t, &s.as, session.Supported())}
	for i := range maxLeaving + 2 {
		last := clients[i]
		last.until(last.shows("ready"))
		clients = append(clients, attach(t, s.invited(t), session.Supported()))
	}
	now := clients[len(clients)-1]
	now.until(now.shows("ready"))
	now.prompt()
	for i, c := range clients[2 : len(clients)-1] {
		c.typeIn("I am back\r")
		c.until(c.ended)
		if f := c.screen().Final(); f == nil || !f.Moved {
			t.Errorf("client %d was told %+v", i+2, f)
		}
	}
	now.prompt()
	now.tr.Shutdown(time.Now())
	now.until(now.ended)
	<-s.ended
}

// An invited client that does not come in time is given up.
func TestInvitationEnds(t *testing.T) {
	sock, err := carrier.ListenServer(loopback, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	l := newLoop(&daemonConfig{Name: RoamName, Cols: 80, Rows: 24}, time.Now())
	if l.at, err = newAttachment(l.now, sock, crypto.Key{}, nil, l.current); err != nil {
		t.Fatal(err)
	}
	defer l.at.close()
	if _, err := l.invite(0, 0, loopback); err != nil {
		t.Fatal(err)
	}
	coming := &l.clients.coming[0]
	place := coming.at.sock
	l.now = l.now.Add(firstContact - 1)
	l.updateClients()
	if coming.at == nil || !l.nextTimeout().Equal(coming.until) {
		t.Fatalf("given up too early; the loop wakes at %v", l.nextTimeout())
	}
	l.now = l.now.Add(1)
	l.updateClients()
	if coming.at != nil || !l.clients.next().IsZero() {
		t.Error("the place is still there")
	}
	if _, open := <-place.Datagrams(); open {
		t.Error("the port is still open")
	}

	// There is room for some, and who was first makes room for one more.
	for i := range maxComing + 1 {
		l.now = l.now.Add(time.Second)
		if _, err := l.invite(0, 0, loopback); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			place = coming.at.sock
		}
	}
	if _, open := <-place.Datagrams(); open {
		t.Error("the first place is still open")
	}
	l.clients.close()
}

// Two clients that come at once both get the session, one after the other.
func TestTakeOverByTwo(t *testing.T) {
	s := serveScript(t, "echo ready; cat", nil)
	first, second := s.invited(t), s.invited(t)
	c1 := attach(t, first, session.Supported())
	c1.until(c1.shows("ready"))
	c2 := attach(t, second, session.Supported())
	c2.until(c2.shows("ready"))
	c1.typeIn("x")
	c1.until(c1.ended)
	c2.typeIn("\x04")
	c2.until(c2.ended)
	<-s.ended
}

func TestAttachRequests(t *testing.T) {
	for _, test := range []struct{ args, want string }{
		{"0 0 any", "0 0 invalid IP"},
		{"60001 60999 192.0.2.1", "60001 60999 192.0.2.1"},
		{"1 65535 fe80::1%eth0", "1 65535 fe80::1%eth0"},
		{"", "error"},
		{"1 2", "error"},
		{"1 2 any more", "error"},
		{"2 1 any", "error"},
		{"1 65536 any", "error"},
		{"-1 2 any", "error"},
		{"1 2 example.test", "error"},
	} {
		low, high, addr, err := parseAttach(test.args)
		got := fmt.Sprint(low, " ", high, " ", addr)
		if err != nil {
			got = "error"
		}
		if got != test.want {
			t.Errorf("%q: got %s, want %s", test.args, got, test.want)
		}
		if err == nil && formatAttach(int(low), int(high), addr) != requestAttach+" "+test.args {
			t.Errorf("%q is formatted otherwise", test.args)
		}
	}
}

func TestChooseSession(t *testing.T) {
	at := time.Now()
	attached := func(pid int) Status { return Status{PID: pid, LastContact: at, Attached: true} }
	detached := func(pid int) Status { return Status{PID: pid, LastContact: at} }
	for name, test := range map[string]struct {
		found []Status
		id    int
		want  int // 0: an error
	}{
		"none":                 {nil, 0, 0},
		"the only one":         {[]Status{attached(1)}, 0, 1},
		"the only lonely one":  {[]Status{attached(1), detached(2), attached(3)}, 0, 2},
		"several lonely ones":  {[]Status{detached(1), detached(2)}, 0, 0},
		"several with clients": {[]Status{attached(1), attached(2)}, 0, 0},
		"by its id":            {[]Status{attached(1), detached(2)}, 1, 1},
		"no such id":           {[]Status{attached(1)}, 7, 0},
	} {
		got, err := choose(test.found, test.id)
		if got.PID != test.want || (err == nil) != (test.want != 0) {
			t.Errorf("%s: got %d, %v", name, got.PID, err)
		}
	}
}
