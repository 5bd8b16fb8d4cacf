package client

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// linkURI is what a link to somewhere looks like; deadLink is what must not be one.
var (
	linkURI  = regexp.MustCompile("^[A-Za-z][-+.A-Za-z0-9]*:[^ \"<>\\\\`]*$")
	deadLink = regexp.MustCompile(`^(?i:javascript|vbscript|data):|^(?i:file):(?:[^/]|/[^/]|$|/$|//(?:/|$|(?i:localhost)(?:/|$)))`)
)

// A grammar is all that the client may write to the user's terminal, whatever the server and
// its programs say. It is written from docs/terminal.md and docs/client.md, apart from the
// code that writes. What is not in its tables is an error.
type grammar struct {
	rows, cols int // no move goes beyond
	answers    bool
	used       map[string]int // how often each shape was found; nil: not counted
	cut        bool           // a frame may have been cut short: CAN may come
}

// controls are the control characters that stand alone.
const controls = "\a\b\r\n"

// escapes are the sequences of two or three bytes: RI, keypad modes; character sets at a
// repaint, together with SI.
var escapes = []string{"\x1bM", "\x1b=", "\x1b>", "\x1b(B\x0f"}

// A shape is a form of sequence, with what else must be true of it.
type shape struct {
	what  string
	form  *regexp.Regexp
	check func(g *grammar, groups []string) bool
}

func form(what, pattern string) shape {
	return shape{what: what, form: regexp.MustCompile("^(?:" + pattern + ")$")}
}

func (s shape) where(check func(g *grammar, groups []string) bool) shape {
	s.check = check
	return s
}

// number reads a number that has a default of 1 and an upper limit.
func number(s string, most int) bool {
	n := 0
	for _, c := range s {
		if n = n*10 + int(c-'0'); n > most {
			return false
		}
	}
	return len(s) == 0 || n > 0 && s[0] != '0'
}

const (
	param = `([0-9]*)`
	byte_ = `(?:[0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])`
	hex2  = `[0-9a-f]{2}`
	rgb   = `rgb:` + hex2 + `/` + hex2 + `/` + hex2
	sgr   = `(?:[0-9]|2[2-9]|3[0-79]|4[0-79]|5[359]|9[0-7]|10[0-7]|4:[0-5]|[34]8;5;` + byte_ + `|[34]8;2;` + byte_ + `;` + byte_ + `;` + byte_ +
		`|58:5:` + byte_ + `|58:2::` + byte_ + `:` + byte_ + `:` + byte_ + `)`
)

// controlShapes are the control sequences, without CSI.
var controlShapes = []shape{
	form("CUP", param+`(?:;([0-9]+))?H`).where(func(g *grammar, p []string) bool {
		return number(p[1], g.rows) && number(p[2], g.cols)
	}),
	form("move or erase within a row", param+`[CGX]`).where(func(g *grammar, p []string) bool { return number(p[1], g.cols) }),
	form("EL and ED to the end", `[KJ]`),
	form("ED of all", `2J`),
	form("EL of all, behind samples", `2K`),
	form("margins", `([0-9]+);([0-9]+)r`).where(func(g *grammar, p []string) bool { return number(p[1], g.rows) && number(p[2], g.rows) }),
	form("no margins", `r`),
	form("SGR", `(?:`+sgr+`(?:;`+sgr+`)*)?m`),
	form("modes at a repaint", `4l|\?6l|\?7h|\?69l`),
	form("modes", `\?(?:1|5|25|9|1000|1001|1002|1003|1004|1005|1006|1007|1015|1016|2004|2026|2031)[hl]`),
	form("the user's own setting of 1007", `\?1007[rs]`),
	form("the alternate screen, as terminfo has it", `\?1049[hl]`),
	form("DECSCUSR", `[0-6] q`),
	form("the kitty keyboard", `>0u|<u|=(?:[0-9]|[12][0-9]|3[01]);1u`),
	form("modifyOtherKeys", `>4(?:;[12])?m`),
	form("the title stack", `2[23];0(?:;0)?t`),
	form("questions", `>q|\?(?:2026|2031|2027|1016)\$p|\?u|1[46]t|c|6n`).where(func(g *grammar, _ []string) bool { return g.answers }),
}

// stringShapes are the control strings, without introducer and terminator.
var stringShapes = []shape{
	form("titles", `\][012];(.*)`).where(func(_ *grammar, p []string) bool { return isLine(p[1], 254, 1<<20) }),
	form("links", `\]8;([ -:<-~]*);([ -~]+)|\]8;;`).where(func(_ *grammar, p []string) bool {
		return len(p[1]) <= 256 && len(p[2]) <= 2083 && (p[2] == "" || linkURI.MatchString(p[2]) && !deadLink.MatchString(p[2]))
	}),
	form("own colours", `\](?:4;`+byte_+`|1[0-2]);`+rgb),
	form("the user's colours again", `\](?:104(?:;`+byte_+`)?|11[0-2])`),
	form("questions for colours", `\](?:4;(?:[0-9]|1[0-5])|1[0-2]);\?`).where(func(g *grammar, _ []string) bool { return g.answers }),
	form("questions for abilities", `P\+q(?:[0-9a-f]{2})+`).where(func(g *grammar, _ []string) bool { return g.answers }),
	form("directory", `\]7;([!-~]+)`).where(func(_ *grammar, p []string) bool { return len(p[1]) <= 4096 }),
	form("progress", `\]9;4;[0-4](?:;(?:[0-9]{1,2}|100))?`),
	form("prompt marks", `\]133;(?:[A-D]|D;`+byte_+`)`),
	form("clipboard", `\]52;([cpqs0-7]{0,12});([A-Za-z0-9+/]*={0,2})`).where(func(g *grammar, p []string) bool {
		text, err := base64.StdEncoding.DecodeString(p[2])
		return err == nil && len(text) <= 1<<20
	}),
	form("notifications by OSC 9", `\]9;([^0-9].*)`).where(func(_ *grammar, p []string) bool { return isLine(p[1], 1<<20, 2*maxNotice+2) }),
	form("notifications by OSC 777", `\]777;notify;([^;]*);(.*)`).where(func(_ *grammar, p []string) bool {
		return isLine(p[1], 1<<20, maxNotice) && isLine(p[2], 1<<20, maxNotice)
	}),
	form("notifications by OSC 99", `\]99;((?:[dfiotuwp]=[!-9<-~]*:)*(?:[dfiotuwp]=[!-9<-~]*)?);(.*)`).where(func(_ *grammar, p []string) bool {
		return len(p[1]) <= maxNotice && isLine(p[2], 1<<20, maxNotice) && !strings.Contains(":"+p[1], ":p=?")
	}),
}

// isLine reports whether s is a line of text of at most so many characters and bytes: no
// controls, no separators of lines, nothing that turns the direction of what follows.
func isLine(s string, runes, bytes int) bool {
	if !utf8.ValidString(s) || utf8.RuneCountInString(s) > runes || len(s) > bytes {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
	})
}

// read takes in what was written, whole sequences, and returns the first thing in it that the
// grammar does not have.
func (g *grammar) read(b string) error {
	for len(b) > 0 {
		n, err := g.next(b)
		if err != nil {
			return fmt.Errorf("%w at %.80q", err, b)
		}
		b = b[n:]
	}
	return nil
}

// next returns the length of what b begins with.
func (g *grammar) next(b string) (int, error) {
	switch {
	case strings.IndexByte(controls, b[0]) >= 0:
		return 1, nil
	case b[0] == '\x18' && g.cut:
		return 1, nil
	case b[0] != 0x1b:
		r, n := utf8.DecodeRuneInString(b)
		if r == utf8.RuneError && n == 1 || unicode.IsControl(r) {
			return 0, fmt.Errorf("%q is no text", b[:n])
		}
		return n, nil
	}
	for _, e := range escapes {
		if strings.HasPrefix(b, e) {
			return len(e), nil
		}
	}
	switch {
	case len(b) < 2:
	case b[1] == '[':
		for i := 2; i < len(b); i++ {
			if 0x40 <= b[i] && b[i] <= 0x7e {
				return i + 1, g.match(controlShapes, b[2:i+1])
			}
		}
	case b[1] == ']' || b[1] == 'P':
		for i := 2; i < len(b); i++ {
			switch {
			case b[i] == '\a':
				return i + 1, g.match(stringShapes, b[1:i])
			case b[i] == 0x1b && i+1 < len(b) && b[i+1] == '\\':
				return i + 2, g.match(stringShapes, b[1:i])
			case b[i] < ' ':
				return 0, fmt.Errorf("a control in a string")
			}
		}
	}
	return 0, fmt.Errorf("no sequence")
}

// match reports whether one of the shapes is s.
func (g *grammar) match(shapes []shape, s string) error {
	for _, shape := range shapes {
		if groups := shape.form.FindStringSubmatch(s); groups != nil && (shape.check == nil || shape.check(g, groups)) {
			if g.used != nil {
				g.used[shape.what]++
			}
			return nil
		}
	}
	return fmt.Errorf("%.60q is not in the grammar", s)
}
