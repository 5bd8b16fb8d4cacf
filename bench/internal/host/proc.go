package host

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of times in /proc: USER_HZ is 100 on every Linux that Go
// runs on.
const tick = 10 * time.Millisecond

// A Usage is what a process has used so far.
type Usage struct {
	CPU      time.Duration // user and system, to 10 ms
	Switches int           // times that it went to sleep
	Memory   int           // bytes of its own in RAM now: private and its share of what others use, too
}

// UsageOf returns what process pid has used, with all its threads.
func UsageOf(pid int) (Usage, error) {
	var u Usage
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return u, fmt.Errorf("host: %w", err)
	}
	// The name, in parentheses, may hold anything; utime is the 12th field behind it.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	for _, f := range fields[11:13] {
		n, err := strconv.Atoi(f)
		if err != nil {
			return u, fmt.Errorf("host: process %d: %w", pid, err)
		}
		u.CPU += time.Duration(n) * tick
	}
	tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		return u, fmt.Errorf("host: %w", err)
	}
	for _, task := range tasks {
		u.Switches += field(fmt.Sprintf("/proc/%d/task/%s/status", pid, task.Name()), "voluntary_ctxt_switches")
	}
	u.Memory = field(fmt.Sprintf("/proc/%d/smaps_rollup", pid), "Pss") << 10
	return u, nil
}

// field returns a number in a file of lines "name: number"; 0 if it is not there.
func field(file, name string) int {
	b, err := os.ReadFile(file)
	if err != nil {
		return 0 // a thread that has ended
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			n, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
			return n
		}
	}
	return 0
}
