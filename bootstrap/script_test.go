package bootstrap

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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

func TestScriptSurvivesLoginShells(t *testing.T) {
	long := strings.Repeat("long 'text' ", 400)
	prog := Program{Colors: 256, Ports: Ports{Low: 60001, High: 60010}, Locale: []string{"LANG=C.UTF-8", "LC_ALL=" + nasty, "LANGUAGE="}, Expiry: "12h"}
	for _, shell := range loginShells {
		for _, how := range []string{"given", "roam", "mosh-server"} {
			t.Run(shell+"/"+how, func(t *testing.T) {
				home := t.TempDir()
				command, path := "", ""
				start := []string{"new"}
				switch how {
				case "given":
					command = `show() { ` + showArgs + `; }; 'show'`
				case "roam":
					path = installProgram(t, home+"/.local/bin", "roam", `[ "$1" = version ] && echo roam devel && exit; `+showArgs)
					start = []string{"server", "--expire=12h", "new"}
				case "mosh-server":
					path = installProgram(t, home+"/bin", "mosh-server", showArgs)
					// Another program called roam is passed over.
					installProgram(t, home+"/bin", "roam", `echo I am something else; exit 0`)
				}
				shellProg, argvProg := prog, prog
				shellProg.Shell = nasty + long
				argvProg.Argv = []string{"printf", nasty, "", long}
				for _, test := range []struct {
					prog    Program
					command []string
				}{
					{prog, nil},
					{shellProg, []string{"--", "/bin/" + shell, "-c", nasty + long}},
					{argvProg, []string{"--", "printf", nasty, "", long}},
				} {
					script := remoteScript(command, test.prog, false)
					if how == "mosh-server" { // the machine may have a real one, which sh would find first
						script = strings.Replace(script, "_p=$PATH:", "_p=", 1)
					}
					got, _ := runScript(t, shell, script, home, "SSH_CONNECTION=192.0.2.1 2 192.0.2.3 22")
					words := slices.Concat(start, []string{"-c", "256", "-s", "-p", "60001:60010",
						"-l", "LANG=C.UTF-8", "-l", "LC_ALL=" + nasty, "-l", "LANGUAGE="}, test.command)
					want := "\nMOSH SSH_CONNECTION 192.0.2.1 2 192.0.2.3 22\n\nROAM SERVER " + path + "\n"
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

func TestScriptFindsNoServer(t *testing.T) {
	script := strings.Replace(remoteScript("", Program{}, false), "_p=$PATH:"+searchPath, "_p=$HOME/bin", 1)
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
		script := remoteScript("f() { "+showArgs+"; }; f", Program{Bind: test.bind}, test.local)
		out, _ := runScript(t, "sh", script, t.TempDir(), "SSH_CONNECTION="+test.connection)
		if want := "<new>\n<-c>\n<0>\n" + test.want + "\nROAM EXIT"; !strings.Contains(out, want) {
			t.Errorf("bind %q, SSH_CONNECTION %q, local %v: %q, want %q in it", test.bind, test.connection, test.local, out, want)
		}
	}
}

func TestScriptRunsServerWithItsErrors(t *testing.T) {
	out, _ := runScript(t, "sh", remoteScript("f() { echo no luck >&2; return 3; }; f", Program{}, false), t.TempDir())
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
