//go:build unix

package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"roam/internal/sshtest"
)

// linkPrograms makes a directory with this program under all its names, and returns it.
func linkPrograms(t testing.TB, names ...string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range names {
		if err := os.Symlink(self, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// newHome makes a home directory whose login shell has a plain prompt.
func newHome(t testing.TB) string {
	t.Helper()
	home := t.TempDir()
	profile := "PS1='ready> '; unset PROMPT_COMMAND HISTFILE\n"
	if err := os.WriteFile(filepath.Join(home, ".profile"), []byte(profile), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, ".hushlogin"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return home
}

// stock returns the path of one of stock mosh's programs.
func stock(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath("/usr/bin/" + name)
	if err != nil {
		t.Fatalf("the tests need stock mosh: %v", err)
	}
	return path
}

// dayWork does in a login shell what people do there, from the first prompt to the end
// with status 3.
func dayWork(s *screen) {
	s.t.Helper()
	s.wait(`^ready>`)
	s.line("echo one-$((40+2))")
	s.wait(`^one-42$`)
	s.line(`printf 'gr\303\274\303\237e \346\227\245\346\234\254\n'`)
	s.wait(`^grüße 日本$`)

	s.resize(100, 30)
	s.line(`until [ "$(stty size)" = "30 100" ]; do sleep 0.05; done; echo re''sized`)
	s.wait(`^resized$`)

	s.line("seq 1 3000; echo e''nd")
	s.wait(`^3000\nend\nready>`)

	s.line("rm -f notes; vim -u NONE -N notes")
	s.wait(`^~ *\n(?s:.*)notes`)
	s.tmux("send-keys", "-l", "ihello from vim")
	s.wait(`^hello from vim`)
	s.keys("Escape")
	s.line(":wq")
	s.wait(`^ready>`)
	s.line("clear; cat notes")
	s.wait(`^hello from vim\nready>`)

	s.line("exit 3")
}

func TestEndToEndLocal(t *testing.T) {
	t.Parallel()
	bin := linkPrograms(t, "roam")
	env := append(os.Environ(), "HOME="+newHome(t))
	s := newScreen(t, env, bin+"/roam --local")
	dayWork(s)
	s.wait(`^status 3$`)
}

func TestEndToEndSSH(t *testing.T) {
	t.Parallel()
	bin, home := linkPrograms(t, "roam"), newHome(t)
	host := sshtest.Start(t, "SetEnv PATH="+bin+":/usr/bin:/bin HOME="+home)
	for _, name := range []string{"testhost", "testhost6"} {
		t.Run(name, func(t *testing.T) {
			s := newScreen(t, os.Environ(), fmt.Sprintf("%s/roam -F %s %s", bin, host.Config, name))
			dayWork(s)
			s.wait(`^status 3$`)
		})
	}
	t.Run("command", func(t *testing.T) {
		// The words are joined and run by the login shell there.
		s := newScreen(t, os.Environ(), fmt.Sprintf(`%s/roam -F %s testhost -- 'cd;' pwd '; read x; exit' 5`, bin, host.Config))
		s.wait("^" + home + "$")
		s.keys("Enter")
		s.wait(`^status 5$`)
	})
	t.Run("host key unknown", func(t *testing.T) {
		s := newScreen(t, os.Environ(), fmt.Sprintf("%s/roam -F %s -o UserKnownHostsFile=/dev/null testhost", bin, host.Config))
		s.wait(`^status 255$`)
		if text := s.text(); !strings.Contains(text, "Host key verification failed") || !strings.Contains(text, "roam: error: ssh to testhost ended with status 255") {
			t.Errorf("the screen shows\n%s", text)
		}
	})
	t.Run("needs ssh", func(t *testing.T) {
		s := newScreen(t, os.Environ(), fmt.Sprintf(`%s/roam -T -F %s testhost echo from ssh`, bin, host.Config))
		s.wait(`^roam: -T needs ssh itself; running ssh\nfrom ssh\nstatus 0$`)
	})
}

// TestEndToEndStockServer is on a host that has stock's server only: the user is asked
// once whether roam may put itself there.
func TestEndToEndStockServer(t *testing.T) {
	t.Parallel()
	bin, home := linkPrograms(t, "roam"), newHome(t)
	stock(t, "mosh-server")
	host := sshtest.Start(t, "SetEnv PATH=/usr/bin:/bin HOME="+home+" LANG=C.UTF-8")
	env := append(os.Environ(), "XDG_STATE_HOME="+t.TempDir())
	s := newScreen(t, env, fmt.Sprintf("%s/roam -F %s testhost", bin, host.Config))
	s.wait(`testhost has mosh-server and no roam; (?s:.*)\(yes/no\)`)
	s.line("no")
	dayWork(s)
	s.wait(`^status 0$`) // a stock server does not tell
	s = newScreen(t, env, fmt.Sprintf("%s/roam -F %s testhost", bin, host.Config))
	s.wait(`^ready>`)
	s.line("exit")
	s.wait(`^status 0$`)
}

// TestEndToEndInstall is on a host without roam: it is put there, and serves from then on.
func TestEndToEndInstall(t *testing.T) {
	t.Parallel()
	bin, home := linkPrograms(t, "roam"), newHome(t)
	host := sshtest.Start(t, "SetEnv PATH=/usr/bin:/bin HOME="+home)
	env := append(os.Environ(), "XDG_STATE_HOME="+t.TempDir())
	s := newScreen(t, env, fmt.Sprintf("%s/roam -F %s testhost", bin, host.Config))
	s.wait(`\(yes/no\)`)
	s.line("yes")
	dayWork(s)
	s.wait(`^status 3$`)
	if text := strings.Join(strings.Fields(s.text()), " "); !strings.Contains(text, "put roam devel on testhost, as "+home[:20]) { // wrapped to the screen
		t.Errorf("the screen shows\n%s", text)
	}
	s = newScreen(t, env, fmt.Sprintf("%s/roam -F %s testhost", bin, host.Config))
	s.wait(`^ready>`)
	list := newScreen(t, env, fmt.Sprintf("%s/roam ls -F %s testhost", bin, host.Config))
	list.wait(`^status 0$`)
	if text := list.text(); !strings.Contains(text, "attached") {
		t.Errorf("roam ls shows\n%s", text)
	}
	s.line("exit 4")
	s.wait(`^status 4$`)
}

// TestEndToEndMosh runs stock's launcher and ours with each pair of clients and servers.
func TestEndToEndMosh(t *testing.T) {
	t.Parallel()
	bin := linkPrograms(t, "mosh", "mosh-server", "mosh-client")
	for _, launcher := range []string{stock(t, "mosh"), bin + "/mosh"} {
		for _, client := range []string{stock(t, "mosh-client"), bin + "/mosh-client", ""} {
			for _, server := range []string{stock(t, "mosh-server"), bin + "/mosh-server"} {
				if client == "" && launcher != bin+"/mosh" || client != "" && filepath.Dir(client) != bin && filepath.Dir(server) != bin {
					continue // stock's launcher needs a client; stock with stock is not ours to test
				}
				t.Run(fmt.Sprintf("%s,%s,%s", short(launcher, bin), short(client, bin), short(server, bin)), func(t *testing.T) {
					t.Parallel()
					env := append(os.Environ(), "HOME="+newHome(t))
					option := ""
					if client != "" {
						option = "--client=" + client
					}
					s := newScreen(t, env, fmt.Sprintf("%s %s --server=%s --local --bind-server=127.0.0.1 127.0.0.1", launcher, option, server))
					s.wait(`^ready>`)
					s.line("test -d /proc/$MOSH_CLIENT_PID && echo client i''s there")
					s.wait(`^client is there$`)
					dayWork(s)
					s.wait(`^status 0$`)
				})
			}
		}
	}
}

// short names a program in the name of a test.
func short(path, bin string) string {
	switch {
	case path == "":
		return "itself"
	case strings.HasPrefix(path, bin):
		return "roam"
	}
	return "stock"
}

// TestEndToEndMoshSSH goes through sshd by stock's ways of finding the address.
func TestEndToEndMoshSSH(t *testing.T) {
	t.Parallel()
	bin, home := linkPrograms(t, "mosh", "mosh-server"), newHome(t)
	host := sshtest.Start(t, "SetEnv HOME="+home+" LANG=C.UTF-8")
	for _, launcher := range []string{stock(t, "mosh"), bin + "/mosh"} {
		for _, how := range []string{"proxy", "remote"} {
			t.Run(short(launcher, bin)+","+how, func(t *testing.T) {
				s := newScreen(t, os.Environ(), fmt.Sprintf("%s --ssh='ssh -F %s' --experimental-remote-ip=%s --server=%s/mosh-server testhost -- sh -c 'echo in a session; read x'",
					launcher, host.Config, how, bin))
				s.wait(`^in a session$`)
				s.keys("Enter")
				s.wait(`^status 0$`)
			})
		}
	}
}

// TestEndToEndNoAnswer starts servers that no datagram reaches, or that hold another key.
func TestEndToEndNoAnswer(t *testing.T) {
	t.Parallel()
	bin, home := linkPrograms(t, "roam", "mosh-server"), newHome(t)
	// silent is a socket that never answers; nobody listens on a port that was closed again.
	silent, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	port := silent.LocalAddr().(*net.UDPAddr).Port
	const key = "AAECAwQFBgcICQoLDA0ODw"
	for name, server := range map[string]string{
		"silence":     fmt.Sprintf("echo MOSH CONNECT %d %s #", port, key),
		"another key": bin + "/mosh-server new -i 127.0.0.1 | sed s,[^\\ ]*\\$," + key + ", #",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := append(os.Environ(), "HOME="+home, "SERVER="+server)
			s := newScreen(t, env, bin+`/roam --local --server="$SERVER"`)
			s.wait(`^roam: no answer yet from 127\.0\.0\.1 on UDP port \d+\b`)
			s.wait(`^roam: hint: `)
			s.keys("C-c")
			s.wait(`^roam: error: no answer from 127\.0\.0\.1 on UDP port`)
			s.wait(`^status 1$`)
		})
	}
}

// TestEndToEndPassphrase has ssh ask on the terminal, as it does for passwords and second factors.
func TestEndToEndPassphrase(t *testing.T) {
	t.Parallel()
	bin, home := linkPrograms(t, "roam"), newHome(t)
	host := sshtest.Start(t, "SetEnv PATH="+bin+":/usr/bin:/bin HOME="+home)
	if out, err := exec.Command("ssh-keygen", "-q", "-p", "-P", "", "-N", "open sesame", "-f", filepath.Join(host.Dir, "user")).CombinedOutput(); err != nil {
		t.Fatalf("ssh-keygen: %v\n%s", err, out)
	}
	command := fmt.Sprintf("%s/roam -F %s -o BatchMode=no testhost", bin, host.Config)
	t.Run("given", func(t *testing.T) {
		s := newScreen(t, os.Environ(), command)
		s.wait(`Enter passphrase for key`)
		s.line("open sesame")
		dayWork(s)
		s.wait(`^status 3$`)
	})
	t.Run("interrupted", func(t *testing.T) {
		s := newScreen(t, os.Environ(), "trap : INT; "+command)
		s.wait(`Enter passphrase for key`)
		s.keys("C-c")
		s.wait(`^status 130$`)
		s.line("echo is back") // cat shows it a second time
		s.wait(`^echo is back\necho is back$`)
	})
}

// TestEndToEndJumpHost reaches a host through another sshd.
func TestEndToEndJumpHost(t *testing.T) {
	t.Parallel()
	bin, home := linkPrograms(t, "roam"), newHome(t)
	jump := sshtest.Start(t)
	host := sshtest.Start(t, "SetEnv PATH="+bin+":/usr/bin:/bin HOME="+home)
	host.AddConfig(t, "Host jump", "  HostName 127.0.0.1", fmt.Sprintf("  Port %d", jump.Port), "  HostKeyAlias jump",
		"  IdentityFile "+filepath.Join(jump.Dir, "user"), "  StrictHostKeyChecking no", "  LogLevel ERROR")
	s := newScreen(t, os.Environ(), fmt.Sprintf("%s/roam -F %s -J jump testhost", bin, host.Config))
	dayWork(s)
	s.wait(`^status 3$`)
}
