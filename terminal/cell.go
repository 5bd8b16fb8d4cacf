package terminal

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

// The layout of Cell.content: a code point, or the index of a cluster in the
// row's side table, in the low 21 bits, and flags above.
const (
	contentMask uint32 = 1<<21 - 1
	isCluster   uint32 = 1 << 31 // the low bits index the row's clusters
	isWide      uint32 = 1 << 30 // left half of a glyph of two columns
	isTail      uint32 = 1 << 29 // right half; the low bits are zero
)

// A Cell is one column of a row: 16 bytes, so that a screen of 200x50 is
// 160 KB and a run of cells is cleared by copying. What does not fit (text of
// several code points, underline colour, link) stands in the row's side table,
// so that it lives exactly as long as the row does.
//
// A blank cell holds a space: erasing and printing spaces are the same.
type Cell struct {
	content uint32
	fg, bg  Color
	style   Style
	extra   uint16 // index+1 into the row's extras; 0 for none
}

// Fg returns the foreground colour.
func (c Cell) Fg() Color { return c.fg }

// Bg returns the background colour.
func (c Cell) Bg() Color { return c.bg }

// Style returns the attributes.
func (c Cell) Style() Style { return c.style }

// Width returns the columns that the glyph takes: 2 for the left half of a
// wide glyph, 0 for the right half, else 1.
func (c Cell) Width() int {
	switch {
	case c.content&isWide != 0:
		return 2
	case c.content&isTail != 0:
		return 0
	}
	return 1
}

// IsBlank reports whether c shows no glyph (its colours may still show).
func (c Cell) IsBlank() bool { return c.content == ' ' }

// An Extra is what few cells have: an underline colour and a link.
type Extra struct {
	UnderlineColor Color
	Link           Link
}

// A Link is an OSC 8 hyperlink. The zero value means none.
type Link struct {
	Params string // "id=..." and the like, verbatim
	URI    string
}
