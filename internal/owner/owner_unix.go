//go:build unix

package owner

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

func problem(info fs.FileInfo) string {
	st, ok := info.Sys().(*syscall.Stat_t)
	switch mode := info.Mode().Perm(); {
	case !ok || int(st.Uid) != os.Getuid() && st.Uid != 0:
		return "belongs to another user"
	case mode&0o022 != 0:
		return fmt.Sprintf("can be written by others (mode %o): chmod go-w it", mode)
	}
	return ""
}
