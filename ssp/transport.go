// Package ssp is the State Synchronization Protocol.
package ssp

import (
	"io"
	"time"

	"roam/crypto"
)

// Role says which end of the session a Transport is.
type Role uint8

// The two roles.
const (
	Client Role = iota // speaks first, to an address that it was given; may hop ports
	Server             // silent until it has heard a client; follows the client's address
)

// Config sets up a Transport.
type Config struct {
	Role    Role
	Session *crypto.Session // seals and opens the datagrams; belongs to the Transport from New on

	// MinDelay is how long the first change after quiet waits for others to
	// leave with it. 0 means 1 ms for a client and 8 ms for a server.
	MinDelay time.Duration

	// MaxPayload is the most bytes in one UDP payload; see SetMaxPayload. 0 means
	// MaxPayloadIPv4.
	MaxPayload int

	// DiffBudget is the budget for AppendDiff, in bytes; 0 means whole diffs. Parts
	// of a frame are for peers that expect them.
	DiffBudget int

	// Rand gives the padding that hides the length of short diffs, and must be
	// set, to crypto/rand.Reader outside tests.
	Rand io.Reader

	// Negotiator owns field 64. nil: the field is never sent, and ignored.
	Negotiator Negotiator

	// Kind is called, once both ends have agreed on it, for each datagram that
	// carries something else than a part of an instruction: kind is 0..127, body is valid only
	// during the call. It reports whether it knows the kind. nil: none is known.
	Kind func(kind uint8, body []byte) bool
}

// A Receipt says what a datagram brought.
type Receipt struct {
	Newest   bool // authentic, and its sequence number is the highest so far: the peer's address is where it came from
	NewState bool // Remote returns a newer state than before
	Acked    bool // AckedNum has risen
}

// Phase is how far a session is towards its end.
type Phase uint8

// The phases, in order of time. Failed may follow any but Done.
const (
	Open       Phase = iota
	Closing          // we ended the session; the peer has not acknowledged it yet
	PeerClosed       // the peer ended the session; we answer its repetitions for a while
	Done             // both know of the end
	Failed           // the end is not clean; Err says why
)

// Stats counts what a Transport did.
type Stats struct {
	Sent     uint64 // datagrams
	Received uint64 // authentic datagrams
}

// A Transport keeps a copy of the local state at the peer and a copy of the
// peer's state here, over datagrams that may be lost, repeated or reordered.
// It does no I/O, reads no clock and starts no goroutine; it is not safe for
// concurrent use. Times given to it must not run backwards.
type Transport[L Local[L], R Remote[R]] struct {
	cfg    Config
	zero   L
	local  func() L
	remote R
}

// New returns the Transport of a session that starts now. zeroLocal and
// zeroRemote are the states numbered 0, which both ends hold and never send.
// local returns the current local state; it is called from Touch, Poll and
// Shutdown only.
func New[L Local[L], R Remote[R]](now time.Time, cfg Config, zeroLocal L, local func() L, zeroRemote R) *Transport[L, R] {
	return &Transport[L, R]{cfg: cfg, zero: zeroLocal, local: local, remote: zeroRemote}
}

// Touch tells that the local state may have changed.
func (t *Transport[L, R]) Touch(now time.Time) {}

// Receive takes in one datagram; ce says that it came with the mark
// "congestion experienced". Errors are for counting only: the datagram was
// dropped, wholly or in part, and the session goes on. After each Receipt with
// NewState, take what is new from Remote before the next Poll.
func (t *Transport[L, R]) Receive(now time.Time, datagram []byte, ce bool) (Receipt, error) {
	return Receipt{}, nil
}

// Poll appends to dst the datagram due at now and reports whether there was
// one. Once it reports false, NextTimeout is zero or after now.
func (t *Transport[L, R]) Poll(now time.Time, dst []byte) ([]byte, bool) { return dst, false }

// NextTimeout returns when to Poll again, or the zero Time to wait for input.
func (t *Transport[L, R]) NextTimeout() time.Time { return time.Time{} }

// Remote returns the newest state of the peer and its number.
func (t *Transport[L, R]) Remote() (R, uint64) { return t.remote, 0 }

// HoldRemote refuses new states from the peer while hold is true; the peer keeps
// repeating them. Its acks and its end still count.
func (t *Transport[L, R]) HoldRemote(hold bool) {}

// SentNum returns the number of the newest local state that was sent.
func (t *Transport[L, R]) SentNum() uint64 { return 0 }

// AckedNum returns the number of the newest local state known to be at the peer.
func (t *Transport[L, R]) AckedNum() uint64 { return 0 }

// AckedState returns the newest local state known to be at the peer.
func (t *Transport[L, R]) AckedState() L { return t.zero }

// SRTT returns the smoothed round-trip time, and whether it was measured yet.
func (t *Transport[L, R]) SRTT() (time.Duration, bool) { return time.Second, false }

// RTO returns how long an answer may take, without the peer's ack delay.
func (t *Transport[L, R]) RTO() time.Duration { return time.Second }

// Interval returns the least time between two instructions.
func (t *Transport[L, R]) Interval() time.Duration { return 250 * time.Millisecond }

// LastHeard returns when the newest remote state arrived; zero if none did.
func (t *Transport[L, R]) LastHeard() time.Time { return time.Time{} }

// LastReply returns when the newest acknowledged local state was sent; zero if
// nothing was acknowledged.
func (t *Transport[L, R]) LastReply() time.Time { return time.Time{} }

// HopDue reports, once per hop, that a client without answers should send from
// another port from now on. To be asked after sending.
func (t *Transport[L, R]) HopDue(now time.Time) bool { return false }

// Attached reports whether a server has a peer: one heard in the last 40 s.
func (t *Transport[L, R]) Attached() bool { return false }

// Shutdown ends the session from our side with the local state as it is now.
func (t *Transport[L, R]) Shutdown(now time.Time) {}

// Phase returns how far the session is towards its end.
func (t *Transport[L, R]) Phase() Phase { return Open }

// Err returns why the Phase is Failed, else nil.
func (t *Transport[L, R]) Err() error { return nil }

// SetMaxPayload changes the most bytes in one UDP payload.
func (t *Transport[L, R]) SetMaxPayload(n int) {}

// Stats returns the counters.
func (t *Transport[L, R]) Stats() Stats { return Stats{} }
