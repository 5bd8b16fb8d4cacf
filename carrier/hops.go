package carrier

import "time"

const (
	// maxSockets is how many sockets a client keeps: with a hop every ten
	// seconds, replies more than a hundred seconds late are lost
	// (protocol.md B5).
	maxSockets = 10

	// oldSocketLife is how long after the last hop the older sockets may still
	// be of use (protocol.md B5).
	oldSocketLife = 60 * time.Second
)

// hops is the list of sockets, S, between which a client's port hops: the
// newest sends, all receive. It decides which to close and reads no clock.
// The zero value has none.
type hops[S any] struct {
	open []S // oldest first
	last time.Time
}

// newest returns the socket to send from. There must be one.
func (h *hops[S]) newest() S { return h.open[len(h.open)-1] }

// hop makes s the newest and returns the sockets to close: the oldest, if
// there are more than maxSockets.
func (h *hops[S]) hop(now time.Time, s S) (close []S) {
	h.open = append(h.open, s)
	h.last = now
	return h.keep(maxSockets)
}

// arrived notes that a datagram came and returns the sockets to close: all but
// the needed newest ones, once oldSocketLife has passed since the last hop.
func (h *hops[S]) arrived(now time.Time, needed int) (close []S) {
	if now.Sub(h.last) <= oldSocketLife {
		return nil
	}
	return h.keep(needed)
}

// keep leaves the n newest and returns the others.
func (h *hops[S]) keep(n int) []S {
	if len(h.open) <= n {
		return nil
	}
	old := h.open[:len(h.open)-n]
	h.open = append([]S(nil), h.open[len(h.open)-n:]...)
	return old
}
