//go:build unix

package main

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite golden files and the manual's pages")

// TestManual holds the pages of docs/man to what the program says of itself, and has man
// read them: it warns of nothing.
func TestManual(t *testing.T) {
	for name, text := range map[string]string{
		"roam.1":        roamManual((&program{}).tree()),
		"roam-config.5": configManual(),
	} {
		path := filepath.Join("../../docs/man", name)
		checkGolden(t, path, text)
		cmd := exec.Command("man", "--warnings", "-l", path)
		cmd.Env = append(os.Environ(), "MANWIDTH=80", "LANG=C.UTF-8", "MAN_KEEP_FORMATTING=")
		var said strings.Builder
		cmd.Stderr = &said
		shown, err := cmd.Output()
		if err != nil || said.Len() > 0 {
			t.Errorf("man %s: %v: %s", name, err, said.String())
		}
		for _, want := range map[string][]string{
			"roam.1":        {"roam - remote terminal", "--predict-ahead on|off", "roam attach [options]", "EXIT STATUS", "Ctrl-^"},
			"roam-config.5": {"PredictAhead on|off", "Verbose LEVEL", "Host *.example.com !slow.example.com"},
		}[name] {
			if !strings.Contains(string(shown), want) {
				t.Errorf("%s as man shows it lacks %q", name, want)
			}
		}
	}
}

// checkGolden compares text with a file, which -update rewrites.
func checkGolden(t *testing.T, path, text string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != text {
		t.Errorf("%s is not up to date (-update rewrites it); it should be\n%s", path, text)
	}
}

// TestReadmeHasExitStatuses compares its table with the manual's.
func TestReadmeHasExitStatuses(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	table := "| status | meaning |\n| --- | --- |\n"
	for _, e := range exitStatuses {
		table += "| " + e.left + " | " + e.help + " |\n"
	}
	if plain := strings.ReplaceAll(string(readme), "`", ""); !strings.Contains(plain, table) {
		t.Errorf("README.md does not have\n%s", table)
	}
}
