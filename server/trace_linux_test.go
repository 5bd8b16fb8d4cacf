package server

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"roam/trace"
)

// TestServerWritesATrace: by the option and by the variable, for its user's eyes
// only, and without what was typed.
func TestServerWritesATrace(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct {
		env, args []string
	}{
		{nil, []string{"--trace", dir}},
		{[]string{"ROAM_TRACE=" + dir}, nil},
	} {
		s := start(t, RoamName, testEnv(t, tt.env...), append(tt.args, "-i", "127.0.0.1", "-p", "0")...)
		c := attach(t, s, nil)
		c.prompt()
		c.dial(s.port) // the client moves
		c.typeIn("echo ${ROAM_TRACE-nothing} secretword\r")
		c.until(c.shows("nothing secretword"))
		c.typeIn("exit\r")
		c.until(c.ended)
		s.wait()
		files, err := filepath.Glob(filepath.Join(dir, "roam-server-*.trace"))
		if err != nil || len(files) != 1 {
			t.Fatalf("files %q, %v", files, err)
		}
		b, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(files[0]); err != nil || info.Mode() != 0o600 {
			t.Errorf("the file is %v, %v", info.Mode(), err)
		}
		got, err := trace.Read(strings.NewReader(string(b)))
		if err != nil || got.Role != "server" || got.Cut {
			t.Fatalf("role %q, cut %v, %v", got.Role, got.Cut, err)
		}
		for _, name := range []string{"ssp:datagram_sent", "ssp:datagram_received", "ssp:state_acked", trace.PeerMoved} {
			if !slices.ContainsFunc(got.Events, func(e trace.Event) bool { return e.Name == name }) {
				t.Errorf("no %s is in the trace", name)
			}
		}
		if text := string(b); strings.Contains(text, "secretword") || strings.Contains(text, s.key) {
			t.Error("the trace has a secret")
		}
		os.Remove(files[0])
	}
}

// TestServerWithoutItsTrace does not start, and says why.
func TestServerWithoutItsTrace(t *testing.T) {
	cmd := command(t, RoamName, testEnv(t), "-i", "127.0.0.1", "-p", "0", "--trace", "/dev/null")
	out, err := cmd.CombinedOutput()
	if want := "trace: the file is no plain file of this user's alone: /dev/null"; err == nil || !strings.Contains(string(out), want) {
		t.Errorf("%v: %s, want %q", err, out, want)
	}
}
