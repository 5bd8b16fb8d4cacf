package bootstrap

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A seen holds what a start showed its user.
type seen struct{ noise, stderr, log, notes bytes.Buffer }

func (s *seen) console(env ...string) Console {
	return Console{
		Noise: &s.noise, Stderr: &s.stderr, Environ: append(os.Environ(), env...),
		Logf: func(format string, args ...any) { s.log.WriteString(strings.TrimSpace(format) + "\n") },
	}
}

// fakeSSH is an ssh that knows nothing of -G and runs its last argument here,
// as a login shell would there, or what script says.
func fakeSSH(t *testing.T, script string) []string {
	t.Helper()
	preamble := `for last; do [ "$last" = -G ] && exit 1; done; `
	return []string{installProgram(t, t.TempDir(), "ssh", preamble+script)}
}

// runsLast has the fake ssh run the remote command.
const runsLast = `SSH_CONNECTION="127.0.0.1 1 127.0.0.1 22" sh -c "$last"`

func TestSSHStages(t *testing.T) {
	const connect = "MOSH CONNECT 60009 " + testKey
	tests := []struct {
		name, ssh, server string
		want              any    // a pointer to the error type; nil for success
		says, hint        string // parts of the error and its hint
		noise, stderr     string
	}{
		{name: "works", ssh: runsLast, server: "echo hello; echo " + connect + "; echo later; :", noise: "hello\n"},
		{name: "banner before", ssh: "echo banner; printf 'no line end'; " + runsLast, server: "echo " + connect + " #", noise: "banner\nno line end\n"},
		{name: "ssh says no", ssh: "echo 'me@testhost: Permission denied (publickey).' >&2; exit 255", want: new(*SSHError),
			says: "ssh to testhost ended with status 255", hint: "key or password", stderr: "me@testhost: Permission denied (publickey).\n"},
		{name: "name unknown", ssh: "echo 'ssh: Could not resolve hostname testhost: Name or service not known' >&2; exit 255",
			want: new(*SSHError), hint: "spelling", stderr: "ssh: Could not resolve hostname testhost: Name or service not known\n"},
		{name: "ssh ends at once", ssh: "exit 1", want: new(*SSHError), says: "status 1", hint: "ssh got in"},
		{name: "ssh is killed", ssh: "kill -9 $$", want: new(*SSHError), says: "a signal"},
		{name: "no shell there", ssh: "echo This account is currently not available.", want: new(*SSHError), noise: "This account is currently not available.\n"},
		{name: "command not found", ssh: runsLast, server: "no-such-server", want: new(*NoServerError), says: `"no-such-server" was not found`, hint: "--server"},
		{name: "server refuses", ssh: runsLast, server: "echo bind: Address already in use >&2; exit 1 #", want: new(*RefusedError),
			says: "Address already in use", hint: "--port"},
		{name: "server says nothing", ssh: runsLast, server: ":", want: new(*RefusedError), says: "status 0", hint: "by hand"},
		{name: "bad connect line", ssh: runsLast, server: "echo MOSH CONNECT x y #", want: new(*HandshakeError), says: "MOSH CONNECT"},
		{name: "ssh stays on", ssh: runsLast + "; exec sleep 60", server: "echo " + connect + " #"},
		{name: "ssh stays on without a server", ssh: runsLast + "; exec sleep 60", server: "exit 3 #", want: new(*RefusedError), says: "status 3"},
		{name: "stdout is inherited", ssh: "sleep 60 & exit 255", want: new(*SSHError), says: "status 255"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var s seen
			// A server command whose end is a comment takes no arguments.
			server := strings.TrimSuffix(test.server, "#")
			if server != test.server {
				server = "f() { " + strings.TrimSpace(server) + "; }; f"
			}
			end, err := SSH(t.Context(), SSHConfig{Command: fakeSSH(t, test.ssh), Host: "testhost", Server: server, Console: s.console()})
			if test.want == nil {
				// The name has no address and SSH_CONNECTION is a forwarded port's.
				var none *AddressError
				if !errors.As(err, &none) {
					t.Errorf("got %v, %v, want an AddressError", end.Addr, err)
				}
			} else if !errors.As(err, test.want) {
				t.Errorf("got %v, want %T", err, test.want)
			}
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want %q in it", err, test.says)
			}
			if hinter, ok := err.(Hinter); !ok || !strings.Contains(hinter.Hint(), test.hint) {
				t.Errorf("error %v has no hint with %q", err, test.hint)
			}
			if s.noise.String() != test.noise {
				t.Errorf("noise %q, want %q", s.noise.String(), test.noise)
			}
			if s.stderr.String() != test.stderr {
				t.Errorf("stderr %q, want %q", s.stderr.String(), test.stderr)
			}
		})
	}
}

func TestSSHReturnsEndpoint(t *testing.T) {
	var s seen
	end, err := SSH(t.Context(), SSHConfig{
		Command: fakeSSH(t, runsLast), Host: "me@127.0.0.1",
		Server: "f() { echo a warning; echo MOSH CONNECT 60009 " + testKey + "; }; f", Console: s.console("MOSH_KEY=secret"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if end.Addr.String() != "127.0.0.1:60009" || end.Key.Encode() != testKey {
		t.Errorf("endpoint %v", end.Addr)
	}
	if s.noise.String() != "a warning\n" {
		t.Errorf("noise %q", s.noise.String())
	}
}

func TestSSHNotThere(t *testing.T) {
	var s seen
	_, err := SSH(t.Context(), SSHConfig{Command: []string{filepath.Join(t.TempDir(), "no-ssh")}, Host: "testhost", Console: s.console()})
	var start *StartError
	if !errors.As(err, &start) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want a StartError", err)
	}
}

func TestSSHGetsArguments(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "args")
	var s seen
	SSH(t.Context(), SSHConfig{
		Command: append(fakeSSH(t, `echo "${MOSH_KEY-none} ${MOSH_PREDICTION_DISPLAY-none}" >`+out+`; for a; do [ "$a" = "$last" ] || printf "%s\\n" "$a"; done >>`+out), "-x"),
		Options: []string{"-p", "2222", "-o", "A=b c"}, Host: "me@testhost", Family: Inet6,
		Console: s.console("MOSH_KEY=secret", "MOSH_PREDICTION_DISPLAY=always"),
	})
	got, err := os.ReadFile(out)
	if want := "none none\n-x\n-6\n-p\n2222\n-o\nA=b c\n-n\n-T\nme@testhost\n"; err != nil || string(got) != want {
		t.Errorf("ssh got %q, %v, want %q", got, err, want)
	}
}

func TestSSHIsEndedWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	given := errors.New("given up")
	var s seen
	c := s.console()
	c.Noise = writerFunc(func(p []byte) (int, error) { cancel(given); return len(p), nil })
	_, err := SSH(ctx, SSHConfig{Command: fakeSSH(t, "echo ready; exec sleep 60"), Host: "testhost", Console: c})
	if !errors.Is(err, given) {
		t.Errorf("got %v, want %v", err, given)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestLocal(t *testing.T) {
	prog := installProgram(t, t.TempDir(), "srv", `echo "$PWD ${SSH_CONNECTION-none} $*" >"$OUT"; echo MOSH CONNECT 60009 `+testKey)
	home := t.TempDir()
	tests := []struct {
		name string
		c    LocalConfig
		want string
	}{
		{"own server", LocalConfig{Host: "127.0.0.1", Self: []string{prog, "server"}, Program: Program{Colors: 8}},
			"server new -c 8 -i 127.0.0.1"},
		{"command for the shell", LocalConfig{Host: "::1", Self: []string{prog}, Program: Program{Bind: BindAny, Shell: "a b"}},
			"new -c 0 -- /bin/fake -c a b"},
		{"fragment", LocalConfig{Host: "localhost", Server: "exec " + prog, Family: Inet, Program: Program{Bind: "127.0.0.2", Argv: []string{"x", "y z"}}},
			"new -c 0 -i 127.0.0.2 -- x y z"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out")
			var s seen
			test.c.Console = s.console("OUT="+out, "SSH_CONNECTION=1 2 3 4", "HOME="+home, "SHELL=/bin/fake")
			end, err := Local(t.Context(), test.c)
			if err != nil || end.Addr.Port() != 60009 || !end.Addr.Addr().IsLoopback() {
				t.Fatalf("endpoint %v, %v", end.Addr, err)
			}
			got, err := os.ReadFile(out)
			if want := home + " none " + test.want + "\n"; err != nil || string(got) != want {
				t.Errorf("server got %q, %v, want %q", got, err, want)
			}
		})
	}
}

func TestLocalFails(t *testing.T) {
	var s seen
	for _, test := range []struct {
		name string
		c    LocalConfig
		want any
	}{
		{"not there", LocalConfig{Host: "127.0.0.1", Server: "no-such-server"}, new(*NoServerError)},
		{"refuses", LocalConfig{Host: "127.0.0.1", Server: "echo no >&2; false"}, new(*RefusedError)},
		{"no program", LocalConfig{Host: "127.0.0.1", Self: []string{"/no/such/program"}}, new(*StartError)},
		{"elsewhere", LocalConfig{Host: "192.0.2.1", Self: []string{"/no/such/program"}}, new(*NotHereError)},
		{"no such name", LocalConfig{Host: "name.invalid", Self: []string{"/no/such/program"}}, new(*AddressError)},
	} {
		test.c.Console = s.console()
		if _, err := Local(t.Context(), test.c); !errors.As(err, test.want) {
			t.Errorf("%s: %v, want %T", test.name, err, test.want)
		}
	}
}
