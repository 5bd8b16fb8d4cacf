package tty

import "golang.org/x/sys/unix"

const (
	readTermios  = unix.TIOCGETA
	writeTermios = unix.TIOCSETA
	iutf8        = unix.IUTF8
	disabled     = 0xff // _POSIX_VDISABLE
)
