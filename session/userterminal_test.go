package session

import (
	"bytes"
	"testing"

	"roam/ssp/wire"
	"roam/terminal"
)

// wholeUserTerminal has every field.
func wholeUserTerminal() UserTerminal {
	u := UserTerminal{Abilities: AbleClipboard | AbleClusters, Colors: 1 << 24, Focus: FocusHere}
	u.Look = terminal.UserTerminal{CellWidth: 9, CellHeight: 18, Scheme: terminal.SchemeDark}
	u.Look.Colors.Fg = terminal.RGB(0xee, 0xee, 0xee)
	u.Look.Colors.Bg = terminal.RGB(0x11, 0x22, 0x33)
	u.Look.Colors.Cursor = terminal.RGB(0, 0, 0)
	u.Look.Colors.Palette[1] = terminal.RGB(0xcc, 0, 0)
	u.Look.Colors.Palette[255] = terminal.RGB(1, 2, 3)
	return u
}

// The example of docs/protocol.md F5.
var userTerminalVector = []byte("\x0a\x2b\x82\x04\x28" + "\x08\x11" + "\x10\x80\x80\x80\x08" + "\x18\x09" + "\x20\x12" +
	"\x2a\x03\xee\xee\xee" + "\x32\x03\x11\x22\x33" + "\x3a\x03\x00\x00\x00" +
	"\x42\x08\x01\xcc\x00\x00\xff\x01\x02\x03" + "\x48\x01" + "\x50\x01")

func TestUserTerminalVector(t *testing.T) {
	diff, _ := Input{}.WithUserTerminal(wholeUserTerminal()).AppendDiff(nil, Input{}, 0)
	if !bytes.Equal(diff, userTerminalVector) {
		t.Errorf("diff % x, want % x", diff, userTerminalVector)
	}
	in, err := Input{}.Apply(userTerminalVector)
	if err != nil || in.UserTerminal() == nil || *in.UserTerminal() != wholeUserTerminal() {
		t.Errorf("Apply = %+v, %v", in.UserTerminal(), err)
	}
}

func TestUserTerminalIsNoEvent(t *testing.T) {
	typed := Input{}.AppendBytes([]byte("x"))
	told := typed.WithUserTerminal(wholeUserTerminal())
	if told.Len() != typed.Len() {
		t.Errorf("Len = %d with it, %d without", told.Len(), typed.Len())
	}
	if told.Equal(typed) || !told.Equal(told.WithUserTerminal(wholeUserTerminal())) {
		t.Error("Equal does not go by what is known")
	}
	if diff, _ := told.AppendDiff(nil, told.WithUserTerminal(wholeUserTerminal()), 0); len(diff) > 0 {
		t.Errorf("a diff between equal states is % x", diff)
	}
	if diff, _ := typed.AppendDiff(nil, Input{}, 0); bytes.Contains(diff, []byte{0x82, 0x04}) {
		t.Errorf("a client that was told nothing says % x", diff)
	}
}

func TestUserTerminalWithinBudget(t *testing.T) {
	in := Input{}.AppendBytes(bytes.Repeat([]byte("k"), 100)).WithUserTerminal(wholeUserTerminal())
	diff, reached := in.AppendDiff(nil, Input{}, 40)
	got, err := Input{}.Apply(diff)
	if err != nil || got.UserTerminal() == nil || !got.Equal(reached) || reached.Equal(in) {
		t.Fatalf("a first piece reaches %d events, %v; want none of the keys, and the terminal", reached.Len(), err)
	}
	diff, reached = in.AppendDiff(nil, reached, 0)
	if got, err = got.Apply(diff); err != nil || !got.Equal(in) || !reached.Equal(in) {
		t.Errorf("the rest reaches %d events, %v", got.Len(), err)
	}
}

func TestUserTerminalMalformed(t *testing.T) {
	for name, body := range map[string][]byte{
		"colour of two bytes":   {0x2a, 2, 1, 2},
		"palette in pieces":     {0x42, 5, 1, 2, 3, 4, 5},
		"tag cut short":         {0x80},
		"number cut short":      {0x08, 0x80},
		"longer than it may be": append([]byte{0x7a, 0x80, 0x10}, make([]byte, maxUserTerminal)...),
	} {
		if in, err := (Input{}).Apply(wire.AppendExtension(nil, userTerminalField, body)); err == nil {
			t.Errorf("%s: % x is %+v", name, body, in.UserTerminal())
		}
	}
	// Numbers that mean nothing, and fields of later versions, are not known.
	in, err := Input{}.Apply(wire.AppendExtension(nil, userTerminalField, []byte{0x18, 0xff, 0x7f, 0x48, 9, 0x50, 9, 0x7a, 1, 'x'}))
	if err != nil || *in.UserTerminal() != (UserTerminal{}) {
		t.Errorf("Apply = %+v, %v", in.UserTerminal(), err)
	}
}

func FuzzUserTerminal(f *testing.F) {
	whole := wholeUserTerminal()
	f.Add(appendUserTerminal(nil, &whole))
	f.Add([]byte{})
	f.Add([]byte{0x2a, 2, 1, 2})
	f.Add([]byte{0x18, 0xff, 0x7f, 0x7a, 1, 'x'})
	f.Fuzz(func(t *testing.T, b []byte) {
		u, err := parseUserTerminal(b)
		if err != nil {
			return
		}
		again, err := parseUserTerminal(appendUserTerminal(nil, u))
		if err != nil || *again != *u {
			t.Errorf("% x is %+v; written and read again %+v, %v", b, u, again, err)
		}
	})
}
