package bootstrap

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"time"
)

// maxCandidates is how many addresses a client is given to try. With a tenth of a second
// between two, the last is tried within the first second.
const maxCandidates = 8

// A route is what is known of the way to the server.
type route struct {
	told       netip.Addr   // of a MOSH IP line
	bound      netip.Addr   // the one address that the server was asked to listen on
	connected  netip.Addr   // the host's address on ssh's own TCP connection, if ssh said so
	proxied    bool         // ssh reached the host through a jump host or a proxy command
	connection netip.Addr   // sshd's own address, the server's side of SSH_CONNECTION
	host       []netip.Addr // the host's addresses, as it says
	resolved   []netip.Addr // addresses of the host's name, best first
	family     Family
}

// A candidate is an address that may reach the server, with words for how it is known.
type candidate struct {
	addr netip.Addr
	why  string
}

// candidates returns the addresses at which the server may be reached, best first and each
// once, and none if none is known.
//
// What the far side was asked to say is the only one. Else what ssh used comes first.
// Behind a jump host the name may mean something else on this machine, so sshd's own
// address comes before it; without one, the name comes first, since sshd may know itself
// by an address behind a NAT. own are this machine's addresses: an address that the far
// side calls its own and that is ours too, as those of container bridges are, leads here.
// So does a loopback address, unless the client is on the host itself.
func (r route) candidates(own []netip.Addr) (list []candidate) {
	if r.told.IsValid() {
		return []candidate{{r.told, "MOSH IP line"}}
	}
	add := func(why string, addrs ...netip.Addr) {
		for _, a := range addrs {
			if a.IsValid() && r.family.allows(a) && !slices.ContainsFunc(list, func(c candidate) bool { return c.addr == a }) {
				list = append(list, candidate{a, why})
			}
		}
	}
	local := !r.proxied && len(r.resolved) > 0 && r.resolved[0].IsLoopback()
	far := func(addrs ...netip.Addr) []netip.Addr {
		return slices.DeleteFunc(slices.Clone(addrs), func(a netip.Addr) bool {
			here := a.IsLoopback() || slices.Contains(own, a)
			return a.Zone() != "" || a.IsLinkLocalUnicast() || here && !local
		})
	}
	connection := far(r.connection)
	add("--bind-server", r.bound)
	add("ssh's connection", r.connected)
	switch {
	case r.proxied:
		add("SSH_CONNECTION, behind a proxy", connection...)
		add("an address of the host", far(r.host...)...)
	case slices.Contains(r.resolved, r.connection):
		add("SSH_CONNECTION, which the name has too", connection...)
	}
	add("the host's name", r.resolved...)
	add("SSH_CONNECTION", connection...)
	add("an address of the host", far(r.host...)...)
	return r.family.interleave(list)
}

// interleave returns list, best first, with the families in turns, as far as there are
// both (RFC 8305 section 4): what is wrong with one is often wrong with all of its kind.
// The first one's family begins, unless f prefers IPv6.
func (f Family) interleave(list []candidate) []candidate {
	var kinds [2][]candidate // of the family that begins, and of the other
	for _, c := range list {
		first := list[0].addr.Is4()
		if f == PreferInet6 {
			first = false
		}
		k := 0
		if c.addr.Is4() != first {
			k = 1
		}
		kinds[k] = append(kinds[k], c)
	}
	out := list[:0:0]
	for i := range max(len(kinds[0]), len(kinds[1])) {
		for _, kind := range kinds {
			if i < len(kind) {
				out = append(out, kind[i])
			}
		}
	}
	return out
}

// A vantage is what this machine knows of the network that it is in.
type vantage struct {
	lookup func(ctx context.Context, network, host string) ([]netip.Addr, error) // network is "ip", "ip4" or "ip6"
	routes func(netip.Addr) bool                                                 // there is a way to the address, as far as this machine knows
	own    []netip.Addr                                                          // this machine's addresses
}

// here is this machine's vantage.
func here() vantage {
	v := vantage{lookup: net.DefaultResolver.LookupNetIP, routes: hasRoute}
	addrs, _ := net.InterfaceAddrs() // without them fewer addresses are left out
	for _, a := range addrs {
		if prefix, err := netip.ParsePrefix(a.String()); err == nil {
			v.own = append(v.own, prefix.Addr())
		}
	}
	return v
}

// hasRoute reports whether the system would send to a. It sends nothing.
func hasRoute(a netip.Addr) bool {
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.AddrPortFrom(a, 9))) // the port plays no part
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// nat64Wait is how long the answer of the name service may take by which a NAT64 is found:
// as long as a session may be held up for what most networks do not have.
const nat64Wait = time.Second

// order returns at most maxCandidates of list: those first to which there is a way from
// here; the others may have one later, when the machine is in another network. In a
// network without IPv4, those of IPv4 are reached through its NAT64, if it has one, by
// IPv6 addresses made for that.
func (v vantage) order(ctx context.Context, list []candidate) []candidate {
	var open, shut, mapped []candidate
	without4 := false
	for _, c := range list {
		if v.routes(c.addr) {
			open = append(open, c)
			continue
		}
		shut = append(shut, c)
		without4 = without4 || c.addr.Is4()
	}
	if without4 {
		ctx, stop := context.WithTimeout(ctx, nat64Wait)
		defer stop()
		prefixes := nat64Prefixes(ctx, v.lookup)
		for _, c := range shut {
			for _, p := range prefixes {
				if a := p.mapped(c.addr); a.IsValid() && v.routes(a) {
					mapped = append(mapped, candidate{a, "NAT64, for " + c.addr.String() + ", " + c.why})
				}
			}
		}
	}
	all := slices.Concat(open, mapped, shut)
	return all[:min(len(all), maxCandidates)]
}
