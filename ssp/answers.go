package ssp

import "time"

// answers estimates how long the peer takes to acknowledge a state, with all that
// it waits for: an echo to ride on, or its delay. It is measured by our own times
// of sending, of states that were sent once or in copies. The manner is that of
// RFC 6298. The zero value has no sample.
type answers struct {
	samples             int // up to fewAnswers
	smoothed, deviation time.Duration
	median              time.Duration // about: of what losses delay, it knows nothing
}

// fewAnswers is how many samples it takes to count on them: the session's first
// states are answered at once, as later ones are not.
const fewAnswers = 4

// medianStep is the part of the smoothed time by which each sample moves the median.
const medianStep = 16

// sample takes in the time from a state's first sending to its ack.
func (a *answers) sample(d time.Duration) {
	if a.samples == 0 {
		*a = answers{samples: 1, smoothed: d, deviation: d / 2, median: d}
		return
	}
	if step := a.smoothed / medianStep; d > a.median {
		a.median = min(a.median+step, d)
	} else {
		a.median = max(a.median-step, d)
	}
	a.samples = min(a.samples+1, fewAnswers)
	a.deviation += ((a.smoothed - d).Abs() - a.deviation) / 4
	a.smoothed += (d - a.smoothed) / 8
}

// within returns how long after a state was sent its ack is expected, given the
// smoothed round-trip time and the RTO: no sooner than a quarter above the one,
// no later than a delayed ack within the other. On a path that loses, half of the
// acks are expected: a repetition for nothing costs less than the wait.
func (a *answers) within(srtt, rto time.Duration, loses bool) time.Duration {
	most := rto + lossGrace
	if a.samples < fewAnswers {
		return most
	}
	usual := a.smoothed + 4*a.deviation
	if loses {
		usual = a.median
	}
	return min(max(usual, srtt*5/4)+answerSlack, most)
}
