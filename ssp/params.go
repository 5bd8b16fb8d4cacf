package ssp

import "time"

// Times of the protocol that stock peers count on.
const (
	// ackInterval is the time between two empty acks when nothing else is
	// sent. It keeps bindings of NATs alive.
	ackInterval = 3000 * time.Millisecond

	// ackDelay is the longest that the ack for data waits for data of our own
	// to ride on. A peer's time-out includes it: see lossGrace.
	ackDelay = 100 * time.Millisecond

	// lossGrace is how long after the RTO an unacknowledged state still counts as
	// arrived: the peer may keep its ack for ackDelay.
	lossGrace = ackDelay

	// activeRetry is how long after the peer was last heard unacknowledged
	// data is repeated eagerly. Later it leaves with the acks, each ackInterval.
	activeRetry = 10 * time.Second
)
