package client

import (
	"bytes"
	"fmt"
	"os"
	"strings"
)

// maxEnviron bounds what wipeEnviron reads: Linux allows no larger
// environment block by default (a quarter of an 8 MiB stack).
const maxEnviron = 2 << 20

// wipeEnviron overwrites the value of a variable in the environment block
// that the process was started with. Unsetenv leaves it there, where others of
// the same user can read it in /proc. It does what it can and reports nothing:
// where /proc is not mounted, nobody reads it there either.
func wipeEnviron(name string) {
	start, end, ok := environBounds()
	if !ok || end-start > maxEnviron {
		return
	}
	mem, err := os.OpenFile("/proc/self/mem", os.O_RDWR, 0)
	if err != nil {
		return
	}
	defer mem.Close()
	block := make([]byte, end-start)
	if _, err := mem.ReadAt(block, start); err != nil {
		return
	}
	defer clear(block)
	for at := 0; at < len(block); {
		size := bytes.IndexByte(block[at:], 0)
		if size < 0 {
			size = len(block) - at
		}
		if skip := len(name) + 1; bytes.HasPrefix(block[at:at+size], []byte(name+"=")) {
			mem.WriteAt(bytes.Repeat([]byte{'*'}, size-skip), start+int64(at+skip))
		}
		at += size + 1
	}
}

// environBounds returns the addresses of the environment block: fields 50 and
// 51 of /proc/self/stat, of which the second may hold blanks (proc(5)).
func environBounds() (start, end int64, ok bool) {
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0, 0, false
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest) // the first is field 3
	if len(fields) < 49 {
		return 0, 0, false
	}
	if _, err := fmt.Sscan(fields[47]+" "+fields[48], &start, &end); err != nil {
		return 0, 0, false
	}
	return start, end, start > 0 && end > start
}
