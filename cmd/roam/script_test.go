//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"roam/server"
)

func TestMain(m *testing.M) {
	if server.IsDaemon() { // a session that a script has started
		os.Exit(server.RunDaemon())
	}
	if self := filepath.Base(os.Args[0]); strings.HasPrefix(self, ".new.") { // roam tries what it puts on a host under such a name
		main()
	}
	testscript.Main(m, map[string]func(){"roam": main, "mosh": main, "mosh-server": main, "mosh-client": main})
}

// TestScripts runs the scripts of testdata/script, one a behaviour, against the real main.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"status":   status,
			"terminal": terminal,
		},
		Setup: func(env *testscript.Env) error {
			// As in a terminal of its own, but without one.
			env.Setenv("TERM", "xterm-256color")
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("PATH", env.WorkDir+"/bin:"+env.Getenv("PATH"))
			return nil
		},
	})
}

// status runs a program as exec does and checks its exit status: status N PROGRAM ARGS.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N program [argument...]")
	}
	// exec's error says "exit status N"; success says nothing.
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		var ok bool
		if got, ok = strings.CutPrefix(err.Error(), "exit status "); !ok {
			ts.Fatalf("%s: %v", args[1], err)
		}
	}
	if got != args[0] {
		ts.Fatalf("%s: exit status %s, want %s", args[1], got, args[0])
	}
}

// terminal is status for a program whose input and output are a terminal, but not its errors:
// terminal N PROGRAM ARGS.
func terminal(ts *testscript.TestScript, neg bool, args []string) {
	line := ""
	for _, arg := range args[1:] {
		line += "'" + strings.ReplaceAll(arg, "'", `'\''`) + "' "
	}
	const run = `script -qec "$1 2>errors" /dev/null; s=$?; cat errors >&2; rm errors; exit $s`
	status(ts, neg, []string{args[0], "sh", "-c", run, "sh", line})
}

func TestReadmeHasUsage(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	usage := helpOf((&program{}).tree(), helpWidth)
	if !strings.Contains(string(readme), "```\n$ roam --help\n"+usage+"```\n") {
		t.Error("README.md does not have the output of roam --help")
	}
}
