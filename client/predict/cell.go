package predict

import (
	"slices"

	"roam/terminal"
)

// A glyph is what a cell shows.
type glyph struct {
	text  string // a character and its marks; " " for a blank, "" for the right half of a wide one
	width int8   // 1 or 2; 0 for the right half
	pen   terminal.Pen
}

// isBlank reports whether g shows nothing but its background.
func (g glyph) isBlank() bool { return g.text == " " || g.text == "\u00a0" }

// printable holds ASCII's printable characters, so that the text of most
// cells needs no memory of its own.
const printable = ` !"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_` + "`abcdefghijklmnopqrstuvwxyz{|}~"

// asText returns b as a string.
func asText(b []byte) string {
	if len(b) == 1 && b[0] >= 0x20 && b[0] < 0x7f {
		i := b[0] - 0x20
		return printable[i : i+1]
	}
	return string(b)
}

// maxText is the most bytes of a cell's text, as in the terminal.
const maxText = 32

// textOf returns the text of a cell of a row.
func textOf(r *terminal.Row, col int) string {
	var buf [maxText]byte
	return asText(r.AppendText(buf[:0], col))
}

// glyphOf returns what a cell of a row shows.
func glyphOf(r *terminal.Row, col int) glyph {
	c := r.Cell(col)
	return glyph{
		text:  textOf(r, col),
		width: int8(c.Width()),
		pen:   terminal.Pen{Fg: c.Fg(), Bg: c.Bg(), Style: c.Style(), Extra: r.Extra(col)},
	}
}

// isDim reports whether c looks like the text that some shells offer to the
// right of the cursor: faint or grey.
func isDim(c terminal.Cell) bool { return !c.IsBlank() && isDimPen(c.Fg(), c.Style()) }

// isDimPen reports whether a pen writes faint or grey text.
func isDimPen(fg terminal.Color, style terminal.Style) bool {
	if style&terminal.Faint != 0 {
		return true
	}
	if n, ok := fg.Palette(); ok {
		return n == 8 || n >= 236 && n <= 248 // bright black; the middle of the grey ramp
	}
	r, g, b, ok := fg.RGB()
	return ok && max(r, g, b)-min(r, g, b) <= 24 && r >= 0x40 && r <= 0xa8
}

// A version is one guess at a cell.
type version struct {
	glyph
	key     uint64 // the key that it follows from; 0 for none
	due     uint64 // the state that carries that key
	epoch   uint64
	unknown bool // the cell will change, but to what is not known
	typed   bool // the key's own glyph, not one that it moved
	proved  bool // counted as evidence already
}

// A slot holds the guesses at one cell.
type slot struct {
	top   version
	under version // what was visible before a hidden top came over it
	was   []past  // what the cell showed before: the server's text, then guesses

	offered bool // what it showed was dim: text that a shell offered
}

// A past is what a cell showed before a guess.
type past struct {
	text    string
	key     uint64 // that it followed from; 0 for the server's text
	unknown bool
}

// maxWas bounds the list of what a cell showed before. A cell that was guessed
// at more often is no evidence.
const maxWas = 16

// active reports whether there is a guess.
func (s *slot) active() bool { return s.top.key != 0 }

// A verdict says what a screen makes of a guess at a cell.
type verdict uint8

const (
	pending verdict = iota // the server had no time to show it
	neutral                // it holds, which proves nothing
	credit                 // it holds, and the server must have echoed the key
	wrong
)

// verdictOf judges the newest guess of s at column col of r, the row as the
// server shows it, nil if there is none. decided says that the server had
// time to echo the key (docs/prediction.md, "Verdicts").
func verdictOf(s *slot, r *terminal.Row, col int, decided bool) verdict {
	switch {
	case r == nil || col >= r.Len():
		if decided {
			return wrong
		}
		return pending
	case !decided:
		return pending
	case s.top.unknown || s.top.width == 0:
		return neutral
	}
	text := textOf(r, col)
	blank := text == "" || glyph{text: text}.isBlank()
	switch {
	case s.top.isBlank():
		before := glyph{text: s.was[0].text}
		if blank || before.isBlank() || before.text == "" || isDim(r.Cell(col)) {
			return neutral
		}
		return wrong
	case text != s.top.text:
		return wrong
	case len(s.was) >= maxWas || slices.ContainsFunc(s.was, func(p past) bool { return p.text == text }):
		return neutral
	}
	return credit
}

// sameText reports whether column col of r shows the text of g, two blanks of
// any kind being equal.
func sameText(r *terminal.Row, col int, g glyph) bool {
	if r == nil || col >= r.Len() {
		return false
	}
	if r.Cell(col).IsBlank() {
		return g.isBlank()
	}
	text := textOf(r, col)
	return text == g.text || g.isBlank() && glyph{text: text}.isBlank()
}
