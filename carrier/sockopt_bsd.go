//go:build darwin || freebsd

package carrier

import (
	"encoding/binary"
	"net"
	"net/netip"

	"golang.org/x/sys/unix"
)

// setOptions sets what every socket has, before it is bound. Failures are
// passed over: those of the other family fail always, and without any of these
// options datagrams still go. The don't-fragment bit is off by default here,
// and an unconnected socket cannot hear of ICMP errors.
func setOptions(fd uintptr, _ bool) {
	set := func(level, option, value int) { unix.SetsockoptInt(int(fd), level, option, value) }
	set(unix.IPPROTO_IP, unix.IP_TOS, typeOfService)
	set(unix.IPPROTO_IP, unix.IP_RECVTOS, 1)
	set(unix.IPPROTO_IPV6, unix.IPV6_TCLASS, typeOfService)
	set(unix.IPPROTO_IPV6, unix.IPV6_RECVTCLASS, 1)
}

// sendsWhole says that setWhole works.
const sendsWhole = true

// setWhole makes the kernel send datagrams with the don't-fragment bit, or without.
func setWhole(conn *net.UDPConn, whole bool) {
	value := 0
	if whole {
		value = 1
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return
	}
	raw.Control(func(fd uintptr) {
		unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_DONTFRAG, value)
		unix.SetsockoptInt(int(fd), unix.IPPROTO_IPV6, unix.IPV6_DONTFRAG, value)
	})
}

// parseControl returns the type of service that the control messages in b
// give, 0 for none, and never a destination address.
func parseControl(b []byte) (tos byte, to netip.Addr) {
	for len(b) > 0 {
		h, data, rest, err := unix.ParseOneSocketControlMessage(b)
		if err != nil {
			break
		}
		b = rest
		switch {
		case h.Level == unix.IPPROTO_IP && h.Type == unix.IP_RECVTOS && len(data) >= 1:
			tos = data[0]
		case h.Level == unix.IPPROTO_IPV6 && h.Type == unix.IPV6_TCLASS && len(data) >= 4:
			tos = byte(binary.NativeEndian.Uint32(data))
		}
	}
	return tos, to
}

// sourceControl returns nothing: the kernel chooses the source address.
func sourceControl(netip.Addr, bool) []byte { return nil }

// takeQueuedErrors has nothing to do here.
func takeQueuedErrors(*net.UDPConn) []queuedError { return nil }
