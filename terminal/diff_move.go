package terminal

// isAt reports whether the reader's cursor is known to be there.
func (w *painter) isAt(y, x int) bool { return y == w.row && x == w.col && !w.fuzzy && !w.lost }

// moveTo moves the reader's cursor in the shortest way that is certain. The
// reader's tab stops are not known, and a line feed never scrolls here.
func (w *painter) moveTo(y, x int) {
	if w.isAt(y, x) {
		return
	}
	if w.hide && !w.hidden {
		w.dst = append(w.dst, "\x1b[?25l"...)
		w.hidden = true
	}
	if w.moveNear(y, x) {
		w.row, w.col, w.fuzzy, w.pending = y, x, false, false
		return
	}
	w.moveAbsolute(y, x)
}

// moveAbsolute writes CUP, which is certain always.
func (w *painter) moveAbsolute(y, x int) {
	w.dst = append(w.dst, "\x1b["...)
	if y > 0 || x > 0 {
		w.dst = appendNumber(w.dst, uint(y+1))
	}
	if x > 0 {
		w.dst = appendNumber(append(w.dst, ';'), uint(x+1))
	}
	w.dst = append(w.dst, 'H')
	w.row, w.col, w.plain = y, x, true
	w.fuzzy, w.pending, w.lost = false, false, false
}

// moveNear moves downwards or within the row, and reports whether it did:
// whether that is certain and no longer than CUP. Before a pending wrap, and
// behind glyphs that readers may measure otherwise, only CR and CHA are
// certain; in the last column of the last row nothing but CUP.
func (w *painter) moveNear(y, x int) bool {
	down, right := y-w.row, x-w.col
	if w.lost || down < 0 || w.fuzzy && w.row == w.rows-1 {
		return false
	}
	certain := w.plain && !w.fuzzy
	switch {
	case x == 0 && 1+down <= cupLen(y, x):
		if w.col > 0 || !certain {
			w.dst = append(w.dst, '\r')
		}
		w.plain = true
		w.repeat('\n', down)
	case right == 0 && certain && down <= cupLen(y, x):
		w.repeat('\n', down)
	case down > 0:
		return false
	case certain && right < 0 && -right <= csiLen(x+1):
		w.repeat('\b', -right)
	case certain && right > 0 && csiLen(right) <= csiLen(x+1):
		w.csi(right, 'C')
	default:
		w.csi(x+1, 'G')
		w.plain = true
	}
	return true
}

// csi writes a control sequence with one parameter that defaults to 1.
func (w *painter) csi(n int, final byte) {
	w.dst = append(w.dst, "\x1b["...)
	if n != 1 {
		w.dst = appendNumber(w.dst, uint(n))
	}
	w.dst = append(w.dst, final)
}

// csi2 writes a control sequence with two parameters.
func (w *painter) csi2(a, b int, final byte) {
	w.dst = appendNumber(append(w.dst, "\x1b["...), uint(a))
	w.dst = appendNumber(append(w.dst, ';'), uint(b))
	w.dst = append(w.dst, final)
}

func (w *painter) repeat(b byte, n int) {
	for range n {
		w.dst = append(w.dst, b)
	}
}

// cupLen returns how many bytes moveAbsolute takes.
func cupLen(y, x int) int {
	n := 3
	if y > 0 || x > 0 {
		n += digits(y + 1)
	}
	if x > 0 {
		n += 1 + digits(x+1)
	}
	return n
}

// csiLen returns how many bytes csi takes.
func csiLen(n int) int {
	if n == 1 {
		return 3
	}
	return 3 + digits(n)
}

func digits(n int) int {
	d := 1
	for ; n >= 10; n /= 10 {
		d++
	}
	return d
}
