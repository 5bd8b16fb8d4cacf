package session

import (
	"errors"
	"fmt"
	"time"

	"roam/ssp/wire"
	"roam/terminal"
)

// The numbers under which a Final, Events and a Hint travel among the items of a
// HostMessage (docs/protocol.md D2). Stock clients skip them.
const (
	finalField  = 64
	eventsField = 65
	hintField   = 66
)

// A Screen is what the client is to show: a terminal's screen, the newest of
// its states that the program had time to echo, and, at the end, how the
// session ended; between two ends that agreed on RichDiff, also events, and on
// Hints, a hint. It is immutable. The zero Screen is the server's state 0, whose size is not known.
type Screen struct {
	term    *terminal.Screen
	echoAck uint64
	final   *Final
	rich    bool         // its diffs are RichProfile's, and it has events
	events  Events       // in rich Screens
	hint    *Hint        // nil where it is not agreed. Replaced, never written
	neg     *Negotiation // of a Screen that diffs are applied to: says what they may have; nil: what stock's have
	added   int          // bytes that Apply added, about
}

// Errors of Screen.Apply beside those of package wire.
var (
	errScreenSize = errors.New("session: screen size out of range")
	errEchoAck    = errors.New("session: echo ack falls")
)

// NewScreen returns the state that shows t, with the echo ack echoAck.
func NewScreen(t *terminal.Screen, echoAck uint64) Screen {
	return Screen{term: t, echoAck: echoAck}
}

// NewRemoteScreen returns the client's state 0, which shows t. Diffs are read as n
// says once it is decided, which it is before the first one.
func NewRemoteScreen(t *terminal.Screen, n *Negotiation) Screen {
	return Screen{term: t, neg: n}
}

// WithEvents returns s as a state for a client with which RichDiff is agreed,
// with a part of the EventLog. All states of such a session are made so. What the
// terminal's screen has of events goes with them instead.
func (s Screen) WithEvents(e Events) Screen {
	s.term, s.rich, s.events = s.term.WithoutEvents(), true, e
	return s
}

// WithFinal returns s as the last state of a session that ended as f says. Only
// for peers with which Status is agreed.
func (s Screen) WithFinal(f *Final) Screen {
	s.final = f
	return s
}

// Term returns the terminal's screen; nil in the zero Screen.
func (s Screen) Term() *terminal.Screen { return s.term }

// EchoAck returns the number of the newest client state whose input the program
// has had time to echo; 0 if there is none.
func (s Screen) EchoAck() uint64 { return s.echoAck }

// Final returns how the session ended; nil while it goes on, and where the
// server does not say.
func (s Screen) Final() *Final { return s.final }

// Since returns s without the events that o has. It implements ssp.Local and
// ssp.Remote.
func (s Screen) Since(o Screen) Screen {
	s.events = s.events.since(o.events)
	return s
}

// Size returns about how many bytes Apply added. It implements ssp.Remote.
func (s Screen) Size() int { return s.added }

// Equal reports whether a client that holds s has no need of o. It implements
// ssp.Local.
func (s Screen) Equal(o Screen) bool {
	if s.echoAck != o.echoAck || s.final != o.final || s.events.end != o.events.end || !s.sameHint(o) {
		return false
	}
	if s.term == o.term {
		return true
	}
	return s.term != nil && o.term != nil && s.term.Equal(o.term)
}

// echoWait is how long a new echo ack waits for a screen to ride on, where both ends
// are roams: most often the echo of the next key. It is later than stock's by that
// at most, and saves a datagram a key.
const echoWait = 100 * time.Millisecond

// CanWait reports whether s has nothing new but events, which wait for nothing, and an
// echo ack or a hint that takes back nothing, which wait for something to ride on. It
// implements ssp.Patient. A stock client judges its predictions by when the echo ack
// comes, and is told without that wait.
func (s Screen) CanWait(earlier Screen) (wait time.Duration, can bool) {
	if s.rich && s.events.end == earlier.events.end {
		wait = echoWait
	}
	s.events.end, s.echoAck = earlier.events.end, earlier.echoAck
	if !s.urgent(earlier) {
		s.hint = earlier.hint
	}
	return wait, s.Equal(earlier)
}

// AppendDiff appends the HostMessage that leads a stock client, or any other,
// from base to s: echo ack, size, host bytes, hint, events, end of the session, each
// only if it differs (docs/protocol.md D2). Diffs from state 0 have a size and paint
// everything. If that is more than a budget above 0 allows, it leads to a screen on
// the way, with the upper rows of s. It implements ssp.Local.
func (s Screen) AppendDiff(dst []byte, base Screen, budget int) (diff []byte, reached Screen) {
	if s.term == nil {
		return dst, s
	}
	start := len(dst)
	dst = s.appendWhole(dst, base)
	if budget <= 0 || len(dst)-start <= budget {
		return dst, s
	}
	if over := uint64(len(dst) - start - budget); s.events.end > base.events.end+over {
		part := s // all but some events, which come last
		part.events = s.events.upto(s.events.end - over)
		return part.appendWhole(dst[:start], base), part
	}
	cols, rows := s.term.Size()
	rest := base.term
	if rest == nil || !sameSize(rest, s.term) {
		rest = terminal.NewScreen(cols, rows)
	}
	same := 0 // rows at the top that need nothing
	for same < rows-1 && s.term.Row(same).Equal(rest.Row(same)) {
		same++
	}
	for upper := rows; ; {
		upper = same + (upper-same+1)/2
		// Its echo ack must not say that input shows which is below.
		part := s
		part.term, part.echoAck, part.events = s.term.Upper(upper, rest), base.echoAck, s.events.upto(base.events.end)
		if !s.urgent(base) {
			part.hint = base.hint // it speaks of the whole screen
		}
		dst = part.appendWhole(dst[:start], base)
		size := len(dst) - start
		switch {
		case size > budget && upper > same+1: // less than a row makes no screen
		case size > 0:
			return dst, part
		case upper == rows:
			return s.appendWhole(dst, base), s // what differs cannot be cut
		default:
			same, upper = upper, rows // down to there is nothing that shows
		}
	}
}

// appendWhole appends the whole way from base to s.
func (s Screen) appendWhole(dst []byte, base Screen) []byte {
	if s.echoAck != base.echoAck {
		dst = wire.AppendEchoAck(dst, s.echoAck)
	}
	if base.term == nil || !sameSize(base.term, s.term) {
		cols, rows := s.term.Size()
		dst = wire.AppendResize(dst, int32(cols), int32(rows))
	}
	if s.term != base.term {
		profile := terminal.StockProfile
		if s.rich {
			profile = terminal.RichProfile
		}
		if b := terminal.AppendDiff(nil, base.term, s.term, profile); len(b) > 0 {
			dst = wire.AppendBytes(dst, b)
		}
	}
	if s.hint != nil && !s.sameHint(base) {
		dst = wire.AppendExtension(dst, hintField, appendHint(nil, base.hint, s.hint))
	}
	if s.events.end != base.events.end {
		dst = wire.AppendExtension(dst, eventsField, appendEvents(nil, base.events, s.events))
	}
	if s.final != nil && s.final != base.final {
		dst = wire.AppendExtension(dst, finalField, appendFinal(nil, s.final))
	}
	return dst
}

func sameSize(a, b *terminal.Screen) bool {
	ac, ar := a.Size()
	bc, br := b.Size()
	return ac == bc && ar == br
}

// Apply returns what diff, a HostMessage, makes of s, with its items in their
// order. Sizes out of range and an echo ack that falls are malformed. It
// implements ssp.Remote.
func (s Screen) Apply(diff []byte) (Screen, error) {
	if s.term == nil {
		s.term = terminal.NewScreen(defaultCols, defaultRows)
	}
	base := s
	s.rich = s.neg.has(RichDiff)
	for item, err := range wire.HostItems(diff) {
		if err != nil {
			return Screen{}, fmt.Errorf("session: host message: %w", err)
		}
		if s, err = s.applyItem(item); err != nil {
			return Screen{}, err
		}
	}
	s.added = newBytes(base.term, s.term)
	if s.events.end != base.events.end {
		s.added += len(s.events.bytes) // they were copied
	}
	return s, nil
}

// cellBytes is the memory that a cell takes.
const cellBytes = 16

// newBytes returns about how much memory s needs beside what it shares with base.
func newBytes(base, s *terminal.Screen) int {
	cols, rows := s.Size()
	_, baseRows := base.Size()
	fresh := 0
	for i := range rows {
		if i >= baseRows || s.Row(i) != base.Row(i) {
			fresh++
		}
	}
	return fresh * cols * cellBytes
}

// The size of a terminal about which nothing is known.
const (
	defaultCols = 80
	defaultRows = 24
)

func (s Screen) applyItem(item wire.Item) (_ Screen, err error) {
	reader := terminal.StockReader
	if s.rich {
		reader = terminal.RichReader
	}
	switch item.Kind {
	case wire.Bytes:
		s.term = terminal.Apply(s.term, item.Bytes, reader)
	case wire.Resize:
		cols, rows := int(item.Cols), int(item.Rows)
		if !validSize(cols, rows) {
			return Screen{}, errScreenSize
		}
		s.term = terminal.ApplyResize(s.term, cols, rows, reader)
	case wire.EchoAck:
		if item.EchoAck < s.echoAck {
			return Screen{}, errEchoAck
		}
		s.echoAck = item.EchoAck
	case wire.Extension:
		switch {
		case item.Number == finalField:
			s.final, err = parseFinal(item.Bytes)
		case item.Number == eventsField && s.rich:
			s.events, err = s.events.apply(item.Bytes)
		case item.Number == hintField && s.neg.has(Hints):
			s.hint, err = applyHint(s.hint, item.Bytes)
		}
	}
	return s, err
}
