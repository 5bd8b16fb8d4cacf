// Command roam is a remote terminal that stays alive across changes of
// address, sleep and outages, and speaks the protocol of mosh 1.4.
//
// One binary serves every role: called as mosh, mosh-server or mosh-client (by
// a link to it) it takes those programs' command lines.
package main

import (
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
	p := &program{console: con, args: args}
	return p.run()
}
