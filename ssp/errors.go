package ssp

import "errors"

// Errors of Receive: the peer, or somebody in its place, sent what it should not.
// Others come from packages crypto and ssp/wire.
var (
	ErrTooLong   = errors.New("ssp: datagram above 2048 bytes")
	ErrVersion   = errors.New("ssp: instruction of another protocol version")
	ErrThrowaway = errors.New("ssp: instruction throws away its own base")
	ErrDiff      = errors.New("ssp: malformed diff")
	ErrKind      = errors.New("ssp: malformed datagram of a kind of its own")
	ErrEnded     = errors.New("ssp: the session has ended")
)

// Reasons for the phase Failed, returned by Transport.Err. Others come from
// crypto.Session.Seal.
var (
	ErrUnanswered = errors.New("ssp: the peer did not acknowledge the end of the session")
	ErrNoPeer     = errors.New("ssp: the session ended without a peer")
)
