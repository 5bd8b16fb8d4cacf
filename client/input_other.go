//go:build unix && !linux

package client

import "golang.org/x/sys/unix"

// An inputWait waits for what is typed.
type inputWait struct{ in, wake int }

// newInputWait returns an inputWait for two descriptors, which stay open longer than it: the
// terminal and one that interrupts.
func newInputWait(in, wake int) (*inputWait, error) { return &inputWait{in, wake}, nil }

// wait waits, up to so many milliseconds, below 0 without limit, for something to read.
func (w *inputWait) wait(limit int) (ready, interrupted bool, err error) {
	fds := []unix.PollFd{
		{Fd: int32(w.wake), Events: unix.POLLIN},
		{Fd: int32(w.in), Events: unix.POLLIN},
	}
	for {
		_, err := unix.Poll(fds, limit)
		if err == unix.EINTR {
			continue
		}
		return fds[1].Revents != 0, fds[0].Revents != 0, err
	}
}

func (w *inputWait) close() {}
