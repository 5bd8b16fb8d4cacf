// Package tty does all that roam asks of a terminal device: raw mode and back,
// sizes, and what the line discipline of a PTY is doing. It is the only package
// with terminal ioctls.
//
// Functions take an *os.File and leave it in the state in which it is: they
// never call Fd, which would make reads of it block in the kernel. All of them
// may be called from any goroutine, beside reads and writes.
package tty

import (
	"fmt"
	"os"

	"golang.org/x/term"
)

const (
	// DefaultCols and DefaultRows stand for a size that is not known.
	DefaultCols = 80
	DefaultRows = 24
)

// IsTerminal reports whether f is a terminal.
func IsTerminal(f *os.File) bool {
	is := false
	err := control(f, func(fd int) error {
		is = term.IsTerminal(fd)
		return nil
	})
	return is && err == nil
}

// A State is how a terminal was before MakeRaw.
type State struct {
	file  *os.File
	saved *term.State
}

// MakeRaw puts the terminal f into raw mode, with IUTF8 set where the system
// has that, and returns how it was. Bytes then come and go unchanged, and no
// key makes a signal.
//
// The change is made at once: output still in the queue is not waited for, and
// no input is lost. In a background process it raises SIGTTOU, as Restore does.
func MakeRaw(f *os.File) (*State, error) {
	s := &State{file: f}
	err := control(f, func(fd int) (err error) {
		s.saved, err = term.MakeRaw(fd)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("tty: entering raw mode: %w", err)
	}
	// Without IUTF8 everything works but the kernel's own erasing of characters,
	// which raw mode does not use. A system that refuses it is none the worse.
	_ = SetUTF8(f, true)
	return s, nil
}

// Restore makes the terminal as it was, in every mode, and may be called
// repeatedly.
func (s *State) Restore() error {
	err := control(s.file, func(fd int) error { return term.Restore(fd, s.saved) })
	if err != nil {
		return fmt.Errorf("tty: restoring modes: %w", err)
	}
	return nil
}

// Size returns the columns and rows of the terminal f, as the system says: 0
// and 0 are usual where nobody has set them. It fails if f is no terminal.
func Size(f *os.File) (cols, rows int, err error) {
	err = control(f, func(fd int) (err error) {
		cols, rows, err = term.GetSize(fd)
		return err
	})
	if err != nil {
		return 0, 0, fmt.Errorf("tty: reading the size: %w", err)
	}
	return cols, rows, nil
}

// SizeOrDefault is Size with 80 columns of 24 rows in place of an error or of
// a size in which either is 0.
func SizeOrDefault(f *os.File) (cols, rows int) {
	cols, rows, err := Size(f)
	if err != nil || cols == 0 || rows == 0 {
		return DefaultCols, DefaultRows
	}
	return cols, rows
}

// Modes are the modes of a terminal's line discipline that say what becomes of
// a typed key. Those of a PTY can be read from its master.
type Modes struct {
	Echo        bool // ECHO: input is echoed
	EchoControl bool // ECHOCTL: control characters are echoed as ^X
	Canonical   bool // ICANON: input is gathered into lines, with erasing
	Signals     bool // ISIG: ^C and the like make signals
	UTF8        bool // IUTF8: erasing takes whole characters

	// The characters that erase one character, the line and the word before
	// the cursor; 0 for one that is switched off, as WordErase is without IEXTEN.
	Erase, Kill, WordErase byte
}

// control calls fn with f's descriptor and returns its error.
func control(f *os.File, fn func(fd int) error) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var result error
	if err := raw.Control(func(fd uintptr) { result = fn(int(fd)) }); err != nil {
		return err
	}
	return result
}
