package ssp

import (
	"math"
	"time"
)

// Sizes of datagrams on paths that drop large ones and tell nobody (RFC 8899 calls
// them black holes; docs/protocol.md B4).
const (
	// blackHoleTries is how many instructions with a large datagram must have been
	// sent without any ack of one, and blackHoleTime for how long, while the peer is
	// heard, before smaller ones are tried.
	blackHoleTries = 4
	blackHoleTime  = time.Second

	// blackHoleDoubt is how likely a piece may be to have been lost each time on a path
	// that loses others, too: 1 in 8,000, so that eight of them are no black hole in
	// 999 cases of 1,000. With 29 % lost these are 8 tries, with half 13.
	blackHoleDoubt = 1.0 / 8000
)

// How larger datagrams are tried (docs/protocol.md B4).
const (
	// searchTries is how often a size is tried before it is too large (RFC 8899
	// section 5.1.2, MAX_PROBES), and searchPause the time between two tries at least
	// (section 5.1.1, PROBE_TIMER).
	searchTries = 3
	searchPause = time.Second

	// raiseAfter is how long what was too large is not tried again (section 5.1.1,
	// PMTU_RAISE_TIMER), and climbAfter the same below the size that paths should carry,
	// where more is to be won.
	raiseAfter = 10 * time.Minute
	climbAfter = time.Minute
)

// smallerPayloads are the UDP payloads to try on a path that drops larger ones, in
// bytes: tunnels take a few hundred bytes at most of the 1,280 that links should carry;
// the smallest is MaxPayloadFallback, below the 576 of RFC 791.
var smallerPayloads = [...]int{1000, MaxPayloadFallback}

// largerLess is what to take from the largest payload that is tried, in bytes: nothing
// on an Ethernet, what PPPoE takes of it (RFC 2516), what GRE or IPv6 in IPv4 do,
// WireGuard, and IPsec.
var largerLess = [...]int{0, 8, 28, 80, 120}

// An mtu finds out how large datagrams may be: smaller than the sockets allow where
// acks of large instructions do not come, and larger by probes. What is tried is bounded
// by what is used: nothing is, until an instruction takes several datagrams.
type mtu struct {
	size  int       // bytes of UDP payload; 0: what the sockets allow
	tries int       // large instructions since one was acknowledged
	first time.Time // when the first of them was sent
	heard bool      // the peer was heard so long after it that it can have had it

	wanted bool      // a larger size is to be asked for
	asked  int       // the size that is tried; 0 for none
	count  int       // how often
	at     time.Time // when it last was
	token  uint64    // of the ping with that size, or the number of the state

	refused int       // the least size that does not arrive; 0 for none known
	again   time.Time // when that is forgotten
}

// limits are the sizes between which an mtu chooses, in bytes of UDP payload: what every
// path should carry, and the most that probes may find.
type limits struct{ base, most int }

// limit returns the most bytes of UDP payload.
func (m *mtu) limit(l limits) int {
	if m.size == 0 {
		return l.base
	}
	return m.size
}

// isLarge reports whether a datagram of so many bytes may fit no path.
func isLarge(size int) bool { return size > MaxPayloadFallback }

// sent notes that an instruction with a large datagram leaves.
func (m *mtu) sent(now time.Time) {
	if m.tries++; m.tries == 1 {
		m.first, m.heard = now, false
	}
}

// arrived notes that the peer acknowledged one.
func (m *mtu) arrived() { m.tries = 0 }

// hears notes that the peer was heard.
func (m *mtu) hears(now time.Time, rto time.Duration) {
	if m.tries > 0 && now.Sub(m.first) >= rto {
		m.heard = true
	}
}

// adapt turns to a smaller size if only the large datagrams seem to be lost, given the
// share that the path loses of others.
func (m *mtu) adapt(now time.Time, share float64, l limits) {
	if m.tries < blackHoleTries || !m.heard || now.Sub(m.first) < blackHoleTime {
		return
	}
	if math.Pow(share, float64(m.tries)) > blackHoleDoubt {
		return
	}
	large := m.limit(l)
	m.tries, m.asked, m.wanted = 0, 0, false
	switch smaller := m.smaller(l); {
	case large > l.base:
		m.size = 0
	case smaller < large:
		m.size = smaller
	default:
		return
	}
	m.refuse(now, large, l)
}

// smaller returns the next smaller size, or the one in use if there is none.
func (m *mtu) smaller(l limits) int {
	size := m.limit(l)
	for _, s := range smallerPayloads {
		if s < size {
			return s
		}
	}
	return size
}

// larger returns the size to try next, 0 for none: from small ones step by step up to
// what every path should carry, from there the largest that is not known to be too
// large.
func (m *mtu) larger(l limits) int {
	size, found := m.limit(l), 0
	switch {
	case size < l.base:
		found = l.base
		for _, s := range smallerPayloads {
			if s > size && s < found {
				found = s
			}
		}
	default:
		for _, less := range largerLess {
			if s := l.most - less; s > size && (m.refused == 0 || s < m.refused) {
				return s
			}
		}
	}
	if m.refused > 0 && found >= m.refused {
		return 0
	}
	return found
}

// search notes that an instruction takes several datagrams, for which larger ones would
// do.
func (m *mtu) search(now time.Time, l limits) {
	if m.refused > 0 && m.larger(l) == 0 && !now.Before(m.again) {
		m.refused = 0
	}
	if m.asked == 0 {
		m.wanted = m.larger(l) > 0
	}
}

// ask notes that a size is tried now: the one that is asked for already, or a new one.
func (m *mtu) ask(now time.Time, l limits, token uint64) {
	if m.asked == 0 {
		m.asked, m.count = m.larger(l), 0
	}
	m.count++
	m.at, m.token = now, token
}

// confirm notes that the size that was asked for arrives.
func (m *mtu) confirm(l limits) {
	if m.size = m.asked; m.size == l.base {
		m.size = 0
	}
	m.asked, m.tries = 0, 0
	m.wanted = m.larger(l) > 0
}

// refuse notes that datagrams of a size do not arrive.
func (m *mtu) refuse(now time.Time, size int, l limits) {
	m.asked, m.refused, m.again = 0, size, now.Add(raiseAfter)
	if size <= l.base {
		m.again = now.Add(climbAfter)
	}
	m.wanted = m.larger(l) > 0
}

// limits returns what the sockets allow.
func (t *Transport[L, R]) limits() limits {
	return limits{t.cfg.MaxPayload, min(t.cfg.ProbePayload, maxDatagram)}
}

// nextSize returns when a larger datagram is to be tried; the zero Time for never. Only
// who answers pings can be asked beside its data; nobody is while an answer is overdue,
// nor for more than every path carries where little may be on its way: there a datagram
// takes long, and keys would wait for it.
func (t *Transport[L, R]) nextSize() time.Time {
	l := t.limits()
	if !t.mtu.wanted || t.end.phase != Open || !t.answersPings() || !t.silence().IsZero() && !t.silence().After(t.now) {
		return time.Time{}
	}
	if t.mtu.limit(l) >= l.base && t.window.size < windowStart {
		return time.Time{}
	}
	return t.mtu.at.Add(max(searchPause, 2*t.rtt.duration()))
}

// trySize appends to dst the ping that tries a larger size, if one is due.
func (t *Transport[L, R]) trySize(dst []byte) ([]byte, error) {
	if !passed(t.nextSize(), t.now) {
		return dst, nil
	}
	l := t.limits()
	if t.mtu.asked > 0 && t.mtu.count >= searchTries {
		t.mtu.refuse(t.now, t.mtu.asked, l)
		if !t.mtu.wanted {
			return dst, nil
		}
	}
	t.probe.token++
	t.probe.pinged = t.now
	t.mtu.ask(t.now, l, t.probe.token)
	return t.emitKind(dst, kindPing, t.probe.token, t.mtu.asked-fixedOverhead)
}

// sizeInstruction chooses how long the pieces of the instruction that was just loaded
// are: a stock peer, who answers no pings, gets one with larger ones now and then, whose
// loss a repetition makes good.
func (t *Transport[L, R]) sizeInstruction(num uint64) {
	m, l := &t.mtu, t.limits()
	if t.answersPings() {
		if t.outbox.pieces() > 1 {
			m.search(t.now, l)
		}
		return
	}
	if m.asked > 0 && t.now.Sub(m.at) >= t.rtt.rto()+lossGrace {
		m.refuse(t.now, m.asked, l)
	}
	if m.size == 0 || t.outbox.pieces() < 2 || m.asked > 0 {
		return
	}
	m.search(t.now, l)
	if larger := pieceLimit(m.larger(l)); m.wanted && len(t.outbox.rest) >= larger {
		t.outbox.limit = larger
		m.ask(t.now, l, num)
	}
}

// Refused tells that the system has refused a datagram of n bytes for its size, and how
// large the next ones may be, as SetMaxPayload does. One that was larger than that was a
// trial.
func (t *Transport[L, R]) Refused(now time.Time, n, most, probe int) {
	t.advance(now)
	if most < t.cfg.MaxPayload || n <= most {
		t.SetMaxPayload(most, probe)
		return
	}
	l := t.limits()
	if t.mtu.limit(l) > most {
		t.mtu.size = 0
		t.abandon()
	}
	t.mtu.refuse(t.now, n, l)
}
