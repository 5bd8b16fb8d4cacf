//go:build unix

package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"roam/internal/sshtest"
	"roam/server"
)

// completers are the shells in which completion is tried, with the line that sets it up.
// PowerShell's script is generated only: there is no such shell where the tests run.
var completers = []struct{ name, run, setup string }{
	{"bash", "bash --norc --noprofile -i", `PS1='at> '; eval "$(roam completion bash)"; echo re"ady"`},
	{"zsh", "zsh -f -i", `PS1='at> '; autoload -U compinit; compinit -u -D; eval "$(roam completion zsh)"; echo re"ady"`},
	{"fish", "fish --no-config -i", `set -g fish_autosuggestion_enabled 0; roam completion fish | source; echo re"ady"`},
}

// TestCompletionInShells types parts of words and Tab in real shells.
func TestCompletionInShells(t *testing.T) {
	t.Parallel()
	for _, shell := range completers {
		t.Run(shell.name, func(t *testing.T) {
			t.Parallel()
			env, id := completionHome(t)
			s := newScreen(t, env, shell.run)
			s.line(shell.setup)
			s.wait(`^ready$`)
			for _, c := range []struct{ typed, want string }{
				{"roam kil", "roam kill "},
				{"roam alp", "roam alpha.test "},
				{"roam -4 me@alp", "roam -4 me@alpha.test "},
				{"roam --fam", "roam --family "},
				{"roam --predict=al", "roam --predict=always "},
				{"roam --clipboard as", "roam --clipboard ask "},
				{"roam -vJ bet", "roam -vJ beta.test "},
				{"roam kill " + id, "roam kill " + id + " "},
				{"roam server --exp", "roam server --expire "},
				{"roam client --st", "roam client --stats "},
			} {
				s.tmux("send-keys", "-l", c.typed)
				s.keys("Tab")
				s.tmux("send-keys", "-l", "end")
				s.wait(regexp.QuoteMeta(c.want + "end"))
				s.keys("C-u")
				s.keys("C-l")
			}
		})
	}
}

// completionHome makes a home directory with hosts for ssh, and a session on this machine.
func completionHome(t *testing.T) (env []string, id string) {
	t.Helper()
	home, bin := newHome(t), linkPrograms(t, "roam")
	if err := os.Mkdir(filepath.Join(home, ".ssh"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, ".ssh", "config"), []byte("Host alpha.test beta.test *.test\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env, id = newSession(t)
	// No history: a shell would write it while the directory is being removed.
	return append(env, "HOME="+home, "PATH="+bin+":"+os.Getenv("PATH"), "HISTFILE=", "fish_history="), id
}

// newSession starts a server and returns the id of its session, and the environment whose only
// session it is.
func newSession(t *testing.T) (env []string, id string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "roam") // the path of a socket has to be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) }) // the server may be about to leave it
	env = append(os.Environ(), "XDG_RUNTIME_DIR="+dir)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) []byte {
		cmd := exec.Command(self, args...)
		cmd.Args[0], cmd.Env = "roam", env
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("roam %q: %v", args, err)
		}
		return out
	}
	port := strings.Fields(string(run("server", "-i", "127.0.0.1", "--", "cat")))[2] // MOSH CONNECT port key
	var found []server.Status
	if err := json.Unmarshal(run("ls", "--json"), &found); err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(found, func(st server.Status) bool { return strconv.Itoa(st.Port) == port }) // others' tests have sessions too
	if i < 0 {
		t.Fatalf("no session at port %s: %v", port, found)
	}
	t.Cleanup(func() { server.End(env, found[i].PID) })
	return env, strconv.Itoa(found[i].PID)
}

// TestCompletionAsksNoPassword completes the sessions of another host over a shared
// connection, and asks for nothing where there is none.
func TestCompletionAsksNoPassword(t *testing.T) {
	t.Parallel()
	bin, home := linkPrograms(t, "roam"), newHome(t)
	env, id := newSession(t)
	host := sshtest.Start(t, "SetEnv PATH="+bin+":/usr/bin:/bin HOME="+home+" "+env[len(env)-1])
	dir, err := os.MkdirTemp("", "roam") // the path of a socket has to be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	shared := []string{"-F", host.Config, "-o", "ControlPath=" + dir + "/s"}

	complete := func() []string {
		a := newArgs(inAttach)
		a.options, a.host = shared, "testhost"
		return a.completeSession(context.Background(), "")
	}
	if got := complete(); len(got) != 0 {
		t.Errorf("without a shared connection: %q", got)
	}
	if n := host.Connections(); n != 0 {
		t.Errorf("completion connected %d times", n)
	}
	master := exec.Command("ssh", append(shared, "-MNf", "testhost")...)
	if out, err := master.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	defer exec.Command("ssh", append(shared, "-O", "exit", "testhost")...).Run()
	if got := complete(); !slices.Contains(got, id) {
		t.Errorf("over a shared connection: %q, want session %s", got, id)
	}
}

// TestCompletionScripts holds that each shell has a script.
func TestCompletionScripts(t *testing.T) {
	for shell, want := range map[string]string{"bash": "complete -o default", "zsh": "#compdef roam", "fish": "complete -c roam", "powershell": "Register-ArgumentCompleter -CommandName 'roam'"} {
		out, err := exec.Command(linkPrograms(t, "roam")+"/roam", "completion", shell).Output()
		if err != nil || !strings.Contains(string(out), want) {
			t.Errorf("%s: %v, %.200s", shell, err, out)
		}
	}
}
