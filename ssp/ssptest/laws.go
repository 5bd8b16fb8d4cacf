package ssptest

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"testing"
)

const (
	// steps is how many states follow each other in one course of events: a
	// Transport keeps at most 33.
	steps = 33

	// maxParts is how many cut diffs a way from one state to another may take
	// before it counts as endless.
	maxParts = 2000

	// mostParts is about how many parts a way is cut into: budgets that would make
	// more are raised.
	mostParts = 20

	// garbled is how many malformed diffs are tried at each step.
	garbled = 40
)

// budgets are those that cut diffs are asked for with, in bytes.
var budgets = []int{1, 20, 100, 1000}

// CheckState tests that the methods of a state type keep the laws of ssp.Local and
// ssp.Remote:
//
//   - applying the diff from a state to a later one gives the later one, and the
//     bytes before an appended diff stay;
//   - a state equals itself, Equal is symmetric, and whoever holds one of two equal
//     states has the other;
//   - what Since forgets makes no difference to a peer that holds it;
//   - cut diffs get nearer, lead to where they say, and arrive; a larger budget
//     does not lead less far;
//   - malformed diffs do not panic;
//   - no method changes a state that exists, or keeps a diff's bytes.
func CheckState[S State[S]](t testing.TB, spec Spec[S]) {
	t.Helper()
	for seed := range spec.seeds(20) {
		if err := spec.laws(seed); err != nil {
			t.Errorf("seed %d: %v", seed, err)
			return
		}
	}
}

// A course is a course of events: states as they followed each other, and what a
// peer made of diffs between them.
type course[S State[S]] struct {
	Spec[S]
	rand *rand.Rand
	sent []S
	held []S
}

// laws tests one course of events.
func (s Spec[S]) laws(seed uint64) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	c := course[S]{Spec: s, rand: newRand(seed, 1), sent: []S{s.Sender}, held: []S{s.Receiver}}
	for step := 1; step <= steps; step++ {
		if err := c.step(); err != nil {
			return fmt.Errorf("state %d: %w", step, err)
		}
	}
	for i := 1; i <= steps; i++ {
		if !c.same(c.sent[i], c.held[i]) {
			return fmt.Errorf("state %d has changed since it was made", i)
		}
	}
	return nil
}

// step makes the next state and tests it against the earlier ones.
func (c *course[S]) step() error {
	next := c.Change(c.rand, c.sent[len(c.sent)-1])
	base := c.rand.IntN(len(c.sent))
	held, err := c.whole(next, base)
	if err != nil {
		return fmt.Errorf("from state %d: %w", base, err)
	}
	c.sent, c.held = append(c.sent, next), append(c.held, held)
	if err := c.equal(next, held); err != nil {
		return err
	}
	if err := c.since(next, base); err != nil {
		return fmt.Errorf("from state %d: %w", base, err)
	}
	for _, budget := range budgets {
		if err := c.parts(next, base, budget); err != nil {
			return fmt.Errorf("from state %d with a budget of %d: %w", base, budget, err)
		}
	}
	return c.malformed(next, base)
}

// apply returns what diff makes of a state, as a Transport calls Apply: not with
// empty diffs, and with bytes that are overwritten later.
func apply[S State[S]](held S, diff []byte) (S, error) {
	if len(diff) == 0 {
		return held, nil
	}
	made, err := held.Apply(diff)
	if err != nil {
		return made, fmt.Errorf("its method Apply refuses the diff: %w", err)
	}
	if n := made.Size(); n < 0 {
		return made, fmt.Errorf("its method Size returns %d", n)
	}
	for i := range diff {
		diff[i] ^= 0xff
	}
	return made, nil
}

// whole tests the whole way from a base, and returns what the peer makes of it.
func (c *course[S]) whole(next S, base int) (held S, err error) {
	const before = "before"
	diff, reached := next.AppendDiff([]byte(before), c.sent[base], 0)
	diff, kept := bytes.CutPrefix(diff, []byte(before))
	switch {
	case !kept:
		return held, errors.New("AppendDiff changes the bytes that it should append to")
	case !reached.Equal(next):
		return held, errors.New("AppendDiff without a budget reaches another state than its own")
	}
	if held, err = apply(c.held[base], diff); err != nil {
		return held, err
	}
	if !c.same(next, held) {
		return held, errors.New("the diff makes another state than the one that it was asked of")
	}
	return held, nil
}

// equal tests the newest state against itself and one of the others.
func (c *course[S]) equal(next, held S) error {
	i := c.rand.IntN(len(c.sent) - 1)
	other := c.sent[i]
	equal := next.Equal(other)
	switch {
	case !next.Equal(next):
		return errors.New("it does not equal itself")
	case other.Equal(next) != equal:
		return fmt.Errorf("it equals state %d: %t; the other way round: %t", i, equal, !equal)
	case equal && !c.same(other, held):
		return fmt.Errorf("it equals state %d, and who holds it has not the other", i)
	}
	return nil
}

// since tests that nobody misses what is forgotten once the peer has a state.
func (c *course[S]) since(next S, base int) error {
	acked := c.rand.IntN(base + 1)
	short, shortBase := next.Since(c.sent[acked]), c.sent[base].Since(c.sent[acked])
	if !short.Equal(next) || !next.Equal(short) {
		return fmt.Errorf("after Since state %d, it is not equal to what it was", acked)
	}
	diff, reached := short.AppendDiff(nil, shortBase, 0)
	if !reached.Equal(next) {
		return fmt.Errorf("after Since state %d, AppendDiff reaches another state", acked)
	}
	held, err := apply(c.held[base].Since(c.held[acked]), diff)
	if err != nil {
		return fmt.Errorf("after Since state %d: %w", acked, err)
	}
	if !c.same(next, held) {
		return fmt.Errorf("after Since state %d, the diff makes another state", acked)
	}
	return nil
}

// parts tests the way from a base in parts.
func (c *course[S]) parts(next S, base, budget int) error {
	at, held := c.sent[base], c.held[base]
	whole, _ := next.AppendDiff(nil, at, 0)
	budget = max(budget, len(whole)/mostParts)
	for part := range maxParts {
		diff, reached := next.AppendDiff(nil, at, budget)
		if len(diff) == 0 {
			if !c.same(next, held) {
				return errors.New("the diff is empty before all has arrived")
			}
			return nil
		}
		if reached.Equal(at) {
			return errors.New("the diff does not get nearer")
		}
		made, err := apply(held, diff)
		if err != nil {
			return err
		}
		if !c.same(reached, made) {
			return errors.New("the diff makes another state than the one that it says to reach")
		}
		if part == 0 {
			err = c.further(next, at, reached, made, 2*budget)
		}
		if err != nil {
			return err
		}
		if reached.Equal(next) {
			return nil
		}
		at, held = reached, made
	}
	return fmt.Errorf("%d diffs did not arrive", maxParts)
}

// further tests that a larger budget leads from the same base to where a smaller
// one did, or to a state that can follow that.
func (c *course[S]) further(next, base, reached, held S, budget int) error {
	_, far := next.AppendDiff(nil, base, budget)
	diff, end := far.AppendDiff(nil, reached, 0)
	made, err := apply(held, diff)
	if err != nil {
		return fmt.Errorf("from there to what %d reach: %w", budget, err)
	}
	if !end.Equal(far) || !c.same(far, made) {
		return fmt.Errorf("a budget of %d reaches what cannot follow", budget)
	}
	return nil
}

// malformed tests diffs that nobody sends who keeps to the rules: cut, changed,
// repeated and made up. They may be refused or not.
func (c *course[S]) malformed(next S, base int) error {
	diff, _ := next.AppendDiff(nil, c.sent[base], 0)
	for range garbled {
		bad := garble(c.rand, diff)
		if len(bad) == 0 {
			continue
		}
		if err := tryMalformed(c.held[base], bad); err != nil {
			return err
		}
	}
	return nil
}

// tryMalformed applies a diff and uses what that gives, if it gives something.
func tryMalformed[S State[S]](held S, bad []byte) (err error) {
	input := bytes.Clone(bad)
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the malformed diff %x makes Apply panic: %v\n%s", input, p, debug.Stack())
		}
	}()
	if made, err := held.Apply(bad); err == nil {
		made.Equal(made)
		made.Since(held)
		made.Size()
	}
	return nil
}

// garble returns a changed copy of diff.
func garble(r *rand.Rand, diff []byte) []byte {
	bad := bytes.Clone(diff)
	if len(bad) == 0 {
		bad = make([]byte, 1+r.IntN(20))
	}
	switch r.IntN(4) {
	case 0:
		return bad[:r.IntN(len(bad)+1)]
	case 1:
		for range 1 + r.IntN(3) {
			bad[r.IntN(len(bad))] = byte(r.Uint32())
		}
	case 2:
		from := r.IntN(len(bad))
		bad = append(bad, bad[from:]...)
	default:
		for i := range bad {
			bad[i] = byte(r.Uint32())
		}
	}
	return bad
}
