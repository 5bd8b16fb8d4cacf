package tty

import (
	"fmt"
	"os"

	"golang.org/x/sys/windows"
)

// Sequences has a console in raw mode tell of changes of the window's size (see Events), and
// obey the escape sequences that are written to out, if that is a console: as terminals
// elsewhere do, a character in the last column leaves the cursor there. It returns what
// makes out as it was; in is left to State.Restore. A console that knows no escape
// sequences, as before Windows 10, is an error.
func Sequences(in, out *os.File) (undo func() error, err error) {
	err = control(in, func(fd int) error {
		return changeMode(windows.Handle(fd), windows.ENABLE_WINDOW_INPUT, nil)
	})
	if err != nil {
		return nil, fmt.Errorf("tty: asking for the window's size: %w", err)
	}
	if !IsTerminal(out) {
		return func() error { return nil }, nil
	}
	var before uint32
	err = control(out, func(fd int) error {
		const sequences = windows.ENABLE_PROCESSED_OUTPUT | windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING | windows.DISABLE_NEWLINE_AUTO_RETURN
		return changeMode(windows.Handle(fd), sequences, &before)
	})
	if err != nil {
		return nil, fmt.Errorf("tty: the console takes no escape sequences: %w", err)
	}
	return func() error {
		err := control(out, func(fd int) error { return windows.SetConsoleMode(windows.Handle(fd), before) })
		if err != nil {
			return fmt.Errorf("tty: restoring the console: %w", err)
		}
		return nil
	}, nil
}

// changeMode sets bits of a console's mode, and notes the mode as it was.
func changeMode(console windows.Handle, bits uint32, before *uint32) error {
	var mode uint32
	if err := windows.GetConsoleMode(console, &mode); err != nil {
		return err
	}
	if before != nil {
		*before = mode
	}
	return windows.SetConsoleMode(console, mode|bits)
}
