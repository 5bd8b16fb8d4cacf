package trial

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestTypedLinesComeOut plays strokes and wants the lines that were promised.
func TestTypedLinesComeOut(t *testing.T) {
	for seed := range uint64(20) {
		strokes, lines := typeLines(seed, 3, 40, ": ", true)
		var got []string
		line := ""
		erased := 0
		for _, s := range strokes {
			if s.gap < shortestGap || s.gap > longestGap {
				t.Errorf("a pause of %v", s.gap)
			}
			switch s.key {
			case 0:
			case enter:
				got, line = append(got, line), ""
			case erase:
				line = line[:len(line)-1]
				erased++
			default:
				line += string(rune(s.key))
			}
		}
		if !slices.Equal(got, lines) {
			t.Errorf("seed %d: typed %q, promised %q", seed, got, lines)
		}
		again, _ := typeLines(seed, 3, 40, ": ", true)
		if !slices.Equal(again, strokes) {
			t.Errorf("seed %d types differently the second time", seed)
		}
		if last := withoutLastEnter(strokes); last[len(last)-1].key == enter || last[len(last)-1].key == 0 {
			t.Error("the last enter is there")
		}
		if seed == 0 && erased == 0 {
			t.Error("no typo, so that the test shows little")
		}
	}
}

func TestSystemsAreFilledIn(t *testing.T) {
	h := &host{dir: "/d", roam: "/r/roam"}
	for _, s := range Systems() {
		h.sys = s
		all := slices.Concat(h.fill(s.Server, 7, "K"), h.fill(s.Client, 7, "K"), h.fill(s.Env, 7, "K"))
		for _, text := range s.Files {
			all = append(all, h.fill([]string{text}, 7, "K")...)
		}
		if joined := strings.Join(all, " "); strings.ContainsAny(joined, "{}") || s.Name == "" || s.Note == "" || s.ServerProgram == "" || s.ClientProgram == "" {
			t.Errorf("%s: %s", s.Name, joined)
		}
	}
}

func TestAnonymousMemory(t *testing.T) {
	const smaps = `00400000-00a00000 r-xp 00000000 fe:00 1234 /usr/bin/x
Private_Dirty:        40 kB
c000000000-c000400000 rw-p 00000000 00:00 0 [anon: Go: heap]
Rss:               900 kB
Private_Clean:       8 kB
Private_Dirty:     800 kB
VmFlags: rd wr mr
7ffc0000-7ffd0000 rw-p 00000000 00:00 0 [stack]
Private_Dirty:      12 kB
7f000000-7f001000 rw-p 00000000 fe:00 99 /lib/y-z.so
Private_Dirty:       4 kB
`
	file := filepath.Join(t.TempDir(), "smaps")
	if err := os.WriteFile(file, []byte(smaps), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := anonymousOf(file); got != 812 {
		t.Errorf("%d kB anonymous, want 812", got)
	}
	if got := sumFields(file, "Private_Clean:", "Private_Dirty:"); got != 864 {
		t.Errorf("%d kB private, want 864", got)
	}
}

func TestUseOfThisProcess(t *testing.T) {
	for begun := time.Now(); time.Since(begun) < 20*time.Millisecond; {
	}
	u := use([]int{os.Getpid(), 1 << 30}) // the second is none
	if u.processes != 2 || u.cpu <= 0 || u.peak == 0 {
		t.Errorf("used %+v", u)
	}
	if m := memoryOf([]int{os.Getpid()}); m.unique == 0 || m.anonymous == 0 || m.anonymous > m.resident || m.unique > m.proportional {
		t.Errorf("occupied %+v", m)
	}
}

func TestUnknownWorkload(t *testing.T) {
	err := Trial{Workloads: []string{"w99"}}.Run(t.Context())
	if err == nil || err.Error() != `trial: no workload is called "w99"` {
		t.Errorf("error %v", err)
	}
}

// FuzzReadRecords reads what should be a Log's lines, and writes what it read.
func FuzzReadRecords(f *testing.F) {
	f.Add([]byte(`{"system":"roam","scenario":"s0","workload":"w1","rep":0,"key":{"kind":"char","char":"a","at":1,"latency":2.5}}` + "\n"))
	f.Add([]byte(`{"system":"ssh","sum":{"seconds":1,"Values":{"leaked":0}}}{"key":null}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		records, err := ReadRecords(bytes.NewReader(b))
		if err != nil {
			return
		}
		var again bytes.Buffer
		l := NewLog(&again)
		for _, r := range records {
			l.add(r)
		}
		if _, err := l.Records(); err != nil {
			t.Fatal(err)
		}
		if read, err := ReadRecords(&again); err != nil || len(read) != len(records) {
			t.Errorf("%d records became %d: %v", len(records), len(read), err)
		}
	})
}
