package tty

import (
	"os"

	"golang.org/x/sys/unix"
)

// HasUnread reports whether the program on a PTY, given its master, has input that it
// did not take: a whole line of it, where lines are gathered. Without an answer it is false.
//
// Only the slave's end tells, which is opened for the moment: kept open it would hide that
// the program has closed it.
func HasUnread(master *os.File) bool {
	unread := 0
	err := control(master, func(fd int) error {
		slave, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.TIOCGPTPEER, unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC)
		if errno != 0 {
			return errno
		}
		defer unix.Close(int(slave))
		var err error
		unread, err = unix.IoctlGetInt(int(slave), unix.TIOCINQ)
		return err
	})
	return err == nil && int32(unread) > 0
}
