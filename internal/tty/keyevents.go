package tty

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// keyEventSize is the length of Windows's KEY_EVENT_RECORD, in bytes
// (learn.microsoft.com/windows/console/key-event-record-str): whether the key went down, 4;
// how often that counts, 2; the key, 2; its place on the keyboard, 2; a unit of UTF-16, 2;
// the modifiers, 4.
const keyEventSize = 16

// altKey is VK_MENU. When it is let go it brings the character typed by its number.
const altKey = 0x12

// maxRepeat is how often a held key counts in one record.
const maxRepeat = 16

// keyEvents makes text of a Windows console's keys.
type keyEvents struct {
	half rune // first unit of a character that takes two, until the second; 0: none
}

// append appends what a key means. With virtual terminal input, the console makes of
// function keys one event for each character of their sequence.
func (e *keyEvents) append(b []byte, event [keyEventSize]byte) []byte {
	down := binary.LittleEndian.Uint32(event[0:]) != 0
	count := min(binary.LittleEndian.Uint16(event[4:]), maxRepeat)
	key := binary.LittleEndian.Uint16(event[6:])
	unit := rune(binary.LittleEndian.Uint16(event[10:]))
	if unit == 0 && !isNull(event) || !down && key != altKey {
		return b
	}
	switch {
	case e.half != 0 && utf16.IsSurrogate(unit):
		unit = utf16.DecodeRune(e.half, unit) // U+FFFD if they do not fit
		e.half = 0
	case utf16.IsSurrogate(unit):
		e.half = unit
		return b
	default:
		e.half = 0
	}
	for range max(count, 1) {
		b = utf8.AppendRune(b, unit)
	}
	return b
}

// isNull reports whether a key with the character 0 is the one that sends NUL: Ctrl with
// the space bar or 2. Modifiers alone have that character too.
func isNull(event [keyEventSize]byte) bool {
	const spaceBar, two, ctrl = 0x20, 0x32, 0x0004 | 0x0008 // LEFT_ and RIGHT_CTRL_PRESSED
	key := binary.LittleEndian.Uint16(event[6:])
	return (key == spaceBar || key == two) && binary.LittleEndian.Uint32(event[12:])&ctrl != 0
}
