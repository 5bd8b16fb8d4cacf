package terminal

import (
	"math/bits"
	"strconv"
)

// A rendition is what SGR can say: a pen without its link, in terms that the
// reader understands.
type rendition struct {
	fg, bg Color
	style  Style
	under  Color // underline colour
}

// render returns the rendition that shows fg, bg, style and under best.
func (p *Profile) render(fg, bg Color, style Style, under Color) rendition {
	r := rendition{fg, bg, style & p.styles, 0}
	if r.style.Underline() > UnderlineSingle && !p.underlines {
		r.style = r.style.WithUnderline(UnderlineSingle)
	}
	if p.underlineColor {
		r.under = under
	}
	if p.colors < 1<<24 {
		r.fg, r.bg, r.under = nearest(fg, p.colors), nearest(bg, p.colors), nearest(r.under, p.colors)
	}
	return r
}

// sgrAttributes are the attributes with SGR parameters that set and reset
// them, but the underline, each at the place of its bit. Bold and Faint share theirs.
var sgrAttributes = [...]struct {
	style   Style
	on, off byte
}{
	{Bold, 1, 22}, {Faint, 2, 22}, {Italic, 3, 23}, {Blink, 5, 25},
	{Inverse, 7, 27}, {Hidden, 8, 28}, {Struck, 9, 29}, {Overline, 53, 55},
}

// appendSGR appends the shortest SGR that changes the reader's pen from one
// rendition to another.
func appendSGR(dst []byte, from, to rendition) []byte {
	if from == to {
		return dst
	}
	if to == (rendition{}) {
		return append(dst, "\x1b[m"...)
	}
	dst = append(dst, "\x1b["...)
	start := len(dst)
	dst = appendSGRDelta(dst, from, to)
	if from.loses(to) {
		mid := len(dst)
		dst = append(dst, "0;"...)
		dst = appendSGRDelta(dst, rendition{}, to)
		if len(dst)-mid < mid-start {
			dst = dst[:start+copy(dst[start:], dst[mid:])]
		} else {
			dst = dst[:mid]
		}
	}
	dst[len(dst)-1] = 'm' // instead of the last ';'
	return dst
}

// loses reports whether to lacks something that r has. Else a reset first is never
// shorter: what differs would have to be set behind it, too.
func (r rendition) loses(to rendition) bool {
	return r.style&^to.style != 0 || r.fg != 0 && to.fg == 0 || r.bg != 0 && to.bg == 0 || r.under != 0 && to.under == 0
}

// appendSGRDelta appends parameters, each with a ';' after it.
func appendSGRDelta(dst []byte, from, to rendition) []byte {
	if from.style != to.style {
		dst = appendStyleDelta(dst, from.style, to.style)
	}
	if from.fg != to.fg {
		dst = appendColor(dst, to.fg, 30)
	}
	if from.bg != to.bg {
		dst = appendColor(dst, to.bg, 40)
	}
	if from.under != to.under {
		dst = appendColor(dst, to.under, 50)
	}
	return dst
}

// appendStyleDelta appends the parameters that change the attributes was to those of is.
func appendStyleDelta(dst []byte, was, is Style) []byte {
	if was&^is&(Bold|Faint) != 0 { // 22 resets both
		dst = append(dst, "22;"...)
		was &^= Bold | Faint
	}
	const attributes = 1<<len(sgrAttributes) - 1
	for differ := uint(was^is) & attributes; differ != 0; differ &= differ - 1 {
		i := bits.TrailingZeros(differ)
		if is>>i&1 != 0 {
			dst = appendParam(dst, uint(sgrAttributes[i].on))
		} else {
			dst = appendParam(dst, uint(sgrAttributes[i].off))
		}
	}
	if u := is.Underline(); u != was.Underline() {
		switch u {
		case UnderlineNone:
			dst = append(dst, "24;"...)
		case UnderlineSingle:
			dst = append(dst, "4;"...)
		default:
			dst = append(dst, '4', ':', '0'+byte(u), ';')
		}
	}
	return dst
}

// appendColor appends the parameters that set c; base is 30 for the
// foreground, 40 for the background, 50 for the underline, which alone takes
// the colon form: a reader that does not know it ignores it whole.
func appendColor(dst []byte, c Color, base uint) []byte {
	if c.IsDefault() {
		return appendParam(dst, base+9)
	}
	sep := byte(';')
	if base == 50 {
		sep = ':'
	}
	if n, ok := c.Palette(); ok {
		switch {
		case base != 50 && n < 8:
			return appendParam(dst, base+uint(n))
		case base != 50 && n < 16:
			return appendParam(dst, base+60+uint(n)-8)
		}
		dst = appendNumber(dst, base+8)
		dst = append(dst, sep, '5', sep)
		return appendParam(dst, uint(n))
	}
	r, g, b, _ := c.RGB()
	dst = appendNumber(dst, base+8)
	dst = append(dst, sep, '2', sep)
	if base == 50 {
		dst = append(dst, ':') // the colour space, left out
	}
	dst = appendNumber(dst, uint(r))
	dst = appendNumber(append(dst, sep), uint(g))
	dst = appendNumber(append(dst, sep), uint(b))
	return append(dst, ';')
}

func appendParam(dst []byte, n uint) []byte { return append(appendNumber(dst, n), ';') }

// appendNumber appends n in decimal; most have one digit or two.
func appendNumber(dst []byte, n uint) []byte {
	switch {
	case n < 10:
		return append(dst, '0'+byte(n))
	case n < 100:
		return append(dst, '0'+byte(n/10), '0'+byte(n%10))
	}
	return strconv.AppendUint(dst, uint64(n), 10)
}
