package terminal

// The bits of XTCHECKSUM, which say how DECRQCRA sums.
const (
	sumPlain  = 1 << iota // the sum is not negated
	sumGlyphs             // attributes add nothing
	sumBlanks             // all blanks count
	sumDrawn              // but for those that were not written
	sumWhole              // all of each code point, of combining ones too, not the low byte
)

// reportChecksum is DECRQCRA: CSI id;page;top;left;bottom;right * y. It answers
// only where the options allow it. Of each cell the sum has the low byte of
// its glyph, a blank's where it is hidden, and what a VT420 adds for attributes;
// but for the first, blanks that were not written count only by XTCHECKSUM.
func (e *Emulator) reportChecksum() {
	if !e.opts.Checksums {
		return
	}
	how, sum := e.term.checksum, 0
	if r, ok := e.rect(2); ok {
		for y := r.top; y <= r.bottom; y++ {
			row := e.lines[y]
			for x := r.left; x <= r.right; x++ {
				counts := y == r.top && x == r.left || row.cells[x] != blankCell
				if how&sumBlanks != 0 {
					counts = how&sumDrawn == 0 || row.cells[x].isDrawn()
				}
				if counts {
					sum += row.checksum(x, how)
				}
			}
		}
	}
	if how&sumPlain == 0 {
		sum = -sum
	}
	e.reply("\x1bP" + itoa(e.p.param(0, 0)) + "!~" + hex4(sum) + "\x1b\\")
}

// checksum returns what the cell in column x adds.
func (r *Row) checksum(x, how int) (sum int) {
	c := r.cells[x]
	if how&sumGlyphs == 0 {
		sum = checksumStyle(c.Style())
	}
	switch {
	case c.Style()&Hidden != 0:
		return sum + ' '
	case c.Width() == 0:
		if how&sumWhole != 0 {
			return sum + 0xffff // what xterm keeps in the right half of a wide glyph
		}
		return sum + 0xff
	}
	var text [clusterRoom]byte
	for _, r := range string(r.AppendText(text[:0], x)) {
		if how&sumWhole == 0 {
			return sum + int(r&0xff)
		}
		sum += int(r)
	}
	return sum
}

// checksumStyle is what a cell's attributes add to the checksum of a VT420.
func checksumStyle(s Style) (sum int) {
	if u := s.Underline(); u != UnderlineNone && u != UnderlineDouble { // an attribute of its own
		sum += 0x10
	}
	if s&Inverse != 0 {
		sum += 0x20
	}
	if s&Blink != 0 {
		sum += 0x40
	}
	if s&Bold != 0 {
		sum += 0x80
	}
	return sum
}

// reportRendition is XTREPORTSGR: CSI top;left;bottom;right # |. It tells what all
// cells of the rectangle have in common, where the options allow it.
func (e *Emulator) reportRendition() {
	if !e.opts.Checksums {
		return
	}
	r, ok := e.rect(0)
	if !ok {
		e.reply("\x1b[0m")
		return
	}
	common := e.lines[r.top].pen(r.left)
	for y := r.top; y <= r.bottom; y++ {
		for x := r.left; x <= r.right; x++ {
			common = common.common(e.lines[y].pen(x))
		}
	}
	e.reply("\x1b[" + common.parameters() + "m")
}

// pen returns the rendition of the cell in column x.
func (r *Row) pen(x int) Pen {
	c := r.cells[x]
	return Pen{c.Fg(), c.Bg(), c.Style(), r.Extra(x)}
}

// common returns what p and q have in common.
func (p Pen) common(q Pen) Pen {
	p.Style = p.Style&q.Style&^underlineMask | p.Style&underlineMask
	if p.Style.Underline() != q.Style.Underline() {
		p.Style = p.Style.WithUnderline(UnderlineNone)
	}
	if p.Fg != q.Fg {
		p.Fg = 0
	}
	if p.Bg != q.Bg {
		p.Bg = 0
	}
	if p.Extra.UnderlineColor != q.Extra.UnderlineColor {
		p.Extra.UnderlineColor = 0
	}
	return p
}

// markDrawn notes, where checksums are answered, that the blanks in columns from
// to to-1 of row y count as written: xterm leaves such ones.
func (e *Emulator) markDrawn(y, from, to int) {
	if e.opts.Checksums {
		cells := e.row(y).cells[from:to]
		for i := range cells {
			cells[i].hi |= uint64(drawn) << 32
		}
	}
}
