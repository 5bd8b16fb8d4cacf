package carrier

import (
	"net"
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"
)

// bare opens a socket of ours without the rest, to see what arrives.
func bare(t *testing.T, addr netip.Addr) *net.UDPConn {
	t.Helper()
	conn, err := listen("udp", netip.AddrPortFrom(addr, 0).String(), false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// wantTOS receives one datagram and judges its type of service.
func wantTOS(t *testing.T, conn *net.UDPConn, want byte) netip.AddrPort {
	t.Helper()
	var b buffer
	var control [controlSpace]byte
	n, cn, flags, from, err := conn.ReadMsgUDPAddrPort(b[:], control[:])
	if err != nil {
		t.Fatal(err)
	}
	tos, _ := parseControl(control[:cn])
	if tos != want || flags != 0 {
		t.Errorf("%q from %v: type of service %#x, flags %#x, want %#x", b[:n], from, tos, flags, want)
	}
	return from
}

// setTOS makes conn send with another type of service.
func setTOS(t *testing.T, conn *net.UDPConn, tos int) {
	t.Helper()
	raw, err := conn.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	raw.Control(func(fd uintptr) {
		unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_TOS, tos)
		unix.SetsockoptInt(int(fd), unix.IPPROTO_IPV6, unix.IPV6_TCLASS, tos)
	})
}

// AF21 and ECT(0) on every datagram of both roles and families (protocol.md B3).
func TestTypeOfService(t *testing.T) {
	for _, c := range []struct{ bind, to netip.Addr }{
		{loopback4, loopback4}, {loopback6, loopback6},
		{anywhere4, loopback4}, {anywhere6, loopback6}, {anywhere6, loopback4},
	} {
		conn := bare(t, c.to)
		port := localAddr(conn).Port()
		client := startClient(t, c.to, port)
		mustSend(t, client, "from client")
		wantTOS(t, conn, 0x4a)
		server := startServer(t, c.bind)
		server.SetPeer(netip.AddrPortFrom(c.to, port))
		mustSend(t, server, "from server")
		wantTOS(t, conn, 0x4a)
		// With a chosen source address too.
		server.Answer(Datagram{From: netip.AddrPortFrom(c.to, port), To: c.to})
		mustSend(t, server, "from server's address")
		wantTOS(t, conn, 0x4a)
	}
}

func TestCongestionMarks(t *testing.T) {
	for _, c := range []struct{ bind, to netip.Addr }{
		{loopback4, loopback4}, {loopback6, loopback6}, {anywhere6, loopback4}, {anywhere6, loopback6},
	} {
		server := startServer(t, c.bind)
		conn := bare(t, c.to)
		for _, m := range []struct {
			tos  int
			want bool
		}{{0x00, false}, {0x02, false}, {0x01, false}, {0x03, true}, {0xb8, false}, {0xbb, true}} {
			setTOS(t, conn, m.tos)
			if _, err := conn.WriteToUDPAddrPort([]byte("x"), netip.AddrPortFrom(c.to, server.Port())); err != nil {
				t.Fatal(err)
			}
			if d := wantData(t, server.Datagrams(), "x"); d.CE != m.want {
				t.Errorf("%v to %v with type of service %#x: CE = %t", c.to, c.bind, m.tos, d.CE)
			}
		}
	}
}

// TestAnswersFromTheAddressAsked uses that all of 127/8 is this host's.
func TestAnswersFromTheAddressAsked(t *testing.T) {
	for _, bind := range []netip.Addr{anywhere4, anywhere6, {}} {
		server := startServer(t, bind)
		for _, asked := range []string{"127.0.0.1", "127.0.0.2", "127.9.8.7", "127.0.0.2"} {
			addr := netip.MustParseAddr(asked)
			client := startClient(t, addr, server.Port())
			mustSend(t, client, "question")
			d := wantData(t, server.Datagrams(), "question")
			if d.To != addr {
				t.Errorf("bound to %v: To = %v, want %v", bind, d.To, addr)
			}
			server.Answer(d)
			mustSend(t, server, "answer")
			if got := wantData(t, client.Datagrams(), "answer"); got.From != client.Server() {
				t.Errorf("bound to %v: asked %v, answered from %v", bind, client.Server(), got.From)
			}
		}
	}
}

// TestLostSourceAddress answers for an address that is no longer there.
func TestLostSourceAddress(t *testing.T) {
	for _, c := range []struct{ to, gone netip.Addr }{
		{loopback4, netip.MustParseAddr("192.0.2.1")},
		{loopback6, netip.MustParseAddr("2001:db8::1")},
	} {
		server := startServer(t, netip.Addr{})
		client := startClient(t, c.to, server.Port())
		server.Answer(Datagram{From: netip.AddrPortFrom(c.to, client.LocalAddr().Port()), To: c.gone})
		mustSend(t, server, "from another")
		wantData(t, client.Datagrams(), "from another")
	}
}

func TestPathMTUDiscoveryIsOff(t *testing.T) {
	for _, addr := range []netip.Addr{loopback4, anywhere4, anywhere6} {
		raw, err := bare(t, addr).SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		raw.Control(func(fd uintptr) {
			got, err := unix.GetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_MTU_DISCOVER)
			if err != nil || got != unix.IP_PMTUDISC_DONT {
				t.Errorf("%v: IP_MTU_DISCOVER = %d, %v, want IP_PMTUDISC_DONT", addr, got, err)
			}
		})
	}
}

// TestNobodyListens: the client hears of it, loses nothing that it sends
// later, and is well when somebody listens again.
func TestNobodyListens(t *testing.T) {
	for _, addr := range []netip.Addr{loopback4, loopback6} {
		server := startServer(t, addr)
		port := server.Port()
		server.Close()
		client := startClient(t, addr, port)
		for range 20 {
			mustSend(t, client, "anybody?")
			if d := receive(t, client.Datagrams()); !IsRefused(d.Err) {
				t.Fatalf("received %q, %v, want a refusal", d.Data, d.Err)
			}
		}
		server, err := ListenServer(addr, port, port)
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		mustSend(t, client, "now?")
		server.Answer(wantData(t, server.Datagrams(), "now?"))
		mustSend(t, server, "yes")
		wantData(t, client.Datagrams(), "yes")
	}
}
