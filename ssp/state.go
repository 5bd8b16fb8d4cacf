package ssp

import "time"

// Local is a state that a Transport sends. Values are immutable, or share
// structure that nobody changes: the Transport keeps up to 33 of them, for as long
// as the peer does not answer, and compares them and makes diffs of them at any
// time. Package ssptest tests what is asked for here.
type Local[S any] interface {
	// AppendDiff appends to dst the diff that turns base, which came earlier in the
	// session, into the returned state, reached. It may be called several times for
	// one instruction, with other bases, and keeps nothing. A diff above 4 MB is
	// asked for again with a budget, and not sent if that does not help.
	//
	// A budget of 0 asks for the whole way: reached is the receiver of the call.
	// With a budget above 0 the diff may be cut to about that many bytes, and
	// reached is then a state on the way; the rest is asked for later, from a base
	// that the peer is likely to hold. A cut diff that is not empty must get
	// nearer: its reached differs from base. An empty diff, cut or not, means that
	// the peer would see no difference.
	AppendDiff(dst []byte, base S, budget int) (diff []byte, reached S)

	// Equal reports whether a peer that holds one of the two states has no need
	// of the other. It must be cheap for states with shared structure.
	Equal(S) bool

	// Since returns the same state without what a peer that holds acked no longer
	// needs: acknowledged events of a list, for instance. States without a
	// history return themselves.
	Since(acked S) S
}

// A Patient state says of some of its changes that they can wait: states that a
// Transport sends may implement it beside Local. A transmission of nothing else
// does not make the next one wait for the interval between two.
type Patient[S any] interface {
	// CanWait reports whether the state and an earlier one, which are not equal,
	// differ in nothing for which somebody waits, and how long they may wait for
	// something to ride on.
	CanWait(earlier S) (wait time.Duration, can bool)
}

// Remote is a state that a Transport rebuilds from the peer's diffs. Values are
// immutable as those of Local are: several at a time are kept as bases.
type Remote[S any] interface {
	// Apply returns the state that diff makes of the receiver of the call, which
	// stays as it is. The peer writes the diff: an error says that it is
	// malformed, and the Transport then drops the instruction. The result must
	// not keep diff, whose bytes are overwritten by the next datagram. An empty
	// diff is never given to Apply: it copies the state.
	Apply(diff []byte) (S, error)

	// Since returns the same state without what happened before oldest, the
	// oldest state still held. Whoever reads the states must have taken what was
	// in them, as [Transport.Receive] says. States without a history return
	// themselves.
	Since(oldest S) S

	// Size returns about how many bytes of memory Apply added to those of the
	// state it was called on. The Transport refuses states while those it holds
	// are too large together.
	Size() int
}

// A Negotiator owns the content of field 64 of the Instruction, by which two ends
// find out in the protocol itself that both speak more than stock's part of it.
// The Transport carries the field as opaque bytes, in every outgoing instruction
// for which Field gives some.
type Negotiator interface {
	// Field returns the bytes for the next outgoing instruction, under 64 of
	// them, or nil for none. The Transport copies them before it returns.
	Field() []byte

	// Peer is called once for each accepted instruction before its diff is
	// applied, with its field, nil if it has none. The bytes are valid only
	// during the call. Content that makes no sense counts as no field.
	Peer(field []byte)

	// Acked is called once, when the peer acknowledges an instruction of ours of
	// which each transmission carried the field.
	Acked()

	// Agreed reports whether the peer's field was seen and understood.
	Agreed() bool

	// Compact reports whether both ends agreed on the compact form of instructions
	// (docs/protocol.md F8). It is asked once they have agreed.
	Compact() bool
}
