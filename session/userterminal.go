package session

import (
	"errors"

	"google.golang.org/protobuf/encoding/protowire"

	"roam/terminal"
)

// userTerminalField is the number under which a UserTerminal travels among the items of
// a UserMessage (docs/protocol.md D1). Stock servers skip it.
const userTerminalField = 64

// maxUserTerminal bounds the message in bytes: a whole palette, and room for fields to come.
const maxUserTerminal = 2048

// userTerminalSize is the memory of a UserTerminal in bytes, about.
const userTerminalSize = 4*256 + 64

// maxCellPixels bounds the width and height of a cell: more is no font.
const maxCellPixels = 1024

// An Ability is something that the user's terminal can do and that changes what the
// server tells programs.
type Ability uint32

// The abilities, as bits on the wire. Bits are given once and never reused.
const (
	AbleClipboard Ability = 1 << iota // programs may write the user's clipboard
	AbleNotify                        // notifications are shown
	AbleKittyKeys                     // the kitty keyboard protocol
	AbleOtherKeys                     // xterm's modifyOtherKeys
	AbleClusters                      // grapheme clusters are drawn as such
)

// A Focus says whether the user's terminal has the keyboard.
type Focus uint8

// The states of the focus, as numbered on the wire.
const (
	FocusUnknown Focus = iota
	FocusHere
	FocusElsewhere
)

// A UserTerminal is what a client knows of the terminal that the user sits at. The zero
// value of a field means that it is not known.
type UserTerminal struct {
	Abilities Ability
	Colors    int // how many it shows: 8, 16, 256 or 1<<24
	Focus     Focus
	Look      terminal.UserTerminal // its own colours, and what a cell measures
}

// Fields of the message UserTerminal (docs/protocol.md F5).
const (
	userAbilities = 1  // varint
	userColors    = 2  // varint
	userWidth     = 3  // varint
	userHeight    = 4  // varint
	userFg        = 5  // bytes: red, green, blue
	userBg        = 6  // the same
	userCursor    = 7  // the same
	userPalette   = 8  // bytes: index, red, green, blue; repeated within
	userScheme    = 9  // varint
	userFocus     = 10 // varint
)

// errUserTerminal reports a malformed message UserTerminal.
var errUserTerminal = errors.New("session: malformed description of the user's terminal")

// WithUserTerminal returns in as a state in which the user's terminal is u. Only for
// servers with which Terminal is agreed. It is no event: it has no number, and the echo ack
// does not wait for it.
func (in Input) WithUserTerminal(u UserTerminal) Input {
	if in.user == nil || *in.user != u {
		in.user = &u
	}
	return in
}

// UserTerminal returns what the client told of the user's terminal last; nil if it told
// nothing. The caller does not write to it, and may compare the pointer: it changes only
// with what it points to.
func (in Input) UserTerminal() *UserTerminal { return in.user }

// sameTerminal reports whether in and o know the same of the user's terminal.
func (in Input) sameTerminal(o Input) bool {
	return in.user == o.user || in.user != nil && o.user != nil && *in.user == *o.user
}

// appendUserTerminal appends u as a message, without the fields that are not known.
func appendUserTerminal(dst []byte, u *UserTerminal) []byte {
	number := func(field protowire.Number, v uint64) {
		if v != 0 {
			dst = protowire.AppendVarint(protowire.AppendTag(dst, field, protowire.VarintType), v)
		}
	}
	color := func(field protowire.Number, c terminal.Color) {
		if r, g, b, ok := c.RGB(); ok {
			dst = protowire.AppendBytes(protowire.AppendTag(dst, field, protowire.BytesType), []byte{r, g, b})
		}
	}
	number(userAbilities, uint64(u.Abilities))
	number(userColors, uint64(u.Colors))
	number(userWidth, uint64(u.Look.CellWidth))
	number(userHeight, uint64(u.Look.CellHeight))
	color(userFg, u.Look.Colors.Fg)
	color(userBg, u.Look.Colors.Bg)
	color(userCursor, u.Look.Colors.Cursor)
	var palette []byte
	for i, c := range u.Look.Colors.Palette {
		if r, g, b, ok := c.RGB(); ok {
			palette = append(palette, byte(i), r, g, b)
		}
	}
	if len(palette) > 0 {
		dst = protowire.AppendBytes(protowire.AppendTag(dst, userPalette, protowire.BytesType), palette)
	}
	number(userScheme, uint64(u.Look.Scheme))
	number(userFocus, uint64(u.Focus))
	return dst
}

// parseUserTerminal reads the message. Unknown fields are skipped; numbers that mean
// nothing count as not known.
func parseUserTerminal(b []byte) (*UserTerminal, error) {
	if len(b) > maxUserTerminal {
		return nil, errUserTerminal
	}
	u := new(UserTerminal)
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return nil, errUserTerminal
		}
		b = b[n:]
		size := protowire.ConsumeFieldValue(num, typ, b)
		if size < 0 {
			return nil, errUserTerminal
		}
		switch typ {
		case protowire.VarintType:
			v, _ := protowire.ConsumeVarint(b)
			u.setNumber(num, v)
		case protowire.BytesType:
			v, _ := protowire.ConsumeBytes(b)
			if !u.setColors(num, v) {
				return nil, errUserTerminal
			}
		}
		b = b[size:]
	}
	return u, nil
}

// setNumber takes in a field that is a number.
func (u *UserTerminal) setNumber(field protowire.Number, v uint64) {
	switch field {
	case userAbilities:
		u.Abilities = Ability(v)
	case userColors:
		u.Colors = int(min(v, 1<<24))
	case userWidth:
		u.Look.CellWidth = pixels(v)
	case userHeight:
		u.Look.CellHeight = pixels(v)
	case userScheme:
		if v <= uint64(terminal.SchemeLight) {
			u.Look.Scheme = terminal.Scheme(v)
		}
	case userFocus:
		if v <= uint64(FocusElsewhere) {
			u.Focus = Focus(v)
		}
	}
}

// pixels returns a side of a cell, 0 for what is none.
func pixels(v uint64) int {
	if v > maxCellPixels {
		return 0
	}
	return int(v)
}

// setColors takes in a field that is made of colours, and reports whether it is
// well-formed.
func (u *UserTerminal) setColors(field protowire.Number, v []byte) bool {
	c := &u.Look.Colors
	for num, color := range map[protowire.Number]*terminal.Color{userFg: &c.Fg, userBg: &c.Bg, userCursor: &c.Cursor} {
		if num == field {
			if len(v) != 3 {
				return false
			}
			*color = terminal.RGB(v[0], v[1], v[2])
		}
	}
	if field != userPalette {
		return true
	}
	for ; len(v) >= 4; v = v[4:] {
		c.Palette[v[0]] = terminal.RGB(v[1], v[2], v[3])
	}
	return len(v) == 0
}
