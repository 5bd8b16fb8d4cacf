package terminal

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A reader is a terminal that understands the closed language of diffs and
// nothing else: every byte outside of it is an error. It is written from the
// description of stock's emulator in docs/terminal.md, apart from Emulator, so
// that the two check each other.
type reader struct {
	cols, rows int
	lines      []readerLine
	row, col   int
	pending    bool
	top, bot   int
	pen        readerPen
	hidden     bool
	modes      map[string]bool
	mouse      string
	encoding   string
	title      string
	icon       string
	clipboard  string
	shape      string
	keys       string
	bells      int

	user bool // the language of UserProfile too
	bce  bool
	err  error
}

type readerLine struct {
	cells   []readerCell
	wrapped bool
}

type readerCell struct {
	text string // "" for the right half of a wide glyph
	wide bool
	pen  readerPen
}

type readerPen struct {
	fg, bg, under string
	attrs         string // sorted SGR parameters, each between spaces
	link          string
}

func newReader(cols, rows int, user bool) *reader {
	r := &reader{cols: cols, rows: rows, bot: rows - 1, modes: map[string]bool{}, user: user, bce: true}
	for range rows {
		r.lines = append(r.lines, r.blankLine(""))
	}
	return r
}

func (r *reader) blankLine(bg string) readerLine {
	l := readerLine{cells: make([]readerCell, r.cols)}
	r.erase(l.cells, bg)
	return l
}

func (r *reader) erase(cells []readerCell, bg string) {
	if !r.bce {
		bg = ""
	}
	for i := range cells {
		cells[i] = readerCell{text: " ", pen: readerPen{bg: bg}}
	}
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

// grammar reads b, which leads on from a screen, for its language alone.
func (r *reader) grammar(from *Screen, b []byte) error {
	r.row, r.col = from.cursor.Row, from.cursor.Col
	return r.feed(b)
}

// feed reads b, which must be whole sequences.
func (r *reader) feed(b []byte) error {
	for len(b) > 0 && r.err == nil {
		switch c := b[0]; {
		case r.user && bytes.HasPrefix(b, []byte(plainModes)):
			b = b[len(plainModes):]
		case c == 0x1b && len(b) > 1 && b[1] == '[':
			b = r.csi(b[2:])
		case c == 0x1b && len(b) > 1 && b[1] == ']':
			b = r.osc(b[2:])
		case c == 0x1b && len(b) > 1:
			r.escape(b[1])
			b = b[2:]
		case c < ' ' || c == 0x7f:
			r.control(c)
			b = b[1:]
		default:
			ch, size := utf8.DecodeRune(b)
			if ch == utf8.RuneError && size == 1 || 0x80 <= ch && ch < 0xa0 {
				r.fail("bad UTF-8 or C1 at %q", b[:min(8, len(b))])
			}
			r.print(ch, string(b[:size]))
			b = b[size:]
		}
	}
	if r.err == nil && (r.top != 0 || r.bot != r.rows-1) {
		r.fail("margins %d-%d left behind", r.top, r.bot)
	}
	return r.err
}

func (r *reader) control(c byte) {
	switch c {
	case '\a':
		r.bells++
	case '\b':
		if r.pending {
			r.fail("BS with a wrap pending")
		}
		r.col = max(r.col-1, 0)
	case '\r':
		r.col = 0
	case '\n':
		if r.pending {
			r.fail("LF with a wrap pending")
		}
		r.lineFeed()
	default:
		r.fail("control %#x", c)
	}
	if c != '\a' {
		r.pending = false
	}
}

func (r *reader) escape(c byte) {
	switch {
	case c == 'M':
		if r.row == r.top {
			r.scroll(-1)
		} else {
			r.row = max(r.row-1, 0)
		}
	case r.user && (c == '=' || c == '>'):
		r.modes["keypad"] = c == '='
	default:
		r.fail("ESC %q", c)
	}
	r.pending = false
}

func (r *reader) lineFeed() {
	if r.row == r.bot {
		r.scroll(1)
	} else {
		r.row = min(r.row+1, r.rows-1)
	}
}

// scroll moves the lines within the margins up by n, or down by -n.
func (r *reader) scroll(n int) {
	region := r.lines[r.top : r.bot+1]
	for ; n > 0; n-- {
		copy(region, region[1:])
		region[len(region)-1] = r.blankLine(r.pen.bg)
	}
	for ; n < 0; n++ {
		copy(region[1:], region)
		region[0] = r.blankLine(r.pen.bg)
	}
}

func (r *reader) print(ch rune, text string) {
	if joins(ch) || r.joined() {
		r.combine(text)
		return
	}
	width := RuneWidth(ch)
	if r.pending {
		r.lines[r.row].wrapped = true
		r.col, r.pending = 0, false
		if r.row == r.bot {
			r.fail("wrapped in the last row")
		}
		r.lineFeed()
	}
	if r.col+width > r.cols {
		r.fail("wide glyph %q in the last column", text)
		return
	}
	line := &r.lines[r.row]
	line.cells[r.col] = readerCell{text: text, wide: width == 2, pen: r.pen}
	if width == 2 {
		line.cells[r.col+1] = readerCell{text: "", pen: r.pen}
	}
	if r.col+width == r.cols {
		line.wrapped = false
		r.col, r.pending = r.cols-1, true
	} else {
		r.col += width
	}
}

// behind returns the column of the glyph before the cursor, -1 if there is none.
func (r *reader) behind() int {
	x := r.col
	if !r.pending {
		x--
	}
	if x > 0 && r.lines[r.row].cells[x].text == "" {
		x--
	}
	return x
}

// joined reports whether the next glyph joins the one before the cursor.
func (r *reader) joined() bool {
	x := r.behind()
	return r.user && x >= 0 && strings.HasSuffix(r.lines[r.row].cells[x].text, "\u200d")
}

// combine adds a mark to the glyph just printed.
func (r *reader) combine(text string) {
	x := r.behind()
	if x < 0 {
		r.fail("mark %q on nothing", text)
		return
	}
	c := &r.lines[r.row].cells[x]
	if c.text == " " {
		r.fail("mark %q on a blank", text)
	}
	if c.text += text; len(c.text) > 32 && !r.user {
		r.fail("cell text of %d bytes", len(c.text))
	}
}

func (r *reader) csi(b []byte) []byte {
	end := slices.IndexFunc(b, func(c byte) bool { return 0x40 <= c && c <= 0x7e })
	if end < 0 {
		r.fail("CSI without end")
		return nil
	}
	body, final := string(b[:end]), b[end]
	switch {
	case r.user && (final == 'u' && userKeys.MatchString(body) || final == 'm' && otherKeys.MatchString(body)):
		r.keys = body
		return b[end+1:]
	case final == 'm':
		r.sgr(body)
		return b[end+1:]
	case strings.HasPrefix(body, "?") && (final == 'h' || final == 'l'):
		r.mode(body[1:], final == 'h')
		return b[end+1:]
	case r.user && body == "?1007" && final == 'r':
		r.modes["1007"] = false
		return b[end+1:]
	case r.user && final == 'q' && strings.HasSuffix(body, " "):
		r.shape = strings.TrimSuffix(body, " ")
		r.pending = false
		return b[end+1:]
	}
	n, m := r.params(body)
	r.pending = false
	switch final {
	case 'H':
		r.row, r.col = n-1, m-1
	case 'G':
		r.col = n - 1
	case 'C':
		r.col += n
	case 'K':
		if body != "" {
			r.fail("EL %q", body)
		}
		line := &r.lines[r.row]
		r.erase(line.cells[r.col:], r.pen.bg)
		line.wrapped = false
	case 'X':
		if r.col+n > r.cols || n < 2 {
			r.fail("ECH %d in column %d", n, r.col)
			break
		}
		r.erase(r.lines[r.row].cells[r.col:r.col+n], r.pen.bg)
		if r.col+n == r.cols {
			r.lines[r.row].wrapped = false
		}
	case 'S', 'T':
		if r.user {
			r.fail("SU or SD, which some terminals lack")
		}
		if final == 'T' {
			n = -n
		}
		r.scroll(n)
	case 'L', 'M':
		if r.user {
			r.fail("IL or DL")
		}
		if final == 'L' {
			n = -n
		}
		top := r.top
		r.top = r.row
		r.scroll(n)
		r.top, r.col = top, 0
	case 'J':
		from := r.row
		if body == "2" {
			from = 0
		} else if body != "" || r.col != 0 {
			r.fail("ED %q in column %d", body, r.col)
		}
		for i := range r.lines[from:] {
			r.lines[from+i] = r.blankLine(r.pen.bg)
		}
	case '@', 'P':
		r.shift(final, n)
	case 'r':
		r.top, r.bot = 0, r.rows-1
		if body != "" {
			r.top, r.bot = n-1, m-1
		}
		r.row, r.col = 0, 0
		if r.top >= r.bot && body != "" || r.bot >= r.rows {
			r.fail("margins %q", body)
		}
	default:
		r.fail("CSI %s%c", body, final)
	}
	if r.row >= r.rows || r.col >= r.cols || r.row < 0 || r.col < 0 {
		r.fail("CSI %s%c leaves the screen", body, final)
		r.row, r.col = 0, 0
	}
	return b[end+1:]
}

// shift is ICH and DCH. What they do to wide glyphs and soft wraps differs.
func (r *reader) shift(final byte, n int) {
	line := &r.lines[r.row]
	cells := line.cells[r.col:]
	if r.user || n >= len(cells) || line.wrapped {
		r.fail("%d%c in column %d", n, final, r.col)
		return
	}
	for _, c := range cells {
		if c.text == "" || c.wide {
			r.fail("%d%c moves a wide glyph", n, final)
		}
	}
	if final == '@' {
		copy(cells[n:], slices.Clone(cells))
		r.erase(cells[:n], r.pen.bg)
	} else {
		copy(cells, cells[n:])
		r.erase(cells[len(cells)-n:], r.pen.bg)
	}
}

// params parses one or two numbers that default to 1.
func (r *reader) params(body string) (n, m int) {
	n, m = 1, 1
	for i, s := range strings.Split(body, ";") {
		v, err := strconv.Atoi(s)
		if s == "" {
			v, err = 1, nil
		}
		if err != nil || v < 1 || i > 1 {
			r.fail("CSI parameters %q", body)
		}
		if i == 0 {
			n = v
		} else {
			m = v
		}
	}
	return n, m
}

func (r *reader) mode(n string, on bool) {
	switch n {
	case "25":
		r.hidden = !on
	case "5", "1004", "2004":
		r.modes[n] = on
	case "1007", "2026":
		if !r.user {
			r.fail("mode %s", n)
		}
		r.modes[n] = on
	case "9", "1000", "1001", "1002", "1003":
		r.mouse = ""
		if on {
			r.mouse = n
		}
	case "1005", "1006", "1015", "1016":
		if n == "1016" && !r.user {
			r.fail("mode 1016")
		}
		r.encoding = ""
		if on {
			r.encoding = n
		}
	default:
		r.fail("mode %s", n)
	}
}

func (r *reader) osc(b []byte) []byte {
	end := slices.IndexFunc(b, func(c byte) bool { return c < ' ' || c == 0x7f })
	if end < 0 {
		r.fail("OSC without end")
		return nil
	}
	body, rest := string(b[:end]), b[end+1:]
	if b[end] == 0x1b && r.user && len(rest) > 0 && rest[0] == '\\' {
		rest = rest[1:]
	} else if b[end] != '\a' {
		r.fail("OSC ended by %#x", b[end])
	}
	command, text, _ := strings.Cut(body, ";")
	if !utf8.ValidString(text) || utf8.RuneCountInString(text) > 16384 {
		r.fail("OSC text %q", text)
	}
	switch command {
	case "0":
		r.title, r.icon = text, text
	case "1":
		r.icon = text
	case "2":
		r.title = text
	case "8":
		params, uri, _ := strings.Cut(text, ";")
		if r.pen.link = params + ";" + uri; uri == "" {
			r.pen.link = ""
		}
	case "52":
		data, ok := strings.CutPrefix(text, "c;")
		if !ok || !isBase64(data) || len(data) > 16379 {
			r.fail("OSC 52 %q", text)
		}
		r.clipboard = data
	default:
		if !r.user || !userString.MatchString(body) {
			r.fail("OSC %s", body)
		}
		return rest
	}
	if utf8.RuneCountInString(text) > 254 && command != "52" && command != "8" {
		r.fail("title of %d", len(text))
	}
	return rest
}

// isBase64 reports whether s is padded base64 in one piece.
func isBase64(s string) bool {
	if strings.ContainsAny(s, "\r\n") { // which the decoder skips
		return false
	}
	_, err := base64.StdEncoding.DecodeString(s)
	return err == nil
}

// The language of a user's terminal: keyboards, own colours, progress, directory.
var (
	userKeys   = regexp.MustCompile(`^(=([12]?[0-9]|3[01]);1|>0|<)$`)
	otherKeys  = regexp.MustCompile(`^>4(;[12])?$`)
	userString = regexp.MustCompile(`^((4;[0-9]{1,3}|1[0-2]);rgb:[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{2}|104(;[0-9]{1,3})?|11[0-2]|9;4;[0-4];[0-9]{1,3}|133;[A-D]|133;D;[0-9]{1,3}|7;[!-~]+)$`)
)

func (r *reader) sgr(body string) {
	ps := strings.Split(body, ";")
	for i := 0; i < len(ps); i++ {
		if r.user && strings.Contains(ps[i], ":") {
			r.colonForm(ps[i])
			continue
		}
		n, err := strconv.Atoi("0" + ps[i])
		if err != nil || n > 255 {
			r.fail("SGR %q", body)
			return
		}
		switch {
		case n == 0:
			r.pen = readerPen{link: r.pen.link}
		case n == 38 || n == 48:
			used := r.longColor(n, ps[i:])
			if used == 0 {
				r.fail("SGR %q", body)
				return
			}
			i += used - 1
		case 30 <= n && n <= 37 || 90 <= n && n <= 97:
			r.pen.fg = strconv.Itoa(n%10 + n/90*8)
		case 40 <= n && n <= 47 || 100 <= n && n <= 107:
			r.pen.bg = strconv.Itoa(n%10 + n/100*8)
		case n == 39:
			r.pen.fg = ""
		case n == 49:
			r.pen.bg = ""
		case n == 22:
			r.set("1", false)
			r.set("2", false)
		case slices.Contains([]int{1, 3, 4, 5, 7, 8}, n), r.user && slices.Contains([]int{2, 9, 53}, n):
			if n == 4 {
				r.noUnderline()
			}
			r.set(strconv.Itoa(n), true)
		case slices.Contains([]int{23, 25, 27, 28}, n), r.user && n == 29:
			r.set(strconv.Itoa(n-20), false)
		case n == 24:
			r.noUnderline()
		case r.user && n == 55:
			r.set("53", false)
		case r.user && n == 59:
			r.pen.under = ""
		default:
			r.fail("SGR %q", body)
		}
	}
}

// colonForm applies a parameter with colons.
func (r *reader) colonForm(p string) {
	switch kind, value, _ := strings.Cut(p, ":"); kind {
	case "4":
		r.noUnderline()
		r.set(p, true)
	case "58":
		r.pen.under = strings.TrimPrefix(strings.ReplaceAll(value, "2::", "2:"), "5:")
	default:
		r.fail("SGR %q", p)
	}
}

func (r *reader) noUnderline() {
	for _, u := range []string{"4", "4:2", "4:3", "4:4", "4:5"} {
		r.set(u, false)
	}
}

func (r *reader) set(attr string, on bool) {
	list := strings.Fields(r.pen.attrs)
	list = slices.DeleteFunc(list, func(s string) bool { return s == attr })
	if on {
		list = append(list, attr)
	}
	slices.Sort(list)
	r.pen.attrs = strings.Join(list, " ")
}

// longColor reads 38;5;n and 38;2;r;g;b and returns how many parameters.
func (r *reader) longColor(kind int, ps []string) int {
	value, used := "", 0
	switch {
	case len(ps) >= 3 && ps[1] == "5":
		value, used = ps[2], 3
	case len(ps) >= 5 && ps[1] == "2":
		value, used = "2:"+strings.Join(ps[2:5], ":"), 5
	}
	if kind == 38 {
		r.pen.fg = value
	} else {
		r.pen.bg = value
	}
	return used
}
