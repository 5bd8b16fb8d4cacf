package client

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

const (
	// turnTime is how long the datagrams go to one of several addresses before the next
	// has its turn: between the 250 ms that RFC 8305 section 8 proposes and its least,
	// 100 ms, as the answers that it waits for take one round trip and no handshake.
	turnTime = 200 * time.Millisecond

	// refusals and refusedFor are how often, and over which time, an address must refuse
	// before it is taken for hopeless. Hosts send one refusal in a second and less often.
	refusals   = 3
	refusedFor = 3 * time.Second
)

// A PathState says what came of the datagrams sent to an address.
type PathState uint8

// The states, the later ones worth more.
const (
	PathUntried  PathState = iota // nothing was sent
	PathUnsent                    // this machine could not send: no route, as a rule
	PathSilent                    // nothing came back
	PathRefused                   // something on the way, or the host, said by ICMP that they do not arrive
	PathAnswered                  // the server answered, and proved that it is the server
)

// A Path is an address at which a server may be, and what is known of it.
type Path struct {
	Addr   netip.AddrPort
	State  PathState
	Sent   int           // datagrams that left
	Reason string        // the system's word, for PathUnsent and PathRefused
	RTT    time.Duration // of the first answer, for PathAnswered; 0 if it measured none

	refused int       // how often it refused
	first   time.Time // when it first did, or when sending first failed
}

// String tells what came of the path, for a person.
func (p Path) String() string {
	switch p.State {
	case PathUnsent:
		return fmt.Sprintf("%v: cannot be sent to: %s", p.Addr, p.Reason)
	case PathSilent:
		if p.Sent == 1 {
			return fmt.Sprintf("%v: no answer to 1 datagram", p.Addr)
		}
		return fmt.Sprintf("%v: no answer to %d datagrams", p.Addr, p.Sent)
	case PathRefused:
		return fmt.Sprintf("%v: %s", p.Addr, p.Reason)
	case PathAnswered:
		return fmt.Sprintf("%v: answers in %v", p.Addr, p.RTT.Round(time.Millisecond))
	}
	return fmt.Sprintf("%v: not tried", p.Addr)
}

// paths are the addresses at which the server may be. While it is not known which of them
// answers they take turns, each with datagrams of its own, so that none is delayed and
// what comes back tells how long the way is; the first from which an authentic datagram
// comes, newer than all before, gets all of them from then on. Nothing else decides: what
// is not authentic, and ICMP, change neither the address nor the turns. It reads no clock.
type paths struct {
	all    []Path // best first
	racing bool
	home   int  // the one that answered last, or the best one
	known  bool // home has answered
	turn   int  // the one that is sent to
	step   int  // turns that there were
	since  time.Time
}

func newPaths(server netip.AddrPort, others []netip.AddrPort) paths {
	p := paths{all: []Path{{Addr: server}}}
	for _, addr := range others {
		p.all = append(p.all, Path{Addr: addr})
	}
	return p
}

// race begins to try all of them, the one at home first. It reports whether there is a
// choice.
func (p *paths) race(now time.Time) bool {
	if len(p.all) > 1 && !p.racing {
		p.racing, p.step, p.turn, p.since = true, 0, p.home, now
	}
	return p.racing
}

// to returns the address for what is sent at now.
func (p *paths) to(now time.Time) netip.AddrPort {
	if p.racing && now.Sub(p.since) >= turnTime {
		p.next(now)
	}
	return p.all[p.turn].Addr
}

// next begins the next turn. Once one has answered, every other turn is its own: most
// outages are of all ways, and then the usual one is back as soon as any.
func (p *paths) next(now time.Time) {
	p.step++
	p.since = now
	switch {
	case !p.known:
		p.turn = p.step % len(p.all)
	case p.step%2 == 0:
		p.turn = p.home
	default:
		p.turn = (p.home + 1 + p.step/2%(len(p.all)-1)) % len(p.all)
	}
}

// sent notes that a datagram left for the address whose turn it is.
func (p *paths) sent() {
	path := &p.all[p.turn]
	path.Sent++
	path.State = max(path.State, PathSilent)
}

// failed notes that a datagram could not be sent, for a reason. It reports whether another
// address has its turn now.
func (p *paths) failed(now time.Time, reason string) bool {
	path := &p.all[p.turn]
	if path.State <= PathUnsent {
		path.State, path.Reason = PathUnsent, reason
		if path.first.IsZero() {
			path.first = now
		}
	}
	if p.racing {
		p.next(now)
	}
	return p.racing
}

// refused notes what ICMP said of a datagram that was sent to an address; the invalid one
// stands for an unknown one. Before there was an answer only.
func (p *paths) refused(now time.Time, addr netip.AddrPort, reason string) {
	i := p.index(addr)
	if !addr.IsValid() && len(p.all) == 1 {
		i = 0
	}
	if i < 0 || p.known {
		return
	}
	path := &p.all[i]
	if path.State != PathRefused {
		path.State, path.first = PathRefused, now
	}
	path.refused++
	path.Reason = reason
}

// heard notes that an authentic datagram, newer than all before, came from an address, and
// how long the round trip was. It ends a race, and reports whether it did. A server that
// answers from an address where nobody asked it is taken to be where the last datagram
// went.
func (p *paths) heard(addr netip.AddrPort, rtt time.Duration) (settled bool) {
	if p.known && !p.racing {
		return false
	}
	i := p.index(addr)
	if i < 0 {
		i = p.turn
	}
	p.home, p.turn, p.known, p.racing = i, i, true, false
	p.all[i].State, p.all[i].RTT = PathAnswered, rtt
	return true
}

func (p *paths) index(addr netip.AddrPort) int {
	for i := range p.all {
		if p.all[i].Addr == addr {
			return i
		}
	}
	return -1
}

// hopeless reports whether waiting for the first answer is of no use: each address refuses
// steadily, or cannot be sent to since as long, and there is one that refuses. A server
// prints its start line when its port is open, so it cannot be merely late.
func (p *paths) hopeless(now time.Time) bool {
	some := false
	for i := range p.all {
		path := &p.all[i]
		steady := path.State == PathUnsent || path.State == PathRefused && path.refused >= refusals
		if !steady || now.Sub(path.first) < refusedFor {
			return false
		}
		some = some || path.State == PathRefused
	}
	return some && !p.known
}

// hopelessAt returns when hopeless may come to be true by itself; zero for never.
func (p *paths) hopelessAt() (at time.Time) {
	for i := range p.all {
		if p.all[i].State != PathUnsent && p.all[i].State != PathRefused {
			return time.Time{}
		}
		at = latest(at, p.all[i].first.Add(refusedFor))
	}
	return at
}

// tried lists what came of each, for a person, if there are several.
func (p *paths) tried() (lines []string) {
	if len(p.all) > 1 {
		for _, path := range p.all {
			lines = append(lines, path.String())
		}
	}
	return lines
}

// has reports whether the state of one of them is the given one.
func (p *paths) has(state PathState) bool {
	return slices.ContainsFunc(p.all, func(path Path) bool { return path.State == state })
}

// refuses reports whether one of them refuses because its port is closed.
func (p *paths) refuses() bool {
	return slices.ContainsFunc(p.all, func(path Path) bool {
		return path.State == PathRefused && strings.Contains(path.Reason, "refused")
	})
}

// addrs returns the addresses without their port, as words of a sentence.
func (p *paths) addrs() string {
	var words []string
	for _, path := range p.all {
		words = append(words, path.Addr.Addr().String())
	}
	return strings.Join(words, ", ")
}
