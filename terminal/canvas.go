package terminal

import "slices"

// A Canvas is a Screen that can be painted on: predictions and notices go
// over a picture that others share. It copies the rows that it changes.
// Everything outside of the screen is clipped.
type Canvas struct {
	s    Screen
	mine []bool // rows that no Screen shares
}

// Canvas returns a Canvas that shows s, which never changes.
func (s *Screen) Canvas() *Canvas {
	c := &Canvas{s: *s, mine: make([]bool, len(s.rows))}
	c.s.rows = slices.Clone(s.rows)
	return c
}

// Screen returns what the Canvas shows now. Painting on goes to other copies.
func (c *Canvas) Screen() *Screen {
	s := c.s
	s.rows = slices.Clone(s.rows)
	clear(c.mine)
	return &s
}

// Size returns the number of columns and rows.
func (c *Canvas) Size() (cols, rows int) { return c.s.Size() }

// Row returns row i as it is now. The caller does not modify it, and the next
// painting may.
func (c *Canvas) Row(i int) *Row { return c.s.rows[i] }

// SetCursor places the cursor, which is clamped to the screen.
func (c *Canvas) SetCursor(cursor Cursor) {
	cursor.Row = min(max(cursor.Row, 0), len(c.s.rows)-1)
	cursor.Col = min(max(cursor.Col, 0), c.s.cols-1)
	c.s.cursor = cursor
}

// SetTitle sets the window title and the icon name.
func (c *Canvas) SetTitle(title, icon string) {
	c.s.title, c.s.icon, c.s.titleSet = title, icon, true
}

// SetModes sets the modes.
func (c *Canvas) SetModes(m Modes) { c.s.modes = m }

// row returns row y for writing.
func (c *Canvas) row(y int) *Row {
	if !c.mine[y] {
		old := c.s.rows[y]
		c.s.rows[y] = &Row{
			cells: slices.Clone(old.cells), text: slices.Clone(old.text), extras: slices.Clone(old.extras),
			mark: old.mark, wrapped: old.wrapped, shared: true,
		}
		c.mine[y] = true
	}
	return c.s.rows[y]
}

// Put writes text with pen from column col of a row and returns how many
// columns it took. Text ends at the right edge, where a wide character of
// which half would fit leaves a blank. Control characters are left out; what has
// no width joins the character before it, or is left out at the start.
func (c *Canvas) Put(row, col int, text string, pen Pen) (cols int) {
	return c.put(row, col, text, pen, false)
}

// PutWide is Put for a screen on which ambiguous characters take two columns.
func (c *Canvas) PutWide(row, col int, text string, pen Pen) (cols int) {
	return c.put(row, col, text, pen, true)
}

func (c *Canvas) put(row, col int, text string, pen Pen, ambiguousWide bool) (cols int) {
	if row < 0 || row >= len(c.s.rows) || col < 0 || col >= c.s.cols {
		return 0
	}
	r, x, last := c.row(row), col, -1
	extra := r.addExtra(pen.Extra)
	for _, ch := range text {
		width := RuneWidth(ch)
		if ambiguousWide && IsAmbiguous(ch) {
			width = 2
		}
		switch {
		case ch < ' ' || 0x7f <= ch && ch < 0xa0:
		case width == 0 && last >= 0:
			r.join(last, ch)
		case width == 0:
		case x+width > c.s.cols:
			c.Fill(row, x, c.s.cols, pen)
			return c.s.cols - col
		default:
			r.split(x)
			r.split(x + width)
			cell := newCell(uint32(ch), pen.Fg, pen.Bg, pen.Style, extra)
			r.cells[x] = cell
			if width == 2 {
				r.cells[x] = cell.withContent(uint32(ch) | isWide)
				r.cells[x+1] = cell.withContent(isTail)
			}
			last = x
			x += width
		}
	}
	return x - col
}

// Fill makes columns from to to-1 of a row blank, with pen.
func (c *Canvas) Fill(row, from, to int, pen Pen) {
	from, to = max(from, 0), min(to, c.s.cols)
	if row < 0 || row >= len(c.s.rows) || from >= to {
		return
	}
	r := c.row(row)
	r.split(from)
	r.split(to)
	fillCells(r.cells[from:to], newCell(' ', pen.Fg, pen.Bg, pen.Style, r.addExtra(pen.Extra)))
}

// Style adds and removes attributes of the glyph in column col of a row, and of
// nothing else.
func (c *Canvas) Style(row, col int, add, remove Style) {
	if row < 0 || row >= len(c.s.rows) || col < 0 || col >= c.s.cols {
		return
	}
	r := c.row(row)
	if col > 0 && r.cells[col].Width() == 0 {
		col--
	}
	for x := col; x < min(col+max(1, r.cells[col].Width()), c.s.cols); x++ {
		cell := r.cells[x]
		r.cells[x] = newCell(cell.content(), cell.Fg(), cell.Bg(), cell.Style()&^remove|add, cell.extra())
	}
}

// join adds a code point without width to the glyph in column x, if there is
// room.
func (r *Row) join(x int, ch rune) {
	var buf [maxCluster + 4]byte
	text := appendRune(r.AppendText(buf[:0], x), ch)
	if c := r.cells[x]; len(text) <= maxCluster {
		r.cells[x] = c.withContent(c.content()&isWide | r.addCluster(text))
	}
}
