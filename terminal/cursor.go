package terminal

import "bytes"

// A savedCursor is what DECSC keeps.
type savedCursor struct {
	set      bool
	x, y     int
	pending  bool
	pen      Cell
	extra    Extra
	charsets charsetState
	origin   bool
	autowrap bool
}

// control runs a C0 control.
func (e *Emulator) control(c byte) {
	if e.stock && c != '\t' {
		e.pending = false
	}
	switch c {
	case '\r': // CR
		e.carriageReturn()
	case '\n', 0x0b, 0x0c: // LF, VT, FF
		e.pending = false
		e.index()
		if e.modes.on(modeLineFeed) {
			e.carriageReturn()
		}
	case 0x08: // BS
		e.cursorLeft(1)
	case 0x09: // HT
		e.tabForward(1)
	case 0x07: // BEL
		e.term.bells++
		e.events.ring()
	case 0x0e: // SO, LS1
		if !e.vt52.on {
			e.shift(1)
		}
	case 0x0f: // SI, LS0
		if !e.vt52.on {
			e.shift(0)
		}
	}
}

// carriageReturn moves to the left margin, or to column 0 from left of it.
func (e *Emulator) carriageReturn() {
	e.pending = false
	if e.x >= e.left || e.modes.on(modeOrigin) {
		e.x = e.left
	} else {
		e.x = 0
	}
}

// reverseWrap moves left n columns and, at the left edge, on to the right end
// of the row above; from the top to the bottom (mode 45 as xterm 379 has it, which later ones have as mode 1045).
// A wrap that is pending counts as a column. From the first place within the
// margins it goes to the last one, and no further.
func (e *Emulator) reverseWrap(n int) {
	if e.pending {
		e.pending = false
		n--
	}
	if n > 0 && e.y == e.top && e.x == e.left {
		e.y, e.x = e.bottom, e.right
		return
	}
	edge := 0
	if e.x >= e.left {
		edge = e.left
	}
	for n > 0 {
		if k := min(n, e.x-edge); k > 0 {
			e.x -= k
			n -= k
			continue
		}
		n--
		e.x = e.right
		if e.y--; e.y < 0 {
			e.y = e.rows - 1
		}
		n %= (e.right - edge + 1) * e.rows // a whole round ends where it began
	}
}

// index moves down a row; on the bottom margin the region scrolls (IND, LF).
func (e *Emulator) index() {
	switch {
	case e.y != e.bottom:
		if e.y < e.rows-1 {
			e.y++
		}
	case e.x >= e.left && e.x <= e.right:
		e.scrollUp(e.top, e.bottom, 1)
	}
}

// reverseIndex moves up a row; on the top margin the region scrolls (RI).
func (e *Emulator) reverseIndex() {
	switch {
	case e.y != e.top:
		if e.y > 0 {
			e.y--
		}
	case e.x >= e.left && e.x <= e.right:
		e.scrollDown(e.top, e.bottom, 1)
	}
}

// moveTo goes to an absolute position (CUP), relative to the margins in origin
// mode. Rows and columns count from 0.
func (e *Emulator) moveTo(y, x int) {
	e.pending = false
	if e.modes.on(modeOrigin) {
		e.y = min(max(y+e.top, e.top), e.bottom)
		e.x = min(max(x+e.left, e.left), e.right)
		return
	}
	e.y = min(max(y, 0), e.rows-1)
	e.x = min(max(x, 0), e.cols-1)
}

// originRow and originCol return the cursor as moveTo counts it.
func (e *Emulator) originRow() int {
	if e.modes.on(modeOrigin) {
		return e.y - e.top
	}
	return e.y
}

func (e *Emulator) originCol() int {
	if e.modes.on(modeOrigin) {
		return e.x - e.left
	}
	return e.x
}

// cursorUp (CUU) stops at the top margin if it starts below it.
func (e *Emulator) cursorUp(n int) {
	e.pending = false
	limit := 0
	if e.y >= e.top && (!e.stock || e.modes.on(modeOrigin)) {
		limit = e.top
	}
	e.y = max(e.y-n, limit)
}

// cursorDown (CUD) stops at the bottom margin if it starts above it.
func (e *Emulator) cursorDown(n int) {
	e.pending = false
	limit := e.rows - 1
	if e.y <= e.bottom && (!e.stock || e.modes.on(modeOrigin)) {
		limit = e.bottom
	}
	e.y = min(e.y+n, limit)
}

// cursorRight (CUF) stops at the right margin.
func (e *Emulator) cursorRight(n int) {
	e.pending = false
	e.x = min(e.x+n, e.rightEdge(e.x))
}

// cursorLeft (CUB) stops at the left margin.
func (e *Emulator) cursorLeft(n int) {
	if (e.modes.on(modeReverseWrap) || e.modes.on(modeReverseWrap2)) && e.modes.on(modeAutowrap) {
		e.reverseWrap(n)
		return
	}
	e.pending = false
	limit := 0
	if e.x >= e.left {
		limit = e.left
	}
	e.x = max(e.x-n, limit)
}

// saveCursor is DECSC.
func (e *Emulator) saveCursor() {
	e.saved = savedCursor{
		set: true, x: e.x, y: e.y, pending: e.pending, pen: e.pen, extra: e.extra,
		charsets: e.charsets, origin: e.modes.on(modeOrigin), autowrap: e.modes.on(modeAutowrap),
	}
	e.saved.extra.Link = Link{} // the link is not part of the rendition
}

// restoreCursor is DECRC. A wrap that was pending is pending again if there
// still is a glyph in the last column to wrap behind. Without DECSC before it goes home in default
// rendition (DEC STD 070, DECRC).
func (e *Emulator) restoreCursor() {
	s := e.saved
	if !s.set {
		s.autowrap, s.charsets = true, defaultCharsets()
	}
	link := e.extra.Link
	e.pen, e.extra, e.charsets = s.pen, s.extra, s.charsets
	e.extra.Link = link
	e.notePrinting()
	e.modes.set(modeOrigin, s.origin)
	e.modes.set(modeAutowrap, s.autowrap)
	e.y, e.x = min(s.y, e.rows-1), min(s.x, e.cols-1)
	if s.origin {
		e.y = min(max(e.y, e.top), e.bottom)
		e.x = min(max(e.x, e.left), e.right)
	}
	e.pending = s.pending && !e.stock && e.x == s.x && !e.lines[e.y].cells[e.x].IsBlank()
	e.updateSlow()
}

// resetMargins makes the margins the whole screen.
func (e *Emulator) resetMargins() {
	e.top, e.bottom, e.left, e.right = 0, e.rows-1, 0, e.cols-1
	e.updateSlow()
}

// setMargins is DECSTBM: CSI top ; bottom r.
func (e *Emulator) setMargins() {
	top, bottom := e.p.param(0, 1), min(e.p.param(1, e.rows), e.rows)
	if top >= bottom {
		return
	}
	e.top, e.bottom = top-1, bottom-1
	e.moveTo(0, 0)
}

// setSideMargins is DECSLRM: CSI left ; right s.
func (e *Emulator) setSideMargins() {
	left, right := e.p.param(0, 1), min(e.p.param(1, e.cols), e.cols)
	if left >= right {
		return
	}
	e.left, e.right = left-1, right-1
	e.updateSlow()
	e.moveTo(0, 0)
}

// insideMargins reports whether the cursor is within all four margins.
func (e *Emulator) insideMargins() bool {
	return e.y >= e.top && e.y <= e.bottom && e.x >= e.left && e.x <= e.right
}

// tabStops are the tab stops of a screen's columns.
type tabStops struct {
	at      []byte // 1 where there is one, so that a search is a vector's
	cleared bool   // TBC 3 was used: new columns get none
}

// reset sets a stop every eight columns.
func (t *tabStops) reset(cols int) {
	t.at, t.cleared = t.at[:0], false
	t.resize(cols)
}

// resize forgets stops beyond cols and gives new columns the default ones.
func (t *tabStops) resize(cols int) {
	for n := len(t.at); n < cols; n++ {
		t.at = append(t.at, byte(b2i(n%8 == 0 && !t.cleared)))
	}
	t.at = t.at[:cols]
}

// tabForward is CHT: the n-th next stop, or the right edge. In mode 41 a wrap
// that is pending comes first.
func (e *Emulator) tabForward(n int) {
	if e.pending && e.modes.on(modeMoreFix) && e.modes.on(modeAutowrap) {
		e.wrapLine(false)
	}
	edge := e.rightEdge(e.x)
	for ; n > 0 && e.x < edge; n-- {
		if i := bytes.IndexByte(e.tabs.at[e.x+1:edge], 1); i >= 0 {
			e.x += i + 1
		} else {
			e.x = edge
		}
	}
}

// tabBack is CBT: the n-th stop before, or the left edge. As in xterm a wrap
// that is pending stays so.
func (e *Emulator) tabBack(n int) {
	edge := 0
	if e.modes.on(modeOrigin) {
		edge = e.left
	}
	for ; n > 0 && e.x > edge; n-- {
		e.x = max(bytes.LastIndexByte(e.tabs.at[:e.x], 1), edge)
	}
}

// tabClear is TBC: 0 the stop here, 3 all.
func (e *Emulator) tabClear(which int) {
	switch which {
	case 0:
		e.tabs.at[e.x] = 0
	case 3:
		clear(e.tabs.at)
		e.tabs.cleared = true
	}
}
