package client

import (
	"time"

	"roam/session"
)

// The send window is how many bytes of input may be on their way: what the transport
// may send beyond what the server has confirmed. Whatever is unconfirmed is repeated
// whole, and arrives only if each of its datagrams does; so the window doubles with
// each part that is confirmed in time, and halves with each that had to be repeated.
const (
	minSendWindow = 1 << 10  // fits one datagram
	maxSendWindow = 16 << 10 // some 14 datagrams: what may be lost at once
)

// peerAckDelay is how long a server may keep an ack back (docs/protocol.md C5).
const peerAckDelay = 100 * time.Millisecond

// An inputQueue is what the user did, of which the transport sees the beginning. The
// part that it sees only grows: states once sent must stay beginnings of all later
// ones (docs/protocol.md D1), so that a limit on the size of a diff would not do.
type inputQueue struct {
	all     session.Input // without what the server has confirmed
	open    session.Input // what the transport may send
	window  int           // bytes, from minSendWindow to maxSendWindow
	moved   time.Time     // when open last grew
	scratch []byte
}

// newInputQueue returns a queue that begins with the window's size.
func newInputQueue(cols, rows int) inputQueue {
	in := session.Input{}.AppendResize(cols, rows)
	return inputQueue{all: in, open: in, window: 4 * minSendWindow}
}

// waits reports whether there is input that the transport may not send yet.
func (q *inputQueue) waits() bool { return q.open.Len() < q.all.Len() }

// adapt fits the window to the path, given that the server has confirmed something at
// now, and how long that takes at most if nothing is lost. What is typed by hand
// says nothing: it does not fill the window.
func (q *inputQueue) adapt(now time.Time, inTime time.Duration) {
	switch {
	case !q.waits():
	case now.Sub(q.moved) > inTime:
		q.window = max(q.window/2, minSendWindow)
	default:
		q.window = min(2*q.window, maxSendWindow)
	}
}

// slide moves the window on, given what the server has confirmed, and reports
// whether there is more to send. It must be called after each change of all.
func (q *inputQueue) slide(now time.Time, acked session.Input) bool {
	q.all = q.all.Since(acked)
	before := q.open.Len()
	if q.all.Len()-acked.Len() <= uint64(q.window)/2 { // sizes count as one, and take more
		q.open = q.all
	} else {
		diff, reached := q.all.AppendDiff(q.scratch[:0], acked, q.window)
		q.scratch = diff[:0]
		if reached.Len() > before {
			q.open = reached
		}
	}
	if q.open.Len() == before {
		return false
	}
	q.moved = now
	return true
}
