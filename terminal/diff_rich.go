package terminal

import (
	"encoding/binary"
	"unicode/utf8"
)

// RichProfile is what a roam client understands: host bytes for an Emulator of
// our own kind, and private sequences for what no standard one says. A reader
// that shows from shows to after it, bit for bit (RichReader).
//
// A private sequence is richEscape, a letter, and its arguments: bytes,
// unsigned varints, and strings behind their length (docs/terminal.md). No
// program's output reaches a reader of diffs, so that none can produce one.
var RichProfile = &Profile{
	styles: ^Style(0), underlines: true, underlineColor: true, colors: 1 << 24, links: linksBEL, keepPen: true,
	erase: true, ech: true, bce: true, wraps: true, corner: true, scroll: true, panes: true,
	clusters: true, rich: true,
}

// richEscape introduces a private sequence: a control character (US) that no
// terminal acts on.
const richEscape = 0x1f

// The private sequences.
const (
	richGlyph     = 'g' // width byte, text: one cell's glyph at the cursor, with the pen
	richRow       = 'r' // row, flags byte, column of the command, exit status + 1
	richModes     = 'm' // the flags of modeFlags, ModifyOtherKeys, KittyKeys, Mouse, MouseEncoding
	richCursor    = 'c' // hidden byte, shape byte
	richTitle     = 't' // window title
	richIcon      = 'i' // icon name
	richTitled    = 's' // byte: whether a title was ever set
	richClipboard = 'b' // base64
	richBells     = 'a' // the count
	richDirectory = 'd' // working directory
	richProgress  = 'p' // state byte, percent byte
	richColors    = 'k' // how many, then each index and colour; the others are not set
)

// The flags of richRow.
const (
	rowWrapped = 1 << iota // the text goes on in the next row
	rowPrompt              // a prompt begins
	rowOutput              // the output of a command begins
	rowEnd                 // it has ended
)

// The indices of richColors behind the palette's 256.
const (
	colorIndexFg = 256 + iota
	colorIndexBg
	colorIndexCursor
	colorIndexEnd
)

// op begins a private sequence.
func (w *painter) op(letter byte, args ...byte) {
	w.dst = append(append(w.dst, richEscape, letter), args...)
}

func (w *painter) uvarint(n uint64) { w.dst = binary.AppendUvarint(w.dst, n) }

func (w *painter) text(s string) {
	w.uvarint(uint64(len(s)))
	w.dst = append(w.dst, s...)
}

// blankState is the state of a reader just made.
var blankState Screen

// state writes everything of the target but its cells, cursor position and pen.
func (w *painter) state(from *Screen) {
	if from == nil {
		from = &blankState
	}
	to := w.to
	if from.modes != to.modes {
		w.op(richModes)
		w.uvarint(modeFlags(to.modes))
		w.uvarint(uint64(to.modes.ModifyOtherKeys))
		w.uvarint(uint64(to.modes.KittyKeys))
		w.uvarint(uint64(to.modes.Mouse))
		w.uvarint(uint64(to.modes.MouseEncoding))
	}
	if from.cursor.Hidden != to.cursor.Hidden || from.cursor.Shape != to.cursor.Shape {
		w.op(richCursor, byte(b2i(to.cursor.Hidden)), to.cursor.Shape)
	}
	w.changedText(richTitle, from.title, to.title)
	w.changedText(richIcon, from.icon, to.icon)
	w.changedText(richClipboard, from.clipboard, to.clipboard)
	w.changedText(richDirectory, from.cwd, to.cwd)
	if from.titleSet != to.titleSet {
		w.op(richTitled, byte(b2i(to.titleSet)))
	}
	if from.bells != to.bells {
		w.op(richBells)
		w.uvarint(to.bells)
	}
	if from.progress != to.progress {
		w.op(richProgress, to.progress.State, to.progress.Percent)
	}
	if !from.colors.equal(to.colors) {
		w.colors(to.colors)
	}
}

func (w *painter) changedText(letter byte, was, is string) {
	if was != is {
		w.op(letter)
		w.text(is)
	}
}

// colors writes all colours that are set.
func (w *painter) colors(c *Colors) {
	n := 0
	for i := range colorIndexEnd {
		n += b2i(*c.at(i) != 0)
	}
	w.op(richColors)
	w.uvarint(uint64(n))
	for i := range colorIndexEnd {
		if color := *c.at(i); color != 0 {
			w.uvarint(uint64(i))
			w.uvarint(uint64(color))
		}
	}
}

// at returns the colour of an index of richColors.
func (c *Colors) at(i int) *Color {
	switch {
	case c == nil:
		return new(Color)
	case i == colorIndexFg:
		return &c.Fg
	case i == colorIndexBg:
		return &c.Bg
	case i == colorIndexCursor:
		return &c.Cursor
	}
	return &c.Palette[i]
}

// equal reports whether c and o set the same colours; nil sets none.
func (c *Colors) equal(o *Colors) bool {
	switch {
	case c == o:
		return true
	case c == nil:
		return *o == Colors{}
	case o == nil:
		return *c == Colors{}
	}
	return *c == *o
}

// modeBits lists the flags of m, lowest bit first.
func modeBits(m *Modes) []*bool {
	return []*bool{
		&m.ReverseVideo, &m.AppCursor, &m.AppKeypad, &m.BracketedPaste, &m.FocusEvents, &m.AltScroll,
		&m.Clusters, &m.ColorScheme, &m.InBandResize, &m.AlternateScreen,
	}
}

func modeFlags(m Modes) (flags uint64) {
	for i, on := range modeBits(&m) {
		flags |= uint64(b2i(*on)) << i
	}
	return flags
}

// rowState writes what a row has beside its cells, if painting may have
// changed it or it differs.
func (w *painter) rowState(y int, old, row *Row, painted bool) {
	var wasWrapped bool
	var wasMark Mark
	if old != nil {
		wasWrapped, wasMark = old.wrapped, old.mark
	}
	nothing := !row.wrapped && !wasWrapped && row.mark == Mark{} && wasMark == Mark{}
	if nothing || !painted && row.wrapped == wasWrapped && row.mark == wasMark {
		return
	}
	m := row.mark
	w.op(richRow)
	w.uvarint(uint64(y))
	w.dst = append(w.dst, byte(b2i(row.wrapped)*rowWrapped|b2i(m.Prompt)*rowPrompt|b2i(m.Output)*rowOutput|b2i(m.End)*rowEnd))
	w.uvarint(uint64(m.Command))
	w.uvarint(uint64(m.Exit + 1))
}

// richCell prints the glyph of column x, which takes n columns, as it is kept
// and not as a reader would measure it. It reports whether there was need to.
func (w *painter) richCell(row *Row, x, n int) bool {
	if measured(row, x, n) {
		return false
	}
	var buf [clusterRoom + utf8.UTFMax]byte
	text := row.AppendText(buf[:0], x)
	w.op(richGlyph, byte(n))
	w.uvarint(uint64(len(text)))
	w.dst = append(w.dst, text...)
	return true
}

// measured reports whether every reader gives the glyph of column x, of n
// columns, its width by itself.
func measured(row *Row, x, n int) bool {
	c := row.cells[x].content()
	r := rune(c & contentMask)
	return c&isCluster == 0 && RuneWidth(r) == n && !disputed(r)
}
