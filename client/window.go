package client

import "roam/session"

// sendWindow is how many bytes of input may be on their way: what the transport may
// send beyond what the server has confirmed. Whatever is unconfirmed is repeated
// whole, so that this bounds the bytes of each repetition, some 13 datagrams.
const sendWindow = 16 << 10

// An inputQueue is what the user did, of which the transport sees the beginning. The
// part that it sees only grows: states once sent must stay beginnings of all later
// ones (docs/protocol.md D1), so that a limit on the size of a diff would not do.
type inputQueue struct {
	all     session.Input // without what the server has confirmed
	open    session.Input // what the transport may send
	scratch []byte
}

// newInputQueue returns a queue that begins with the window's size.
func newInputQueue(cols, rows int) inputQueue {
	in := session.Input{}.AppendResize(cols, rows)
	return inputQueue{all: in, open: in}
}

// waits reports whether there is input that the transport may not send yet.
func (q *inputQueue) waits() bool { return q.open.Len() < q.all.Len() }

// slide moves the window on, given what the server has confirmed, and reports
// whether there is more to send. It must be called after each change of all.
func (q *inputQueue) slide(acked session.Input) bool {
	q.all = q.all.Since(acked)
	before := q.open.Len()
	if q.all.Len()-acked.Len() <= sendWindow/2 { // sizes count as one, and take more
		q.open = q.all
		return q.open.Len() > before
	}
	diff, reached := q.all.AppendDiff(q.scratch[:0], acked, sendWindow)
	q.scratch = diff[:0]
	if reached.Len() > before {
		q.open = reached
	}
	return q.open.Len() > before
}
