package terminal

// The character sets that can be designated. National sets are for seven-bit
// lines; xterm too knows them only in mode 42.
const (
	charsetASCII    uint8 = iota
	charsetGraphics       // DEC Special Graphics, ESC ( 0
	charsetUK             // ESC ( A
)

// A charsetState says which character sets text goes through.
type charsetState struct {
	sets   [4]uint8 // G0 to G3
	left   uint8    // the one in use (GL)
	single uint8    // the one for the next character: 0, or 2 or 3
}

// active reports whether text has to be translated.
func (c *charsetState) active() bool {
	return c.sets[c.left] != charsetASCII || c.single != 0
}

// graphics is DEC Special Graphics from 5F to 7E (DEC STD 070, table 2-3).
var graphics = [...]rune{
	' ', '◆', '▒', '␉', '␌', '␍', '␊', '°', '±', '␤', '␋', '┘', '┐', '┌', '└', '┼',
	'⎺', '⎻', '─', '⎼', '⎽', '├', '┤', '┴', '┬', '│', '≤', '≥', 'π', '≠', '£', '·',
}

// translate returns what b, 20-7E, shows in the set in use.
func (c *charsetState) translate(b byte) rune {
	set := c.sets[c.left]
	if c.single != 0 {
		set = c.sets[c.single]
		c.single = 0
	}
	switch {
	case set == charsetGraphics && b >= 0x5f:
		return graphics[b-0x5f]
	case set == charsetUK && b == '#':
		return '£'
	}
	return rune(b)
}

// designate is SCS: ESC ( final and the like. What is not known is ASCII.
func (e *Emulator) designate(g int, final byte) {
	set := charsetASCII
	switch final {
	case '0', '2': // 2 is the alternate ROM's graphics
		set = charsetGraphics
	case 'A':
		set = charsetUK
	}
	e.charsets.sets[g] = set
	e.updateSlow()
}

// shift makes G0 to G3 the set in use: SI, SO, LS2, LS3.
func (e *Emulator) shift(g uint8) {
	e.charsets.left = g
	e.updateSlow()
}

// singleShift makes G2 or G3 the set of the next character: SS2, SS3.
func (e *Emulator) singleShift(g uint8) {
	e.charsets.single = g
	e.updateSlow()
}
