//go:build linux

package e2e

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"roam/terminal"
)

// memory returns a line of a process's summed-up memory map, in kB: Rss, or Pss.
func memory(t testing.TB, pid int, name string) int {
	t.Helper()
	return procField(t, fmt.Sprintf("/proc/%d/smaps_rollup", pid), name)
}

// peakMemory returns the most memory that a process ever had resident, in kB.
func peakMemory(t testing.TB, pid int) int {
	t.Helper()
	return procField(t, fmt.Sprintf("/proc/%d/status", pid), "VmHWM")
}

func procField(t testing.TB, file, name string) int {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			n, err := strconv.Atoi(strings.Fields(rest)[0])
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatalf("%s has no %s", file, name)
	return 0
}

// stopped reports whether a process is stopped by a signal.
func stopped(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, after, _ := bytes.Cut(stat, []byte(") "))
	return err == nil && len(after) > 0 && after[0] == 'T'
}

// waiting returns how many bytes of datagrams wait in the receive queue of the UDP
// socket on an IPv4 port, and how many datagrams it had no room for.
func waiting(t testing.TB, port int) (bytes, dropped int) {
	t.Helper()
	b, err := os.ReadFile("/proc/net/udp")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if len(f) < 13 || !strings.HasSuffix(f[1], fmt.Sprintf(":%04X", port)) {
			continue
		}
		_, rx, _ := strings.Cut(f[4], ":")
		n, _ := strconv.ParseInt(rx, 16, 64)
		d, _ := strconv.Atoi(f[12])
		bytes, dropped = bytes+int(n), dropped+d
	}
	return bytes, dropped
}

// rowText returns the characters of a row of an emulator's screen.
func rowText(s *terminal.Screen, i int) string {
	row := s.Row(i)
	var b []byte
	for col := range row.Len() {
		b = row.AppendText(b, col)
	}
	return string(b)
}
