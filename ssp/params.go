package ssp

import "time"

// Times of the protocol. Stock peers have the same, so that each side can count
// on the other's (docs/protocol.md C5, C7, B5).
const (
	// ackInterval is the time between two empty acks to a stock peer when there is
	// nothing else to send. It counts on them: without one for 10 s it takes us for
	// gone, or its port for useless.
	ackInterval = 3000 * time.Millisecond

	// beatInterval is how long a client hears nothing before it pings a roam server
	// to know that it is there. The shortest time for which NATs keep a binding of
	// UDP is 30 s, on Linux without answers and in many a router; that leaves time
	// for the repetitions of a ping that was lost. A server sends no heartbeats to
	// a roam: its answers are enough.
	beatInterval = 20 * time.Second

	// contactInterval is ackInterval for a client that has not heard its server
	// yet. Stock waits 3 s here too; a lost first datagram need not cost that
	// much.
	contactInterval = 1000 * time.Millisecond

	// ackDelay is the longest that the ack for a diff waits for something to ride
	// on, and that a change for which nobody waits does.
	ackDelay = 100 * time.Millisecond

	// promptAbove is the size of an instruction, in bytes, above which a roam has its
	// ack without delay: typing stays below.
	promptAbove = 500

	// lossGrace is how long after the RTO a state without an ack counts as arrived
	// at most, since the peer may keep its ack for ackDelay.
	lossGrace = ackDelay

	// answerSlack is what a peer may be late with an answer beside what was seen
	// of it so far: the timer and the scheduler of a busy machine.
	answerSlack = 10 * time.Millisecond

	// repeatInterval is the least time between two repetitions of what seems
	// lost: ten a second look after a dead path soon enough, and cost a kilobyte.
	repeatInterval = 100 * time.Millisecond

	// activeRetry is how long after the peer was last heard a state without an
	// ack is repeated every interval. Later it leaves with the empty acks.
	activeRetry = 10 * time.Second

	// detachAfter is how long a server without any datagram from its client goes
	// on sending.
	detachAfter = 40 * time.Second

	// hopAfter is how long a client keeps a port that brings no answers.
	hopAfter = 10 * time.Second

	// closeTries and closeTime bound how often, and how long, our end of the
	// session is repeated to a peer who does not answer; closeLeast is how long it is
	// in any case, from the last of closeTries on each repeatInterval at most: on a LAN
	// they take 0.3 s, and a busy machine may need longer to answer.
	closeTries = 16
	closeTime  = 10 * time.Second
	closeLeast = 2 * time.Second

	// lingerTime is how long we answer the repetitions of the peer's end. Stock
	// peers answer once; then a single lost datagram makes their end unclean.
	lingerTime = 2 * time.Second
)

// FirstContactTimeout is how long a client should wait for the first remote
// state. The number of Remote is 0 until then. The Transport does not end the
// session by itself: whoever has a user to tell calls Shutdown.
const FirstContactTimeout = 15 * time.Second

// Sizes of a UDP payload in bytes (docs/protocol.md B4).
const (
	// MaxPayloadIPv4 and MaxPayloadIPv6 fit into the 1280 bytes that every IPv6
	// link carries, less 28 for IPv4 and UDP, or 64 for IPv6 with an extension
	// header and UDP.
	MaxPayloadIPv4 = 1280 - 28
	MaxPayloadIPv6 = 1280 - 64

	// MaxPayloadFallback is for paths that refuse the others.
	MaxPayloadFallback = 500

	// minPayload keeps the pieces of the largest instruction below
	// wire.MaxFragments.
	minPayload = 200

	// maxDatagram is the longest datagram taken in: the receive buffer of stock.
	maxDatagram = 2048
)

// Limits on what is kept.
const (
	// maxSent is how many sent states are kept as bases for diffs. When there is
	// one more, the one that is removeFromEnd from the end goes: the oldest and
	// the most recent ones are more likely to be acknowledged.
	maxSent       = 32
	removeFromEnd = 16

	// maxReceived is how many states of the peer are kept without question, and
	// maxReceivedBytes how much memory those after the oldest may take. Above,
	// one state is taken per quenchTime. A peer who hears our acks lets us forget
	// all but its unacknowledged ones, 33 at most if it is stock or ours.
	maxReceived      = 1024
	maxReceivedBytes = 64 << 20
	quenchTime       = 15 * time.Second

	// maxDiff is the longest diff sent, in bytes. Stock peers drop instructions
	// that inflate beyond 4 MiB, at each repetition, so that the session freezes.
	// A longer one is asked for again with the budget cutDiff, which leaves room
	// for what "about" means there.
	maxDiff = 4_000_000
	cutDiff = 3_000_000

	// largePieces is how many datagrams an instruction may take before it counts as
	// large: it is repeated only when an answer should have come, not at each
	// interval.
	largePieces = 8

	// maxChaff is the longest padding to a stock peer in bytes. It hides the length of
	// single keys.
	maxChaff = 16

	// keyStep is the multiple of bytes to which a client pads what it says to a roam
	// server, so that a letter, a cursor key and a short run of keys look the same: a
	// letter takes 12 bytes, and some more as the numbers grow. A server pads
	// nothing to a roam: that there is an echo is seen anyway, how long it is says what
	// the program draws, and passwords have none.
	keyStep = 24

	// keepBuffer is the largest scratch buffer kept after use, in bytes.
	keepBuffer = 64 << 10
)

// How new states follow each other (docs/protocol.md C5).
const (
	// burst is how many states may leave without a pause after quiet: the echo of
	// a key, what its command says, and the prompt.
	burst = 3

	// frameInterval is the least time between states that follow each other
	// steadily: 50 a second are enough for any eye.
	frameInterval = 20 * time.Millisecond

	// crowd is how many states may be without an ack before those that follow
	// leave only crowdShare times in a round trip: an ack of one that was removed
	// from a full sent list would mean nothing.
	crowd      = 12
	crowdShare = 8
)

// Copies of single datagrams on a path that loses (docs/protocol.md C5). They are
// the whole budget of bytes that loss costs in advance: a state in one datagram is
// sent twice, three times at most. With 29 % lost each way that is less than twice
// what stock sends, and one key in six is left for the next key or a repetition.
const (
	fewLost    = 0.03 // share of the peer's datagrams lost from which there is one copy
	manyLost   = 0.40 // and two
	copyShare  = 16   // the first copy leaves after this part of a round trip
	minCopyGap = 4 * time.Millisecond
	maxCopyGap = 20 * time.Millisecond // later, something newer will often carry it
)

// Sizes of diffs that decide about the base (docs/protocol.md C4), in bytes: a
// diff from the acknowledged state is preferred while it is shorter than
// smallDiff and costs less than cheapDiff more than one from a state that is only
// assumed to have arrived.
const (
	smallDiff = 1000
	cheapDiff = 100
)
