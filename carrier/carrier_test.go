package carrier

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"
	"testing"
	"time"
)

// patience is when a test that waits for a datagram on loopback gives up. It
// is no measure of anything.
const patience = 20 * time.Second

var (
	loopback4 = netip.MustParseAddr("127.0.0.1")
	loopback6 = netip.MustParseAddr("::1")
	anywhere4 = netip.MustParseAddr("0.0.0.0")
	anywhere6 = netip.MustParseAddr("::")
)

// newServer starts a Server on a port of the kernel's choice.
func startServer(t testing.TB, addr netip.Addr) *Server {
	t.Helper()
	s, err := ListenServer(addr, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// startClient dials port on addr.
func startClient(t testing.TB, addr netip.Addr, port uint16) *Client {
	t.Helper()
	c, err := Dial(netip.AddrPortFrom(addr, port))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// receive returns the next datagram of ch.
func receive(t testing.TB, ch <-chan Datagram) Datagram {
	t.Helper()
	select {
	case d, ok := <-ch:
		if !ok {
			t.Fatal("channel closed")
		}
		return d
	case <-time.After(patience):
		t.Fatal("nothing came")
	}
	return Datagram{}
}

// wantData receives one datagram and compares what is in it.
func wantData(t testing.TB, ch <-chan Datagram, want string) Datagram {
	t.Helper()
	d := receive(t, ch)
	if d.Err != nil || string(d.Data) != want {
		t.Fatalf("received %q, %v, want %q", d.Data, d.Err, want)
	}
	return d
}

// mustSend sends b.
func mustSend(t testing.TB, s interface{ Send([]byte) error }, b string) {
	t.Helper()
	if err := s.Send([]byte(b)); err != nil {
		t.Fatalf("Send(%q): %v", b, err)
	}
}

func TestExchange(t *testing.T) {
	for _, c := range []struct {
		bind, dial  netip.Addr
		unknownPeer int // server's MaxPayload before it has a peer
		payload     int
	}{
		{loopback4, loopback4, 1252, 1252},
		{loopback6, loopback6, 1216, 1216},
		{anywhere4, loopback4, 1252, 1252},
		{anywhere6, loopback6, 1216, 1216},
		{anywhere6, loopback4, 1216, 1252}, // both families on one socket
		{netip.Addr{}, loopback4, 1216, 1252},
		{netip.Addr{}, loopback6, 1216, 1216},
		{netip.MustParseAddr("::ffff:127.0.0.1"), netip.MustParseAddr("::ffff:127.0.0.1"), 1252, 1252},
	} {
		t.Run(fmt.Sprintf("%v to %v", c.dial, c.bind), func(t *testing.T) {
			server := startServer(t, c.bind)
			client := startClient(t, c.dial, server.Port())
			if err := server.Fallback(); err != nil {
				t.Errorf("Fallback: %v", err)
			}
			if got := server.MaxPayload(); got != c.unknownPeer {
				t.Errorf("server's MaxPayload without a peer = %d, want %d", got, c.unknownPeer)
			}
			if err := server.Send([]byte("x")); !errors.Is(err, ErrNoPeer) {
				t.Errorf("Send without a peer: %v, want ErrNoPeer", err)
			}
			mustSend(t, client, "hello")
			d := wantData(t, server.Datagrams(), "hello")
			if want := netip.AddrPortFrom(c.dial.Unmap(), client.LocalAddr().Port()); d.From != want {
				t.Errorf("From = %v, want %v", d.From, want)
			}
			server.Answer(d)
			d.Release()
			if server.Peer() != d.From {
				t.Errorf("Peer = %v, want %v", server.Peer(), d.From)
			}
			mustSend(t, server, "welcome")
			d = wantData(t, client.Datagrams(), "welcome")
			if d.From != client.Server() {
				t.Errorf("answer from %v, want %v", d.From, client.Server())
			}
			if s, c2 := server.MaxPayload(), client.MaxPayload(); s != c.payload || c2 != c.payload {
				t.Errorf("MaxPayload = %d server, %d client, want %d", s, c2, c.payload)
			}
			server.SetPeer(netip.AddrPort{})
			if err := server.Send([]byte("x")); !errors.Is(err, ErrNoPeer) {
				t.Errorf("Send after the peer was forgotten: %v, want ErrNoPeer", err)
			}
		})
	}
}

func TestDialRefusesNoAddress(t *testing.T) {
	for _, a := range []netip.AddrPort{{}, netip.AddrPortFrom(loopback4, 0)} {
		if c, err := Dial(a); err == nil {
			c.Close()
			t.Errorf("Dial(%v) succeeded", a)
		}
	}
}

func TestLongDatagramsAreDropped(t *testing.T) {
	server := startServer(t, loopback4)
	client := startClient(t, loopback4, server.Port())
	longest := string(bytes.Repeat([]byte("x"), MaxDatagram))
	mustSend(t, client, longest+"x")
	mustSend(t, client, longest)
	mustSend(t, client, "")
	wantData(t, server.Datagrams(), longest)
	wantData(t, server.Datagrams(), "")
	if n := server.Dropped(); n != 1 {
		t.Errorf("%d dropped, want 1", n)
	}
}

// TestFullQueueDrops sends to a loop that does not read, until something is
// dropped: memory stays bounded, and the reader lives.
func TestFullQueueDrops(t *testing.T) {
	server := startServer(t, loopback4)
	client := startClient(t, loopback4, server.Port())
	ch := server.Datagrams()
	give := time.Now().Add(patience)
	for server.Dropped() == 0 {
		mustSend(t, client, "flood")
		if time.Now().After(give) {
			t.Fatal("nothing was dropped")
		}
	}
	if len(ch) != queueLength {
		t.Errorf("%d datagrams wait, want %d", len(ch), queueLength)
	}
	for range queueLength {
		d := wantData(t, ch, "flood")
		d.Release()
	}
	// What the kernel still held comes first, and may fill the queue again.
	for {
		mustSend(t, client, "after")
		d := receive(t, ch)
		if string(d.Data) == "after" {
			break
		}
		d.Release()
	}
}

func TestReleaseTwiceIsHarmless(t *testing.T) {
	server := startServer(t, loopback4)
	client := startClient(t, loopback4, server.Port())
	mustSend(t, client, "one")
	d := wantData(t, server.Datagrams(), "one")
	d.Release()
	d.Release()
	var zero Datagram
	zero.Release()
	if d.Data != nil {
		t.Errorf("Data after Release: %q", d.Data)
	}
}

func TestClose(t *testing.T) {
	server := startServer(t, loopback4)
	client := startClient(t, loopback4, server.Port())
	ch := server.Datagrams()
	for range 3 {
		if err := client.Hop(); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		client.Close()
		server.Close()
	}
	for name, ch := range map[string]<-chan Datagram{"client": client.Datagrams(), "server": ch} {
		if d, ok := <-ch; ok {
			t.Errorf("%s: received %q, %v after Close", name, d.Data, d.Err)
		}
	}
	if err := client.Send([]byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Send of a closed client: %v", err)
	}
	if err := client.Hop(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Hop of a closed client: %v", err)
	}
	server.SetPeer(netip.AddrPortFrom(loopback4, 9))
	if err := server.Send([]byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Send of a closed server: %v", err)
	}
}

func TestClosedWithoutReceiving(t *testing.T) {
	s := startServer(t, loopback4)
	s.Close()
	if _, ok := <-s.Datagrams(); ok {
		t.Error("a datagram from a closed server")
	}
}

func TestClassify(t *testing.T) {
	wrapped := func(errno syscall.Errno) error {
		return &net.OpError{Op: "write", Net: "udp", Err: os.NewSyscallError("sendmsg", errno)}
	}
	for _, errno := range []syscall.Errno{
		syscall.ENETUNREACH, syscall.EHOSTUNREACH, syscall.EPERM, syscall.ENOBUFS, syscall.ECONNREFUSED, syscall.ENETDOWN,
	} {
		err := classify("send", wrapped(errno))
		var transient *TransientError
		if !errors.As(err, &transient) || transient.Err != errno || !errors.Is(err, errno) {
			t.Errorf("classify(%v) = %v, want a TransientError", errno, err)
		}
		if want := "carrier: send: " + errno.Error(); err.Error() != want {
			t.Errorf("%q, want %q", err, want)
		}
		if got, want := IsRefused(err), errno == syscall.ECONNREFUSED; got != want {
			t.Errorf("IsRefused(%v) = %t", err, got)
		}
		if got, want := IsFull(err), errno == syscall.ENOBUFS; got != want {
			t.Errorf("IsFull(%v) = %t", err, got)
		}
	}
	var transient *TransientError
	if err := classify("send", context.DeadlineExceeded); errors.As(err, &transient) {
		t.Errorf("%v is transient", err)
	}
	if err := classify("send", &net.OpError{Op: "write", Err: os.ErrDeadlineExceeded}); !errors.As(err, &transient) {
		t.Errorf("%v is not transient", err)
	} else if !IsFull(transient) {
		t.Errorf("%v is no full buffer", transient)
	}
	if err := classify("send", wrapped(syscall.EMSGSIZE)); !errors.Is(err, ErrMessageSize) || errors.As(err, &transient) {
		t.Errorf("EMSGSIZE: %v, want ErrMessageSize", err)
	}
	if err := classify("send", wrapped(syscall.EBADF)); !errors.Is(err, syscall.EBADF) || errors.As(err, &transient) {
		t.Errorf("EBADF: %v", err)
	}
	if IsRefused(nil) || IsRefused(net.ErrClosed) || IsFull(nil) || IsFull(net.ErrClosed) {
		t.Error("IsRefused or IsFull of another error")
	}
}

func TestFailureStreak(t *testing.T) {
	now := time.Unix(1000, 0)
	var f failureStreak
	// A client that nobody answers: one refusal for each datagram, for ever.
	for i := range 1000 {
		now = now.Add(20 * time.Millisecond)
		if wait := f.next(now); wait != 0 {
			t.Fatalf("failure %d, 20 ms after the last: wait %v", i, wait)
		}
	}
	// A socket that is broken.
	for i := 2; i <= 64; i++ {
		if wait := f.next(now); wait != 0 {
			t.Fatalf("failure %d at once: wait %v", i, wait)
		}
	}
	for _, want := range []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000, 1000, 1000} {
		wait := f.next(now)
		if wait != want*time.Millisecond {
			t.Errorf("wait %v, want %d ms", wait, want)
		}
		now = now.Add(wait + time.Millisecond)
	}
	now = now.Add(11 * time.Millisecond)
	if wait := f.next(now); wait != 0 {
		t.Errorf("wait %v after the streak had ended", wait)
	}
}

func TestTooLargeForThePath(t *testing.T) {
	server := startServer(t, loopback4)
	client := startClient(t, loopback4, server.Port())
	server.SetPeer(client.LocalAddr())
	huge := make([]byte, 70000) // more than IP can carry
	if err := client.Send(huge); !errors.Is(err, ErrMessageSize) {
		t.Errorf("client: %v, want ErrMessageSize", err)
	}
	if err := server.Send(huge); !errors.Is(err, ErrMessageSize) {
		t.Errorf("server: %v, want ErrMessageSize", err)
	}
	if s, c := server.MaxPayload(), client.MaxPayload(); s != 500 || c != 500 {
		t.Errorf("MaxPayload = %d server, %d client, want 500", s, c)
	}
	mustSend(t, client, "smaller")
	wantData(t, server.Datagrams(), "smaller")
}

func TestSteadyStateDoesNotAllocate(t *testing.T) {
	if raceEnabled {
		return // the race detector allocates for itself
	}
	server := startServer(t, anywhere6)
	client := startClient(t, loopback4, server.Port())
	payload := make([]byte, 100)
	there, back := server.Datagrams(), client.Datagrams()
	round := func() {
		if err := client.Send(payload); err != nil {
			t.Fatal(err)
		}
		d := <-there
		server.Answer(d)
		d.Release()
		if err := server.Send(payload); err != nil {
			t.Fatal(err)
		}
		d = <-back
		d.Release()
	}
	for range 10 {
		round()
	}
	if n := testing.AllocsPerRun(1000, round); n != 0 {
		t.Errorf("%v allocations per datagram there and back, want 0", n)
	}
}

func BenchmarkRoundTrip(b *testing.B) {
	server := startServer(b, anywhere6)
	client := startClient(b, loopback4, server.Port())
	payload := make([]byte, 100)
	there, back := server.Datagrams(), client.Datagrams()
	b.ReportAllocs()
	for b.Loop() {
		if err := client.Send(payload); err != nil {
			b.Fatal(err)
		}
		d := <-there
		server.Answer(d)
		d.Release()
		if err := server.Send(payload); err != nil {
			b.Fatal(err)
		}
		d = <-back
		d.Release()
	}
}
