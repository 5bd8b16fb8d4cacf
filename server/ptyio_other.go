//go:build !linux

package server

import "os"

// readBurst reads what the terminal has, up to len(buf) bytes, and waits for the
// first of them.
func readBurst(master *os.File, buf []byte) (int, error) { return master.Read(buf) }

// tryWrite writes nothing: whether a write to a terminal can block is not known
// here, so that the writer has to do it.
func tryWrite(master *os.File, b []byte) int { return 0 }

// hasOutput reports nothing: polling terminals is not dependable on these systems.
func hasOutput(master *os.File) bool { return false }
