//go:build unix

package server

import (
	"os"
	"time"
)

// readSize is the most output taken at once. The loop looks after datagrams
// between two such pieces, which the emulator takes in less than a millisecond.
const readSize = 64 << 10

// How the pieces of what a program says to a key are gathered. Measured with bash,
// zsh, fish and vim: an echo is one write, 0.15 ms after the key; a command's output
// and the prompt behind it come in pieces mostly less than 0.3 ms apart.
const (
	// quietGap is how long the terminal must say nothing.
	quietGap = 400 * time.Microsecond

	// gatherTime is the longest that the first byte waits for that.
	gatherTime = 3 * time.Millisecond

	// gatherMost is how much output is not waited for: more than the answer to a key.
	gatherMost = 4 << 10
)

// readPTY hands the terminal's output over until its end, and then closes out.
// Buffers come back by spare. When the loop is behind, this blocks, then the
// terminal is full, and then the program blocks: as on any terminal. Closing quit
// ends it too.
func readPTY(master *os.File, out chan<- []byte, spare <-chan []byte, quit <-chan struct{}, spawn func(func())) {
	defer close(out)
	bursts := newBursts(master, quit, spawn)
	for {
		var buf []byte
		select {
		case buf = <-spare:
		default:
			buf = make([]byte, readSize)
		}
		n, err := bursts.read(buf)
		if n > 0 {
			select {
			case out <- buf[:n]:
			case <-quit:
				return
			}
		}
		if err != nil {
			return
		}
	}
}
