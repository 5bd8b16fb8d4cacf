//go:build !unix

package server

import (
	"errors"
	"os"
)

// errSystem reports a system without what servers are made of: pseudo-terminals, sessions
// of processes, and descriptors that are handed over.
var errSystem = errors.New("server: a server needs Linux, macOS or FreeBSD; this system has clients only")

// IsDaemon reports that this process is no session's: no system but Unix has them.
func IsDaemon() bool { return false }

// RunDaemon has nothing to run.
func RunDaemon() int { return exitError }

// List returns the sessions on this host: none.
func List([]string) []Status { return nil }

// End ends no session, since there is none.
func End([]string, int) error { return ErrNoSession }

func begin(*Options, *os.File, *os.File, *os.File, func(string, ...any)) error { return errSystem }
