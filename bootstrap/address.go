package bootstrap

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// A Family says which kinds of address may be used, and which come first.
type Family string

// The families, as mosh names them. The zero value means PreferInet.
const (
	Inet        Family = "inet"         // IPv4 only
	Inet6       Family = "inet6"        // IPv6 only
	Auto        Family = "auto"         // either, but a name must not have both
	All         Family = "all"          // both, in the resolver's order
	PreferInet  Family = "prefer-inet"  // both, IPv4 first
	PreferInet6 Family = "prefer-inet6" // both, IPv6 first
)

// ParseFamily returns the family called s, in any letter case.
func ParseFamily(s string) (Family, error) {
	for _, f := range []Family{Inet, Inet6, Auto, All, PreferInet, PreferInet6} {
		if strings.EqualFold(s, string(f)) {
			return f, nil
		}
	}
	return "", fmt.Errorf("family %q is none of inet, inet6, auto, all, prefer-inet and prefer-inet6", s)
}

// sshFlag returns ssh's option for f, empty if it has none.
func (f Family) sshFlag() string {
	switch f {
	case Inet:
		return "-4"
	case Inet6:
		return "-6"
	}
	return ""
}

// allows reports whether f admits a.
func (f Family) allows(a netip.Addr) bool {
	return !(f == Inet && !a.Is4()) && !(f == Inet6 && a.Is4())
}

// errBothFamilies is what Auto says of a name with addresses of both families.
var errBothFamilies = errors.New("it has both IPv4 and IPv6 addresses; choose with --family")

// sorted returns those of addrs that f admits, the preferred ones first and
// otherwise in the given order.
func (f Family) sorted(addrs []netip.Addr) ([]netip.Addr, error) {
	var v4, v6, all []netip.Addr
	for _, a := range addrs {
		a = a.Unmap()
		if slices.Contains(all, a) || !f.allows(a) {
			continue
		}
		all = append(all, a)
		if a.Is4() {
			v4 = append(v4, a)
		} else {
			v6 = append(v6, a)
		}
	}
	switch {
	case f == Auto && len(v4) > 0 && len(v6) > 0:
		return nil, errBothFamilies
	case f == All || f == Auto:
		return all, nil
	case f == PreferInet6:
		return append(v6, v4...), nil
	}
	return append(v4, v6...), nil
}

// resolve returns the addresses of host, a name or a numeric address, in f's
// order. There is at least one if the error is nil.
func resolve(ctx context.Context, host string, f Family) ([]netip.Addr, error) {
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	addrs, err := f.sorted(found)
	if err == nil && len(addrs) == 0 {
		err = fmt.Errorf("%s has no address of family %s", host, f)
	}
	return addrs, err
}
