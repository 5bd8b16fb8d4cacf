package carrier

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// TestBindRule walks through cases of the rule: ascending on the wanted
// address, then ascending on any.
func TestBindRule(t *testing.T) {
	foreign := netip.MustParseAddr("192.0.2.1") // for documentation: no host has it (RFC 5737)
	for _, addr := range []netip.Addr{loopback4, loopback6, anywhere4, anywhere6, {}} {
		busy := startServer(t, addr)
		p := busy.Port()
		if s, err := ListenServer(addr, p, p); !errors.Is(err, syscall.EADDRINUSE) {
			if err == nil && addr.IsValid() && s.Fallback() != nil {
				s.Close() // any other interface had it free
				continue
			}
			t.Errorf("%v: second server on port %d: %v, want EADDRINUSE", addr, p, err)
		}
		s, err := ListenServer(addr, p, p+50)
		if err != nil {
			t.Errorf("%v: ports %d to %d: %v", addr, p, p+50, err)
			continue
		}
		if s.Port() <= p || s.Port() > p+50 || s.Fallback() != nil {
			t.Errorf("%v: bound %v, fallback %v; want the next port after %d", addr, s.LocalAddr(), s.Fallback(), p)
		}
		s.Close()
	}

	s, err := ListenServer(foreign, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if !s.LocalAddr().Addr().IsUnspecified() {
		t.Errorf("bound %v, want any address", s.LocalAddr())
	}
	if err := s.Fallback(); !errors.Is(err, syscall.EADDRNOTAVAIL) || !strings.Contains(err.Error(), "192.0.2.1") {
		t.Errorf("Fallback: %v, want EADDRNOTAVAIL for 192.0.2.1", err)
	}
	if _, err := ListenServer(loopback4, 2, 1); err == nil {
		t.Error("an empty range was accepted")
	}
}

// TestLowestFreePort binds the first of two free ports.
func TestLowestFreePort(t *testing.T) {
	s := startServer(t, loopback4)
	p := s.Port()
	s.Close()
	s, err := ListenServer(loopback4, p, p+50)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.Port() != p {
		t.Errorf("bound port %d, want %d, which is free", s.Port(), p)
	}
}

func TestRoaming(t *testing.T) {
	server := startServer(t, netip.Addr{})
	over4 := startClient(t, loopback4, server.Port())
	over6 := startClient(t, loopback6, server.Port())
	for range 3 {
		for _, c := range []*Client{over4, over6} {
			mustSend(t, c, "here now")
			d := wantData(t, server.Datagrams(), "here now")
			server.Answer(d)
			mustSend(t, server, "answer")
			wantData(t, c.Datagrams(), "answer")
			if server.MaxPayload() != c.MaxPayload() {
				t.Errorf("MaxPayload %d, want %d", server.MaxPayload(), c.MaxPayload())
			}
		}
	}
}

// TestFileKeepsWhatCame hands the socket on within the process; what came
// before the heir reads is not lost.
func TestFileKeepsWhatCame(t *testing.T) {
	first, err := ListenServer(loopback4, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	client := startClient(t, loopback4, first.Port())
	mustSend(t, client, "early")
	f, err := first.File()
	if err != nil {
		t.Fatal(err)
	}
	first.Close()
	second, err := FromFile(f)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if second.Port() != client.Server().Port() {
		t.Errorf("port %d, want %d", second.Port(), client.Server().Port())
	}
	d := wantData(t, second.Datagrams(), "early")
	second.Answer(d)
	mustSend(t, second, "answer")
	wantData(t, client.Datagrams(), "answer")
}

func TestFromFileRefusesOthers(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	f, err := tcp.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	if s, err := FromFile(f); err == nil {
		s.Close()
		t.Error("a TCP socket became a Server")
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := FromFile(null); err == nil {
		s.Close()
		t.Error("the null device became a Server")
	}
}

// childEnv makes this test's binary the heir of a socket on descriptor 3.
const childEnv = "ROAM_CARRIER_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		os.Exit(echoOnce())
	}
	os.Exit(m.Run())
}

// echoOnce answers one datagram on the inherited socket with its own bytes.
func echoOnce() int {
	s, err := FromFile(os.NewFile(3, "socket"))
	if err != nil {
		return 2
	}
	defer s.Close()
	d := <-s.Datagrams()
	s.Answer(d)
	if err := s.Send(append([]byte("child: "), d.Data...)); err != nil {
		return 3
	}
	return 0
}

// TestInheritedSocket does what the daemon does: the parent binds and goes.
func TestInheritedSocket(t *testing.T) {
	s, err := ListenServer(netip.Addr{}, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	client := startClient(t, loopback4, s.Port())
	f, err := s.File()
	if err != nil {
		t.Fatal(err)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(exe)
	child.Env = append(os.Environ(), childEnv+"=1")
	child.ExtraFiles = []*os.File{f}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	f.Close()
	s.Close()
	mustSend(t, client, "hello")
	wantData(t, client.Datagrams(), "child: hello")
	if err := child.Wait(); err != nil {
		t.Errorf("child: %v", err)
	}
}
