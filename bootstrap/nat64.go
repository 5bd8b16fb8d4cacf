package bootstrap

import (
	"context"
	"net/netip"
	"slices"
)

// A nat64Prefix is the prefix under which a network reaches IPv4 by IPv6 (RFC 6052).
type nat64Prefix struct{ netip.Prefix }

// nat64Lengths are the lengths that a prefix can have (RFC 6052 section 2.2), the usual
// one first.
var nat64Lengths = []int{96, 64, 56, 48, 40, 32}

// wellKnownNAT64 is the prefix that is nobody's own (RFC 6052 section 2.1).
var wellKnownNAT64 = netip.MustParsePrefix("64:ff9b::/96")

// ipv4only are the addresses of ipv4only.arpa, which has none of IPv6 but where a name
// service makes them up for a NAT64 (RFC 7050 section 8.2).
var ipv4only = []netip.Addr{netip.AddrFrom4([4]byte{192, 0, 0, 170}), netip.AddrFrom4([4]byte{192, 0, 0, 171})}

// nat64Prefixes asks the name service for the prefixes of the network's NAT64 (RFC 7050
// section 3); none if it has none, or does not say.
func nat64Prefixes(ctx context.Context, lookup func(ctx context.Context, network, host string) ([]netip.Addr, error)) (found []nat64Prefix) {
	addrs, _ := lookup(ctx, "ip6", "ipv4only.arpa.")
	for _, a := range addrs {
		for _, bits := range nat64Lengths {
			prefix, err := a.Prefix(bits)
			if err != nil || !a.Is6() || a.Is4In6() {
				continue
			}
			p := nat64Prefix{prefix}
			isMade := slices.ContainsFunc(ipv4only, func(v4 netip.Addr) bool { return p.embed(v4) == a })
			if isMade && !slices.Contains(found, p) {
				found = append(found, p)
				break
			}
		}
	}
	return found
}

// embed returns the IPv6 address that stands for an IPv4 one (RFC 6052 section 2.2): the
// prefix, then its four bytes, around byte 8, which stays zero.
func (p nat64Prefix) embed(v4 netip.Addr) netip.Addr {
	b := p.Addr().As16()
	i := p.Bits() / 8
	for _, c := range v4.As4() {
		if i == 8 {
			i++
		}
		b[i] = c
		i++
	}
	return netip.AddrFrom16(b)
}

// mapped returns the address at which a is reached through the NAT64; invalid if it is
// none of IPv4, or one that has no meaning there: the well-known prefix is for addresses
// that are valid everywhere (RFC 6052 section 3.1).
func (p nat64Prefix) mapped(a netip.Addr) netip.Addr {
	if !a.Is4() || !meansSomethingElsewhere(a) || p.Prefix == wellKnownNAT64 && a.IsPrivate() {
		return netip.Addr{}
	}
	return p.embed(a)
}

// meansSomethingElsewhere reports whether a may be an address for other machines than the
// one that has it.
func meansSomethingElsewhere(a netip.Addr) bool {
	return a.Zone() == "" && !a.IsLoopback() && !a.IsLinkLocalUnicast()
}
