package ssp

import (
	"math"
	"time"
)

// Bounds of what is derived from the round-trip time, in milliseconds.
const (
	minRTO      = 50
	maxRTO      = 1000
	minInterval = 20
	maxInterval = 250
	maxSample   = 5000
)

// An rtt estimates the round-trip time in the manner of RFC 6298, without its
// rounding and its initial values (docs/protocol.md B2). The zero value has no
// sample.
type rtt struct {
	measured bool
	smoothed float64 // milliseconds
	variance float64 // mean deviation in milliseconds
}

// Values before the first sample, in milliseconds.
const (
	unmeasuredSRTT   = 1000
	unmeasuredRTTVar = 500
)

// sample takes in one round-trip time, given in milliseconds, and reports whether
// it was used. Absurd ones are not: a wrong timestamp gives anything up to 65535.
func (r *rtt) sample(ms uint16) bool {
	if ms >= maxSample {
		return false
	}
	s := float64(ms)
	if !r.measured {
		*r = rtt{measured: true, smoothed: s, variance: s / 2}
		return true
	}
	r.variance = 3*r.variance/4 + math.Abs(r.smoothed-s)/4
	r.smoothed = 7*r.smoothed/8 + s/8
	return true
}

// srtt returns the smoothed round-trip time and its mean deviation in
// milliseconds.
func (r *rtt) srtt() (smoothed, variance float64) {
	if !r.measured {
		return unmeasuredSRTT, unmeasuredRTTVar
	}
	return r.smoothed, r.variance
}

// duration returns the smoothed round-trip time.
func (r *rtt) duration() time.Duration {
	smoothed, _ := r.srtt()
	return time.Duration(smoothed * float64(time.Millisecond))
}

// deviation returns the mean deviation of the round-trip time.
func (r *rtt) deviation() time.Duration {
	_, deviation := r.srtt()
	return time.Duration(deviation * float64(time.Millisecond))
}

// rto returns how long an answer that the peer does not delay may take.
func (r *rtt) rto() time.Duration {
	smoothed, variance := r.srtt()
	return clampMillis(smoothed+4*variance, minRTO, maxRTO)
}

// interval returns half a round trip: the least time between two instructions of a
// stock peer, and between two repetitions of the session's end.
func (r *rtt) interval() time.Duration {
	smoothed, _ := r.srtt()
	return clampMillis(smoothed/2, minInterval, maxInterval)
}

// clampMillis rounds up to a whole number of milliseconds within bounds.
func clampMillis(ms, least, most float64) time.Duration {
	return time.Duration(min(max(math.Ceil(ms), least), most)) * time.Millisecond
}
