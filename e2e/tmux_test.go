//go:build linux

package e2e

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A tmux is a tmux server of a test's own, driven through its control mode. Its
// windows are terminals of a fixed size, whose screens can be read.
type tmux struct {
	t       testing.TB
	socket  string
	in      io.WriteCloser
	replies chan reply
	ticks   chan struct{} // some terminal got output; holds one, more add nothing
}

// A reply is what one command of tmux gave.
type reply struct {
	lines  []string
	failed bool
}

// tmuxOptions make terminals that stay as they are: no status line, no sizes or names
// that change by themselves, and a window that stays when its program ends.
var tmuxOptions = []string{
	"default-terminal tmux-256color", "default-size 80x24", "status off", "remain-on-exit on",
	"allow-rename off", "automatic-rename off", "escape-time 0",
}

// cleanEnv is the environment of everything that a test starts, with home as home
// directory, so that it does not depend on who runs the test.
func cleanEnv(home string) []string {
	return []string{
		"PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME=" + home, "LANG=C.UTF-8", "SHELL=/bin/sh",
		"TERM=xterm-256color", "COLORTERM=truecolor", "USER=" + os.Getenv("USER"), "XDG_RUNTIME_DIR=" + home,
	}
}

// newTmux starts a tmux server that ends with the test.
func newTmux(t testing.TB) *tmux {
	t.Helper()
	tmuxPath := program(t, "tmux", "tmux")
	dir, err := os.MkdirTemp("", "e2e") // the path of a socket has to be short
	if err != nil {
		t.Fatal(err)
	}
	x := &tmux{t: t, socket: filepath.Join(dir, "tmux"), replies: make(chan reply, 64), ticks: make(chan struct{}, 1)}
	cmd := exec.Command(tmuxPath, "-S", x.socket, "-u", "-f", "/dev/null", "-C", "new-session", "-x", "80", "-y", "24", "cat")
	cmd.Env = cleanEnv(dir)
	if x.in, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		x.read(out)
	}()
	t.Cleanup(func() {
		exec.Command(tmuxPath, "-S", x.socket, "kill-server").Run() // fails where nothing is left to end
		x.in.Close()
		<-done
		cmd.Wait()
		os.RemoveAll(dir)
	})
	x.next() // new-session's own
	for _, option := range tmuxOptions {
		x.do("set-option -g " + option)
	}
	return x
}

// read turns what tmux writes into replies and ticks.
func (x *tmux) read(out io.Reader) {
	lines := bufio.NewReaderSize(out, 1<<20)
	var block *reply
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			close(x.replies)
			return
		}
		line = strings.TrimSuffix(line, "\n")
		switch {
		case block == nil && strings.HasPrefix(line, "%begin "):
			block = &reply{}
		case block != nil && (strings.HasPrefix(line, "%end ") || strings.HasPrefix(line, "%error ")):
			block.failed = line[1] == 'e' && line[2] == 'r'
			x.replies <- *block
			block = nil
		case block != nil:
			block.lines = append(block.lines, line)
		case strings.HasPrefix(line, "%output "):
			select {
			case x.ticks <- struct{}{}:
			default:
			}
		}
	}
}

// next returns the reply to the oldest command that has none yet.
func (x *tmux) next() reply {
	x.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	select {
	case r, ok := <-x.replies:
		if !ok {
			x.t.Fatal("tmux has ended")
		}
		return r
	case <-deadline.C:
		x.t.Fatal("tmux does not answer")
	}
	return reply{}
}

// do runs one command of tmux, as in its configuration file.
func (x *tmux) do(command string) []string {
	x.t.Helper()
	if _, err := io.WriteString(x.in, command+"\n"); err != nil {
		x.t.Fatalf("tmux: %v", err)
	}
	r := x.next()
	if r.failed {
		x.t.Fatalf("tmux: %s: %s", command, strings.Join(r.lines, "\n"))
	}
	return r.lines
}

// A pane is one terminal.
type pane struct {
	x    *tmux
	id   string
	name string // for messages
}

// open runs a command line of sh in a new terminal of 80 by 24 cells.
func (x *tmux) open(name, command string) *pane {
	x.t.Helper()
	out := x.do("new-window -d -P -F '#{pane_id}' " + quote(command))
	p := &pane{x: x, id: out[0], name: name}
	x.do("select-pane -T '' -t " + p.id) // tmux would give it the host's name
	p.resize(80, 24)                     // and it keeps that size; the option window-size makes tmux 3.3 crash
	return p
}

// quote quotes a word for tmux and for sh.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// keys presses keys by tmux's names, such as Enter and C-c.
func (p *pane) keys(names ...string) {
	p.x.t.Helper()
	p.x.do("send-keys -t " + p.id + " " + strings.Join(names, " "))
}

// bytes types bytes as they are.
func (p *pane) bytes(b string) {
	p.x.t.Helper()
	p.x.do(fmt.Sprintf("send-keys -t %s -H % x", p.id, b))
}

// resize changes the size of the terminal.
func (p *pane) resize(cols, rows int) {
	p.x.t.Helper()
	p.x.do(fmt.Sprintf("resize-window -t %s -x %d -y %d", p.id, cols, rows))
}

// stateFormat is what is compared beside the cells.
const stateFormat = "#{cursor_x} #{cursor_y} #{cursor_flag} #{pane_width} #{pane_height} " +
	"#{mouse_standard_flag}#{mouse_button_flag}#{mouse_all_flag}#{mouse_utf8_flag}#{mouse_sgr_flag} #{pane_title}"

// screen returns what the terminal shows.
func (p *pane) screen() *screen {
	p.x.t.Helper()
	cells := p.x.do("capture-pane -e -p -N -t " + p.id)
	state := strings.SplitN(strings.Join(p.x.do("display-message -p -t "+p.id+" '"+stateFormat+"'"), ""), " ", 7)
	s := &screen{name: p.name}
	var n [5]int
	for i := range n {
		n[i], _ = strconv.Atoi(state[i])
	}
	// A cursor that waits behind the last column to wrap is drawn in it.
	s.col, s.row, s.visible, s.cols, s.height = min(n[0], n[3]-1), n[1], n[2] == 1, n[3], n[4]
	s.mouse, s.title = state[5], state[6]
	s.parse(cells)
	return s
}

// text returns the terminal's text without attributes.
func (p *pane) text() string {
	p.x.t.Helper()
	return strings.Join(p.x.do("capture-pane -p -t "+p.id), "\n")
}

// wait waits until done says yes about the terminals of x, and fails with what
// complain returns if that never happens.
func (x *tmux) wait(done func() bool, complain func() string) {
	x.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	// Not every change of a screen comes with output: sizes do not.
	again := time.NewTicker(200 * time.Millisecond)
	defer again.Stop()
	for !done() {
		select {
		case <-x.ticks:
		case <-again.C:
		case <-deadline.C:
			x.t.Fatal(complain())
		}
	}
}

// quietTime is how long no terminal gets output before a step counts as done: programs
// draw in several writes.
const quietTime = 60 * time.Millisecond

// quiet waits until no terminal gets any more output.
func (x *tmux) quiet() {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	silence := time.NewTimer(quietTime)
	defer silence.Stop()
	for {
		select {
		case <-x.ticks:
			silence.Reset(quietTime)
		case <-silence.C:
			return
		case <-deadline.C: // one that never rests is compared as it is
			return
		}
	}
}

// expect waits until the terminal shows what the pattern describes; ^ and $ stand for
// the ends of lines.
func (p *pane) expect(pattern string) {
	p.x.t.Helper()
	re := lines(pattern)
	p.x.wait(func() bool { return re.MatchString(p.text()) }, func() string {
		return fmt.Sprintf("%s never showed %q; it shows\n%s", p.name, pattern, strings.TrimRight(p.text(), "\n"))
	})
}
