package terminal

import (
	"bytes"
	"encoding/hex"
	"strings"
	"unicode/utf8"
)

const (
	// maxNameBytes is the most bytes of a title or icon name: longer than any
	// title bar; xterm has no limit, but every state carries the title.
	maxNameBytes = 1024
	// maxStockTitle is where a stock peer cuts what follows OSC, in code points.
	maxStockTitle = 256
	// maxTitleStack is how many titles CSI 22 t keeps, as in xterm.
	maxTitleStack = 10
	// maxLinkURI is the longest URI of a link: what browsers agree on, and
	// other terminals' limit. A longer one makes no link.
	maxLinkURI = 2083
	// maxLinkParams is the longest list of a link's parameters.
	maxLinkParams = 256
	// maxDirectory is the longest URL of a working directory: PATH_MAX.
	maxDirectory = 4096
	// maxClipboardState is the most characters that a stock peer keeps.
	maxClipboardState = 16379
)

// nameState is the title and what goes with it.
type nameState struct {
	title, icon string
	set         bool // either was ever set
	clipboard   string
	stack       []names
	hex         bool // titles are set in hexadecimal digits (XTSMTITLE 0)
	link        Link // the last one that was opened
}

type names struct{ title, icon string }

// push is CSI 22 ; which t: 0 both, 1 the icon name, 2 the title.
func (n *nameState) push(which int) {
	if which > 2 {
		return
	}
	if len(n.stack) == maxTitleStack {
		n.stack = n.stack[1:]
	}
	n.stack = append(n.stack, names{n.title, n.icon})
}

// pop is CSI 23 ; which t.
func (n *nameState) pop(which int) {
	if which > 2 || len(n.stack) == 0 {
		return
	}
	top := n.stack[len(n.stack)-1]
	n.stack = n.stack[:len(n.stack)-1]
	if which != 1 {
		n.title = top.title
	}
	if which != 2 {
		n.icon = top.icon
	}
}

// controlString runs the control string that the parser holds.
func (e *Emulator) controlString() {
	if e.p.lost {
		return
	}
	switch {
	case e.stock:
		e.stockString()
	case e.p.kind == ']':
		e.commandString(e.p.str)
	case e.p.kind == 'P':
		e.deviceString(e.p.str)
	}
}

// commandString runs an OSC string: number ; text.
func (e *Emulator) commandString(s []byte) {
	number, text, found := bytes.Cut(s, []byte{';'})
	n := 0
	for _, c := range number {
		if c-'0' > 9 || n > maxParam {
			return
		}
		n = n*10 + int(c-'0')
	}
	if len(number) == 0 && !found {
		return
	}
	switch n {
	case 0, 1, 2:
		if e.names.hex {
			var err error
			if text, err = hex.DecodeString(string(text)); err != nil {
				return
			}
		}
		if found {
			e.setNames(n, cleanText(text, maxNameBytes))
		}
	case 4, 5, 104, 105, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
		110, 111, 112, 113, 114, 115, 116, 117, 118, 119:
		e.colorString(n, string(text))
	case 7:
		if len(text) <= maxDirectory {
			e.term.cwd = cleanText(text, maxDirectory)
		}
	case 8:
		e.setLink(text)
	case 9:
		e.conEmu(text)
	case 52:
		e.setClipboard(text)
	case 99:
		e.kittyNotification(text)
	case 133:
		e.setMark(text)
	case 777:
		if rest, ok := bytes.CutPrefix(text, []byte("notify;")); ok {
			title, body, _ := bytes.Cut(rest, []byte{';'})
			e.notify(title, body)
		}
	case 1337:
		if dir, ok := bytes.CutPrefix(text, []byte("CurrentDir=")); ok && len(dir) <= maxDirectory {
			e.term.cwd = cleanText(dir, maxDirectory)
		}
	}
}

// setTitleModes is XTSMTITLE and XTRMTITLE. Of the modes only 0, hexadecimal digits, says
// how titles are set; the others are about UTF-8, which all text is, and questions.
func (e *Emulator) setTitleModes(on bool) {
	for i := range e.p.count() {
		if e.p.params[i] == 0 {
			e.names.hex = on
		}
	}
}

// setNames sets the icon name (1), the title (2) or both (0).
func (e *Emulator) setNames(which int, text string) {
	e.names.set = true
	if which != 2 {
		e.names.icon = text
	}
	if which != 1 {
		e.names.title = text
	}
}

// cleanText returns s as valid UTF-8 without controls, cut to limit bytes.
func cleanText(s []byte, limit int) string {
	clean := true
	for _, c := range s {
		clean = clean && c-0x20 < 0x5f
	}
	if clean {
		return string(s[:min(len(s), limit)])
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRune(s)
		if r == utf8.RuneError && n == 1 {
			n, _ = runeSize(s)
		}
		s = s[n:]
		if r < 0x20 || r >= 0x7f && r < 0xa0 {
			continue
		}
		if b.Len()+utf8.RuneLen(r) > limit {
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}

// setLink is OSC 8 ; params ; URI. An empty URI ends the link.
func (e *Emulator) setLink(text []byte) {
	params, uri, found := bytes.Cut(text, []byte{';'})
	if !found {
		return
	}
	for _, c := range text {
		if c-0x20 >= 0x5f {
			return
		}
	}
	if len(uri) == 0 || len(uri) > maxLinkURI || len(params) > maxLinkParams {
		e.extra.Link = Link{}
		return
	}
	// Most links are the one before, in another cell.
	if l := &e.names.link; l.URI != string(uri) || l.Params != string(params) {
		*l = Link{Params: string(params), URI: string(uri)}
	}
	e.extra.Link = e.names.link
}

// setClipboard is OSC 52 ; selections ; base64. A question (?) for the
// clipboard is never answered nor passed on.
func (e *Emulator) setClipboard(text []byte) {
	selection, data, found := bytes.Cut(text, []byte{';'})
	if !found || !validBase64(data) || !isSelection(selection) {
		return
	}
	e.events.add(Event{Kind: EventClipboard, Selection: string(selection), Text: string(data)})
	if (len(selection) == 0 || bytes.IndexByte(selection, 'c') >= 0) && len(data) <= maxClipboardState {
		e.names.clipboard = string(data)
	}
}

// isSelection reports whether s names selections as OSC 52 does.
func isSelection(s []byte) bool {
	return len(s) <= 12 && len(bytes.Trim(s, "cpqs01234567")) == 0
}

// validBase64 reports whether s is base64 with or without padding.
func validBase64(s []byte) bool {
	s = bytes.TrimRight(s, "=")
	if len(s)%4 == 1 {
		return false
	}
	for _, c := range s {
		if !base64Letter[c] {
			return false
		}
	}
	return true
}

var base64Letter = func() (t [256]bool) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for i := range alphabet {
		t[alphabet[i]] = true
	}
	return t
}()

// setMark is OSC 133 ; A, B, C or D ; ... at the cursor.
func (e *Emulator) setMark(text []byte) {
	if len(text) == 0 || len(text) > 1 && text[1] != ';' {
		return
	}
	m := e.lines[e.y].mark
	switch text[0] {
	case 'A':
		m.Prompt, m.Command = true, 0
	case 'B':
		m.Command = int16(e.x + 1)
	case 'C':
		m.Output = true
	case 'D':
		m.End, m.Exit = true, -1
		if len(text) > 2 {
			if n, ok := parseSmall(text[2:]); ok {
				m.Exit = int16(n)
			}
		}
	default:
		return
	}
	if e.lines[e.y].mark != m {
		e.row(e.y).mark = m
	}
}

// parseSmall reads a number up to 255 at the front of s.
func parseSmall(s []byte) (n int, ok bool) {
	for _, c := range s {
		if c-'0' > 9 {
			break
		}
		if n, ok = n*10+int(c-'0'), true; n > 255 {
			return 0, false
		}
	}
	return n, ok
}
