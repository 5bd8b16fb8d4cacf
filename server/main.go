package server

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
)

// Exit statuses of Main.
const (
	exitOK    = 0
	exitError = 1
	exitUsage = 2 // `roam server` only: stock's is 1 too
)

// Main runs the server called name, StockName or RoamName, with the arguments
// behind that name, and returns the exit status. On success the session goes on
// in a process of its own, and all that was printed on stdout is the line with
// port and key.
func Main(name string, args []string, stdin, stdout, stderr *os.File) int {
	opts, unknown, err := ParseArgs(name, args)
	switch {
	case errors.Is(err, ErrHelp):
		fmt.Fprint(stdout, Usage(name))
		return exitOK
	case errors.Is(err, ErrVersion):
		fmt.Fprintln(stdout, versionLine(name))
		return exitOK
	case err != nil:
		fmt.Fprintf(stderr, "%s: error: %s\n", name, strings.TrimPrefix(err.Error(), "server: "))
		fmt.Fprintf(stderr, "%s: hint: see %s --help\n", name, name)
		if opts.roam() {
			return exitUsage
		}
		return exitError
	}
	say := func(format string, a ...any) { fmt.Fprintf(stderr, name+": "+format+"\n", a...) }
	for _, word := range unknown {
		say("warning: unknown option %s is ignored (see %s --help)", word, name)
	}
	if err := begin(&opts, stdin, stdout, stderr, say); err != nil {
		say("error: %s", strings.TrimPrefix(err.Error(), "server: "))
		return exitError
	}
	return exitOK
}

// versionLine is the one line of --version.
func versionLine(name string) string {
	return fmt.Sprintf("%s (roam %s)", name, version())
}

// version returns the version that this program was built from.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
