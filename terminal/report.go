package terminal

import (
	"fmt"
	"strconv"
)

func itoa(n int) string { return strconv.Itoa(n) }

// hex4 writes the low 16 bits of n.
func hex4(n int) string { return fmt.Sprintf("%04X", n&0xffff) }

// A UserTerminal is what is known of the terminal that the user sits at. The
// zero value of a field means that it is not known, and questions for it are
// not answered.
type UserTerminal struct {
	CellWidth, CellHeight int    // in pixels
	Colors                Colors // its own colours; a zero Color is unknown
	Scheme                Scheme
}

// A Scheme says whether colours are light on dark or dark on light.
type Scheme uint8

// The schemes, numbered as in CSI ? 997 n.
const (
	SchemeUnknown Scheme = iota
	SchemeDark
	SchemeLight
)

// SetUserTerminal tells what is known of the user's terminal. If the scheme
// changed and the program wants to know (mode 2031), it is told.
func (e *Emulator) SetUserTerminal(u UserTerminal) {
	changed := u.Scheme != e.term.user.Scheme
	e.term.user = u
	e.AwaitUserTerminal(false)
	if changed && e.modes.on(modeScheme) {
		e.reportScheme()
	}
}

func (e *Emulator) reportScheme() {
	if s := e.term.user.Scheme; s != SchemeUnknown {
		e.reply("\x1b[?997;" + itoa(int(s)) + "n")
	}
}

// reportAttributes answers DA1 as a VT420 with what is really there: selective
// erase (6), national sets (9), the technical set (15), horizontal scrolling (21),
// colours (22), rectangles (28).
func (e *Emulator) reportAttributes() {
	if e.stock {
		e.reply("\x1b[?62c")
		return
	}
	s := "\x1b[?64;6;9;15;21;22;28"
	if e.opts.Clipboard {
		s += ";52"
	}
	e.reply(s + "c")
}

// reportSecondary answers DA2. Programs take type 1 with a version of several
// thousand for a terminal with SGR mouse reports, and ask it nothing more that
// they would then wait for.
func (e *Emulator) reportSecondary() {
	if e.stock {
		e.reply("\x1b[>1;10;0c")
		return
	}
	e.reply("\x1b[>1;10000;0c")
}

// reportVersion answers XTVERSION.
func (e *Emulator) reportVersion() {
	v := e.opts.Version
	if v == "" {
		v = "roam"
	}
	e.reply("\x1bP>|" + v + "\x1b\\")
}

// reportStatus answers DSR: 5 the state, 6 the cursor (CPR).
func (e *Emulator) reportStatus(n int) {
	switch n {
	case 5:
		e.reply("\x1b[0n")
	case 6:
		e.reply("\x1b[" + itoa(e.originRow()+1) + ";" + itoa(e.originCol()+1) + "R")
	}
}

// reportPrivateStatus answers DEC's own DSR: CSI ? n n.
func (e *Emulator) reportPrivateStatus(n int) {
	if !e.atLevel(statusLevel(n)) {
		return
	}
	switch n {
	case 6: // DECXCPR: row, column and, from a VT320 on, the only page
		page := ";1R"
		if !e.atLevel(63) {
			page = "R"
		}
		e.reply("\x1b[?" + itoa(e.originRow()+1) + ";" + itoa(e.originCol()+1) + page)
	case 15: // no printer
		e.reply("\x1b[?13n")
	case 25: // user-defined keys are locked
		e.reply("\x1b[?21n")
	case 26: // keyboard: language unknown
		e.reply("\x1b[?27;0;0;0n")
	case 53, 55: // no locator
		e.reply("\x1b[?50n")
	case 56:
		e.reply("\x1b[?57;0n")
	case 62: // no macro space
		e.reply("\x1b[0000*{")
	case 63: // no macros to sum
		e.reply("\x1bP" + itoa(e.p.param(1, 0)) + "!~0000\x1b\\")
	case 75: // data integrity
		e.reply("\x1b[?70n")
	case 85: // one session
		e.reply("\x1b[?83n")
	case 996: // colour scheme
		if e.term.user.Scheme == SchemeUnknown {
			e.later(e.reportScheme)
		}
		e.reportScheme()
	}
}

// reportMode answers DECRQM: CSI n $ p, CSI ? n $ p.
func (e *Emulator) reportMode(m mode, prefix string, n int) {
	if m == modeUnknown && n > 65535 {
		return
	}
	state := 2
	absent := m == modeMousePixels && !e.hasPixels() || m == modeScheme && e.term.user.Scheme == SchemeUnknown
	if absent && e.awaiting {
		e.later(func() { e.reportMode(m, prefix, n) })
		return
	}
	switch {
	case absent: // what the user's terminal will not do
		state = 0
	case m == modeUnknown:
		state = neverSet(prefix, n)
	case e.modeOn(m):
		state = 1
	case m == modeClusters && !e.opts.Clusters:
		state = 0
	}
	e.reply("\x1b[" + prefix + itoa(n) + ";" + itoa(state) + "$y")
}

// neverSet returns what DECRQM tells of a mode that never changes, 0 for an unknown
// one: 4 can only be reset, 3 is always set; 2 is what xterm says of those that it
// sets by resources alone, or that need graphics, which are not there.
func neverSet(prefix string, n int) int {
	switch prefix + itoa(n) {
	case "1", "5", "7", "10", "11", "13", "14", "15", "16", "17", "18", "19", // editing modes of ECMA-48
		"?38", // DECTEK: there is no Tektronix
		"?46", // logging
		"?60", "?61", "?64", "?68", "?73", "?97", "?98", "?99", "?100":
		return 4
	case "?14": // a program's blinking and the user's are combined
		return 3
	case "3", "?13", "?80", "?8452": // CRM, the user's own blinking, DECSDM, sixel scrolling
		return 2
	}
	return 0
}

// reportSize tells the size in mode 2048.
func (e *Emulator) reportSize() {
	u := &e.term.user
	e.reply(fmt.Sprintf("\x1b[48;%d;%d;%d;%dt", e.rows, e.cols, e.rows*u.CellHeight, e.cols*u.CellWidth))
}

// windowOp is XTWINOPS: reports of sizes and the stack of titles. Nothing
// moves or sizes the user's window, and titles are not reported: a program
// could put words into the user's mouth.
func (e *Emulator) windowOp() {
	switch n := e.p.param(0, 0); n {
	case 11: // not iconified
		e.reply("\x1b[1t")
	case 14, 16:
		e.reportPixels(n)
	case 18: // text area in characters
		e.reply("\x1b[8;" + itoa(e.rows) + ";" + itoa(e.cols) + "t")
	case 19: // screen in characters
		e.reply("\x1b[9;" + itoa(e.rows) + ";" + itoa(e.cols) + "t")
	case 22:
		e.names.push(e.p.param(1, 0))
	case 23:
		e.names.pop(e.p.param(1, 0))
	}
}

// reportPixels tells what the text area (14) or a cell (16) measures.
func (e *Emulator) reportPixels(n int) {
	u := &e.term.user
	switch {
	case !e.hasPixels():
		e.later(func() { e.reportPixels(n) })
	case n == 14:
		e.reply(fmt.Sprintf("\x1b[4;%d;%dt", e.rows*u.CellHeight, e.cols*u.CellWidth))
	default:
		e.reply(fmt.Sprintf("\x1b[6;%d;%dt", u.CellHeight, u.CellWidth))
	}
}

// reportOtherKeys tells the level of modifyOtherKeys, where the user's terminal has it.
func (e *Emulator) reportOtherKeys() {
	if !e.opts.OtherKeys {
		e.later(e.reportOtherKeys)
		return
	}
	e.reply("\x1b[>4;" + itoa(int(e.term.otherKeys)) + "m")
}

// reportKittyKeys tells the flags of the kitty keyboard protocol, where the user's
// terminal has it.
func (e *Emulator) reportKittyKeys() {
	if !e.opts.KittyKeys {
		e.later(e.reportKittyKeys)
		return
	}
	e.reply("\x1b[?" + itoa(int(e.alt.keys.flags())) + "u")
}

// reportGraphics answers XTSMGRAPHICS, CSI ? item ; action ; value S, as an xterm
// without graphics does: colour registers (1) and sixels (2) fail, and there is
// no other item.
func (e *Emulator) reportGraphics() {
	action := e.p.param(1, 0)
	if action < 1 || action > 4 {
		return
	}
	switch item := e.p.param(0, 0); item {
	case 1, 2:
		e.reply("\x1b[?" + itoa(item) + ";3S")
	case 3:
		e.reply("\x1b[?3;1S")
	}
}
