//go:build unix

package server

import "os"

// An inputQueue carries what the user typed to the program, which may not
// read it for a long time. Nothing here ever blocks the loop, which owns the queue:
// what does not fit into the terminal waits here, and the loop stops the
// client before it grows without bound.
type inputQueue struct {
	master  *os.File
	waiting []byte      // behind what the writer has
	spare   []byte      // the other buffer
	writing int         // bytes that the writer has; 0 if it is idle
	work    chan []byte // to the writer
	done    chan []byte // one value for each piece of work; closed when the terminal is gone
}

// maxInput is how much input may wait before the client is held back: more than
// a terminal takes at once, less than a user would want to sit through.
const maxInput = 64 << 10

func newInputQueue(master *os.File, spawn func(func())) *inputQueue {
	q := &inputQueue{master: master, work: make(chan []byte, 1), done: make(chan []byte, 1)}
	spawn(q.writer)
	return q
}

// writer writes each piece of work to the terminal. An error means that the
// terminal is gone, which its reader reports; what is left is dropped.
func (q *inputQueue) writer() {
	for b := range q.work {
		q.master.Write(b)
		q.done <- b
	}
}

// len returns how many bytes are not in the terminal yet.
func (q *inputQueue) len() int { return q.writing + len(q.waiting) }

// write puts b, which it copies, behind what waits. If the terminal takes it at
// once, no other goroutine has a part in it.
func (q *inputQueue) write(b []byte) {
	if q.len() == 0 {
		b = b[tryWrite(q.master, b):]
	}
	q.waiting = append(q.waiting, b...)
	q.pump()
}

// written takes back the buffer of a piece of work that done gave.
func (q *inputQueue) written(b []byte) {
	q.writing = 0
	q.spare = b[:0]
	q.pump()
}

// pump gives the writer what waits, if it is idle.
func (q *inputQueue) pump() {
	if q.writing > 0 || len(q.waiting) == 0 {
		return
	}
	q.writing = len(q.waiting)
	q.work <- q.waiting // has room: the writer is idle
	q.waiting, q.spare = q.spare[:0], nil
}

// close ends the writer; the terminal must be closed next. Nothing is written
// any more.
func (q *inputQueue) close() { close(q.work) }
