// Package session holds what the two ends of a roam session keep in step, and
// what two roam ends agree on (docs/protocol.md part D and its chapter on two
// roam ends).
//
// Input is what the user did: bytes typed and window sizes, from the client to
// the server. Screen is what the program shows: a terminal's screen, the
// number of the newest Input that the program has had time to echo, and at the
// end of a session how it ended. Both are states of an ssp.Transport.
// Negotiation decides which capabilities both ends have. The package does no
// I/O and reads no clock.
package session

import "roam/ssp"

// A ClientTransport is the client's end of a session.
type ClientTransport = ssp.Transport[Input, Screen]

// A ServerTransport is the server's end of a session.
type ServerTransport = ssp.Transport[Screen, Input]
