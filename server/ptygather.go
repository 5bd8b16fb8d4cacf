//go:build unix

package server

import (
	"io"
	"time"
)

// pieceSize is the most read at once by a gatherer: what terminals give in one read.
const pieceSize = 4 << 10

// maxPieces is how many of them may wait: while a program floods its terminal they are
// taken together.
const maxPieces = 8

// A gatherer makes bursts of what a terminal says, by a goroutine that reads and a
// clock: for systems that cannot tell whether there is more to read, and whose timers
// know less than a millisecond. One goroutine calls read.
type gatherer struct {
	pieces chan []byte // closed at the end
	spare  chan []byte
	err    error // set when pieces is closed
	rest   []byte
	whole  []byte // what rest is the end of
	timer  *time.Timer
}

// newGatherer starts reading r, by spawn, until an error of it, or until quit is closed
// and r returns.
func newGatherer(r io.Reader, quit <-chan struct{}, spawn func(func())) *gatherer {
	g := &gatherer{pieces: make(chan []byte, maxPieces), spare: make(chan []byte, maxPieces), timer: time.NewTimer(0)}
	spawn(func() { g.fill(r, quit) })
	return g
}

// fill reads r into pieces.
func (g *gatherer) fill(r io.Reader, quit <-chan struct{}) {
	defer close(g.pieces)
	for {
		var buf []byte
		select {
		case buf = <-g.spare:
		default:
			buf = make([]byte, pieceSize)
		}
		n, err := r.Read(buf)
		if n > 0 {
			select {
			case g.pieces <- buf[:n]:
			case <-quit:
				g.err = io.ErrClosedPipe
				return
			}
		}
		if err != nil {
			g.err = err
			return
		}
	}
}

// read reads what the terminal has said, as bursts do on Linux: until it was quiet for
// quietGap, unless it says so much, or for so long, that no key was the reason.
func (g *gatherer) read(buf []byte) (n int, err error) {
	if len(g.rest) == 0 {
		piece, ok := <-g.pieces
		if !ok {
			return 0, g.err
		}
		g.whole, g.rest = piece, piece
	}
	n = g.take(buf)
	for began := time.Now(); n < len(buf) && len(g.rest) == 0; {
		limit := quietGap
		if n >= gatherMost || time.Since(began) >= gatherTime {
			limit = 0 // what is here already
		}
		piece, ok := g.next(limit)
		if !ok {
			break
		}
		g.whole, g.rest = piece, piece
		n += g.take(buf[n:])
	}
	return n, nil
}

// next returns the next piece, if one comes within a limit.
func (g *gatherer) next(limit time.Duration) (piece []byte, ok bool) {
	if limit == 0 {
		select {
		case piece, ok = <-g.pieces:
		default:
		}
		return piece, ok
	}
	g.timer.Reset(limit)
	select {
	case piece, ok = <-g.pieces:
	case <-g.timer.C:
	}
	return piece, ok
}

// take moves what fits of the piece at hand to buf.
func (g *gatherer) take(buf []byte) int {
	n := copy(buf, g.rest)
	if g.rest = g.rest[n:]; len(g.rest) == 0 {
		select {
		case g.spare <- g.whole[:cap(g.whole)]:
		default:
		}
	}
	return n
}
