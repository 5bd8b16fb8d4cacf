package client

import (
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// An inputWait waits for what is typed. The terminal is shared with other processes and
// stays blocking, so that the runtime's poller cannot have it. But it can have a poller of
// ours that has the terminal: then no thread is kept in a system call, from which each key
// would have to find its way to the loop's.
type inputWait struct {
	epoll *os.File
	conn  syscall.RawConn
	wake  int32 // the descriptor that interrupts
}

// newInputWait returns an inputWait for two descriptors, which stay open longer than it: the
// terminal and one that interrupts.
func newInputWait(in, wake int) (*inputWait, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("client: waiting for keys: %w", err)
	}
	w := &inputWait{wake: int32(wake)}
	for _, other := range []int{in, wake} {
		err = unix.EpollCtl(fd, unix.EPOLL_CTL_ADD, other, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(other)})
		if err != nil {
			unix.Close(fd)
			return nil, fmt.Errorf("client: waiting for keys: %w", err)
		}
	}
	unix.SetNonblock(fd, true) // or the runtime would not take it; it cannot fail
	w.epoll = os.NewFile(uintptr(fd), "input")
	if w.conn, err = w.epoll.SyscallConn(); err != nil {
		w.epoll.Close()
		return nil, fmt.Errorf("client: waiting for keys: %w", err)
	}
	return w, nil
}

// wait waits, up to so many milliseconds, below 0 without limit, for something to read.
func (w *inputWait) wait(limit int) (ready, interrupted bool, err error) {
	var events [2]unix.EpollEvent
	var n int
	look := func(fd uintptr) bool {
		n, err = unix.EpollWait(int(fd), events[:], max(limit, 0))
		return err != nil && err != unix.EINTR || n > 0 || limit >= 0
	}
	if limit < 0 {
		if failed := w.conn.Read(look); failed != nil {
			return false, false, failed
		}
	} else if failed := w.conn.Control(func(fd uintptr) { look(fd) }); failed != nil {
		return false, false, failed
	}
	if err == unix.EINTR {
		err = nil
	}
	for _, e := range events[:max(n, 0)] {
		if e.Fd == w.wake {
			interrupted = true
		} else {
			ready = true
		}
	}
	return ready, interrupted, err
}

func (w *inputWait) close() { w.epoll.Close() }
