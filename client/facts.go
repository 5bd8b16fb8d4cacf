package client

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"strings"

	"roam/session"
	"roam/terminal"
)

// hasParam reports whether the control sequence tok has a parameter.
func hasParam(tok []byte, param string) bool {
	body := bytes.TrimLeft(tok[2:len(tok)-1], "?")
	for p := range bytes.SplitSeq(body, []byte{';'}) {
		if string(p) == param {
			return true
		}
	}
	return false
}

// learnTermcap takes in the text of XTGETTCAP's answer: 1+r and name=value pairs in
// hexadecimal digits; 0+r for none.
func (f *facts) learnTermcap(text string) {
	pairs, ok := strings.CutPrefix(text, "1+r")
	if !ok {
		return
	}
	for pair := range strings.SplitSeq(pairs, ";") {
		name, _, _ := strings.Cut(pair, "=")
		if b, err := hex.DecodeString(name); err == nil && len(b) <= 16 {
			f.termcap[string(b)] = true
		}
	}
}

// learnColor takes in a colour: of OSC 10, 11, 12, or of a palette entry, "4;n".
func (f *facts) learnColor(which, text string) {
	if rest, ok := strings.CutPrefix(text, "rgba:"); ok { // alpha is the last part
		if i := strings.LastIndexByte(rest, '/'); i >= 0 {
			text = "rgb:" + rest[:i]
		}
	}
	c, ok := terminal.ParseColor(text)
	if !ok {
		return
	}
	switch which {
	case "10":
		f.colors.Fg = c
	case "11":
		f.colors.Bg = c
	case "12":
		f.colors.Cursor = c
	default:
		if n, err := strconv.ParseUint(strings.TrimPrefix(which, "4;"), 10, 8); err == nil {
			f.colors.Palette[n] = c
		}
	}
}

// A knownTerminal is one whose name, as XTVERSION tells it, says what it can do. They all
// draw every attribute and take 24-bit colours, an xterm built without those for the nearest
// that it has: TERM, which is often plain xterm, says eight.
type knownTerminal struct {
	name   string
	curls  bool // underline styles and their colour
	others bool // xterm's modifyOtherKeys
}

// knownTerminals are told apart by the beginning of their name. tmux takes everything and
// degrades by itself.
var knownTerminals = []knownTerminal{
	{name: "kitty", curls: true}, {name: "contour", curls: true}, {name: "VTE", curls: true},
	{name: "xterm.js", curls: true}, {name: "rio", curls: true}, {name: "Konsole"},
	{name: "WezTerm", curls: true, others: true}, {name: "foot", curls: true, others: true},
	{name: "ghostty", curls: true, others: true}, {name: "iTerm2", curls: true, others: true},
	{name: "mintty", curls: true, others: true}, {name: "tmux", curls: true, others: true},
	{name: "XTerm", others: true},
}

// has reports whether DECRQM knew a mode as one that can be set.
func (f *facts) has(mode string) bool { n := f.modes[mode]; return n >= 1 && n <= 3 }

// improve returns c with what the answers add.
func (f *facts) improve(c terminal.Capabilities) terminal.Capabilities {
	for _, k := range knownTerminals {
		if !strings.HasPrefix(f.version, k.name) {
			continue
		}
		c.Colors = 1 << 24
		c.Faint, c.Italic, c.Struck = true, true, true
		c.Overline = c.Overline || k.curls
		c.UnderlineStyles = c.UnderlineStyles || k.curls
		c.UnderlineColor = c.UnderlineColor || k.curls
		c.OtherKeys = c.OtherKeys || k.others
	}
	c.KittyKeys = c.KittyKeys || f.kitty
	c.Progress = c.Progress || terminal.ShowsProgress(f.version)
	if f.termcap["RGB"] {
		c.Colors = 1 << 24
	}
	c.UnderlineStyles = c.UnderlineStyles || f.termcap["Smulx"]
	c.UnderlineColor = c.UnderlineColor || f.termcap["Setulc"]
	c.Clipboard = c.Clipboard || f.clip || f.termcap["Ms"]
	c.Sync = c.Sync || f.has("2026")
	c.PixelMouse = c.PixelMouse || f.has("1016")
	if c.Notify == terminal.NotifyNone {
		c.Notify = terminal.NotifyFormOf(f.version)
	}
	return f.judgeWidths(c)
}

// keepCell notes what a cell measures, now that the window of so many cells is about to
// have another size: what the text area measured does not hold any more.
func (f *facts) keepCell(cols, rows int) {
	if u := f.look(cols, rows); u.CellWidth > 0 && u.CellHeight > 0 {
		f.cellW, f.cellH = u.CellWidth, u.CellHeight
	}
	f.textW, f.textH = 0, 0
}

// look returns what the terminal looks like, in a window of so many cells.
func (f *facts) look(cols, rows int) terminal.UserTerminal {
	u := terminal.UserTerminal{CellWidth: f.cellW, CellHeight: f.cellH, Colors: f.colors, Scheme: f.scheme}
	if u.CellWidth == 0 || u.CellHeight == 0 {
		u.CellWidth, u.CellHeight = f.textW/cols, f.textH/rows
	}
	if r, g, b, ok := f.colors.Bg.RGB(); ok && u.Scheme == terminal.SchemeUnknown {
		u.Scheme = terminal.SchemeDark
		// Luminance by ITU-R BT.601; half of the brightest divides light from dark.
		if 299*int(r)+587*int(g)+114*int(b) > 1000*255/2 {
			u.Scheme = terminal.SchemeLight
		}
	}
	return u
}

// describe returns what the server is to know of a terminal with the capabilities caps.
func describe(caps terminal.Capabilities, look terminal.UserTerminal) session.UserTerminal {
	u := session.UserTerminal{Colors: max(caps.Colors, 8), Look: look}
	for _, a := range []struct {
		has bool
		is  session.Ability
	}{
		{caps.Clipboard, session.AbleClipboard},
		{caps.Notify != terminal.NotifyNone, session.AbleNotify},
		{caps.Clusters, session.AbleClusters},
		{caps.KittyKeys, session.AbleKittyKeys},
		{caps.OtherKeys, session.AbleOtherKeys},
	} {
		if a.has {
			u.Abilities |= a.is
		}
	}
	return u
}
