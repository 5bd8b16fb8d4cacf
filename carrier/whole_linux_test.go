package carrier

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
)

// TestWhatIsTriedLeavesWhole changes the size that an interface takes: what is larger is
// refused rather than cut to pieces, and what every path should carry leaves as ever.
func TestWhatIsTriedLeavesWhole(t *testing.T) {
	inNamespace(t, func(ip func(string)) {
		ip("link set lo up")
		for _, c := range []struct {
			bind, to     netip.Addr
			base, header int
		}{
			{loopback4, loopback4, maxPayload4, 28}, {loopback6, loopback6, maxPayload6, 48},
			{anywhere6, loopback6, maxPayload6, 48}, {anywhere6, loopback4, maxPayload4, 28},
		} {
			ip("link set lo mtu 1400")
			server := startServer(t, c.bind)
			client := startClient(t, c.to, server.Port())
			if got := server.ProbePayload(); got != 0 {
				t.Errorf("%v: without a peer up to %d bytes", c.bind, got)
			}
			mustSend(t, client, "hello")
			server.Answer(wantData(t, server.Datagrams(), "hello"))
			for _, end := range []interface {
				Send([]byte) error
				MaxPayload() int
				ProbePayload() int
			}{server, client} {
				if got := end.ProbePayload(); got != 1500-c.header {
					t.Errorf("%v: up to %d bytes", c.to, got)
				}
				if err := end.Send(make([]byte, 1500-c.header)); !errors.Is(err, ErrMessageSize) {
					t.Errorf("%v: 1500 bytes on an interface of 1400: %v", c.to, err)
				}
				if got := end.MaxPayload(); got != c.base {
					t.Errorf("%v: %d bytes afterwards", c.to, got)
				}
			}
			arrives := func(n int) {
				text := strings.Repeat("x", n)
				mustSend(t, client, text)
				wantData(t, server.Datagrams(), text)
				mustSend(t, server, text)
				wantData(t, client.Datagrams(), text)
			}
			arrives(1400 - c.header)
			ip("link set lo mtu 1500")
			arrives(1500 - c.header)
			if c.to.Is4() {
				ip("link set lo mtu 600") // IPv6 is not there any more
				arrives(c.base)
				ip("link set lo mtu 1500")
				ip("link set lo down")
				ip("link set lo up")
			}
		}
	})
}
