//go:build unix

package bootstrap

import (
	"os"
	"syscall"
)

// hasPipes says that makePipe works.
const hasPipes = true

// makePipe makes a named pipe that only the user can open, and opens it for both, so that
// neither end waits for the other.
func makePipe(name string) (*os.File, error) {
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		return nil, err
	}
	return os.OpenFile(name, os.O_RDWR, 0)
}
