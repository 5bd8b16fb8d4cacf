package carrier

import (
	"net/netip"
	"testing"
)

func TestHop(t *testing.T) {
	for _, addr := range []netip.Addr{loopback4, loopback6} {
		server := startServer(t, addr)
		client := startClient(t, addr, server.Port())
		mustSend(t, client, "before")
		before := wantData(t, server.Datagrams(), "before")
		if err := client.Hop(); err != nil {
			t.Fatal(err)
		}
		mustSend(t, client, "after")
		after := wantData(t, server.Datagrams(), "after")
		if before.From.Port() == after.From.Port() {
			t.Errorf("port %d before and after the hop", after.From.Port())
		}
		for _, d := range []Datagram{before, after} {
			server.Answer(d)
			mustSend(t, server, "answer")
			wantData(t, client.Datagrams(), "answer")
		}
	}
}

func TestHopsCloseTheOldest(t *testing.T) {
	server := startServer(t, loopback4)
	client := startClient(t, loopback4, server.Port())
	for range 2 * maxSockets {
		if err := client.Hop(); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(client.sockets.open); n != maxSockets {
		t.Errorf("%d sockets open, want %d", n, maxSockets)
	}
	mustSend(t, client, "still there")
	server.Answer(wantData(t, server.Datagrams(), "still there"))
	mustSend(t, server, "so am I")
	wantData(t, client.Datagrams(), "so am I")
}

// TestClientTakesAnySource: a server behind a translator may answer from
// elsewhere; what it says is judged by its tag, not its address.
func TestClientTakesAnySource(t *testing.T) {
	server, stranger := startServer(t, loopback4), startServer(t, loopback4)
	client := startClient(t, loopback4, server.Port())
	stranger.SetPeer(netip.AddrPortFrom(loopback4, client.LocalAddr().Port()))
	mustSend(t, stranger, "from elsewhere")
	d := wantData(t, client.Datagrams(), "from elsewhere")
	if d.From != stranger.LocalAddr() {
		t.Errorf("From = %v, want %v", d.From, stranger.LocalAddr())
	}
	mustSend(t, client, "to the server")
	wantData(t, server.Datagrams(), "to the server")
}
