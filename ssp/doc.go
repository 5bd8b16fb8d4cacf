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
// # A state of your own
//
// A type is a state if its values do not change once made and it has five methods:
// AppendDiff and Apply, which undo each other, Equal, Since and Size. The example of
// the package is about the simplest, a number. A type that is sent by one end and
// received by the other has the methods of both interfaces; with nothing to send, an
// end may use an empty struct.
//
// Ask of a type whether the newest value is all that counts (a screen, a
// thermometer, the places of players), in which case Since returns its receiver; or
// whether each change counts (keys typed), in which case it is a list of events that
// only grows, and Since forgets those that have arrived. Large values should share what did not change: up to 33
// of them are kept at each end.
//
// Package ssptest tests whether a type keeps the rules, and lets sessions of it run
// over a simulated network. examples/board in this module is a whole program over
// UDP.
//
// Both ends need the same key, known to nobody else (package crypto), and the client
// the server's address. How they get there is not the protocol's business; a key is
// for one session of one client, since a nonce that comes twice under a key gives
// the content away.
//
// # The goals
//
// Winstein and Balakrishnan ("Mosh: An Interactive Remote Shell for Mobile
// Clients", USENIX ATC 2012, section 2) name six goals of the protocol. Here they
// are met as follows.
//
// To rely on the logins that exist: a session begins with a key and an address that
// somebody brings, ssh in roam's case. Nothing here authenticates users.
//
// To need no privileges: datagrams leave through whatever the owner has, commonly
// a UDP port above 1024; the package does no I/O at all.
//
// To bring the peer to the newest state by the shortest way, at any moment: sender
// asks for a diff when it sends, not when the state changes, from the state that the
// peer most likely has (sentList.assumed), so that what lay between is never sent;
// pace decides when.
//
// To follow a client whose address changes, even if the client does not know:
// Receipt.Newest tells the server where its peer is, on the evidence of a datagram
// that is authentic and newer than all before (path); and HopDue tells a client that
// nobody answers.
//
// To recover from datagrams lost or out of order: each instruction says by number
// which state it starts from and which it makes, and applying it twice changes
// nothing (receiver.admit); what is not acknowledged when an answer is due is diffed
// anew, with all that has changed since (sender.draft, by rtt's estimate).
//
// To be confidential and authentic: each datagram is sealed by AES-128-OCB under a
// nonce of its own (package crypto). One that fails changes nothing at all.
//
// # What it is not for
//
// Bulk transfer: a diff is at most 4 MB, and nothing of it can be used before
// it has arrived as a whole. Histories that must be complete at each moment, as a log
// or a file of bytes: a list can carry them, but TCP does it better when nothing
// may be skipped. Order between several objects: two Transports know nothing of each
// other; what must be seen together belongs in one state. Several receivers of
// one sender: a Transport has one peer, and a server one Transport for each client.
// Requests and their answers: the newest state cannot say how often something was
// asked for.
//
// # How it is built
//
// sender chooses what to say: from which of the states in its sentList the diff
// starts, and under which number the result goes. pace knows when, and window how
// much may be on its way. An outbox compresses the instruction and cuts it into
// datagrams; shipments keep those of large states, so that only what a roam misses leaves
// again, which its tallies tell. In the other direction a wire.Assembler joins them, and a receiver
// judges the instruction and builds the state. rtt, timestamps, answers and lossMeter measure
// the path, prober notices that it is silent, path follows the peer's address, ending
// is the session's end, and negotiation the field by which two roam ends find each
// other. Config.Trace tells what happens.
//
// # What holds
//
// An instruction's base is never older than what it throws away; one state number
// has one content, and one instruction id too: stock peers abort otherwise. A
// datagram that fails authentication changes nothing. A peer that does not keep
// to the protocol can make its own session useless, but neither panic us nor make
// us use more memory than the limits in params.go.
package ssp
