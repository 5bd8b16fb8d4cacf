package tty

import "golang.org/x/sys/unix"

const (
	readTermios  = unix.TIOCGETA
	writeTermios = unix.TIOCSETA
	iutf8        = 0    // not in all releases; the mode then reads as off
	disabled     = 0xff // _POSIX_VDISABLE
)
