package ssp

import (
	"time"

	"roam/ssp/wire"
)

// A sender decides when the peer must hear of the local state, from which earlier
// state, and under which number. It knows nothing of datagrams.
type sender[L Local[L]] struct {
	sent    sentList[L]
	local   func() L
	current L    // the local state when it was last looked at
	dirty   bool // it may have changed since
	final   bool // current is the session's last state

	pace    pace
	spacing spacing
	again   repetition

	patient bool // the states are Patient

	fromFront, fromAssumed []byte // scratch for diffs
	tooLong                uint64 // diffs that could not be sent
}

func newSender[L Local[L]](now time.Time, zero L, local func() L) sender[L] {
	_, patient := any(zero).(Patient[L])
	return sender[L]{
		patient: patient,
		sent:    newSentList(now, zero),
		local:   local,
		current: zero,
		dirty:   true,
		pace:    pace{ackDue: now, noticed: now},
		spacing: spacing{next: now},
	}
}

// touch notes that the local state may have changed.
func (s *sender[L]) touch(now time.Time) {
	if s.final {
		return
	}
	s.dirty = true
	s.pace.notice(now)
}

// refresh looks at the local state.
func (s *sender[L]) refresh() {
	if !s.dirty {
		return
	}
	s.dirty = false
	s.current = s.local().Since(s.sent.front().state)
	if s.current.Equal(s.sent.back().state) {
		s.pace.noticed = time.Time{}
	}
}

// finish makes the local state as it is now the last one.
func (s *sender[L]) finish() {
	s.refresh()
	s.final = true
}

// canWait reports whether a state differs from an earlier one in nothing that is
// urgent, and how long that may wait.
func (s *sender[L]) canWait(state, earlier L) (wait time.Duration, can bool) {
	if !s.patient || state.Equal(earlier) {
		return 0, false
	}
	return any(state).(Patient[L]).CanWait(earlier)
}

// acked takes in the peer's ack. It reports whether it is news.
func (s *sender[L]) acked(num uint64) bool {
	i := s.sent.find(num)
	if i <= 0 {
		return false // known, or of a state that we forgot
	}
	front := s.sent[i].state
	s.current = s.current.Since(front)
	s.sent.acked(i)
	s.pace.silent = false
	return true
}

// answered returns how long after its sending the newest acknowledged state was
// acknowledged, if that tells how the peer answers: it was no empty ack, to which
// nobody answers, and was not repeated.
func (s *sender[L]) answered(now time.Time) (d time.Duration, tells bool) {
	front := s.sent.front()
	return now.Sub(front.first), !front.same && !front.repeated
}

// A draft is an instruction before it is numbered.
type draft[L any] struct {
	base    int // index in the sent list
	diff    []byte
	reached L
	whole   bool // reached is the current state
	worth   bool // to be sent although the diff is empty
	again   int  // index of the entry that is reached, sent before; 0 for a new one or the newest
	same    bool // the diff changes nothing, though it is not empty
	fresh   bool // to be sent under a new number
	isCopy  bool // of the newest state, as it was sent
	overdue bool // sent again since the ack is
	patient bool // nobody waits for it
	carried bool // what somebody waits for in it left before, in another state
}

// draft chooses the base of the next instruction (docs/protocol.md C4).
func (s *sender[L]) draft(c conditions, budget int) draft[L] {
	if s.final {
		// A state that may be lost is no base for the last words: a receiver
		// without it would not understand them.
		return s.diff(&s.fromFront, 0, 0)
	}
	if s.isCopyDue(c) {
		d := s.diff(&s.fromFront, max(s.sent.find(s.sent.back().base), 0), budget)
		d.isCopy = true
		return s.inStep(&s.fromFront, d)
	}
	front := s.diff(&s.fromFront, 0, budget)
	base := s.sent.assumed(c.now, c.within)
	if base == 0 || front.whole && len(front.diff) > 0 && len(front.diff) < cheapDiff {
		return s.inStep(&s.fromFront, front)
	}
	assumed := s.diff(&s.fromAssumed, base, budget)
	if !front.isBetter(assumed, c.copies > 0) {
		return s.inStep(&s.fromAssumed, assumed)
	}
	// The object is again what it was when the peer last acknowledged it, but the
	// peer is likely to have something else by now.
	front.worth = len(front.diff) == 0 && len(assumed.diff) > 0
	return front
}

// inStep returns d, or what is to be sent in its place if it is cut and ends before
// states that were sent already. A peer may hold those, and would take a new number
// with less in it for history that was changed (docs/hazards.md E2); so the next of
// them is repeated, whose content and number it may know.
func (s *sender[L]) inStep(scratch *[]byte, d draft[L]) draft[L] {
	if d.whole {
		return d
	}
	base := s.sent[d.base].state
	for i := d.base + 1; i < len(s.sent); i++ {
		if s.sent[i].state.Equal(base) {
			continue
		}
		diff, reached := s.sent[i].state.AppendDiff((*scratch)[:0], base, 0)
		if len(diff) > maxDiff {
			return d
		}
		*scratch = trimmed(diff)
		return draft[L]{base: d.base, diff: diff, reached: reached, again: i}
	}
	return d
}

// isBetter reports whether a draft from the certain base is worth its longer
// diff: on a path that loses, what is likely is less so.
func (certain draft[L]) isBetter(likely draft[L], loses bool) bool {
	if !certain.whole || !likely.whole {
		return certain.whole
	}
	long, short := len(certain.diff), len(likely.diff)
	return long <= short || long < smallDiff && (loses && short > 0 || long-short < cheapDiff)
}

// diff drafts an instruction from the state at index base. A diff too long for
// any peer is cut; if the state's type cannot, nothing is said instead of what
// freezes the session.
func (s *sender[L]) diff(scratch *[]byte, base, budget int) draft[L] {
	from := s.sent[base].state
	diff, reached := s.current.AppendDiff((*scratch)[:0], from, budget)
	cut := budget > 0
	if len(diff) > maxDiff {
		diff, reached = s.current.AppendDiff(diff[:0], from, cutDiff)
		cut = true
	}
	if len(diff) > maxDiff {
		diff, reached = diff[:0], from
		s.tooLong++
	}
	*scratch = trimmed(diff)
	return draft[L]{base: base, diff: diff, reached: reached, whole: !cut || reached.Equal(s.current)}
}

// number files the draft in the sent list, as sent now, and returns the
// instruction, whose diff is valid until the next draft. A state that was sent
// before and is still the newest keeps its number: the same number always means
// the same state. It returns the entry, too, and whether it was sent before.
func (s *sender[L]) number(c conditions, d draft[L]) (ins wire.Instruction, entry *sentState[L], repeated bool) {
	now := c.now
	back, base := s.sent.back(), s.sent[d.base].num
	same := d.same || len(d.diff) == 0
	num := back.num + 1
	switch {
	case d.again > 0:
		num = s.sent[d.again].num
	case s.final:
		// If not even the last state fits into one diff, it is what fits.
		s.current = d.reached
		num = wire.Final
	case len(d.diff) > 0 && !d.fresh && base != back.num && d.reached.Equal(back.state):
		num = back.num
	}
	ins = wire.Instruction{
		Version:   wire.Version,
		Old:       base,
		New:       num,
		Throwaway: s.sent.front().num,
		Diff:      d.diff,
	}
	repeated = num == back.num || d.again > 0
	switch {
	case d.again > 0:
		entry = &s.sent[d.again]
		entry.first, entry.base, entry.same = now, base, false // what follows may go out at once
		back.last = now                                        // the pace counts from there
	case repeated:
		back.base, back.same = base, same
		if back.first.IsZero() {
			back.first = now // it was taken for lost
		}
		entry = back
	default:
		s.sent.add(sentState[L]{num: num, state: d.reached, first: now, base: base, same: same})
		entry = s.sent.back()
	}
	entry.last = now
	entry.repeated = entry.repeated || repeated && !d.isCopy
	if !d.patient && !repeated && len(d.diff) > 0 {
		s.spacing.passed(now, c.interval(len(s.sent)-1))
	}
	s.pace.transmitted(now, c.beats)
	if !d.whole {
		s.pace.notice(now) // the rest is still to be said
	}
	return ins, entry, repeated
}

// sentIn plans how a draft that was just numbered is sent again, given in how many
// datagrams it left.
func (s *sender[L]) sentIn(pieces int, c conditions, d draft[L], repeated bool) {
	switch {
	case d.isCopy:
		s.again.copied(c.now)
	case repeated && d.overdue:
		s.again.overdue()
	case repeated:
	case d.patient, d.carried:
		s.again.begin(c, 0)
	case len(d.diff) > 0 && pieces == 1:
		s.again.begin(c, c.copies)
	case len(d.diff) > 0 && pieces <= largePieces:
		s.again.begin(c, min(c.copies, 1))
	default:
		s.again.begin(c, 0)
	}
}

// trimmed returns b emptied for reuse, or nil if it is too large to keep.
func trimmed(b []byte) []byte {
	if cap(b) > keepBuffer {
		return nil
	}
	return b[:0]
}
