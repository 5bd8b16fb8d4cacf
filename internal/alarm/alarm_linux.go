package alarm

import (
	"fmt"
	"os"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A timerfd is a timer of the kernel's that the runtime's poller waits for like for a
// socket. Its calls never block, so that the runtime need not be told of them, which would
// wake its watchdog each time.
type timerfd struct {
	file *os.File
	conn syscall.RawConn
	done chan struct{} // closed when the goroutine that waits has ended

	spec  unix.ItimerSpec
	apply func(fd uintptr) // made once, so that set allocates nothing
}

// openDevice returns a device that calls ring.
func openDevice(ring func()) (device, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_CLOEXEC|unix.TFD_NONBLOCK)
	if err != nil {
		return nil, fmt.Errorf("alarm: %w", err)
	}
	t := &timerfd{file: os.NewFile(uintptr(fd), "timer"), done: make(chan struct{})}
	if t.conn, err = t.file.SyscallConn(); err != nil {
		t.file.Close()
		return nil, fmt.Errorf("alarm: %w", err)
	}
	t.apply = func(fd uintptr) {
		unix.RawSyscall6(unix.SYS_TIMERFD_SETTIME, fd, 0, uintptr(unsafe.Pointer(&t.spec)), 0, 0, 0)
	}
	go t.wait(ring)
	return t, nil
}

// wait rings until the file is closed.
func (t *timerfd) wait(ring func()) {
	defer close(t.done)
	expired := func(fd uintptr) bool {
		var count [8]byte
		_, _, errno := unix.RawSyscall(unix.SYS_READ, fd, uintptr(unsafe.Pointer(&count)), uintptr(len(count)))
		return errno != unix.EAGAIN
	}
	for t.conn.Read(expired) == nil {
		ring()
	}
}

func (t *timerfd) set(d time.Duration) {
	t.spec.Value = unix.NsecToTimespec(int64(d))
	t.conn.Control(t.apply)
}

func (t *timerfd) stop() {
	t.spec.Value = unix.Timespec{}
	t.conn.Control(t.apply)
}

func (t *timerfd) close() {
	t.file.Close()
	<-t.done
}
