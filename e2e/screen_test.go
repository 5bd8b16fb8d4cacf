//go:build linux

package e2e

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// A screen is what a terminal shows, as far as a person can see it.
type screen struct {
	name         string
	cols, height int
	lines        [][]cell
	col, row     int // of the cursor
	visible      bool
	mouse        string // which reports are on, and how they are written
	title        string
}

// A cell is one character and how it looks. A wide character has one cell, and so has each
// combining mark: what follows is shifted alike on all screens.
type cell struct {
	r rune
	look
}

// A look is the attributes of a cell.
type look struct {
	bold, dim, italic, blink, reverse, hidden, struck, over bool
	under, underColor                                       string
	fg, bg                                                  string
	graphics                                                bool // of DEC's line drawing set
}

// String names the character and the attributes that it has.
func (c cell) String() string {
	s := fmt.Sprintf("%q", c.r)
	for _, a := range []struct {
		on   bool
		name string
	}{{c.bold, "bold"}, {c.dim, "dim"}, {c.italic, "italic"}, {c.blink, "blink"}, {c.reverse, "reverse"}, {c.hidden, "hidden"},
		{c.struck, "struck"}, {c.over, "overlined"}, {c.under != "", "underlined " + c.under}, {c.underColor != "", "in " + c.underColor},
		{c.fg != "", "colour " + c.fg}, {c.bg != "", "on " + c.bg}} {
		if a.on {
			s += " " + a.name
		}
	}
	return s
}

// lines compiles a pattern in which ^ and $ stand for the ends of lines.
func lines(pattern string) *regexp.Regexp { return regexp.MustCompile("(?m)" + pattern) }

// parse reads the lines that tmux gives for a screen. Attributes go on from line
// to line.
func (s *screen) parse(captured []string) {
	var pen look
	for _, line := range captured {
		var row []cell
		for len(line) > 0 {
			switch {
			case line[0] == 0x0e || line[0] == 0x0f:
				pen.graphics = line[0] == 0x0e
				line = line[1:]
			case strings.HasPrefix(line, "\x1b["):
				end := strings.IndexByte(line, 'm')
				pen.set(line[2:end])
				line = line[end+1:]
			default:
				r, n := utf8.DecodeRuneInString(line)
				row = append(row, pen.cell(r))
				line = line[n:]
			}
		}
		s.lines = append(s.lines, row)
	}
}

// cell returns a character as it looks with the pen: of a blank only the ground,
// and what lines go through it, can be seen.
func (l look) cell(r rune) cell {
	if l.graphics {
		if u, ok := lineDrawing[r]; ok {
			r = u
		}
		l.graphics = false
	}
	if r == ' ' {
		l.bold, l.dim, l.italic, l.blink, l.hidden = false, false, false, false, false
		if l.under == "" && !l.struck && !l.over && !l.reverse {
			l.fg = ""
		}
	}
	return cell{r, l}
}

// lineDrawing holds what programs use of DEC's special graphics.
var lineDrawing = map[rune]rune{
	'j': '┘', 'k': '┐', 'l': '┌', 'm': '└', 'n': '┼', 'q': '─', 't': '├', 'u': '┤', 'v': '┴', 'w': '┬', 'x': '│',
	'a': '▒', '`': '◆', 'f': '°', 'g': '±', '~': '·', '0': '█', 'o': '⎺', 's': '⎽', '+': '→', ',': '←', '-': '↑', '.': '↓',
	'b': '␉', 'c': '␌', 'd': '␍', 'e': '␊', 'h': '␤', 'i': '␋', 'y': '≤', 'z': '≥',
}

// set changes the attributes as the parameters of SGR say, in the forms that tmux
// writes.
func (l *look) set(params string) {
	words := strings.Split(params, ";")
	color := func(i int) (string, int) { // the colour at words[i] and how many words it takes
		if i+2 < len(words) && words[i+1] == "5" {
			return words[i+2], 3
		}
		if i+4 < len(words) && words[i+1] == "2" {
			return "#" + strings.Join(words[i+2:i+5], ","), 5
		}
		return words[i], 1
	}
	for i := 0; i < len(words); {
		w, n := words[i], 1
		switch {
		case w == "" || w == "0":
			*l = look{graphics: l.graphics}
		case w == "1":
			l.bold = true
		case w == "2":
			l.dim = true
		case w == "3":
			l.italic = true
		case w == "4":
			l.under = "1"
		case strings.HasPrefix(w, "4:"):
			l.under = w[2:]
		case w == "5":
			l.blink = true
		case w == "7":
			l.reverse = true
		case w == "8":
			l.hidden = true
		case w == "9":
			l.struck = true
		case w == "53":
			l.over = true
		case w == "38":
			l.fg, n = color(i)
		case w == "48":
			l.bg, n = color(i)
		case w == "58":
			l.underColor, n = color(i)
		case w == "39":
			l.fg = ""
		case w == "49":
			l.bg = ""
		case len(w) == 2 && w[0] == '3':
			l.fg = w[1:]
		case len(w) == 2 && w[0] == '4':
			l.bg = w[1:]
		case len(w) == 2 && w[0] == '9':
			l.fg = fmt.Sprint(int(w[1]-'0') + 8)
		case len(w) == 3 && strings.HasPrefix(w, "10"):
			l.bg = fmt.Sprint(int(w[2]-'0') + 8)
		default:
			panic("e2e: SGR of tmux not known: " + params)
		}
		i += n
	}
}

// text returns a line's characters.
func text(row []cell) string {
	var b strings.Builder
	for _, c := range row {
		b.WriteRune(c.r)
	}
	return strings.TrimRight(b.String(), " ")
}

// A mask says which lines are not compared, because they show the time or the
// state of the machine.
type mask func(line int, text string) bool

// differ returns in which lines two screens differ, and what else is not the
// same, "" for nothing. The cursor counts only where its line does.
func (s *screen) differ(o *screen, skip mask) (rows []int, what string) {
	for i := range max(len(s.lines), len(o.lines)) {
		a, b := s.at(i), o.at(i)
		if skip != nil && (skip(i, text(a)) || skip(i, text(b))) {
			continue
		}
		if firstDifference(a, b) != "" {
			rows = append(rows, i)
		}
	}
	var also []string
	if s.cols != o.cols || s.height != o.height {
		also = append(also, fmt.Sprintf("size %dx%d and %dx%d", s.cols, s.height, o.cols, o.height))
	}
	if s.visible != o.visible {
		also = append(also, fmt.Sprintf("cursor visible %v and %v", s.visible, o.visible))
	}
	if (s.col != o.col || s.row != o.row) && s.visible && (skip == nil || !skip(s.row, text(s.at(s.row)))) {
		also = append(also, fmt.Sprintf("cursor at line %d column %d and line %d column %d", s.row, s.col, o.row, o.col))
	}
	if s.mouse != o.mouse {
		also = append(also, fmt.Sprintf("mouse reports %s and %s", s.mouse, o.mouse))
	}
	if s.title != o.title {
		also = append(also, fmt.Sprintf("title %q and %q", s.title, o.title))
	}
	return rows, strings.Join(also, "; ")
}

// at returns a line; those beyond the end are empty.
func (s *screen) at(i int) []cell {
	if i < len(s.lines) {
		return s.lines[i]
	}
	return nil
}

// sideBySide shows two screens beside each other, marks the lines that differ, and
// says for the first few how.
func sideBySide(a, b *screen, rows []int, what string) string {
	var out strings.Builder
	width := min(max(a.cols, b.cols), 100)
	fmt.Fprintf(&out, "   %-*s | %s\n", width, a.name, b.name)
	marked := map[int]bool{}
	for _, i := range rows {
		marked[i] = true
	}
	for i := range max(len(a.lines), len(b.lines)) {
		sign := " "
		if marked[i] {
			sign = "*"
		}
		fmt.Fprintf(&out, "%s%2d%-*s | %s\n", sign, i, width, text(a.at(i)), text(b.at(i)))
	}
	for _, i := range rows[:min(len(rows), 3)] {
		fmt.Fprintf(&out, "line %d: %s\n", i, firstDifference(a.at(i), b.at(i)))
	}
	if what != "" {
		fmt.Fprintf(&out, "differ in: %s\n", what)
	}
	return out.String()
}

// firstDifference says where two lines come apart, "" for nowhere. tmux 3.3 does not
// tell the ground of cells that were erased behind the last character of a line:
// there, a blank is like any other blank.
func firstDifference(a, b []cell) string {
	for i := range max(len(a), len(b)) {
		if i >= len(a) && b[i].r == ' ' || i >= len(b) && a[i].r == ' ' {
			continue
		}
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			return fmt.Sprintf("character %d is %v, and %v", i, cellAt(a, i), cellAt(b, i))
		}
	}
	return ""
}

func cellAt(row []cell, i int) cell {
	if i < len(row) {
		return row[i]
	}
	return cell{}
}
