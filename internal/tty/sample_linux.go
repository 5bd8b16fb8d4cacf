package tty

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A Sampler reads of a PTY what ReadModes and ForegroundGroup do, again and again: in two
// system calls and without allocating. For one goroutine.
type Sampler struct {
	conn syscall.RawConn
	read func(fd uintptr)

	termios unix.Termios
	group   int32
	failed  unix.Errno // how reading the modes did
}

// NewSampler returns a Sampler of the PTY with the given master.
func NewSampler(master *os.File) (*Sampler, error) {
	conn, err := master.SyscallConn()
	if err != nil {
		return nil, fmt.Errorf("tty: reading modes: %w", err)
	}
	s := &Sampler{conn: conn}
	s.read = s.ask
	return s, nil
}

// ask reads. The calls do not block, and so the runtime is not told of them, which would
// wake its watchdog each time.
func (s *Sampler) ask(fd uintptr) {
	s.group = 0
	_, _, s.failed = unix.RawSyscall(unix.SYS_IOCTL, fd, readTermios, uintptr(unsafe.Pointer(&s.termios)))
	unix.RawSyscall(unix.SYS_IOCTL, fd, unix.TIOCGPGRP, uintptr(unsafe.Pointer(&s.group)))
}

// Sample returns the modes and the foreground process group, 0 if there is none. It fails
// when the master is closed.
func (s *Sampler) Sample() (m Modes, group int, err error) {
	err = s.conn.Control(s.read)
	if err == nil && s.failed != 0 {
		err = s.failed
	}
	if err != nil {
		return Modes{}, 0, fmt.Errorf("tty: reading modes: %w", err)
	}
	return modesOf(&s.termios), int(s.group), nil
}
