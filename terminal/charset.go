package terminal

import "strings"

// A charsetState says which character sets text goes through.
type charsetState struct {
	sets   [4]charset // G0 to G3
	small  [4]bool    // designated as sets of 94 characters, which have no DEL
	left   uint8      // the one in use for bytes 20 to 7F (GL)
	right  uint8      // the one for bytes A0 to FF (GR)
	single uint8      // the one for the next character: 0, or 2 or 3
}

// defaultCharsets returns the sets of a new terminal: ASCII in all, G0 and G2 in use.
func defaultCharsets() charsetState { return charsetState{right: 2} }

// active reports whether text has to be translated.
func (c *charsetState) active() bool {
	return c.sets[c.left] != charsetASCII || c.single != 0
}

// rightActive reports whether bytes from 80 up are those of a set rather than UTF-8.
// As in xterm that is so from when GR has another set than ASCII.
func (c *charsetState) rightActive() bool { return c.sets[c.right] != charsetASCII }

// next returns the set of the next character, for which a single shift counts.
func (c *charsetState) next() charset {
	set := c.sets[c.left]
	if c.single != 0 {
		set = c.sets[c.single]
		c.single = 0
	}
	return set
}

// printSet prints byte b, 20 to 7F, as the sets have it. DEL is a character of
// sets of 96 alone.
func (e *Emulator) printSet(b byte) {
	if g := e.charsets.left; b == 0x7f && (e.charsets.small[g] || !charsetInfos[e.charsets.sets[g]].wide) {
		return
	}
	r := charsetGlyphs[e.charsets.next()][b-' ']
	e.updateSlow()
	e.printGlyph(r)
}

// printRight prints the bytes from 80 up at the front of s through GR and returns
// how many there are. As in xterm C1 controls have no effect.
func (e *Emulator) printRight(s []byte) int {
	set := e.charsets.sets[e.charsets.right]
	for i, b := range s {
		switch {
		case b < 0x80:
			return i
		case b >= 0xa0 && (b < 0xff || charsetInfos[set].wide):
			e.printGlyph(charsetGlyphs[set][b-0xa0])
		}
	}
	return len(s)
}

// designateSet is SCS: ESC and one of ( ) * + for a set of 94 characters, - . / for
// one of 96, then what names it. What is not known changes nothing.
func (e *Emulator) designateSet() {
	p := &e.p
	name := string(p.final)
	if p.ninter > 1 {
		name = string([]byte{p.inter[1], p.final})
	}
	if c := p.inter[0]; c <= '+' {
		e.designate(int(c-'('), name, false)
	} else if c >= '-' {
		e.designate(int(c-'-')+1, name, true)
	}
}

// designate makes the set that name names that of G0 to G3, if the level has it. A
// national set is ASCII outside mode 42 (DECNRCM). A is, as in xterm, the British set in
// that mode and at the lowest level, however it is designated, and the right half of
// Latin-1 else.
func (e *Emulator) designate(g int, name string, wide bool) {
	set, ok := findCharset(name, wide)
	if !ok || wide && !e.atLevel(63) || name != "A" && !e.atLevel(charsetInfos[set].level) {
		return
	}
	national := e.modes.on(modeNational)
	switch {
	case name == "A" && (national || !e.atLevel(62)):
		set = charsetUK
	case name == "A":
		set = charsetLatin1
	case charsetInfos[set].national && !national:
		set = charsetASCII
	}
	e.charsets.sets[g], e.charsets.small[g] = set, !wide
	e.updateSlow()
}

// findCharset returns the set that a final, with its intermediate, names.
func findCharset(name string, wide bool) (set charset, ok bool) {
	for set = range numCharsets {
		if info := &charsetInfos[set]; info.wide == wide && info.finals != "" {
			for final := range strings.SplitSeq(info.finals, " ") {
				if final == name {
					return set, true
				}
			}
		}
	}
	return charsetASCII, false
}

// designator returns what DECCIR tells of a set.
func (s charset) designator() string {
	name, _, _ := strings.Cut(charsetInfos[s].finals, " ")
	return name
}

// shift makes G0 to G3 the set in use: SI, SO, LS2, LS3.
func (e *Emulator) shift(g uint8) {
	e.charsets.left = g
	e.updateSlow()
}

// shiftRight makes G1 to G3 the set of bytes A0 to FF: LS1R, LS2R, LS3R.
func (e *Emulator) shiftRight(g uint8) { e.charsets.right = g }

// singleShift makes G2 or G3 the set of the next character: SS2, SS3.
func (e *Emulator) singleShift(g uint8) {
	e.charsets.single = g
	e.updateSlow()
}
