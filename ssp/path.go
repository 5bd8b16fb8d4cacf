package ssp

import "time"

// A path follows where the peer is (docs/protocol.md B5). Only a datagram that is
// authentic and newer than all before tells.
type path struct {
	highest uint64    // highest sequence number so far
	heardAt time.Time // when it arrived; zero if nothing did

	attached bool      // a server's: there is a client to send to
	chosen   time.Time // a client's: when it began to use its port
}

// heard takes in the sequence number of an authentic datagram. It reports whether
// the datagram is the newest.
func (p *path) heard(now time.Time, seq uint64) bool {
	if !p.heardAt.IsZero() && seq <= p.highest {
		return false
	}
	p.highest, p.heardAt, p.attached = seq, now, true
	return true
}

// sent notes that a server has sent something. Once the client has been silent
// for longer than patience, it is taken for gone until it speaks again. It reports
// whether that is so.
func (p *path) sent(now time.Time, patience time.Duration) (detached bool) {
	p.attached = now.Sub(p.heardAt) <= patience
	return !p.attached
}

// hop reports whether a client should change its port: it has kept it for a
// while, and all that it knows to have arrived was sent long ago. replied is when
// that was sent. An answer that is overdue since the time due makes it try one
// other port sooner.
func (p *path) hop(now, replied, due time.Time) bool {
	first := !due.IsZero() && p.chosen.Before(due) && now.Sub(due) > hopFirst
	if !first && (now.Sub(p.chosen) <= hopAfter || now.Sub(replied) <= hopAfter) {
		return false
	}
	p.chosen = now
	return true
}
