package session

import "time"

// echoDelay is how long after input was handed to the program its echo counts as
// shown, whether there was one or not (protocol.md D3). The clients' predictions
// are tuned to it.
const echoDelay = 50 * time.Millisecond

// maxEchoes is the most entries of an EchoHistory: a client sends at most one
// state per 20 ms, so that three are usual, but nothing makes it keep to that.
const maxEchoes = 256

// An EchoHistory tells which of the client's states the program has had time to
// echo. The zero EchoHistory is ready for use.
type EchoHistory struct {
	ack     uint64
	waiting []echoEntry // oldest first
}

type echoEntry struct {
	num uint64
	at  time.Time
}

// Add notes that the input of the client's state num reached the program at
// now. States that brought no input are not added.
func (h *EchoHistory) Add(num uint64, now time.Time) {
	if num <= h.ack {
		return
	}
	e := echoEntry{num, now}
	if n := len(h.waiting); n == maxEchoes {
		h.waiting[n-1] = e // acknowledged together, when the later one is due
		return
	}
	h.waiting = append(h.waiting, e)
}

// Ack returns the number of the newest state that was added 50 ms before now,
// or earlier; 0 if there is none. It never falls.
func (h *EchoHistory) Ack(now time.Time) uint64 {
	due := 0
	for due < len(h.waiting) && now.Sub(h.waiting[due].at) >= echoDelay {
		h.ack = max(h.ack, h.waiting[due].num)
		due++
	}
	if due > 0 {
		h.waiting = append(h.waiting[:0], h.waiting[due:]...)
	}
	return h.ack
}

// NextTimeout returns when Ack will rise, or the zero Time if nothing waits. Stock
// servers do not wake for the first entry of a session; we do.
func (h *EchoHistory) NextTimeout() time.Time {
	if len(h.waiting) == 0 {
		return time.Time{}
	}
	return h.waiting[0].at.Add(echoDelay)
}
