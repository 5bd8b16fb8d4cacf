package carrier

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"syscall"

	"golang.org/x/sys/unix"
)

// lookUpRoute asks the kernel's routing tables by netlink (rtnetlink(7),
// RTM_GETROUTE), which answers in the call that asks.
func lookUpRoute(addr netip.Addr) (Route, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_ROUTE)
	if err != nil {
		return Route{}, fmt.Errorf("carrier: route: %w", err)
	}
	defer unix.Close(fd)
	if err := unix.Sendto(fd, routeRequest(addr.Unmap()), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return Route{}, fmt.Errorf("carrier: route: %w", err)
	}
	buf := make([]byte, 4096) // an answer takes some hundred bytes
	n, _, err := unix.Recvfrom(fd, buf, 0)
	if err != nil {
		return Route{}, fmt.Errorf("carrier: route: %w", err)
	}
	return parseRoute(buf[:n])
}

// routeRequest returns the question for the way to addr.
func routeRequest(addr netip.Addr) []byte {
	family, dst := byte(unix.AF_INET), addr.AsSlice()
	if addr.Is6() {
		family = unix.AF_INET6
	}
	size := unix.SizeofNlMsghdr + unix.SizeofRtMsg + unix.SizeofRtAttr + len(dst)
	b := make([]byte, 0, size)
	b = binary.NativeEndian.AppendUint32(b, uint32(size))
	b = binary.NativeEndian.AppendUint16(b, unix.RTM_GETROUTE)
	b = binary.NativeEndian.AppendUint16(b, unix.NLM_F_REQUEST)
	b = append(b, 0, 0, 0, 1, 0, 0, 0, 0)                                 // sequence number, port of the kernel's choice
	b = append(b, family, byte(8*len(dst)), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) // rtmsg: any table, any kind
	b = binary.NativeEndian.AppendUint16(b, uint16(unix.SizeofRtAttr+len(dst)))
	b = binary.NativeEndian.AppendUint16(b, unix.RTA_DST)
	return append(b, dst...)
}

// parseRoute reads the kernel's answer.
func parseRoute(b []byte) (r Route, err error) {
	messages, err := syscall.ParseNetlinkMessage(b)
	if err != nil || len(messages) == 0 {
		return r, fmt.Errorf("carrier: route: no answer that can be read (%v)", err)
	}
	m := messages[0]
	if m.Header.Type == unix.NLMSG_ERROR && len(m.Data) >= 4 {
		return r, classify("route", syscall.Errno(-int32(binary.NativeEndian.Uint32(m.Data))))
	}
	attributes, err := syscall.ParseNetlinkRouteAttr(&m)
	if err != nil {
		return r, fmt.Errorf("carrier: route: %w", err)
	}
	for _, a := range attributes {
		switch a.Attr.Type {
		case unix.RTA_PREFSRC:
			r.Source, _ = netip.AddrFromSlice(a.Value)
		case unix.RTA_GATEWAY:
			r.Gateway, _ = netip.AddrFromSlice(a.Value)
		case unix.RTA_OIF:
			if len(a.Value) >= 4 {
				r.Interface = int(binary.NativeEndian.Uint32(a.Value))
			}
		}
	}
	return r, nil
}
