package session

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"roam/ssp/ssptest"
	"roam/terminal"
)

// TestInputsAreStates tests what a user may do: type, paste, resize the window, and
// change the terminal.
func TestInputsAreStates(t *testing.T) {
	inputs := ssptest.Spec[Input]{
		Change: func(r *rand.Rand, in Input) Input {
			switch r.IntN(8) {
			case 0:
				return in.AppendResize(1+r.IntN(200), 1+r.IntN(60))
			case 1:
				return in.AppendBytes([]byte(strings.Repeat("paste ", r.IntN(60))))
			case 2:
				return in.WithUserTerminal(UserTerminal{Colors: 256, Focus: Focus(r.IntN(3))})
			}
			return in.AppendBytes([]byte{byte('a' + r.IntN(26))})
		},
		Same: func(sent, received Input) bool {
			from := max(sent.first, received.first)
			return sent.Equal(received) && slices.EqualFunc(eventsOf(sent, from), eventsOf(received, from), sameEvent)
		},
	}
	ssptest.CheckState(t, inputs)
	ssptest.CheckConvergence(t, inputs)
}

// eventsOf returns the events of an Input from number n on.
func eventsOf(in Input, n uint64) []Event {
	return slices.Collect(func(yield func(Event) bool) { in.EventsSince(n, yield) })
}

func sameEvent(a, b Event) bool {
	return bytes.Equal(a.Bytes, b.Bytes) && a.Cols == b.Cols && a.Rows == b.Rows
}

// screenOutputs are pieces of what programs write.
var screenOutputs = []string{
	"a", "wörd", "漢字", "e\u0301", "\r\n", "\t", "a line of output that is longer than a row\r\n",
	"\x1b[31m", "\x1b[1;48;5;17m", "\x1b[m", "\x1b[2;4H", "\x1b[K", "\x1b[2J", "\x1b[L", "\x1b[3;5r", "\x1b[?25l", "\x1b[?25h", "\x1b]2;title\a",
}

// screens is the Spec of screens that a client reads by n. It shows all of a screen
// if same says so, or, of state 0, nothing.
func screens(reader terminal.ReaderProfile, n *Negotiation, same func(sent, received Screen) bool) ssptest.Spec[Screen] {
	const cols, rows = 20, 6
	zero := NewRemoteScreen(terminal.NewScreen(cols, rows), n)
	return ssptest.Spec[Screen]{
		Receiver: zero,
		Same: func(sent, received Screen) bool {
			if sent.term == nil {
				return received.Equal(zero)
			}
			return same(sent, received)
		},
		Change: func(r *rand.Rand, s Screen) Screen {
			shown := s.term
			switch {
			case shown == nil:
				shown = terminal.NewScreen(cols, rows)
			case r.IntN(10) == 0:
				shown = terminal.ApplyResize(shown, 1+r.IntN(30), 1+r.IntN(10), reader)
			}
			var output strings.Builder
			for range r.IntN(8) {
				output.WriteString(screenOutputs[r.IntN(len(screenOutputs))])
			}
			next := NewScreen(terminal.Apply(shown, []byte(output.String()), reader), s.echoAck+uint64(r.IntN(2)))
			if n.has(RichDiff) {
				next = next.WithEvents(Events{})
			}
			if n.has(Hints) {
				h := Hint{Erase: 0x7f, Command: "sh"}
				if s.hint != nil {
					h = *s.hint
				}
				h.After += uint64(r.IntN(3))
				h.setFlags(uint64(r.IntN(8)))
				h.Group = uint32(r.IntN(3))
				next = next.WithHint(h)
			}
			return next
		},
	}
}

// TestScreensAreStates tests screens as a stock client reads them, which has all
// that shows.
func TestScreensAreStates(t *testing.T) {
	stock := screens(terminal.StockReader, NewClientNegotiation(nil), func(sent, received Screen) bool {
		return text(sent.term) == text(received.term) && sent.echoAck == received.echoAck
	})
	ssptest.CheckState(t, stock)
	ssptest.CheckConvergence(t, stock)
}

// TestRichScreensAreStates tests screens as a roam client reads them: bit for bit.
func TestRichScreensAreStates(t *testing.T) {
	rich := screens(terminal.RichReader, richNegotiation(), Screen.Equal)
	ssptest.CheckState(t, rich)
	ssptest.CheckConvergence(t, rich)
}
