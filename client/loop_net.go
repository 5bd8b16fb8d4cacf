package client

import (
	"errors"
	"net/netip"
	"syscall"
	"time"

	"roam/carrier"
)

const (
	// quietPath is how long the server may be silent before the loop looks
	// whether this machine's address has changed: a bit more than the 3 s
	// between its heartbeats. pathPause is how often it looks.
	quietPath = 3200 * time.Millisecond
	pathPause = time.Second
)

// flush sends the datagrams that are due.
func (l *loop) flush(now time.Time) {
	sent := false
	for {
		datagram, ok := l.tr.Poll(now, l.datagram[:0])
		if !ok {
			break
		}
		l.datagram = datagram
		sent = true
		if err := l.link.Send(datagram); err != nil {
			l.sendFailed(now, err)
		} else {
			l.note.works(now)
			l.path.failed = false
		}
	}
	if sent && l.tr.HopDue(now) {
		l.log("no answer: sending from another port")
		l.hop(now)
	}
}

// hop sends from another port from now on, and reports whether that works.
func (l *loop) hop(now time.Time) bool {
	if err := l.link.Hop(); err != nil {
		l.networkError(now, err)
		return false
	}
	return true
}

// sendFailed notes that a datagram did not leave. It counts as lost; what was
// in it is repeated.
func (l *loop) sendFailed(now time.Time, err error) {
	if errors.Is(err, carrier.ErrMessageSize) {
		l.log("the path takes no large datagrams")
		l.tr.SetMaxPayload(l.link.MaxPayload())
		return
	}
	l.networkError(now, err)
	l.path.failed = true
}

// networkError shows what the network says.
func (l *loop) networkError(now time.Time, err error) {
	l.failure = errorReason(err)
	l.note.fail(now, l.failure)
	l.log("network: %s", l.failure)
}

// errorReason returns the part of a network error that helps a person.
func errorReason(err error) string {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno.Error()
	}
	return err.Error()
}

// receive takes in a datagram, or what the network says about one of ours.
func (l *loop) receive(now time.Time, d carrier.Datagram) {
	defer d.Release()
	if d.Err != nil {
		l.networkError(now, d.Err)
		return
	}
	before := l.contact()
	receipt, _ := l.tr.Receive(now, d.Data, d.CE) // what was wrong is counted there
	if receipt.Acked {
		l.input.adapt(now, l.tr.RTO()+peerAckDelay)
		l.slide(now)
	}
	if receipt.Newest {
		l.heard = now
		if late, reply := before.late(now); late && !reply {
			l.note.say(now, "Contact is back after "+ago(age(now, before.heard))+".")
		}
	}
	if receipt.NewState {
		l.newScreen(now)
	}
}

// newScreen takes in a new screen of the server's.
func (l *loop) newScreen(now time.Time) {
	if l.stage == connecting {
		l.goLive(now)
	}
	l.dirty = true
	remote, _ := l.tr.Remote()
	l.takeEvents(now, remote)
	l.filter.kitty = remote.Term().Modes().KittyKeys&kittyDisambiguate != 0
	if l.guess != nil {
		l.guess.Frame(now, remote.Term(), remote.EchoAck(), l.pace())
	}
}

// contact returns when the server was last known to be there: any authentic
// datagram shows that, also one that repeats what is known. Before the first
// answer, and while the user had us stopped, nothing counts as missed.
func (l *loop) contact() contact {
	c := contact{l.start, l.start}
	for _, t := range []struct {
		of *time.Time
		is time.Time
	}{{&c.heard, l.heard}, {&c.replied, l.tr.LastReply()}, {&c.heard, l.stopped}, {&c.replied, l.stopped}} {
		if t.is.After(*t.of) {
			*t.of = t.is
		}
	}
	return c
}

// revive makes contact at once after a time in which this machine or this
// process stood still: the path may have changed, and the next heartbeat may
// be seconds away.
func (l *loop) revive(now time.Time) {
	l.hop(now)
	l.tr.Probe(now)
}

// A pathWatch notices that the way to the server has changed while the server
// is silent or nothing can be sent.
type pathWatch struct {
	failed bool       // sending fails
	source netip.Addr // what this machine sends from; invalid: nothing
	looked time.Time
}

// nextPath returns when to look at the path.
func (l *loop) nextPath(now time.Time) time.Time {
	silent := l.contact().heard.Add(quietPath)
	if l.path.failed {
		silent = now
	}
	if again := l.path.looked.Add(pathPause); silent.Before(again) {
		return again
	}
	return silent
}

// watchPath makes contact at once when this machine has got another address, or
// can send again.
func (l *loop) watchPath(now time.Time) {
	if l.stage == leaving || now.Before(l.nextPath(now)) {
		return
	}
	l.path.looked = now
	source, err := l.link.Source()
	before := l.path
	l.path.source, l.path.failed = source, err != nil
	switch {
	case err != nil:
		l.networkError(now, err)
	case before.source.IsValid() && before.source != source, before.failed && !before.looked.IsZero():
		l.log("the path has changed: sending from %v", source)
		l.revive(now)
	}
}

// A clockWatch notices that the machine slept: the monotonic clock stops then,
// the wall clock does not.
type clockWatch struct {
	last time.Time
}

// sleepSlack is how far the clocks may come apart between two turns without
// sleep: the wall clock is corrected in small steps, or set.
const sleepSlack = 2 * time.Second

// slept reports whether the machine slept since the last call.
func (c *clockWatch) slept(now time.Time) bool {
	last := c.last
	c.last = now
	return !last.IsZero() && clocksApart(now.Round(0).Sub(last.Round(0)), now.Sub(last))
}

// clocksApart compares what passed on the two clocks.
func clocksApart(wall, monotonic time.Duration) bool { return wall-monotonic > sleepSlack }
