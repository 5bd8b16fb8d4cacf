//go:build linux

package e2e

import (
	"bytes"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// A maker is who made a program.
type maker bool

const (
	roam  maker = false
	stock maker = true
)

func (m maker) String() string {
	if m == stock {
		return "stock"
	}
	return "roam"
}

// A pairing is who made the client and who made the server.
type pairing struct{ client, server maker }

func (p pairing) String() string { return fmt.Sprintf("%v client, %v server", p.client, p.server) }

// ours are the pairings with a program of ours in it.
var ours = []pairing{{roam, roam}, {stock, roam}, {roam, stock}}

// serverPath returns the server's program and its first arguments.
func (p pairing) serverPath(t testing.TB) []string {
	switch {
	case p.server == stock:
		return []string{program(t, "mosh-server", "mosh"), "new"}
	case p.client == roam:
		return []string{filepath.Join(bin, "roam"), "server"}
	}
	return []string{filepath.Join(bin, "mosh-server"), "new"}
}

// clientPath returns the client's program and its first arguments.
func (p pairing) clientPath(t testing.TB) []string {
	switch {
	case p.client == stock:
		return []string{program(t, "mosh-client", "mosh")}
	case p.server == roam:
		return []string{filepath.Join(bin, "roam"), "client"}
	}
	return []string{filepath.Join(bin, "mosh-client")}
}

// A server is a server process that has gone to the background.
type server struct {
	addr netip.AddrPort
	key  string
	pid  int
}

var (
	connectLine  = regexp.MustCompile(`(?m)^MOSH CONNECT (\d+) ([A-Za-z0-9/+]{22})\r?$`)
	detachedLine = regexp.MustCompile(`server detached, pid = (\d+)\]`)
)

// startServer starts a server on 127.0.0.1 for a command. It is killed at the
// test's end, if it is still there.
func (p pairing) startServer(t testing.TB, env []string, command ...string) *server {
	t.Helper()
	return startServerBy(t, p.serverPath(t), env, "127.0.0.1", command...)
}

// startServerBy starts a server by the words of its command line.
func startServerBy(t testing.TB, words, env []string, addr string, command ...string) *server {
	t.Helper()
	return startServerWith(t, words, env, addr, nil, command...)
}

// startServerWith starts a server that says on standard error what said returns, or, if said
// is nil, what it wrote there.
func startServerWith(t testing.TB, words, env []string, addr string, said func() string, command ...string) *server {
	t.Helper()
	words = append(words, "-i", addr, "-p", "0", "-c", "256", "--")
	words = append(words, command...)
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Env = env
	// In files, not in pipes: a daemon that kept one open would be waited for.
	stdout, stderr := tempFile(t), tempFile(t)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	err := cmd.Run()
	out, errs := contents(t, stdout), contents(t, stderr)
	if said != nil {
		errs = said()
	}
	connect, detached := connectLine.FindStringSubmatch(out), detachedLine.FindStringSubmatch(errs)
	if err != nil || connect == nil || detached == nil {
		t.Fatalf("%s: %v\n%s%s", strings.Join(words, " "), err, out, errs)
	}
	port, _ := strconv.Atoi(connect[1])
	s := &server{key: connect[2]}
	s.addr = netip.AddrPortFrom(netip.MustParseAddr(addr), uint16(port))
	s.pid, _ = strconv.Atoi(detached[1])
	t.Cleanup(func() { syscall.Kill(s.pid, syscall.SIGKILL) }) // fails where it has ended
	return s
}

func tempFile(t testing.TB) *os.File {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func contents(t testing.TB, f *os.File) string {
	t.Helper()
	b, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// clientLine returns the line for sh that runs a client of the server at a port, and
// says how it ended.
func (p pairing) clientLine(t testing.TB, s *server, port int) string {
	t.Helper()
	return fmt.Sprintf("MOSH_KEY=%s MOSH_PREDICTION_DISPLAY=never MOSH_TITLE_NOPREFIX=1 %s %s %d; echo \"[status $?]\"; exec cat",
		s.key, strings.Join(p.clientPath(t), " "), s.addr.Addr(), port)
}

// alive reports whether a process runs and is no zombie.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, after, _ := bytes.Cut(stat, []byte(") "))
	return len(after) > 0 && after[0] != 'Z'
}
