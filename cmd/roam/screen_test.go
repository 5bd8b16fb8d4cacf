//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A screen is a real terminal, tmux, in which one program runs. Its tmux
// server is its own and ends with the test.
type screen struct {
	t      testing.TB
	socket string
	ticks  chan struct{} // the terminal got output; holds one, more add nothing
}

// patience is how long a screen waits for what must come. It bounds a failing
// test and judges no speed.
const patience = 60 * time.Second

// newScreen runs command, a line for sh, in a terminal of 80 by 24. When it ends, its
// status is shown as "status N".
func newScreen(t testing.TB, env []string, command string) *screen {
	t.Helper()
	dir, err := os.MkdirTemp("", "roam") // the path of a socket has to be short
	if err != nil {
		t.Fatal(err)
	}
	s := &screen{t: t, socket: filepath.Join(dir, "tmux"), ticks: make(chan struct{}, 1)}
	t.Cleanup(func() {
		exec.Command("tmux", "-S", s.socket, "kill-server").Run() // fails where nothing is left to end
		os.RemoveAll(dir)
	})
	fifo := filepath.Join(dir, "output")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	s.watch(fifo)
	script := filepath.Join(dir, "run")
	if err := os.WriteFile(script, []byte("read go\n"+command+"\necho \"status $?\"\nexec cat\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("tmux", "-S", s.socket, "-f", "/dev/null", "-u", "new-session", "-d", "-x", "80", "-y", "24", "sh", script)
	cmd.Env = append(env, "TERM=xterm-256color", "LANG=C.UTF-8", "SHELL=/bin/sh")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("tmux: %v\n%s", err, out)
	}
	s.tmux("set-option", "-g", "status", "off")
	s.tmux("pipe-pane", "-O", "exec cat >"+fifo)
	s.keys("Enter") // the command waits until its output is seen
	return s
}

// watch turns what is written to the pipe into ticks.
func (s *screen) watch(fifo string) {
	f, err := os.OpenFile(fifo, os.O_RDWR, 0) // for both, so that it never ends
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { f.Close() })
	go func() {
		buf := make([]byte, 64<<10)
		for {
			if _, err := f.Read(buf); err != nil {
				return // closed at the test's end
			}
			select {
			case s.ticks <- struct{}{}:
			default:
			}
		}
	}()
}

// tmux runs one command of tmux.
func (s *screen) tmux(args ...string) string {
	s.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-S", s.socket}, args...)...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("tmux %q: %v\n%s", args, err, out)
	}
	return string(out)
}

// text returns what the terminal shows.
func (s *screen) text() string { return s.tmux("capture-pane", "-p") }

// keys types keys by tmux's names, such as Enter and C-c.
func (s *screen) keys(names ...string) { s.tmux(append([]string{"send-keys"}, names...)...) }

// line types a line.
func (s *screen) line(text string) {
	s.tmux("send-keys", "-l", text)
	s.keys("Enter")
}

// wait waits until the terminal shows what the pattern describes; ^ and $ stand for
// the ends of lines.
func (s *screen) wait(pattern string) {
	s.t.Helper()
	re := regexp.MustCompile("(?m)" + pattern)
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		text := s.text()
		if re.MatchString(text) {
			return
		}
		select {
		case <-s.ticks:
		case <-deadline.C:
			s.t.Fatalf("the screen never showed %q; it shows\n%s", pattern, strings.TrimRight(text, "\n"))
		}
	}
}

// resize changes the size of the terminal.
func (s *screen) resize(cols, rows int) {
	s.tmux("resize-window", "-x", fmt.Sprint(cols), "-y", fmt.Sprint(rows))
}
