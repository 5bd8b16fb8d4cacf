package terminal

// A mode is a mode of the emulator, whatever its number is called.
type mode uint8

const (
	modeUnknown        mode = iota
	modeInsert              // 4, IRM
	modeLineFeed            // 20, LNM
	modeAppCursor           // ?1, DECCKM
	modeColumns             // ?3, DECCOLM
	modeReverse             // ?5, DECSCNM
	modeOrigin              // ?6, DECOM
	modeAutowrap            // ?7, DECAWM
	modeMouseX10            // ?9
	modeBlink               // ?12
	modeCursor              // ?25, DECTCEM
	modeAllow132            // ?40
	modeReverseWrap         // ?45, XTREVWRAP
	modeReverseWrap2        // ?1045, XTREVWRAP2
	modeAlternate47         // ?47
	modeAppKeypad           // ?66, DECNKM; DECKPAM
	modeSideMargins         // ?69, DECLRMM
	modeMouseButtons        // ?1000
	modeMouseDrag           // ?1002
	modeMouseAny            // ?1003
	modeMouseHilite         // ?1001
	modeFocus               // ?1004
	modeMouseUTF8           // ?1005
	modeMouseSGR            // ?1006
	modeAltScroll           // ?1007
	modeMouseURXVT          // ?1015
	modeMousePixels         // ?1016
	modeAlternate           // ?1047
	modeSaveCursor          // ?1048
	modeAlternateAll        // ?1049
	modePaste               // ?2004
	modeSynchronized        // ?2026
	modeClusters            // ?2027
	modeScheme              // ?2031
	modeInBand              // ?2048
	modeKeyLock             // 2, KAM: recorded only, as the next
	modeSendReceive         // 12, SRM
	modeSmooth              // ?4, DECSCLM
	modeRepeat              // ?8, DECARM
	modeFormFeed            // ?18, DECPFF
	modePrintExtent         // ?19, DECPEX
	modeBackarrow           // ?67, DECBKM
	modeMoreFix             // ?41
	modeISOProtect          // SPA was used: erasing spares what is protected
	modeANSI                // ?2, DECANM: reset is a VT52
	modeNational            // ?42, DECNRCM
	modeAllowAlternate      // ?1046: 47, 1047 and 1049 have effect
	// xterm's own about the user's window, keys and selections: recorded only.
	modeScrollbar       // ?30
	modeFontShift       // ?35
	modeMarginBell      // ?44
	modeScrollOutput    // ?1010
	modeScrollKey       // ?1011
	modeEightBitMeta    // ?1034
	modeNumLock         // ?1035
	modeMetaEscape      // ?1036
	modeDeleteIsDel     // ?1037
	modeAltEscape       // ?1039
	modeKeepSelection   // ?1040
	modeSelectClipboard // ?1041
	modeBellUrgent      // ?1042
	modePopOnBell       // ?1043
	modeKeepClipboard   // ?1044
	modeKeysTerminfo    // ?1050
	modeKeysSun         // ?1051
	modeKeysLegacy      // ?1060
	modeKeysVT220       // ?1061
	modePrivateColors   // ?1070
	modeClickMove       // ?2001
	modeClickMoveAll    // ?2002
	modeClickDelete     // ?2003
	modePasteQuote      // ?2005
	modePasteNewline    // ?2006
	numModes
)

// A modeSet is a set of modes, a bit each.
type modeSet [(numModes + 63) / 64]uint64

func (s *modeSet) has(k mode) bool { return s[k>>6]>>(k&63)&1 != 0 }

func (s *modeSet) set(k mode, on bool) {
	s[k>>6] &^= 1 << (k & 63)
	if on {
		s[k>>6] |= 1 << (k & 63)
	}
}

// modeState is the modes that are set, and a saved set (XTSAVE).
type modeState struct{ now, saved modeSet }

// defaultModes returns those of a new terminal; of xterm's own, what its resources
// say by default.
func defaultModes() modeState {
	var m modeSet
	for _, k := range []mode{modeAutowrap, modeCursor, modeRepeat, modeSendReceive, modeAllowAlternate, modeFontShift, modeScrollOutput,
		modeEightBitMeta, modeNumLock, modeKeepSelection, modePrivateColors} {
		m.set(k, true)
	}
	return modeState{now: m, saved: m}
}

func (m *modeState) on(k mode) bool { return m.now.has(k) }

func (m *modeState) set(k mode, on bool) { m.now.set(k, on) }

// resetModes resets modes and does nothing else.
func (e *Emulator) resetModes(list ...mode) {
	for _, m := range list {
		e.modes.set(m, false)
	}
}

// modeOn reports whether m is set, also where a mode is a state of its own.
func (e *Emulator) modeOn(m mode) bool {
	switch m {
	case modeAlternate47, modeAlternate, modeAlternateAll:
		return e.alt.active
	case modeSaveCursor:
		return e.saved.set
	case modeANSI:
		return !e.vt52.on
	}
	return e.modes.on(m)
}

// saveMode is XTSAVE: CSI ? m s.
func (e *Emulator) saveMode(m mode) {
	if m == modeSaveCursor {
		e.saveCursor()
		return
	}
	e.modes.saved.set(m, e.modeOn(m))
}

// restoreMode is XTRESTORE: CSI ? m r.
func (e *Emulator) restoreMode(m mode) {
	on := e.modes.saved.has(m)
	switch {
	case m == modeANSI: // a VT52 knows no way back but its own
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
	case 2:
		return modeANSI
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
	case 30:
		return modeScrollbar
	case 35:
		return modeFontShift
	case 40:
		return modeAllow132
	case 41:
		return modeMoreFix
	case 42:
		return modeNational
	case 44:
		return modeMarginBell
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
	case 1010:
		return modeScrollOutput
	case 1011:
		return modeScrollKey
	case 1015:
		return modeMouseURXVT
	case 1016:
		return modeMousePixels
	case 1034:
		return modeEightBitMeta
	case 1035:
		return modeNumLock
	case 1036:
		return modeMetaEscape
	case 1037:
		return modeDeleteIsDel
	case 1039:
		return modeAltEscape
	case 1040:
		return modeKeepSelection
	case 1041:
		return modeSelectClipboard
	case 1042:
		return modeBellUrgent
	case 1043:
		return modePopOnBell
	case 1044:
		return modeKeepClipboard
	case 1045:
		return modeReverseWrap2
	case 1046:
		return modeAllowAlternate
	case 1047:
		return modeAlternate
	case 1048:
		return modeSaveCursor
	case 1049:
		return modeAlternateAll
	case 1050:
		return modeKeysTerminfo
	case 1051:
		return modeKeysSun
	case 1060:
		return modeKeysLegacy
	case 1061:
		return modeKeysVT220
	case 1070:
		return modePrivateColors
	case 2001:
		return modeClickMove
	case 2002:
		return modeClickMoveAll
	case 2003:
		return modeClickDelete
	case 2004:
		return modePaste
	case 2005:
		return modePasteQuote
	case 2006:
		return modePasteNewline
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
	case modeANSI:
		if !on {
			e.enterVT52()
		}
		return
	case modeAllowAlternate:
		if !on {
			e.switchBuffer(false)
		}
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
	e.resetModes(modeInsert, modeOrigin, modeAppCursor, modeAppKeypad, modeSideMargins, modeReverseWrap, modeReverseWrap2, modeISOProtect)
	e.modes.set(modeCursor, true)
	e.modes.set(modeAutowrap, true) // as in xterm, where it is on at the start
	e.resetPen()
	e.charsets = defaultCharsets()
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
