// Package carrier moves datagrams over UDP: the server's one socket, whose
// peer roams, and the client's sockets, whose port hops (protocol.md B3 to B5).
// It knows sockets and addresses and nothing of what it carries: the session's
// loop tells it whom to answer and when to hop, and verifies all it delivers.
//
// One goroutine per socket reads and hands the datagrams over; it ends with
// Close, which waits for it. As with UDP itself, whatever comes while the loop
// is behind is dropped.
package carrier

import (
	"errors"
	"net/netip"
)

const (
	// MaxDatagram is the most bytes of a datagram that are delivered; longer
	// ones are dropped, as a stock peer does (protocol.md A5).
	MaxDatagram = 2048

	// Payloads of UDP that a path should carry whole (protocol.md B4): 1280
	// bytes, less 28 of IPv4 and UDP headers, or less 64 of IPv6 and UDP
	// headers with 16 bytes for extension headers.
	maxPayload4 = 1280 - 28
	maxPayload6 = 1280 - 64

	// Payloads that an Ethernet's 1500 bytes take: the most that a session tries to
	// send, in one piece.
	probePayload4 = 1500 - 28
	probePayload6 = 1500 - 48

	// smallPayload is what is left once the kernel has refused a datagram for
	// its size, for the rest of the session (protocol.md B4).
	smallPayload = 500

	// queueLength bounds the datagrams that wait for the loop. The largest
	// screens take some 50 datagrams; 256 are two turns of a loop that is late,
	// in at most half a megabyte of buffers.
	queueLength = 256
)

var (
	// ErrMessageSize reports that the kernel refused a datagram for its size.
	// MaxPayload is smaller from then on, if it was no larger than that.
	ErrMessageSize = errors.New("carrier: datagram too large for the path")

	// ErrNoPeer reports a Send of a server that knows no client.
	ErrNoPeer = errors.New("carrier: no peer to send to")
)

// A TransientError reports that a datagram was not sent, or that an earlier
// one was answered by an ICMP error, for a reason that passes: no route, a
// firewall, a full buffer, nobody listening. The session goes on; the words
// are worth showing to a person who waits. Err is the system's errno.
type TransientError struct {
	Op  string // "send" or "receive"
	Err error
}

// Error returns, for instance, "carrier: send: network is unreachable".
func (e *TransientError) Error() string { return "carrier: " + e.Op + ": " + e.Err.Error() }

// Unwrap returns the errno.
func (e *TransientError) Unwrap() error { return e.Err }

// A Datagram is what a socket received, or, with Err set and Data empty, an
// error it received in place of one: often a *TransientError, never an end.
type Datagram struct {
	// Data is valid until Release. Nothing about it has been verified.
	Data []byte

	// From is the sender's address, an IPv4 one never mapped into IPv6. With Err it is
	// the address that the datagram was sent to which the error is about; invalid if the
	// system does not say.
	From netip.AddrPort

	// To is the local address it was sent to, for Server.Answer; invalid where
	// the system does not say.
	To netip.Addr

	// CE says that a router marked it with Congestion Experienced (RFC 3168).
	CE bool

	Err error

	buf  *buffer
	home *receiver
}

// Release gives the memory of d.Data back; d.Data must not be used afterwards.
// Not to release it costs an allocation and no more. Copies of d share the
// memory: release one of them only.
func (d *Datagram) Release() {
	if d.buf != nil {
		d.home.pool.Put(d.buf)
		d.buf, d.Data = nil, nil
	}
}
