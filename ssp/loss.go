package ssp

// A lossMeter estimates the share of the peer's datagrams that are lost on their
// way to us, from the gaps in their numbers. Nobody tells how many of ours are
// lost; a path that loses does so both ways, as a rule, and what proves lost by
// the want of an ack is counted too. The zero value has seen none.
type lossMeter struct {
	begun     bool
	highest   uint64  // highest number so far
	sent, got float64 // datagrams, of which the older ones count less
}

const (
	// lossPrior is how many datagrams without loss a session is taken to begin
	// with, so that one lost early is no share.
	lossPrior = 50

	// lossMemory is how many datagrams count at most; then all that was counts
	// half.
	lossMemory = 200

	// maxGap is the most datagrams that one gap counts for: an outage is no
	// property of the path.
	maxGap = 16
)

// received takes in the number of an authentic datagram, each number once.
func (m *lossMeter) received(seq uint64) {
	if !m.begun {
		*m = lossMeter{begun: true, highest: seq, sent: lossPrior, got: lossPrior}
		return
	}
	m.got++
	if seq > m.highest {
		m.sent += float64(min(seq-m.highest, maxGap))
		m.highest = seq
	}
	m.fade()
}

// missed notes that the ack of a datagram of ours is overdue. Where there are copies
// already it is expected so early that this says nothing.
func (m *lossMeter) missed() {
	if m.copies() == 0 {
		m.sent++
		m.fade()
	}
}

// pieces takes in how many pieces of ours the peer says have arrived, and how many have
// not. They are as many as what comes from it, or more, so that both sides count.
func (m *lossMeter) pieces(arrived, lost int) {
	m.got += float64(arrived)
	m.sent += float64(arrived + lost)
	m.fade()
}

func (m *lossMeter) fade() {
	m.got = min(m.got, m.sent) // late ones of a gap that was cut
	if m.sent > lossMemory {
		m.got *= lossMemory / 2 / m.sent
		m.sent = lossMemory / 2
	}
}

// share returns the share lost, from 0 to 1.
func (m *lossMeter) share() float64 {
	if m.sent == 0 {
		return 0
	}
	return 1 - m.got/m.sent
}

// copies returns how often a state in a single datagram is to be sent besides.
func (m *lossMeter) copies() int {
	switch share := m.share(); {
	case share < fewLost:
		return 0
	case share < manyLost:
		return 1
	}
	return 2
}
