//go:build unix && !linux

package server

import "os"

// newBursts reads the terminal by bursts, in a goroutine that ends with it.
func newBursts(master *os.File, quit <-chan struct{}, spawn func(func())) *gatherer {
	return newGatherer(master, quit, spawn)
}

// tryWrite writes nothing: whether a write to a terminal can block is not known
// here, so that the writer has to do it.
func tryWrite(master *os.File, b []byte) int { return 0 }

// hasOutput reports nothing: polling terminals is not dependable on these systems.
func hasOutput(master *os.File) bool { return false }
