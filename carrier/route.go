package carrier

import (
	"errors"
	"net"
	"net/netip"
)

// A Route is the way that the system would send datagrams to an address. Routes can
// be compared. What the system does not tell is zero.
type Route struct {
	Source    netip.Addr // the address of this machine that they come from
	Gateway   netip.Addr // the router they go to; invalid if the address is on the link
	Interface int        // index of the interface they leave by
	Up        bool       // the interface is connected, as far as is known
}

// RouteTo returns the way to an address, without sending anything. An error, a
// *TransientError as a rule, says why there is none.
func RouteTo(addr netip.AddrPort) (Route, error) {
	r, err := lookUpRoute(addr.Addr())
	var none *TransientError
	switch {
	case errors.As(err, &none):
		return Route{}, err
	case err != nil, !r.Source.IsValid():
		return connectedRoute(addr)
	}
	i, err := net.InterfaceByIndex(r.Interface)
	r.Up = err != nil || i.Flags&net.FlagRunning != 0
	return r, nil
}

// connectedRoute asks for the source address alone, by connecting a socket, which
// every system can, and which sends nothing.
func connectedRoute(addr netip.AddrPort) (Route, error) {
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(addr))
	if err != nil {
		return Route{}, classify("route", err)
	}
	defer conn.Close()
	return Route{Source: localAddr(conn).Addr().Unmap(), Up: true}, nil
}
