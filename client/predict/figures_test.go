package predict

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"time"
)

// keysOf splits text into keys: characters, and sequences in braces.
func keysOf(text string) []string {
	var keys []string
	for len(text) > 0 {
		if text[0] == '{' {
			end := strings.IndexByte(text, '}')
			keys = append(keys, namedKeys[text[1:end]])
			text = text[end+1:]
			continue
		}
		r := []rune(text)[0]
		keys = append(keys, string(r))
		text = text[len(string(r)):]
	}
	return keys
}

var namedKeys = map[string]string{
	"CR": "\r", "BS": "\x7f", "ESC": "\x1b", "L": "\x1b[D", "R": "\x1b[C", "HOME": "\x01", "END": "\x05",
	"WAIT": "", "KILL": "\x15", "WORD": "\x17", "TAIL": "\x0b", "DEL": "\x1b[3~",
}

// A workload is a program and what is typed at it.
type workload struct {
	name  string
	fresh func() program
	text  string
}

var shellLines = strings.Repeat("ls -la /usr/shra{BS}{BS}are{CR}cd projects && git status{CR}grep -n  main *.go{CR}echo hello world{L}{L}{L}X{CR}", 4)

var workloads = []workload{
	{"cooked", func() program { return &cooked{} }, strings.Repeat("the quick brown fx{BS}ox jumps{CR}", 8)},
	{"shell", func() program { return &shell{prompt: "me@host:~$ "} }, shellLines},
	{"shell-calm", func() program { return &shell{prompt: "me@host:~$ ", lines: 2} }, strings.ReplaceAll(shellLines, "{CR}", "{CR}{WAIT}")},
	{"shell-output", func() program { return &shell{prompt: "me@host:~$ ", lines: 3, think: 30 * time.Millisecond} }, shellLines},
	{"shell-right", func() program { return &shell{prompt: "% ", right: "12:00 main"} }, shellLines},
	{"shell-offer", func() program { return &shell{prompt: "> ", offer: "ls -la /usr/share/doc"} }, shellLines},
	{"shell-slow", func() program { return &shell{prompt: "me@host:~$ ", slow: 90 * time.Millisecond} }, shellLines},
	{"shell-edit", func() program { return &shell{prompt: "me@host:~$ "} },
		strings.Repeat("tar cf x.tar files{HOME}sudo {END} more{WORD}less{L}{L}{R}{DEL}a{HOME}{TAIL}done{KILL}echo x{CR}", 4)},
	{"shell-wide", func() program { return &shell{prompt: "me@host:~$ "} }, strings.Repeat("echo 漢字かな é ñ{BS}{BS}語{CR}", 6)},
	{"shell-long", func() program { return &cooked{} }, strings.Repeat(strings.Repeat("a long line that goes on ", 5)+"{CR}", 4)},
	{"vi", func() program { return &editor{} }, "jjo" + strings.Repeat("some text typed here{BS}{BS}{BS}ere{CR}", 4) + "{ESC}kkxxjli" + "more words{ESC}hhhkkjxA and the end{ESC}"},
	{"pager", func() program { return &pager{} }, strings.Repeat("jjjk  jkjj  k", 6)},
	{"password", func() program { return &vault{shell: shell{prompt: "$ "}} }, strings.Repeat("echo one{CR}su{CR}hunter2Q{CR}ls{CR}", 3)},
	{"doubler", func() program { return &doubler{} }, strings.Repeat("hello all is well{CR}", 6)},
}

var paths = []struct {
	name string
	path path
}{
	{"50ms", path{delay: 25 * time.Millisecond}},
	{"100ms", path{delay: 50 * time.Millisecond}},
	{"300ms", path{delay: 150 * time.Millisecond}},
	{"500ms-loss", path{delay: 250 * time.Millisecond, loss: 0.05}},
	{"1200ms", path{delay: 600 * time.Millisecond}},
}

// TestFigures measures the share of keys that are shown at once and of those
// after which something wrong is painted, beside the reference, which it must
// not fall behind.
func TestFigures(t *testing.T) {
	var table strings.Builder
	for _, w := range workloads {
		for i, way := range paths {
			keys := typing(rand.New(rand.NewSource(int64(i))), keysOf(w.text))
			ours := simulate(1, way.path, New(Options{Mode: Always}), w.fresh, keys)
			way.path.hints = true
			told := simulate(1, way.path, New(Options{Ahead: true}), w.fresh, keys)
			way.path.hints = false
			ref := simulate(1, way.path, newReference(), w.fresh, keys)
			fmt.Fprintf(&table, "%-13s %-10s %4d keys  at once %5.1f%% (hints %5.1f%%, reference %5.1f%%)  wrong %5.2f%% (hints %5.2f%%, reference %5.2f%%)\n",
				w.name, way.name, ours.keys, 100*ours.share(), 100*told.share(), 100*ref.share(), 100*ours.faults(), 100*told.faults(), 100*ref.faults())
			if told.leaked > 0 {
				t.Errorf("%s at %s, hints: a guess showed while %d keys of a secret were typed", w.name, way.name, told.leaked)
			}
			if ours.leaked > ref.leaked {
				t.Errorf("%s at %s: a guess showed while %d keys of a secret were typed, reference %d", w.name, way.name, ours.leaked, ref.leaked)
			}
			if ours.share() < ref.share() || ours.faults() > ref.faults() {
				t.Errorf("%s at %s: at once %.3f, reference %.3f; wrong %.3f, reference %.3f",
					w.name, way.name, ours.share(), ref.share(), ours.faults(), ref.faults())
			}
		}
	}
	t.Logf("\n%s", table.String())
}
