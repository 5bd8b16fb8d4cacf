package terminal

import "unicode/utf8"

// glyph prints the glyph of column x, which takes n columns; the reader's
// cursor is there. A glyph whose width readers disagree on stands on spaces
// and between absolute moves, so that a reader to which it has another width,
// or none, keeps the rest of the row right.
func (w *painter) glyph(y int, row *Row, x, n int) {
	c := row.cells[x].content()
	if c&isCluster == 0 && c < utf8.RuneSelf || n == 1 && c&(isWide|isTail) != 0 {
		b := byte(' ')
		if c > ' ' && c < 0x7f {
			b = byte(c)
		}
		w.dst = append(w.dst, b)
		return
	}
	if w.p.rich && w.richCell(row, x, n) {
		return
	}
	if !w.p.rich && disputedCell(row, x) {
		w.repeat(' ', n)
		w.moveAbsolute(y, x)
		w.lost = true
	}
	w.plain = c&isCluster == 0 && c < 0x300
	w.dst = w.p.appendCell(w.dst, row, x)
}

// appendCell appends the text of the cell in column x as a reader of p is to
// print it.
func (p *Profile) appendCell(dst []byte, row *Row, x int) []byte {
	c := row.cells[x].content()
	switch {
	case c&isTail != 0:
		return dst
	case c&isWide == 0 && baseWidth(row, x) == 2 && !(p.clusters && c&isCluster != 0):
		return utf8.AppendRune(dst, utf8.RuneError) // it would cover its neighbour, or wrap
	case c&isWide == 0 && p.widens != widening{} && p.widens.widens(row, x):
		return p.appendNarrow(dst, row, x)
	case c&isCluster != 0:
		return p.appendCluster(dst, row.cluster(c))
	}
	return appendGlyph(dst, rune(c&contentMask))
}

// baseWidth returns the width that readers give the base of the glyph in
// column x, whatever its cell has.
func baseWidth(row *Row, x int) int {
	c := row.cells[x].content()
	r := rune(c & contentMask)
	if c&isCluster != 0 {
		r, _ = utf8.DecodeRune(row.cluster(c))
	}
	return RuneWidth(r)
}

// appendGlyph appends a code point that has a width of its own. Controls and
// what is no code point, which no cell should hold, are replaced.
func appendGlyph(dst []byte, r rune) []byte {
	switch {
	case r < ' ' || 0x7f <= r && r < 0xa0:
		r = utf8.RuneError
	case joins(r):
		dst = append(dst, noBreakSpace...)
	}
	return utf8.AppendRune(dst, r)
}

// noBreakSpace carries marks that stand on no glyph.
const noBreakSpace = "\u00a0"

const zeroWidthJoiner = 0x200d

// appendCluster appends the text of one cell: a base and what joins it. Where
// the reader does not know clusters, a further code point with a width of its
// own ends the text, as it would take columns of its own. A joiner at the end
// is left out, since terminals would join what stands in the next cell. The
// text stays within the bytes that readers keep.
func (p *Profile) appendCluster(dst, text []byte) []byte {
	start := len(dst)
	end := start // behind the newest code point that is no joiner
	for i := 0; len(text) > 0; i++ {
		r, size := utf8.DecodeRune(text)
		text = text[size:]
		switch {
		case i == 0 && r == ' ' && len(text) > 0:
			dst = append(dst, noBreakSpace...)
		case i == 0:
			dst = appendGlyph(dst, r)
		case len(dst)+size-start > maxCluster, !joins(r) && !p.clusters:
			return dst[:end]
		case r < ' ' || 0x7f <= r && r < 0xa0:
			return dst[:end]
		default:
			dst = utf8.AppendRune(dst, r)
		}
		if r != zeroWidthJoiner || i == 0 {
			end = len(dst)
		}
	}
	return dst[:end]
}

// joins reports whether r has no width of its own.
func joins(r rune) bool { return r >= 0x300 && RuneWidth(r) == 0 }

// disputedCell reports whether readers may disagree on the width of the glyph
// in column x.
func disputedCell(row *Row, x int) bool {
	c := row.cells[x].content()
	if c&isWide != 0 && baseWidth(row, x) != 2 {
		return true
	}
	if c&isCluster == 0 {
		return disputed(rune(c & contentMask))
	}
	for text := row.cluster(c); len(text) > 0; {
		r, size := utf8.DecodeRune(text)
		if disputed(r) {
			return true
		}
		text = text[size:]
	}
	return false
}

// disputed reports whether readers may disagree on the width of r: what came
// or changed after Unicode 9, emoji, what joins and selects, jamo that complete
// a syllable.
func disputed(r rune) bool {
	switch {
	case r < 0x300:
		return r == 0xad
	case 0x2500 <= r && r < 0x25fd, 0x4e00 <= r && r < 0x9f00, 0xac00 <= r && r < 0xd7a4:
		return false // box drawing, ideographs, Hangul
	}
	lo, hi := 0, len(disputedRanges)
	for lo < hi {
		mid := (lo + hi) / 2
		switch d := disputedRanges[mid]; {
		case r < d[0]:
			hi = mid
		case r > d[1]:
			lo = mid + 1
		default:
			return true
		}
	}
	return false
}

// appendLinkPart appends what of s is printable ASCII; a ';' only where it
// does not end the part.
func appendLinkPart(dst []byte, s string, semicolon bool) []byte {
	for i := range len(s) {
		if b := s[i]; ' ' <= b && b < 0x7f && (b != ';' || semicolon) {
			dst = append(dst, b)
		}
	}
	return dst
}
