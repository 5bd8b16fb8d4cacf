//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/creack/pty"

	"roam/internal/sshtest"
)

// A said is one way in which roam fails, and what it says then is a golden file of
// testdata/messages.
type said struct {
	name  string
	words string   // the command line, for sh
	env   []string // beside the usual one
	file  string   // the user's settings; "" for none
	piped bool     // standard input is no terminal
	alone bool     // no session of the user's is to be seen
}

// hostSaid are failures that need a host: %s is the directory of ssh's files there.
var hostSaid = []said{
	{name: "ssh_unknown_host", words: "roam -F %s/ssh_config unknown"},
	{name: "ssh_no_server_there", words: "roam -F %s/ssh_config closed"},
	{name: "ssh_refused_key", words: "roam -F %s/stranger_config testhost"},
	{name: "ssh_unknown_host_key", words: "roam -F %s/ssh_config -o HostKeyAlias=new testhost"},
	{name: "ssh_changed_host_key", words: "roam -F %s/ssh_config -o HostKeyAlias=changed testhost"},
	{name: "ssh_bad_option", words: "roam -F %s/ssh_config -o Nonsense=1 testhost"},
	{name: "host_without_server", words: "roam -F %s/ssh_config --install=never testhost"},
	{name: "host_without_that_server", words: "roam -F %s/ssh_config --server=/no/such/server testhost"},
	{name: "host_without_roam_for_ls", words: "roam ls -F %s/ssh_config testhost"},
	{name: "host_without_roam_for_attach", words: "roam attach -F %s/ssh_config --install=never testhost"},
	{name: "host_no_utf8", words: `roam -F %s/ssh_config --server="sh -c 'LC_ALL=C exec %s/mosh-server new'" testhost`},
	{name: "host_ports_taken", words: "roam -F %s/ssh_config --server='echo bind: Address already in use >&2; exit 1;' testhost"},
	{name: "host_other_machine", words: "roam -F %s/ssh_config --server='echo exec format error >&2; exit 126;' testhost"},
	{name: "host_bad_start_line", words: "roam -F %s/ssh_config --server='echo MOSH CONNECT x y;' testhost"},
	{name: "udp_refused", words: "roam -F %s/ssh_config --server='echo MOSH CONNECT $CLOSED AAAAAAAAAAAAAAAAAAAAAA;' testhost"},
}

// hereSaid are failures on this machine alone.
var hereSaid = []said{
	{name: "usage_no_host", words: "roam -p 22"},
	{name: "usage_bad_host", words: "roam -- -x"},
	{name: "usage_unknown_option", words: "roam --prot=60001 host"},
	{name: "usage_unknown_letter", words: "roam -Z host"},
	{name: "usage_no_value", words: "roam host -p"},
	{name: "usage_equals_sign", words: "roam -p=2222 host"},
	{name: "usage_switch_with_value", words: "roam --local=yes"},
	{name: "usage_elsewhere", words: "roam kill --predict=never 7"},
	{name: "usage_bind_server", words: "roam --bind-server=foo host"},
	{name: "usage_clipboard", words: "roam --clipboard=read host"},
	{name: "usage_expiry", words: "roam --server-expiry=soon host"},
	{name: "usage_family", words: "roam --family=ipv4 host"},
	{name: "usage_install", words: "roam --install=perhaps host"},
	{name: "usage_port", words: "roam --port=60001:60000 host"},
	{name: "usage_predict", words: "roam --predict=sometimes host"},
	{name: "usage_predict_ahead", words: "roam --predict-ahead=far host"},
	{name: "usage_ssh", words: "roam --ssh=\"'\" host"},
	{name: "usage_verbose", words: "roam --verbose=9 host"},
	{name: "usage_help", words: "roam help kil"},
	{name: "usage_local_and_ssh", words: "roam --local -L 1:a:2"},
	{name: "usage_log", words: "roam --log /no/such/directory/log host"},
	{name: "usage_trace", words: "roam --trace /no/such/directory/trace host"},
	{name: "usage_config", words: "roam --config /no/such/file host"},
	{name: "usage_kill_nothing", words: "roam kill"},
	{name: "usage_kill_no_id", words: "roam kill host seven"},
	{name: "usage_kill_ssh", words: "roam kill -L 1:a:2 host 7"},
	{name: "usage_ls", words: "roam ls host 7"},
	{name: "usage_attach", words: "roam attach host 1 2"},
	{name: "usage_completion", words: "roam completion csh"},
	{name: "usage_trace_plot", words: "roam trace plot /no/such/file"},

	{name: "config_unknown_setting", words: "roam host", file: "Host *\n  Port 60001\n  Predikt never\n"},
	{name: "config_bad_value", words: "roam host", file: "# mine\nPort 60001:60000\n"},
	{name: "config_no_switch", words: "roam host", file: "Stats perhaps\n"},
	{name: "config_no_value", words: "roam host", file: "Host *\n  Port\n"},
	{name: "config_open_quote", words: "roam host", file: "Server \"roam server\n"},
	{name: "config_no_pattern", words: "roam host", file: "Host\n"},

	{name: "terminal_missing", words: "roam --local", piped: true},
	{name: "terminal_missing_attach", words: "roam attach", piped: true},
	{name: "terminal_unset", words: "roam --local", env: []string{"TERM="}},
	{name: "terminal_dumb", words: "roam --local", env: []string{"TERM=dumb"}},
	{name: "terminal_unknown", words: "roam --local", env: []string{"TERM=no-such-type"}},

	{name: "environment_predict", words: "roam --local", env: []string{"ROAM_PREDICTION_DISPLAY=sometimes"}},
	{name: "environment_ahead", words: "roam --local", env: []string{"ROAM_PREDICT_AHEAD=far"}},
	{name: "environment_clipboard", words: "roam --local", env: []string{"ROAM_CLIPBOARD=read"}},

	{name: "ssh_missing", words: "roam --ssh=no-such-ssh host"},
	{name: "local_other_address", words: "roam --local 192.0.2.1"},
	{name: "local_unknown_name", words: "roam --local no..such.name"},
	{name: "local_no_server", words: "roam --local --server=/no/such/server"},
	{name: "sessions_none_to_attach", words: "roam attach", alone: true},
	{name: "sessions_none", words: "roam ls", alone: true},
	{name: "sessions_no_such_attach", words: "roam attach 1"},
	{name: "sessions_no_such_kill", words: "roam kill 1"},

	{name: "client_arguments", words: "roam client 192.0.2.1"},
	{name: "client_option", words: "roam client -Z 192.0.2.1 60001"},
	{name: "client_address", words: "roam client example.test 60001"},
	{name: "client_port", words: "roam client 192.0.2.1 70000"},
	{name: "client_no_key", words: "roam client 192.0.2.1 60001"},
	{name: "client_bad_key", words: "roam client 192.0.2.1 60001", env: []string{"ROAM_KEY=short"}},
	{name: "server_port", words: "roam server -p 70000"},
	{name: "mosh_no_host", words: "mosh"},
	{name: "mosh_unknown_option", words: "mosh --nonsense host"},
	{name: "mosh_ambiguous_option", words: "mosh --pred=always host"},
	{name: "mosh_bind_server", words: "mosh --bind-server=foo host"},
}

// TestMessages produces each message in the program itself, at a terminal, with the real
// ssh where one is needed, and compares all that it prints. A person reads what -update
// writes: it says what failed, on what, and what to do.
func TestMessages(t *testing.T) {
	bin := linkPrograms(t, "roam", "mosh")
	for _, c := range hereSaid {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			checkSaid(t, c, bin, nil)
		})
	}
	host := sshtest.Start(t, withoutServers, "SetEnv PATH=/usr/bin:/bin HOME="+t.TempDir())
	closed := closedPort(t)
	hostFiles(t, host)
	t.Run("host", func(t *testing.T) {
		for _, c := range hostSaid {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				c.words = strings.NewReplacer("%s", host.Dir, "$CLOSED", closed).Replace(c.words)
				checkSaid(t, c, bin, map[string]string{host.Dir: "DIR", fmt.Sprint(host.Port): "PORT", closed: "60001"})
			})
		}
	})
}

// hostFiles adds hosts to the ssh_config that cannot be logged in to.
func hostFiles(t *testing.T, host *sshtest.Server) {
	t.Helper()
	if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", host.Dir+"/other").CombinedOutput(); err != nil {
		t.Fatalf("ssh-keygen: %v\n%s", err, out)
	}
	other, err := os.ReadFile(host.Dir + "/other.pub")
	if err != nil {
		t.Fatal(err)
	}
	known, err := os.OpenFile(host.Dir+"/known_hosts", os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer known.Close()
	fmt.Fprintf(known, "changed %s", other)
	config, err := os.ReadFile(host.Config)
	if err != nil {
		t.Fatal(err)
	}
	stranger := strings.Replace(string(config), host.Dir+"/user", host.Dir+"/other", 1)
	if err := os.WriteFile(host.Dir+"/stranger_config", []byte(stranger), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("cp", stock(t, "mosh-server"), host.Dir).CombinedOutput(); err != nil {
		t.Fatalf("cp: %v\n%s", err, out)
	}
	host.AddConfig(t, "Host unknown", "  HostName no..such.name", "Host closed", "  HostName 127.0.0.1", "  Port "+closedPort(t))
}

// withoutServers is the command of a host's sshd that runs what is asked for where no
// mosh-server can be found: the start looks in the system's directories too.
const withoutServers = `ForceCommand unshare --mount sh -c 'mount --bind /dev/null /usr/bin/mosh-server && exec sh -c "$SSH_ORIGINAL_COMMAND"'`

// aloneScript runs its first argument in a mount namespace in which nobody has sessions: the
// sockets of those without XDG_RUNTIME_DIR are in a directory of /tmp.
const aloneScript = `dir=/tmp/roam-$(id -u); mkdir -p -m 700 "$dir" && mount -t tmpfs -o mode=700 none "$dir" && exec bash -c "$1"`

// closedPort returns a port of 127.0.0.1 on which nobody listens, neither by TCP nor by UDP.
// It is taken from the system, which gives it to nobody else for a while.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// vague are the parts of messages that differ from run to run.
var vague = []struct {
	is  *regexp.Regexp
	say string
}{
	{regexp.MustCompile(`SHA256:[A-Za-z0-9+/]{43}`), "SHA256:HASH"},
	{regexp.MustCompile(`known_hosts:\d+`), "known_hosts:N"},
	{regexp.MustCompile(`(closed|127\.0\.0\.1) port \d+`), "$1 port PORT"},
	{regexp.MustCompile(`within \d+ seconds: `), "within N seconds: "},
	{regexp.MustCompile(`Killed by signal 15\.\r?\n`), ""},      // ssh's, where it is still there
	{regexp.MustCompile(`(?m)^roam: ssh answers, UDP.*\n`), ""}, // doctor's finding, if it comes in time
	{regexp.MustCompile(`\[pid \d+\]`), "[pid N]"},
}

// checkSaid compares a message with its golden file. known are texts that differ, and what
// stands for them there.
func checkSaid(t *testing.T, c said, bin string, known map[string]string) {
	t.Helper()
	home := t.TempDir()
	if c.file != "" {
		if err := os.MkdirAll(home+"/.config/roam", 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(home+"/.config/roam/config", []byte(c.file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text, status := runSaid(t, c, bin, home)
	show := "$ " + c.words + "\n" + text + fmt.Sprintf("status %d\n", status)
	for from, to := range known {
		show = strings.ReplaceAll(show, from, to)
	}
	for _, v := range vague {
		show = v.is.ReplaceAllString(show, v.say)
	}
	show = strings.ReplaceAll(strings.ReplaceAll(show, home, "HOME"), "\r", "")
	checkGolden(t, filepath.Join("testdata", "messages", c.name+".txt"), show)
}

// runSaid runs the command line with a terminal for its input and output, and returns what
// it prints on standard error, and its exit status.
func runSaid(t *testing.T, c said, bin, home string) (text string, status int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", c.words)
	if c.alone {
		cmd = exec.CommandContext(ctx, "unshare", "--mount", "bash", "-c", aloneScript, "bash", c.words)
	}
	cmd.Dir = home
	cmd.Env = append([]string{"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + home, "XDG_RUNTIME_DIR=" + home, "TERM=xterm-256color", "LANG=C.UTF-8", "SHELL=/bin/sh"}, c.env...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if !c.piped {
		master, slave, err := pty.Open()
		if err != nil {
			t.Fatal(err)
		}
		defer master.Close()
		defer slave.Close()
		cmd.Stdin, cmd.Stdout = slave, slave
	}
	cmd.Run() // its status is part of what is compared
	if ctx.Err() != nil {
		t.Fatalf("%s did not end; it said\n%s", c.words, errs.String())
	}
	return errs.String(), cmd.ProcessState.ExitCode()
}

// TestMessagesHaveCases finds golden files that nothing produces any more.
func TestMessagesHaveCases(t *testing.T) {
	files, err := filepath.Glob("testdata/messages/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]bool{}
	for _, c := range append(append([]said{}, hereSaid...), hostSaid...) {
		cases[c.name] = true
	}
	if len(cases) != len(hereSaid)+len(hostSaid) {
		t.Error("two cases have one name")
	}
	for _, file := range files {
		if name := strings.TrimSuffix(filepath.Base(file), ".txt"); !cases[name] {
			t.Errorf("%s has no case", file)
		}
	}
}
