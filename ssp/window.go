package ssp

import "time"

const (
	// windowStart is how many bytes may be on their way before anything is known of
	// the path: ten datagrams, as for TCP (RFC 6928).
	windowStart = 10 * MaxPayloadIPv4

	// windowLeast is how little the window becomes: less than a datagram, of which one
	// may be on its way whatever the path is like.
	windowLeast = 250

	// windowMost is more than any path takes of what a person can look at.
	windowMost = 4 << 20

	// queueTarget is how long our own datagrams may wait in the path's queue, so
	// that what answers a key does not wait behind them: less than a frame.
	queueTarget = 15 * time.Millisecond

	// standingSpan is over how long the shortest of the newest round trips is taken,
	// at least, so that jitter is no queue.
	standingSpan = 100 * time.Millisecond

	// jitterShare bounds what counts as jitter: a part of the round trip.
	jitterShare = 16

	// answerPause is how long after the peer's input something new leaves although
	// the window is full, once: the program has had time to answer, and what it says is
	// worth more than the queue that it makes.
	answerPause = 8 * time.Millisecond

	// foreignAfter is how long a queue must stand although we have one datagram in it at
	// a time before it is another's, or the path a longer one. It is no sign then, lest
	// our share be nothing for as long as somebody fills the path.
	foreignAfter = time.Second

	// sharpCut is what is left of the window after a mark "congestion experienced"
	// or, where loss is rare, a loss: 85 %, as RFC 8511 says for ECN.
	sharpCut = 0.85
)

// A window bounds how many bytes of states are on their way, by the delay that they
// cause (docs/protocol.md B3): it grows while the newest round trips are as short as
// the shortest, and is cut so that the queue becomes as long as it may be. The
// manner is that of Copa and LEDBAT, in the unit of frames. The zero value is not
// ready for use; see newWindow.
type window struct {
	size     float64 // bytes
	flights  []flight
	inFlight int       // bytes
	peak     int       // the most bytes in flight since the size changed last
	limited  bool      // something was held back since it grew last
	held     time.Time // when something was last held back

	// base is the shortest round trip, since the path is what it is. It does not grow
	// with time: under a flood there would be none without a queue of our own.
	base     time.Duration // 0 for none
	standing shortest      // of the newest round trips
	jitter   time.Duration // mean deviation of the round trips, up to srtt/jitterShare

	cut     time.Time // when it was last cut
	foreign time.Time // since when a queue stands that is not ours; zero if none does
}

// A flight is a part of a state that is on its way.
type flight struct {
	at    time.Time
	bytes int
	num   uint64 // of the state
}

func newWindow() window { return window{size: windowStart} }

// sent notes a datagram with a part of the state numbered num.
func (w *window) sent(now time.Time, num uint64, bytes int) {
	w.inFlight += bytes
	w.peak = max(w.peak, w.inFlight)
	if n := len(w.flights); n > 0 && w.flights[n-1].at.Equal(now) && w.flights[n-1].num == num {
		w.flights[n-1].bytes += bytes
		return
	}
	w.flights = append(w.flights, flight{now, bytes, num})
}

// acked notes that the peer holds the state numbered num: what was sent of it and
// of those before it is not on its way any more.
func (w *window) acked(num uint64) {
	gone := 0
	kept := w.flights[:0]
	for _, f := range w.flights {
		if f.num <= num {
			gone += f.bytes
			continue
		}
		kept = append(kept, f)
	}
	w.flights = kept
	w.inFlight -= gone
}

// landed notes that bytes of the state numbered num are not on their way any more: the
// peer holds them, though not the whole, or they are lost.
func (w *window) landed(num uint64, bytes int) {
	kept := w.flights[:0]
	for _, f := range w.flights {
		if f.num == num {
			n := min(f.bytes, bytes)
			f.bytes -= n
			bytes -= n
			w.inFlight -= n
		}
		if f.bytes > 0 {
			kept = append(kept, f)
		}
	}
	w.flights = kept
}

// expire takes what was sent longer ago than lifetime for arrived or lost.
func (w *window) expire(now time.Time, lifetime time.Duration) {
	n := 0
	for n < len(w.flights) && now.Sub(w.flights[n].at) >= lifetime {
		w.inFlight -= w.flights[n].bytes
		n++
	}
	w.flights = append(w.flights[:0], w.flights[n:]...)
}

// opens returns when more may be sent, given how long what was sent counts as on its
// way; the zero Time if it may at once.
func (w *window) opens(now time.Time, lifetime time.Duration) time.Time {
	w.expire(now, lifetime)
	if float64(w.inFlight) < w.size {
		return time.Time{}
	}
	left := float64(w.inFlight)
	for _, f := range w.flights {
		if left -= float64(f.bytes); left < w.size {
			return f.at.Add(lifetime)
		}
	}
	return time.Time{} // nothing is in flight
}

// hold notes that something waits for the window.
func (w *window) hold(now time.Time) { w.limited, w.held = true, now }

// delivered lets the window grow by what the peer took, as far as there is no queue,
// if it held something back.
func (w *window) delivered(bytes int) {
	room := 1 - float64(w.queue())/float64(queueTarget)
	if !w.limited || room <= 0 {
		return
	}
	w.limited = false
	w.size = min(w.size+room*float64(bytes), windowMost)
	w.peak = w.inFlight
}

// queue returns how long the newest datagrams waited in the path's queue, beyond what
// they come at different times anyway.
func (w *window) queue() time.Duration { return w.standing.least() - w.base - w.jitter }

// sample takes in a round trip, given the smoothed one and the mean deviation.
func (w *window) sample(now time.Time, trip, srtt, deviation time.Duration) {
	w.jitter = min(deviation, srtt/jitterShare)
	trip = max(trip, time.Millisecond) // the clock's unit; 0 means none here
	if w.base > 0 && trip >= w.base+congestionPenalty*time.Millisecond {
		w.shrink(now, srtt, sharpCut) // a mark, or a queue as long: then the other rule will do
	}
	if w.base == 0 || trip < w.base {
		w.base = trip
	}
	w.standing.add(now, trip, max(standingSpan, srtt/2))
	queue := w.queue()
	if queue <= queueTarget {
		w.foreign = time.Time{}
		return
	}
	if w.size > windowLeast {
		w.shrinkTo(now, srtt, float64(max(w.peak, windowLeast))*float64(w.base+w.jitter+queueTarget)/float64(w.base+w.jitter+queue))
		return
	}
	switch {
	case w.foreign.IsZero():
		w.foreign = now
	case now.Sub(w.foreign) >= max(foreignAfter, 4*srtt):
		w.base = w.standing.least()
		w.foreign = time.Time{}
	}
}

// lost notes a loss, on a path where that is rare.
func (w *window) lost(now time.Time, srtt time.Duration) { w.shrink(now, srtt, sharpCut) }

// shrink cuts the window to a part of it.
func (w *window) shrink(now time.Time, srtt time.Duration, part float64) {
	w.shrinkTo(now, srtt, w.size*part)
}

// shrinkTo cuts the window, once in a round trip. Who uses little of it is not the
// reason for what happens on the path.
func (w *window) shrinkTo(now time.Time, srtt time.Duration, size float64) {
	used := now.Sub(w.held) < 2*srtt+standingSpan || float64(w.peak) > w.size/2
	if !used || now.Sub(w.cut) < srtt {
		return
	}
	w.cut = now
	w.size = max(windowLeast, min(w.size, size))
	w.peak = w.inFlight
}

// A shortest is the least of the round trips in a span of time and the one before.
// The zero value has none.
type shortest struct {
	now, before time.Duration // 0 for none
	since       time.Time
}

// add takes in a round trip.
func (s *shortest) add(now time.Time, trip, span time.Duration) {
	switch age := now.Sub(s.since); {
	case age >= 2*span:
		*s = shortest{now: trip, since: now}
	case age >= span:
		*s = shortest{now: trip, before: s.now, since: now}
	default:
		s.now = min(s.now, trip)
	}
}

// least returns the least round trip, 0 if there is none.
func (s *shortest) least() time.Duration {
	if s.before > 0 {
		return min(s.now, s.before)
	}
	return s.now
}
