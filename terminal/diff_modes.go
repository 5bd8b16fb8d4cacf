package terminal

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Caps on the strings that leave in a diff.
const (
	// maxTitle is the most code points of a title: a stock reader cuts the
	// text of an OSC 0, 1 or 2 at 256, of which "0;" takes two.
	maxTitle = 254
	// maxStockClipboard is the most characters of clipboard text that a stock
	// reader keeps; more would be cut within base64.
	maxStockClipboard = 16379
)

// bell rings once, however often the bell rang since from.
func (w *painter) bell(from *Screen) {
	if from == nil && w.to.bells > 0 && !w.repaint || from != nil && from.bells != w.to.bells {
		w.dst = append(w.dst, '\a')
	}
}

// names sets the window title and the icon name, once either was ever set.
func (w *painter) names(from *Screen) {
	s := w.to
	if !w.p.titles || !s.titleSet && !(from != nil && from.titleSet) {
		return
	}
	if from != nil && from.titleSet == s.titleSet && from.title == s.title && from.icon == s.icon {
		return
	}
	if s.title == s.icon {
		w.osc("0;", s.title)
		return
	}
	if from == nil || !from.titleSet || from.icon != s.icon {
		w.osc("1;", s.icon)
	}
	if from == nil || !from.titleSet || from.title != s.title {
		w.osc("2;", s.title)
	}
}

// InLine reports whether r may stand in a line of text that belongs to the user's terminal,
// such as a title or a notification: no control character, no separator of lines, and no
// mark that turns the direction of text, by which a program could rearrange what is not its
// own.
func InLine(r rune) bool {
	switch {
	case isControl(r), r == 0x61c, r == 0x200e, r == 0x200f, 0x2028 <= r && r <= 0x202e, 0x2066 <= r && r <= 0x2069:
		return false
	}
	return true
}

// osc writes an OSC string of what may stand in a line.
func (w *painter) osc(command, text string) {
	w.dst = append(append(w.dst, "\x1b]"...), command...)
	n := 0
	for _, r := range text {
		if n == maxTitle {
			break
		}
		if InLine(r) {
			w.dst = utf8.AppendRune(w.dst, r)
			n++
		}
	}
	w.dst = append(w.dst, '\a')
}

// copied writes the clipboard. Only text that is base64 leaves: a reader
// hands any text on to its terminal, which takes "?" for a question.
func (w *painter) copied(from *Screen) {
	text := w.to.clipboard
	if !w.p.clipboard || w.repaint || text == "" || from != nil && from.clipboard == text {
		return
	}
	text = strings.TrimRight(text, "=")
	padding := "==="[:-len(text)&3]
	if len(text)+len(padding) > maxStockClipboard || !validBase64([]byte(text)) {
		return
	}
	w.dst = append(w.dst, "\x1b]52;c;"...)
	w.dst = append(append(w.dst, text...), padding...)
	w.dst = append(w.dst, '\a')
}

// mode sets or resets a DEC mode that differs.
func (w *painter) mode(number string, was, is bool) {
	if was == is && !w.repaint {
		return
	}
	w.dst = append(append(w.dst, "\x1b[?"...), number...)
	w.dst = append(w.dst, "lh"[b2i(is)])
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// showCursor ends with the cursor as visible as the target has it.
func (w *painter) showCursor() {
	w.mode("25", !w.hidden, !w.to.cursor.Hidden)
	w.hidden = w.to.cursor.Hidden
}

// inputModes sets what makes the reader's terminal send other bytes, and the
// cursor's shape.
func (w *painter) inputModes(from *Screen) {
	var was Modes
	var shape uint8
	if from != nil {
		was, shape = from.modes, from.cursor.Shape
	}
	is := w.to.modes
	w.mode("2004", was.BracketedPaste, is.BracketedPaste)
	w.mode("1004", was.FocusEvents, is.FocusEvents)
	if w.repaint {
		w.dst = append(w.dst, mouseOff...)
	}
	w.exclusive(w.p.mouseMode(was.Mouse), w.p.mouseMode(is.Mouse))
	w.exclusive(w.p.mouseEncoding(was.MouseEncoding), w.p.mouseEncoding(is.MouseEncoding))
	if w.p.altScroll && (was.AltScroll != is.AltScroll || w.repaint) {
		w.dst = append(w.dst, "\x1b[?1007"...)
		w.dst = append(w.dst, "rh"[b2i(is.AltScroll)]) // off is as the user has it
	}
	if w.p.keypad && (was.AppKeypad != is.AppKeypad || w.repaint) {
		w.dst = append(w.dst, '\x1b', ">="[b2i(is.AppKeypad)])
	}
	if w.p.shape && shape != w.to.cursor.Shape { // a repaint finds none that is set: see Profile.AppendUndo
		w.dst = append(w.dst, "\x1b["...)
		w.dst = strconv.AppendUint(w.dst, uint64(w.to.cursor.Shape), 10)
		w.dst = append(w.dst, " q"...)
	}
	w.keyboard(was, is)
	w.ownColors(from)
	w.told(from)
}

// exclusive replaces one of several modes that exclude each other; 0 is none.
func (w *painter) exclusive(was, is uint16) {
	if was == is {
		return
	}
	if was != 0 {
		w.dst = strconv.AppendUint(append(w.dst, "\x1b[?"...), uint64(was), 10)
		w.dst = append(w.dst, 'l')
	}
	if is != 0 {
		w.dst = strconv.AppendUint(append(w.dst, "\x1b[?"...), uint64(is), 10)
		w.dst = append(w.dst, 'h')
	}
}

// mouseMode returns the mode to set for m. Highlight tracking (1001) makes a
// terminal wait for an answer that only its own program could give, so a
// user's terminal reports plain clicks instead.
func (p *Profile) mouseMode(m MouseMode) uint16 {
	if m == 1001 && p.mouse {
		return 1000
	}
	return uint16(m)
}

// mouseEncoding returns the encoding to set for e: where the reader has no 1016, reports look
// the same in 1006, with cells for pixels.
func (p *Profile) mouseEncoding(e MouseEncoding) uint16 {
	if e == 1016 && !p.pixels {
		return 1006
	}
	return uint16(e)
}
