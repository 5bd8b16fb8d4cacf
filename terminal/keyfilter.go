package terminal

// A KeyMode says how a program wants the keys that differ between modes.
type KeyMode uint8

// The key modes.
const (
	KeysNormal      KeyMode = iota // ESC [ A
	KeysApplication                // ESC O A: DECCKM, mode 1
	KeysVT52                       // ESC A: mode 2 is reset
)

// A KeyFilter translates the keys of a user whose terminal is always in
// application-cursor mode for a program that may not be. The zero value is
// ready.
//
// In normal mode ESC O with A to D, H or F becomes ESC [ with the same. A VT52 has
// ESC and those, or P to S of the keypad, alone, and ESC ? for the other keys of the
// keypad. An O behind an ESC is held until the next byte shows whether it belongs to
// such a key; whoever drives the filter flushes it after some 25 ms, so that
// Alt-O, or Escape and O, arrive. In application mode nothing is held.
type KeyFilter struct {
	state keyState
}

type keyState uint8

const (
	keyGround keyState = iota
	keyEsc             // the last byte was ESC
	keySS3             // ESC O: the O is held
)

// Append appends to dst the translation of in. mode is the program's at this time.
func (f *KeyFilter) Append(dst, in []byte, mode KeyMode) []byte {
	for _, c := range in {
		if f.state == keySS3 {
			f.state = keyGround
			dst = appendKey(dst, c, mode)
			if c == 0x1b {
				f.state = keyEsc
			}
			continue
		}
		switch {
		case c == 0x1b:
			f.state = keyEsc
		case c == 'O' && f.state == keyEsc && mode != KeysApplication:
			f.state = keySS3
			continue
		default:
			f.state = keyGround
		}
		dst = append(dst, c)
	}
	return dst
}

// appendKey appends what follows the ESC of a key whose final byte is c.
func appendKey(dst []byte, c byte, mode KeyMode) []byte {
	cursor := c >= 'A' && c <= 'D' || c == 'F' || c == 'H'
	switch {
	case mode == KeysNormal && cursor:
		return append(dst, '[', c)
	case mode == KeysVT52 && (cursor || c >= 'P' && c <= 'S'):
		return append(dst, c)
	case mode == KeysVT52 && (c >= 'j' && c <= 'y' || c == 'M' || c == 'X'):
		return append(dst, '?', c)
	}
	return append(dst, 'O', c)
}

// Pending reports whether an O is held.
func (f *KeyFilter) Pending() bool { return f.state == keySS3 }

// Flush appends to dst the O that is held, if any.
func (f *KeyFilter) Flush(dst []byte) []byte {
	if f.state == keySS3 {
		f.state = keyGround
		dst = append(dst, 'O')
	}
	return dst
}
