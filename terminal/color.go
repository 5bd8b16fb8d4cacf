package terminal

// A Color is a foreground, background or underline colour: the terminal's
// default (the zero value), an entry of its 256-colour palette, or 24-bit RGB.
// It uses the low 26 bits.
type Color uint32

const (
	colorPalette Color = 1 << 24
	colorRGB     Color = 2 << 24
)

// Palette returns entry n of the palette: 0–7 are SGR 30–37, 8–15 SGR 90–97.
func Palette(n uint8) Color { return colorPalette | Color(n) }

// RGB returns a 24-bit colour.
func RGB(r, g, b uint8) Color { return colorRGB | Color(r)<<16 | Color(g)<<8 | Color(b) }

// IsDefault reports whether c is the terminal's default colour.
func (c Color) IsDefault() bool { return c == 0 }

// Palette returns c's palette index, if it is a palette entry.
func (c Color) Palette() (n uint8, ok bool) { return uint8(c), c>>24 == colorPalette>>24 }

// RGB returns c's components, if it is a 24-bit colour.
func (c Color) RGB() (r, g, b uint8, ok bool) {
	return uint8(c >> 16), uint8(c >> 8), uint8(c), c>>24 == colorRGB>>24
}
