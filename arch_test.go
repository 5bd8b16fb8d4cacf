package roam_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mayImport names, for each package, the roam packages its non-test code may
// import. A package without a line fails. Widening a line is a design decision.
var mayImport = map[string]string{
	"crypto": "", "ssp/wire": "", "terminal": "", "internal/alarm": "", "internal/memory": "", "internal/owner": "", "internal/payload": "", "internal/sshtest": "", "internal/tty": "", "internal/voice": "terminal",
	"carrier": "", "bootstrap": "crypto install internal/tty", "install": "internal/owner", "client/predict": "terminal",
	"ssp":                   "crypto ssp/wire",
	"ssp/ssptest":           "crypto ssp ssp/ssptest/sim", // this and the next only tests import
	"ssp/ssptest/sim":       "",
	"session":               "ssp ssp/wire terminal",
	"trace":                 "ssp ssp/wire",
	"trace/plot":            "ssp/wire trace",
	"client":                "carrier client/predict crypto internal/alarm internal/memory internal/tty internal/voice session ssp terminal trace",
	"server":                "carrier crypto internal/alarm internal/memory internal/tty session ssp terminal trace",
	"cmd/roam":              "bootstrap client config doctor install internal/voice server session sessions sshhosts ssp/wire trace trace/plot",
	"config":                "internal/owner",
	"doctor":                "bootstrap carrier crypto install internal/voice server session sessions ssp terminal",
	"sessions":              "bootstrap server",
	"sshhosts":              "",
	"examples/board":        "carrier crypto ssp",
	"docs/screen":           "terminal",     // a tool that draws the picture in the README
	"client/predict/record": "internal/tty", // a tool that records programs for tests of predict
	"e2e":                   "",             // tests of both ends together
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

func TestPurePackagesTouchNothing(t *testing.T) {
	imports := goList(t)
	for _, pkg := range pure {
		if imports[pkg] == nil {
			t.Errorf("pure package %s is not there", pkg)
		}
		for _, imp := range imports[pkg] {
			if slices.Contains(impure, imp) {
				t.Errorf("%s is pure and imports %s", pkg, imp)
			}
		}
	}
}

// clock lists what a pure package may not take from package time.
var clock = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}

// sources calls f for each Go file of a package that is not a test.
func sources(t *testing.T, pkg string, f func(name string, file *ast.File)) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(pkg, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		f(name, file)
	}
}

func TestPurePackagesReadNoClock(t *testing.T) {
	for _, pkg := range pure {
		sources(t, pkg, func(name string, file *ast.File) {
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.GoStmt:
					t.Errorf("%s is pure and starts a goroutine", name)
				case *ast.SelectorExpr:
					if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains(clock, n.Sel.Name) {
						t.Errorf("%s is pure and calls time.%s", name, n.Sel.Name)
					}
				}
				return true
			})
		})
	}
}

func TestEachPackageHasOneComment(t *testing.T) {
	for pkg := range goList(t) {
		if pkg == "roam" {
			continue // tests only
		}
		comments := 0
		sources(t, pkg, func(_ string, file *ast.File) {
			if file.Doc != nil && !ast.IsGenerated(file) {
				comments++
			}
			for _, decl := range file.Decls {
				if f, ok := decl.(*ast.FuncDecl); ok && f.Name.Name == "init" && f.Recv == nil {
					t.Errorf("%s has an init function", pkg)
				}
			}
		})
		if comments != 1 {
			t.Errorf("%s has %d package comments, want 1", pkg, comments)
		}
	}
}
