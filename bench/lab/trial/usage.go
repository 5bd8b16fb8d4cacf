package trial

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"roam/bench/lab/netpath"
)

// A usage is what the processes of a program in a namespace have used.
type usage struct {
	processes int
	cpu       time.Duration
	peak      int // kB, of the largest process
}

// pidsOf returns the processes in a namespace whose program's name begins with
// program, but for those to skip.
func pidsOf(ns, program string, skip map[int]bool) (pids []int) {
	for _, pid := range netpath.PIDs(ns) {
		exe, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
		if err == nil && !skip[pid] && strings.HasPrefix(filepath.Base(exe), program) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// use sums up what processes have used. One that is gone counts nothing.
func use(pids []int) (u usage) {
	for _, pid := range pids {
		u.processes++
		tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid)) // the pattern is well-formed
		for _, task := range tasks {
			b, _ := os.ReadFile(task) // ns on a processor come first
			words := strings.Fields(string(b))
			if len(words) > 0 {
				ns, _ := strconv.ParseInt(words[0], 10, 64)
				u.cpu += time.Duration(ns)
			}
		}
		u.peak = max(u.peak, sumFields(fmt.Sprintf("/proc/%d/status", pid), "VmHWM:"))
	}
	return u
}

// A memory is what processes occupy, in kB.
type memory struct {
	resident     int
	proportional int // with their share of what others use too (PSS)
	unique       int // what would be free if they ended (USS)
	anonymous    int // private and dirty in mappings of no file
}

func memoryOf(pids []int) (m memory) {
	for _, pid := range pids {
		rollup := fmt.Sprintf("/proc/%d/smaps_rollup", pid)
		m.resident += sumFields(rollup, "Rss:")
		m.proportional += sumFields(rollup, "Pss:")
		m.unique += sumFields(rollup, "Private_Clean:", "Private_Dirty:")
		m.anonymous += anonymousOf(fmt.Sprintf("/proc/%d/smaps", pid))
	}
	return m
}

// anonymousOf adds up the private dirty pages of mappings without a file.
func anonymousOf(smaps string) (kB int) {
	f, err := os.Open(smaps)
	if err != nil {
		return 0
	}
	defer f.Close()
	ofFile := false
	for lines := bufio.NewScanner(f); lines.Scan(); {
		words := strings.Fields(lines.Text())
		switch {
		case len(words) >= 5 && strings.Contains(words[0], "-"): // a mapping begins: range, modes, offset, device, inode, name
			ofFile = words[4] != "0"
		case len(words) >= 2 && words[0] == "Private_Dirty:" && !ofFile:
			n, _ := strconv.Atoi(words[1])
			kB += n
		}
	}
	return kB
}

// sumFields adds up the named numbers in a file of lines "name number".
func sumFields(file string, names ...string) (sum int) {
	b, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		words := strings.Fields(line)
		for _, name := range names {
			if len(words) >= 2 && words[0] == name {
				n, _ := strconv.Atoi(words[1])
				sum += n
			}
		}
	}
	return sum
}

// Load returns the machine's load of the last minute, 0 where it is not known.
func Load() float64 {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(b), " ")
	load, _ := strconv.ParseFloat(first, 64)
	return load
}
