// Package sshtest runs the real sshd on loopback for one test, with keys and
// configuration of its own, so that tests log in with the real ssh and touch
// nothing of the machine's. Only tests import it.
package sshtest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// A Server is an sshd that lives as long as its test.
type Server struct {
	Port   int    // TCP port on 127.0.0.1 and, where the machine has IPv6, on ::1
	Config string // an ssh_config that reaches the server under the names "testhost" and "testhost6"
	Dir    string // directory of all its files

	sshd  []string
	conns sync.WaitGroup
	mu    sync.Mutex
	procs map[*exec.Cmd]bool
	count int // connections so far
}

// Connections returns how many connections there have been.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count
}

// Start starts a server whose sshd_config has the given lines too. Logins are of the user
// who runs the test, by a key that only the test has.
func Start(t testing.TB, lines ...string) *Server {
	t.Helper()
	return StartIn(t, Place{}, lines...)
}

// A Place is where a server runs and listens, in place of the machine's loopback.
type Place struct {
	Through []string       // program and words that run sshd, which follows them
	Listen  []net.Listener // of one TCP port; the server closes them; nil: loopback
}

// StartIn is Start for a server at a place.
func StartIn(t testing.TB, at Place, lines ...string) *Server {
	t.Helper()
	s := &Server{Dir: t.TempDir(), procs: map[*exec.Cmd]bool{}}
	sshd, err := exec.LookPath("sshd")
	if err != nil {
		if sshd, err = exec.LookPath("/usr/sbin/sshd"); err != nil {
			t.Fatalf("sshtest: no sshd: %v", err)
		}
	}
	s.sshd = append(at.Through[:len(at.Through):len(at.Through)], sshd, "-i", "-f", filepath.Join(s.Dir, "sshd_config"), "-E", filepath.Join(s.Dir, "sshd.log"))
	if os.Geteuid() == 0 {
		// sshd refuses to run as root without the directory that its package makes at boot.
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			t.Fatal(err)
		}
	}
	s.write(t, "sshd_config", append(lines,
		"HostKey "+s.key(t, "host"),
		"AuthorizedKeysFile "+s.key(t, "user")+".pub",
		"StrictModes no", "UsePAM no", "PasswordAuthentication no", "KbdInteractiveAuthentication no",
		"PermitRootLogin yes", "PermitUserEnvironment no", "PrintLastLog no", "PidFile none",
		"AcceptEnv ROAM_TEST_*", "Subsystem sftp internal-sftp"))
	if at.Listen == nil {
		at.Listen = loopback(t)
	}
	s.serve(t, at.Listen)
	s.writeClientConfig(t)
	return s
}

// key makes a key pair and returns the path of the private one.
func (s *Server) key(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(s.Dir, name)
	out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path).CombinedOutput()
	if err != nil {
		t.Fatalf("sshtest: ssh-keygen: %v\n%s", err, out)
	}
	return path
}

func (s *Server) write(t testing.TB, name string, lines []string) string {
	t.Helper()
	path := filepath.Join(s.Dir, name)
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// loopback listens on a port of 127.0.0.1 and, where there is IPv6, ::1.
func loopback(t testing.TB) []net.Listener {
	t.Helper()
	l4, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listeners := []net.Listener{l4}
	if l6, err := net.Listen("tcp6", fmt.Sprintf("[::1]:%d", l4.Addr().(*net.TCPAddr).Port)); err == nil {
		listeners = append(listeners, l6)
	}
	return listeners
}

// serve gives each connection an sshd -i of its own: a port taken this way cannot be
// lost to another process in between.
func (s *Server) serve(t testing.TB, listeners []net.Listener) {
	t.Helper()
	s.Port = listeners[0].Addr().(*net.TCPAddr).Port
	for _, l := range listeners {
		s.conns.Go(func() { s.accept(l) })
	}
	t.Cleanup(func() {
		for _, l := range listeners {
			l.Close()
		}
		s.mu.Lock()
		for cmd := range s.procs {
			cmd.Process.Kill()
		}
		s.mu.Unlock()
		s.conns.Wait()
	})
}

func (s *Server) accept(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return // closed at the test's end
		}
		file, err := conn.(*net.TCPConn).File()
		conn.Close()
		if err != nil {
			continue
		}
		cmd := exec.Command(s.sshd[0], s.sshd[1:]...)
		cmd.Stdin, cmd.Stdout = file, file
		err = cmd.Start()
		file.Close()
		if err != nil {
			continue
		}
		s.mu.Lock()
		s.procs[cmd] = true
		s.count++
		s.mu.Unlock()
		s.conns.Go(func() {
			cmd.Wait()
			s.mu.Lock()
			delete(s.procs, cmd)
			s.mu.Unlock()
		})
	}
}

// writeClientConfig writes the ssh_config, which names the server in both families.
func (s *Server) writeClientConfig(t testing.TB) {
	t.Helper()
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	hostKey, err := os.ReadFile(filepath.Join(s.Dir, "host.pub"))
	if err != nil {
		t.Fatal(err)
	}
	known := s.write(t, "known_hosts", []string{"sshtest " + strings.TrimSpace(string(hostKey))})
	s.Config = s.write(t, "ssh_config", []string{
		"Host testhost", "  HostName 127.0.0.1",
		"Host testhost6", "  HostName ::1",
		"Host *",
		fmt.Sprintf("  Port %d", s.Port), "  User " + me.Username, "  HostKeyAlias sshtest",
		"  IdentityFile " + filepath.Join(s.Dir, "user"), "  IdentitiesOnly yes", "  BatchMode yes",
		"  UserKnownHostsFile " + known, "  GlobalKnownHostsFile none", "  StrictHostKeyChecking yes",
	})
}

// AddConfig puts lines before all others of the ssh_config, where they win.
func (s *Server) AddConfig(t testing.TB, lines ...string) {
	t.Helper()
	old, err := os.ReadFile(s.Config)
	if err != nil {
		t.Fatal(err)
	}
	s.write(t, "ssh_config", append(lines, string(old)))
}

// Log returns what sshd logged so far.
func (s *Server) Log() string {
	b, _ := os.ReadFile(filepath.Join(s.Dir, "sshd.log"))
	return string(b)
}
