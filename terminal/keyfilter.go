package terminal

// A KeyFilter translates the keys of a user whose terminal is always in
// application-cursor mode for a program that may not be. The zero value is
// ready.
//
// In normal mode ESC O with A to D, H or F becomes ESC [ with the same. An O
// behind an ESC is held until the next byte shows whether it belongs to a
// cursor key; whoever drives the filter flushes it after some 25 ms, so that
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

// Append appends to dst the translation of in. appCursor is the program's mode
// (DECCKM) at this time.
func (f *KeyFilter) Append(dst, in []byte, appCursor bool) []byte {
	for _, c := range in {
		if f.state == keySS3 {
			f.state = keyGround
			dst = append(dst, f.introducer(c, appCursor), c)
			if c == 0x1b {
				f.state = keyEsc
			}
			continue
		}
		switch {
		case c == 0x1b:
			f.state = keyEsc
		case c == 'O' && f.state == keyEsc && !appCursor:
			f.state = keySS3
			continue
		default:
			f.state = keyGround
		}
		dst = append(dst, c)
	}
	return dst
}

// introducer returns what goes before the final byte c of a cursor key.
func (f *KeyFilter) introducer(c byte, appCursor bool) byte {
	switch c {
	case 'A', 'B', 'C', 'D', 'H', 'F':
		if !appCursor {
			return '['
		}
	}
	return 'O'
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
