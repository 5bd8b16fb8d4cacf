package client

import (
	"errors"
	"net/netip"
	"syscall"
	"time"

	"roam/carrier"
	"roam/trace"
)

// pathPause is how often the loop looks by itself whether the way to the server has
// changed, while the server does not answer or nothing can be sent: the system tells
// of most changes, but not everywhere.
const pathPause = time.Second

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
		l.transmit(now, datagram)
	}
	if sent && l.tr.HopDue(now) {
		l.log("no answer: sending from another port")
		l.hop(now)
		l.race(now)
	}
}

// race has all the addresses tried that the server may have.
func (l *loop) race(now time.Time) {
	if l.paths.race(now) {
		l.log("trying addresses", "addresses", l.paths.addrs())
		l.tr.Probe(now)
	}
}

// transmit sends a datagram to the address whose turn it is, or to the first after it that
// can be sent to.
func (l *loop) transmit(now time.Time, datagram []byte) {
	for range l.paths.all {
		to := l.paths.to(now)
		err := l.link.SendTo(datagram, to)
		if err == nil {
			l.paths.sent()
			l.note.works(now)
			l.path.failed = false
			return
		}
		if !l.sendFailed(now, len(datagram), err) {
			return
		}
		l.log("an address failed", "address", to, "error", errorReason(err))
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

// sendFailed notes that a datagram of n bytes did not leave. It counts as lost; what was
// in it is repeated. sendFailed reports whether another address may do.
func (l *loop) sendFailed(now time.Time, n int, err error) bool {
	if errors.Is(err, carrier.ErrMessageSize) {
		l.log("the path takes no such datagrams", "bytes", n)
		l.tr.Refused(now, n, l.link.MaxPayload(), l.link.ProbePayload())
		return false
	}
	if carrier.IsFull(err) { // of a busy machine; the path is what it was
		l.log("the network failed", "error", errorReason(err))
		return false
	}
	l.networkError(now, err)
	l.path.failed = true
	l.paths.race(now)
	return l.paths.failed(now, errorReason(err))
}

// networkError shows what the network says.
func (l *loop) networkError(now time.Time, err error) {
	l.failure = errorReason(err)
	l.note.fail(now, l.failure)
	l.log("the network failed", "error", l.failure)
	l.cfg.trace.Reason(now, trace.NetworkFailed, l.failure)
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
		l.paths.refused(now, d.From, errorReason(d.Err))
		if !l.overdue(now) {
			l.tr.Probe(now) // it was about something of ours that did not arrive
		}
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
		l.settle(now, d.From, receipt.RTT)
		if late, reply := before.late(now); late && !reply {
			l.note.say(now, "Contact is back after "+ago(age(now, before.heard))+".", messageTime)
		}
	}
	if receipt.NewState {
		l.newScreen(now)
	}
}

// settle notes from where the server was heard: while several addresses are tried, that is
// the one to send to.
func (l *loop) settle(now time.Time, from netip.AddrPort, rtt time.Duration) {
	if !l.paths.heard(from, rtt) || len(l.paths.all) == 1 {
		return
	}
	server := l.paths.to(now)
	if server != l.cfg.Server {
		l.log("the server is reached", "address", server)
		l.cfg.Server = server
		l.path = pathWatch{changed: true} // the next look at the route is the first at this one
	}
	l.link.SetServer(server)
	l.tr.SetMaxPayload(l.link.MaxPayload(), l.link.ProbePayload())
}

// newScreen takes in a new screen of the server's.
func (l *loop) newScreen(now time.Time) {
	if l.stage == connecting {
		l.goLive(now)
	}
	l.dirty = true
	l.heap.Used(now)
	remote, _ := l.tr.Remote()
	l.takeEvents(now, remote)
	modes := remote.Term().Modes()
	l.filter.kitty = l.caps.KittyKeys && modes.KittyKeys&kittyDisambiguate != 0
	l.filter.pixels = l.cellPixels(modes)
	if l.guess != nil {
		if h := remote.Hint(); h != nil {
			l.guess.Hint(now, hintOf(h))
		}
		l.guess.Frame(now, remote.Term(), remote.EchoAck(), l.pace())
	}
}

// contact returns when the server was last known to be there, and since when it owes
// an answer: any authentic datagram shows that it is, also one that repeats what is
// known. While the user had us stopped nothing counts as missed.
func (l *loop) contact() contact {
	return contact{
		heard:   latest(latest(l.start, l.heard), l.stopped),
		replied: latest(latest(l.start, l.tr.LastReply()), l.stopped),
		due:     sinceStop(l.tr.AnswerDue(), l.stopped),
		owing:   sinceStop(l.tr.Owing(), l.stopped),
	}
}

// sinceStop returns t, but no time before a stop; zero stays so.
func sinceStop(t, stopped time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return latest(t, stopped)
}

// overdue reports whether an answer of the server's is.
func (l *loop) overdue(now time.Time) bool {
	due := l.tr.AnswerDue()
	return !due.IsZero() && !now.Before(due)
}

// revive makes contact at once, from a new port: the path has changed, or this machine
// or this process stood still, and the next heartbeat may be seconds away.
func (l *loop) revive(now time.Time) {
	l.hop(now)
	l.tr.SetMaxPayload(l.link.MaxPayload(), l.link.ProbePayload())
	l.tr.Probe(now)
	l.race(now)
}

// A pathWatch notices that the way to the server has changed.
type pathWatch struct {
	changed bool // something about the network may have
	failed  bool // sending fails
	noRoute bool // there was none at the last look
	route   carrier.Route
	looked  time.Time
}

// nextPath returns when to look at the path; zero for never.
func (l *loop) nextPath(now time.Time) time.Time {
	switch due := l.tr.AnswerDue(); {
	case l.path.changed:
		return now
	case l.path.failed, l.path.noRoute:
		return l.path.looked.Add(pathPause)
	case due.IsZero():
		return due
	default:
		return latest(due, l.path.looked.Add(pathPause))
	}
}

// watchPath makes contact at once when datagrams take another way than before, or can
// be sent again.
func (l *loop) watchPath(now time.Time) {
	if next := l.nextPath(now); l.stage == leaving || next.IsZero() || now.Before(next) {
		return
	}
	route, err := l.link.Route()
	before := l.path
	l.path = pathWatch{noRoute: err != nil, route: route, looked: now}
	switch {
	case err != nil:
		l.networkError(now, err)
		l.race(now)
	case before.looked.IsZero(): // the first look
	case before.noRoute, before.route != route && route.Up:
		l.cfg.trace.Note(now, trace.PathChanged)
		l.log("the path has changed", "source", route.Source, "interface", route.Interface)
		l.revive(now)
	}
}
