package client

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"roam/crypto"
	"roam/terminal"
)

// The tests of this file need the programs mosh-server, bash, vim and tmux. They fail
// where one is missing: what is not tested does not pass.

// A stockServer is a running mosh-server.
type stockServer struct {
	port string
	key  crypto.Key
	pid  int
}

var (
	connectLine  = regexp.MustCompile(`(?m)^MOSH CONNECT (\d+) ([A-Za-z0-9/+]{22})\s*$`)
	detachedLine = regexp.MustCompile(`detached, pid = (\d+)`)
)

// startStock starts mosh-server with a plain shell, and ends it with the test.
func startStock(t *testing.T) *stockServer {
	t.Helper()
	cmd := exec.Command("mosh-server", "new", "-i", "127.0.0.1", "-c", "256", "--", "bash", "--norc", "--noprofile")
	cmd.Env = []string{"LANG=C.UTF-8", "PATH=" + os.Getenv("PATH"), "PS1=$ ", "HISTFILE=/dev/null", "HOME=" + t.TempDir(), "SHELL=/bin/bash"}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	connect, detached := connectLine.FindSubmatch(out), detachedLine.FindStringSubmatch(stderr.String())
	if err != nil || connect == nil || detached == nil {
		t.Fatalf("mosh-server: %v\n%s%s", err, out, stderr.String())
	}
	s := &stockServer{port: string(connect[1])}
	if s.key, err = crypto.ParseKey(string(connect[2])); err != nil {
		t.Fatal(err)
	}
	s.pid, _ = strconv.Atoi(detached[1])
	t.Cleanup(func() { syscall.Kill(s.pid, syscall.SIGKILL) })
	return s
}

// attach runs our client on a terminal.
func (s *stockServer) attach(t *testing.T) *ptyClient {
	t.Helper()
	c := startClient(t, clientCommand("main", s.key, "127.0.0.1", s.port), nil)
	c.waitText("\n$")
	return c
}

// gone waits until the server has ended.
func (s *stockServer) gone(t *testing.T) {
	t.Helper()
	limit := time.After(patience)
	for syscall.Kill(s.pid, 0) == nil && !isZombie(s.pid) {
		select {
		case <-limit:
			t.Fatal("the server goes on")
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func isZombie(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || strings.Contains(string(stat), ") Z ")
}

func TestStockSession(t *testing.T) {
	s := startStock(t)
	c := s.attach(t)
	c.typeKeys("echo ready$((40+2)) $TERM\r")
	c.waitText("ready42 xterm-256color")

	c.typeKeys("echo 漢字 é e\u0301 😀 | tr -d '|'\r")
	c.waitFor("wide characters", func(s *terminal.Screen, _ string) bool {
		return strings.Contains(screenText(s), "\n漢字 é e\u0301 😀\n")
	})

	c.mu.Lock()
	c.emu.Resize(100, 30)
	c.mu.Unlock()
	pty.Setsize(c.ptmx, &pty.Winsize{Cols: 100, Rows: 30})
	c.typeKeys("clear; until [ \"$(stty size)\" = '30 100' ]; do :; done; echo resized$((1+1))\r")
	c.waitText("resized2")

	c.typeKeys("seq 1 20000; echo done$((1+1))\r")
	c.waitFor("the end of much output", func(s *terminal.Screen, _ string) bool {
		return strings.Contains(screenText(s), "19999\n20000\ndone2\n$")
	})

	c.typeKeys("printf '\\033]52;c;?\\a'; echo asked$((1+1))\r")
	c.waitFor("the question passed over", func(s *terminal.Screen, out string) bool {
		return strings.Contains(screenText(s), "asked2") && !strings.Contains(out, "\x1b]52;c;?")
	})

	c.typeKeys("vim -u NONE -N\r")
	c.waitText("~\n~\n~\n")
	c.typeKeys("ihello vim\x1b")
	c.waitText("hello vim")
	c.typeKeys("yyp0x")
	c.waitText("hello vim\nello vim\n")
	c.typeKeys(":q!\r")
	c.waitText("$")

	c.typeKeys("\x1e.")
	c.wantExit(0)
	c.wantRestored()
	c.waitText("[mosh is exiting.]")
	s.gone(t)
}

// TestStockPaste sends a long paste, of which each line arrives.
func TestStockPaste(t *testing.T) {
	c := startStock(t).attach(t)
	c.typeKeys("stty -echo; cat > paste; stty echo; wc -lc paste\r")
	c.waitText("wc -lc")
	line := strings.Repeat("pasted text ", 8) + "\r"
	for range 40 {
		c.typeKeys(strings.Repeat(line, 50))
	}
	c.typeKeys("\x04")
	c.waitText(fmt.Sprintf("%d %d paste", 40*50, 40*50*len(line)))
	c.typeKeys("\x1e.")
	c.wantExit(0)
}

func TestStockRemoteExit(t *testing.T) {
	s := startStock(t)
	c := s.attach(t)
	c.typeKeys("exit 5\r")
	c.wantExit(0) // stock servers do not tell the status
	c.wantRestored()
	s.gone(t)
}

// TestStockServerKilled: the notice comes, and quitting ends with a warning.
func TestStockServerKilled(t *testing.T) {
	s := startStock(t)
	c := s.attach(t)
	c.typeKeys("\r\r\r")
	c.waitText("$\n$\n$\n$")
	syscall.Kill(s.pid, syscall.SIGKILL)
	notice := regexp.MustCompile(`mosh: Last contact \d+ seconds ago\. Connection refused\. \[To quit: Ctrl-\^ \.\]`)
	c.waitFor("notice", func(s *terminal.Screen, _ string) bool { return notice.MatchString(screenText(s)) })
	c.typeKeys("\x1e.")
	c.wantExit(1)
	c.wantRestored()
	c.waitText("may still be running")
}

// TestStockClientKilled: the server outlives its client.
func TestStockClientKilled(t *testing.T) {
	s := startStock(t)
	c := s.attach(t)
	c.cmd.Process.Kill()
	c.wantExit(-1)
	if isZombie(s.pid) {
		t.Error("the server is gone")
	}
}

// TestStockInTmux runs the client in a tmux, whose screen is read.
func TestStockInTmux(t *testing.T) {
	s := startStock(t)
	socket := fmt.Sprintf("roamtest%d", os.Getpid())
	tmux := func(args ...string) string {
		cmd := exec.Command("tmux", append([]string{"-u", "-L", socket, "-f", "/dev/null"}, args...)...)
		cmd.Env = []string{"LANG=C.UTF-8", "PATH=" + os.Getenv("PATH"), "TERM=xterm-256color", "HOME=" + t.TempDir(),
			actAsClient + "=main", "ROAM_KEY=" + s.key.Encode()}
		out, err := cmd.CombinedOutput()
		if err != nil && args[0] != "kill-server" {
			t.Fatalf("tmux %s: %v\n%s", args[0], err, out)
		}
		return string(out)
	}
	t.Cleanup(func() { tmux("kill-server") })
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	tmux("new-session", "-d", "-x", "80", "-y", "24", "sh")
	waitPane := func(what string) {
		t.Helper()
		limit := time.After(patience)
		for {
			screen := tmux("capture-pane", "-p")
			if strings.Contains(screen, what) {
				return
			}
			select {
			case <-limit:
				t.Fatalf("no %q on the screen:\n%s", what, screen)
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
	tmux("send-keys", "stty -a > /dev/null; "+self+" 127.0.0.1 "+s.port+"; echo status=$?", "Enter")
	waitPane("\n$")
	tmux("send-keys", "echo ready$((40+2))", "Enter")
	waitPane("ready42")
	tmux("send-keys", "printf '\\033[31m%s\\033[0m\\n' 漢字 | cat", "Enter")
	waitPane("\n漢字\n")
	tmux("resize-window", "-x", "60", "-y", "20")
	tmux("send-keys", "clear; until [ \"$(stty size)\" = '20 60' ]; do :; done; echo resized$((1+1))", "Enter")
	waitPane("resized2")
	tmux("send-keys", "vim -u NONE -N", "Enter")
	waitPane("~\n~\n")
	tmux("send-keys", "iin vim")
	waitPane("in vim")
	tmux("send-keys", "C-^", ".")
	waitPane("status=0")
	s.gone(t)
}
