package client

import "time"

// A clockWatch notices that the machine slept: the monotonic clock stops then, and the
// wall clock does not.
type clockWatch struct {
	// ahead returns how far the wall clock has come ahead of the monotonic one at now.
	ahead func(now time.Time) time.Duration
	// asleep returns how long the machine has slept since some moment, given ahead.
	asleep func(ahead time.Duration) time.Duration

	wasAhead, wasAsleep time.Duration
}

// newClockWatch begins at a time read from the system's clock.
func newClockWatch(start time.Time) clockWatch {
	return clockWatch{
		ahead: func(now time.Time) time.Duration {
			return now.Round(0).Sub(start.Round(0)) - now.Sub(start)
		},
		asleep:    timeAsleep,
		wasAsleep: timeAsleep(0),
	}
}

// sleepSlack is how far the clocks may come apart between two turns without
// sleep: the wall clock is corrected in small steps, and two clocks are not read at
// the same moment.
const sleepSlack = 500 * time.Millisecond

// woke reports whether the machine slept since the last call. Only when the wall clock
// has jumped is the system asked whether it was that.
func (c *clockWatch) woke(now time.Time) bool {
	before := *c
	if c.wasAhead = c.ahead(now); c.wasAhead-before.wasAhead < sleepSlack {
		return false
	}
	c.wasAsleep = c.asleep(c.wasAhead)
	return c.wasAsleep-before.wasAsleep >= sleepSlack
}

// latest returns the later of two times.
func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
