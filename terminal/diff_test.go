package terminal

import (
	"fmt"
	"math/rand"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// fullCaps are the capabilities of a terminal that has everything.
var fullCaps = Capabilities{
	Colors: 1 << 24, ECH: true, BCE: true, AutoMargin: true, EatNewline: true, ScrollRegion: true, Clusters: true,
	Faint: true, Italic: true, Struck: true, Overline: true, UnderlineStyles: true, UnderlineColor: true,
	Links: true, CursorShape: true, Title: true, Clipboard: true, Keypad: true, AltScroll: true, Sync: true,
	KittyKeys: true, OtherKeys: true, Palette: true, Progress: true, Directory: true, Marks: true, PixelMouse: true,
}

// testProfiles are the profiles that every property of diffs is tested with.
var testProfiles = map[string]*Profile{
	"stock": StockProfile,
	"full":  UserProfile(fullCaps),
	"plain": UserProfile(Capabilities{AutoMargin: true, EatNewline: true}),
	"256":   UserProfile(Capabilities{Colors: 256, ECH: true, AutoMargin: true, EatNewline: true, ScrollRegion: true, Italic: true, Title: true}),
}

// newProfileReader returns a reader for diffs of p that shows a blank screen.
func newProfileReader(cols, rows int, p *Profile) *reader {
	r := newReader(cols, rows, !p.stock)
	r.bce = p.bce
	return r
}

// wantCells returns what a reader of profile p shows when it shows s.
func wantCells(s *Screen, p *Profile) []readerLine {
	var lines []readerLine
	for y, row := range s.rows {
		l := readerLine{wrapped: p.wraps && row.wrapped && y+1 < len(s.rows) && !disputedCell(row, lastGlyph(row))}
		for x, c := range row.cells {
			text := string(p.appendCell(nil, row, x))
			wide := c.Width() == 2
			switch {
			case wide && !p.rich && baseWidth(row, x) == 1: // padded
				wide = false
			case c.Width() == 0 && !p.rich && baseWidth(row, x-1) == 1:
				text = " "
			}
			pen := wantPen(Pen{c.Fg(), c.Bg(), c.Style(), row.Extra(x)}, p)
			l.cells = append(l.cells, readerCell{text, wide, pen})
		}
		lines = append(lines, l)
	}
	return lines
}

func wantPen(pen Pen, p *Profile) readerPen {
	r := p.render(pen.Fg, pen.Bg, pen.Style, pen.Extra.UnderlineColor)
	want := readerPen{fg: colorText(r.fg), bg: colorText(r.bg), under: colorText(r.under)}
	var attrs []string
	for _, a := range sgrAttributes {
		if r.style&a.style != 0 {
			attrs = append(attrs, strconv.Itoa(int(a.on)))
		}
	}
	switch u := r.style.Underline(); {
	case u == UnderlineSingle:
		attrs = append(attrs, "4")
	case u > UnderlineSingle:
		attrs = append(attrs, fmt.Sprintf("4:%d", u))
	}
	slices.Sort(attrs)
	want.attrs = strings.Join(attrs, " ")
	if l := p.link(pen.Extra.Link); l.URI != "" {
		want.link = l.Params + ";" + l.URI
	}
	return want
}

func colorText(c Color) string {
	if n, ok := c.Palette(); ok {
		return strconv.Itoa(int(n))
	}
	if r, g, b, ok := c.RGB(); ok {
		return fmt.Sprintf("2:%d:%d:%d", r, g, b)
	}
	return ""
}

// compare reports the first way in which r does not show s.
func compare(r *reader, s *Screen, p *Profile) error {
	for y, want := range wantCells(s, p) {
		for x := range want.cells {
			if got := r.lines[y].cells[x]; got != want.cells[x] {
				return fmt.Errorf("row %d column %d: %+v, want %+v", y, x, got, want.cells[x])
			}
		}
		if y+1 < len(s.rows) && r.lines[y].wrapped != want.wrapped {
			return fmt.Errorf("row %d wrapped: %v", y, r.lines[y].wrapped)
		}
	}
	if r.row != s.cursor.Row || r.col != s.cursor.Col || r.hidden != s.cursor.Hidden {
		return fmt.Errorf("cursor %d,%d hidden %v, want %+v", r.row, r.col, r.hidden, s.cursor)
	}
	if want := wantPen(s.pen, p); p.keepPen && r.pen != want || !p.keepPen && r.pen != (readerPen{}) {
		return fmt.Errorf("pen %+v, want %+v", r.pen, want)
	}
	m := s.modes
	if r.modes["5"] != m.ReverseVideo || r.modes["2004"] != m.BracketedPaste || r.modes["1004"] != m.FocusEvents ||
		p.altScroll && r.modes["1007"] != m.AltScroll || p.keypad && r.modes["keypad"] != m.AppKeypad || r.modes["2026"] {
		return fmt.Errorf("modes %v, want %+v", r.modes, m)
	}
	if got, want := r.mouse+" "+r.encoding, number(p.mouseMode(m.Mouse))+" "+number(p.mouseEncoding(m.MouseEncoding)); got != want {
		return fmt.Errorf("mouse %q, want %q", got, want)
	}
	if p.titles && (r.title != s.title || r.icon != s.icon) {
		return fmt.Errorf("names %q %q, want %q %q", r.title, r.icon, s.title, s.icon)
	}
	if p.shape && s.cursor.Shape != 0 && r.shape != strconv.Itoa(int(s.cursor.Shape)) {
		return fmt.Errorf("cursor shape %q", r.shape)
	}
	return nil
}

func number(n uint16) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(int(n))
}

// A screenMaker makes random screens, each like the one before it but for a
// few changes as programs make them.
type screenMaker struct {
	rnd *rand.Rand
	s   *Screen
}

func newScreenMaker(seed int64, cols, rows int) *screenMaker {
	return &screenMaker{rand.New(rand.NewSource(seed)), NewScreen(cols, rows)}
}

// row returns a copy of row y that may be written, put in its place.
func (m *screenMaker) row(y int) *Row {
	old := m.s.rows[y]
	r := &Row{cells: slices.Clone(old.cells), text: slices.Clone(old.text), extras: slices.Clone(old.extras),
		wrapped: old.wrapped, shared: true}
	m.s.rows[y] = r
	return r
}

// next changes a copy of the screen and returns it.
func (m *screenMaker) next() *Screen {
	s := *m.s
	s.rows = slices.Clone(s.rows)
	m.s = &s
	for range 1 + m.rnd.Intn(4) {
		m.change()
	}
	s.cursor = Cursor{Row: m.rnd.Intn(len(s.rows)), Col: m.rnd.Intn(s.cols), Hidden: m.rnd.Intn(8) == 0, Shape: uint8(m.rnd.Intn(7))}
	if m.rnd.Intn(6) == 0 {
		s.cursor.Col = s.cols - 1
	}
	return &s
}

func (m *screenMaker) change() {
	s := m.s
	y := m.rnd.Intn(len(s.rows))
	switch m.rnd.Intn(12) {
	case 0, 1, 2, 3:
		m.print(y, m.rnd.Intn(s.cols), 1+m.rnd.Intn(s.cols))
	case 4:
		m.print(y, m.rnd.Intn(s.cols), 1)
	case 5, 6:
		m.clear(y)
	case 7, 8:
		m.scroll()
	case 9:
		m.row(y).wrapped = m.rnd.Intn(2) == 0
	case 10:
		s.pen = m.pen()
	default:
		m.state()
	}
}

func (m *screenMaker) pen() Pen {
	if m.rnd.Intn(3) == 0 {
		return Pen{}
	}
	p := Pen{Fg: m.color(), Bg: m.color()}
	if m.rnd.Intn(2) == 0 {
		p.Style = Style(m.rnd.Intn(256) &^ m.rnd.Intn(256))
		p.Style = p.Style.WithUnderline(Underline(m.rnd.Intn(6)))
	}
	switch m.rnd.Intn(8) {
	case 0:
		p.Extra.Link = Link{Params: "id=1", URI: "http://x/;" + string(rune('a'+m.rnd.Intn(3)))}
	case 1:
		p.Extra.UnderlineColor = m.color()
	}
	return p
}

func (m *screenMaker) color() Color {
	switch m.rnd.Intn(5) {
	case 0:
		return Palette(uint8(m.rnd.Intn(16)))
	case 1:
		return Palette(uint8(m.rnd.Intn(256)))
	case 2:
		return RGB(uint8(m.rnd.Intn(256)), uint8(m.rnd.Intn(256)), uint8(m.rnd.Intn(256)))
	}
	return 0
}

var testGlyphs = []string{
	"a", "b", "c", "x", "y", "z", "0", "-", " ", " ", "é", "ß", "─", "中", "文", "한", "e\u0301", "x\u0302\u0303",
	"\u00a0\u0301", "😀", "\u00ad", "❤\ufe0f", "👩\u200d👩\u200d👧", "か\u3099",
}

// set puts a glyph into row r, whole or not at all.
func (m *screenMaker) set(r *Row, x int, text string, pen Pen) int {
	runes := []rune(text)
	width := RuneWidth(runes[0])
	if x+width > len(r.cells) {
		text, runes, width = " ", []rune{' '}, 1
	}
	for _, i := range []int{x, x + width - 1} { // glyphs that lose a half
		if r.cells[i].Width() == 0 && i > 0 {
			r.cells[i-1] = r.cells[i-1].withContent(' ')
			r.cells[i] = r.cells[i].withContent(' ')
		}
		if r.cells[i].Width() == 2 {
			r.cells[i] = r.cells[i].withContent(' ')
			r.cells[i+1] = r.cells[i+1].withContent(' ')
		}
	}
	content := uint32(runes[0])
	if len(runes) > 1 {
		content = r.addCluster([]byte(text))
	}
	extra := r.addExtra(pen.Extra)
	c := newCell(content, pen.Fg, pen.Bg, pen.Style, extra)
	r.cells[x] = c
	if width == 2 {
		r.cells[x] = c.withContent(content | isWide)
		r.cells[x+1] = c.withContent(isTail)
	}
	return width
}

func (m *screenMaker) print(y, x, n int) {
	r, pen := m.row(y), m.pen()
	for x < len(r.cells) && n > 0 {
		x += m.set(r, x, testGlyphs[m.rnd.Intn(len(testGlyphs))], pen)
		n--
	}
}

func (m *screenMaker) clear(y int) {
	r := m.row(y)
	pen := Pen{}
	if m.rnd.Intn(3) == 0 {
		pen.Bg = m.color()
	}
	from, to := m.rnd.Intn(len(r.cells)), len(r.cells)
	if m.rnd.Intn(2) == 0 {
		to = from + m.rnd.Intn(to-from)
	}
	for x := from; x < to; x++ {
		m.set(r, x, " ", pen)
	}
}

func (m *screenMaker) scroll() {
	rows := m.s.rows
	top := m.rnd.Intn(len(rows))
	bottom := top + m.rnd.Intn(len(rows)-top)
	if m.rnd.Intn(2) == 0 {
		top, bottom = 0, len(rows)-1
	}
	region := rows[top : bottom+1]
	n := m.rnd.Intn(len(region))
	blank := blankRow(m.s.cols)
	if m.rnd.Intn(4) == 0 {
		fillCells(blank.cells, newCell(' ', 0, m.color(), 0, 0))
	}
	moved := slices.Clone(region)
	if m.rnd.Intn(2) == 0 {
		n = -n
	}
	for i := range region {
		from := i + n
		region[i] = blank
		if from >= 0 && from < len(moved) {
			region[i] = moved[from]
			if m.rnd.Intn(8) == 0 { // alike, but not the same in memory
				m.row(top + i)
			}
		}
	}
}

func (m *screenMaker) state() {
	s := m.s
	names := []string{"", "one", "two", "zwölf 中"}
	switch m.rnd.Intn(9) {
	case 0:
		s.title, s.icon, s.titleSet = names[m.rnd.Intn(4)], names[m.rnd.Intn(4)], true
	case 1:
		s.title, s.titleSet = names[m.rnd.Intn(4)], true
		s.icon = s.title
	case 2:
		s.clipboard = []string{"QUJD", "?", "not base64", "QQ=="}[m.rnd.Intn(4)]
	case 3:
		s.bells += uint64(m.rnd.Intn(3))
	case 4:
		s.modes.ReverseVideo = !s.modes.ReverseVideo
	case 5:
		s.modes.BracketedPaste = m.rnd.Intn(2) == 0
		s.modes.FocusEvents = m.rnd.Intn(2) == 0
	case 6:
		s.modes.Mouse = []MouseMode{0, 9, 1000, 1001, 1002, 1003}[m.rnd.Intn(6)]
	case 7:
		s.modes.MouseEncoding = []MouseEncoding{0, 1005, 1006, 1015, 1016}[m.rnd.Intn(5)]
	default:
		s.modes.AltScroll = m.rnd.Intn(2) == 0
		s.modes.AppKeypad = m.rnd.Intn(2) == 0
	}
}

// testDiffs draws a run of random screens with one reader, and sometimes
// repaints or changes the size.
func testDiffs(seed int64, p *Profile) error {
	rnd := rand.New(rand.NewSource(seed))
	cols, rows := 1+rnd.Intn(24), 1+rnd.Intn(9)
	m := newScreenMaker(seed, cols, rows)
	if rnd.Intn(2) == 0 {
		for y := range rows {
			m.print(y, 0, cols)
		}
	}
	r := newProfileReader(cols, rows, p)
	var from *Screen
	for step := range 12 {
		to := m.next()
		bells, b := r.bells, []byte(nil)
		if !p.stock && rnd.Intn(10) == 0 {
			b = AppendRepaint(nil, to, p)
			from = nil
		} else {
			b = AppendDiff(nil, from, to, p)
		}
		r.pending = r.pending || r.col == cols-1 && rnd.Intn(2) == 0
		err := r.feed(b)
		if err == nil {
			err = compare(r, to, p)
		}
		if err == nil && from != nil && (r.bells != bells) != (from.bells != to.bells) {
			err = fmt.Errorf("%d bells", r.bells-bells)
		}
		if err == nil && from != nil && len(b) > len(AppendRepaint(nil, to, p)) {
			err = fmt.Errorf("%d bytes, the repaint has %d", len(b), len(AppendRepaint(nil, to, p)))
		}
		if err != nil {
			return fmt.Errorf("seed %d step %d, %dx%d: %w\ndiff %q", seed, step, cols, rows, err, b)
		}
		from = to
	}
	return nil
}

func TestDiffLeadsToTheScreen(t *testing.T) {
	for name, p := range testProfiles {
		t.Run(name, func(t *testing.T) {
			for seed := range int64(600) {
				if err := testDiffs(seed, p); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func TestEqualScreensNeedNothing(t *testing.T) {
	m := newScreenMaker(1, 20, 5)
	for range 50 {
		s := m.next()
		same := *s
		same.rows = slices.Clone(s.rows)
		for name, p := range testProfiles {
			if b := AppendDiff(nil, s, &same, p); len(b) != 0 {
				t.Errorf("%s: %q", name, b)
			}
		}
	}
}
