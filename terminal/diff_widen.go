package terminal

import "unicode/utf8"

// widening says what the reader takes two columns for where the screen has one. Printed as
// it is, such a glyph would cover its right neighbour.
type widening struct {
	selector, indicator, ambiguous bool
}

const (
	emojiSelector = 0xfe0f
	firstFlag     = 0x1f1e6 // regional indicator A
	lastFlag      = 0x1f1ff // and Z
)

// widens reports whether the reader takes two columns for the glyph in column x.
func (w widening) widens(row *Row, x int) bool {
	c := row.cells[x].content()
	if c&isCluster == 0 {
		return w.rune(rune(c & contentMask))
	}
	for i, text := 0, row.cluster(c); len(text) > 0; i++ {
		r, size := utf8.DecodeRune(text)
		if text = text[size:]; i == 0 && w.rune(r) || w.selector && r == emojiSelector {
			return true
		}
	}
	return false
}

func (w widening) rune(r rune) bool {
	return w.indicator && firstFlag <= r && r <= lastFlag ||
		w.ambiguous && IsAmbiguous(r)
}

// appendNarrow appends the glyph of column x, which the reader would widen, as something
// that takes one column: an emoji without its selector, the letter of a regional
// indicator, and a question mark or ASCII's lines for an ambiguous character.
func (p *Profile) appendNarrow(dst []byte, row *Row, x int) []byte {
	c := row.cells[x].content()
	text := utf8.AppendRune(nil, rune(c&contentMask))
	if c&isCluster != 0 {
		text = row.cluster(c)
	}
	r, _ := utf8.DecodeRune(text)
	switch {
	case firstFlag <= r && r <= lastFlag:
		return append(dst, byte('A'+r-firstFlag))
	case p.widens.rune(r):
		return append(dst, plainLine(r))
	}
	var kept []byte
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r != emojiSelector {
			kept = append(kept, text[:size]...)
		}
		text = text[size:]
	}
	return p.appendCluster(dst, kept)
}

// plainLine returns what stands for an ambiguous character in one column.
func plainLine(r rune) byte {
	switch {
	case r == 0x2500 || r == 0x2501 || r == 0x2550:
		return '-'
	case r == 0x2502 || r == 0x2503 || r == 0x2551:
		return '|'
	case 0x250c <= r && r <= 0x256c:
		return '+'
	}
	return '?'
}
