package terminal

import "unicode/utf8"

// Style is a cell's set of attributes: bits, and an underline style of three bits.
type Style uint16

// The attributes, with the SGR parameter that sets each.
const (
	Bold      Style = 1 << iota // SGR 1
	Faint                       // SGR 2
	Italic                      // SGR 3
	Blink                       // SGR 5 and 6
	Inverse                     // SGR 7
	Hidden                      // SGR 8
	Struck                      // SGR 9
	Overline                    // SGR 53
	Protected                   // DECSCA 1: spared by selective erase

	// drawn is in the pen, and so in each cell that is written, only where checksums are
	// answered (Options.Checksums), which tell written blanks from erased ones.
	drawn Style = 1 << 15

	underlineShift       = 12
	underlineMask  Style = 7 << underlineShift
)

// Underline is the style of a cell's underline, numbered as in SGR 4:n.
type Underline uint8

// The underline styles.
const (
	UnderlineNone Underline = iota
	UnderlineSingle
	UnderlineDouble
	UnderlineCurly
	UnderlineDotted
	UnderlineDashed
)

// Underline returns the underline style within s.
func (s Style) Underline() Underline { return Underline(s & underlineMask >> underlineShift) }

// WithUnderline returns s with its underline style replaced by u.
func (s Style) WithUnderline(u Underline) Style {
	return s&^underlineMask | Style(u)<<underlineShift&underlineMask
}

// The layout of a cell's content: a code point, or the place of a cluster in
// the row's text, in the low bits, and flags above.
const (
	contentMask  uint32 = 1<<21 - 1 // a code point, or the offset of a cluster
	clusterShift        = 21
	clusterMask  uint32 = 1<<6 - 1 // a cluster's length in bytes, shifted by clusterShift
	isCluster    uint32 = 1 << 31  // the low bits say where in Row.text the cluster stands
	isWide       uint32 = 1 << 30  // left half of a glyph of two columns
	isTail       uint32 = 1 << 29  // right half; the low bits are zero
)

// maxCluster is the most bytes of text that a cell holds: enough for every
// emoji sequence in use (a family of four with skin tones has 41, of which the
// tones go), and what stock peers keep. Further marks are dropped.
const maxCluster = 32

// clusterRoom is the most bytes of a cell: a stock peer adds a last mark to
// any cell that has less than maxCluster.
const clusterRoom = maxCluster + utf8.UTFMax - 1

// A Cell is one column of a row: 16 bytes, so that a screen of 200x50 is
// 160 KB and a run of cells is cleared by copying; two words, so that the hot
// loops store two and compare two. What does not fit (text of several code
// points, underline colour, link) stands in the row's side tables, so that it
// lives exactly as long as the row does.
//
// A blank cell holds a space: erasing and printing spaces are the same.
type Cell struct {
	lo uint64 // content, foreground << 32
	hi uint64 // background, style << 32, extra << 48
}

// blankCell is a blank in default colours.
var blankCell = Cell{lo: ' '}

// newCell returns a cell. extra is an index+1 into the row's extras, 0 for none.
func newCell(content uint32, fg, bg Color, style Style, extra uint16) Cell {
	return Cell{
		lo: uint64(content) | uint64(fg)<<32,
		hi: uint64(bg) | uint64(style)<<32 | uint64(extra)<<48,
	}
}

func (c Cell) content() uint32 { return uint32(c.lo) }
func (c Cell) extra() uint16   { return uint16(c.hi >> 48) }

// withContent returns c with its content replaced.
func (c Cell) withContent(content uint32) Cell {
	c.lo = c.lo&^0xffffffff | uint64(content)
	return c
}

// withExtra returns c with its extra's index+1 replaced.
func (c Cell) withExtra(i uint16) Cell {
	c.hi = c.hi&^(0xffff<<48) | uint64(i)<<48
	return c
}

// Fg returns the foreground colour.
func (c Cell) Fg() Color { return Color(c.lo >> 32) }

// Bg returns the background colour.
func (c Cell) Bg() Color { return Color(c.hi) }

// Style returns the attributes.
func (c Cell) Style() Style { return Style(c.hi>>32) &^ drawn }

func (c Cell) isDrawn() bool { return Style(c.hi>>32)&drawn != 0 }

// withoutDrawn returns c as one that was not written.
func (c Cell) withoutDrawn() Cell {
	c.hi &^= uint64(drawn) << 32
	return c
}

// Width returns the columns that the glyph takes: 2 for the left half of a
// wide glyph, 0 for the right half, else 1.
func (c Cell) Width() int {
	switch {
	case uint32(c.lo)&isWide != 0:
		return 2
	case uint32(c.lo)&isTail != 0:
		return 0
	}
	return 1
}

// IsBlank reports whether c shows no glyph (its colours may still show).
func (c Cell) IsBlank() bool { return uint32(c.lo) == ' ' }

// An Extra is what few cells have: an underline colour and a link.
type Extra struct {
	UnderlineColor Color
	Link           Link
}

// isSet reports whether x is not the zero Extra. There is no link without URI.
func (x *Extra) isSet() bool { return x.UnderlineColor != 0 || x.Link.URI != "" }

// A Link is an OSC 8 hyperlink. The zero value means none.
type Link struct {
	Params string // "id=..." and the like, verbatim
	URI    string
}
