package terminal

import (
	"bytes"
	"unicode/utf8"
)

// This file is the dialect of a stock peer: what its emulator does with the
// sequences that it knows, where that differs (docs/terminal.md). A stock
// server's host bytes are computed for it. All else it ignores.

// stockCSI runs a control sequence. All but SGR, DECSET, DECRST and tabs
// cancel a wrap that is pending, even those that it does not know.
func (e *Emulator) stockCSI() {
	p := &e.p
	switch {
	case p.ninter == 0 && p.prefix == 0:
		e.stockPlain()
		return
	case p.ninter == 0 && p.prefix == '?' && (p.final == 'h' || p.final == 'l'):
		for i := range p.count() {
			e.stockMode(p.params[i], p.final == 'h')
		}
		return
	}
	e.pending = false
	switch {
	case p.ninter == 0 && p.prefix == '>' && p.final == 'c': // DA2
		e.reportSecondary()
	case p.ninter == 1 && p.prefix == 0 && p.inter[0] == '!' && p.final == 'p': // DECSTR
		for _, m := range []mode{modeInsert, modeOrigin, modeAppCursor} {
			e.modes.set(m, false)
		}
		e.modes.set(modeCursor, true)
		e.pen, e.extra, e.saved = Cell{}, Extra{}, savedCursor{}
		e.resetMargins()
	}
}

// stockPlain runs CSI params final.
func (e *Emulator) stockPlain() {
	p := &e.p
	switch p.final {
	case 'm':
		e.stockSGR()
		return
	case 'I', 'Z', 'g':
		e.csiPlain()
		return
	}
	e.pending = false
	n := p.param(0, 1)
	switch p.final {
	case 'A', 'B', 'C', 'D', 'H', 'f', 'G', '`', 'd', 'J', 'K', 'X', '@', 'P', 'r':
		e.csiPlain()
	case 'L', 'M':
		if e.insideMargins() {
			e.csiPlain()
		}
		e.x = 0
	case 'S':
		e.scrollUp(e.top, e.bottom, n)
	case 'T':
		e.scrollDown(e.top, e.bottom, n)
	case 'h', 'l':
		for i := range p.count() {
			if p.params[i] == 4 {
				e.setMode(modeInsert, p.final == 'h')
			}
		}
	case 'n':
		switch p.param(0, 0) {
		case 5:
			e.reply("\x1b[0n")
		case 6: // absolute even in origin mode
			e.reply("\x1b[" + itoa(e.y+1) + ";" + itoa(e.x+1) + "R")
		}
	case 'c':
		e.reportAttributes()
	}
}

// stockMode sets or resets a DEC mode. Mouse modes are one value, and so are
// their encodings: the last one set counts, resetting any resets all.
func (e *Emulator) stockMode(n int32, on bool) {
	m := decMode(n)
	switch m {
	case modeColumns:
		e.moveTo(0, 0)
		e.eraseRows(0, e.rows)
		return
	case modeOrigin:
		pending := e.pending
		e.moveTo(0, 0) // by the old setting
		e.pending = pending
	case modeMouseX10, modeMouseButtons, modeMouseHilite, modeMouseDrag, modeMouseAny:
		e.resetModes(modeMouseX10, modeMouseButtons, modeMouseHilite, modeMouseDrag, modeMouseAny)
	case modeMouseUTF8, modeMouseSGR, modeMouseURXVT:
		e.resetModes(modeMouseUTF8, modeMouseSGR, modeMouseURXVT)
	case modeAppCursor, modeReverse, modeAutowrap, modeCursor, modeFocus, modePaste, modeAltScroll:
	default:
		return
	}
	e.modes.set(m, on)
	e.updateSlow()
}

// stockSGR is SGR with what a stock peer knows; the rest is skipped one number
// at a time, the parts of a colour cut short too.
func (e *Emulator) stockSGR() {
	p := &e.p
	n := p.count()
	for i := 0; i < n; i++ {
		v := p.params[i]
		switch {
		case v == 0 || v > 65535:
			e.plain()
		case v == 1:
			e.add(Bold)
		case v == 3:
			e.add(Italic)
		case v == 4:
			e.underline(UnderlineSingle)
		case v == 5:
			e.add(Blink)
		case v == 7:
			e.add(Inverse)
		case v == 8:
			e.add(Hidden)
		case v == 22:
			e.remove(Bold)
		case v == 23:
			e.remove(Italic)
		case v == 24:
			e.underline(UnderlineNone)
		case v == 25:
			e.remove(Blink)
		case v == 27:
			e.remove(Inverse)
		case v == 28:
			e.remove(Hidden)
		case (v == 38 || v == 48) && i+2 < n && p.params[i+1] == 5:
			if c := p.params[i+2]; c <= 255 {
				e.setColor(v, colorPalette|Color(c))
			}
			i += 2
		case (v == 38 || v == 48) && i+4 < n && p.params[i+1] == 2:
			r, g, b := Color(p.params[i+2]), Color(p.params[i+3]), Color(p.params[i+4])
			e.setColor(v, colorRGB|(r<<16|g<<8|b)&0xffffff)
			i += 4
		case v == 39:
			e.setFg(0)
		case v == 49:
			e.setBg(0)
		case v >= 30 && v <= 37:
			e.setFg(colorPalette | Color(v-30))
		case v >= 40 && v <= 47:
			e.setBg(colorPalette | Color(v-40))
		case v >= 90 && v <= 97:
			e.setFg(colorPalette | Color(v-90+8))
		case v >= 100 && v <= 107:
			e.setBg(colorPalette | Color(v-100+8))
		}
	}
}

// stockEscape runs ESC inter final; every one cancels a wrap that is pending.
func (e *Emulator) stockEscape() {
	p := &e.p
	e.pending = false
	if p.ninter == 1 && p.inter[0] == '#' && p.final == '8' { // DECALN
		for y := range e.lines {
			fillCells(e.row(y).cells, e.erased().withContent('E'))
		}
		return
	}
	if p.ninter == 0 {
		switch p.final {
		case '7', '8', 'D', 'E', 'H', 'M', 'c':
			e.escapePlain()
		}
	}
}

// stockString runs an OSC string: OSC 0, 1 and 2 with one digit or none, the
// clipboard proper, and links.
func (e *Emulator) stockString() {
	if e.p.kind != ']' {
		return
	}
	s := e.p.str
	number, text, found := bytes.Cut(s, []byte{';'})
	if !found {
		return
	}
	switch string(number) {
	case "", "0", "1", "2":
		which := 0
		if len(number) == 1 {
			which = int(number[0] - '0')
		}
		e.setNames(which, firstRunes(cleanText(text, utf8.UTFMax*len(text)), maxStockTitle-1-len(number)))
	case "52":
		if data, ok := bytes.CutPrefix(text, []byte("c;")); ok {
			e.names.clipboard = string(data[:min(len(data), maxClipboardState)])
		}
	case "8":
		e.setLink(text)
	}
}

// firstRunes returns the first n code points of s.
func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// stockCombine joins a mark to the glyph printed last or, after a motion, to
// the one under the cursor. A blank becomes a no-break space with the mark, and
// the cursor goes on.
func (e *Emulator) stockCombine(r rune) {
	x := e.x
	printed := e.joinX == e.x && e.joinY == e.y
	if printed {
		var ok bool
		if x, ok = e.lastGlyph(); !ok {
			return
		}
	}
	row := e.row(e.y)
	if !row.cells[x].IsBlank() || printed && e.last == ' ' {
		e.appendTo(row, x, r)
		return
	}
	row.cells[x] = row.cells[x].withContent(0xa0)
	e.appendTo(row, x, r)
	if e.x++; e.x == e.cols {
		e.x, e.pending = e.cols-1, true
	}
	e.last = r
	e.joinX, e.joinY = e.x, e.y
}
