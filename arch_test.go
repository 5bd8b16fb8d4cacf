package roam_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// mayImport names, for each package, the roam packages its non-test code may
// import. A package without a line fails. Widening a line is a design decision.
var mayImport = map[string]string{
	"crypto": "", "ssp/wire": "", "terminal": "", "internal/sim": "", "internal/sshtest": "", "internal/tty": "",
	"carrier": "", "bootstrap": "crypto", "client/predict": "terminal",
	"ssp":         "crypto ssp/wire",
	"session":     "ssp ssp/wire terminal",
	"client":      "carrier client/predict crypto internal/tty session ssp terminal",
	"server":      "carrier crypto internal/tty session ssp terminal",
	"cmd/roam":    "bootstrap client server",
	"docs/screen": "terminal", // a tool that draws the picture in the README
}

// pure lists the packages that may not read a clock, start a goroutine, or
// touch files, sockets and the environment: time and randomness are arguments.
var pure = []string{"crypto", "ssp/wire", "ssp", "terminal", "session", "client/predict"}

// impure lists what a pure package may not import.
var impure = []string{"os", "os/exec", "os/signal", "net", "syscall", "sync", "math/rand", "crypto/rand"}

// goList returns the import path and the imports of each package of the module.
func goList(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	imports := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		imports[strings.TrimPrefix(words[0], "roam/")] = words[1:]
	}
	return imports
}

func TestImportsPointAtTheLeaves(t *testing.T) {
	for pkg, imports := range goList(t) {
		allowed, known := mayImport[pkg]
		if !known && pkg != "roam" {
			t.Errorf("package %s has no line in mayImport", pkg)
			continue
		}
		for _, imp := range imports {
			name, ours := strings.CutPrefix(imp, "roam/")
			if ours && !slices.Contains(strings.Fields(allowed), name) {
				t.Errorf("%s imports %s; it may import only %q", pkg, name, allowed)
			}
		}
	}
}
