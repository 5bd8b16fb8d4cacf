package terminal

import (
	"unicode"
	"unicode/utf8"
)

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
	if disputedCell(row, x) {
		w.repeat(' ', n)
		w.moveAbsolute(y, x)
		w.lost = true
	}
	w.plain = c&isCluster == 0 && c < 0x300
	if c&isCluster != 0 {
		w.dst = w.p.appendCluster(w.dst, row.cluster(c))
		return
	}
	w.dst = appendGlyph(w.dst, rune(c&contentMask))
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
func joins(r rune) bool {
	return r >= 0x300 && (unicode.In(r, unicode.Mn, unicode.Me) ||
		r == zeroWidthJoiner || unicode.Is(unicode.Cf, r))
}

// disputedCell reports whether readers may disagree on the width of the glyph
// in column x.
func disputedCell(row *Row, x int) bool {
	c := row.cells[x].content()
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

// disputed reports whether r's width changed since Unicode 9, r came later,
// or terminals are known to disagree: all of emoji, variation selectors and
// joiners, the soft hyphen, conjoining Hangul.
func disputed(r rune) bool {
	if r < 0x300 {
		return r == 0xad
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

// disputedRanges holds the ranges of disputed code points, in order.
var disputedRanges = [...][2]rune{
	{0x1160, 0x11ff}, {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0x231a, 0x231b}, {0x23e9, 0x23f3},
	{0x25fd, 0x27bf}, {0x2b00, 0x2bff}, {0x3030, 0x3030}, {0x303d, 0x303d}, {0x3297, 0x3299}, {0x4dc0, 0x4dff},
	{0xa960, 0xa97f}, {0xd7b0, 0xd7ff}, {0xe000, 0xf8ff}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffc}, {0x1f000, 0x1fbff}, {0x20000, 0x10ffff},
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
