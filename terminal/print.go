package terminal

import "unicode/utf8"

// updateSlow decides which way text takes, after a mode has changed.
func (e *Emulator) updateSlow() {
	e.slowText = e.modes.on(modeInsert) || e.charsets.active() || e.stock && e.modes.on(modeOrigin)
	e.slowRunes = e.slowText || e.modes.on(modeClusters)
}

// printASCII prints a run of bytes 20-7E.
func (e *Emulator) printASCII(b []byte) {
	if e.slowText {
		for _, c := range b {
			if e.charsets.active() {
				e.printSet(c)
			} else {
				e.printGlyph(rune(c))
			}
		}
		return
	}
	if e.slowRunes {
		// Of ASCII only the first can join the cluster before it.
		e.printGlyph(rune(b[0]))
		if b = b[1:]; len(b) == 0 {
			return
		}
		e.cluster.start(classOf(rune(b[len(b)-1])))
	}
	for len(b) > 0 {
		if e.pending {
			switch {
			case e.modes.on(modeAutowrap):
				e.wrapLine(false)
			case e.x == e.rightEdge(e.x): // not after CBT
				b = b[len(b)-1:] // all glyphs overwrite the last column
			}
			e.pending = false
		}
		r := e.lines[e.y]
		if r.shared {
			r = e.own(e.y)
		}
		edge := e.rightEdge(e.x) + 1
		cells := r.cells[e.x:edge]
		n := min(len(b), len(cells))
		cells = cells[:n]
		if cells[0].lo&uint64(isTail) != 0 {
			r.split(e.x)
		}
		if end := e.x + n; end < len(r.cells) && r.cells[end].lo&uint64(isTail) != 0 {
			r.split(end)
		}
		lo, hi := e.pen.lo, e.pen.hi
		if e.extra.isSet() {
			hi |= uint64(r.addExtra(e.extra)) << 48
		}
		s := b[:n]
		for i := range cells {
			cells[i] = Cell{lo: lo | uint64(s[i]), hi: hi}
		}
		b = b[n:]
		e.last = rune(s[n-1])
		if e.x += n; e.x == edge {
			e.x--
			e.pending = true
			if edge == e.cols {
				r.wrapped = false // until the text really goes on
			}
		}
	}
	e.joinX, e.joinY = e.x, e.y
}

// printUTF8 prints the code points at the front of b, of which the first is
// not ASCII, and returns how many bytes it took: all up to a control or the
// end of the input. A code point that goes on in the next write is kept by the
// parser.
func (e *Emulator) printUTF8(b []byte) int {
	if e.charsets.single != 0 { // no set has these
		e.charsets.single = 0
		e.updateSlow()
	}
	if e.charsets.rightActive() {
		return e.printRight(b)
	}
	i := 0
	for i < len(b) {
		if b[i] < 0x80 {
			return i
		}
		if !e.slowRunes && !e.pending {
			if n := e.printRun(b[i:]); n > 0 {
				i += n
				continue
			}
		}
		r, size := utf8.DecodeRune(b[i:])
		switch {
		case r == utf8.RuneError && size == 1: // malformed, or cut by the end
			n, t := e.p.continueRune(b[i:])
			i += n
			if t == tokenNone {
				return i
			}
			e.printGlyph(e.p.char)
		case r < 0xa0: // a C1 control
			e.p.part[0], e.p.npart = b[i], 1
			return i + 1
		default:
			i += size
			e.printGlyph(r)
		}
	}
	return i
}

// printRun prints the code points at the front of b that need no look at
// anything but their width, as far as the row goes, and returns how many bytes
// they took.
func (e *Emulator) printRun(b []byte) int {
	row := e.row(e.y)
	edge := e.rightEdge(e.x) + 1
	cells, x, i := row.cells[:edge], e.x, 0
	lo, hi := e.pen.lo, e.pen.hi
	if e.extra.isSet() {
		hi |= uint64(row.addExtra(e.extra)) << 48
	}
	last := e.last
	for i < len(b) {
		var r rune
		size := 3
		c := b[i]
		if c >= 0xe1 && c <= 0xec && i+2 < len(b) && b[i+1]&0xc0 == 0x80 && b[i+2]&0xc0 == 0x80 {
			r = rune(c&15)<<12 | rune(b[i+1]&63)<<6 | rune(b[i+2]&63)
		} else if c < 0x80 {
			break
		} else if r, size = utf8.DecodeRune(b[i:]); r < 0xa0 || r == utf8.RuneError && size == 1 {
			break
		}
		w := 2
		if r < 0x3400 || r > 0x9fff {
			class := classOf(r)
			w = class.width()
			if class&classAmbiguous != 0 && e.opts.AmbiguousWide {
				w = 2
			}
		}
		if w == 0 || x+w > len(cells) {
			break
		}
		if i == 0 && cells[x].lo&uint64(isTail) != 0 {
			row.split(x)
		}
		if w == 2 {
			cells[x] = Cell{lo: lo | uint64(uint32(r)|isWide), hi: hi}
			cells[x+1] = Cell{lo: lo | uint64(isTail), hi: hi}
		} else {
			cells[x] = Cell{lo: lo | uint64(uint32(r)), hi: hi}
		}
		x += w
		i += size
		last = r
	}
	if i == 0 {
		return 0
	}
	if x < e.cols {
		if c := &row.cells[x]; c.lo&uint64(isTail) != 0 { // its left half was overwritten
			*c = c.withContent(' ')
		}
	} else {
		row.wrapped = false // until the text really goes on
	}
	if x == edge {
		x--
		e.pending = true
	}
	e.x, e.last = x, last
	e.joinX, e.joinY = x, e.y
	return i
}

// putHere writes a glyph of w columns for which there is room at the cursor.
func (e *Emulator) putHere(r rune, w int) {
	row := e.lines[e.y]
	if row.shared {
		row = e.own(e.y)
	}
	x := e.x
	cells := row.cells
	if cells[x].lo&uint64(isTail) != 0 {
		row.split(x)
	}
	if x+w < len(cells) && cells[x+w].lo&uint64(isTail) != 0 {
		row.split(x + w)
	}
	hi := e.pen.hi
	if e.extra.isSet() {
		hi |= uint64(row.addExtra(e.extra)) << 48
	}
	if w == 2 {
		cells[x] = Cell{lo: e.pen.lo | uint64(uint32(r)|isWide), hi: hi}
		cells[x+1] = Cell{lo: e.pen.lo | uint64(isTail), hi: hi}
	} else {
		cells[x] = Cell{lo: e.pen.lo | uint64(uint32(r)), hi: hi}
	}
	e.last = r
	e.x = x + w
	if e.x > e.rightEdge(x) {
		e.pending = true
		if e.x == e.cols {
			row.wrapped = false // until the text really goes on
		}
		e.x--
	}
	if e.stock && e.modes.on(modeOrigin) {
		// Going on is a motion there, which the margins confine.
		e.y = min(max(e.y, e.top), e.bottom)
	}
	e.joinX, e.joinY = e.x, e.y
}

// rightEdge returns the last column that text which starts in column x
// reaches: the right margin, or the screen's edge behind it.
func (e *Emulator) rightEdge(x int) int {
	if x > e.right {
		return e.cols - 1
	}
	return e.right
}

// put writes a glyph of w columns, 1 or 2, after wrapping if need be.
func (e *Emulator) put(r rune, w int) {
	wrap := e.modes.on(modeAutowrap)
	if e.pending && wrap {
		e.wrapLine(false)
	}
	e.pending = false
	edge := e.rightEdge(e.x)
	if e.x+w-1 > edge {
		// A wide glyph with one column left.
		if !wrap || e.cols < 2 || e.left == edge {
			e.pending = true
			return // half of it would have no place
		}
		e.eraseCells(e.y, e.x, e.x+1)
		if e.stock { // this is no soft wrap there
			e.x = 0
			e.index()
		} else {
			e.wrapLine(true)
		}
		if e.x+1 > e.rightEdge(e.x) {
			return
		}
	}
	if e.modes.on(modeInsert) && e.x >= e.left && e.x <= e.right {
		e.insertCells(e.y, e.x, e.right, w)
	}
	e.putHere(r, w)
}

// wrapLine goes on in the next row, and notes that the text does; short says
// that the last column is left free.
func (e *Emulator) wrapLine(short bool) {
	e.pending = false
	r := e.row(e.y)
	r.wrapped, r.short = true, short
	e.x = e.wrapColumn()
	e.index()
}

// wrapColumn returns where a wrapped line goes on.
func (e *Emulator) wrapColumn() int {
	if e.x >= e.left {
		return e.left
	}
	return 0
}

// printGlyph prints any code point from 20 up, with all modes in force. Character
// sets are behind it: printSet and printRight.
func (e *Emulator) printGlyph(r rune) {
	class := classOf(r)
	w := class.width()
	if class&classAmbiguous != 0 && e.opts.AmbiguousWide {
		w = 2
	}
	if e.modes.on(modeClusters) && e.join(r, class) {
		return
	}
	if w == 0 {
		e.combine(r)
		return
	}
	if e.modes.on(modeClusters) {
		e.cluster.start(class)
		if class.graphBreak() == breakRegional {
			w = 2 // as the flag that it is half of
		}
	}
	if e.pending || e.x+w-1 > e.rightEdge(e.x) || e.modes.on(modeInsert) {
		e.put(r, w)
	} else {
		e.putHere(r, w)
	}
}

// lastGlyph returns the column of the glyph that a mark joins: the one before
// the cursor, or under it if the line is full. ok is false at the left edge.
func (e *Emulator) lastGlyph() (x int, ok bool) {
	x = e.x - 1
	if e.pending {
		x = e.x
	}
	if x > 0 && e.lines[e.y].cells[x].content()&isTail != 0 {
		x--
	}
	return x, x >= 0
}

// combine joins a code point without width to the glyph before it. Where there
// is none it is dropped; a stock peer's rule is its own.
func (e *Emulator) combine(r rune) {
	if r == 0x2028 || r == 0x2029 || isNoncharacter(r) {
		return
	}
	if e.stock {
		e.stockCombine(r)
		return
	}
	if x, ok := e.lastGlyph(); ok {
		e.appendTo(e.row(e.y), x, r)
	}
}

// isNoncharacter reports whether r is one of the 66 code points that are not
// for interchange.
func isNoncharacter(r rune) bool { return r&0xfffe == 0xfffe || r >= 0xfdd0 && r <= 0xfdef }

// appendTo adds r to the text of the glyph in column x, if there is room.
func (e *Emulator) appendTo(row *Row, x int, r rune) {
	c := row.cells[x]
	content := c.content()
	if content&isCluster != 0 {
		size := content >> clusterShift & clusterMask
		if size >= maxCluster {
			return
		}
		// A cluster at the end of the row's text grows in place.
		if int(content&contentMask+size) == len(row.text) && size+utf8.UTFMax <= maxCluster && len(row.text)+utf8.UTFMax <= maxRowText(len(row.cells)) {
			row.text = utf8.AppendRune(row.text, r)
			row.cells[x] = c.withContent(content + uint32(utf8.RuneLen(r))<<clusterShift)
			return
		}
	}
	var text [clusterRoom + utf8.UTFMax]byte
	n := len(row.AppendText(text[:0], x))
	n += utf8.EncodeRune(text[n:], r)
	if n > maxCluster && !e.stock {
		return
	}
	if at := content & contentMask; content&isCluster != 0 && int(at+content>>clusterShift&clusterMask) == len(row.text) {
		row.text = row.text[:at]
	}
	row.cells[x] = c.withContent(content&isWide | row.addCluster(text[:n]))
}

// join adds r to the grapheme cluster before the cursor, if it belongs there
// (mode 2027), and reports whether it did.
func (e *Emulator) join(r rune, class runeClass) bool {
	if e.joinX != e.x || e.joinY != e.y || !e.cluster.joins(class) {
		return false
	}
	x, ok := e.lastGlyph()
	if !ok {
		return false
	}
	e.cluster.advance(class)
	row := e.row(e.y)
	before := row.cells[x].Width()
	e.appendTo(row, x, r)
	if w := min(e.cluster.width(before, r, class), 2); w != before {
		e.setWidth(row, x, w)
	}
	e.joinX, e.joinY = e.x, e.y
	return true
}

// setWidth makes the glyph in column x, the last printed, one or two columns
// wide and moves the cursor with it. At the edge it moves to the next row.
func (e *Emulator) setWidth(row *Row, x, w int) {
	c := row.cells[x]
	if w == 1 {
		row.cells[x] = c.withContent(c.content() &^ isWide)
		row.cells[x+1] = row.cells[x+1].withContent(' ')
		e.x, e.pending = x+1, false
		return
	}
	edge := e.rightEdge(x)
	if x < edge {
		row.split(x + 2)
		row.cells[x] = c.withContent(c.content() | isWide)
		row.cells[x+1] = c.withContent(isTail)
		if e.x = x + 2; e.x > edge {
			e.x, e.pending = edge, true
		}
		return
	}
	if !e.modes.on(modeAutowrap) || e.rightEdge(e.wrapColumn()) == e.wrapColumn() {
		return
	}
	// No room: the cluster moves to the next row.
	var moved Row
	moved.cells = []Cell{c}
	moved.cells[0] = moved.adopt(row, x)
	e.eraseCells(e.y, x, x+1)
	e.wrapLine(true)
	next := e.row(e.y)
	next.split(e.x)
	next.split(e.x + 2)
	c = next.adopt(&moved, 0)
	next.cells[e.x] = c.withContent(c.content() | isWide)
	next.cells[e.x+1] = c.withContent(isTail)
	if e.x += 2; e.x > e.rightEdge(e.x-2) {
		e.x, e.pending = e.x-1, true
	}
}
