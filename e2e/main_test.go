//go:build linux

package e2e

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// patience is how long a test waits for what must come. It bounds a failing test
// and judges no speed: two cores may be busy with other tests.
const patience = 60 * time.Second

// bin is a directory with the program under test under all its names, and with
// nothing else.
var bin string

func TestMain(m *testing.M) {
	flag.Parse()
	// The tests wait for networks and programs most of the time. TestOutage's minute
	// passes beside the others.
	if err := flag.Set("test.parallel", "6"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(buildAndRun(m))
}

// buildAndRun builds the program once for all tests.
func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "roam-e2e")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	bin = dir
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "roam"), "roam/cmd/roam")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building roam: %v\n%s", err, out)
		return 1
	}
	for _, name := range []string{"mosh", "mosh-server", "mosh-client"} {
		if err := os.Symlink("roam", filepath.Join(dir, name)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return m.Run()
}

// program returns the path of a program that a test needs, which the Debian
// package pkg has.
func program(t testing.TB, name, pkg string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("this test needs %s: install the package %s", name, pkg)
	}
	return path
}
