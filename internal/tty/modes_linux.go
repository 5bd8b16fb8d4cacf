package tty

import "golang.org/x/sys/unix"

const (
	readTermios  = unix.TCGETS
	writeTermios = unix.TCSETS
	iutf8        = unix.IUTF8
	disabled     = 0 // _POSIX_VDISABLE
)
