//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"roam/internal/sshtest"
	"roam/server"
)

// TestEndToEndAttach is a session that goes from one terminal to another and back, over
// ssh, is listed and ended.
func TestEndToEndAttach(t *testing.T) {
	t.Parallel()
	bin, home := linkPrograms(t, "roam"), newHome(t)
	host := sshtest.Start(t, "SetEnv PATH="+bin+":/usr/bin:/bin HOME="+home)
	roam := func(words string) string { return fmt.Sprintf("%s/roam %s -F %s testhost", bin, words, host.Config) }

	first := newScreen(t, os.Environ(), roam(""))
	first.wait(`^ready>`)
	first.line(`echo "this is session <$ROAM_SESSION>"; read kept`)
	first.wait(`^this is session <\d+>$`)
	id := regexp.MustCompile(`<(\d+)>\n`).FindStringSubmatch(first.text())[1]

	second := newScreen(t, os.Environ(), roam("attach")+" "+id)
	second.wait(`^this is session <` + id + `>$`)
	first.wait(`^roam: the session goes on at another client; "roam attach" takes it back\nstatus 0$`)
	second.line("typed at the second")
	second.line(`echo "kept: $kept"; stty size`)
	second.wait(`^kept: typed at the second$`)

	third := newScreen(t, os.Environ(), roam("attach")+" "+id)
	third.wait(`^kept: typed at the second$`)
	second.wait(`^status 0$`)

	st := listedOver(t, roam("ls --json"), id)
	if st == nil || !st.Attached || st.Foreground != "sh" && st.Foreground != "bash" {
		t.Errorf("listed as %+v", st)
	}
	table, err := exec.Command("sh", "-c", roam("ls")).Output()
	if err != nil || !regexp.MustCompile(`(?m)^`+id+` .*attached`).Match(table) {
		t.Errorf("the table is %v\n%s", err, table)
	}
	if out, err := exec.Command("sh", "-c", roam("kill")+" "+id).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	third.wait(`^roam: the server ended the session: the session was ended on its host\nstatus 0$`)
	out, err := exec.Command("sh", "-c", roam("kill")+" "+id).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "session "+id+": no such session") {
		t.Errorf("ending it again: %v: %s", err, out)
	}
	lost := newScreen(t, os.Environ(), roam("attach")+" "+id)
	lost.wait(`(?s)^roam: error: .*no such session: ` + id + `.*\nroam: hint: roam ls shows.*\nstatus 5$`)
}

// listedOver returns what a command that lists sessions has of one, nil for nothing.
func listedOver(t *testing.T, command, id string) *server.Status {
	t.Helper()
	out, err := exec.Command("sh", "-c", command).Output()
	if err != nil {
		t.Fatal(err)
	}
	var found []server.Status
	if err := json.Unmarshal(out, &found); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, st := range found {
		if fmt.Sprint(st.PID) == id {
			return &st
		}
	}
	return nil
}

// TestAttachNeedsRoam says so where there is only stock's server.
func TestAttachNeedsRoam(t *testing.T) {
	t.Parallel()
	bin, home := linkPrograms(t, "roam"), newHome(t)
	host := sshtest.Start(t, "SetEnv PATH=/usr/bin:/bin HOME="+home)
	for _, words := range []string{"ls", "kill", "attach"} {
		ids := ""
		if words == "kill" {
			ids = " 7"
		}
		out, err := exec.Command("script", "-qec", fmt.Sprintf("NO_COLOR=1 %s/roam %s -F %s testhost%s", bin, words, host.Config, ids), "/dev/null").CombinedOutput()
		if err == nil || !strings.Contains(string(out), "roam: error: no roam on testhost, and only roam knows its sessions") {
			t.Errorf("%s: %v: %s", words, err, out)
		}
	}
}
