package terminal

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"strings"
)

// deviceString runs a DCS string. Known are DECRQSS ($q), DECRSPS (1$t, 2$t),
// XTGETTCAP (+q) and XTGETXRES (+Q); sixel and all others are skipped.
func (e *Emulator) deviceString(s []byte) {
	if len(s) < 2 {
		return
	}
	switch string(s[:2]) {
	case "$q":
		e.reportSetting(string(s[2:]))
	case "+q":
		e.reportCapabilities(string(s[2:]))
	case "+Q": // there are no resources
		for range min(bytes.Count(s, []byte{';'})+1, maxCapabilities) {
			e.reply("\x1bP0+R\x1b\\")
		}
	case "1$", "2$":
		if len(s) > 2 && s[2] == 't' {
			e.restorePresentation(s[0], s[3:])
		}
	}
}

// reportSetting answers DECRQSS: the setting as the sequence that makes it.
func (e *Emulator) reportSetting(what string) {
	var s string
	if what == "s" && !e.atLevel(64) {
		what = ""
	}
	switch what {
	case "m":
		s = e.currentPen().parameters() + "m"
	case "r":
		s = itoa(e.top+1) + ";" + itoa(e.bottom+1) + "r"
	case "s":
		s = itoa(e.left+1) + ";" + itoa(e.right+1) + "s"
	case "t":
		s = itoa(e.rows) + "t"
	case "$|":
		s = itoa(e.cols) + "$|"
	case "*|":
		s = itoa(e.rows) + "*|"
	case " q":
		s = itoa(e.shownShape()) + " q"
	case "\"q":
		s = "0\"q"
		if e.pen.Style()&Protected != 0 && !e.modes.on(modeISOProtect) {
			s = "1\"q"
		}
	case "\"p":
		if !e.atLevel(62) {
			return
		}
		s = e.levelSetting()
	case "*x":
		s = "1*x"
		if e.term.wholeRect {
			s = "2*x"
		}
	default:
		e.reply("\x1bP0$r\x1b\\")
		return
	}
	e.reply("\x1bP1$r" + s + "\x1b\\")
}

// parameters returns those of the SGR that makes the pen.
func (p Pen) parameters() string {
	b := []byte{'0'}
	for _, a := range []struct {
		style Style
		sgr   string
	}{
		{Bold, ";1"}, {Faint, ";2"}, {Italic, ";3"}, {Blink, ";5"}, {Inverse, ";7"},
		{Hidden, ";8"}, {Struck, ";9"}, {Overline, ";53"},
	} {
		if p.Style&a.style != 0 {
			b = append(b, a.sgr...)
		}
	}
	switch u := p.Style.Underline(); u {
	case UnderlineNone:
	case UnderlineSingle:
		b = append(b, ";4"...)
	default:
		b = append(b, ";4:"+itoa(int(u))...)
	}
	b = appendColonColor(b, p.Fg, 30, 38)
	b = appendColonColor(b, p.Bg, 40, 48)
	return string(appendColonColor(b, p.Extra.UnderlineColor, 0, 58))
}

// appendColonColor appends the SGR parameter of c; basic is the one of palette
// entry 0, or 0 where there is none.
func appendColonColor(b []byte, c Color, basic, extended int) []byte {
	if n, ok := c.Palette(); ok {
		switch {
		case basic != 0 && n < 8:
			return append(b, ";"+itoa(basic+int(n))...)
		case basic != 0 && n < 16:
			return append(b, ";"+itoa(basic+60+int(n)-8)...)
		}
		return append(b, ";"+itoa(extended)+":5:"+itoa(int(n))...)
	}
	if r, g, bl, ok := c.RGB(); ok {
		return append(b, ";"+itoa(extended)+":2::"+itoa(int(r))+":"+itoa(int(g))+":"+itoa(int(bl))...)
	}
	return b
}

// maxCapabilities is how many names one XTGETTCAP may ask for: a bound on what
// one string makes us answer, above what any program asks at once.
const maxCapabilities = 64

// reportCapabilities answers XTGETTCAP: names in hex, a reply for each. The
// reply has the name from our own table, never the program's text.
func (e *Emulator) reportCapabilities(names string) {
	for i, name := range strings.SplitN(names, ";", maxCapabilities+1) {
		if i == maxCapabilities {
			return
		}
		b, err := hex.DecodeString(name)
		if err != nil {
			e.reply("\x1bP0+r\x1b\\")
			continue
		}
		known, value, ok := capability(string(b))
		switch {
		case !ok:
			e.reply("\x1bP0+r\x1b\\")
		case value == "":
			e.reply("\x1bP1+r" + hexUpper(known) + "\x1b\\")
		default:
			e.reply("\x1bP1+r" + hexUpper(known) + "=" + hexUpper(value) + "\x1b\\")
		}
	}
}

func hexUpper(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) }

// capability returns the value of a terminfo or termcap capability that the
// emulator has, and its name. Flags have no value.
func capability(name string) (known, value string, ok bool) {
	switch name {
	case "TN", "name":
		return name, "xterm-256color", true
	case "Co", "colors":
		return name, strconv.Itoa(256), true
	case "RGB":
		return name, "8", true
	case "Tc", "Su", "XT", "bce":
		return name, "", true
	case "Smulx":
		return name, "\x1b[4:%p1%dm", true
	case "Setulc":
		return name, "\x1b[58:2::%p1%{65536}%/%d:%p1%{256}%/%{255}%&%d:%p1%{255}%&%d%;m", true
	case "setrgbf":
		return name, "\x1b[38:2:%p1%d:%p2%d:%p3%dm", true
	case "setrgbb":
		return name, "\x1b[48:2:%p1%d:%p2%d:%p3%dm", true
	case "Ms":
		return name, "\x1b]52;%p1%s;%p2%s\x07", true
	case "Ss":
		return name, "\x1b[%p1%d q", true
	case "Se":
		return name, "\x1b[2 q", true
	}
	return "", "", false
}
