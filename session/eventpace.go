package session

import "time"

// Limits of an eventPace (docs/protocol.md F4).
const (
	// minStep is the most bytes by which a state extends the log while nothing is known
	// of the path: with a screen that changes little they fill one datagram.
	minStep = 1000

	// maxAhead is the most bytes of the log beyond those that the client is known to
	// hold: two thirds of what a transport lets be on its way while it knows nothing of the
	// path, so that a key finds room beside them.
	maxAhead = 8 << 10

	// maxFlight is how many steps of the least size may be on their way: states leave at
	// most eight times in a round trip.
	maxFlight = 8

	// keyWait is how long a key may wait for the log: what a full datagram takes on a path
	// of 1 Mbit/s. A step that takes the path longer is too large.
	keyWait = 10 * time.Millisecond

	// lossWait is how much longer than two round trips the ack of a step may take before
	// something was lost: the client waits up to half a round trip for its turn.
	lossWait = 100 * time.Millisecond

	// cleanSteps is how many steps in a row must arrive without a loss before more than
	// one is on its way. What is lost is repeated with the next key, so that on a bad path
	// it has to fit into a datagram.
	cleanSteps = 4
)

// An eventPace decides how many bytes of the log may be on their way to the client: what
// the path has to spare. It grows while round trips stay as short as without it. The zero
// value begins anew.
type eventPace struct {
	more   int           // step is minStep << more
	flight int           // steps on their way, less one
	clean  int           // steps that arrived without a loss, up to cleanSteps
	least  time.Duration // the shortest round trip so far; 0: none was measured
	worst  time.Duration // the longest since the last judgement; 0: none was measured
	trial  uint64        // the offset whose ack is judged next; 0: none
	since  time.Time     // when a state first had it
}

// step returns the most bytes by which a state extends the log beyond the state before.
func (p *eventPace) step() uint64 { return uint64(min(minStep<<p.more, maxAhead)) }

// ahead returns the most bytes that may be on their way.
func (p *eventPace) ahead() uint64 { return min(p.step()*uint64(p.flight+1), maxAhead) }

// extended notes that a new state reaches an offset.
func (p *eventPace) extended(now time.Time, offset uint64) {
	if p.trial == 0 {
		p.trial, p.since = offset, now
	}
}

// held notes that the client holds the log up to an offset, and the round trip that the
// datagram which says so has measured; 0 if it has not.
func (p *eventPace) held(now time.Time, offset uint64, rtt time.Duration) {
	if rtt > 0 && (p.least == 0 || rtt < p.least) {
		p.least = rtt
	}
	p.worst = max(p.worst, rtt)
	if p.trial == 0 || offset < p.trial || p.worst == 0 {
		return
	}
	wait := p.worst - p.least
	lost := now.Sub(p.since) > 2*p.worst+lossWait
	p.trial, p.worst = 0, 0
	switch {
	case lost:
		p.clean, p.flight, p.more = 0, 0, 0
	case wait > keyWait && p.more > 0:
		p.more--
	case wait > keyWait:
		p.flight /= 2
	case p.clean < cleanSteps:
		p.clean++
	case p.flight+1 < maxFlight:
		p.flight++
	case wait <= keyWait/2 && p.step() < maxAhead: // twice as much has room
		p.more++
	}
}
