package session

import (
	"errors"

	"google.golang.org/protobuf/encoding/protowire"
)

// MaxCommand is the most bytes of a Hint's Command: what systems keep of a name.
const MaxCommand = 15

// A Hint is what a server knows of the program's terminal and a client can only
// guess: a sample of its modes, and what came of the input so far. It belongs to
// the screen that it comes with.
type Hint struct {
	After uint64 // the newest client state that the program had taken in when the sample was taken

	Echo      bool // the terminal echoes (ECHO)
	Canonical bool // it gathers lines (ICANON)
	Signals   bool // control characters send signals (ISIG)
	Controls  bool // control characters are echoed as ^X (ECHOCTL)
	Erase     byte // erases a character; 0 for none
	Kill      byte // erases the line
	WordErase byte // erases a word

	Group   uint32 // the foreground process group; 0 if it is not known
	Command string // its command's name, at most MaxCommand bytes, printable; "" if it is not known
	Printed bool   // something was printed since that input, were it its echo
	Prompt  bool   // it ends with a prompt (marked by OSC 133 A or B), behind which nothing was printed or typed
}

// Secret reports whether a line is being read that is not to be shown.
func (h *Hint) Secret() bool { return h.Canonical && !h.Echo }

// Certain reports whether each character of a line is echoed without the program's doing.
func (h *Hint) Certain() bool { return h.Canonical && h.Echo }

// Fields of the message Hint (docs/protocol.md F7). Each has what differs from
// the base's hint; where the base has none, from the zero Hint.
const (
	hintAfter   = 1 // varint: by how much After is above the base's
	hintFlags   = 2 // varint
	hintErasers = 3 // bytes: Erase, Kill, WordErase
	hintGroup   = 4 // varint
	hintCommand = 5 // bytes
)

// The flags of a Hint on the wire. Bits are given once and never reused; those that
// a client does not know it ignores.
const (
	flagEcho = 1 << iota
	flagCanonical
	flagSignals
	flagControls
	flagPrinted
	flagPrompt
)

// errHint reports a malformed message Hint.
var errHint = errors.New("session: malformed hint")

// WithHint returns s as a state that tells h. Only for clients with which Hints is
// agreed; all states of such a session are made so, and After never falls.
func (s Screen) WithHint(h Hint) Screen {
	h.Command = printable([]byte(h.Command), MaxCommand)
	if s.hint == nil || *s.hint != h {
		s.hint = &h
	}
	return s
}

// Hint returns what the server knows; nil where it does not say. The caller does not
// write to it.
func (s Screen) Hint() *Hint { return s.hint }

// sameHint reports whether s and o tell the same.
func (s Screen) sameHint(o Screen) bool {
	return s.hint == o.hint || s.hint != nil && o.hint != nil && *s.hint == *o.hint
}

// urgent reports whether s says that a secret is read and earlier does not: a client may be showing it.
func (s Screen) urgent(earlier Screen) bool {
	return s.hint != nil && s.hint.Secret() && !(earlier.hint != nil && earlier.hint.Secret())
}

// flags returns the flags of h on the wire.
func (h *Hint) flags() (bits uint64) {
	for i, on := range []bool{h.Echo, h.Canonical, h.Signals, h.Controls, h.Printed, h.Prompt} {
		if on {
			bits |= 1 << i
		}
	}
	return bits
}

// setFlags is the reverse of flags.
func (h *Hint) setFlags(bits uint64) {
	h.Echo, h.Canonical = bits&flagEcho != 0, bits&flagCanonical != 0
	h.Signals, h.Controls = bits&flagSignals != 0, bits&flagControls != 0
	h.Printed, h.Prompt = bits&flagPrinted != 0, bits&flagPrompt != 0
}

// appendHint appends what leads from base, nil for none, to h.
func appendHint(dst []byte, base, h *Hint) []byte {
	if base == nil {
		base = &Hint{}
	}
	number := func(field protowire.Number, v uint64) {
		dst = protowire.AppendVarint(protowire.AppendTag(dst, field, protowire.VarintType), v)
	}
	if h.After > base.After {
		number(hintAfter, h.After-base.After)
	}
	if f := h.flags(); f != base.flags() {
		number(hintFlags, f)
	}
	if h.Erase != base.Erase || h.Kill != base.Kill || h.WordErase != base.WordErase {
		dst = protowire.AppendTag(dst, hintErasers, protowire.BytesType)
		dst = protowire.AppendBytes(dst, []byte{h.Erase, h.Kill, h.WordErase})
	}
	if h.Group != base.Group {
		number(hintGroup, uint64(h.Group))
	}
	if h.Command != base.Command {
		dst = protowire.AppendTag(dst, hintCommand, protowire.BytesType)
		dst = protowire.AppendString(dst, h.Command)
	}
	return dst
}

// applyHint returns what a message Hint makes of base, nil for none. Unknown fields
// are skipped.
func applyHint(base *Hint, b []byte) (*Hint, error) {
	h := new(Hint)
	if base != nil {
		*h = *base
	}
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return nil, errHint
		}
		b = b[n:]
		size := protowire.ConsumeFieldValue(num, typ, b)
		if size < 0 {
			return nil, errHint
		}
		ok := true
		switch typ {
		case protowire.VarintType:
			v, _ := protowire.ConsumeVarint(b)
			ok = h.setNumber(num, v)
		case protowire.BytesType:
			v, _ := protowire.ConsumeBytes(b)
			ok = h.setBytes(num, v)
		}
		if !ok {
			return nil, errHint
		}
		b = b[size:]
	}
	return h, nil
}

// setNumber takes in a field that is a number, and reports whether it is within its
// range.
func (h *Hint) setNumber(field protowire.Number, v uint64) bool {
	switch field {
	case hintAfter:
		if h.After+v < v {
			return false
		}
		h.After += v
	case hintFlags:
		h.setFlags(v)
	case hintGroup:
		if v > 1<<32-1 {
			return false
		}
		h.Group = uint32(v)
	}
	return true
}

// setBytes takes in a field that is made of bytes, and reports whether it is
// well-formed.
func (h *Hint) setBytes(field protowire.Number, v []byte) bool {
	switch field {
	case hintErasers:
		if len(v) != 3 {
			return false
		}
		h.Erase, h.Kill, h.WordErase = v[0], v[1], v[2]
	case hintCommand:
		if len(v) > MaxCommand {
			return false
		}
		h.Command = printable(v, MaxCommand)
	}
	return true
}
