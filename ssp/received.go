package ssp

import (
	"slices"
	"time"

	"roam/ssp/wire"
)

// A receivedState is a state of the peer's under its number.
type receivedState[R any] struct {
	num   uint64
	state R
	size  int // bytes that the state added to those of its base
}

// A receiver rebuilds the states of the peer (docs/protocol.md C6). It keeps
// those that the peer may still use as bases, sorted by number.
type receiver[R Remote[R]] struct {
	states []receivedState[R]
	size   int       // sum of the sizes
	heard  time.Time // when the newest state arrived; zero if none did
	hold   bool      // the owner takes no more
	taken  time.Time // when a state was last taken while there were too many
}

func newReceiver[R Remote[R]](zero R) receiver[R] {
	return receiver[R]{states: []receivedState[R]{{state: zero}}}
}

// newest returns the state with the highest number.
func (r *receiver[R]) newest() *receivedState[R] { return &r.states[len(r.states)-1] }

// find returns the index at which the state with the given number is, or would
// be.
func (r *receiver[R]) find(num uint64) (int, bool) {
	return slices.BinarySearchFunc(r.states, num, func(s receivedState[R], num uint64) int {
		switch {
		case s.num < num:
			return -1
		case s.num > num:
			return 1
		}
		return 0
	})
}

// A verdict says what becomes of an instruction.
type verdict uint8

const (
	accepted   verdict = iota
	known              // its state is here already, or too late
	baseless           // its base is not here
	refused            // there are too many states
	impossible         // it contradicts itself
)

// admit judges an instruction, and forgets what it says can be forgotten.
func (r *receiver[R]) admit(now time.Time, ins wire.Instruction) verdict {
	if _, held := r.find(ins.New); held || r.newest().num == wire.Final {
		return known
	}
	if _, held := r.find(ins.Old); !held {
		return baseless
	}
	if ins.Throwaway > ins.Old {
		return impossible
	}
	r.forget(ins.Throwaway)
	if ins.New == wire.Final {
		return accepted // the last one, even if there are too many
	}
	if r.hold {
		return refused
	}
	if len(r.states) > maxReceived || r.size-r.states[0].size > maxReceivedBytes {
		if !r.taken.IsZero() && now.Sub(r.taken) < quenchTime {
			return refused
		}
		r.taken = now
	}
	return accepted
}

// holds reports whether the base of an instruction is here.
func (r *receiver[R]) holds(ins wire.Instruction) bool {
	_, held := r.find(ins.Old)
	return held
}

// lacks reports whether the base of an instruction may yet come.
func (r *receiver[R]) lacks(ins wire.Instruction) bool {
	at, held := r.find(ins.Old)
	return !held && at > 0 && ins.New > r.newest().num
}

// forget drops the states with numbers below num.
func (r *receiver[R]) forget(num uint64) {
	n, _ := r.find(num)
	if n == 0 {
		return
	}
	for _, s := range r.states[:n] {
		r.size -= s.size
	}
	r.states = slices.Delete(r.states, 0, n)
	oldest := r.states[0].state
	for i := range r.states {
		s := &r.states[i]
		s.state = s.state.Since(oldest)
	}
}

// take files the state of an admitted instruction. It reports whether that is the
// newest now.
func (r *receiver[R]) take(now time.Time, ins wire.Instruction) (newest bool, err error) {
	base, _ := r.find(ins.Old)
	s := receivedState[R]{num: ins.New, state: r.states[base].state}
	if len(ins.Diff) > 0 {
		if s.state, err = s.state.Apply(ins.Diff); err != nil {
			return false, err
		}
		s.size = max(s.state.Size(), 0)
	}
	at, _ := r.find(ins.New)
	r.states = slices.Insert(r.states, at, s)
	r.size += s.size
	newest = at == len(r.states)-1
	if newest {
		r.heard = now
	}
	return newest, nil
}
