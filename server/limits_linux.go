package server

import (
	"fmt"
	"os"
	"strings"
)

// selfPath returns a path of this program's own file, even if it was replaced or
// removed meanwhile.
func selfPath() (string, error) { return "/proc/self/exe", nil }

// nameProcess gives the process the name that the list of processes shows; it would
// be that of selfPath.
func nameProcess(name string) { os.WriteFile("/proc/self/comm", []byte(name), 0) }

// processName returns the name of a running program, "" if it cannot be told.
func processName(pid int) string {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}
