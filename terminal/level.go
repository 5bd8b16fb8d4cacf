package terminal

import "strings"

// maxLevel is the level of a VT420, which DA1 claims: what DECSCL sets at most.
const maxLevel = 64

// atLevel reports whether what terminals know from level n on is known: 61 is a
// VT100's, 62 a VT220's, 63 a VT320's, 64 a VT420's (DECSCL).
func (e *Emulator) atLevel(n uint8) bool { return e.term.level == 0 || e.term.level >= n }

// setLevel is DECSCL: CSI level ; controls " p. It resets, as in xterm. From
// level 62 on replies have eight-bit controls unless controls is 1.
func (e *Emulator) setLevel() {
	n := e.p.param(0, 0)
	if n < 61 || n > maxLevel {
		return
	}
	e.softReset()
	e.term.level = uint8(n)
	if n > 61 {
		e.term.eightBit = e.p.param(1, 0) != 1
	}
}

// levelSetting returns what DECRQSS tells of the level.
func (e *Emulator) levelSetting() string {
	level := maxLevel
	if e.term.level != 0 {
		level = int(e.term.level)
	}
	return itoa(level) + ";" + itoa(1-b2i(e.term.eightBit)) + "\"p"
}

// setControls is S7C1T (F) and S8C1T (G): ESC SP final.
func (e *Emulator) setControls(final byte) {
	switch {
	case final == 'F':
		e.term.eightBit = false
	case final == 'G' && e.atLevel(62):
		e.term.eightBit = true
	}
}

// eightBitControls writes the controls of replies as single bytes.
var eightBitControls = strings.NewReplacer("\x1bP", "\x90", "\x1b[", "\x9b", "\x1b\\", "\x9c", "\x1b]", "\x9d")

// level returns the level from which on the control sequence, which has an
// intermediate, is known.
func (p *parser) level() uint8 {
	switch string([]byte{p.inter[0], p.final}) {
	case "$p":
		if p.prefix != 0 { // xterm answers about private modes at any level
			return 61
		}
		return 63
	case "'}", "'~", "$v", "$x", "$z", "${", "$r", "$t", "*x", "*y":
		return 64
	case "$w":
		return 63
	case " q":
		return 62
	}
	return 61
}

// statusLevel returns the level from which on DEC's own DSR n is known.
func statusLevel(n int) uint8 {
	switch n {
	case 15, 25, 26:
		return 62
	case 53, 55, 56:
		return 63
	case 62, 63, 75, 85:
		return 64
	}
	return 61
}

// privateMode returns the mode of CSI ? n h, if the level has it.
func (e *Emulator) privateMode(n int32) mode {
	m := decMode(n)
	if m == modeSideMargins && !e.atLevel(64) || m == modeNational && !e.atLevel(62) {
		return modeUnknown
	}
	return m
}
