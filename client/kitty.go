package client

import "strings"

// The keys of the kitty keyboard protocol and of xterm's modifyOtherKeys, as
// far as the escape commands need them
// (https://sw.kovidgoyal.net/kitty/keyboard-protocol/ and "modifyOtherKeys" in
// xterm's manual): which byte would this key have sent on a plain terminal?

// The modifier bits, of which the sequence holds the sum plus one.
const (
	modShift = 1 << iota
	modAlt
	modCtrl
	modSuper
	modHyper
	modMeta
)

// kittyDisambiguate is the flag of the keyboard mode in which no key sends a
// lone ESC.
const kittyDisambiguate = 1

// kittyRelease is the event type of a key that was let go.
const kittyRelease = 3

// The private-use code points of the keys that are modifiers or locks
// themselves.
const (
	kittyCapsLock   = 57358
	kittyNumLock    = 57360
	kittyLeftShift  = 57441
	kittyISOLevel5  = 57454
	kittyKeypadZero = 57399
	kittyKeypadDot  = 57409
	kittyKeypadCR   = 57414
)

// kittyKey decodes CSI code:shifted:base ; modifiers:event ; text u.
func kittyKey(p keyParams) keyToken {
	code, shifted := p.value(0, 0), p.value(0, 1)
	switch {
	case p.value(1, 1) == kittyRelease,
		code >= kittyCapsLock && code <= kittyNumLock,
		code >= kittyLeftShift && code <= kittyISOLevel5:
		return keyToken{keyQuiet, noLegacy}
	}
	mods := p.value(1, 0)
	if text := p.value(2, 0); text != 0 && (mods-1)&modCtrl == 0 {
		code, shifted = text, text // the terminal says which character it is
	}
	return keyToken{keyPress, legacyByte(code, shifted, mods)}
}

// shiftOf is the character that Shift makes of the key before it, on the
// keyboards where this must be guessed because the terminal did not say.
const shiftOf = "`~1!2@3#4$5%6^7&8*9(0)-_=+[{]}\\|;:'\",<.>/?"

// legacyByte returns the byte that a key sends on a plain terminal, or
// noLegacy if it sends none or more than one. shifted is the character with
// Shift, 0 if unknown; mods is the sequence's modifier parameter.
func legacyByte(code, shifted, mods int) int {
	if mods > 0 {
		mods--
	}
	if mods&(modAlt|modSuper|modHyper|modMeta) != 0 {
		return noLegacy
	}
	switch {
	case code >= kittyKeypadZero && code < kittyKeypadDot+1:
		code = int("0123456789."[code-kittyKeypadZero])
	case code == kittyKeypadCR:
		code = '\r'
	}
	if code > 0x7f && shifted == 0 || code < 0 {
		return noLegacy
	}
	if mods&modShift != 0 {
		code = withShift(code, shifted)
	}
	if code > 0x7f {
		return noLegacy
	}
	if mods&modCtrl != 0 {
		return controlByte(code)
	}
	return code
}

// withShift returns the character of a key with Shift.
func withShift(code, shifted int) int {
	if shifted != 0 {
		return shifted
	}
	if code >= 'a' && code <= 'z' {
		return code - 'a' + 'A'
	}
	if i := strings.IndexByte(shiftOf, byte(code)); i >= 0 && i%2 == 0 {
		return int(shiftOf[i+1])
	}
	return code
}

// controlByte returns the control byte of Ctrl and a character.
func controlByte(c int) int {
	switch {
	case c >= '@' && c <= '_', c >= 'a' && c <= 'z':
		return c & 0x1f
	case c < 0x20, c == 0x7f:
		return c
	}
	switch c {
	case ' ', '2', '`':
		return 0x00
	case '3', '{':
		return 0x1b
	case '4', '|':
		return 0x1c
	case '5', '}':
		return 0x1d
	case '6', '~':
		return 0x1e
	case '7', '/':
		return 0x1f
	case '8', '?':
		return 0x7f
	}
	return noLegacy
}
