package terminal

// ParseColor reads a colour as terminals tell it: rgb:r/g/b with one to four hexadecimal
// digits each, or # with three, six, nine or twelve.
func ParseColor(s string) (Color, bool) { return parseColor(s) }

// TakesStrings reports whether the variable TERM names a terminal that takes control
// strings, OSC and DCS, without printing those that it does not know.
func TakesStrings(term string) bool { return xtermLike(term) }
