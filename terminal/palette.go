package terminal

import (
	"fmt"
	"strconv"
	"strings"
)

// Colors are the colours that an application set, or a user's terminal has.
// A zero Color means that it was not.
type Colors struct {
	Fg, Bg, Cursor Color
	Palette        [256]Color
}

// colorString is OSC 4, 10, 11 and 12 (set or ask) and 104, 110, 111 and 112
// (reset).
func (e *Emulator) colorString(n int, text string) {
	switch n {
	case 4:
		fields := strings.Split(text, ";")
		e.changeColors(func(c *Colors) {
			for i := 0; i+1 < len(fields); i += 2 {
				if index, err := strconv.ParseUint(fields[i], 10, 8); err == nil {
					e.colorField(c, 4, int(index), fields[i+1])
				}
			}
		})
	case 104:
		e.resetPalette(text)
	case 10, 11, 12:
		e.changeColors(func(c *Colors) {
			for i, field := range strings.SplitN(text, ";", 4) {
				if n+i <= 12 {
					e.colorField(c, n+i, 0, field)
				}
			}
		})
	default:
		e.changeColors(func(c *Colors) { *c.field(n-100, 0) = 0 })
	}
}

// field returns the colour of OSC n; index counts in the palette.
func (c *Colors) field(n, index int) *Color {
	switch n {
	case 10:
		return &c.Fg
	case 11:
		return &c.Bg
	case 12:
		return &c.Cursor
	}
	return &c.Palette[index]
}

// colorField sets a colour of c, or answers if the field is a question mark.
func (e *Emulator) colorField(c *Colors, n, index int, field string) {
	if field == "?" {
		e.reportColor(*c.field(n, index), n, index)
		return
	}
	if color, ok := parseColor(field); ok {
		*c.field(n, index) = color
	}
}

// changeColors changes the colours, in a copy where Screens share them.
func (e *Emulator) changeColors(change func(*Colors)) {
	c := e.term.colors
	if c == nil || e.term.colorsShared {
		c = new(Colors)
		if e.term.colors != nil {
			*c = *e.term.colors
		}
		e.term.colorsShared = false
	}
	if change(c); *c == (Colors{}) {
		c = nil
	}
	e.term.colors = c
}

// resetPalette is OSC 104 ; index ; ..., all of the palette without an index.
func (e *Emulator) resetPalette(text string) {
	if e.term.colors == nil {
		return
	}
	e.changeColors(func(c *Colors) {
		if text == "" {
			c.Palette = [256]Color{}
			return
		}
		for field := range strings.SplitSeq(text, ";") {
			if i, err := strconv.ParseUint(field, 10, 8); err == nil {
				c.Palette[i] = 0
			}
		}
	})
}

// reportColor answers with c, which was set, or with what the user's terminal
// has; not at all where that is not known. The answer ends as the question did.
func (e *Emulator) reportColor(c Color, n, index int) {
	end := "\x1b\\"
	if e.p.bell {
		end = "\a"
	}
	e.answerColor(c, n, index, end)
}

func (e *Emulator) answerColor(c Color, n, index int, end string) {
	if c == 0 {
		c = *e.term.user.Colors.field(n, index)
	}
	r, g, b, ok := c.RGB()
	if !ok {
		e.later(func() { e.answerColor(0, n, index, end) })
		return
	}
	name := itoa(n)
	if n == 4 {
		name += ";" + itoa(index)
	}
	e.reply(fmt.Sprintf("\x1b]%s;rgb:%02x%02x/%02x%02x/%02x%02x%s", name, r, r, g, g, b, b, end))
}

// parseColor reads rgb:r/g/b with one to four hex digits each, or # with 3, 6,
// 9 or 12 digits (X11's color specifications; names are not known).
func parseColor(s string) (Color, bool) {
	var part [3]string
	if rest, ok := strings.CutPrefix(s, "rgb:"); ok {
		fields := strings.SplitN(rest, "/", 4)
		if len(fields) != 3 {
			return 0, false
		}
		copy(part[:], fields)
	} else if rest, ok := strings.CutPrefix(s, "#"); ok && len(rest) > 0 && len(rest)%3 == 0 && len(rest) <= 12 {
		n := len(rest) / 3
		part = [3]string{rest[:n], rest[n : 2*n], rest[2*n:]}
		if n == 1 {
			for i := range part { // #rgb means the high digits
				part[i] += "0"
			}
		}
	} else {
		return 0, false
	}
	var rgb [3]uint8
	for i, p := range part {
		v, err := strconv.ParseUint(p, 16, 16)
		if err != nil || len(p) > 4 {
			return 0, false
		}
		switch len(p) {
		case 1:
			rgb[i] = uint8(v * 0x11)
		default:
			rgb[i] = uint8(v >> (4 * (len(p) - 2)))
		}
	}
	return RGB(rgb[0], rgb[1], rgb[2]), true
}
