package terminal

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// maxExit is the largest exit status.
const maxExit = 255

// maxRichText is the most bytes of a string in a private sequence: more than
// any that an Emulator keeps.
const maxRichText = 1 << 17

// A richReader reads a diff of RichProfile: cells with an Emulator, whose modes
// stay at their defaults, and the rest by itself.
type richReader struct {
	e    *Emulator
	s    Screen // what is not cells, cursor position and pen
	b    []byte // what is still to be read
	fail bool   // b was malformed
}

// applyRich is Apply for RichReader. What is malformed, which no peer of ours
// sends, ends the reading.
func applyRich(base *Screen, b []byte) *Screen {
	plain := *base
	plain.modes, plain.cursor.Hidden = Modes{}, false
	r := richReader{e: resume(&plain, Options{}), s: *base, b: b}
	for len(r.b) > 0 && !r.fail {
		i := bytes.IndexByte(r.b, richEscape)
		if i < 0 {
			i = len(r.b)
		}
		r.e.Write(r.b[:i])
		if r.b = r.b[i:]; len(r.b) > 0 {
			r.b = r.b[1:]
			r.op(r.byte())
		}
	}
	s := r.e.Snapshot()
	r.s.rows, r.s.pen = s.rows, s.pen
	r.s.cursor.Row, r.s.cursor.Col = s.cursor.Row, s.cursor.Col
	return &r.s
}

// op reads the arguments of a private sequence and does what it says.
func (r *richReader) op(letter byte) {
	switch letter {
	case richGlyph:
		r.glyph()
	case richRow:
		r.row()
	case richModes:
		r.modes()
	case richCursor:
		hidden, shape := r.byte(), r.byte()
		r.s.cursor.Hidden, r.s.cursor.Shape = hidden != 0, min(shape, 6)
	case richTitle:
		r.s.title = r.text()
	case richIcon:
		r.s.icon = r.text()
	case richTitled:
		r.s.titleSet = r.byte() != 0
	case richClipboard:
		if text := r.text(); validBase64([]byte(text)) {
			r.s.clipboard = text
		}
	case richBells:
		r.s.bells = r.uvarint()
	case richDirectory:
		r.s.cwd = r.text()
	case richProgress:
		r.s.progress = Progress{State: r.byte(), Percent: r.byte()}
	case richColors:
		r.colors()
	default:
		r.fail = true
	}
}

// byte takes a byte.
func (r *richReader) byte() byte {
	if len(r.b) == 0 {
		r.fail = true
		return 0
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c
}

// uvarint takes a number.
func (r *richReader) uvarint() uint64 {
	n, size := binary.Uvarint(r.b)
	if size <= 0 {
		r.fail = true
		return 0
	}
	r.b = r.b[size:]
	return n
}

// bytes takes a string, which aliases what is read.
func (r *richReader) bytes() []byte {
	n := r.uvarint()
	if n > maxRichText || n > uint64(len(r.b)) {
		r.fail = true
		return nil
	}
	s := r.b[:n]
	r.b = r.b[n:]
	return s
}

// text takes a string of text. Controls, which would reach the user's
// terminal, are as good as malformed; but DEL, which xterm keeps in titles, is
// left out only when they are written.
func (r *richReader) text() string {
	s := r.bytes()
	if !utf8.Valid(s) || bytes.ContainsFunc(s, func(c rune) bool { return isControl(c) && c != 0x7f }) {
		r.fail = true
		return ""
	}
	return string(s)
}

func isControl(r rune) bool { return r < ' ' || 0x7f <= r && r < 0xa0 }

// glyph prints a glyph of a given width.
func (r *richReader) glyph() {
	width := int(r.byte())
	text := r.bytes()
	e := r.e
	if r.fail || width < 1 || width > 2 || e.x+width > e.cols || len(text) == 0 || len(text) > clusterRoom ||
		!utf8.Valid(text) || bytes.ContainsFunc(text, isControl) {
		r.fail = true
		return
	}
	row := e.row(e.y)
	row.split(e.x)
	row.split(e.x + width)
	content := uint32(0)
	if ch, size := utf8.DecodeRune(text); size == len(text) {
		content = uint32(ch)
	} else {
		content = row.addCluster(text)
	}
	cell := e.pen.withExtra(row.addExtra(e.extra))
	row.cells[e.x] = cell.withContent(content)
	if width == 2 {
		row.cells[e.x] = cell.withContent(content | isWide)
		row.cells[e.x+1] = cell.withContent(isTail)
	}
	if e.x+width == e.cols {
		row.wrapped = false
	}
	e.moveTo(e.y, e.x+width)
}

// row sets what a row has beside its cells.
func (r *richReader) row() {
	y, flags, command, exit := r.uvarint(), r.byte(), r.uvarint(), r.uvarint()
	if r.fail || y >= uint64(r.e.rows) || command > uint64(r.e.cols) || exit > maxExit+1 {
		r.fail = true
		return
	}
	row := r.e.row(int(y))
	row.wrapped = flags&rowWrapped != 0
	row.mark = Mark{
		Prompt: flags&rowPrompt != 0, Output: flags&rowOutput != 0, End: flags&rowEnd != 0,
		Exit: int16(exit) - 1, Command: int16(command),
	}
}

func (r *richReader) modes() {
	flags := r.uvarint()
	var m Modes
	for i, on := range modeBits(&m) {
		*on = flags>>i&1 != 0
	}
	m.ModifyOtherKeys, m.KittyKeys = uint8(r.uvarint()), uint8(r.uvarint())
	m.Mouse, m.MouseEncoding = MouseMode(r.uvarint()), MouseEncoding(r.uvarint())
	if !validMouse(m) {
		r.fail = true
		return
	}
	r.s.modes = m
}

// validMouse reports whether m's mouse modes are ones that a screen has: their
// numbers reach the user's terminal.
func validMouse(m Modes) bool {
	switch m.Mouse {
	case 0, 9, 1000, 1001, 1002, 1003:
	default:
		return false
	}
	switch m.MouseEncoding {
	case 0, 1005, 1006, 1015, 1016:
		return true
	}
	return false
}

func (r *richReader) colors() {
	n := r.uvarint()
	var c Colors
	for ; n > 0 && !r.fail; n-- {
		i, color := r.uvarint(), r.uvarint()
		if i >= colorIndexEnd || color>>26 != 0 {
			r.fail = true
			return
		}
		*c.at(int(i)) = Color(color)
	}
	r.s.colors = &c
	if c == (Colors{}) {
		r.s.colors = nil
	}
}
