//go:build unix

package main

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestReleaseIsStamped builds roam as a release does.
func TestReleaseIsStamped(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "roam")
	cmd := exec.Command("go", "build", "-ldflags", "-X main.release=v1.2.3 -X main.commit=0123456789ab", "-o", path, ".")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	line, err := exec.Command(path, "--version").Output()
	if err != nil || !strings.HasPrefix(string(line), "roam v1.2.3 0123456789ab (go1.") {
		t.Errorf("%v, %s", err, line)
	}
	var b build
	object, err := exec.Command(path, "version", "--json").Output()
	if err != nil || json.Unmarshal(object, &b) != nil || b.Version != "v1.2.3" || b.Commit != "0123456789ab" || b.Protocol != 2 || b.Capabilities["screen"] == 0 {
		t.Errorf("%v, %s", err, object)
	}
}
