package ssptest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
)

// A text is an append-only list of bytes, with a switch for each way to do it
// wrong.
type text struct {
	forgotten int
	bytes     string
	grown     int
	fault     fault
	shared    *[]byte // where the faults keep what they should not
}

type fault uint8

const (
	none fault = iota
	diffFromNothing
	clobbersDst
	reachesShort
	neverEqual
	alwaysEqual
	oneWayEqual
	forgetsTooMuch
	stuckWhenCut
	emptyWhenCut
	liesWhenCut
	lessForMore
	keepsDiff
	panicsWhenShort
	refuses
	negativeSize
)

// grow is texts' Change.
func grow(r *rand.Rand, t text) text {
	for range 1 + r.IntN(50) {
		t.bytes += string(rune('a' + r.IntN(26)))
	}
	return t
}

func (t text) end() int { return t.forgotten + len(t.bytes) }

func (t text) upto(end int) text {
	t.bytes = t.bytes[:end-t.forgotten]
	return t
}

func (t text) AppendDiff(dst []byte, base text, budget int) ([]byte, text) {
	from := min(base.end(), t.end())
	if t.fault == diffFromNothing {
		from = t.forgotten
	}
	more := t.bytes[from-t.forgotten:]
	if t.fault == clobbersDst && len(dst) > 0 {
		dst = append(dst[:0], "other!"...)
	}
	if budget > 0 && len(more) > budget {
		more = more[:budget]
		switch {
		case t.fault == stuckWhenCut:
			return append(dst, "\x00\x00"...), base
		case t.fault == emptyWhenCut:
			return dst, base
		case t.fault == liesWhenCut:
			more = more[:len(more)/2]
			return appendText(dst, more), t.upto(from + len(more) + 1)
		case t.fault == lessForMore && budget > 30:
			more = more[:1]
		}
	}
	reached := t.upto(from + len(more))
	if t.fault == reachesShort && reached.end() > 0 {
		reached = t.upto(reached.end() - 1)
	}
	if more == "" {
		return dst, reached
	}
	return appendText(dst, more), reached
}

func appendText(dst []byte, more string) []byte {
	return append(binary.BigEndian.AppendUint16(dst, uint16(len(more))), more...)
}

func (t text) Equal(u text) bool {
	switch t.fault {
	case neverEqual:
		return false
	case alwaysEqual:
		return true
	case oneWayEqual:
		return t.end() >= u.end()
	}
	return t.end() == u.end()
}

func (t text) Since(old text) text {
	if t.fault == forgetsTooMuch {
		t.forgotten, t.bytes = t.end()+1, ""
		return t
	}
	t.forgotten, t.bytes = old.end(), t.bytes[max(old.end()-t.forgotten, 0):]
	return t
}

var errText = errors.New("not a text")

func (t text) Apply(diff []byte) (text, error) {
	switch {
	case t.fault == refuses:
		return t, errText
	case t.fault == panicsWhenShort:
		_ = diff[int(binary.BigEndian.Uint16(diff))+1]
	case len(diff) < 2 || len(diff) != 2+int(binary.BigEndian.Uint16(diff)):
		return t, errText
	}
	t.bytes += string(diff[2:])
	t.grown = len(diff) - 2
	if t.fault == keepsDiff {
		t.shared = &diff
	}
	return t, nil
}

func (t text) Size() int {
	if t.fault == negativeSize {
		return -1
	}
	return t.grown
}

// texts is the Spec of texts with a fault.
func texts(f fault) Spec[text] {
	zero := text{fault: f}
	return Spec[text]{Sender: zero, Receiver: zero, Change: grow, Seeds: 5, Same: func(sent, received text) bool {
		if received.shared != nil && received.grown > 0 && (*received.shared)[0] != 0 {
			return false // the diff was overwritten
		}
		n := min(len(sent.bytes), len(received.bytes))
		return sent.end() == received.end() && sent.bytes[len(sent.bytes)-n:] == received.bytes[len(received.bytes)-n:]
	}}
}

func TestAGoodStatePasses(t *testing.T) {
	CheckState(t, texts(none))
}

func TestAGoodStateConverges(t *testing.T) {
	CheckConvergence(t, texts(none))
}

// TestFaultsAreFound breaks each law.
func TestFaultsAreFound(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault fault
		want  string // part of the error
	}{
		{"diffs ignore the base", diffFromNothing, "reaches what cannot follow"},
		{"dst is overwritten", clobbersDst, "changes the bytes"},
		{"reached is short", reachesShort, "reaches another state than its own"},
		{"nothing is equal", neverEqual, "reaches another state than its own"},
		{"all is equal", alwaysEqual, "who holds it has not the other"},
		{"equality has a direction", oneWayEqual, "the other way round"},
		{"Since forgets what is new", forgetsTooMuch, "Since state"},
		{"cut diffs go nowhere", stuckWhenCut, "does not get nearer"},
		{"cut diffs are empty", emptyWhenCut, "empty before all has arrived"},
		{"cut diffs lead elsewhere", liesWhenCut, "than the one that it says to reach"},
		{"a larger budget leads less far", lessForMore, "reaches what cannot follow"},
		{"diffs are kept", keepsDiff, "the diff makes another state"},
		{"malformed diffs panic", panicsWhenShort, "makes Apply panic"},
		{"good diffs are refused", refuses, "Apply refuses the diff: not a text"},
		{"sizes are negative", negativeSize, "Size returns -1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := texts(tt.fault).laws(0)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// A row is some cells, whose diffs are all of them. Apply writes into its receiver.
type row []byte

func (c row) AppendDiff(dst []byte, _ row, _ int) ([]byte, row) { return append(dst, c...), c }

func (c row) Equal(d row) bool { return bytes.Equal(c, d) }

func (c row) Since(row) row { return c }

func (c row) Size() int { return len(c) }

func (c row) Apply(diff []byte) (row, error) {
	copy(c, diff)
	return c, nil
}

func TestChangesInPlaceAreFound(t *testing.T) {
	spec := Spec[row]{Sender: row("...."), Receiver: row("...."), Change: func(r *rand.Rand, c row) row {
		c = bytes.Clone(c)
		c[r.IntN(len(c))]++
		return c
	}}
	if err := spec.laws(0); err == nil || !strings.Contains(err.Error(), "has changed since it was made") {
		t.Errorf("got %v", err)
	}
}

// TestStatesThatDoNotArriveAreFound lets a receiver see what was never sent, and
// one never see the newest.
func TestStatesThatDoNotArriveAreFound(t *testing.T) {
	path := Paths()[0]
	for _, tt := range []struct {
		name string
		same func(sent, received text) bool
		want string
	}{
		{"states that never were", func(sent, received text) bool { return sent.end() == 0 && received.end() == 0 }, "is none of the"},
		{"no end of change", func(sent, received text) bool { return sent.end() == received.end() && sent.end() < 1000 }, "is none of the"},
	} {
		spec := texts(none)
		spec.Same = tt.same
		if err := spec.converge(path, 0); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
	spec := texts(none)
	spec.Same = func(sent, received text) bool { return sent.end() != received.end() }
	if err := spec.converge(path, 2); err == nil || !strings.Contains(err.Error(), "not the server's newest") {
		t.Errorf("a peer that lags: %v", err)
	}
}
