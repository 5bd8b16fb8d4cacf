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

// smallerPayloads are the UDP payloads to try on such a path, in bytes: tunnels take a
// few hundred bytes at most of the 1,280 that links should carry; the smallest is
// MaxPayloadFallback, below the 576 of RFC 791.
var smallerPayloads = [...]int{1000, MaxPayloadFallback}

// An mtu finds out how large datagrams may be, from the acks of large instructions. A
// path that merely loses can look like a black hole; so where the smallest do not get
// through either, the largest are tried again.
type mtu struct {
	level int       // 0: what the sockets allow; else smallerPayloads[level-1]
	tries int       // large instructions since one was acknowledged
	first time.Time // when the first of them was sent
	heard bool      // the peer was heard so long after it that it can have had it
}

// limit returns the most bytes of UDP payload, of which the sockets allow most.
func (m *mtu) limit(most int) int {
	if m.level == 0 {
		return most
	}
	return min(most, smallerPayloads[m.level-1])
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

// adapt turns to another size if only the large datagrams seem to be lost, given the
// share that the path loses of others.
func (m *mtu) adapt(now time.Time, share float64) {
	if m.tries < blackHoleTries || !m.heard || now.Sub(m.first) < blackHoleTime {
		return
	}
	if math.Pow(share, float64(m.tries)) > blackHoleDoubt {
		return
	}
	m.level = (m.level + 1) % (len(smallerPayloads) + 1)
	m.tries = 0
}
