package predict

import "unicode"

// kernelKey makes k what the terminal's driver in the kernel takes it for while it
// gathers a line and echoes. It reports whether k is one that only the driver knows.
func (e *Engine) kernelKey(k *key) bool {
	h := &e.hinted
	if !h.certain() {
		return false
	}
	switch {
	case k.kind == keyGlyph || k.kind == keyEnter || k.kind == keyBreak || k.kind == keyQuiet:
		return false
	case k.code == 0: // a sequence: its bytes are echoed in some way
		k.kind = keyUnknown
		return false
	case k.code == h.hint.Erase:
		k.kind = keyErase
		return false
	case k.code == h.hint.Kill:
		k.kind = keyKillLine
		return true
	case k.code == h.hint.WordErase:
		k.kind = keyKillWord
		return true
	case h.hint.Controls && caretEchoed(k.code):
		k.kind = keyCaret
		return true
	}
	k.kind = keyUnknown
	return false
}

// caretEchoed reports whether the driver surely echoes a control character as ^X:
// none that it may take for a key of its own, or that a terminal obeys.
func caretEchoed(c byte) bool {
	switch c {
	case 0x01, 0x02, 0x05, 0x06, 0x07, 0x08, 0x0b, 0x0c, 0x0e, 0x10, 0x14, 0x18, 0x19, 0x7f:
		return true
	}
	return false
}

// kernel guesses at a key that kernelKey took for the driver's own.
func (e *Engine) kernel(g guess, p position) {
	e.begin(p)
	start, end, ok := e.extent(p)
	if !ok || p.col != end {
		e.unknown(g)
		return
	}
	to := start
	switch g.key.kind {
	case keyCaret:
		e.caret(g, p)
		return
	case keyKillWord:
		to = e.kernelWord(p.row, p.col, start)
	}
	e.remove(&g, p.row, to, p.col)
	g.moves = to != p.col
	e.push(g, position{row: p.row, col: to})
	e.confirmed = e.current
}

// caret guesses that a control character appears as two.
func (e *Engine) caret(g guess, p position) {
	if p.col+2 >= e.cols {
		e.unknown(g)
		return
	}
	g.moves = true
	for i, c := range []byte{'^', g.key.code ^ 0x40} {
		at := position{row: p.row, col: p.col + i}
		e.insert(&g, at, glyph{text: asText([]byte{c}), width: 1, pen: e.penAt(p)})
	}
	e.push(g, position{row: p.row, col: p.col + 2})
	e.confirmed = e.current
}

// kernelWord returns where the driver's word erase ends: it takes a word of letters,
// digits and underscores, and all that is none behind it.
func (e *Engine) kernelWord(row, col, start int) int {
	in := func(col int) bool {
		for _, r := range e.text(row, col).text {
			return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r)
		}
		return false
	}
	seen := false
	for col > start {
		left := e.leftOf(row, col)
		if word := in(left); word {
			seen = true
		} else if seen {
			break
		}
		col = left
	}
	return col
}
