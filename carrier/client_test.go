package carrier

import (
	"net/netip"
	"runtime"
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
	if n := len(client.sockets[0].open); n != maxSockets {
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

// TestSendToSeveral: one client sends to addresses of both families, hears of each, and
// what ICMP says of a port where nobody listens names the address.
func TestSendToSeveral(t *testing.T) {
	one, other := startServer(t, loopback4), startServer(t, loopback6)
	gone := startServer(t, loopback4)
	nobody := gone.LocalAddr()
	gone.Close()
	client, err := Dial(one.LocalAddr(), nobody, other.LocalAddr())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if got := client.MaxPayload(); got != maxPayload6 {
		t.Errorf("MaxPayload = %d before it is known which address answers, want the least, %d", got, maxPayload6)
	}
	sendTo := func(to netip.AddrPort, text string) {
		t.Helper()
		if err := client.SendTo([]byte(text), to); err != nil {
			t.Fatalf("SendTo(%v): %v", to, err)
		}
	}
	sendTo(nobody, "is anybody there?")
	if d := receive(t, client.Datagrams()); !IsRefused(d.Err) || runtime.GOOS == "linux" && d.From != nobody {
		t.Errorf("received %v, %v, want the refusal of %v", d.From, d.Err, nobody)
	}
	for _, server := range []*Server{one, other} {
		sendTo(server.LocalAddr(), "hello")
		server.Answer(wantData(t, server.Datagrams(), "hello"))
		mustSend(t, server, "answer")
		if d := wantData(t, client.Datagrams(), "answer"); d.From != server.LocalAddr() {
			t.Errorf("answered by %v, want %v", d.From, server.LocalAddr())
		}
	}
	client.SetServer(one.LocalAddr())
	if got := client.MaxPayload(); got != maxPayload4 {
		t.Errorf("MaxPayload = %d, want that of IPv4", got)
	}
	if err := client.Hop(); err != nil {
		t.Fatal(err)
	}
	mustSend(t, client, "from another port")
	wantData(t, one.Datagrams(), "from another port")
	if four, six := len(client.sockets[0].open), len(client.sockets[1].open); four != 2 || six != 2 {
		t.Errorf("%d and %d sockets after a hop, want 2 of each family", four, six)
	}
}
