package client

import (
	"time"

	"roam/client/predict"
	"roam/terminal"
)

// An overlay shows guesses at what the server will show: prediction. The loop
// calls it from its one goroutine. Times never run backwards.
type overlay interface {
	// Typed tells of bytes that were just queued for the server; they will be part
	// of a state numbered above sent. pasted says that no person typed them key by
	// key. The bytes are valid only during the call.
	Typed(now time.Time, keys []byte, sent uint64, pasted bool)

	// Hint tells what the server knows of the program's terminal, before the Frame
	// that it came with.
	Hint(now time.Time, h predict.Hint)

	// Frame gives each new screen as the server sent it, with the number of the
	// newest client state that it had time to echo, and the pace of sending, 0 if
	// that is not known yet.
	Frame(now time.Time, s *terminal.Screen, echoed uint64, interval time.Duration)

	// Resized tells that the window's size changed: no guess holds.
	Resized()

	// Paint paints the guesses that are to be shown onto a copy of the newest
	// screen, and moves its cursor.
	Paint(now time.Time, c *terminal.Canvas)

	// NextTimeout returns when Paint would paint something else without new
	// input; zero for never.
	NextTimeout() time.Time

	// Stats returns what became of the keys so far.
	Stats() predict.Stats
}

// pastedChunk is the size from which one read of the terminal is no typing:
// a person does not press 100 keys between two turns of the loop.
const pastedChunk = 100
