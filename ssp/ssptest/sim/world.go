// Package sim is a simulated clock and a simulated network, for tests that need
// hours of a bad path in milliseconds, and the same ones at every run.
//
// A [World] has a clock that jumps from event to event. A [Link] carries
// datagrams in one direction, with delay, jitter, loss, duplication, reordering,
// a bottleneck with a queue, and outages. All chance comes from the World's seed:
// the same seed and the same calls give the same events. Nothing here is safe for
// concurrent use.
package sim

import (
	"container/heap"
	"math/rand/v2"
	"time"
)

// start is when every World begins: no matter when, but not the zero Time, which
// stands for "never" in many places.
var start = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// A World is a clock and the events to come.
type World struct {
	now    time.Time
	events queue
	order  uint64 // of the next event, so that those at one instant keep their order
	rand   *rand.Rand
}

// New returns a World whose chances follow from the seed.
func New(seed uint64) *World {
	return &World{now: start, rand: rand.New(rand.NewPCG(seed, 0))}
}

// Now returns the time of the World's clock.
func (w *World) Now() time.Time { return w.now }

// Rand returns the World's source of chance.
func (w *World) Rand() *rand.Rand { return w.rand }

// At calls do at the given time, or next if that is past.
func (w *World) At(at time.Time, do func()) { w.NewTimer(do).Set(at) }

// After calls do when d has passed.
func (w *World) After(d time.Duration, do func()) { w.At(w.now.Add(d), do) }

// Run lets events happen until the given time, which the clock then shows. Those
// at that very time happen too.
func (w *World) Run(until time.Time) {
	for len(w.events) > 0 && !w.events[0].at.After(until) {
		w.step()
	}
	if until.After(w.now) {
		w.now = until
	}
}

// RunFor is Run until d from now.
func (w *World) RunFor(d time.Duration) { w.Run(w.now.Add(d)) }

// step lets the next event happen.
func (w *World) step() {
	t := heap.Pop(&w.events).(*Timer)
	if t.at.After(w.now) {
		w.now = t.at
	}
	t.do()
}

// A Timer calls a function at a time that may be set again and again, also from
// the function itself.
type Timer struct {
	world *World
	do    func()
	at    time.Time
	order uint64
	index int // in the queue; -1 if not set
}

// NewTimer returns a timer that is not set.
func (w *World) NewTimer(do func()) *Timer { return &Timer{world: w, do: do, index: -1} }

// Set lets the timer go off at the given time, or next if that is past, instead
// of when it was set to before. The zero Time stops it.
func (t *Timer) Set(at time.Time) {
	if at.IsZero() {
		t.Stop()
		return
	}
	w := t.world
	t.at, t.order = at, w.order
	w.order++
	if t.index < 0 {
		heap.Push(&w.events, t)
	} else {
		heap.Fix(&w.events, t.index)
	}
}

// Stop keeps the timer from going off.
func (t *Timer) Stop() {
	if t.index >= 0 {
		heap.Remove(&t.world.events, t.index)
	}
}

// A queue is a heap of timers, the earliest first.
type queue []*Timer

func (q queue) Len() int { return len(q) }

func (q queue) Less(i, j int) bool {
	if q[i].at.Equal(q[j].at) {
		return q[i].order < q[j].order
	}
	return q[i].at.Before(q[j].at)
}

func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].index, q[j].index = i, j
}

// Push is for package heap.
func (q *queue) Push(x any) {
	t := x.(*Timer)
	t.index = len(*q)
	*q = append(*q, t)
}

// Pop is for package heap.
func (q *queue) Pop() any {
	last := len(*q) - 1
	t := (*q)[last]
	t.index = -1
	(*q)[last] = nil
	*q = (*q)[:last]
	return t
}
