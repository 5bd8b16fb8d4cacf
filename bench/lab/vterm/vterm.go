// Package vterm is a small terminal emulator: just enough of xterm to know which
// character is in which cell, and where the cursor is. Every character is one cell
// wide, and colours are ignored.
//
// It is the lab's own, and not roam's emulator, so that what is measured does not
// decide what counts as displayed. Its tests compare the two.
package vterm

import "strings"

// A Term is a terminal. The zero Term is not usable; see New.
type Term struct {
	Cols, Rows int
	X, Y       int          // the cursor
	Reply      func([]byte) // takes answers to queries; nil: there are none

	main, alternate, shown [][]rune

	onAlternate bool
	wrap        bool // a character was printed in the last column: the next one wraps
	noWrap      bool
	insert      bool
	origin      bool
	lines       bool // G0 is DEC's line drawing
	top, bottom int  // of the scrolling region
	kept        [2]kept
	last        rune // printed

	parser
}

// kept is what DECSC keeps, for each screen.
type kept struct {
	x, y  int
	lines bool
}

// New returns a terminal with blank screens.
func New(cols, rows int) *Term {
	t := &Term{Cols: cols, Rows: rows}
	t.reset()
	return t
}

func (t *Term) reset() {
	t.main, t.alternate = t.blank(), t.blank()
	t.shown, t.onAlternate = t.main, false
	t.X, t.Y, t.top, t.bottom = 0, 0, 0, t.Rows-1
	t.wrap, t.noWrap, t.insert, t.origin, t.lines = false, false, false, false, false
	t.kept = [2]kept{}
	t.parser = parser{}
}

// blank returns an empty screen.
func (t *Term) blank() [][]rune {
	g := make([][]rune, t.Rows)
	for y := range g {
		g[y] = blankRow(t.Cols)
	}
	return g
}

func blankRow(cols int) []rune {
	r := make([]rune, cols)
	for x := range r {
		r[x] = ' '
	}
	return r
}

// At returns the character in column x of row y, 0 outside the screen.
func (t *Term) At(x, y int) rune {
	if x < 0 || y < 0 || x >= t.Cols || y >= t.Rows {
		return 0
	}
	return t.shown[y][x]
}

// Row returns row y without the blanks at its end.
func (t *Term) Row(y int) string {
	if y < 0 || y >= t.Rows {
		return ""
	}
	return strings.TrimRight(string(t.shown[y]), " ")
}

// Text returns all rows.
func (t *Term) Text() string {
	rows := make([]string, t.Rows)
	for y := range rows {
		rows[y] = t.Row(y)
	}
	return strings.Join(rows, "\n")
}

// lineDrawing is DEC's special character set, from 0x60 on (VT220 Programmer
// Reference Manual, table 2-4).
var lineDrawing = []rune("◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·")

func (t *Term) print(r rune) {
	if i := int(r) - 0x60; t.lines && i >= 0 && i < len(lineDrawing) {
		r = lineDrawing[i]
	}
	if t.wrap && !t.noWrap {
		t.X = 0
		t.lineFeed()
	}
	t.wrap = false
	row := t.shown[t.Y]
	if t.insert {
		copy(row[t.X+1:], row[t.X:])
	}
	row[t.X], t.last = r, r
	if t.X == t.Cols-1 {
		t.wrap = true
	} else {
		t.X++
	}
}

// control obeys a C0 control character.
func (t *Term) control(b byte) {
	switch b {
	case '\b':
		t.X, t.wrap = max(t.X-1, 0), false
	case '\t':
		t.X = min((t.X/8+1)*8, t.Cols-1)
	case '\n', '\v', '\f':
		t.lineFeed()
	case '\r':
		t.X, t.wrap = 0, false
	}
}

func (t *Term) lineFeed() {
	t.wrap = false
	if t.Y == t.bottom {
		t.scroll(t.top, 1)
	} else if t.Y < t.Rows-1 {
		t.Y++
	}
}

func (t *Term) reverseLineFeed() {
	t.wrap = false
	if t.Y == t.top {
		t.scroll(t.top, -1)
	} else if t.Y > 0 {
		t.Y--
	}
}

// scroll moves the rows from there to the bottom of the region up by n, down if
// that is negative.
func (t *Term) scroll(from, n int) {
	if from > t.bottom {
		return
	}
	rows := t.shown[from : t.bottom+1]
	for range min(n, len(rows)) {
		copy(rows, rows[1:])
		rows[len(rows)-1] = blankRow(t.Cols)
	}
	for range min(-n, len(rows)) {
		copy(rows[1:], rows)
		rows[0] = blankRow(t.Cols)
	}
}

// goTo puts the cursor into row y, of the region in origin mode.
func (t *Term) goTo(y int) {
	if t.origin {
		t.Y = min(y+t.top, t.bottom)
	} else {
		t.Y = min(y, t.Rows-1)
	}
}

// erase blanks columns from..to of row y, without the last.
func (t *Term) erase(y, from, to int) {
	for x := from; x < min(to, t.Cols); x++ {
		t.shown[y][x] = ' '
	}
}

// shift moves what is at and behind the cursor by n columns: to the right, or to
// the left if n is negative.
func (t *Term) shift(n int) {
	row := t.shown[t.Y]
	if n >= 0 {
		n = min(n, t.Cols-t.X)
		copy(row[t.X+n:], row[t.X:])
		t.erase(t.Y, t.X, t.X+n)
		return
	}
	n = min(-n, t.Cols-t.X)
	copy(row[t.X:], row[t.X+n:])
	t.erase(t.Y, t.Cols-n, t.Cols)
}

// keep returns where the shown screen's cursor is kept.
func (t *Term) keep() *kept {
	if t.onAlternate {
		return &t.kept[1]
	}
	return &t.kept[0]
}

func (t *Term) save() { *t.keep() = kept{t.X, t.Y, t.lines} }

func (t *Term) restore() {
	k := t.keep()
	t.X, t.Y, t.lines, t.wrap = k.x, k.y, k.lines, false
}

// show changes to the alternate screen, which is then blank, or back.
func (t *Term) show(alternate, withCursor bool) {
	if alternate == t.onAlternate {
		return
	}
	if alternate {
		if withCursor {
			t.save()
		}
		t.alternate = t.blank()
		t.shown, t.onAlternate = t.alternate, true
		return
	}
	t.shown, t.onAlternate = t.main, false
	if withCursor {
		t.restore()
	}
}
