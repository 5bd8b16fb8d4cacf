package bootstrap

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// loginShells are the shells that may get the script to read.
var loginShells = []string{"sh", "bash", "zsh", "fish", "tcsh"}

// nasty holds every byte that a shell could take for more than itself.
var nasty = "a  b\t'\"`\\$HOME$(id)!!!x\n\\'\\\\\n;|&<>()*?[a]{b,c}~#%s%%^=\u00e4\xff\x01\x7f\n"

// installProgram writes an executable sh script.
func installProgram(t *testing.T, dir, name, script string) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// showArgs is a program that prints its arguments between marks.
const showArgs = `printf '<%s>\n' "$@"`

// runScript has a login shell run a remote command, in an empty home directory.
func runScript(t *testing.T, shell, script, home string, env ...string) (string, int) {
	t.Helper()
	cmd := exec.Command(shell, "-c", script)
	cmd.Env = append([]string{"PATH=/usr/bin:/bin", "HOME=" + home, "SHELL=/bin/" + shell}, env...)
	out, err := cmd.CombinedOutput()
	if _, ok := err.(*exec.ExitError); err != nil && !ok {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// factLines are the lines of a script that says what the host is like.
var factLines = regexp.MustCompile(`\nROAM FACT [a-z0-9]+ .*\n`)

func TestScriptSurvivesLoginShells(t *testing.T) {
	long := strings.Repeat("long 'text' ", 400)
	prog := Program{Colors: 256, Ports: Ports{Low: 60001, High: 60010}, Locale: []string{"LANG=C.UTF-8", "LC_ALL=" + nasty, "LANGUAGE="}, Expiry: "12h"}
	tools := t.TempDir()
	installProgram(t, tools, "ip", `echo "2: eth0    inet 192.0.2.3/24 brd 192.0.2.255 scope global eth0"; echo "2: eth0    inet6 2001:db8::3/64 scope global "`)
	for _, shell := range loginShells {
		for _, how := range []string{"given", "roam", "mosh-server"} {
			t.Run(shell+"/"+how, func(t *testing.T) {
				home := t.TempDir()
				command, path := "", ""
				start, bind := []string{"new"}, []string{"-s"}
				switch how {
				case "given":
					command = `show() { ` + showArgs + `; }; 'show'`
				case "roam":
					path = installProgram(t, home+"/.local/bin", "roam", `[ "$1" = version ] && echo roam devel && exit; `+showArgs)
					start, bind = []string{"server", "--expire=12h", "new"}, nil // it listens on every address
				case "mosh-server":
					path = installProgram(t, home+"/bin", "mosh-server", showArgs)
					// Another program called roam is passed over.
					installProgram(t, home+"/bin", "roam", `echo I am something else; exit 0`)
				}
				shellProg, argvProg := prog, prog
				shellProg.Shell = nasty + long
				argvProg.Argv = []string{"printf", nasty, "", long}
				for i, test := range []struct {
					prog    Program
					command []string
				}{
					{prog, nil},
					{shellProg, []string{"--", "/bin/" + shell, "-c", nasty + long}},
					{argvProg, []string{"--", "printf", nasty, "", long}},
				} {
					script := remoteScript(command, test.prog, false, source{}, i == 0)
					if how == "mosh-server" { // the machine may have a real one, which sh would find first
						script = strings.Replace(script, "_p=$PATH:", "_p=", 1)
					}
					got, _ := runScript(t, shell, script, home, "SSH_CONNECTION=192.0.2.1 2 192.0.2.3 22", "PATH="+tools+":/usr/bin:/bin")
					if i == 0 {
						bare := factLines.ReplaceAllString(got, "")
						if facts := strings.Count(got, tagFact); facts < 3 {
							t.Errorf("%s said %d facts:\n%s", shell, facts, got)
						}
						got = bare
					}
					words := slices.Concat(start, []string{"-c", "256"}, bind, []string{"-p", "60001:60010",
						"-l", "LANG=C.UTF-8", "-l", "LC_ALL=" + nasty, "-l", "LANGUAGE="}, test.command)
					want := "\nMOSH SSH_CONNECTION 192.0.2.1 2 192.0.2.3 22\n\nROAM SERVER " + path + "\n"
					if how == "roam" {
						want = strings.Replace(want, "\nROAM SERVER", "\nROAM ADDRESSES 192.0.2.3/24 2001:db8::3/64\n\nROAM SERVER", 1)
					}
					if path == "" {
						want = strings.Replace(want, "SERVER ", "SERVER "+givenServer, 1)
					}
					for _, w := range words {
						want += fmt.Sprintf("<%s>\n", w)
					}
					want += "\nROAM EXIT 0\n"
					if got != want {
						t.Errorf("%s printed\n%q\nwant\n%q", shell, got, want)
					}
				}
			})
		}
	}
}

// TestScriptSaysAddresses has the tools of several systems say what addresses there are.
func TestScriptSaysAddresses(t *testing.T) {
	for name, test := range map[string]struct{ tool, script, want string }{
		"iproute":   {"ip", `echo "2: eth0    inet 192.0.2.3/24 brd 192.0.2.255 scope global dynamic eth0\\       valid_lft 85sec"`, " 192.0.2.3/24"},
		"FreeBSD":   {"ifconfig", "printf 'em0: flags=1<UP>\n\tether 00:00:5e:00:53:01\n\tinet 192.0.2.3 netmask 0xffffff00 broadcast 192.0.2.255\n\tinet6 fe80::1%%em0 prefixlen 64\n'", " 192.0.2.3 fe80::1%em0"},
		"old Linux": {"ifconfig", "printf 'eth0 Link encap:Ethernet\n inet addr:192.0.2.3  Bcast:192.0.2.255\n inet6 addr: 2001:db8::3/64 Scope:Global\n'", " 192.0.2.3  2001:db8::3/64"},
		"hostname":  {"hostname", `[ "$1" = -I ] && echo "192.0.2.3 2001:db8::3 "`, " 192.0.2.3 2001:db8::3"},
		"many":      {"hostname", `for i in $(seq 999); do printf '2001:db8::%s ' $i; done`, ""},
		"none":      {"true", "", ""},
	} {
		home := t.TempDir()
		installProgram(t, home, test.tool, test.script)
		for _, n := range []string{"printf", "sh", "seq"} {
			if path, err := exec.LookPath(n); err != nil || os.Symlink(path, filepath.Join(home, n)) != nil {
				t.Fatal(n, err)
			}
		}
		script := strings.Replace(remoteScript("true", Program{Bind: BindAny}, false, source{}, false), ":/sbin:/usr/sbin", "", 1)
		cmd := exec.Command("/bin/sh", "-c", script)
		cmd.Env = []string{"PATH=" + home}
		out, err := cmd.CombinedOutput()
		line := strings.SplitN(string(out), "\n", 3)[1]
		if name == "many" {
			if err != nil || len(line) > 1100 || !strings.HasPrefix(line, "ROAM ADDRESSES 2001:db8::1 2001:db8::2 ") {
				t.Errorf("%s: %v, a line of %d bytes: %.60q", name, err, len(line), line)
			}
		} else if want := "ROAM ADDRESSES" + test.want; err != nil || line != want {
			t.Errorf("%s: %q, %v, want %q", name, out, err, want)
		}
	}
}

func TestScriptFindsNoServer(t *testing.T) {
	script := strings.Replace(remoteScript("", Program{}, false, source{}, false), "_p=$PATH:"+searchPath, "_p=$HOME/bin", 1)
	for _, shell := range loginShells {
		out, status := runScript(t, shell, script, t.TempDir())
		if out != "\nROAM NOSERVER\n" || status != 127 {
			t.Errorf("%s: %q, status %d", shell, out, status)
		}
	}
}

func TestScriptBindsWhereSSHArrived(t *testing.T) {
	tests := []struct {
		bind, connection string
		local            bool
		want             string
	}{
		{"", "192.0.2.1 2 192.0.2.3 22", false, "<-s>\n"},
		{BindSSH, "2001:db8::1 2 2001:db8::2 22", false, "<-s>\n"},
		{BindSSH, "127.0.0.1 2 127.0.0.1 22", true, "<-s>\n"},
		{BindSSH, "127.0.0.1 2 127.0.0.1 22", false, ""}, // a forwarded port
		{BindSSH, "::1 2 ::1 22", false, ""},
		{BindSSH, "::ffff:127.0.0.1 2 ::ffff:127.0.0.1 22", false, ""},
		{BindSSH, "", false, ""},
		{BindAny, "192.0.2.1 2 192.0.2.3 22", false, ""},
		{"192.0.2.9", "192.0.2.1 2 192.0.2.3 22", false, "<-i>\n<192.0.2.9>\n"},
	}
	for _, test := range tests {
		script := remoteScript("f() { "+showArgs+"; }; f", Program{Bind: test.bind}, test.local, source{}, false)
		out, _ := runScript(t, "sh", script, t.TempDir(), "SSH_CONNECTION="+test.connection)
		if want := "<new>\n<-c>\n<0>\n" + test.want + "\nROAM EXIT"; !strings.Contains(out, want) {
			t.Errorf("bind %q, SSH_CONNECTION %q, local %v: %q, want %q in it", test.bind, test.connection, test.local, out, want)
		}
	}
}

func TestScriptRunsServerWithItsErrors(t *testing.T) {
	out, _ := runScript(t, "sh", remoteScript("f() { echo no luck >&2; return 3; }; f", Program{}, false, source{}, false), t.TempDir())
	if want := "\nROAM SERVER --server\nno luck\n\nROAM EXIT 3\n"; out != want {
		t.Errorf("printed %q, want %q", out, want)
	}
}

func TestMoshCommandIsStocks(t *testing.T) {
	prog := Program{Colors: 256, Ports: Ports{Low: 60000, High: 60010}, Locale: []string{"LANG=C.UTF-8"}, Argv: []string{"ls", "a b", "it's"}}
	want := `mosh-server 'new' '-c' '256' '-s' '-p' '60000:60010' '-l' 'LANG=C.UTF-8' '--' 'ls' 'a b' 'it'\''s'`
	if got := moshCommand("mosh-server", prog, false); got != want {
		t.Errorf("command %s, want %s", got, want)
	}
	got := moshCommand("f() { "+showArgs+"; }; f", Program{Bind: BindAny}, true)
	out, _ := runScript(t, "sh", got, t.TempDir(), "SSH_CONNECTION=1 2 3 4")
	if want := "\nMOSH SSH_CONNECTION 1 2 3 4\n<new>\n<-c>\n<0>\n"; out != want {
		t.Errorf("printed %q, want %q", out, want)
	}
}
