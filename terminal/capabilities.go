package terminal

import (
	"bytes"
	"strings"
)

// Capabilities are what a user's terminal can do. The zero value is a
// terminal that knows absolute moves, erasing to the right in the default
// colour, and eight colours.
type Capabilities struct {
	Colors int // 8, 16, 256 or 1<<24; 0 means 8

	ECH          bool // erases characters in place
	BCE          bool // erases with the pen's background
	AutoMargin   bool // wraps after the last column (terminfo am)
	EatNewline   bool // only when the next glyph comes (terminfo xenl)
	ScrollRegion bool // DECSTBM (terminfo csr)
	Sync         bool // synchronized output, mode 2026
	Clusters     bool // draws a grapheme cluster in the cells that the cluster policy gives it

	// What the terminal takes two columns for where a screen may have one.
	WideSelector  bool // an emoji by its variation selector, U+FE0F
	WideIndicator bool // a regional indicator, half a flag
	WideAmbiguous bool // East Asian ambiguous characters

	Faint, Italic, Struck, Overline bool
	UnderlineStyles                 bool // SGR 4:n
	UnderlineColor                  bool // SGR 58
	Links                           bool // OSC 8
	CursorShape                     bool // DECSCUSR
	Title                           bool // OSC 0, 1, 2, and the title stack
	Clipboard                       bool // OSC 52
	Keypad                          bool // DECKPAM
	AltScroll                       bool // mode 1007, with XTSAVE and XTRESTORE
	PixelMouse                      bool // mode 1016
	KittyKeys                       bool // the kitty keyboard protocol
	OtherKeys                       bool // xterm's modifyOtherKeys
	Palette                         bool // OSC 4, 10, 11 and 12, and 104, 110, 111 and 112
	Progress                        bool // OSC 9;4
	Directory                       bool // OSC 7
	Marks                           bool // OSC 133, or it takes no notice of it

	Notify NotifyForm // how it shows notifications

	EnterCA, ExitCA []byte // to the alternate screen and back; nil: not wanted
}

// A NotifyForm is the sequence by which a terminal shows notifications.
type NotifyForm uint8

// The forms.
const (
	NotifyNone NotifyForm = iota // it has none
	Notify9                      // OSC 9 ; text
	Notify777                    // OSC 777 ; notify ; title ; text
	Notify99                     // OSC 99, the protocol of kitty
)

// notifyForms are the forms of terminals that have one, by the part of TERM or
// TERM_PROGRAM that names them.
var notifyForms = []struct {
	name string
	form NotifyForm
}{
	{"kitty", Notify99}, {"foot", Notify777}, {"ghostty", Notify777}, {"wezterm", Notify777}, {"WezTerm", Notify777},
	{"rxvt-unicode", Notify777}, {"iTerm", Notify9}, {"contour", Notify777}, {"rio", Notify9},
}

// NotifyFormOf returns the form of the terminal that the variable TERM or
// TERM_PROGRAM names.
func NotifyFormOf(name string) NotifyForm {
	for _, n := range notifyForms {
		if strings.Contains(name, n.name) {
			return n.form
		}
	}
	return NotifyNone
}

// pixelTerminals report the mouse in pixels (1016).
var pixelTerminals = []string{"kitty", "ghostty", "foot", "contour", "wezterm"}

// kittyTerminals have the kitty keyboard protocol whatever their settings are;
// progressTerminals show OSC 9;4, which is a notification to some others.
var (
	kittyTerminals    = []string{"kitty", "ghostty", "foot"}
	progressTerminals = []string{"ghostty", "wezterm", "WezTerm", "mintty"}
)

// ShowsProgress reports whether the terminal that the variable TERM or
// TERM_PROGRAM names shows OSC 9;4.
func ShowsProgress(name string) bool { return namesOne(name, progressTerminals) }

func namesOne(name string, of []string) bool {
	for _, n := range of {
		if strings.Contains(name, n) {
			return true
		}
	}
	return false
}

// titleInCA reports whether entering the alternate screen saves the title.
func (c Capabilities) titleInCA() bool { return bytes.Contains(c.EnterCA, []byte("\x1b[22;")) }

// A Terminfo is a terminal's description, by the short names of terminfo(5).
// Absent entries are absent from the maps.
type Terminfo struct {
	Bools   map[string]bool
	Nums    map[string]int
	Strings map[string][]byte
}

// ansiTerminals are the names, up to the first '-' or end, of terminals that
// take xterm's OSC strings. Others might print them.
var ansiTerminals = []string{
	"xterm", "rxvt", "kterm", "Eterm", "alacritty", "screen", "tmux",
	"foot", "ghostty", "contour", "wezterm", "konsole", "gnome", "vte", "st", "mintty", "iTerm2.app", "rio",
}

// xtermLike reports whether term names a terminal of ansiTerminals.
func xtermLike(term string) bool {
	for _, prefix := range ansiTerminals {
		rest, ok := strings.CutPrefix(term, prefix)
		if ok && (rest == "" || !isLower(rest[0])) {
			return true
		}
	}
	return false
}

func isLower(b byte) bool { return 'a' <= b && b <= 'z' }

// CapabilitiesOf returns the capabilities of the terminal that the variable
// TERM names and ti describes. colorterm is the variable COLORTERM. What no
// description tells (titles, links, the clipboard) follows from the name;
// what only the terminal itself can tell (Sync, Clusters) stays false.
func CapabilitiesOf(ti Terminfo, term, colorterm string) Capabilities {
	ansi := xtermLike(term)
	has := func(name string) bool { return len(ti.Strings[name]) > 0 }
	c := Capabilities{
		Colors:       colorsOf(ti, term, colorterm),
		ECH:          has("ech"),
		BCE:          ti.Bools["bce"],
		AutoMargin:   ti.Bools["am"],
		EatNewline:   ti.Bools["xenl"],
		ScrollRegion: has("csr"),

		Faint:           has("dim"),
		Italic:          has("sitm"),
		Struck:          has("smxx"),
		Overline:        has("Smol"),
		UnderlineStyles: has("Smulx") || ti.Bools["Su"],
		UnderlineColor:  has("Setulc") || ti.Bools["Su"],
		CursorShape:     has("Ss") || ansi && !strings.HasPrefix(term, "rxvt"),
		Links:           ansi,
		Title:           ansi,
		Clipboard:       ansi || has("Ms"),
		Keypad:          has("smkx"),
		AltScroll:       ansi,
		Notify:          NotifyFormOf(term),
		PixelMouse:      namesOne(term, pixelTerminals),
		KittyKeys:       namesOne(term, kittyTerminals),
		Palette:         ansi,
		Progress:        ShowsProgress(term),
		Directory:       ansi,
		Marks:           ansi,

		EnterCA: ti.Strings["smcup"],
		ExitCA:  ti.Strings["rmcup"],
	}
	return c
}

// colorsOf returns how many colours the terminal has. COLORTERM is how
// terminals say that they know 24-bit colours (terminfo seldom does).
func colorsOf(ti Terminfo, term, colorterm string) int {
	switch {
	case colorterm == "truecolor" || colorterm == "24bit",
		ti.Bools["Tc"] || ti.Bools["RGB"], strings.HasSuffix(term, "-direct"):
		return 1 << 24
	}
	switch n := ti.Nums["colors"]; {
	case n >= 1<<24:
		return 1 << 24
	case n >= 256:
		return 256
	case n >= 16:
		return 16
	}
	return 8
}
