package ssp

import (
	"slices"
	"time"
)

// A sentState is a local state under the number that the peer knows it by.
type sentState[L any] struct {
	num   uint64
	state L
	first time.Time // when it was first sent
	last  time.Time // when it was last sent

	// How it was last sent: as a diff from the state numbered base, and whether
	// that diff was empty, so that both states are the same to the peer.
	base  uint64
	same  bool
	large bool // it took many datagrams
	big   bool // a datagram of it was a large one
	bytes int  // in all of its datagrams

	grace time.Duration // for which its ack may be late beyond others

	repeated bool // for want of an ack, or on the way of one

	carried bool // each time, the instruction carried the Negotiator's field
}

// A sentList holds the states that the peer may hold, oldest first. The front is
// the newest that it is known to hold; the back is the newest that was sent. It
// always has at least one entry, whose number is 0 at first.
type sentList[L Local[L]] []sentState[L]

func newSentList[L Local[L]](now time.Time, zero L) sentList[L] {
	l := make(sentList[L], 0, maxSent+1)
	return append(l, sentState[L]{state: zero, first: now, last: now})
}

func (l sentList[L]) front() *sentState[L] { return &l[0] }
func (l sentList[L]) back() *sentState[L]  { return &l[len(l)-1] }

// find returns the index of the state with the given number, or -1.
func (l sentList[L]) find(num uint64) int {
	for i := range l {
		if l[i].num == num {
			return i
		}
	}
	return -1
}

// left notes when a piece of the state numbered num left: its ack can be expected from
// the last one on only.
func (l sentList[L]) left(num uint64, now time.Time) {
	i := l.find(num)
	if i < 0 {
		return // acknowledged meanwhile
	}
	if s := &l[i]; !s.repeated {
		s.first = now
	}
	l[i].last = now
}

// mended notes that pieces of the state at index i leave again: it may arrive now, and,
// if so it is, with it what was sent as a diff from it.
func (l sentList[L]) mended(i int, now time.Time, dependents bool) {
	l[i].last = now
	for j := i; j < len(l); j++ {
		if j == i || dependents && l.dependsOn(j, i) {
			l[j].first, l[j].repeated = now, true
		}
	}
}

// dependsOn reports whether the state at index j is the one at index i, or was sent as a
// diff from it, be it by way of others.
func (l sentList[L]) dependsOn(j, i int) bool {
	for j > i {
		j = l.find(l[j].base)
	}
	return j == i
}

// below returns the index of the state on which the one at index i depends next after
// the one at index j; i itself if there is none between.
func (l sentList[L]) below(i, j int) int {
	for {
		base := l.find(l[i].base)
		if base <= j {
			return i
		}
		i = base
	}
}

// bytesUpTo returns how many bytes the states behind the front up to index i took.
func (l sentList[L]) bytesUpTo(i int) (n int) {
	for j := 1; j <= i; j++ {
		if !l[j].same {
			n += l[j].bytes
		}
	}
	return n
}

// add appends a state, and removes one from the middle if there are too many.
func (l *sentList[L]) add(s sentState[L]) {
	*l = append(*l, s)
	if len(*l) > maxSent {
		l.remove(len(*l) - removeFromEnd)
	}
}

// remove forgets the state at index i. Those sent as diffs from it depend from
// then on on what it depended on itself.
func (l *sentList[L]) remove(i int) {
	gone := (*l)[i]
	for j := range *l {
		if s := &(*l)[j]; s.base == gone.num && s.num != gone.num {
			s.base = gone.base
			s.same = s.same && gone.same
			s.first = earliest(s.first, gone.first)
		}
	}
	*l = slices.Delete(*l, i, i+1)
}

// acked makes the state at index i the front: the peer holds it. What came before
// is forgotten everywhere.
func (l *sentList[L]) acked(i int) {
	*l = slices.Delete(*l, 0, i)
	front := l.front().state
	for i := range *l {
		s := &(*l)[i]
		s.state = s.state.Since(front)
	}
}

// The peer holds the front for certain. Of the other states it holds those that
// reached it and whose base it held: nobody tells, but for a while after a state
// was first sent it is likely. Unlike stock, which stops looking at the first
// entry that is too old, this asks for each state what it depends on, so that an
// old empty ack, for which a silent peer has no reason to thank, does not make
// all that followed look lost.

// isAssumed reports whether the state at index i, sent less than within ago, is
// likely to be at the peer.
func (l sentList[L]) isAssumed(i int, now time.Time, within time.Duration) bool {
	for i > 0 {
		if now.Sub(l[i].first) >= within+l[i].grace {
			return false
		}
		// A base that is not in the list any more was in front once.
		i = l.find(l[i].base)
	}
	return true
}

// assumed returns the index of the newest state that is likely to be at the peer.
// Of states that are the same to the peer it is the oldest and thus the most
// certain.
func (l sentList[L]) assumed(now time.Time, within time.Duration) int {
	i := len(l) - 1
	for !l.isAssumed(i, now, within) {
		i--
	}
	for l[i].same && i > 0 {
		base := l.find(l[i].base)
		if base < 0 {
			break
		}
		i = base
	}
	return i
}

// lapses returns when the state at index i, which is assumed to be at the peer,
// stops being so. It is the zero Time for the front, which never does.
func (l sentList[L]) lapses(i int, within time.Duration) time.Time {
	if i == 0 {
		return time.Time{}
	}
	lapses := l[i].first.Add(l[i].grace)
	for i = l.find(l[i].base); i > 0; i = l.find(l[i].base) {
		lapses = earliest(lapses, l[i].first.Add(l[i].grace))
	}
	return lapses.Add(within)
}

// earliest returns the earlier of two times.
func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// latest returns the later of two times.
func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
