// Command roam is a remote terminal that stays alive across changes of
// address, sleep and outages, and speaks the protocol of mosh 1.4.
//
// One binary serves every role: called as mosh, mosh-server or mosh-client (by
// a link to it) it takes those programs' command lines.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"roam/client"
	"roam/server"
)

func main() {
	if server.IsDaemon() { // the server's second process, whatever its name
		os.Exit(server.RunDaemon())
	}
	os.Exit(run(os.Args, os.Stdin, os.Stdout, os.Stderr))
}

// run is the program called argv[0] with the arguments after it. It returns the
// exit status (see README.md, "Exit status").
func run(argv []string, stdin, stdout, stderr *os.File) int {
	if len(argv) == 0 {
		argv = []string{"roam"}
	}
	args := argv[1:]
	role := strings.TrimPrefix(filepath.Base(argv[0]), "-")
	con := console{name: role, in: stdin, out: stdout, err: stderr}
	switch role {
	case "mosh":
		return runMosh(argv, con)
	case "mosh-server":
		return server.Main(server.StockName, args, stdin, stdout, stderr)
	case "mosh-client":
		return client.Main("mosh-client", args, stdin, stdout, stderr)
	}
	con.name = "roam"
	if len(args) == 0 {
		fmt.Fprint(stderr, usage)
		return exitUsage
	}
	// Only the first word can be a subcommand; "roam -- server" and
	// "roam me@server" log in to a host of that name.
	switch args[0] {
	case "server":
		return server.Main(server.RoamName, args[1:], stdin, stdout, stderr)
	case "client":
		return client.Main("roam client", args[1:], stdin, stdout, stderr)
	case "ls", "kill", "attach":
		return runSessions(args[0], args[1:], con)
	case "trace":
		return runTrace(args[1:], con)
	case "version":
		fmt.Fprintln(stdout, version())
		return exitOK
	case "help":
		fmt.Fprint(stdout, usage)
		return exitOK
	}
	return runRoam(args, con)
}
