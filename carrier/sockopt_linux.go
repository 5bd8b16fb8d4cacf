package carrier

import (
	"encoding/binary"
	"net"
	"net/netip"
	"syscall"

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
// the errors it reports: it shares the receive buffer's space. It returns those that came
// by ICMP.
func takeQueuedErrors(conn *net.UDPConn) (list []queuedError) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil
	}
	raw.Control(func(fd uintptr) {
		var data [1]byte
		var control [2 * controlSpace]byte // the error itself besides
		for range queuedErrors {
			_, n, _, to, err := unix.Recvmsg(int(fd), data[:], control[:], unix.MSG_ERRQUEUE|unix.MSG_DONTWAIT)
			if err != nil {
				return
			}
			if errno, ok := parseQueuedError(control[:n]); ok {
				list = append(list, queuedError{addrPortOf(to), classify("receive", errno)})
			}
		}
	})
	return list
}

// parseQueuedError returns the errno in the control messages of an error that came by
// ICMP (ip(7), struct sock_extended_err: ee_errno, ee_origin).
func parseQueuedError(b []byte) (errno syscall.Errno, ok bool) {
	for len(b) > 0 {
		h, data, rest, err := unix.ParseOneSocketControlMessage(b)
		if err != nil {
			break
		}
		b = rest
		isError := h.Level == unix.IPPROTO_IP && h.Type == unix.IP_RECVERR || h.Level == unix.IPPROTO_IPV6 && h.Type == unix.IPV6_RECVERR
		if isError && len(data) >= 5 && (data[4] == unix.SO_EE_ORIGIN_ICMP || data[4] == unix.SO_EE_ORIGIN_ICMP6) {
			return syscall.Errno(binary.NativeEndian.Uint32(data)), true
		}
	}
	return 0, false
}

// addrPortOf returns an address of the kernel's; invalid if it has none.
func addrPortOf(sa unix.Sockaddr) netip.AddrPort {
	switch a := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port))
	case *unix.SockaddrInet6:
		addr := netip.AddrFrom16(a.Addr).Unmap()
		if a.ZoneId != 0 && addr.Is6() {
			if i, err := net.InterfaceByIndex(int(a.ZoneId)); err == nil {
				addr = addr.WithZone(i.Name)
			}
		}
		return netip.AddrPortFrom(addr, uint16(a.Port))
	}
	return netip.AddrPort{}
}
