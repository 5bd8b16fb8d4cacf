package predict

import (
	"time"
	"unicode/utf8"
)

// A keyKind says what a key does to a line of text, as far as that is known.
type keyKind uint8

const (
	keyUnknown keyKind = iota // anything can happen: completion, history, a command
	keyQuiet                  // nothing happens to the text: focus reports, answers of the terminal
	keyGlyph                  // a character, or a mark that joins the one before
	keyErase                  // DEL, the backspace key of most terminals
	keyLeft
	keyRight
	keyEnter
	keyBreak // ^C, ^D, ^Z, ^\: the line ends, or the program does
	keyPasteStart
	keyPasteEnd

	// Those that only line editors know. Each is guessed openly once it was
	// seen to do what is expected of it.
	keyErase8    // ^H
	keyDelete    // the character under the cursor
	keyBack      // ^B
	keyForward   // ^F
	keyHome      // ^A, Home
	keyEnd       // ^E, End
	keyKillLine  // ^U
	keyKillEnd   // ^K
	keyKillWord  // ^W
	keyWordLeft  // Alt-b, Ctrl-Left, Alt-Left
	keyWordRight // Alt-f, Ctrl-Right, Alt-Right
	keyCaret     // a control character that is echoed as ^X
	keyWrap      // no key: that text goes on in the next row behind the last column
)

// A key is one decoded piece of input.
type key struct {
	kind keyKind
	char rune // of a keyGlyph
	code byte // the byte, of a control character
	ends bool // a line, or a program: nothing is known of who reads what follows
}

// escapeWait is how long an ESC waits for the rest of its sequence. A terminal
// writes a sequence in one piece; a person cannot follow Esc with another key
// sooner.
const escapeWait = 40 * time.Millisecond

// maxParams bounds what is kept of a control sequence; no key has more.
const maxParams = 16

type decodeState uint8

const (
	atGround       decodeState = iota
	inEscape                   // after ESC
	inCSI                      // after ESC [
	inSS3                      // after ESC O
	inString                   // after ESC ] P X ^ _: an answer of the terminal
	inStringEscape             // after an ESC within one
	inMouse                    // after ESC [ M: bytes of an X10 mouse report
)

// A decoder cuts typed bytes into keys. The zero value is ready.
type decoder struct {
	state  decodeState
	last   time.Time // when the newest byte came
	params []byte
	need   int // bytes of a mouse report to come
	part   [utf8.UTFMax]byte
	npart  int
}

// decode calls yield for each key that b completes.
func (d *decoder) decode(now time.Time, b []byte, yield func(key)) {
	if d.state == inEscape || d.state == inSS3 {
		if now.Sub(d.last) > escapeWait { // the key Esc, or Alt-O: what follows is no part of it
			d.state = atGround
			yield(key{kind: keyUnknown})
		}
	}
	if len(b) > 0 {
		d.last = now
	}
	for _, c := range b {
		d.step(c, yield)
	}
}

func (d *decoder) step(c byte, yield func(key)) {
	switch d.state {
	case atGround:
		d.ground(c, yield)
	case inEscape:
		d.escape(c, yield)
	case inCSI:
		d.csi(c, yield)
	case inSS3:
		d.state = atGround
		if c < 0x20 || c > 0x7e {
			yield(key{kind: keyUnknown})
			d.ground(c, yield)
			return
		}
		yield(key{kind: cursorKey(c)})
	case inString, inStringEscape:
		d.str(c)
	case inMouse:
		if d.need--; d.need == 0 {
			d.state = atGround
			yield(key{kind: keyUnknown})
		}
	}
}

// ground takes a byte outside of all sequences.
func (d *decoder) ground(c byte, yield func(key)) {
	switch {
	case d.npart > 0 || c >= utf8.RuneSelf:
		d.utf8(c, yield)
	case c == 0x1b:
		d.state = inEscape
	case c < 0x20 || c == 0x7f:
		yield(key{kind: controlKey(c), code: c, ends: endsLine(c)})
	default:
		yield(key{kind: keyGlyph, char: rune(c)})
	}
}

// utf8 gathers a character of several bytes.
func (d *decoder) utf8(c byte, yield func(key)) {
	d.part[d.npart] = c
	d.npart++
	p := d.part[:d.npart]
	if !utf8.FullRune(p) {
		return
	}
	d.npart = 0
	r, size := utf8.DecodeRune(p)
	switch {
	case r == utf8.RuneError && size <= 1:
		yield(key{kind: keyUnknown})
		if len(p) > 1 { // the newest byte may begin something else
			d.ground(c, yield)
		}
	case r < 0xa0:
		yield(key{kind: keyUnknown})
	default:
		yield(key{kind: keyGlyph, char: r})
	}
}

func (d *decoder) escape(c byte, yield func(key)) {
	d.state = atGround
	switch c {
	case '[':
		d.state, d.params = inCSI, d.params[:0]
	case 'O':
		d.state = inSS3
	case ']', 'P', 'X', '^', '_':
		d.state = inString
	case 0x1b:
		d.state = inEscape
		yield(key{kind: keyUnknown})
	case 'b':
		yield(key{kind: keyWordLeft})
	case 'f':
		yield(key{kind: keyWordRight})
	default:
		yield(key{kind: keyUnknown, ends: endsLine(c)})
	}
}

func (d *decoder) csi(c byte, yield func(key)) {
	switch {
	case c < 0x20 || c > 0x7e: // broken off
		d.state = atGround
		yield(key{kind: keyUnknown})
		d.ground(c, yield)
	case c < 0x40:
		if len(d.params) < maxParams {
			d.params = append(d.params, c)
		}
	case c == '[' && len(d.params) == 0: // the Linux console's F1 to F5: ESC [ [ A
		d.params = append(d.params, c)
	case c == 'M' && len(d.params) == 0:
		d.state, d.need = inMouse, 3
	default:
		d.state = atGround
		yield(key{kind: sequenceKey(string(d.params), c)})
	}
}

func (d *decoder) str(c byte) {
	switch {
	case c == 0x07, d.state == inStringEscape:
		d.state = atGround
	case c == 0x1b:
		d.state = inStringEscape
	}
}

// endsLine reports whether a byte is Enter, or one of keyBreak's.
func endsLine(c byte) bool {
	kind := controlKey(c)
	return c < ' ' && (kind == keyEnter || kind == keyBreak)
}

// controlKey names a control character.
func controlKey(c byte) keyKind {
	switch c {
	case '\r', '\n':
		return keyEnter
	case 0x7f:
		return keyErase
	case 0x08:
		return keyErase8
	case 0x01:
		return keyHome
	case 0x02:
		return keyBack
	case 0x03, 0x04, 0x1a, 0x1c:
		return keyBreak
	case 0x05:
		return keyEnd
	case 0x06:
		return keyForward
	case 0x0b:
		return keyKillEnd
	case 0x15:
		return keyKillLine
	case 0x17:
		return keyKillWord
	}
	return keyUnknown
}

// cursorKey names the key that sends ESC O c, or ESC [ c.
func cursorKey(c byte) keyKind {
	switch c {
	case 'C':
		return keyRight
	case 'D':
		return keyLeft
	case 'H':
		return keyHome
	case 'F':
		return keyEnd
	}
	return keyUnknown
}

// sequenceKey names the key that sends ESC [ params final. Arrows with
// parameters are keys of their own: Ctrl-Right is no Right.
func sequenceKey(params string, final byte) keyKind {
	switch {
	case params == "" && (final == 'I' || final == 'O'): // focus gained, lost
		return keyQuiet
	case final == '~':
		switch params {
		case "1", "7":
			return keyHome
		case "4", "8":
			return keyEnd
		case "3":
			return keyDelete
		case "200":
			return keyPasteStart
		case "201":
			return keyPasteEnd
		}
	case params == "" || params == "1":
		return cursorKey(final)
	case params == "1;5" || params == "1;3":
		switch final {
		case 'C':
			return keyWordRight
		case 'D':
			return keyWordLeft
		}
	case params[0] == '?' || params[0] == '>' || params[0] == '=': // an answer of the terminal
		return keyQuiet
	case final == 'n' || final == 'R' || final == 't':
		return keyQuiet
	}
	return keyUnknown
}
