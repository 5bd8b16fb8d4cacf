//go:build !windows

package carrier

import "syscall"

const errMessageSize = syscall.EMSGSIZE

// isTransient reports whether errno may pass while a session waits. EPERM is
// what a local firewall answers, EADDRNOTAVAIL and ENETDOWN come while an
// interface changes.
func isTransient(errno syscall.Errno) bool {
	switch errno {
	case syscall.ENETUNREACH, syscall.EHOSTUNREACH, syscall.ENETDOWN, syscall.EHOSTDOWN,
		syscall.EADDRNOTAVAIL, syscall.EPERM, syscall.EACCES, syscall.ENOBUFS, syscall.ENOMEM,
		syscall.EAGAIN, syscall.ECONNREFUSED, syscall.EPROTO, syscall.ENOPROTOOPT:
		return true
	}
	return false
}

// isFull reports whether errno is of a queue or a memory that is full.
func isFull(errno syscall.Errno) bool {
	return errno == syscall.ENOBUFS || errno == syscall.ENOMEM || errno == syscall.EAGAIN
}

func isRefused(errno syscall.Errno) bool { return errno == syscall.ECONNREFUSED }

// isBadSource reports whether errno may mean that the wanted source address is
// not this host's any more.
func isBadSource(errno syscall.Errno) bool {
	return errno == syscall.EINVAL || errno == syscall.EADDRNOTAVAIL || errno == syscall.ENETUNREACH
}
