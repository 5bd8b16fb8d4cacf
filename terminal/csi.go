package terminal

// csi runs the control sequence that the parser holds.
func (e *Emulator) csi() {
	p := &e.p
	if e.stock {
		e.stockCSI()
		return
	}
	if p.sub != 0 && (p.final != 'm' || p.prefix != 0 || p.ninter != 0) {
		return // as in xterm only renditions have parts of parameters
	}
	if p.ninter != 0 {
		e.csiInter()
		return
	}
	switch p.prefix {
	case 0:
		e.csiPlain()
	case '?':
		e.csiPrivate()
	case '>', '=', '<':
		e.csiOther()
	}
}

// csiPlain runs CSI params final. n is the first parameter, 1 by default.
func (e *Emulator) csiPlain() {
	p := &e.p
	n := p.param(0, 1)
	switch p.final {
	case 'm': // SGR
		e.sgr()
	case 'H', 'f': // CUP, HVP: CSI row ; col H
		e.moveTo(n-1, p.param(1, 1)-1)
	case 'A': // CUU
		e.cursorUp(n)
	case 'B': // CUD
		e.cursorDown(n)
	case 'C': // CUF
		e.cursorRight(n)
	case 'D': // CUB
		e.cursorLeft(n)
	case 'a': // HPR: no margin stops it
		e.moveTo(e.originRow(), e.originCol()+n)
	case 'e': // VPR
		e.moveTo(e.originRow()+n, e.originCol())
	case 'E': // CNL
		e.cursorDown(n)
		e.carriageReturn()
	case 'F': // CPL
		e.cursorUp(n)
		e.carriageReturn()
	case 'G', '`': // CHA, HPA
		e.moveTo(e.originRow(), n-1)
	case 'd': // VPA
		e.moveTo(n-1, e.originCol())
	case 'I': // CHT
		e.tabForward(n)
	case 'Z': // CBT
		e.tabBack(n)
	case 'g': // TBC
		e.tabClear(p.param(0, 0))
	case 'J': // ED
		e.eraseDisplay(p.param(0, 0), e.modes.on(modeISOProtect))
	case 'K': // EL
		e.eraseLine(p.param(0, 0), e.modes.on(modeISOProtect))
	case 'X': // ECH
		e.eraseChars(n)
	case '@': // ICH
		e.insertChars(n)
	case 'P': // DCH
		e.deleteChars(n)
	case 'L': // IL
		e.insertLines(n)
	case 'M': // DL
		e.deleteLines(n)
	case 'S': // SU
		e.scrollUp(e.top, e.bottom, n)
	case 'T': // SD; a zero or several parameters are about highlight tracking
		if p.bare || p.count() == 1 && p.params[0] != 0 {
			e.scrollDown(e.top, e.bottom, n)
		}
	case '^': // SD by ECMA-48's own final
		e.scrollDown(e.top, e.bottom, n)
	case 'b': // REP
		e.repeat(n)
	case 'r': // DECSTBM
		e.setMargins()
	case 's': // DECSLRM, or SCOSC while DECLRMM is off
		if e.modes.on(modeSideMargins) {
			e.setSideMargins()
		} else {
			e.saveCursor()
		}
	case 'u': // SCORC
		e.restoreCursor()
	case 'h', 'l': // SM, RM
		for i := range p.count() {
			e.setMode(ansiMode(p.params[i]), p.final == 'h')
		}
	case 'n': // DSR
		e.reportStatus(p.param(0, 0))
	case 'c': // DA1
		if p.param(0, 0) == 0 {
			e.reportAttributes()
		}
	case 't': // XTWINOPS
		e.windowOp()
	}
}

// csiPrivate runs CSI ? params final.
func (e *Emulator) csiPrivate() {
	p := &e.p
	switch p.final {
	case 'h', 'l': // DECSET, DECRST
		for i := range p.count() {
			e.setMode(e.privateMode(p.params[i]), p.final == 'h')
		}
	case 'J': // DECSED
		e.eraseDisplay(p.param(0, 0), true)
	case 'K': // DECSEL
		e.eraseLine(p.param(0, 0), true)
	case 's': // XTSAVE
		for i := range p.count() {
			e.saveMode(e.privateMode(p.params[i]))
		}
	case 'r': // XTRESTORE
		for i := range p.count() {
			e.restoreMode(e.privateMode(p.params[i]))
		}
	case 'S': // XTSMGRAPHICS
		e.reportGraphics()
	case 'n': // DSR, DEC's own
		e.reportPrivateStatus(p.param(0, 0))
	case 'm': // XTQMODKEYS: CSI ? 4 m
		if p.param(0, 0) == 4 {
			e.reportOtherKeys()
		}
	case 'u': // kitty keyboard query
		e.reportKittyKeys()
	case 'W': // DECST8C: CSI ? 5 W
		if p.param(0, 0) == 5 {
			e.tabs.reset(e.cols)
		}
	}
}

// csiOther runs CSI with the prefix >, = or <.
func (e *Emulator) csiOther() {
	p := &e.p
	switch string([]byte{p.prefix, p.final}) {
	case ">c": // DA2
		if p.param(0, 0) == 0 {
			e.reportSecondary()
		}
	case "=c": // DA3
		if p.param(0, 0) == 0 && e.atLevel(64) {
			e.reply("\x1bP!|00000000\x1b\\")
		}
	case ">q": // XTVERSION
		if p.param(0, 0) == 0 {
			e.reportVersion()
		}
	case ">m": // XTMODKEYS: CSI > 4 ; level m
		if p.params[0] == 0 && p.count() == 1 || p.param(0, 0) == 4 {
			e.setOtherKeys(p.param(1, 0))
		}
	case ">n": // XTMODKEYS off: CSI > 4 n
		if p.param(0, 0) == 4 {
			e.setOtherKeys(0)
		}
	case ">t": // XTSMTITLE
		e.setTitleModes(true)
	case ">T": // XTRMTITLE
		e.setTitleModes(false)
	case ">u": // kitty: push flags
		e.alt.keys.push(uint8(p.param(0, 0)))
	case "<u": // kitty: pop
		e.alt.keys.pop(p.param(0, 1))
	case "=u": // kitty: set, CSI = flags ; how u
		e.alt.keys.change(uint8(p.param(0, 0)), p.param(1, 1))
	}
}

// csiInter runs control sequences with intermediates.
func (e *Emulator) csiInter() {
	p := &e.p
	if p.ninter > 1 || !e.atLevel(p.level()) {
		return
	}
	switch string([]byte{p.prefix, p.inter[0], p.final}) {
	case "\x00!p": // DECSTR
		e.softReset()
	case "\x00 q": // DECSCUSR
		e.setCursorShape(p.param(0, 0))
	case "\x00 @": // SL
		e.scrollLeft(p.param(0, 1))
	case "\x00 A": // SR
		e.scrollRight(p.param(0, 1))
	case "\x00'}": // DECIC
		e.insertColumns(p.param(0, 1))
	case "\x00'~": // DECDC
		e.deleteColumns(p.param(0, 1))
	case "\x00\"q": // DECSCA
		e.setProtection(p.param(0, 0))
	case "\x00\"p": // DECSCL
		e.setLevel()
	case "\x00$p": // DECRQM
		e.reportMode(ansiMode(p.params[0]), "", int(p.params[0]))
	case "?$p":
		e.reportMode(e.privateMode(p.params[0]), "?", int(p.params[0]))
	case "\x00$v", "\x00$x", "\x00$z", "\x00${", "\x00$r", "\x00$t", "\x00*x", "\x00*y":
		e.rectangle()
	case "\x00$w": // DECRQPSR
		e.reportPresentation(e.p.param(0, 0))
	case "\x00#y": // XTCHECKSUM
		e.term.checksum = e.p.param(0, 0)
	case "\x00#|": // XTREPORTSGR
		e.reportRendition()
	case "\x00#{", "\x00#p": // XTPUSHSGR
		e.pushPen()
	case "\x00#}", "\x00#q": // XTPOPSGR
		e.popPen()
	}
}

// escape runs ESC inter final.
func (e *Emulator) escape() {
	p := &e.p
	if e.stock {
		e.stockEscape()
		return
	}
	if e.vt52.on {
		e.escapeVT52()
		return
	}
	if p.ninter == 0 {
		e.escapePlain()
		return
	}
	if c := p.inter[0]; p.ninter <= 2 && c >= '(' {
		e.designateSet()
		return
	}
	if p.ninter > 1 {
		return
	}
	switch p.inter[0] {
	case ' ':
		e.setControls(p.final)
	case '#':
		if p.final == '8' {
			e.alignmentPattern()
		}
	}
}

// escapePlain runs ESC final. C1 controls come here as ESC 40-5F.
func (e *Emulator) escapePlain() {
	switch e.p.final {
	case '7': // DECSC
		e.saveCursor()
	case '8': // DECRC
		e.restoreCursor()
	case '6': // DECBI
		if e.atLevel(64) {
			e.backIndex()
		}
	case '9': // DECFI
		if e.atLevel(64) {
			e.forwardIndex()
		}
	case '=': // DECKPAM
		e.modes.set(modeAppKeypad, true)
	case '>': // DECKPNM
		e.modes.set(modeAppKeypad, false)
	case 'D': // IND
		e.pending = false
		e.index()
	case 'E': // NEL
		e.index()
		e.carriageReturn()
	case 'H': // HTS
		e.tabs.at[e.x] = 1
	case 'M': // RI
		e.pending = false
		e.reverseIndex()
	case 'N': // SS2
		e.singleShift(2)
	case 'O': // SS3
		e.singleShift(3)
	case 'V': // SPA
		e.modes.set(modeISOProtect, true)
		e.pen.hi |= uint64(Protected) << 32
	case 'W': // EPA
		e.pen.hi &^= uint64(Protected) << 32
	case 'Z': // DECID
		e.reportAttributes()
	case 'c': // RIS
		e.reset()
	case 'l': // memory lock, of HP's terminals: the rows above the cursor stay
		if e.y < e.bottom {
			e.top = e.y
		}
	case 'm': // memory unlock
		e.top = 0
	case 'n': // LS2
		e.shift(2)
	case 'o': // LS3
		e.shift(3)
	case '~': // LS1R
		e.shiftRight(1)
	case '}': // LS2R
		e.shiftRight(2)
	case '|': // LS3R
		e.shiftRight(3)
	}
}
