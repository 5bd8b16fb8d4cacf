package carrier

import (
	"encoding/binary"
	"net"
	"net/netip"

	"golang.org/x/sys/unix"
)

// setOptions sets what every socket has, before it is bound. A kernel or
// sandbox that refuses one of them still carries datagrams, so failures are
// passed over; those of the other family fail always.
//
// IPv4 path MTU discovery is off: a fragmented datagram is better than a lost
// one, and no ICMP can shrink the path. Destination addresses serve hosts with
// several (Server.Answer). wantErrors makes ICMP errors show on a socket that,
// being unconnected, would not hear of them: so a client can say that nobody
// listens there.
func setOptions(fd uintptr, wantErrors bool) {
	set := func(level, option, value int) { unix.SetsockoptInt(int(fd), level, option, value) }
	set(unix.IPPROTO_IP, unix.IP_TOS, typeOfService)
	set(unix.IPPROTO_IP, unix.IP_RECVTOS, 1)
	set(unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, unix.IP_PMTUDISC_DONT)
	set(unix.IPPROTO_IPV6, unix.IPV6_TCLASS, typeOfService)
	set(unix.IPPROTO_IPV6, unix.IPV6_RECVTCLASS, 1)
	// An IPv6 socket takes both, for the datagrams of either family.
	set(unix.IPPROTO_IP, unix.IP_PKTINFO, 1)
	set(unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO, 1)
	if wantErrors {
		set(unix.IPPROTO_IP, unix.IP_RECVERR, 1)
		set(unix.IPPROTO_IPV6, unix.IPV6_RECVERR, 1)
	}
}

// sendsWhole says that setWhole works.
const sendsWhole = true

// setWhole makes the kernel send datagrams with the don't-fragment bit, whatever it
// has heard of the path, or again as setOptions and its own defaults want it.
func setWhole(conn *net.UDPConn, whole bool) {
	four, six := unix.IP_PMTUDISC_DONT, unix.IPV6_PMTUDISC_WANT
	if whole {
		four, six = unix.IP_PMTUDISC_PROBE, unix.IPV6_PMTUDISC_PROBE
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return
	}
	raw.Control(func(fd uintptr) {
		unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, four)
		unix.SetsockoptInt(int(fd), unix.IPPROTO_IPV6, unix.IPV6_MTU_DISCOVER, six)
	})
}

// parseControl returns the type of service and the destination address that
// the control messages in b give; 0 and the invalid address for none.
func parseControl(b []byte) (tos byte, to netip.Addr) {
	for len(b) > 0 {
		h, data, rest, err := unix.ParseOneSocketControlMessage(b)
		if err != nil {
			break
		}
		b = rest
		switch {
		case h.Level == unix.IPPROTO_IP && h.Type == unix.IP_TOS && len(data) >= 1:
			tos = data[0]
		case h.Level == unix.IPPROTO_IPV6 && h.Type == unix.IPV6_TCLASS && len(data) >= 4:
			tos = byte(binary.NativeEndian.Uint32(data))
		case h.Level == unix.IPPROTO_IP && h.Type == unix.IP_PKTINFO && len(data) >= unix.SizeofInet4Pktinfo:
			// Interface index, our own address, destination in the header: the
			// two differ for a broadcast, which is no address to answer from. It
			// comes after the mapped form, which an IPv6 socket gives as well.
			to = netip.AddrFrom4([4]byte(data[4:8]))
		case h.Level == unix.IPPROTO_IPV6 && h.Type == unix.IPV6_PKTINFO && len(data) >= unix.SizeofInet6Pktinfo:
			to = netip.AddrFrom16([16]byte(data[:16])).Unmap()
		}
	}
	return tos, to
}

// sourceControl returns the control message that makes from the source address
// of a datagram, on a socket of IPv6 or else IPv4. The interface is left to
// the routes.
func sourceControl(from netip.Addr, ipv6 bool) []byte {
	if ipv6 {
		return unix.PktInfo6(&unix.Inet6Pktinfo{Addr: from.As16()})
	}
	return unix.PktInfo4(&unix.Inet4Pktinfo{Spec_dst: from.As4()})
}

// queuedErrors bounds what takeQueuedErrors does at a time.
const queuedErrors = 64

// takeQueuedErrors empties the queue in which the kernel keeps the details of
// the errors it reports: it shares the receive buffer's space.
func takeQueuedErrors(conn *net.UDPConn) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return
	}
	raw.Control(func(fd uintptr) {
		var data [1]byte
		var control [controlSpace]byte
		for range queuedErrors {
			_, _, _, _, err := unix.Recvmsg(int(fd), data[:], control[:], unix.MSG_ERRQUEUE|unix.MSG_DONTWAIT)
			if err != nil {
				return
			}
		}
	})
}
