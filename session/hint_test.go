package session

import (
	"encoding/hex"
	"math/rand/v2"
	"testing"

	"roam/ssp/wire"
	"roam/terminal"
)

// shellHint is what a server tells at a shell's prompt.
var shellHint = Hint{
	After: 7, Signals: true, Controls: true, Erase: 0x7f, Kill: 0x15, WordErase: 0x17,
	Group: 4711, Command: "bash", Printed: true,
}

// hinted returns the screen s with a hint that the change makes of another one.
func hinted(s Screen, h Hint, change func(*Hint)) Screen {
	change(&h)
	return s.WithHint(h)
}

// Only what differs travels, and nothing where nothing does.
func TestHintDiffIsSmall(t *testing.T) {
	s := NewScreen(screenOf(20, 5, "$ "), 3)
	first := s.WithHint(shellHint)
	for _, tt := range []struct {
		name     string
		from, to Screen
		bytes    int // of the diff
	}{
		{"nothing", first, hinted(s, shellHint, func(h *Hint) {}), 0},
		{"the stamp", first, hinted(s, shellHint, func(h *Hint) { h.After++ }), 7},
		{"a far stamp", first, hinted(s, shellHint, func(h *Hint) { h.After += 1 << 14 }), 9},
		{"a secret", first, hinted(s, shellHint, func(h *Hint) { h.Canonical, h.After = true, h.After+2 }), 9},
		{"a command", first, hinted(s, shellHint, func(h *Hint) { h.Group, h.Command = 4712, "vim" }), 13},
		{"all", s, first, 23},
	} {
		diff, _ := tt.to.AppendDiff(nil, tt.from, 0)
		if len(diff) != tt.bytes {
			t.Errorf("%s: %d bytes (%x), want %d", tt.name, len(diff), diff, tt.bytes)
		}
		if equal := tt.to.Equal(tt.from); equal != (tt.bytes == 0) {
			t.Errorf("%s: Equal says %t", tt.name, equal)
		}
	}
}

// A client reads what the server says, whatever was before; one that has not
// agreed on hints reads none.
func TestHintTravels(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	n := richNegotiation()
	term := screenOf(20, 5, "$ ")
	have, base := NewRemoteScreen(term, n), NewScreen(term, 0).WithEvents(Events{})
	var h Hint
	for range 2000 {
		if rng.IntN(3) > 0 {
			h.After += rng.Uint64N(1000)
		}
		if rng.IntN(3) == 0 {
			h.setFlags(rng.Uint64N(64))
		}
		if rng.IntN(5) == 0 {
			h.Erase, h.Kill, h.WordErase = byte(rng.Uint32()), byte(rng.Uint32()), byte(rng.Uint32())
		}
		if rng.IntN(5) == 0 {
			h.Group, h.Command = rng.Uint32(), string(make([]byte, rng.IntN(3)))+"prögrämm with a long name"[:rng.IntN(26)]
		}
		to := base.WithHint(h)
		diff, reached := to.AppendDiff(nil, base, 0)
		if len(diff) > 0 {
			var err error
			if have, err = have.Apply(diff); err != nil {
				t.Fatalf("%+v: %v", h, err)
			}
			if have.Hint() == nil || *have.Hint() != *to.Hint() {
				t.Fatalf("got %+v, want %+v", have.Hint(), to.Hint())
			}
		} else if base.Hint() != nil && *base.Hint() != *to.Hint() {
			t.Fatalf("no diff from %+v to %+v", base.Hint(), to.Hint())
		}
		base = reached
	}
	diff, _ := base.WithHint(shellHint).AppendDiff(nil, NewScreen(term, 0), 0)
	for _, caps := range [][]Capability{nil, {{RichDiff, 1, ""}}} {
		n := NewClientNegotiation(caps)
		n.Peer(appendField(nil, caps))
		if s, err := NewRemoteScreen(term, n).Apply(diff); err != nil || s.Hint() != nil {
			t.Errorf("agreed on %v: %+v, %v", caps, s.Hint(), err)
		}
	}
}

func TestHintRefuses(t *testing.T) {
	s := NewRemoteScreen(screenOf(20, 5, ""), richNegotiation())
	for name, body := range map[string]string{
		"erasers of two bytes": "\x1a\x02\x7f\x15",
		"long command":         "\x2a\x101234567890123456",
		"large group":          "\x20\x80\x80\x80\x80\x10",
		"stamp that overflows": "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x08\x01",
		"cut field":            "\x1a\x03\x7f",
		"cut tag":              "\x80",
	} {
		if got, err := s.Apply(wire.AppendExtension(nil, hintField, []byte(body))); err != errHint {
			t.Errorf("%s: %+v, %v", name, got.Hint(), err)
		}
	}
	got, err := s.Apply(wire.AppendExtension(nil, hintField, []byte("\x10\xc1\x03\x30\x05\x2a\x03a\x1bb")))
	if want := (Hint{Echo: true, Command: "ab"}); err != nil || *got.Hint() != want {
		t.Errorf("what is new: %+v, %v, want %+v", got.Hint(), err, want)
	}
}

// Of a screen that is cut only its last part has the hint, unless that is of a secret.
func TestHintOfACutScreen(t *testing.T) {
	large := screenOf(80, 24, longText)
	base := NewScreen(screenOf(80, 24, ""), 0).WithEvents(Events{}).WithHint(shellHint)
	for _, tt := range []struct {
		change func(*Hint)
		early  bool
	}{
		{func(h *Hint) { h.Prompt = true }, false},
		{func(h *Hint) { h.Canonical = true }, true},
	} {
		to := hinted(NewScreen(large, 0).WithEvents(Events{}), shellHint, tt.change)
		_, part := to.AppendDiff(nil, base, 200)
		if part.Term().Equal(large) {
			t.Fatal("the screen was not cut")
		}
		if part.sameHint(to) != tt.early || part.sameHint(base) == tt.early {
			t.Errorf("a part has %+v", part.Hint())
		}
		if _, patient := to.CanWait(base.withTerm(large)); patient == tt.early {
			t.Errorf("a new hint alone can wait: %t", patient)
		}
	}
}

func (s Screen) withTerm(t *terminal.Screen) Screen {
	s.term = t
	return s
}

const longText = "one line that is not like the others\r\nand another one, which says something else\r\n" +
	"0123456789abcdefghijklmnopqrstuvwxyz\r\nzyxwvutsrqponmlkjihgfedcba9876543210\r\nthe quick brown fox jumps\r\n" +
	"over the lazy dog, and pack my box\r\nwith five dozen liquor jugs, he said"

// A hintVector is the HostMessage that leads from one hint to the next.
type hintVector struct {
	Name    string
	Message string // in hexadecimal
	Hint    Hint
}

func TestHintVectors(t *testing.T) {
	n := richNegotiation()
	term := screenOf(20, 5, "")
	have, base := NewRemoteScreen(term, n), NewScreen(term, 0).WithEvents(Events{})
	for _, v := range roamVectors(t).Hints {
		to := base.WithHint(v.Hint)
		diff, reached := to.AppendDiff(nil, base, 0)
		if hex.EncodeToString(diff) != v.Message {
			t.Errorf("%s: encodes as %x, want %s", v.Name, diff, v.Message)
		}
		var err error
		if have, err = have.Apply(unhex(t, v.Message)); err != nil || *have.Hint() != v.Hint {
			t.Errorf("%s: %+v, %v, want %+v", v.Name, have.Hint(), err, v.Hint)
		}
		base = reached
	}
}
