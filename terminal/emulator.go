package terminal

// A Dialect says whose emulator an Emulator is.
type Dialect uint8

const (
	// Xterm is a roam server's own dialect: xterm's documented behaviour.
	Xterm Dialect = iota
	// Stock is that of a stock peer, for which a stock server's host bytes
	// are written: what it does not know is ignored (docs/terminal.md).
	Stock
)

// Options sets what an Emulator is. The zero value is a terminal by xterm's
// documents, ambiguous characters one column wide.
type Options struct {
	Dialect       Dialect
	AmbiguousWide bool   // East Asian ambiguous characters take two columns, as some locales want
	Version       string // what XTVERSION reports; empty means "roam"
	Clipboard     bool   // DA1 says that OSC 52 writes reach the user
	Clusters      bool   // mode 2027 may be set: the reader of the screens knows it
	KittyKeys     bool   // the kitty keyboard protocol reaches the user's terminal
	OtherKeys     bool   // XTMODKEYS reaches the user's terminal
	// Checksums makes DECRQCRA answer. Only conformance tests set it: it would
	// let a program read the screen into its input.
	Checksums bool
}

// What bounds a screen, whatever a peer or a window asks for; a session sends
// no larger sizes.
const (
	maxSide  = 4096    // columns or rows: a wall of screens in tiny type
	maxCells = 1 << 20 // columns times rows: 16 MiB
)

// An Emulator interprets the output of a program and keeps the screen that it
// makes. Not safe for concurrent use.
type Emulator struct {
	p     parser
	opts  Options
	stock bool

	cols, rows int
	lines      []*Row // of the buffer in use
	blank      *Row   // shared row of default blanks
	free       []*Row // unshared rows for reuse, of cols cells
	scratch    Row    // for a copy of a row's part

	x, y    int
	pending bool // the last column was written: the next glyph wraps first

	// Margins, inclusive. left and right are 0 and cols-1 unless DECLRMM is set.
	top, bottom, left, right int

	pen   Cell  // content 0, extra 0
	extra Extra // of the pen
	last  rune  // the glyph printed just before, for REP; 0 for none

	// slowText sends text through printGlyph: insert mode and character sets
	// need a look at each code point. Clusters need it beyond ASCII.
	slowText, slowRunes bool

	joinX, joinY int          // where the cursor stood after the last glyph
	cluster      clusterState // of the last glyph, in mode 2027

	charsets charsetState
	vt52     vt52State
	modes    modeState
	tabs     tabStops
	saved    savedCursor
	alt      alternate
	names    nameState
	term     termState
	replies  []byte
	events   eventList

	awaiting bool           // SetUserTerminal is to be called soon
	waiting  []waitingReply // until then
}

// New returns an Emulator with a blank screen. Sizes are clamped to between 1
// and 4096 columns and rows, and 2^20 cells, rows yielding first.
func New(cols, rows int, opts Options) *Emulator {
	e := &Emulator{opts: opts, stock: opts.Dialect == Stock}
	e.p.stock = e.stock
	e.cols, e.rows = clampSize(cols, rows)
	e.blank = blankRow(e.cols)
	e.lines = make([]*Row, e.rows)
	e.reset()
	return e
}

func clampSize(cols, rows int) (int, int) {
	cols = min(max(cols, 1), maxSide)
	return cols, min(max(rows, 1), maxSide, maxCells/cols)
}

// resume returns an Emulator that shows s, with everything that a Screen does
// not hold at its default.
func resume(s *Screen, opts Options) *Emulator {
	e := New(s.cols, len(s.rows), opts)
	if e.cols != s.cols || e.rows != len(s.rows) {
		return e // s was not made by an Emulator
	}
	copy(e.lines, s.rows)
	for _, r := range e.lines {
		if !r.shared { // or others may be reading it
			r.shared = true
		}
	}
	e.y, e.x = s.cursor.Row, s.cursor.Col
	e.joinX = -1
	e.pen = newCell(0, s.pen.Fg, s.pen.Bg, s.pen.Style, 0)
	e.extra = s.pen.Extra
	e.notePrinting()
	e.restoreModes(s)
	e.names = nameState{title: s.title, icon: s.icon, set: s.titleSet, clipboard: s.clipboard}
	e.term.bells = s.bells
	e.term.cwd, e.term.colors, e.term.progress = s.cwd, s.colors, s.progress
	e.term.colorsShared = true
	return e
}

// reset makes everything as in a new terminal of the same size (RIS), but for
// bells, the icon name and replies that wait.
func (e *Emulator) reset() {
	e.dropAlternate()
	for i, r := range e.lines {
		e.recycle(r)
		e.lines[i] = e.blank
	}
	e.x, e.y, e.pending, e.last = 0, 0, false, 0
	e.joinX = -1
	e.resetPen()
	e.charsets = defaultCharsets()
	e.vt52, e.p.vt52 = vt52State{}, false
	e.modes = defaultModes()
	e.resetMargins()
	e.tabs.reset(e.cols)
	e.saved = savedCursor{}
	e.alt = alternate{}
	e.names.title, e.names.clipboard, e.names.stack, e.names.hex = "", "", nil, false
	e.term.reset()
	e.updateSlow()
}

// resetPen makes the pen that of a new terminal.
func (e *Emulator) resetPen() {
	e.pen, e.extra = Cell{}, Extra{}
	e.notePrinting()
}

// notePrinting has the pen mark what it writes where checksums are answered.
func (e *Emulator) notePrinting() {
	e.remove(drawn)
	if e.opts.Checksums {
		e.add(drawn)
	}
}

// Write interprets p. It never fails.
func (e *Emulator) Write(p []byte) (int, error) {
	b := p
	for len(b) > 0 {
		n, t := e.p.next(b)
		switch t {
		case tokenText:
			e.printASCII(b[:n])
		case tokenUTF8:
			n = e.printUTF8(b)
		case tokenRune:
			e.printGlyph(e.p.char)
		case tokenDelete:
			e.printSet(0x7f)
		case tokenControl:
			e.control(e.p.final)
			e.last = 0
		case tokenCSI:
			e.csi()
			e.last = 0
		case tokenEsc:
			e.escape()
			e.last = 0
		case tokenString:
			e.controlString()
			e.last = 0
		}
		b = b[n:]
	}
	return len(p), nil
}

// Snapshot returns the screen as it is now. It shares the rows, which cost
// memory again only where the screen changes afterwards.
func (e *Emulator) Snapshot() *Screen {
	e.term.colorsShared = true
	rows := make([]*Row, len(e.lines))
	for i, r := range e.lines {
		if !r.shared {
			r.shared = true
		}
		rows[i] = r
	}
	return &Screen{
		cols:      e.cols,
		rows:      rows,
		cursor:    Cursor{Row: e.y, Col: e.x, Hidden: !e.modes.on(modeCursor), Shape: e.term.cursorShape},
		pen:       e.currentPen(),
		modes:     e.screenModes(),
		title:     e.names.title,
		icon:      e.names.icon,
		titleSet:  e.names.set,
		clipboard: e.names.clipboard,
		bells:     e.term.bells,
		cwd:       e.term.cwd,
		colors:    e.term.colors,
		progress:  e.term.progress,
	}
}

// currentPen returns the pen as a Screen has it.
func (e *Emulator) currentPen() Pen {
	return Pen{Fg: e.pen.Fg(), Bg: e.pen.Bg(), Style: e.pen.Style(), Extra: e.extra}
}

// Size returns the number of columns and rows.
func (e *Emulator) Size() (cols, rows int) { return e.cols, e.rows }

// KeyMode returns how the program wants its keys.
func (e *Emulator) KeyMode() KeyMode {
	switch {
	case e.vt52.on:
		return KeysVT52
	case e.modes.on(modeAppCursor):
		return KeysApplication
	}
	return KeysNormal
}

// Column returns the column of the cursor, from 0.
func (e *Emulator) Column() int { return e.x }

// Synchronized reports whether the program is within a frame (mode 2026): a
// Snapshot would show half of it. Whoever waits for its end sets a time limit.
func (e *Emulator) Synchronized() bool { return e.modes.on(modeSynchronized) }

// Options returns what the emulator is.
func (e *Emulator) Options() Options { return e.opts }

// SetOptions changes what the emulator is, as its readers become known. The
// dialect stays.
func (e *Emulator) SetOptions(opts Options) {
	opts.Dialect = e.opts.Dialect
	e.opts = opts
	e.notePrinting()
	e.updateSlow()
}

// maxReplies bounds what the program is owed, in bytes: some thousand answers.
// A program that asks more without reading loses them.
const maxReplies = 64 << 10

// Replies returns the bytes that the program is owed since the last call, nil
// for none: answers to DA, DSR and other queries. None holds text that a
// program chose. The caller owns them.
func (e *Emulator) Replies() []byte {
	r := e.replies
	e.replies = nil
	return r
}

// reply queues s for the program.
func (e *Emulator) reply(s string) {
	if len(e.waiting) > 0 {
		if len(e.waiting) < maxAwaiting {
			e.waiting = append(e.waiting, waitingReply{text: s})
		}
		return
	}
	if e.term.eightBit {
		s = eightBitControls.Replace(s)
	}
	if len(e.replies)+len(s) <= maxReplies {
		e.replies = append(e.replies, s...)
	}
}
