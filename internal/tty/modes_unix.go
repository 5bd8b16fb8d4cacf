//go:build linux || darwin || freebsd

package tty

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// maxSide is the most columns or rows that the kernel's 16 bits hold.
const maxSide = 1<<16 - 1

// SetSize sets the size of a PTY, given its master or slave, in cells and in pixels, 0
// of which are not known; if any differs, the foreground process group gets SIGWINCH.
// Sides outside 0..65535 are set to the nearest the kernel can hold.
func SetSize(f *os.File, cols, rows, width, height int) error {
	side := func(n int) uint16 { return uint16(min(max(n, 0), maxSide)) }
	size := unix.Winsize{Col: side(cols), Row: side(rows), Xpixel: side(width), Ypixel: side(height)}
	err := control(f, func(fd int) error { return unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &size) })
	if err != nil {
		return fmt.Errorf("tty: setting the size: %w", err)
	}
	return nil
}

// Pixels returns the width and height of the terminal f's window in pixels, as the
// system says: 0 and 0 where the terminal did not tell. It fails if f is no terminal.
func Pixels(f *os.File) (width, height int, err error) {
	var size *unix.Winsize
	err = control(f, func(fd int) (err error) {
		size, err = unix.IoctlGetWinsize(fd, unix.TIOCGWINSZ)
		return err
	})
	if err != nil {
		return 0, 0, fmt.Errorf("tty: reading the size in pixels: %w", err)
	}
	return int(size.Xpixel), int(size.Ypixel), nil
}

// ReadModes returns the modes of a terminal or, given its master, of a PTY.
func ReadModes(f *os.File) (Modes, error) {
	t, err := getTermios(f)
	if err != nil {
		return Modes{}, fmt.Errorf("tty: reading modes: %w", err)
	}
	return modesOf(t), nil
}

// modesOf returns what a termios says.
func modesOf(t *unix.Termios) Modes {
	m := Modes{
		Echo:        t.Lflag&unix.ECHO != 0,
		EchoControl: t.Lflag&unix.ECHOCTL != 0,
		Canonical:   t.Lflag&unix.ICANON != 0,
		Signals:     t.Lflag&unix.ISIG != 0,
		UTF8:        t.Iflag&iutf8 != 0,
		Erase:       character(t.Cc[unix.VERASE]),
		Kill:        character(t.Cc[unix.VKILL]),
	}
	if t.Lflag&unix.IEXTEN != 0 {
		m.WordErase = character(t.Cc[unix.VWERASE])
	}
	return m
}

// character returns a control character, 0 if it is switched off.
func character(c uint8) byte {
	if c == disabled {
		return 0
	}
	return c
}

// SetUTF8 sets or clears IUTF8 of a terminal or, given its master, of a PTY.
// It does nothing on a system without that mode.
func SetUTF8(f *os.File, on bool) error {
	t, err := getTermios(f)
	if err == nil && (t.Iflag&iutf8 != 0) != on {
		t.Iflag ^= iutf8
		err = control(f, func(fd int) error { return unix.IoctlSetTermios(fd, writeTermios, t) })
	}
	if err != nil {
		return fmt.Errorf("tty: setting IUTF8: %w", err)
	}
	return nil
}

// ForegroundGroup returns the foreground process group of a PTY, given its
// master, or of the terminal that controls the calling process. It is 0 or an
// error if there is none.
func ForegroundGroup(f *os.File) (pgid int, err error) {
	err = control(f, func(fd int) (err error) {
		pgid, err = unix.IoctlGetInt(fd, unix.TIOCGPGRP)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("tty: reading the foreground process group: %w", err)
	}
	return int(int32(pgid)), nil // the kernel writes 32 bits
}

func getTermios(f *os.File) (t *unix.Termios, err error) {
	err = control(f, func(fd int) (err error) {
		t, err = unix.IoctlGetTermios(fd, readTermios)
		return err
	})
	return t, err
}
