package session

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"roam/ssp/wire"
)

// eventCost is an upper bound for the bytes that one event adds to a diff
// beside its content: tags, lengths, and a resize of two large sizes.
const eventCost = 32

// An Event is one thing that the user did: bytes typed, or, where Bytes is nil, a
// window of Cols columns and Rows rows.
type Event struct {
	Bytes      []byte
	Cols, Rows int
}

// An Input is what the user did since the session began: a list of events that
// only grows. Each byte is an event and each window size is one; they are
// numbered from 0 for the whole session. An Input is a value: appending
// returns a longer one and leaves the receiver as it was. Values share memory and
// may be used by one goroutine only. The zero Input has no events.
type Input struct {
	log   *eventLog // nil if no event is kept
	first uint64    // the events before this one are forgotten
	end   uint64    // how many events there were, with the forgotten ones
	added int       // bytes that Apply added

	user *UserTerminal // nil: not told. Replaced, never written
}

// An eventLog is the memory of several Inputs, each of which sees a part of it.
// Only what lies behind the end of all of them is ever written.
type eventLog struct {
	first uint64 // number of the first event in keys or sizes
	end   uint64 // number behind the last one
	keys  []byte
	sizes []sizeEvent
}

// A sizeEvent is a change of the window's size among the bytes of an eventLog.
type sizeEvent struct {
	at         uint64 // its number
	cols, rows int
}

// errSize reports a window without columns or rows.
var errSize = errors.New("session: window size below 1x1")

// Len returns how many events there were since the session began.
func (in Input) Len() uint64 { return in.end }

// AppendBytes returns in with the bytes b behind it, which it copies.
func (in Input) AppendBytes(b []byte) Input {
	if len(b) == 0 {
		return in
	}
	log := in.writable(len(b))
	log.keys = append(log.keys, b...)
	log.end += uint64(len(b))
	in.log, in.end = log, log.end
	return in
}

// AppendResize returns in with a new window size behind it. Sizes are brought
// into the range of ClampSize.
func (in Input) AppendResize(cols, rows int) Input {
	cols, rows = ClampSize(cols, rows)
	log := in.writable(0)
	log.sizes = append(log.sizes, sizeEvent{log.end, cols, rows})
	log.end++
	in.log, in.end = log, log.end
	return in
}

// writable returns a log that ends where in ends, with room for more bytes,
// and without much that in has forgotten.
func (in Input) writable(more int) *eventLog {
	log := in.log
	if log != nil && log.end == in.end && len(log.keys)+more <= cap(log.keys) && !log.wasteful(in.first) {
		return log
	}
	fresh := &eventLog{first: in.first, end: in.end}
	if log != nil {
		keys := log.keysBetween(in.first, in.end)
		fresh.keys = make([]byte, len(keys), max(64, 2*(len(keys)+more)))
		copy(fresh.keys, keys)
		fresh.sizes = slices.Clone(log.sizesBetween(in.first, in.end))
	}
	return fresh
}

// wasteful reports whether more than half of a log, and enough to matter, lies
// before event first.
func (l *eventLog) wasteful(first uint64) bool {
	const matters = 4096
	dead := first - l.first
	return dead > matters && dead > (l.end-l.first)/2
}

// sizesBetween returns the sizes with numbers from..to-1.
func (l *eventLog) sizesBetween(from, to uint64) []sizeEvent {
	return l.sizes[l.sizesBefore(from):l.sizesBefore(to)]
}

// keysBetween returns the bytes with numbers from..to-1.
func (l *eventLog) keysBetween(from, to uint64) []byte {
	return l.keys[l.keysBefore(from):l.keysBefore(to)]
}

func (l *eventLog) sizesBefore(n uint64) int {
	i, _ := slices.BinarySearchFunc(l.sizes, n, func(s sizeEvent, n uint64) int {
		if s.at < n {
			return -1
		}
		return 1
	})
	return i
}

func (l *eventLog) keysBefore(n uint64) int {
	return int(n-l.first) - l.sizesBefore(n)
}

// EventsSince calls yield for the events from number n on, in order, until it
// returns false. Consecutive bytes are one Event, whose Bytes belong to in.
// Forgotten events are left out.
func (in Input) EventsSince(n uint64, yield func(Event) bool) {
	n = max(n, in.first)
	if in.log == nil || n >= in.end {
		return
	}
	for _, s := range in.log.sizesBetween(n, in.end) {
		if keys := in.log.keysBetween(n, s.at); len(keys) > 0 && !yield(Event{Bytes: slices.Clip(keys)}) {
			return
		}
		if !yield(Event{Cols: s.cols, Rows: s.rows}) {
			return
		}
		n = s.at + 1
	}
	if keys := in.log.keysBetween(n, in.end); len(keys) > 0 {
		yield(Event{Bytes: slices.Clip(keys)})
	}
}

// Since returns in without the events that base has: its numbers stay, and
// EventsSince no longer finds them. It implements ssp.Local and ssp.Remote.
func (in Input) Since(base Input) Input {
	in.first = min(max(in.first, base.end), in.end)
	if in.first == in.end {
		in.log = nil
	}
	return in
}

// Equal reports whether in and o have the same events, given that one begins
// with the other, and the same terminal. It implements ssp.Local.
func (in Input) Equal(o Input) bool { return in.end == o.end && in.sameTerminal(o) }

// Size returns how many bytes Apply added. It implements ssp.Remote.
func (in Input) Size() int { return in.added }

// AppendDiff appends the events that in has beyond base as a UserMessage
// (docs/protocol.md D1). A budget above 0 may end it earlier: reached is in up to
// there. It implements ssp.Local.
func (in Input) AppendDiff(dst []byte, base Input, budget int) (diff []byte, reached Input) {
	if budget <= 0 {
		budget = math.MaxInt
	}
	reached = in
	reached.end = min(max(base.end, in.first), in.end)
	if in.user != nil && !in.sameTerminal(base) {
		start := len(dst)
		dst = wire.AppendExtension(dst, userTerminalField, appendUserTerminal(nil, in.user))
		if budget -= len(dst) - start; budget <= 0 {
			return dst, reached
		}
	}
	in.EventsSince(base.end, func(e Event) bool {
		if e.Bytes == nil {
			dst = wire.AppendResize(dst, int32(e.Cols), int32(e.Rows))
			reached.end++
			budget -= eventCost
			return budget > 0
		}
		keys := e.Bytes[:min(len(e.Bytes), max(budget-eventCost, 1))]
		dst = wire.AppendBytes(dst, keys)
		reached.end += uint64(len(keys))
		budget -= len(keys) + eventCost
		return budget > 0 && len(keys) == len(e.Bytes)
	})
	return dst, reached
}

// pokeField is the number of an item that means nothing (docs/protocol.md C8).
const pokeField = 67

// AppendPoke makes a diff one that a stock server answers, also if nothing is new. It
// implements ssp.Poker.
func (in Input) AppendPoke(diff []byte) []byte { return wire.AppendExtension(diff, pokeField, nil) }

// Apply returns in with the events of diff, a UserMessage, behind it. Sizes
// below 1 are malformed, larger ones than ClampSize allows are brought down to
// it; unknown kinds of event are skipped and not counted. It implements
// ssp.Remote.
func (in Input) Apply(diff []byte) (Input, error) {
	var user *UserTerminal
	for ev, err := range wire.UserItems(diff) {
		switch {
		case err != nil:
			return Input{}, fmt.Errorf("session: user message: %w", err)
		case ev.Kind == wire.Resize && (ev.Cols < 1 || ev.Rows < 1):
			return Input{}, errSize
		case ev.Kind == wire.Extension && ev.Number == userTerminalField:
			u, err := parseUserTerminal(ev.Bytes)
			if err != nil {
				return Input{}, err
			}
			user = u
		}
	}
	in.added = 0
	if user != nil && (in.user == nil || *in.user != *user) {
		in.user = user
		in.added += userTerminalSize
	}
	for ev := range wire.UserItems(diff) { // known to be well-formed: nothing is half done
		switch ev.Kind {
		case wire.Bytes:
			in = in.AppendBytes(ev.Bytes)
			in.added += len(ev.Bytes)
		case wire.Resize:
			in = in.AppendResize(int(ev.Cols), int(ev.Rows))
			in.added += eventCost
		}
	}
	return in, nil
}
