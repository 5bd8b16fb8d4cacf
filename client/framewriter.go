package client

import (
	"sync/atomic"
	"time"
)

const (
	// writePiece is how much is written at once, so that a frame on a slow
	// terminal can be cut short between two pieces.
	writePiece = 1024

	// stuckAfter is how long a terminal may take nothing before it counts as
	// stuck when the session wants to leave it: 1,024 bytes take as long at 9,600 baud.
	stuckAfter = 1100 * time.Millisecond

	// finishIn is how long the frame in flight may go on when the session wants to leave
	// the terminal. One that takes output at all has it all by then, and so can still be
	// shown what came last; at 9,600 baud it is a quarter of a screen.
	finishIn = 500 * time.Millisecond
)

// A frameWriter writes to the user's terminal in a goroutine of its own, one frame
// at a time, so that a terminal that takes no more output holds up nothing but
// the next frame.
type frameWriter struct {
	write  func([]byte) error // called from the goroutine
	frames chan []byte        // one at most: submit is called only when idle
	done   chan error         // one for each frame
	busy   bool
	spare  []byte // a buffer that nobody uses
	taken  []byte // the buffer of the frame in flight

	written atomic.Int64 // bytes, to see that there is progress
	stop    atomic.Bool  // leave the rest of the frame
	cut     atomic.Bool  // that happened
}

func newFrameWriter(write func([]byte) error) *frameWriter {
	return &frameWriter{write: write, frames: make(chan []byte, 1), done: make(chan error, 1)}
}

// run writes frames until the writer is closed.
func (w *frameWriter) run() {
	for frame := range w.frames {
		w.done <- w.writeFrame(frame)
	}
}

// writeFrame writes one frame. A panic becomes an error, so that the goroutine lives
// to write what resets the terminal.
func (w *frameWriter) writeFrame(frame []byte) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = newPanicError(p)
		}
		if err != nil {
			w.cut.Store(true)
		}
	}()
	for len(frame) > 0 {
		if w.stop.Load() {
			w.cut.Store(true)
			return nil
		}
		piece := frame[:min(len(frame), writePiece)]
		if err := w.write(piece); err != nil {
			return err
		}
		w.written.Add(int64(len(piece)))
		frame = frame[len(piece):]
	}
	return nil
}

// buffer returns an empty buffer for the next frame.
func (w *frameWriter) buffer() []byte { return w.spare[:0] }

// submit hands over a frame in the buffer that buffer returned, perhaps grown.
// Only while no frame is in flight.
func (w *frameWriter) submit(frame []byte) {
	if len(frame) == 0 {
		w.spare = frame
		return
	}
	w.spare = nil
	w.busy, w.taken = true, frame
	w.frames <- frame
}

// finished notes that a frame was written; to be called for each value of done.
func (w *frameWriter) finished() {
	w.busy = false
	w.spare, w.taken = w.taken, nil
}

// drain waits until no frame is in flight, as long as the terminal takes
// something, and reports whether that is so.
func (w *frameWriter) drain() (idle bool) {
	for w.busy {
		before := w.written.Load()
		timer := time.NewTimer(stuckAfter)
		select {
		case <-w.done:
			w.finished()
		case <-timer.C:
			if w.written.Load() == before {
				return false
			}
		}
		timer.Stop()
	}
	return true
}

// abandon waits until no frame is in flight. What is left of one after finishIn is
// not written. It reports whether a frame was cut short, perhaps within a sequence, and
// whether the terminal takes output.
func (w *frameWriter) abandon() (cut, idle bool) {
	if w.busy {
		timer := time.NewTimer(finishIn)
		select {
		case <-w.done:
			w.finished()
		case <-timer.C:
		}
		timer.Stop()
	}
	w.stop.Store(true)
	idle = w.drain()
	w.stop.Store(false)
	return w.cut.Swap(false) || !idle, idle
}

// close ends the goroutine once the frame in flight is written.
func (w *frameWriter) close() { close(w.frames) }
