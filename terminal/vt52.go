package terminal

// A vt52State is what a VT52 has of its own (DECANM reset), and what comes back
// when the program leaves it.
type vt52State struct {
	on       bool
	modes    modeSet
	pen      Cell
	extra    Extra
	charsets charsetState
}

// enterVT52 is DECRST 2. A VT52 has no renditions, character sets, side margins,
// origin, insertion or wrapping; the scrolling region stays, as in xterm.
func (e *Emulator) enterVT52() {
	if e.vt52.on {
		return
	}
	e.vt52 = vt52State{on: true, modes: e.modes.now, pen: e.pen, extra: e.extra, charsets: e.charsets}
	e.p.vt52 = true
	e.resetModes(modeInsert, modeLineFeed, modeOrigin, modeAutowrap, modeReverseWrap, modeReverseWrap2, modeSideMargins)
	e.left, e.right = 0, e.cols-1
	e.resetPen()
	e.charsets = defaultCharsets()
	e.updateSlow()
}

// leaveVT52 is ESC <: back to ANSI, as a VT100 (level 61).
func (e *Emulator) leaveVT52() {
	was := e.vt52
	e.vt52 = vt52State{}
	e.p.vt52 = false
	for _, m := range []mode{modeInsert, modeLineFeed, modeOrigin, modeAutowrap, modeReverseWrap, modeReverseWrap2} {
		e.modes.set(m, was.modes.has(m))
	}
	e.pen, e.extra, e.charsets = was.pen, was.extra, was.charsets
	e.term.level = 61
	e.updateSlow()
}

// escapeVT52 runs ESC final. Nothing has an intermediate or begins a control
// sequence or string; printing (V, W, ], ^ and _) has no effect.
func (e *Emulator) escapeVT52() {
	p := &e.p
	if p.ninter > 0 {
		return
	}
	switch p.final {
	case 'A':
		e.cursorUp(1)
	case 'B':
		e.cursorDown(1)
	case 'C':
		e.cursorRight(1)
	case 'D':
		e.cursorLeft(1)
	case 'F': // graphics on
		e.charsets.sets[0] = charsetVT52
		e.updateSlow()
	case 'G': // graphics off
		e.charsets.sets[0] = charsetASCII
		e.updateSlow()
	case 'H': // home
		e.moveTo(0, 0)
	case 'I': // reverse line feed
		e.pending = false
		e.reverseIndex()
	case 'J': // erase to the end of the screen
		e.eraseDisplay(0, false)
	case 'K': // erase to the end of the line
		e.eraseLine(0, false)
	case 'Y': // cursor address: row and column, each plus 20
		e.moveTo(int(p.params[0])-' ', int(p.params[1])-' ')
	case 'Z': // identify: a VT100 that is a VT52
		e.reply("\x1b/Z")
	case '=':
		e.modes.set(modeAppKeypad, true)
	case '>':
		e.modes.set(modeAppKeypad, false)
	case '<':
		e.leaveVT52()
	}
}
