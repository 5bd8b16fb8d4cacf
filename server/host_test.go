//go:build unix

package server

import (
	"bytes"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"roam/terminal"
)

// A hostTest drives a host as the loop does.
type hostTest struct {
	t *testing.T
	*host
}

// startHost runs a shell script on a host of 80x24.
func startHost(t *testing.T, script string) *hostTest {
	t.Helper()
	return startCommand(t, "/bin/sh", "sh", "-c", script)
}

func startCommand(t *testing.T, path string, argv ...string) *hostTest {
	t.Helper()
	h := &hostTest{t, newHost(80, 24, terminal.Options{})}
	cfg := &daemonConfig{Name: StockName, Path: path, Argv: argv, Env: []string{"PATH=/bin:/usr/bin", "TERM=xterm"}, Dir: "/"}
	if err := h.start(cfg, func(f func()) { go f() }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.hangUp)
	return h
}

// until takes what happens to the host until done says so. The test's own time-out
// is the limit.
func (h *hostTest) until(done func() bool) {
	h.t.Helper()
	for !done() {
		output := h.output
		if h.drained {
			output = nil
		}
		var timer <-chan time.Time
		if _, next := h.over(time.Now()); !next.IsZero() {
			timer = time.After(time.Until(next))
		}
		select {
		case <-timer:
		case b, ok := <-output:
			if !ok {
				h.drained = true
				h.noteEnd(time.Now())
				break
			}
			h.print(b, time.Now())
		case b := <-h.input.done:
			h.input.written(b)
		case h.code = <-h.exited:
			h.ended = true
			h.noteEnd(time.Now())
		}
	}
}

func (h *hostTest) isOver() bool {
	over, _ := h.over(time.Now())
	return over
}

// shows returns a condition: the screen has the text.
func (h *hostTest) shows(text string) func() bool {
	return func() bool { return strings.Contains(screenText(h.em.Snapshot()), text) }
}

// screenText returns what a screen shows, a line for each row.
func screenText(s *terminal.Screen) string {
	var b strings.Builder
	cols, rows := s.Size()
	for y := range rows {
		var line []byte
		for x := range cols {
			line = s.Row(y).AppendText(line, x)
		}
		b.WriteString(strings.TrimRight(string(line), " ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

func TestHostEnds(t *testing.T) {
	for _, tt := range []struct {
		script string
		want   exitCode
	}{
		{"exit 0", exitCode{}},
		{"exit 7", exitCode{status: 7}},
		{"kill -KILL $$", exitCode{status: 137, signal: "KILL"}},
		{"kill -TERM $$", exitCode{status: 143, signal: "TERM"}},
	} {
		h := startHost(t, "echo before; "+tt.script)
		h.until(h.isOver)
		if h.code != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.script, h.code, tt.want)
		}
		if got := screenText(h.em.Snapshot()); got != "before" {
			t.Errorf("%s: the screen is %q", tt.script, got)
		}
	}
}

func TestHostShowsWhyTheProgramDoesNotStart(t *testing.T) {
	h := startCommand(t, "no-such-program", "no-such-program")
	h.until(h.isOver)
	if h.code.status != notFound || h.problem == "" {
		t.Errorf("code %+v, problem %q", h.code, h.problem)
	}
	if got := screenText(h.em.Snapshot()); !strings.Contains(got, "mosh-server: cannot start no-such-program: no such file or directory") {
		t.Errorf("the screen is %q", got)
	}
}

// All that the program said is on the screen, though it ended at once.
func TestHostDrainsOutput(t *testing.T) {
	h := startHost(t, "seq 1 20000; echo the end")
	h.until(h.isOver)
	if got := screenText(h.em.Snapshot()); !strings.HasSuffix(got, "19999\n20000\nthe end") {
		t.Errorf("the screen ends with %q", got[max(0, len(got)-40):])
	}
}

// The clock does not overtake output: on a busy machine the loop may hear of it late.
func TestHostWaitsForOutputOnItsWay(t *testing.T) {
	h := startHost(t, "sleep 10 & echo last")
	h.code = <-h.exited
	h.ended = true
	h.noteEnd(time.Now())
	for len(h.output) == 0 {
		runtime.Gosched()
	}
	late := h.endedAt.Add(2 * drainQuiet)
	if over, next := h.over(late); over || !next.Equal(late.Add(pendingPause)) {
		t.Errorf("over %v, next look at %v", over, next.Sub(late))
	}
	if over, _ := h.over(h.endedAt.Add(drainTime)); !over {
		t.Error("output that nobody takes holds the end up for ever")
	}
	h.until(h.isOver)
	if !h.shows("last")() {
		t.Errorf("the screen is %q", screenText(h.em.Snapshot()))
	}
}

// A program in the background that has the terminal open does not keep the session
// from ending when the shell does, as with ssh.
func TestHostEndsWithItsShell(t *testing.T) {
	h := startHost(t, "trap '' HUP; sleep 1000 & echo $! started; exit 3")
	h.until(h.isOver)
	if h.code.status != 3 {
		t.Errorf("code %+v, want 3", h.code)
	}
	var pid int
	if _, err := fmt.Sscanf(screenText(h.em.Snapshot()), "%d started", &pid); err != nil {
		t.Fatalf("the screen is %q", screenText(h.em.Snapshot()))
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Errorf("what ran in the background: %v", err)
	}
}

func TestHostOver(t *testing.T) {
	now := time.Unix(1000, 0)
	for _, tt := range []struct {
		name           string
		ended, drained bool
		printed, after time.Duration // since the end
		want           bool
	}{
		{"running", false, false, 0, time.Hour, false},
		{"ended and drained", true, true, 0, 0, true},
		{"ended, output may come", true, false, -time.Hour, drainQuiet - 1, false},
		{"ended, something holds the terminal", true, false, -time.Hour, drainQuiet, true},
		{"ended, output came", true, false, time.Second, time.Second + drainQuiet - 1, false},
		{"and no more", true, false, time.Second, time.Second + drainQuiet, true},
		{"something goes on talking", true, false, drainTime, drainTime, true},
		{"the terminal was closed, the program runs", false, true, 0, drainTime - 1, false},
		{"and goes on", false, true, 0, drainTime, true},
	} {
		h := &host{ended: tt.ended, drained: tt.drained, endedAt: now, printedAt: now.Add(tt.printed)}
		if got, _ := h.over(now.Add(tt.after)); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestHostEnvironment(t *testing.T) {
	h := startHost(t, `stty size; stty -a | tr ' ' '\n' | grep iutf8; tty >/dev/null && echo a terminal; ps -o sid=,pid= -p $$ | { read sid pid; [ $sid = $pid ] && echo leader; }; : </dev/tty && echo controlling; trap`)
	h.until(h.isOver)
	if got, want := screenText(h.em.Snapshot()), "24 80\niutf8\na terminal\nleader\ncontrolling"; got != want {
		t.Errorf("the screen is\n%s\nwant\n%s", got, want)
	}
}

func TestHostResize(t *testing.T) {
	h := startHost(t, "trap 'stty size; exit' WINCH; echo ready; while :; do read x; done")
	h.until(h.shows("ready"))
	if err := h.resize(132, 50); err != nil {
		t.Fatal(err)
	}
	h.until(h.shows("50 132"))
	if cols, rows := h.em.Snapshot().Size(); cols != 132 || rows != 50 {
		t.Errorf("the emulator is %dx%d", cols, rows)
	}
	h.until(h.isOver)
}

func TestHostHangsUp(t *testing.T) {
	// A shell cannot trap what was ignored when it began, as under nohup. The server
	// catches the signal (newDaemon), so that its programs begin with the default.
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, syscall.SIGHUP)
	defer signal.Stop(heard)
	out := t.TempDir() + "/out"
	h := startHost(t, "trap 'echo hup >"+out+"; kill $!; exit 0' HUP; echo ready; while :; do sleep 1000 & wait; done")
	h.until(h.shows("ready"))
	h.hangUp()
	if code := <-h.exited; code != (exitCode{}) {
		t.Errorf("code %+v", code)
	}
	if b, err := os.ReadFile(out); err != nil || string(b) != "hup\n" {
		t.Errorf("the program was not told: %q, %v", b, err)
	}
	h.hangUp() // again
}

// A program that asks its terminal is answered.
func TestHostAnswers(t *testing.T) {
	h := startHost(t, `stty raw -echo; printf '\033[6n'; x=$(dd bs=1 count=6 2>/dev/null | od -An -c); stty sane; echo $x`)
	h.until(h.isOver)
	if got, want := screenText(h.em.Snapshot()), `033 [ 1 ; 1 R`; got != want {
		t.Errorf("the program read %q, want %q", got, want)
	}
}

// The classic deadlock: a program writes without end and does not read, while
// much input comes. Neither may wait for the other here.
func TestHostDoesNotDeadlock(t *testing.T) {
	h := startHost(t, `stty raw -echo; echo ready; dd bs=1 count=1 >/dev/null 2>&1; seq 1 100000; stty onlcr opost; echo; dd bs=1000 count=2000 iflag=fullblock 2>/dev/null | cksum; echo bye`)
	h.until(h.shows("ready"))
	h.input.write([]byte("x"))
	input := bytes.Repeat([]byte("0123456789"), 200_000)
	for b := input; len(b) > 0; b = b[1000:] {
		h.input.write(b[:1000])
	}
	if h.input.len() < 1<<20 {
		t.Errorf("only %d bytes wait: the program did not have the time to read them", h.input.len())
	}
	h.until(h.isOver)
	if got := screenText(h.em.Snapshot()); !strings.HasSuffix(got, " 2000000\nbye") {
		t.Errorf("the screen ends with\n%s", got)
	}
}

// Questions of a program that does not read the answers do not pile up.
func TestHostDropsAnswersNobodyReads(t *testing.T) {
	h := startHost(t, `stty raw -echo; yes "$(printf '\033[c')" | head -c 8000000; echo; echo done; sleep 1000`)
	h.until(h.shows("done"))
	if got := h.input.len(); got > maxReplies+readSize*32 {
		t.Errorf("%d bytes of answers wait", got)
	}
}

func TestCoreLimit(t *testing.T) {
	before := currentCoreLimit()
	if before == nil {
		t.Fatal("no limit of core dumps")
	}
	defer setCore(before.Cur, before.Max)
	forbidCore(before)
	if got := currentCoreLimit().Cur; got != 0 {
		t.Errorf("the limit is %d, want 0", got)
	}
	user := &coreLimit{Cur: min(12345, before.Max), Max: before.Max}
	err := withCoreLimit(user, func() error {
		if got := currentCoreLimit().Cur; got != user.Cur {
			t.Errorf("the program would get the limit %d, want %d", got, user.Cur)
		}
		return nil
	})
	if got := currentCoreLimit().Cur; err != nil || got != 0 {
		t.Errorf("afterwards the limit is %d, want 0 (%v)", got, err)
	}
}
