//go:build unix

package server

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// answering starts a status socket whose requests get st for an answer.
func answering(t *testing.T, env []string, st Status) *statusServer {
	t.Helper()
	requests := make(chan statusRequest)
	s, err := listenStatus(env, requests, func(f func()) { go f() })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	go func() {
		for {
			select {
			case req := <-requests:
				answer := st
				if req.what != requestStatus {
					answer.Error = "unknown request"
				}
				req.answer <- answer
			case <-s.quit:
				return
			}
		}
	}()
	return s
}

// listed returns what the list of sessions has under a process id, nil for nothing. There
// may be others on this machine.
func listed(env []string, pid int) *Status {
	for _, st := range List(env) {
		if st.PID == pid {
			return &st
		}
	}
	return nil
}

func TestListFindsSessions(t *testing.T) {
	env := []string{"XDG_RUNTIME_DIR=" + t.TempDir()}
	answering(t, env, Status{PID: os.Getpid(), Cols: 80, Command: []string{"-sh"}})
	dir, err := ensureStatusDir(env)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, strconv.Itoa(os.Getpid())+".sock"): 0o600} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want mode %o", path, info.Mode(), err, want)
		}
	}
	stale := filepath.Join(dir, "7.sock")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: stale, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
	notOurs := filepath.Join(dir, "8.sock")
	if err := os.WriteFile(notOurs, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if found := listed(env, os.Getpid()); found == nil || found.Cols != 80 {
		t.Errorf("found %+v", found)
	}
	if _, err := os.Lstat(stale); err == nil {
		t.Error("the socket of a dead server is still there")
	}
	if _, err := os.Lstat(notOurs); err != nil {
		t.Error("a file that is no socket was removed")
	}
	if err := End(env, 1); err != ErrNoSession {
		t.Errorf("ending no session: %v", err)
	}
	if err := End(env, os.Getpid()); err == nil || !strings.Contains(err.Error(), "unknown request") {
		t.Errorf("an error of the server's came as %v", err)
	}
}

// TestListDropsForeignSockets has a program answer under a name that is not its session's.
func TestListDropsForeignSockets(t *testing.T) {
	t.Parallel()
	env := []string{"XDG_RUNTIME_DIR=" + t.TempDir()}
	s := answering(t, env, Status{PID: 1 << 30})
	if found := listed(env, 1<<30); found != nil {
		t.Errorf("%s: found %+v", s.path, found)
	}
}

func TestStatusDirIsChecked(t *testing.T) {
	for name, spoil := range map[string]func(dir string) error{
		"open to others": func(dir string) error { return os.Chmod(dir, 0o755) },
		"symbolic link": func(dir string) error {
			if err := os.Rename(dir, dir+"2"); err != nil {
				return err
			}
			return os.Symlink(dir+"2", dir)
		},
		"a file": func(dir string) error {
			if err := os.Remove(dir); err != nil {
				return err
			}
			return os.WriteFile(dir, nil, 0o700)
		},
	} {
		run := t.TempDir()
		dir := filepath.Join(run, "roam")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := checkDir(dir); err != nil {
			t.Errorf("a good directory is refused: %v", err)
		}
		if err := spoil(dir); err != nil {
			t.Fatal(err)
		}
		if err := checkDir(dir); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// Connections that say nothing, too much or nonsense do no harm.
func TestStatusBadRequests(t *testing.T) {
	env := []string{"XDG_RUNTIME_DIR=" + t.TempDir()}
	s := answering(t, env, Status{PID: os.Getpid()})
	for _, request := range []string{"", "\n", "nonsense\n", strings.Repeat("x", 10_000) + "\n", "status"} {
		conn, err := net.Dial("unix", s.path)
		if err != nil {
			t.Fatal(err)
		}
		conn.Write([]byte(request))
		conn.Close()
		for listed(env, os.Getpid()) == nil { // the one before may still be served
		}
	}
}
