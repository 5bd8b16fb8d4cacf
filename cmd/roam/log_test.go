//go:build unix

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestLogHasNoSecrets types a secret into a session that is logged as much as can be, at
// both a prompt that echoes and one that does not.
func TestLogHasNoSecrets(t *testing.T) {
	t.Parallel()
	bin, dir := linkPrograms(t, "roam"), t.TempDir()
	log, keep, server := filepath.Join(dir, "log"), filepath.Join(dir, "connect"), filepath.Join(dir, "server")
	script := "#!/bin/sh\n" + bin + `/roam server "$@" | tee ` + keep + "\n"
	if err := os.WriteFile(server, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	s := newScreen(t, append(os.Environ(), "HOME="+newHome(t)), bin+"/roam --local --verbose=2 --log "+log+" --server "+server+" 127.0.0.1 "+
		`"echo commandsecret; stty -echo; read a; stty echo; echo got it; read b; echo screen\$b"`)
	s.wait(`^commandsecret$`)
	s.line("hiddensecret")
	s.wait(`^got it$`)
	s.line("typedsecret")
	s.wait(`^status 0$`)

	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"running " + server, "the server answers", "the server ends the session", "the session is over", "roam ends"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the log has no %q:\n%s", want, text)
		}
	}
	connect, err := os.ReadFile(keep)
	if err != nil {
		t.Fatal(err)
	}
	key := regexp.MustCompile(`MOSH CONNECT \d+ (\S{22})`).FindSubmatch(connect)
	if key == nil {
		t.Fatalf("no key in %q", connect)
	}
	for _, secret := range []string{string(key[1]), "commandsecret", "hiddensecret", "typedsecret"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("the log has %q:\n%s", secret, text)
		}
	}
	if info, err := os.Stat(log); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the log: %v, %v", info.Mode(), err)
	}
}
