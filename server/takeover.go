//go:build unix

package server

import (
	"crypto/rand"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"roam/carrier"
	"roam/crypto"
	"roam/session"
	"roam/ssp"
	"roam/terminal"
	"roam/trace"
)

// maxLeaving is how many clients that were taken over from are remembered, so that each
// is told when it speaks again. One more drops the oldest: its user has been at
// several terminals since.
const maxLeaving = 4

// maxComing is how many clients can be on their way at once, such as those of two terminals
// that a script opens. The loop has a case for each.
const maxComing = 3

// A place is for a client that was invited and has not been heard; the zero place is free.
type place struct {
	at    *attachment
	until time.Time // when it is given up
}

// free gives the place up, whoever was to come.
func (p *place) free() {
	if p.at != nil {
		p.at.close()
	}
	*p = place{}
}

// clients are the attachments of a session beside the one it belongs to.
type clients struct {
	coming  [maxComing]place
	leaving []*attachment // that the session was taken over from, oldest first
	strays  chan stray    // what leaving ones send; unbuffered
	done    chan struct{} // closed at the session's end
}

// A stray is a datagram from a client that was taken over from.
type stray struct {
	from *attachment
	d    carrier.Datagram
}

func newClients() clients {
	return clients{strays: make(chan stray), done: make(chan struct{})}
}

// close gives all of them up.
func (c *clients) close() {
	close(c.done)
	for i := range c.coming {
		c.coming[i].free()
	}
	for _, a := range c.leaving {
		a.close()
	}
}

// datagrams is where the invited client of a place is heard; nil while there is none.
func (c *clients) datagrams(i int) <-chan carrier.Datagram {
	if c.coming[i].at == nil {
		return nil
	}
	return c.coming[i].at.sock.Datagrams()
}

// room returns a free place or, if there is none, that of who was invited first.
func (c *clients) room() *place {
	first := &c.coming[0]
	for i := range c.coming {
		if p := &c.coming[i]; p.until.Before(first.until) { // a free one's is the zero time
			first = p
		}
	}
	first.free()
	return first
}

// leave adds a client that was taken over from. spawn starts a goroutine, which
// ends with the client's socket or the session.
func (c *clients) leave(a *attachment, spawn func(func())) {
	c.leaving = append(c.leaving, a)
	if len(c.leaving) > maxLeaving {
		c.forget(c.leaving[0])
	}
	spawn(func() {
		for d := range a.sock.Datagrams() {
			select {
			case c.strays <- stray{a, d}:
			case <-c.done:
				return
			}
		}
	})
}

// forget closes the socket of a client that was taken over from.
func (c *clients) forget(a *attachment) {
	a.close()
	c.leaving = slices.DeleteFunc(c.leaving, func(b *attachment) bool { return a == b })
}

// next returns when one of them has something to do; zero for never.
func (c *clients) next() time.Time {
	var next time.Time
	for _, p := range c.coming {
		next = earliest(next, p.until)
	}
	for _, a := range c.leaving {
		next = earliest(next, a.t.NextTimeout())
	}
	return next
}

// invite makes an attachment with a key and a port of its own. The session stays with
// the client that it has until the new one is heard.
func (l *loop) invite(low, high uint16, addr netip.Addr) (Attachment, error) {
	if l.final != nil || l.ending() {
		return Attachment{}, fmt.Errorf("server: the session is ending")
	}
	sock, err := carrier.ListenServer(addr, low, high)
	if err != nil {
		return Attachment{}, portsTaken(int(low), int(high), err)
	}
	key, err := crypto.NewKey(rand.Reader)
	if err != nil {
		sock.Close()
		return Attachment{}, fmt.Errorf("server: making a key: %w", err)
	}
	defer key.Erase()
	a, err := newAttachment(l.now, sock, key, l.trace, l.current)
	if err != nil {
		sock.Close()
		return Attachment{}, err
	}
	a.terminalWait, a.trace = l.at.terminalWait, nil
	*l.clients.room() = place{a, l.now.Add(firstContact)}
	return Attachment{Port: int(sock.Port()), Key: key.Encode()}, nil
}

// receiveComing takes in a datagram at an invited client's port. The first that is
// whole and authentic makes the session that client's.
func (l *loop) receiveComing(i int, d carrier.Datagram) {
	if d.Err != nil {
		return
	}
	newState, _ := l.clients.coming[i].at.receive(l.now, d)
	d.Release()
	if newState && !l.ending() && l.final == nil {
		l.takeOver(&l.clients.coming[i])
	}
}

// takeOver makes the session the client's that was invited to a place. The client before it hears of that
// when it speaks again, however long it was asleep.
func (l *loop) takeOver(from *place) {
	l.log.at(1, "a new client has attached")
	old := l.at
	held := old.t.AckedState()
	last := l.current()
	old.parting = &last
	l.at, *from = from.at, place{}
	if old.heard.IsZero() {
		old.close()
	} else {
		old.t.Probe(l.now) // it need not wait for a heartbeat
		l.clients.leave(old, l.spawn)
	}
	old.trace, l.at.trace = nil, l.trace
	l.trace.Note(l.now, trace.ClientChanged)
	l.attached = false
	l.events, l.eventsNum = l.events.Handover(held), [2]uint64{}
	l.hints = hinter{nameOf: processName, secretOf: l.hints.secretOf} // it counts by the client's numbers
	l.adopt()
	l.sample()
	l.touch()
	l.takeInput()
}

// adopt tells the emulator of another client than before: what the old one's terminal
// could do says nothing.
func (l *loop) adopt() {
	opts := l.host.em.Options()
	opts.Clusters, opts.Clipboard, opts.KittyKeys, opts.OtherKeys = false, false, false, false
	l.host.em.SetOptions(opts)
	if !l.at.knowsTerminal() {
		if err := l.host.setUserTerminal(terminal.UserTerminal{}); err != nil {
			l.log.at(1, "%v", err)
		}
	}
	l.announceRich()
}

// receiveStray tells a client that the session was taken over from, now that it speaks,
// that the session has ended for it. What it typed is nobody's.
func (l *loop) receiveStray(s stray) {
	a := s.from
	if s.d.Err != nil || !slices.Contains(l.clients.leaving, a) {
		return
	}
	before := a.heard
	a.receive(l.now, s.d)
	s.d.Release()
	if a.heard == before || a.t.Phase() != ssp.Open {
		return
	}
	if a.hasStatus() {
		*a.parting = a.parting.WithFinal(&session.Final{Moved: true})
	}
	a.t.Touch(l.now)
	a.t.Shutdown(l.now)
}

// updateClients sends what is due to clients that were taken over from, and forgets those
// that know, and an invited one that did not come.
func (l *loop) updateClients() {
	c := &l.clients
	for i := range c.coming {
		if p := &c.coming[i]; p.at != nil && !l.now.Before(p.until) {
			p.free()
		}
	}
	for _, a := range slices.Clone(c.leaving) {
		a.send(l.now)
		if a.t.Phase() >= ssp.Done {
			c.forget(a)
		}
	}
}
