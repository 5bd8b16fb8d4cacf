//go:build !linux && !darwin && !freebsd

package carrier

import (
	"net"
	"net/netip"
)

// setOptions sets nothing: the session works without congestion marks, and the
// don't-fragment bit is off by default.
func setOptions(uintptr, bool) {}

// sendsWhole says that setWhole works.
const sendsWhole = false

// setWhole has nothing to set.
func setWhole(*net.UDPConn, bool) {}

// parseControl finds nothing, since nothing was asked for.
func parseControl([]byte) (tos byte, to netip.Addr) { return 0, netip.Addr{} }

// sourceControl returns nothing: the kernel chooses the source address.
func sourceControl(netip.Addr, bool) []byte { return nil }

// takeQueuedErrors has nothing to do here.
func takeQueuedErrors(*net.UDPConn) []queuedError { return nil }
