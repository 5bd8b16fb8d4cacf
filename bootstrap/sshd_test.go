package bootstrap

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"roam/install"
	"roam/internal/sshtest"
)

// printArgs is a server that says how it was called, and then that it is ready.
func printArgs(t *testing.T) string {
	t.Helper()
	return installProgram(t, t.TempDir(), "srv", `[ "$1" = version ] && exit; printf '<%s>' "$@"; echo; echo MOSH CONNECT 60009 `+testKey)
}

// sshTo returns the configuration that logs in to s.
func sshTo(s *sshtest.Server, shown *seen, host string) SSHConfig {
	return SSHConfig{Options: []string{"-F", s.Config}, Host: host, Console: shown.console()}
}

func TestRealSSH(t *testing.T) {
	s := sshtest.Start(t)
	for host, want := range map[string]string{"testhost": "127.0.0.1:60009", "testhost6": "[::1]:60009"} {
		for _, pty := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s,pty=%v", host, pty), func(t *testing.T) {
				var shown seen
				c := sshTo(s, &shown, host)
				c.Server, c.Pty = printArgs(t), pty
				c.Program = Program{Colors: 256, Shell: "echo '$HOME'"}
				end, err := SSH(t.Context(), c)
				if err != nil {
					t.Fatalf("%v\nsshd: %s", err, s.Log())
				}
				if end.Addr.String() != want || end.Key.Encode() != testKey {
					t.Errorf("endpoint %v, want %s", end.Addr, want)
				}
				if got := shown.noise.String(); !strings.HasPrefix(got, "<new><-c><256><-s><--></") || !strings.Contains(got, "<-c><echo '$HOME'>") {
					t.Errorf("server was called with %q", got)
				}
				if !pty && shown.stderr.Len() > 0 {
					t.Errorf("stderr %q, want the log's own lines hidden", shown.stderr.String())
				}
			})
		}
	}
}

// TestRealSSHLoginShells has sshd run the remote command by other shells, with
// login files that print junk, and one that does not end its line.
func TestRealSSHLoginShells(t *testing.T) {
	for _, shell := range loginShells {
		t.Run(shell, func(t *testing.T) {
			path, err := exec.LookPath(shell)
			if err != nil {
				t.Fatal(err)
			}
			junk := `echo "Hello from the rc file"; echo error >&2; printf "MOSH CONNECT? \\033]0;x\\007"; `
			s := sshtest.Start(t, fmt.Sprintf(`ForceCommand %s exec %s -c "$SSH_ORIGINAL_COMMAND"`, junk, path), "SetEnv SHELL="+path)
			var shown seen
			c := sshTo(s, &shown, "testhost")
			c.Server, c.Program = printArgs(t), Program{Locale: []string{"LANG=C.UTF-8"}, Shell: nasty}
			end, err := SSH(t.Context(), c)
			if err != nil {
				t.Fatalf("%v\nsshd: %s", err, s.Log())
			}
			if end.Addr.String() != "127.0.0.1:60009" {
				t.Errorf("endpoint %v", end.Addr)
			}
			if got := shown.noise.String(); !strings.HasPrefix(got, "Hello from the rc file\nMOSH CONNECT? \x1b]0;x\x07\n<new>") {
				t.Errorf("noise %q", got)
			}
			if shown.stderr.String() != "error\n" {
				t.Errorf("stderr %q", shown.stderr.String())
			}
		})
	}
}

func TestRealSSHFindsServers(t *testing.T) {
	for _, name := range []string{"roam", "mosh-server"} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			// The machine's own mosh-server would be found first.
			installProgram(t, home+"/first", name, `[ "$1" = version ] && echo roam devel && exit; echo MOSH CONNECT 60009 `+testKey+`; echo "$0 $*" >`+home+`/called`)
			s := sshtest.Start(t, "SetEnv PATH="+home+"/first:/usr/bin:/bin HOME="+home)
			var shown seen
			end, err := SSH(t.Context(), sshTo(s, &shown, "testhost"))
			if err != nil || end.Addr.Port() != 60009 {
				t.Fatalf("endpoint %v, %v\nsshd: %s", end.Addr, err, s.Log())
			}
			want := map[string]string{"roam": "roam server new -c 0\n", "mosh-server": "mosh-server new -c 0 -s\n"}[name]
			if got, err := os.ReadFile(home + "/called"); err != nil || string(got) != home+"/first/"+want {
				t.Errorf("called %q, %v, want %q", got, err, want)
			}
		})
	}
}

// TestRealSSHThroughProxy reaches sshd by a ProxyCommand: only SSH_CONNECTION tells the address.
func TestRealSSHThroughProxy(t *testing.T) {
	s := sshtest.Start(t)
	s.AddConfig(t, "Host inner", "  HostName name.invalid", fmt.Sprintf("  ProxyCommand ssh -F %s -W 127.0.0.1:%d testhost", s.Config, s.Port))
	var shown seen
	c := sshTo(s, &shown, "inner")
	c.Server = "f() { printf '\\nMOSH SSH_CONNECTION 192.0.2.1 5 192.0.2.77 22\\n'; " + printArgs(t) + "; }; f"
	end, err := SSH(t.Context(), c)
	if err != nil {
		t.Fatalf("%v\nsshd: %s", err, s.Log())
	}
	if end.Addr.Addr() != netip.MustParseAddr("192.0.2.77") {
		t.Errorf("endpoint %v, want the address that sshd has", end.Addr)
	}
}

// TestRealSSHSharesConnection goes through the master of a shared connection twice; the
// master outlives the first start and must not hold it up.
func TestRealSSHSharesConnection(t *testing.T) {
	s := sshtest.Start(t)
	dir, err := os.MkdirTemp("", "roamtest") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	control := filepath.Join(dir, "master")
	s.AddConfig(t, "ControlMaster auto", "ControlPersist 30", "ControlPath "+control)
	t.Cleanup(func() { exec.Command("ssh", "-F", s.Config, "-O", "exit", "testhost").Run() })
	for range 2 {
		var shown seen
		c := sshTo(s, &shown, "testhost")
		c.Server = printArgs(t)
		if end, err := SSH(t.Context(), c); err != nil || end.Addr.String() != "127.0.0.1:60009" {
			t.Fatalf("endpoint %v, %v\nsshd: %s", end.Addr, err, s.Log())
		}
	}
	if _, err := os.Stat(control); err != nil {
		t.Errorf("the connection is not shared: %v", err)
	}
}

// TestRealSSHJoinsConnection finds a shared connection that is there already: it is used,
// and stays.
func TestRealSSHJoinsConnection(t *testing.T) {
	t.Parallel()
	s := sshtest.Start(t)
	dir, err := os.MkdirTemp("", "roamtest") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s.AddConfig(t, "ControlPath "+filepath.Join(dir, "master"))
	run := func(words ...string) error {
		return exec.Command("ssh", append([]string{"-F", s.Config}, words...)...).Run()
	}
	if err := run("-MNf", "testhost"); err != nil {
		t.Fatal(err)
	}
	defer run("-O", "exit", "testhost")
	var shown seen
	c := sshTo(s, &shown, "testhost")
	c.Server = printArgs(t)
	if end, err := SSH(t.Context(), c); err != nil || end.Addr.String() != "127.0.0.1:60009" {
		t.Errorf("endpoint %v, %v\nsshd: %s", end.Addr, err, s.Log())
	}
	if n := s.Connections(); n != 1 {
		t.Errorf("%d connections, want the shared one only", n)
	}
	if err := run("-O", "check", "testhost"); err != nil {
		t.Errorf("the shared connection is gone: %v", err)
	}
}

// TestRealSSHConfigFiles reaches a host under a name of its own that only all of an
// included file's Match blocks together make work.
func TestRealSSHConfigFiles(t *testing.T) {
	t.Parallel()
	s := sshtest.Start(t)
	included := filepath.Join(s.Dir, "more")
	text := fmt.Sprintf(`Match originalhost "box" exec "test %%n = box"
	HostName 127.0.0.1
Match host 127.0.0.1 user nobody-here
	Port 1
Match host 127.0.0.1
	Port %d
	SetEnv ROAM_TEST_MATCHED=yes
`, s.Port)
	if err := os.WriteFile(included, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s.AddConfig(t, "Include "+included, "Host *")
	for host, want := range map[string]string{"box": "127.0.0.1:60009", "ssh://box": "127.0.0.1:60009"} {
		var shown seen
		c := sshTo(s, &shown, host)
		c.Server = "f() { echo matched $ROAM_TEST_MATCHED; " + printArgs(t) + "; }; f"
		end, err := SSH(t.Context(), c)
		if err != nil || end.Addr.String() != want {
			t.Errorf("%s: endpoint %v, %v\nssh: %s", host, end.Addr, err, shown.stderr.String())
		}
		if !strings.Contains(shown.noise.String(), "matched yes\n") {
			t.Errorf("%s: the host got %q", host, shown.noise.String())
		}
	}
}

func TestRealSSHConfigWithOwnCommand(t *testing.T) {
	s := sshtest.Start(t)
	s.AddConfig(t, "RemoteCommand echo configured %n %h %k %% %p", "RequestTTY force", "SessionType none", "LogLevel ERROR")
	var shown seen
	c := sshTo(s, &shown, "testhost")
	c.Server = printArgs(t)
	if _, err := SSH(t.Context(), c); err != nil {
		t.Fatalf("%v\nsshd: %s", err, s.Log())
	}
	want := fmt.Sprintf("<-c><echo configured testhost 127.0.0.1 sshtest %% %d>", s.Port)
	if got := shown.noise.String(); !strings.Contains(got, want) {
		t.Errorf("server was called with %q, want the configured command %s", got, want)
	}
}

// TestRealSSHConfigWithForwarding has forwardings in the configuration whose port the
// user's other ssh has, and options of the command line that a command does not go with.
func TestRealSSHConfigWithForwarding(t *testing.T) {
	t.Parallel()
	s := sshtest.Start(t)
	s.AddConfig(t, fmt.Sprintf("LocalForward 127.0.0.1:%d 192.0.2.1:1", s.Port), "ExitOnForwardFailure yes")
	var shown seen
	c := sshTo(s, &shown, "testhost")
	c.Options = append(c.Options, "-o", "RemoteCommand=echo configured")
	c.Server = printArgs(t)
	if _, err := SSH(t.Context(), c); err != nil {
		t.Fatalf("%v\nssh: %s", err, shown.stderr.String())
	}
	if shown.stderr.Len() > 0 || !strings.Contains(shown.noise.String(), "<-c><echo configured>") {
		t.Errorf("server was called with %q, and ssh said %q", shown.noise.String(), shown.stderr.String())
	}
}

// TestRealSSHRunsSomethingElse has a host run something else in place of the script.
func TestRealSSHRunsSomethingElse(t *testing.T) {
	t.Parallel()
	for command, status := range map[string]int{"exec bash": 126, "exec fish": 126, "cat": 0, "/bin/false": 1} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			s := sshtest.Start(t, "ForceCommand "+command)
			var shown seen
			c := sshTo(s, &shown, "testhost")
			c.Install, c.silence = &install.Config{Mode: install.Never, Release: "devel"}, time.Second
			_, err := SSH(t.Context(), c)
			e, ok := err.(*SSHError)
			if !ok || e.Status != status || !strings.HasPrefix(e.Hint(), "ssh got in") {
				t.Errorf("got %v, want status %d", err, status)
			}
		})
	}
}

func TestRealSSHRefusals(t *testing.T) {
	s := sshtest.Start(t)
	for _, test := range []struct {
		name    string
		options []string
		hint    string
	}{
		{"wrong key", []string{"-o", "PreferredAuthentications=password"}, "key or password"},
		{"wrong host key", []string{"-o", "UserKnownHostsFile=/dev/null"}, "host's key"},
		{"port without a server", []string{"-p", "1"}, "no ssh server listens there"},
		{"bad option", []string{"-o", "NoSuchOption=1"}, "configuration"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var shown seen
			c := sshTo(s, &shown, "testhost")
			c.Options = append(test.options, c.Options...)
			_, err := SSH(t.Context(), c)
			refused, ok := err.(*SSHError)
			if !ok || refused.Status != 255 || !strings.Contains(refused.Hint(), test.hint) {
				t.Fatalf("got %v (%+v), want status 255 and a hint with %q", err, refused, test.hint)
			}
			if shown.stderr.Len() == 0 {
				t.Error("ssh's own words were not shown")
			}
		})
	}
}

// TestMain lets ssh call this program back as its ProxyCommand.
func TestMain(m *testing.M) {
	if i := slices.Index(os.Args, "--fake-proxy"); i > 0 {
		family, err := ParseFamily(strings.TrimPrefix(os.Args[i-1], "--family="))
		if err == nil {
			err = Proxy(context.Background(), os.Args[i+2], os.Args[i+3], family, os.Stdin, os.Stdout, os.Stderr)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestMosh(t *testing.T) {
	s := sshtest.Start(t)
	server := printArgs(t)
	self := filepath.Join(t.TempDir(), "it's 100%d") // needs quoting for sh and for ssh
	if err := os.Symlink(must(os.Executable())(t), self); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		how  RemoteIP
		host string
		want string
	}{
		{ByProxy, "testhost", "127.0.0.1:60009"},
		{ByProxy, "testhost6", "[::1]:60009"},
		{ByLocal, "127.0.0.1", "127.0.0.1:60009"},
		{ByRemote, "testhost", "127.0.0.1:60009"},
		{ByRemote, "testhost6", "[::1]:60009"},
	} {
		for _, pty := range []bool{true, false} {
			var shown seen
			end, err := Mosh(t.Context(), MoshConfig{
				Command: []string{"ssh", "-F", s.Config, "-o", "HostKeyAlias=sshtest"}, Host: test.host, Server: server, Self: []string{self},
				Program: Program{Argv: []string{"a", "b c"}}, Pty: pty, Family: PreferInet, RemoteIP: test.how, Console: shown.console(),
			})
			if err != nil || end.Addr.String() != test.want {
				t.Errorf("%s %s: endpoint %v, %v\nsaid: %s\nsshd: %s", test.how, test.host, end.Addr, err, shown.noise.String(), s.Log())
			}
			if got := shown.noise.String(); !strings.Contains(got, "<new><-c><0><-s><--><a><b c>") {
				t.Errorf("%s: server was called with %q", test.how, got)
			}
		}
	}
}

func TestMoshFails(t *testing.T) {
	s := sshtest.Start(t)
	for _, test := range []struct {
		name, host, server string
		how                RemoteIP
		want               any
	}{
		{"no such server", "testhost", "no-such-server", ByRemote, new(*NoServerError)},
		{"server refuses", "testhost", "f() { echo no; return 1; }; f", ByRemote, new(*RefusedError)},
		{"nothing listens", "127.0.0.1", "true", ByProxy, new(*SSHError)},
		{"name unknown", "name.invalid", "true", ByLocal, new(*AddressError)},
		{"bad line", "testhost", "echo MOSH CONNECT", ByRemote, new(*HandshakeError)},
	} {
		var shown seen
		command := []string{"ssh", "-F", s.Config}
		if test.how == ByProxy {
			command = append(command, "-p", "1")
		}
		_, err := Mosh(t.Context(), MoshConfig{Command: command, Host: test.host, Server: test.server,
			Self: []string{must(os.Executable())(t)}, Family: PreferInet, RemoteIP: test.how, Console: shown.console()})
		if !errors.As(err, test.want) {
			t.Errorf("%s: %v, want %T", test.name, err, test.want)
		}
	}
}

// must returns what turns an error into the end of the test.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
