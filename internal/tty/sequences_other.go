//go:build !windows

package tty

import "os"

// Sequences has the terminal send and obey escape sequences, which it does anyway, and
// returns what undoes that.
func Sequences(in, out *os.File) (undo func() error, err error) {
	return func() error { return nil }, nil
}
