package sim

import (
	"bytes"
	"math/rand/v2"
	"time"
)

// Conditions describe a link. The zero value delivers everything at once, in
// order.
type Conditions struct {
	Delay  time.Duration // on the way, for every datagram
	Jitter time.Duration // up to so much more, evenly; order is kept

	Loss  float64 // share of datagrams lost, each by itself: 0..1
	Burst Gilbert // loss in bursts, besides

	Duplicate float64 // share delivered twice, the second up to a Delay later
	Reorder   float64 // share delivered up to ReorderBy later than others sent after them
	ReorderBy time.Duration

	MTU int // bytes of payload above which datagrams are lost, without a word; 0 means no limit

	Rate      int // bytes a second through the bottleneck; 0 means no bottleneck
	Queue     int // bytes that wait there at most, others are dropped; 0 means no limit
	MarkAbove int // bytes waiting there above which datagrams are marked CE; 0 means never
}

// Gilbert is loss in bursts (Gilbert and Elliott): the link is good or bad, and
// for each datagram it may change. The zero value is always good and loses
// nothing.
type Gilbert struct {
	ToBad  float64 // chance that a good link turns bad
	ToGood float64 // chance that a bad link turns good
	Loss   float64 // share of datagrams that a bad link loses
}

// headerSize is what a datagram takes at the bottleneck above its payload: IPv4
// and UDP.
const headerSize = 28

// A Datagram is what a Link delivers.
type Datagram struct {
	Data []byte    // a copy of what was sent; the receiver may keep it
	From int       // the sender's address, whatever the sender said
	CE   bool      // marked "congestion experienced"
	Sent time.Time // when it was sent
}

// Count says what became of the datagrams sent over a link.
type Count struct {
	Sent, SentBytes int // payload
	Delivered       int // twice delivered ones count twice
	Lost            int // by chance or outage
	Dropped         int // from the full queue
}

// A Link carries datagrams in one direction.
type Link struct {
	world   *World
	rand    *rand.Rand // its own, so that what happens on other links has no influence
	cond    Conditions
	deliver func(Datagram)

	bad     bool      // in Gilbert's sense
	free    time.Time // when the bottleneck has sent all that waits
	newest  time.Time // latest arrival in order
	outages []window
	count   Count
}

// A window is a span of time, from included, until not.
type window struct{ from, until time.Time }

// NewLink returns a link that gives what it carries to deliver.
func (w *World) NewLink(c Conditions, deliver func(Datagram)) *Link {
	return &Link{
		world:   w,
		rand:    rand.New(rand.NewPCG(w.rand.Uint64(), w.rand.Uint64())),
		cond:    c,
		deliver: deliver,
	}
}

// SetConditions changes the link for what is sent from now on.
func (l *Link) SetConditions(c Conditions) { l.cond = c }

// Outage loses all that is sent within a span of time.
func (l *Link) Outage(from, until time.Time) { l.outages = append(l.outages, window{from, until}) }

// Count returns what became of the datagrams so far.
func (l *Link) Count() Count { return l.count }

// Waiting returns how long a datagram sent now would wait for those before it at the
// bottleneck.
func (l *Link) Waiting() time.Duration { return max(l.free.Sub(l.world.now), 0) }

// Send sends a datagram from an address. The link copies data.
func (l *Link) Send(from int, data []byte) {
	now := l.world.now
	l.count.Sent++
	l.count.SentBytes += len(data)
	if l.isDown(now) || l.isLost() || l.cond.MTU > 0 && len(data) > l.cond.MTU {
		l.count.Lost++
		return
	}
	left, marked, ok := l.pass(now, len(data)+headerSize)
	if !ok {
		l.count.Dropped++
		return
	}
	d := Datagram{Data: bytes.Clone(data), From: from, CE: marked, Sent: now}
	at := left.Add(l.cond.Delay + l.upTo(l.cond.Jitter))
	if l.chance(l.cond.Reorder) {
		at = at.Add(l.upTo(l.cond.ReorderBy))
	} else {
		if at.Before(l.newest) {
			at = l.newest
		}
		l.newest = at
	}
	l.arrive(at, d)
	if l.chance(l.cond.Duplicate) {
		d.Data = bytes.Clone(data)
		l.arrive(at.Add(l.upTo(l.cond.Delay)), d)
	}
}

// arrive delivers the datagram at the given time.
func (l *Link) arrive(at time.Time, d Datagram) {
	l.world.At(at, func() {
		l.count.Delivered++
		l.deliver(d)
	})
}

// isDown reports whether there is an outage.
func (l *Link) isDown(now time.Time) bool {
	for _, o := range l.outages {
		if !now.Before(o.from) && now.Before(o.until) {
			return true
		}
	}
	return false
}

// isLost draws whether a datagram is lost.
func (l *Link) isLost() bool {
	b := l.cond.Burst
	if l.bad {
		l.bad = !l.chance(b.ToGood)
	} else {
		l.bad = l.chance(b.ToBad)
	}
	return l.chance(l.cond.Loss) || l.bad && l.chance(b.Loss)
}

// pass takes a datagram of the given size through the bottleneck. It returns when
// it has left, and false if it was dropped.
func (l *Link) pass(now time.Time, size int) (left time.Time, marked, ok bool) {
	if l.cond.Rate <= 0 {
		return now, false, true
	}
	if l.free.Before(now) {
		l.free = now
	}
	waiting := int(l.free.Sub(now).Seconds() * float64(l.cond.Rate))
	if l.cond.Queue > 0 && waiting+size > l.cond.Queue {
		return now, false, false
	}
	l.free = l.free.Add(time.Duration(float64(size) / float64(l.cond.Rate) * float64(time.Second)))
	return l.free, l.cond.MarkAbove > 0 && waiting > l.cond.MarkAbove, true
}

// chance draws an event of probability p. It draws nothing for 0.
func (l *Link) chance(p float64) bool { return p > 0 && l.rand.Float64() < p }

// upTo draws a duration below d.
func (l *Link) upTo(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return time.Duration(l.rand.Int64N(int64(d)))
}
