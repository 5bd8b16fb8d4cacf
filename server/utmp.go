//go:build unix

package server

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Layout of a record of glibc's utmp(5). The fields in front of the time are alike
// everywhere.
const (
	utmpUserProcess = 7
	utmpLineAt      = 8
	utmpUserAt      = 44
	utmpHostAt      = 76
	utmpLineLen     = 32
	utmpUserLen     = 32
	utmpHostLen     = 256
)

// maxUtmp is the most bytes read of the list of logins: ten thousand of them.
const maxUtmp = 4 << 20

// utmpSize returns the size of a record, which depends on how wide the processor's
// long is in it.
func utmpSize() int {
	switch runtime.GOARCH {
	case "arm64", "riscv64", "loong64":
		return 400
	}
	return 384
}

// detachedInUtmp returns the sessions of stock mosh servers of this user that the
// list of logins calls detached. Recent systems keep no such list.
func detachedInUtmp(user string) []string {
	if runtime.GOOS != "linux" || user == "" {
		return nil
	}
	info, err := os.Stat("/var/run/utmp")
	if err != nil || info.Size() > maxUtmp {
		return nil
	}
	b, err := os.ReadFile("/var/run/utmp")
	if err != nil {
		return nil
	}
	return detachedRecords(b, utmpSize(), user, func(line string) bool {
		_, err := os.Stat(filepath.Join("/dev", line))
		return err == nil
	})
}

// detachedRecords reads utmp records of the given size. A detached session's host
// is "mosh [PID]", and its terminal is still there.
func detachedRecords(b []byte, size int, user string, alive func(line string) bool) (found []string) {
	for ; len(b) >= size; b = b[size:] {
		text := func(at, n int) string {
			s, _, _ := bytes.Cut(b[at:at+n], []byte{0})
			return string(s)
		}
		host := text(utmpHostAt, utmpHostLen)
		if binary.NativeEndian.Uint16(b) != utmpUserProcess || text(utmpUserAt, utmpUserLen) != user ||
			!strings.HasPrefix(host, "mosh [") || !strings.HasSuffix(host, "]") ||
			!alive(text(utmpLineAt, utmpLineLen)) {
			continue
		}
		found = append(found, host)
	}
	return found
}
