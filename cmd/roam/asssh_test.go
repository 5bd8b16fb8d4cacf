//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"roam/internal/sshtest"
)

// TestCommandsAsSSH gives ssh and roam the same words, and compares what a program there
// gets of them.
func TestCommandsAsSSH(t *testing.T) {
	t.Parallel()
	bin, home := linkPrograms(t, "roam"), newHome(t)
	got := filepath.Join(home, "got")
	show := "#!/bin/sh\nprintf '<%s>' \"$@\" >>" + got + "\n"
	if err := os.WriteFile(filepath.Join(bin, "show"), []byte(show), 0o755); err != nil {
		t.Fatal(err)
	}
	host := sshtest.Start(t, "SetEnv PATH="+bin+":/usr/bin:/bin HOME="+home)
	take := func() string {
		b, err := os.ReadFile(got)
		if err != nil {
			t.Fatal(err)
		}
		os.Remove(got)
		return string(b)
	}
	for _, words := range [][]string{
		{"show", "a", "b  c", `"d  e"`, `'f  g'`, "$HOME", `\$HOME`, "", "''", "/bin/s[h]", "`echo h`", "x\ny", "\t;", "show", "ü", `"\\"`, "!!", "~", "-t", "--"},
		{"cd /; show 1; show", `"$PWD"`, "&&", "(exit", "7)"},
		{"-C", "--", "show", "-N"},
		{"-q", "show", "-q"},
	} {
		ssh := exec.Command("ssh", append([]string{"-F", host.Config, "testhost"}, words...)...)
		status := 0
		if err := ssh.Run(); err != nil {
			status = ssh.ProcessState.ExitCode()
		}
		want := take()
		s := newScreen(t, os.Environ(), shellLine(append([]string{bin + "/roam", "-F", host.Config, "testhost"}, words...)))
		s.wait(fmt.Sprintf(`^status %d$`, status))
		if have := take(); have != want {
			t.Errorf("%q: roam's program got %s, ssh's %s", words, have, want)
		}
	}
}

// TestCommandStatuses ends commands in each way.
func TestCommandStatuses(t *testing.T) {
	t.Parallel()
	bin, home := linkPrograms(t, "roam"), newHome(t)
	s := newScreen(t, append(os.Environ(), "HOME="+home, "SHELL=/bin/sh"), `for c in 'exit 0' 'exit 1' 'exit 255' 'kill -TERM $$' 'kill -KILL $$' 'kill -INT $$'; do `+
		bin+`/roam --local 127.0.0.1 "$c" >/dev/tty; got="$got $?"; done; clear; echo "got$got"`)
	s.wait(`^got 0 1 255 143 137 130$`)
}

// TestProgramsUseRoamAsSSH has scp and git go through roam in ssh's place.
func TestProgramsUseRoamAsSSH(t *testing.T) {
	t.Parallel()
	bin, home := linkPrograms(t, "roam"), newHome(t)
	host := sshtest.Start(t, "SetEnv PATH="+bin+":/usr/bin:/bin HOME="+home)
	dir := t.TempDir()
	run := func(name string, words ...string) {
		t.Helper()
		cmd := exec.Command(name, words...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "HOME="+home, "GIT_SSH_COMMAND="+bin+"/roam -F "+host.Config,
			"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b.test", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b.test")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s %q: %v\n%s", name, words, err, out)
		}
	}
	data := strings.Repeat("\x00\r\n\xff~.\x1e.", 20_000)
	if err := os.WriteFile(filepath.Join(dir, "data"), []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	same := func(path string) {
		t.Helper()
		if b, err := os.ReadFile(path); err != nil || string(b) != data {
			t.Errorf("%s: %d bytes, %v", path, len(b), err)
		}
	}
	for _, protocol := range []string{"-O", "-s"} { // the old one runs scp there, the other a subsystem
		run("scp", "-q", protocol, "-F", host.Config, "-S", bin+"/roam", "data", "testhost:"+dir+"/copy"+protocol)
		same(filepath.Join(dir, "copy"+protocol))
	}
	run("git", "init", "-q", "--bare", "there.git")
	run("git", "init", "-q", "here")
	run("cp", "data", "here/data")
	run("git", "-C", "here", "add", "data")
	run("git", "-C", "here", "commit", "-qm", "data")
	run("git", "-C", "here", "push", "-q", "testhost:"+dir+"/there.git", "HEAD:refs/heads/main")
	run("git", "clone", "-q", "-b", "main", "testhost:"+dir+"/there.git", "back")
	same(filepath.Join(dir, "back", "data"))

	cmd := exec.Command(bin+"/roam", "-F", host.Config, "testhost", "cat; echo err >&2; exit 41")
	cmd.Stdin = strings.NewReader(data)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, _ := cmd.Output()
	if string(out) != data || errs.String() != "err\n" || cmd.ProcessState.ExitCode() != 41 {
		t.Errorf("a pipe got %d bytes, %q and status %d", len(out), errs.String(), cmd.ProcessState.ExitCode())
	}
}

// shellLine returns words as a line for sh.
func shellLine(words []string) string {
	var line strings.Builder
	for _, w := range words {
		line.WriteString("'" + strings.ReplaceAll(w, "'", `'\''`) + "' ")
	}
	return line.String()
}
