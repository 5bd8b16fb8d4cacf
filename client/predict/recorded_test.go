package predict

import (
	"bufio"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A recorded is a real program, as go run ./client/predict/record has recorded it: it
// answers each key of the script, when that arrives, as it did then.
type recorded struct {
	keys   []string // "" is a pause
	first  []piece  // printed before any key
	pieces [][]piece
	at     int  // keys taken
	tty    Hint // how the terminal is read now
}

// readRecording reads a recording from testdata/sessions.
func readRecording(t *testing.T, name string) *recorded {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "sessions", name+".rec"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := &recorded{}
	var modes *Hint
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		word, rest, _ := strings.Cut(lines.Text(), " ")
		switch word {
		case "#":
		case "pause":
			r.keys = append(r.keys, "")
		case "key":
			key, err := strconv.Unquote(rest)
			if err != nil {
				t.Fatalf("%s:%d: %v", name, n, err)
			}
			r.keys = append(r.keys, key)
			r.pieces = append(r.pieces, nil)
		case "out":
			ms, quoted, _ := strings.Cut(rest, " ")
			after, err := strconv.Atoi(ms)
			text, err2 := strconv.Unquote(quoted)
			if err != nil || err2 != nil {
				t.Fatalf("%s:%d: %v %v", name, n, err, err2)
			}
			r.add(piece{after: time.Duration(after) * time.Millisecond, text: text, tty: modes})
			modes = nil
		case "tty":
			modes = &Hint{}
			if _, err := fmt.Sscanf(rest, "%q canonical=%t echo=%t controls=%t erase=%d kill=%d word=%d", &modes.Command,
				&modes.Canonical, &modes.Echo, &modes.Controls, &modes.Erase, &modes.Kill, &modes.WordErase); err != nil {
				t.Fatalf("%s:%d: %v", name, n, err)
			}
		default:
			t.Fatalf("%s:%d: unknown line", name, n)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *recorded) add(p piece) {
	if len(r.pieces) == 0 {
		r.first = append(r.first, p)
		return
	}
	last := &r.pieces[len(r.pieces)-1]
	*last = append(*last, p)
}

// fresh returns a program that has not run yet.
func (r *recorded) fresh() program {
	p := *r
	for _, piece := range r.first { // it has started long since
		if piece.tty != nil {
			p.tty = *piece.tty
		}
	}
	return &p
}

func (r *recorded) start(out *output) {
	for _, p := range r.first {
		out.print(p.text)
	}
}

func (r *recorded) input(_ string, out *output) {
	out.pieces = append(out.pieces, r.pieces[r.at]...)
	r.at++
}

func (r *recorded) printed(p piece) {
	if p.tty != nil {
		r.tty = *p.tty
	}
}

func (r *recorded) reads(bool) Hint { return r.tty }

// recordings are the sessions in testdata/sessions, and how many of a hundred keys may be
// followed by something wrong, if not the 0.5 of all others.
var recordings = []struct {
	name  string
	wrong float64
}{
	{"bash", 0}, {"bash-bottom", 0}, {"bash-wrap", 0}, {"bash-cjk", 0}, {"bash-secret", 0}, {"dash", 0}, {"zsh", 0}, {"fish", 0}, {"cat", 0},
	{"vim", 0}, {"vim-code", 0}, {"nano", 0}, {"less", 0}, {"python", 0}, {"psql", 0}, {"sqlite", 0}, {"bc", 0}, {"tmux", 0}, {"mc", 0}, {"dialog", 0},
}

var recordedPaths = []struct {
	name string
	path path
}{
	{"1ms", path{delay: 500 * time.Microsecond}},
	{"100ms", path{delay: 50 * time.Millisecond}},
	{"100ms-loss", path{delay: 50 * time.Millisecond, loss: 0.29}},
	{"500ms", path{delay: 250 * time.Millisecond}},
	{"2s-loss", path{delay: time.Second, loss: 0.05}},
}

// TestRecorded replays recorded sessions, and prints the table of docs/prediction.md.
func TestRecorded(t *testing.T) {
	var table strings.Builder
	for _, rec := range recordings {
		r := readRecording(t, rec.name)
		for i, way := range recordedPaths {
			keys := typing(rand.New(rand.NewSource(int64(i))), r.keys)
			way.path.hints = true
			told := simulate(1, way.path, New(Options{Ahead: true}), r.fresh, keys)
			way.path.hints = false
			stock := simulate(1, way.path, New(Options{Ahead: true}), r.fresh, keys)
			ref := simulate(1, way.path, newReference(), r.fresh, keys)
			fmt.Fprintf(&table, "| %s | %s | %d | %.1f / %.1f | %.1f / %.1f | %.1f / %.1f |\n", rec.name, way.name, told.keys,
				100*told.share(), 100*told.faults(), 100*stock.share(), 100*stock.faults(), 100*ref.share(), 100*ref.faults())
			if told.leaked > 0 || stock.leaked > ref.leaked {
				t.Errorf("%s at %s: %d keys of a secret shown, with a stock server %d, the reference %d", rec.name, way.name, told.leaked, stock.leaked, ref.leaked)
			}
			if most := max(rec.wrong, 0.5); 100*told.faults() > most || 100*stock.faults() > most && stock.faults() > ref.faults() {
				t.Errorf("%s at %s: wrong after %.2f %% of the keys, with a stock server %.2f %%", rec.name, way.name, 100*told.faults(), 100*stock.faults())
			}
			slow := way.path.delay > 20*time.Millisecond // else the echo is as good, and without hints it is waited for
			if told.share() < stock.share() || slow && stock.share() < ref.share() {
				t.Errorf("%s at %s: at once %.3f, with a stock server %.3f, the reference %.3f", rec.name, way.name, told.share(), stock.share(), ref.share())
			}
		}
	}
	t.Logf("\n%s", table.String())
}

// TestRecordedOnBadPaths replays them over paths that are not those by which the rules
// were made.
func TestRecordedOnBadPaths(t *testing.T) {
	for _, rec := range recordings {
		r := readRecording(t, rec.name)
		for i, way := range []path{
			{delay: 300 * time.Millisecond, jitter: 120 * time.Millisecond, loss: 0.02},                              // a satellite
			{delay: 40 * time.Millisecond, loss: 0.2, burst: 700 * time.Millisecond},                                 // a moving train
			{delay: 30 * time.Millisecond, bloat: 1500 * time.Millisecond, jitter: 20 * time.Millisecond},            // a queue that fills
			{delay: 600 * time.Millisecond, loss: 0.1, burst: 300 * time.Millisecond, jitter: 80 * time.Millisecond}, // all of it
			{delay: 5 * time.Millisecond, jitter: 60 * time.Millisecond},
		} {
			for _, way.hints = range []bool{true, false} {
				keys := typing(rand.New(rand.NewSource(int64(10+i))), r.keys)
				f := simulate(int64(i), way, New(Options{Ahead: true}), r.fresh, keys)
				if f.leaked > 0 || f.faults() > 0.005 {
					t.Errorf("%s at %+v: %.1f %% at once, wrong after %.2f %%, %d keys of a secret shown", rec.name, way, 100*f.share(), 100*f.faults(), f.leaked)
				}
			}
		}
	}
}

// secret reports whether a line is read without echo, by the kernel or by the program of
// bash-secret, whose second secret is read key by key.
func (r *recorded) secret() bool {
	if r.at == 0 || r.tty.Echo || r.tty.Command != "bash" {
		return false
	}
	return r.tty.Canonical
}
