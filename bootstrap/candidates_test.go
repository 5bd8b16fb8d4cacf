package bootstrap

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// addrs parses addresses.
func addrs(texts ...string) (out []netip.Addr) {
	for _, text := range texts {
		out = append(out, netip.MustParseAddr(text))
	}
	return out
}

// addrsOf returns the addresses of candidates as text.
func addrsOf(list []candidate) string {
	var out []string
	for _, c := range list {
		out = append(out, c.addr.String())
	}
	return strings.Join(out, " ")
}

func TestCandidates(t *testing.T) {
	ip := netip.MustParseAddr
	own := addrs("127.0.0.1", "::1", "10.9.9.9", "172.17.0.1")
	tests := []struct {
		name  string
		route route
		want  string
	}{
		{"nothing known", route{}, ""},
		{"told", route{told: ip("192.0.2.9"), connected: ip("192.0.2.1"), resolved: addrs("192.0.2.2")}, "192.0.2.9"},
		{"ssh's own connection", route{connected: ip("192.0.2.1"), connection: ip("10.0.0.1"), resolved: addrs("192.0.2.2", "192.0.2.1")}, "192.0.2.1 192.0.2.2 10.0.0.1"},
		{"jump host", route{proxied: true, connection: ip("10.0.0.5")}, "10.0.0.5"},
		{"jump host, name known here too", route{proxied: true, connection: ip("10.0.0.5"), resolved: addrs("192.0.2.2")}, "10.0.0.5 192.0.2.2"},
		{"jump host, another address of the host", route{proxied: true, connection: ip("10.0.0.5"), host: addrs("10.0.0.5", "198.51.100.5")}, "10.0.0.5 198.51.100.5"},
		{"jump host, forwarded to loopback", route{proxied: true, connection: ip("127.0.0.1"), resolved: addrs("192.0.2.2")}, "192.0.2.2"},
		{"behind itself as jump host", route{proxied: true, connection: ip("127.0.0.1"), resolved: addrs("127.0.0.1"), host: addrs("192.0.2.2")}, "192.0.2.2 127.0.0.1"},
		{"jump host, SSH_CONNECTION has no address", route{proxied: true, resolved: addrs("192.0.2.2")}, "192.0.2.2"},
		{"link-local address of the far side", route{proxied: true, connection: ip("fe80::1%eth0"), host: addrs("fe80::2"), resolved: addrs("2001:db8::2")}, "2001:db8::2"},
		{"link-local address of ssh's connection", route{connected: ip("fe80::1%eth0"), connection: ip("fe80::1%eth3")}, "fe80::1%eth0"},
		{"shared connection, one of several addresses", route{connection: ip("192.0.2.3"), resolved: addrs("192.0.2.2", "192.0.2.3")}, "192.0.2.3 192.0.2.2"},
		{"behind a NAT", route{connection: ip("10.0.0.5"), resolved: addrs("192.0.2.2")}, "192.0.2.2 10.0.0.5"},
		{"name unknown here", route{connection: ip("192.0.2.3")}, "192.0.2.3"},
		{"forwarded port", route{connected: ip("127.0.0.1"), connection: ip("127.0.0.1"), resolved: addrs("192.0.2.2"), host: addrs("10.0.0.5")}, "127.0.0.1 192.0.2.2 10.0.0.5"},
		{"on this machine", route{connection: ip("127.0.0.1"), resolved: addrs("127.0.0.1"), host: addrs("10.9.9.9")}, "127.0.0.1 10.9.9.9"},
		{"on this machine by IPv6", route{connection: ip("::1"), resolved: addrs("127.0.0.1", "::1")}, "::1 127.0.0.1"},
		{"loopback and nothing else", route{connection: ip("127.0.0.1")}, ""},
		{"other family than asked for", route{family: Inet6, connection: ip("192.0.2.3"), host: addrs("192.0.2.4")}, ""},
		{"both have a container bridge", route{connection: ip("192.0.2.3"), host: addrs("172.17.0.1", "192.0.2.3", "172.18.0.1")}, "192.0.2.3 172.18.0.1"},
		{"both families in turns", route{connected: ip("192.0.2.3"), host: addrs("192.0.2.4", "192.0.2.5", "2001:db8::1", "2001:db8::2")},
			"192.0.2.3 2001:db8::1 192.0.2.4 2001:db8::2 192.0.2.5"},
		{"IPv6 preferred", route{family: PreferInet6, connected: ip("192.0.2.3"), host: addrs("192.0.2.4", "2001:db8::1")}, "2001:db8::1 192.0.2.3 192.0.2.4"},
		{"ssh came by IPv6", route{family: PreferInet, connected: ip("2001:db8::1"), resolved: addrs("192.0.2.1", "2001:db8::1")}, "2001:db8::1 192.0.2.1"},
		{"bound to one", route{bound: ip("192.0.2.9"), connected: ip("192.0.2.1")}, "192.0.2.9 192.0.2.1"},
	}
	for _, test := range tests {
		if got := addrsOf(test.route.candidates(own)); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// A network is a vantage in which the given prefixes have routes.
func network(answers map[string][]netip.Addr, routes ...string) vantage {
	return vantage{
		lookup: func(_ context.Context, network, host string) ([]netip.Addr, error) {
			if found, ok := answers[network+" "+host]; ok {
				return found, nil
			}
			return nil, errors.New("no such host")
		},
		routes: func(a netip.Addr) bool {
			return slices.ContainsFunc(routes, func(p string) bool { return netip.MustParsePrefix(p).Contains(a) })
		},
	}
}

// TestCandidatesInNetworks: those that have a way come first, and NAT64 makes ways. The
// translator's name service is injected; no packet is translated here.
func TestCandidatesInNetworks(t *testing.T) {
	const all4, all6, arpa = "0.0.0.0/0", "2000::/3", "ip6 ipv4only.arpa."
	list := func(texts ...string) (out []candidate) {
		for _, a := range addrs(texts...) {
			out = append(out, candidate{a, "x"})
		}
		return out
	}
	for _, test := range []struct {
		name string
		from vantage
		list []candidate
		want string
	}{
		{"dual stack", network(nil, all4, all6), list("192.0.2.1", "2001:db8::1"), "192.0.2.1 2001:db8::1"},
		{"IPv4 only", network(nil, all4), list("2001:db8::1", "192.0.2.1"), "192.0.2.1 2001:db8::1"},
		{"IPv6 only without NAT64", network(nil, all6), list("192.0.2.1", "2001:db8::1"), "2001:db8::1 192.0.2.1"},
		{"NAT64, well-known prefix", network(map[string][]netip.Addr{arpa: addrs("64:ff9b::c000:aa", "64:ff9b::c000:ab")}, all6, "64:ff9b::/96"),
			list("198.51.100.9"), "64:ff9b::c633:6409 198.51.100.9"},
		{"NAT64, private address", network(map[string][]netip.Addr{arpa: addrs("64:ff9b::c000:aa")}, all6, "64:ff9b::/96"), list("10.0.0.1"), "10.0.0.1"},
		{"NAT64 of the network's own, private address", network(map[string][]netip.Addr{arpa: addrs("2001:db8:64::c000:aa")}, all6), list("10.0.0.1"), "2001:db8:64::a00:1 10.0.0.1"},
		{"NAT64 without a route to it", network(map[string][]netip.Addr{arpa: addrs("64:ff9b::c000:aa")}, all6), list("198.51.100.9"), "198.51.100.9"},
		{"NAT64 not needed", network(map[string][]netip.Addr{arpa: addrs("64:ff9b::c000:aa")}, all4, all6, "64:ff9b::/96"), list("198.51.100.9"), "198.51.100.9"},
		{"the name service lies", network(map[string][]netip.Addr{arpa: addrs("2001:db8::1")}, all6), list("198.51.100.9"), "198.51.100.9"},
		{"too many", network(nil, all4), list("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6", "10.0.0.7", "10.0.0.8", "10.0.0.9"),
			"10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7 10.0.0.8"},
	} {
		if got := addrsOf(test.from.order(t.Context(), test.list)); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// TestNAT64Embeds has the table of RFC 6052 section 2.4.
func TestNAT64Embeds(t *testing.T) {
	for prefix, want := range map[string]string{
		"2001:db8::/32":             "2001:db8:c000:221::",
		"2001:db8:100::/40":         "2001:db8:1c0:2:21::",
		"2001:db8:122::/48":         "2001:db8:122:c000:2:2100::",
		"2001:db8:122:300::/56":     "2001:db8:122:3c0:0:221::",
		"2001:db8:122:344::/64":     "2001:db8:122:344:c0:2:2100::",
		"2001:db8:122:344::/96":     "2001:db8:122:344::192.0.2.33",
		"64:ff9b::/96":              "64:ff9b::192.0.2.33",
		"2001:db8:122:344:0:1::/96": "2001:db8:122:344:0:1:192.0.2.33",
	} {
		p := nat64Prefix{netip.MustParsePrefix(prefix)}
		if got := p.embed(netip.MustParseAddr("192.0.2.33")); got != netip.MustParseAddr(want) {
			t.Errorf("192.0.2.33 under %s is %v, want %s", prefix, got, want)
		}
		// What embeds the well-known addresses is found again.
		lookup := func(context.Context, string, string) ([]netip.Addr, error) {
			return []netip.Addr{p.embed(ipv4only[0]), p.embed(ipv4only[1])}, nil
		}
		if got := nat64Prefixes(t.Context(), lookup); len(got) != 1 || got[0] != p {
			t.Errorf("found %v, want %s", got, prefix)
		}
	}
}
