package terminal

import (
	"bytes"
	"strconv"
	"strings"
)

// reportPresentation answers DECRQPSR: 1 the cursor and what goes with it
// (DECCIR), 2 the tab stops (DECTABSR).
func (e *Emulator) reportPresentation(n int) {
	switch n {
	case 1:
		e.reply("\x1bP1$u" + e.cursorInformation() + "\x1b\\")
	case 2:
		b := []byte("\x1bP2$u")
		for x, stop := range e.tabs.at {
			if stop != 0 {
				b = append(strconv.AppendInt(b, int64(x)+1, 10), '/')
			}
		}
		e.reply(strings.TrimSuffix(string(b), "/") + "\x1b\\")
	}
}

// cursorInformation returns DECCIR's text: row, column and page; renditions,
// protection and flags as bits above 40; the sets in use, their sizes, and the
// designators of G0 to G3.
func (e *Emulator) cursorInformation() string {
	bits := func(on ...bool) string {
		c := byte('@')
		for i, b := range on {
			c += byte(b2i(b)) << i
		}
		return string(rune(c))
	}
	style, sets := e.pen.Style(), &e.charsets
	var names string
	var wide [4]bool
	for i, set := range sets.sets {
		names += set.designator()
		wide[i] = charsetInfos[set].wide
	}
	return strings.Join([]string{
		itoa(e.originRow() + 1), itoa(e.originCol() + 1), "1",
		bits(style&Bold != 0, style.Underline() != UnderlineNone, style&Blink != 0, style&Inverse != 0),
		bits(style&Protected != 0 && !e.modes.on(modeISOProtect)),
		bits(e.modes.on(modeOrigin), sets.single == 2, sets.single == 3, e.pending),
		itoa(int(sets.left)), itoa(int(sets.right)), bits(wide[:]...), names,
	}, ";")
}

// restorePresentation is DECRSPS: DCS kind $ t text, with what DECRQPSR reported.
func (e *Emulator) restorePresentation(kind byte, text []byte) {
	if !e.atLevel(63) {
		return
	}
	switch kind {
	case '1':
		e.restoreInformation(bytes.SplitN(text, []byte{';'}, 11))
	case '2':
		e.restoreTabs(text)
	}
}

// restoreInformation takes over the fields of a DECCIR up to the first that makes
// no sense. Of the renditions only those that it tells change.
func (e *Emulator) restoreInformation(fields [][]byte) {
	var value [8]int
	known := 0
	for ; known < min(len(value), len(fields)); known++ {
		f := fields[known]
		switch known {
		case 3, 4, 5: // bits
			if len(f) != 1 || f[0]&0xf0 != '@' {
				f = nil
			} else {
				value[known] = int(f[0] & 15)
			}
		default:
			limit := [...]int{0: e.rows, 1: e.cols, 2: 1, 6: 3, 7: 3}[known]
			v, err := strconv.ParseUint(string(f), 10, 16)
			if value[known] = int(v); err != nil || value[known] > limit || v == 0 && known < 3 {
				f = nil
			}
		}
		if f == nil {
			break
		}
	}
	if known > 5 {
		e.modes.set(modeOrigin, value[5]&1 != 0)
	}
	if known > 0 {
		col := e.originCol()
		if known > 1 {
			col = value[1] - 1
		}
		e.moveTo(value[0]-1, col)
	}
	if known > 3 {
		e.restoreRendition(value[3])
	}
	if known > 4 {
		e.setProtection(value[4] & 1)
	}
	if known > 6 {
		e.charsets.left = uint8(value[6])
	}
	if known > 7 {
		e.charsets.right = uint8(max(value[7], 1))
	}
	if known > 7 && len(fields) > 9 && len(fields[8]) == 1 {
		e.designateAll(fields[9], fields[8][0])
	}
	if known > 5 {
		flags := value[5]
		e.charsets.single = 0
		if flags&6 != 0 {
			e.charsets.single = uint8(2 + flags>>2&1)
		}
		e.pending = flags&8 != 0 && e.x == e.rightEdge(e.x)
	}
	e.updateSlow()
}

// restoreRendition sets bold, underline, blink and reverse as the bits say.
func (e *Emulator) restoreRendition(bits int) {
	e.remove(Bold | underlineMask | Blink | Inverse)
	for i, s := range []Style{Bold, Style(0).WithUnderline(UnderlineSingle), Blink, Inverse} {
		if bits>>i&1 != 0 {
			e.add(s)
		}
	}
}

// designateAll makes the character sets of G0 to G3 those that names names, each a
// final with at most one intermediate; bit g of sizes says that Gg has 96 characters.
func (e *Emulator) designateAll(names []byte, sizes byte) {
	g, from := 0, 0
	for i, c := range names {
		if c-0x20 < 0x10 {
			continue
		}
		e.designate(g, string(names[from:i+1]), sizes>>g&1 != 0)
		if g, from = g+1, i+1; g == len(e.charsets.sets) {
			return
		}
	}
}

// restoreTabs sets the stops of a DECTABSR, and no others, as far as it is well formed.
func (e *Emulator) restoreTabs(text []byte) {
	e.tabClear(3)
	n := 0
	for _, c := range append(text, '/') {
		if d := c - '0'; d < 10 {
			n = min(n*10+int(d), maxParam)
			continue
		}
		if n > 0 && n <= e.cols {
			e.tabs.at[n-1] = 1
		}
		if n = 0; c != '/' {
			return
		}
	}
}
