//go:build unix

package trace

import (
	"os"
	"syscall"
)

// noFollow has opening a link fail.
const noFollow = syscall.O_NOFOLLOW

// takeOver empties a file that may have been there before. Somebody else's, a
// link's target or a device is left alone.
func takeOver(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.Mode().IsRegular() || int(owner.Uid) != os.Geteuid() || owner.Nlink != 1 {
		return ErrFile
	}
	if err := f.Chmod(0o600); err != nil {
		return err
	}
	return f.Truncate(0)
}
