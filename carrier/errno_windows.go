package carrier

import (
	"syscall"

	"golang.org/x/sys/windows"
)

const errMessageSize = windows.WSAEMSGSIZE

// isTransient reports whether errno may pass while a session waits.
func isTransient(errno syscall.Errno) bool {
	switch errno {
	case windows.WSAENETUNREACH, windows.WSAEHOSTUNREACH, windows.WSAENETDOWN, windows.WSAEHOSTDOWN,
		windows.WSAEADDRNOTAVAIL, windows.WSAEACCES, windows.WSAENOBUFS, windows.WSAEWOULDBLOCK,
		windows.WSAECONNREFUSED, windows.WSAECONNRESET, windows.WSAENETRESET:
		return true
	}
	return false
}

// isFull reports whether errno is of a queue or a memory that is full.
func isFull(errno syscall.Errno) bool {
	return errno == windows.WSAENOBUFS || errno == windows.WSAEWOULDBLOCK
}

// isRefused knows that Windows calls an ICMP port-unreachable a reset.
func isRefused(errno syscall.Errno) bool {
	return errno == windows.WSAECONNREFUSED || errno == windows.WSAECONNRESET
}

// isBadSource reports whether errno may mean that the wanted source address is
// not this host's any more.
func isBadSource(errno syscall.Errno) bool { return errno == windows.WSAEADDRNOTAVAIL }
