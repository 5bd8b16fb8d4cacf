//go:build unix

package server

import (
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"roam/carrier"
	"roam/crypto"
	"roam/session"
	"roam/ssp"
	"roam/terminal"
	"roam/trace"
)

// detachedAfter is how long a client may be silent before the list of logins, and
// roam's own, call its session detached: ten heartbeats of a stock client, and one of
// a roam's with what it takes to repeat it.
const detachedAfter = 30 * time.Second

// An attachment is one client of a host: a key, the transport under it, and the
// socket. It knows what of the client's input the host has, and nothing of how the
// host shows. The loop's goroutine owns it.
type attachment struct {
	sock *carrier.Server
	seal *crypto.Session
	t    *session.ServerTransport
	neg  *session.Negotiation

	keys  terminal.KeyFilter
	echo  session.EchoHistory
	num   uint64                // number of the client state whose events the host has
	taken uint64                // how many events it has
	user  *session.UserTerminal // as the emulator knows it; nil: not told

	unechoed  uint64        // client state whose input is still on its way to the program; 0 for none
	heard     time.Time     // newest authentic datagram
	rtt       time.Duration // that the newest ack measured; 0 for none
	keysUntil time.Time     // when held keys are let go; zero if none are held

	terminalWait time.Duration // see the constant; longer in tests
	awaitUntil   time.Time     // answers about the user's terminal wait until then; zero if they do not

	parting *session.Screen // the last state for a client that was taken over from; nil for others

	trace *trace.Writer // nil: not traced, or not now

	buf []byte // of the datagram being sent
}

// newAttachment returns the attachment of a client that has key, which the caller
// may erase afterwards. tr, if it is not nil, is told what happens. screen returns
// the state to show.
func newAttachment(now time.Time, sock *carrier.Server, key crypto.Key, tr *trace.Writer, screen func() session.Screen) (*attachment, error) {
	seal, err := crypto.NewSession(key, crypto.ToClient)
	if err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	a := &attachment{sock: sock, seal: seal, terminalWait: terminalWait, trace: tr, neg: session.NewServerNegotiation(session.Supported())}
	a.t = ssp.New(now, ssp.Config{
		Role:       ssp.Server,
		Session:    seal,
		MaxPayload: sock.MaxPayload(),
		Rand:       rand.Reader,
		Negotiator: a.neg,
		Trace:      a.hook(),
		Pings:      a.neg.Pings,
		Tallies:    a.neg.Tallies,
	}, session.Screen{}, func() session.Screen {
		if a.parting != nil {
			return *a.parting
		}
		return screen()
	}, session.Input{})
	return a, nil
}

// hook returns what the transport tells events to; nil where there is no trace. The
// trace has one client at a time, the one that the session is with.
func (a *attachment) hook() func(ssp.Event) {
	if a.trace == nil {
		return nil
	}
	return func(e ssp.Event) { a.trace.Event(e) }
}

// receive takes in one datagram and reports whether the client has a new state.
func (a *attachment) receive(now time.Time, d carrier.Datagram) (newState, moved bool) {
	receipt, err := a.t.Receive(now, d.Data, d.CE)
	if receipt.Acked {
		a.rtt = receipt.RTT
	}
	if receipt.Newest {
		a.heard = now
		moved = a.sock.Peer() != d.From
		a.sock.Answer(d)
		if moved {
			a.t.SetMaxPayload(a.sock.MaxPayload(), a.sock.ProbePayload())
		}
	}
	if err != nil {
		return false, moved // counted by the transport; saying more would help an attacker
	}
	return receipt.NewState, moved
}

// send sends what is due. Errors of the network are left to the protocol, which
// repeats what matters.
func (a *attachment) send(now time.Time) {
	for {
		var due bool
		a.buf, due = a.t.Poll(now, a.buf[:0])
		if !due {
			return
		}
		if err := a.sock.Send(a.buf); errors.Is(err, carrier.ErrMessageSize) {
			a.t.Refused(now, len(a.buf), a.sock.MaxPayload(), a.sock.ProbePayload())
		}
	}
}

// close gives the socket and the key up.
func (a *attachment) close() {
	a.sock.Close()
	a.seal.Close()
}

// hasStatus reports whether the client understands how a session ended.
func (a *attachment) hasStatus() bool {
	version, _ := a.neg.Capability(session.Status)
	return version > 0
}

// isRich reports whether the client reads rich screens and events. It is decided
// before the first of the client's states is here.
func (a *attachment) isRich() bool {
	version, _ := a.neg.Capability(session.RichDiff)
	return version > 0
}

// knowsTerminal reports whether the client tells what the user's terminal is.
func (a *attachment) knowsTerminal() bool {
	version, _ := a.neg.Capability(session.Terminal)
	return version > 0
}

// contact returns when the client was heard.
func (a *attachment) contact(start time.Time) contact {
	return contact{start: start, state: a.t.LastHeard(), any: a.heard, rare: a.neg.Pings()}
}

// next returns when the attachment has something to do; zero for never.
func (a *attachment) next() time.Time {
	return earliest(earliest(a.t.NextTimeout(), a.echo.NextTimeout()), earliest(a.keysUntil, a.awaitUntil))
}
