package terminal

import "unicode/utf8"

// A Pen is what the next printed glyph gets: colours, attributes and extras.
type Pen struct {
	Fg, Bg Color
	Style  Style
	Extra  Extra
}

// MouseMode says which mouse events the application wants: 0 for none, else
// the DEC mode's number (9, 1000, 1001, 1002 or 1003).
type MouseMode uint16

// MouseEncoding says how mouse events are encoded: 0 for the default, else the
// DEC mode's number (1005, 1006, 1015 or 1016).
type MouseEncoding uint16

// Modes are the modes that the reader of a screen must know: those that change
// what is shown or what the user's keys mean.
type Modes struct {
	ReverseVideo    bool  // DECSCNM, mode 5
	AppCursor       bool  // DECCKM, mode 1
	AppKeypad       bool  // DECKPAM
	BracketedPaste  bool  // mode 2004
	FocusEvents     bool  // mode 1004
	AltScroll       bool  // mode 1007
	Clusters        bool  // mode 2027: cells hold grapheme clusters
	ColorScheme     bool  // mode 2031: report when the colour scheme changes
	InBandResize    bool  // mode 2048: report the size after a resize
	AlternateScreen bool  // the alternate screen shows
	ModifyOtherKeys uint8 // XTMODKEYS 4: 0, 1 or 2
	KittyKeys       uint8 // kitty keyboard flags in force
	Mouse           MouseMode
	MouseEncoding   MouseEncoding
}

// A Cursor is a position, from 0, and whether the cursor shows.
type Cursor struct {
	Row, Col int
	Hidden   bool
	Shape    uint8 // DECSCUSR's parameter; 0 is the user's own
}

// A Screen is an immutable picture of a terminal: what a client shows. It
// shares its rows with the Emulator and with other Screens, so that a copy
// costs a slice of pointers. Safe for concurrent readers.
type Screen struct {
	cols      int
	rows      []*Row
	cursor    Cursor
	pen       Pen
	modes     Modes
	title     string
	icon      string
	titleSet  bool // a title or an icon name was set at least once
	clipboard string
	bells     uint64
	cwd       string
	progress  Progress
	colors    *Colors // nil: none were set
}

// NewScreen returns a blank screen of the given size, each side at least 1.
func NewScreen(cols, rows int) *Screen {
	s := &Screen{cols: cols, rows: make([]*Row, rows)}
	blank := blankRow(cols)
	for i := range s.rows {
		s.rows[i] = blank
	}
	return s
}

// blankRow returns a shared row of blank cells.
func blankRow(cols int) *Row {
	r := &Row{cells: make([]Cell, cols), shared: true}
	fillCells(r.cells, blankCell)
	return r
}

// Size returns the number of columns and rows.
func (s *Screen) Size() (cols, rows int) { return s.cols, len(s.rows) }

// Row returns row i, from 0 at the top. The caller does not modify it.
func (s *Screen) Row(i int) *Row { return s.rows[i] }

// Cursor returns the cursor.
func (s *Screen) Cursor() Cursor { return s.cursor }

// Pen returns the pen of the application.
func (s *Screen) Pen() Pen { return s.pen }

// Modes returns the modes.
func (s *Screen) Modes() Modes { return s.modes }

// Title returns the window title, the icon name, and whether either was ever set.
func (s *Screen) Title() (title, icon string, set bool) { return s.title, s.icon, s.titleSet }

// Clipboard returns the text, in base64, that the application last put on the
// clipboard proper (OSC 52;c) if it is short enough for a stock peer.
func (s *Screen) Clipboard() string { return s.clipboard }

// WorkingDirectory returns what the shell last told with OSC 7, a URL; empty for nothing.
func (s *Screen) WorkingDirectory() string { return s.cwd }

// Progress returns what the application last told with OSC 9;4.
func (s *Screen) Progress() Progress { return s.progress }

// Colors returns the colours that the application set, nil for none. The
// caller does not modify them.
func (s *Screen) Colors() *Colors { return s.colors }

// Bells returns how many times the bell rang since the start.
func (s *Screen) Bells() uint64 { return s.bells }

// AmbiguousWide reports whether an ambiguous character stands on the screen in two
// columns: then the server's locale has them so.
func (s *Screen) AmbiguousWide() bool {
	for _, r := range s.rows {
		for _, c := range r.cells {
			content := c.content()
			if content&(isWide|isCluster) == isWide && IsAmbiguous(rune(content&contentMask)) {
				return true
			}
		}
	}
	return false
}

// WithoutEvents returns s without bells and clipboard text: for readers who are
// told of them as events.
func (s *Screen) WithoutEvents() *Screen {
	if s.bells == 0 && s.clipboard == "" {
		return s
	}
	c := *s
	c.bells, c.clipboard = 0, ""
	return &c
}

// fillCells sets every cell to c. It copies what it has filled, in doubling
// runs, since copying is faster than storing cell by cell.
func fillCells(cells []Cell, c Cell) {
	n := min(len(cells), 8)
	for i := range cells[:n] {
		cells[i] = c
	}
	for ; n > 0 && n < len(cells); n *= 2 {
		copy(cells[n:], cells[:n])
	}
}

func appendRune(dst []byte, r rune) []byte {
	if r < utf8.RuneSelf {
		return append(dst, byte(r))
	}
	return utf8.AppendRune(dst, r)
}
