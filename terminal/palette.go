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

// specialColors is how many OSC 5 has: of bold, underlined, blinking, reverse and italic text.
const specialColors = 5

// colorString is OSC 4, 5 and 10 to 19 (set or ask) and 104, 105 and 110 to 119
// (reset). Those that no Screen has are kept only for who asks.
func (e *Emulator) colorString(n int, text string) {
	switch {
	case n == 4 || n == 5:
		fields := strings.Split(text, ";")
		e.changeColors(func(c *Colors) {
			for i := 0; i+1 < len(fields); i += 2 {
				if index, ok := colorIndex(n, fields[i]); ok {
					e.colorField(c, n, index, fields[i+1])
				}
			}
		})
	case n == 104:
		e.resetPalette(text)
	case n == 105:
		e.resetSpecial(text)
	case n <= 19:
		e.changeColors(func(c *Colors) {
			for i, field := range strings.SplitN(text, ";", 11) {
				if n+i <= 19 {
					e.colorField(c, n+i, 0, field)
				}
			}
		})
	default:
		e.changeColors(func(c *Colors) { *e.colorPlace(c, n-100, 0) = 0 })
	}
}

// colorIndex reads the number of a colour of OSC 4 or 5. Behind the palette the
// former has the special colours of the latter.
func colorIndex(n int, s string) (index int, ok bool) {
	v, err := strconv.ParseUint(s, 10, 16)
	limit := specialColors
	if n == 4 {
		limit += len(Colors{}.Palette)
	}
	return int(v), err == nil && int(v) < limit
}

// isSpecial reports whether the colour of OSC n is a special one.
func isSpecial(n, index int) bool { return n == 5 || n == 4 && index >= len(Colors{}.Palette) }

// colorPlace returns where the colour of OSC n is kept: in c, if Screens have it.
func (e *Emulator) colorPlace(c *Colors, n, index int) *Color {
	switch {
	case isSpecial(n, index):
		if n == 4 {
			index -= len(c.Palette)
		}
		return &e.term.special[index]
	case n >= 13:
		return &e.term.dynamic[n-13]
	}
	return c.field(n, index)
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
		e.reportColor(*e.colorPlace(c, n, index), c.Fg, n, index)
		return
	}
	if color, ok := parseColor(field); ok {
		*e.colorPlace(c, n, index) = color
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
	e.changeColors(func(c *Colors) {
		if text == "" {
			c.Palette = [256]Color{}
			return
		}
		for field := range strings.SplitSeq(text, ";") {
			if i, ok := colorIndex(4, field); ok {
				*e.colorPlace(c, 4, i) = 0
			}
		}
	})
}

// resetSpecial is OSC 105 ; index ; ..., all special colours without an index.
func (e *Emulator) resetSpecial(text string) {
	if text == "" {
		clear(e.term.special[:])
		return
	}
	for field := range strings.SplitSeq(text, ";") {
		if i, ok := colorIndex(5, field); ok {
			e.term.special[i] = 0
		}
	}
}

// reportColor answers with c, which was set, or with what the user's terminal
// has; not at all where that is not known. A special colour that was not set is
// that of text, fg. The answer ends as the question did.
func (e *Emulator) reportColor(c, fg Color, n, index int) {
	end := "\x1b\\"
	if e.p.bell {
		end = "\a"
	}
	if c == 0 && isSpecial(n, index) {
		c = fg
	}
	e.answerColor(c, n, index, end)
}

func (e *Emulator) answerColor(c Color, n, index int, end string) {
	if c == 0 {
		switch {
		case n >= 13: // of the user's terminal they are never known
			return
		case isSpecial(n, index):
			c = e.term.user.Colors.Fg
		default:
			c = *e.term.user.Colors.field(n, index)
		}
	}
	r, g, b, ok := c.RGB()
	if !ok {
		e.later(func() { e.answerColor(0, n, index, end) })
		return
	}
	name := itoa(n)
	if n == 4 || n == 5 {
		name += ";" + itoa(index)
	}
	e.reply(fmt.Sprintf("\x1b]%s;rgb:%02x%02x/%02x%02x/%02x%02x%s", name, r, r, g, g, b, b, end))
}
