package client

import "bytes"

// A keyKind says what a piece of the terminal's input is.
type keyKind uint8

const (
	keyPress keyKind = iota // a key; keyToken.legacy names it where a byte can
	keyQuiet                // no key press: a release, a bare modifier, mouse, focus, a terminal's answer
	keyPaste                // ESC [ 200 ~: a bracketed paste begins
)

// noLegacy marks a key that has no byte of its own.
const noLegacy = -1

// A keyToken is one decoded piece of input.
type keyToken struct {
	kind   keyKind
	legacy int // the ASCII byte that the key sends on a plain terminal, or noLegacy
}

// An ending says how a byte relates to the piece of input being read.
type ending uint8

const (
	endsNot    ending = iota // the byte belongs to the piece; more follow
	endsWith                 // the byte is the piece's last
	endsBefore               // the piece was complete, or broken off; the byte begins the next
)

// maxToken is how many bytes of one sequence are kept for decoding it. The
// longest key in the kitty protocol has about 40; longer ones are answers of
// the terminal, which pass undecoded.
const maxToken = 64

type decodeState uint8

const (
	atGround decodeState = iota
	inUTF8               // in a character, need more bytes
	inEscape             // after ESC
	inCSI                // after ESC [
	inSS3                // after ESC O
	inString             // after ESC ] P X ^ _
	inMouse              // after ESC [ M: need more bytes of coordinates
)

// A keyDecoder cuts the input of a terminal into keys: characters, control
// bytes, escape sequences, each in one piece. It is incremental, one byte at a
// time. Control bytes always begin a piece of their own, so that no unfinished
// sequence can hide the escape key.
type keyDecoder struct {
	state decodeState
	need  int
	size  int // bytes of the piece so far
}

// step takes the next byte. After endsWith and endsBefore the decoder is at
// the start of a new piece.
func (d *keyDecoder) step(b byte) ending {
	e := d.next(b)
	d.size++
	if e != endsNot {
		*d = keyDecoder{}
	}
	return e
}

func (d *keyDecoder) next(b byte) ending {
	if b < 0x20 && d.state != atGround && !(d.state == inString && b == 0x07) {
		return endsBefore
	}
	switch d.state {
	case atGround:
		if b == 0x1b {
			return d.enter(inEscape)
		}
		return d.character(b)
	case inUTF8:
		if b&0xc0 != 0x80 {
			return endsBefore
		}
		if d.need--; d.need == 0 {
			return endsWith
		}
		return endsNot
	case inEscape:
		return d.afterEscape(b)
	case inCSI:
		return d.inControl(b)
	case inSS3:
		if b >= 0x7f {
			return endsBefore
		}
		if b >= '0' && b <= ';' { // ESC O 5 P: a modifier before the letter
			return endsNot
		}
		return endsWith
	case inMouse:
		if d.need--; d.need == 0 {
			return endsWith
		}
		return endsNot
	default: // inString
		if b == 0x07 {
			return endsWith
		}
		return endsNot
	}
}

// character begins or is a character outside all sequences.
func (d *keyDecoder) character(b byte) ending {
	switch {
	case b >= 0xc2 && b <= 0xdf:
		d.need = 1
	case b >= 0xe0 && b <= 0xef:
		d.need = 2
	case b >= 0xf0 && b <= 0xf4:
		d.need = 3
	default:
		return endsWith
	}
	return d.enter(inUTF8)
}

func (d *keyDecoder) afterEscape(b byte) ending {
	switch b {
	case '[':
		return d.enter(inCSI)
	case 'O':
		return d.enter(inSS3)
	case ']', 'P', 'X', '^', '_':
		return d.enter(inString)
	}
	return d.character(b) // Alt and a key
}

func (d *keyDecoder) inControl(b byte) ending {
	switch {
	case b >= 0x7f:
		return endsBefore
	case b < 0x40:
		return endsNot
	case b == 'M' && d.size == 2: // X10 mouse report: three raw bytes follow
		d.need = 3
		return d.enter(inMouse)
	case b == '[' && d.size == 2: // F1 to F5 of the Linux console: ESC [ [ A
		return endsNot
	}
	return endsWith
}

func (d *keyDecoder) enter(s decodeState) ending {
	d.state = s
	return endsNot
}

// mayBeKey reports whether tok, the beginning of a piece, can still become a
// key of the CSI u or modifyOtherKeys forms or a paste marker. Nobody types
// such a beginning by hand, so that holding it delays no key.
func mayBeKey(tok []byte) bool {
	return len(tok) >= 3 && tok[0] == 0x1b && tok[1] == '[' && tok[2] >= '0' && tok[2] <= '9'
}

// classifyKey tells what the complete piece tok is.
func classifyKey(tok []byte) keyToken {
	switch {
	case len(tok) == 0:
		return keyToken{keyQuiet, noLegacy}
	case len(tok) == 1 && tok[0] < 0x80:
		return keyToken{keyPress, int(tok[0])}
	case len(tok) >= 2 && tok[0] == 0x1b && bytes.IndexByte([]byte("]PX^_"), tok[1]) >= 0:
		if len(tok) == 2 {
			return keyToken{keyPress, noLegacy} // Alt and that key
		}
		return keyToken{keyQuiet, noLegacy} // an answer of the terminal
	case len(tok) == 2 && tok[0] == 0x1b && tok[1] == '\\':
		return keyToken{keyQuiet, noLegacy} // the end of such an answer; or Alt and that key
	case len(tok) >= 3 && tok[0] == 0x1b && tok[1] == '[' && tok[2] == 'M':
		return keyToken{keyQuiet, noLegacy} // X10 mouse
	case len(tok) >= 3 && tok[0] == 0x1b && tok[1] == '[':
		return classifyCSI(tok[2:len(tok)-1], tok[len(tok)-1])
	}
	return keyToken{keyPress, noLegacy}
}

// classifyCSI tells what the sequence ESC [ params final is.
func classifyCSI(params []byte, final byte) keyToken {
	if len(params) > 0 && params[0] >= '<' && params[0] <= '?' {
		return keyToken{keyQuiet, noLegacy} // SGR mouse, device attributes, mode reports
	}
	p := parseParams(params)
	switch final {
	case 'u':
		return kittyKey(p)
	case '~':
		switch {
		case p.value(0, 0) == 200:
			return keyToken{keyPaste, noLegacy}
		case p.value(0, 0) == 27 && p.count == 3: // CSI 27 ; modifiers ; code ~
			return keyToken{keyPress, legacyByte(p.value(2, 0), 0, p.value(1, 0))}
		}
	case 'I', 'O':
		if len(params) == 0 { // focus gained, focus lost
			return keyToken{keyQuiet, noLegacy}
		}
	case 'M', 'n', 't', 'y': // mouse (urxvt), status, size and mode reports
		return keyToken{keyQuiet, noLegacy}
	}
	if p.value(1, 1) == kittyRelease {
		return keyToken{keyQuiet, noLegacy}
	}
	return keyToken{keyPress, noLegacy}
}

// keyParams are the numbers of a CSI sequence: up to four parameters (split by
// semicolons) of up to three parts (split by colons). Missing ones are 0.
type keyParams struct {
	v     [4][3]int
	count int // parameters present
}

func (p *keyParams) value(param, part int) int { return p.v[param][part] }

func parseParams(b []byte) (p keyParams) {
	param, part := 0, 0
	for _, c := range b {
		switch {
		case c == ';':
			param, part = param+1, 0
		case c == ':':
			part++
		case c >= '0' && c <= '9' && param < len(p.v) && part < len(p.v[0]):
			if n := p.v[param][part]; n < 1<<21 { // no code point is larger
				p.v[param][part] = n*10 + int(c-'0')
			}
		}
	}
	p.count = param + 1
	return p
}
