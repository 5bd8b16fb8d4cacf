//go:build unix

package config

import (
	"io/fs"
	"os"
	"syscall"
)

// ownedHere reports whether a file belongs to this user or to root.
func ownedHere(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && (int(st.Uid) == os.Getuid() || st.Uid == 0)
}
