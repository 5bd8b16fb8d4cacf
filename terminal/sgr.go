package terminal

// A style's place in the second word of a cell.
const styleShift = 32

func (e *Emulator) setFg(c Color)  { e.pen.lo = uint64(c) << 32 }
func (e *Emulator) setBg(c Color)  { e.pen.hi = e.pen.hi&^0xffffffff | uint64(c) }
func (e *Emulator) add(s Style)    { e.pen.hi |= uint64(s) << styleShift }
func (e *Emulator) remove(s Style) { e.pen.hi &^= uint64(s) << styleShift }

func (e *Emulator) underline(u Underline) {
	e.pen.hi = e.pen.hi&^(uint64(underlineMask)<<styleShift) | uint64(u)<<(styleShift+underlineShift)
}

// plain resets the rendition, but for protection and the link.
func (e *Emulator) plain() {
	e.pen.lo = 0
	e.pen.hi &= uint64(Protected|drawn) << styleShift
	if e.extra.UnderlineColor != 0 {
		e.extra.UnderlineColor = 0
	}
}

// sgr is SGR: CSI params m. Colours come as 38;5;n and 38;2;r;g;b, or in the
// colon forms of ISO 8613-6; underline styles as 4:n.
func (e *Emulator) sgr() {
	p := &e.p
	n := p.count()
	for i := 0; i < n; i++ {
		if p.sub != 0 {
			if i+1 < n && p.isSub(i+1) {
				i = e.sgrColon(i)
				continue
			}
		}
		switch v := p.params[i]; v {
		case 0:
			e.plain()
		case 1:
			e.add(Bold)
		case 2:
			e.add(Faint)
		case 3:
			e.add(Italic)
		case 4:
			e.underline(UnderlineSingle)
		case 5, 6:
			e.add(Blink)
		case 7:
			e.add(Inverse)
		case 8:
			e.add(Hidden)
		case 9:
			e.add(Struck)
		case 21:
			e.underline(UnderlineDouble)
		case 22:
			e.remove(Bold | Faint)
		case 23:
			e.remove(Italic)
		case 24:
			e.underline(UnderlineNone)
		case 25:
			e.remove(Blink)
		case 27:
			e.remove(Inverse)
		case 28:
			e.remove(Hidden)
		case 29:
			e.remove(Struck)
		case 30, 31, 32, 33, 34, 35, 36, 37:
			e.setFg(colorPalette | Color(v-30))
		case 38, 48, 58:
			c, used, ok := p.color(i, n)
			if ok {
				e.setColor(v, c)
			}
			i += used
		case 39:
			e.setFg(0)
		case 40, 41, 42, 43, 44, 45, 46, 47:
			e.setBg(colorPalette | Color(v-40))
		case 49:
			e.setBg(0)
		case 53:
			e.add(Overline)
		case 55:
			e.remove(Overline)
		case 59:
			e.extra.UnderlineColor = 0
		case 90, 91, 92, 93, 94, 95, 96, 97:
			e.setFg(colorPalette | Color(v-90+8))
		case 100, 101, 102, 103, 104, 105, 106, 107:
			e.setBg(colorPalette | Color(v-100+8))
		}
	}
}

// setColor sets the colour that SGR 38, 48 or 58 names.
func (e *Emulator) setColor(v int32, c Color) {
	switch v {
	case 38:
		e.setFg(c)
	case 48:
		e.setBg(c)
	case 58:
		e.extra.UnderlineColor = c
	}
}

// color reads the colour behind parameter i, in the semicolon form, and
// returns how many parameters it took. One that is cut short or out of range
// takes all that it can and sets nothing.
func (p *parser) color(i, n int) (c Color, used int, ok bool) {
	if i+1 >= n {
		return 0, 0, false
	}
	switch p.params[i+1] {
	case 5:
		if i+2 >= n {
			return 0, n - i - 1, false
		}
		v := p.params[i+2]
		return colorPalette | Color(v&0xff), 2, uint32(v) <= 255
	case 2:
		if i+4 >= n {
			return 0, n - i - 1, false
		}
		r, g, b := p.params[i+2], p.params[i+3], p.params[i+4]
		return colorRGB | Color(r&0xff)<<16 | Color(g&0xff)<<8 | Color(b&0xff), 4, uint32(r|g|b) <= 255
	}
	return 0, 1, false
}

// sgrColon reads parameter i with its sub-parameters and returns the last of them.
func (e *Emulator) sgrColon(i int) int {
	p := &e.p
	end := i + 1
	for end < p.count() && p.isSub(end) {
		end++
	}
	sub := p.params[i+1 : end]
	switch v := p.params[i]; v {
	case 4:
		if sub[0] <= int32(UnderlineDashed) {
			e.underline(Underline(sub[0]))
		}
	case 38, 48, 58:
		if c, ok := colonColor(sub); ok {
			e.setColor(v, c)
		}
	}
	return end - 1
}

// colonColor reads 5:n, 2:r:g:b or 2:colourspace:r:g:b and what may follow.
func colonColor(sub []int32) (Color, bool) {
	switch {
	case sub[0] == 5 && len(sub) >= 2:
		return colorPalette | Color(sub[1]&0xff), sub[1] <= 255
	case sub[0] == 2 && len(sub) >= 4:
		rgb := sub[1:4]
		if len(sub) >= 5 {
			rgb = sub[2:5]
		}
		return RGB(uint8(rgb[0]), uint8(rgb[1]), uint8(rgb[2])), rgb[0]|rgb[1]|rgb[2] <= 255
	}
	return 0, false
}

// setProtection is DECSCA: CSI n " q. 1 protects what is printed from
// selective erasing.
func (e *Emulator) setProtection(n int) {
	e.modes.set(modeISOProtect, false)
	switch n {
	case 0, 2:
		e.remove(Protected)
	case 1:
		e.add(Protected)
	}
}

// maxPens is how many renditions XTPUSHSGR keeps, as in xterm.
const maxPens = 10

// A savedPen is what XTPUSHSGR keeps, and which of it XTPOPSGR restores.
type savedPen struct {
	pen       Cell
	underline Color
	styles    Style
	fg, bg    bool
}

// pushPen is XTPUSHSGR: CSI attributes # {. Without any all are restored.
func (e *Emulator) pushPen() {
	if len(e.term.pens) == maxPens {
		return
	}
	s := savedPen{pen: e.pen, underline: e.extra.UnderlineColor}
	for i := range e.p.count() {
		switch e.p.params[i] {
		case 0:
			s.styles, s.fg, s.bg = ^Style(0), true, true
		case 1:
			s.styles |= Bold
		case 2:
			s.styles |= Faint
		case 3:
			s.styles |= Italic
		case 4, 21:
			s.styles |= underlineMask
		case 5:
			s.styles |= Blink
		case 7:
			s.styles |= Inverse
		case 8:
			s.styles |= Hidden
		case 9:
			s.styles |= Struck
		case 30:
			s.fg = true
		case 31:
			s.bg = true
		}
	}
	e.term.pens = append(e.term.pens, s)
}

// popPen is XTPOPSGR: CSI # }.
func (e *Emulator) popPen() {
	n := len(e.term.pens)
	if n == 0 {
		return
	}
	s := e.term.pens[n-1]
	e.term.pens = e.term.pens[:n-1]
	e.remove(s.styles)
	e.add(s.pen.Style() & s.styles)
	if s.styles&underlineMask != 0 {
		e.extra.UnderlineColor = s.underline
	}
	if s.fg {
		e.setFg(s.pen.Fg())
	}
	if s.bg {
		e.setBg(s.pen.Bg())
	}
}
