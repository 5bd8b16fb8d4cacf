package terminal

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// A namedColor is a colour of X servers by its name.
type namedColor struct {
	name string
	rgb  uint32 // red << 16 | green << 8 | blue
}

// parseColor reads a colour as XParseColor does, in any case of letters: # with 3, 6, 9
// or 12 digits, rgb:r/g/b with one to four hexadecimal digits each, rgbi:r/g/b with
// intensities from 0 to 1, or a name of X servers. The forms CIE... and TekHVC: are not known.
func parseColor(s string) (Color, bool) {
	s = strings.ToLower(s)
	if rest, ok := strings.CutPrefix(s, "#"); ok {
		n := len(rest) / 3
		if n == 0 || n > 4 || len(rest)%3 != 0 {
			return 0, false
		}
		part := []string{rest[:n], rest[n : 2*n], rest[2*n:]}
		if n == 1 {
			for i := range part { // #rgb means the high digits
				part[i] += "0"
			}
		}
		return colorOf(part, hexComponent)
	}
	if rest, ok := strings.CutPrefix(s, "rgb:"); ok {
		return colorOf(strings.SplitN(rest, "/", 4), hexComponent)
	}
	if rest, ok := strings.CutPrefix(s, "rgbi:"); ok {
		return colorOf(strings.SplitN(rest, "/", 4), intensityComponent)
	}
	i, ok := slices.BinarySearchFunc(colorNames[:], s, func(c namedColor, name string) int { return strings.Compare(c.name, name) })
	if !ok {
		return 0, false
	}
	return colorRGB | Color(colorNames[i].rgb), true
}

// colorOf returns the colour of three components, each of which read reads; its first
// argument is 0, 1 or 2 for red, green or blue.
func colorOf(part []string, read func(int, string) (uint8, bool)) (Color, bool) {
	if len(part) != 3 {
		return 0, false
	}
	var rgb [3]uint8
	for i, p := range part {
		v, ok := read(i, p)
		if !ok {
			return 0, false
		}
		rgb[i] = v
	}
	return RGB(rgb[0], rgb[1], rgb[2]), true
}

// hexComponent reads one to four hexadecimal digits, of which one is a fraction of 15
// and of more the first two count.
func hexComponent(_ int, s string) (uint8, bool) {
	v, err := strconv.ParseUint(s, 16, 16)
	if err != nil || len(s) > 4 {
		return 0, false
	}
	if len(s) == 1 {
		return uint8(v * 0x11), true
	}
	return uint8(v >> (4 * (len(s) - 2))), true
}

// intensities are the values of the components, 0 to 255, at the intensities (i/16)^2, as
// Xlib has them where a screen says nothing of its own (Xcms). Between them the values
// are as good as linear in the root of the intensity: within one of Xlib's from 0.003 on.
var intensities = [3][17]float64{
	{0, 26, 49, 68, 86, 102, 118, 133, 147, 161, 175, 189, 202, 216, 229, 242, 255},
	{0, 31, 50, 67, 83, 98, 113, 127, 141, 155, 169, 182, 196, 210, 225, 240, 255},
	{0, 28, 49, 67, 83, 99, 113, 128, 142, 156, 169, 183, 197, 211, 225, 240, 255},
}

// intensityComponent reads a decimal number from 0 to 1.
func intensityComponent(i int, s string) (uint8, bool) {
	if strings.Trim(s, "0123456789.e+-") != "" {
		return 0, false // what only Go takes for a number
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || v < 0 || v > 1 {
		return 0, false
	}
	at, part := math.Modf(math.Sqrt(v) * 16)
	k := int(at)
	if k == 16 {
		return 255, true
	}
	low := intensities[i][k]
	return uint8(math.Round(low + (intensities[i][k+1]-low)*part)), true
}
