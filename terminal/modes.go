package terminal

// A mode is a mode of the emulator, whatever its number is called.
type mode uint8

const (
	modeUnknown      mode = iota
	modeInsert            // 4, IRM
	modeLineFeed          // 20, LNM
	modeAppCursor         // ?1, DECCKM
	modeColumns           // ?3, DECCOLM
	modeReverse           // ?5, DECSCNM
	modeOrigin            // ?6, DECOM
	modeAutowrap          // ?7, DECAWM
	modeMouseX10          // ?9
	modeBlink             // ?12
	modeCursor            // ?25, DECTCEM
	modeAllow132          // ?40
	modeReverseWrap       // ?45, XTREVWRAP
	modeReverseWrap2      // ?1045, XTREVWRAP2
	modeAlternate47       // ?47
	modeAppKeypad         // ?66, DECNKM; DECKPAM
	modeSideMargins       // ?69, DECLRMM
	modeMouseButtons      // ?1000
	modeMouseDrag         // ?1002
	modeMouseAny          // ?1003
	modeMouseHilite       // ?1001
	modeFocus             // ?1004
	modeMouseUTF8         // ?1005
	modeMouseSGR          // ?1006
	modeAltScroll         // ?1007
	modeMouseURXVT        // ?1015
	modeMousePixels       // ?1016
	modeAlternate         // ?1047
	modeSaveCursor        // ?1048
	modeAlternateAll      // ?1049
	modePaste             // ?2004
	modeSynchronized      // ?2026
	modeClusters          // ?2027
	modeScheme            // ?2031
	modeInBand            // ?2048
	modeKeyLock           // 2, KAM: recorded only, as the next
	modeSendReceive       // 12, SRM
	modeSmooth            // ?4, DECSCLM
	modeRepeat            // ?8, DECARM
	modeFormFeed          // ?18, DECPFF
	modePrintExtent       // ?19, DECPEX
	modeBackarrow         // ?67, DECBKM
	modeMoreFix           // ?41
	modeISOProtect        // SPA was used: erasing spares what is protected
	numModes
)

// modeState is a set of modes, and a saved one (XTSAVE).
type modeState struct{ now, saved uint64 }

func defaultModes() modeState {
	m := uint64(1)<<modeAutowrap | 1<<modeCursor | 1<<modeRepeat | 1<<modeSendReceive
	return modeState{now: m, saved: m}
}

func (m *modeState) on(k mode) bool { return m.now>>k&1 != 0 }

func (m *modeState) set(k mode, on bool) {
	m.now &^= 1 << k
	if on {
		m.now |= 1 << k
	}
}

// modeOn reports whether m is set, also where a mode is a state of its own.
func (e *Emulator) modeOn(m mode) bool {
	switch m {
	case modeAlternate47, modeAlternate, modeAlternateAll:
		return e.alt.active
	case modeSaveCursor:
		return e.saved.set
	}
	return e.modes.on(m)
}

// saveMode is XTSAVE: CSI ? m s.
func (e *Emulator) saveMode(m mode) {
	if m == modeSaveCursor {
		e.saveCursor()
		return
	}
	e.modes.saved &^= 1 << m
	if e.modeOn(m) {
		e.modes.saved |= 1 << m
	}
}

// restoreMode is XTRESTORE: CSI ? m r.
func (e *Emulator) restoreMode(m mode) {
	on := e.modes.saved>>m&1 != 0
	switch {
	case m == modeSaveCursor:
		e.restoreCursor()
	case m == modeAlternateAll: // as in xterm without what else it does
		e.switchBuffer(on)
	case on != e.modeOn(m):
		e.setMode(m, on)
	}
}

// ansiMode returns the mode of CSI n h.
func ansiMode(n int32) mode {
	switch n {
	case 2:
		return modeKeyLock
	case 4:
		return modeInsert
	case 12:
		return modeSendReceive
	case 20:
		return modeLineFeed
	}
	return modeUnknown
}

// decMode returns the mode of CSI ? n h.
func decMode(n int32) mode {
	switch n {
	case 1:
		return modeAppCursor
	case 3:
		return modeColumns
	case 4:
		return modeSmooth
	case 5:
		return modeReverse
	case 6:
		return modeOrigin
	case 7:
		return modeAutowrap
	case 8:
		return modeRepeat
	case 9:
		return modeMouseX10
	case 12:
		return modeBlink
	case 18:
		return modeFormFeed
	case 19:
		return modePrintExtent
	case 25:
		return modeCursor
	case 40:
		return modeAllow132
	case 41:
		return modeMoreFix
	case 45:
		return modeReverseWrap
	case 47:
		return modeAlternate47
	case 66:
		return modeAppKeypad
	case 67:
		return modeBackarrow
	case 69:
		return modeSideMargins
	case 1000:
		return modeMouseButtons
	case 1001:
		return modeMouseHilite
	case 1002:
		return modeMouseDrag
	case 1003:
		return modeMouseAny
	case 1004:
		return modeFocus
	case 1005:
		return modeMouseUTF8
	case 1006:
		return modeMouseSGR
	case 1007:
		return modeAltScroll
	case 1015:
		return modeMouseURXVT
	case 1016:
		return modeMousePixels
	case 1045:
		return modeReverseWrap2
	case 1047:
		return modeAlternate
	case 1048:
		return modeSaveCursor
	case 1049:
		return modeAlternateAll
	case 2004:
		return modePaste
	case 2026:
		return modeSynchronized
	case 2027:
		return modeClusters
	case 2031:
		return modeScheme
	case 2048:
		return modeInBand
	}
	return modeUnknown
}

// setMode sets or resets a mode and does what goes with it.
func (e *Emulator) setMode(m mode, on bool) {
	switch m {
	case modeUnknown:
		return
	case modeColumns:
		e.setColumns(on)
		return
	case modeAlternate47, modeAlternate, modeAlternateAll:
		e.setAlternate(m, on)
		return
	case modeSaveCursor:
		if on {
			e.saveCursor()
		} else {
			e.restoreCursor()
		}
		return
	case modeClusters:
		on = on && e.opts.Clusters
	}
	e.modes.set(m, on)
	switch m {
	case modeOrigin:
		e.moveTo(0, 0)
	case modeInsert, modeClusters:
		e.joinX = -1
		e.updateSlow()
	case modeSideMargins:
		if !on { // setting it again keeps them
			e.left, e.right = 0, e.cols-1
		}
		e.updateSlow()
	case modeInBand:
		if on {
			e.reportSize()
		}
	case modeBlink:
		e.blinkCursor(on)
	}
}

// setCursorShape is DECSCUSR. It sets mode 12 too: odd shapes blink.
func (e *Emulator) setCursorShape(n int) {
	if n <= 6 {
		e.term.cursorShape = uint8(n)
		e.modes.set(modeBlink, n == 0 || n&1 != 0)
	}
}

// blinkCursor has the shape that a program chose blink or not; the user's own stays.
func (e *Emulator) blinkCursor(on bool) {
	if n := e.term.cursorShape; n > 0 {
		e.term.cursorShape = (n+1)/2*2 - uint8(b2i(on))
	}
}

// shownShape returns the shape as DECSCUSR numbers it; the user's own counts as a block.
func (e *Emulator) shownShape() int {
	if n := e.term.cursorShape; n > 0 {
		return int(n)
	}
	return 2 - b2i(e.modes.on(modeBlink))
}

// setColumns is DECCOLM. Only mode 40 allows it; the size stays as the user
// has it, but the screen is cleared as the mode says.
func (e *Emulator) setColumns(on bool) {
	if !e.modes.on(modeAllow132) {
		return
	}
	e.modes.set(modeColumns, on)
	e.resetMargins()
	e.eraseRows(0, e.rows)
	e.moveTo(0, 0)
}

// softReset is DECSTR.
func (e *Emulator) softReset() {
	for _, m := range []mode{modeInsert, modeOrigin, modeAppCursor, modeAppKeypad, modeSideMargins, modeReverseWrap, modeReverseWrap2, modeISOProtect} {
		e.modes.set(m, false)
	}
	e.modes.set(modeCursor, true)
	e.modes.set(modeAutowrap, true) // as in xterm, where it is on at the start
	e.resetPen()
	e.charsets = charsetState{}
	e.saved = savedCursor{}
	e.resetMargins()
}

// mouse returns the mouse mode in force: the most capable that is set. They
// are kept apart, so that resetting one does not touch another.
func (m *modeState) mouse() MouseMode {
	switch {
	case m.on(modeMouseAny):
		return 1003
	case m.on(modeMouseDrag):
		return 1002
	case m.on(modeMouseHilite):
		return 1001
	case m.on(modeMouseButtons):
		return 1000
	case m.on(modeMouseX10):
		return 9
	}
	return 0
}

// mouseEncoding returns the encoding in force, pixels only where they are there.
func (m *modeState) mouseEncoding(pixels bool) MouseEncoding {
	switch {
	case pixels && m.on(modeMousePixels):
		return 1016
	case m.on(modeMouseSGR):
		return 1006
	case m.on(modeMouseURXVT):
		return 1015
	case m.on(modeMouseUTF8):
		return 1005
	}
	return 0
}

// screenModes returns the modes as a Screen has them.
func (e *Emulator) screenModes() Modes {
	m := &e.modes
	s := Modes{
		ReverseVideo:    m.on(modeReverse),
		AppCursor:       m.on(modeAppCursor),
		AppKeypad:       m.on(modeAppKeypad),
		BracketedPaste:  m.on(modePaste),
		FocusEvents:     m.on(modeFocus),
		AltScroll:       m.on(modeAltScroll),
		Clusters:        m.on(modeClusters),
		ColorScheme:     m.on(modeScheme),
		InBandResize:    m.on(modeInBand),
		AlternateScreen: e.alt.active,
		Mouse:           m.mouse(),
		MouseEncoding:   m.mouseEncoding(e.hasPixels()),
	}
	if e.opts.OtherKeys {
		s.ModifyOtherKeys = e.term.otherKeys
	}
	if e.opts.KittyKeys {
		s.KittyKeys = e.alt.keys.flags()
	}
	return s
}

// hasPixels reports whether mode 1016 is there: whether it is known what a cell of the user's
// terminal measures. Where that terminal lacks the mode, the client makes pixels of cells.
func (e *Emulator) hasPixels() bool {
	return e.term.user.CellWidth > 0 && e.term.user.CellHeight > 0
}

// restoreModes takes over the modes of s.
func (e *Emulator) restoreModes(s *Screen) {
	m, from := &e.modes, s.modes
	m.set(modeReverse, from.ReverseVideo)
	m.set(modeAppCursor, from.AppCursor)
	m.set(modeAppKeypad, from.AppKeypad)
	m.set(modePaste, from.BracketedPaste)
	m.set(modeFocus, from.FocusEvents)
	m.set(modeAltScroll, from.AltScroll)
	m.set(modeClusters, from.Clusters)
	m.set(modeScheme, from.ColorScheme)
	m.set(modeInBand, from.InBandResize)
	m.set(modeCursor, !s.cursor.Hidden)
	e.term.cursorShape, e.term.otherKeys = s.cursor.Shape, from.ModifyOtherKeys
	e.alt.keys.change(from.KittyKeys, 1)
	for _, n := range []int32{int32(from.Mouse), int32(from.MouseEncoding)} {
		if n != 0 {
			m.set(decMode(n), true)
		}
	}
	e.updateSlow()
}
