// Package host starts the servers that are measured, of roam and of stock mosh,
// with the same environment, and reads what the system counts of them.
package host

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// A Server is a server of a session, on 127.0.0.1.
type Server struct {
	Port int
	Key  string // in the form that the variable MOSH_KEY has
	PID  int
}

// Environ returns the environment of what is measured: nothing of it depends on
// the user's, but for PATH. home is a directory of the run's own.
func Environ(home string) []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "XDG_RUNTIME_DIR=" + home, "SHELL=/bin/sh",
		"LANG=C.UTF-8", "TERM=xterm-256color", "PS1=$ ", "HISTFILE=", "LESSHISTFILE=-",
	}
}

// Build builds the program roam of this checkout in dir and returns its path.
func Build(dir string) (string, error) {
	path := filepath.Join(dir, "roam")
	main, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "roam").Output()
	if err != nil {
		return "", fmt.Errorf("host: where roam's module is: %w (run this within bench/)", err)
	}
	out, err := exec.Command("go", "build", "-C", strings.TrimSpace(string(main)), "-o", path, "./cmd/roam").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("host: building roam: %w\n%s", err, out)
	}
	return path, nil
}

// Words returns the command that starts a server: roam's, if roam is the path of
// that program, or stock's.
func Words(roam string) []string {
	if roam != "" {
		return []string{roam, "server"}
	}
	return []string{"mosh-server", "new"}
}

// Start starts a server, given the words of its command, that runs program.
func Start(words, env []string, program ...string) (*Server, error) {
	args := append(append([]string{}, words[1:]...), "-i", "127.0.0.1", "-p", "0", "-c", "256", "--")
	cmd := exec.Command(words[0], append(args, program...)...)
	cmd.Env = env
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("host: starting %s: %w\n%s", words[0], err, &stderr)
	}
	s := &Server{}
	if _, err := fmt.Sscanf(strings.TrimSpace(stdout.String()), "MOSH CONNECT %d %s", &s.Port, &s.Key); err != nil {
		return nil, fmt.Errorf("host: %s said %q", words[0], &stdout)
	}
	_, rest, _ := strings.Cut(stderr.String(), "detached, pid = ")
	pid, _, _ := strings.Cut(rest, "]")
	var err error
	if s.PID, err = strconv.Atoi(pid); err != nil {
		return nil, fmt.Errorf("host: %s named no process: %q", words[0], &stderr)
	}
	return s, nil
}

// Stop ends the server.
func (s *Server) Stop() { syscall.Kill(s.PID, syscall.SIGKILL) }
