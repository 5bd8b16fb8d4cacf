package server

import (
	"os"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// bursts reads a terminal by bursts.
type bursts struct{ master *os.File }

// newBursts needs no goroutine: the kernel can be asked.
func newBursts(master *os.File, _ <-chan struct{}, _ func(func())) bursts { return bursts{master} }

// read reads what the terminal has, up to len(buf) bytes, and waits without
// limit only for the first of them: what one program says to one key is to be one
// screen, though it comes in several writes, so that the terminal must have been
// quiet for quietGap, unless it says so much, or for so long, that no key was the
// reason. The kernel gives at most 4 KiB in one read.
func (b bursts) read(buf []byte) (n int, err error) {
	n, err = readReady(b.master, buf)
	if err != nil {
		return n, err
	}
	conn, err := b.master.SyscallConn()
	if err != nil {
		return n, nil // it comes again
	}
	for began := time.Now(); n < gatherMost && time.Since(began) < gatherTime && waitOutput(conn, quietGap); {
		m, err := readReady(b.master, buf[n:])
		n += m
		if err != nil {
			break // it comes again
		}
	}
	return n, nil
}

// The calls below are raw: the runtime is not told of them, which would wake its watchdog
// each time, and it some 20 times a millisecond as long as one lasts. None blocks but
// waitOutput, for quietGap at most, in which a datagram waits for the loop.

// waitOutput waits for output, in a system call of its own, since the runtime's
// timers and its poller know whole milliseconds only. It reports whether there is
// any.
func waitOutput(conn syscall.RawConn, limit time.Duration) (has bool) {
	timeout := unix.NsecToTimespec(int64(limit))
	conn.Control(func(fd uintptr) {
		p := unix.PollFd{Fd: int32(fd), Events: unix.POLLIN}
		n, _, errno := unix.RawSyscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&p)), 1, uintptr(unsafe.Pointer(&timeout)), 0, 0, 0)
		has = errno == 0 && n > 0
	})
	return has
}

// readReady reads what the terminal has, and waits only for the first byte.
func readReady(master *os.File, buf []byte) (n int, err error) {
	conn, err := master.SyscallConn()
	if err != nil {
		return 0, err
	}
	var readErr error
	err = conn.Read(func(fd uintptr) bool {
		for n < len(buf) {
			m, e := rawCall(unix.SYS_READ, fd, buf[n:])
			switch {
			case e == unix.EINTR:
				continue
			case e == unix.EAGAIN:
				return n > 0
			case e != nil:
				readErr = e
				return true
			case m == 0:
				readErr = os.ErrClosed
				return true
			}
			n += m
		}
		return true
	})
	if n > 0 {
		return n, nil // the error comes again
	}
	if err == nil {
		err = readErr
	}
	return n, err
}

// rawCall is a read or write of b on a descriptor that does not block.
func rawCall(call, fd uintptr, b []byte) (int, error) {
	n, _, errno := unix.RawSyscall(call, fd, uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

// hasOutput reports whether the terminal has something to read, its end included.
func hasOutput(master *os.File) (has bool) {
	conn, err := master.SyscallConn()
	return err == nil && waitOutput(conn, 0)
}

// tryWrite writes as much of b as the terminal takes at once. No other write may
// be under way.
func tryWrite(master *os.File, b []byte) int {
	conn, err := master.SyscallConn()
	if err != nil {
		return 0
	}
	n := 0
	conn.Write(func(fd uintptr) bool {
		if m, err := rawCall(unix.SYS_WRITE, fd, b); err == nil {
			n = m
		}
		return true
	})
	return n
}
