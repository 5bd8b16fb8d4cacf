// Package ssp is the State Synchronization Protocol: it keeps a copy of a local
// state at a peer, and a copy of the peer's state here, over datagrams that may
// be lost, repeated, reordered, or cut off for hours. What is synchronized is the
// newest state; what lay between may be skipped. It speaks version 2 of the
// protocol as mosh 1.4 does on the wire (docs/protocol.md, parts B and C), for
// states of any type.
//
// A [Transport] is the end of one session. The states that it sends are of a type
// with the methods of [Local], those that it receives of a type with the methods
// of [Remote]. It takes the time as an argument, gives out datagrams, and takes
// datagrams in; it has no sockets, goroutines or clock. Its owner runs a loop:
//
//	t.Touch(now)                      // after a change of the local state
//	t.Receive(now, datagram, ce)      // for each datagram; then look at t.Remote
//	for b, ok := t.Poll(now, nil); ok; b, ok = t.Poll(now, nil) {
//		// send b
//	}
//	// sleep until t.NextTimeout, a datagram or a change
//
// # How it is built
//
// sender chooses what to say: from which of the states in its sentList the diff
// starts, and under which number the result goes. pace knows when. An outbox
// compresses the instruction and cuts it into datagrams. In the other direction a
// wire.Assembler joins them, and a receiver judges the instruction and builds the
// state. rtt and timestamps measure the path, path follows the peer's address,
// ending is the session's end, and negotiation the field by which two roam ends
// find each other.
//
// # What holds
//
// An instruction's base is never older than what it throws away; one state number
// has one content, and one instruction id too: stock peers abort otherwise. A
// datagram that fails authentication changes nothing. A peer that does not keep
// to the protocol can make its own session useless, but neither panic us nor make
// us use more memory than the limits in params.go.
package ssp
