package server

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// testMain asks this test binary to be a server of the given name instead.
const testMain = "ROAM_TEST_SERVER"

func TestMain(m *testing.M) {
	if IsDaemon() {
		os.Exit(RunDaemon())
	}
	if name := os.Getenv(testMain); name != "" {
		os.Unsetenv(testMain)
		os.Exit(Main(name, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// A started is a server that was started as ssh would start it.
type started struct {
	t      *testing.T
	port   int
	key    string
	pid    int
	stderr string
	env    []string
}

// testEnv returns an environment that does not depend on the machine's, and a
// directory for status sockets.
func testEnv(t *testing.T, extra ...string) []string {
	t.Helper()
	return setVars([]string{
		"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + t.TempDir(), "SHELL=/bin/sh",
		"LANG=C.UTF-8", "XDG_RUNTIME_DIR=" + t.TempDir(), "PS1=$ ",
	}, extra)
}

// command returns the command for a server with these arguments.
func command(t *testing.T, name string, env []string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(env[:len(env):len(env)], testMain+"="+name)
	return cmd
}

// start starts a server and waits until ssh would end: the end of all its output.
func start(t *testing.T, name string, env []string, args ...string) *started {
	t.Helper()
	cmd := command(t, name, env, args...)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, &stderr)
	}
	s := &started{t: t, stderr: stderr.String(), env: env}
	if _, err := fmt.Sscanf(stdout.String(), "MOSH CONNECT %d %s\n", &s.port, &s.key); err != nil {
		t.Fatalf("stdout %q: %v", &stdout, err)
	}
	if want := fmt.Sprintf("MOSH CONNECT %d %s\n", s.port, s.key); stdout.String() != want {
		t.Errorf("stdout %q, want %q and no more", &stdout, want)
	}
	_, rest, ok := strings.Cut(s.stderr, "["+name+" detached, pid = ")
	pid, _, _ := strings.Cut(rest, "]")
	var err error
	if s.pid, err = strconv.Atoi(pid); err != nil || !ok {
		t.Fatalf("stderr %q names no process", s.stderr)
	}
	t.Cleanup(func() { syscall.Kill(s.pid, syscall.SIGKILL) })
	return s
}

// wait waits until the server's process, which is no child of ours, has ended.
func (s *started) wait() {
	s.t.Helper()
	fd, err := unix.PidfdOpen(s.pid, 0)
	if err == unix.ESRCH {
		return
	}
	if err != nil {
		s.t.Fatal(err)
	}
	defer unix.Close(fd)
	for {
		_, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, -1)
		if err != unix.EINTR {
			return
		}
	}
}
