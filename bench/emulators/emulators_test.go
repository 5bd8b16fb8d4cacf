package main

import (
	"os"
	"strings"
	"testing"
)

// TestMain lets the tests' own program be the processes that it starts.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && children[os.Args[1]] != nil {
		os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// TestTable measures the emulators in Go, and roam's server, briefly: what can
// be there on every machine that builds roam.
func TestTable(t *testing.T) {
	var stdout, stderr strings.Builder
	if status := run([]string{"-n", "1", "-bytes", "65536", "-peers", "roam,vt10x,x/vt,pty,roam-server"}, &stdout, &stderr); status != 0 || stderr.Len() > 0 {
		t.Fatalf("status %d: %s", status, &stderr)
	}
	lines := strings.Split(strings.TrimSpace(stdout.String()), "\n")
	if len(lines) != 4+5 || strings.Contains(stdout.String(), "failed") {
		t.Errorf("the table is\n%s", &stdout)
	}
}

func TestMissingPeersAreNamed(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	var stdout, stderr strings.Builder
	run([]string{"-n", "1", "-bytes", "1000", "-peers", "libvterm,xterm.js,tmux,mosh-server"}, &stdout, &stderr)
	if got := strings.Count(stdout.String(), "| missing: "); got != 4 {
		t.Errorf("%d of 4 are named as missing in\n%s", got, &stdout)
	}
}
