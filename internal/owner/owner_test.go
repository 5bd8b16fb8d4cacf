//go:build unix

package owner

import (
	"os"
	"path/filepath"
	"testing"
)

func TestProblem(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		mode os.FileMode
		uid  int
		want string
	}{
		{0o600, os.Getuid(), ""},
		{0o755, os.Getuid(), ""},
		{0o620, os.Getuid(), "can be written by others (mode 620): chmod go-w it"},
		{0o602, os.Getuid(), "can be written by others (mode 602): chmod go-w it"},
		{0o600, 12345, "belongs to another user"},
	} {
		if err := os.Chmod(path, test.mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(path, test.uid, -1); err != nil {
			t.Fatal(err) // the tests run as root
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := Problem(info); got != test.want {
			t.Errorf("mode %o, owner %d: %q, want %q", test.mode, test.uid, got, test.want)
		}
	}
}
