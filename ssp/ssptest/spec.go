package ssptest

import (
	"math/rand/v2"

	"roam/ssp"
)

// A State is a type whose values one end sends and the other receives.
type State[S any] interface {
	ssp.Local[S]
	ssp.Remote[S]
}

// A Spec says how states of a type come about.
type Spec[S State[S]] struct {
	// Sender and Receiver are the state numbered 0 as the two ends have it. For
	// many types that is the zero value.
	Sender, Receiver S

	// Change returns a state that may follow s, which it leaves as it is. It must
	// be set. All that it does by chance it draws from r.
	Change func(r *rand.Rand, s S) S

	// Same reports whether an end that holds received, made of diffs, has all of
	// sent. nil means sent.Equal(received).
	Same func(sent, received S) bool

	// Seeds is how many courses of events are tried by each check, on each path;
	// 0 means 20 of CheckState's and 3 of CheckConvergence's.
	Seeds int
}

// same calls Same or what stands for it.
func (s Spec[S]) same(sent, received S) bool {
	if s.Same == nil {
		return sent.Equal(received)
	}
	return s.Same(sent, received)
}

// seeds returns Seeds or its default.
func (s Spec[S]) seeds(otherwise int) uint64 {
	if s.Seeds > 0 {
		return uint64(s.Seeds)
	}
	return uint64(otherwise)
}

// newRand returns the source of chance of a seed, for one of several purposes.
func newRand(seed, purpose uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, purpose)) }
