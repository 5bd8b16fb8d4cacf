package predict

import (
	"time"

	"roam/terminal"
)

// A Mode says when guesses are shown.
type Mode uint8

// The modes.
const (
	Adaptive     Mode = iota // when the path is slow, or has stalled
	Always                   // whenever the echo is proved
	Never                    // not at all
	Experimental             // at once, proved or not
)

// Options set up an Engine. The zero value is the default.
type Options struct {
	Mode      Mode
	Overwrite bool // a typed character replaces what is under the cursor instead of moving it
	Ahead     bool // show what is typed over Enter where the next prompt is foretold
}

const (
	// maxTrail bounds the keys that wait for their echo: what a person types in
	// several minutes without a network. Beyond it all guesses are dropped.
	maxTrail = 1024

	// maxPaste is from how many bytes a bracketed paste is not guessed at. An
	// editor may do anything with so much text, and nobody waits for its echo.
	maxPaste = 100

	// deepRows is how far below the last row guesses may go, by wrapping on it.
	deepRows = 3
)

// A position is where a cursor is. Rows count from the top of the newest
// server screen; a row below its last one is there once the screen has
// scrolled.
type position struct {
	row, col int
	wrap     bool // the last column was filled: the next glyph goes to the next row
}

// A guess is one key that waits to be echoed, and where it should leave the cursor.
type guess struct {
	id      uint64
	key     key
	due     uint64    // the number of the client state that carries it
	line    uint64    // how many lines were ended before it
	made    time.Time // when it was typed
	epoch   uint64
	from    position
	pos     position
	tried   keyKind   // the habit of the program that this guess relies on or tries; 0 for none
	shape   string    // of the line where it is tried
	moves   bool      // it changes the picture, so that a matching screen says something
	decided time.Time // when the server first had had time to echo it
	sighted time.Time // when a screen first was as it should be after this key
	shown   time.Time // when it was first painted; zero if never
	replay  bool      // guessed at before, and counted then
	spoiled bool      // and it was wrong then
	blind   bool      // nothing is guessed that could be seen: Enter, or a key that may do anything
	context context   // where it was typed

	foretold bool          // Enter, and where it leads is foretold
	record   *promptRecord // of the prompt that is to follow it then; nil in editors
}

// An Engine predicts the echo of keys. It reads no clock, starts no goroutine;
// not safe for concurrent use. Times given to it must not run backwards.
type Engine struct {
	opts  Options
	dec   decoder
	frame *terminal.Screen // the newest server screen; nil before the first
	cols  int
	rows  int

	before       *terminal.Row // the row of the cursor in the screen before the newest
	beforeCursor position      // and the cursor there, if nothing scrolled since
	echoed       uint64        // the newest client state that the server had time to echo
	sent         uint64        // the newest client state that was sent

	current, confirmed uint64 // epochs: guesses are made in current, shown up to confirmed
	proof              proof
	outlook            outlook // and these as well
	overdue            uint64  // the epoch that began only because something shown was overdue; 0 for none
	doubtful           bool    // a key had no echo, or another: until one is proved or the line ends, nothing is assured

	trail  []guess // oldest first, ids in sequence
	nextID uint64
	seen   uint64 // the newest key whose effect a screen has surely shown
	maybe  uint64 // or may have shown
	last   guess  // the newest key that was judged

	slots [][]slot // by row, nil where there was none yet
	used  []int    // how many slots of each row hold a guess
	now   time.Time

	line     line
	habits   habits
	prompts  map[promptKey]*promptRecord
	contexts contexts
	commands commands
	run      run
	status   string // the mode that an editor tells in the last row
	trig     triggers
	lag      lag
	hinted   hinted
	painted  uint64   // the newest key that was painted
	paste    int      // bytes of a bracketed paste so far; -1: none
	stays    bool     // programs here leave the cursor in the last column they filled
	full     position // where the screen's cursor stands in a column just filled; zero for nowhere
	stats    Stats
}

// New returns an Engine that knows nothing yet.
func New(opts Options) *Engine {
	return &Engine{opts: opts, current: 1, nextID: 1, paste: -1, proof: proof{needed: 1}, line: line{state: lineFresh}}
}

// Typed takes bytes that were just queued for the server; a state numbered
// sent+1 will carry them. pasted says that no person typed them key by key:
// they are not guessed at. The bytes are not kept.
func (e *Engine) Typed(now time.Time, b []byte, sent uint64, pasted bool) {
	if e.opts.Mode == Never {
		return
	}
	e.sent, e.now = sent, now
	e.hinted.tick(now)
	e.dec.decode(now, b, func(k key) {
		if k.kind == keyPasteStart {
			e.paste = 0
			return
		}
		if k.kind == keyPasteEnd {
			if e.paste > maxPaste {
				e.unknown(guess{key: key{kind: keyUnknown}, due: sent + 1, made: now})
			}
			e.paste = -1
			return
		}
		if k.ends {
			e.hinted.ended(sent + 1)
		}
		if pasted || k.kind == keyQuiet || e.frame == nil {
			return
		}
		e.stats.Keys++
		if e.paste >= 0 {
			e.pasted(now, k)
			return
		}
		e.apply(guess{key: k, due: sent + 1, made: now})
	})
	if pasted {
		e.reset()
		e.line = line{state: lineLost}
	}
}

// pasted takes a character of a bracketed paste: text, also where it is a control.
func (e *Engine) pasted(now time.Time, k key) {
	e.paste += max(1, len(string(k.char)))
	switch {
	case e.paste > maxPaste:
		if len(e.trail) > 0 || e.line.state != lineLost {
			e.reset()
			e.line = line{state: lineLost}
		}
	case k.kind == keyGlyph:
		e.apply(guess{key: k, due: e.sent + 1, made: now})
	default:
		e.apply(guess{key: key{kind: keyUnknown}, due: e.sent + 1, made: now})
	}
}

// Frame takes a new screen as the server sent it, the number of the newest
// client state that the server had time to echo when it made it, and the
// client's send interval (half the smoothed round trip, within limits). The
// screen must not change afterwards.
func (e *Engine) Frame(now time.Time, s *terminal.Screen, echoed uint64, interval time.Duration) {
	if e.opts.Mode == Never {
		return
	}
	e.now = now
	old := e.frame
	cols, rows := s.Size()
	e.before = nil
	switch {
	case old == nil || cols != e.cols || rows != e.rows:
		e.frame, e.cols, e.rows = s, cols, rows
		e.Resized()
		if old == nil {
			e.line.state = lineFresh
		}
	default:
		c := old.Cursor()
		e.before, e.beforeCursor = old.Row(c.Row), position{row: c.Row, col: c.Col}
		if len(e.trail) > 0 || e.line.state == lineKnown || e.full.wrap || e.run.on {
			e.follow(old, s)
		}
	}
	if c := s.Cursor(); c.Row != e.full.row || c.Col != e.full.col {
		e.full = position{}
	}
	e.frame, e.echoed = s, max(e.echoed, echoed)
	e.status = e.readStatus()
	e.watchRun()
	e.trig.pace(interval, e.idle())
	e.lag.watch(now, s)
	e.judge(now)
}

// Resized says that the window's size changed: no guess holds any more.
func (e *Engine) Resized() {
	e.clear()
	e.newEpoch()
	e.slots = make([][]slot, e.rows+deepRows)
	e.used = make([]int, len(e.slots))
	e.line = line{state: lineLost}
	e.lag.ghosts = nil
	e.full = position{}
	e.run = run{}
}

// idle reports whether nothing waits for an echo.
func (e *Engine) idle() bool { return len(e.trail) == 0 }

// newEpoch makes what is guessed from now on prove itself.
func (e *Engine) newEpoch() {
	if e.opts.Mode == Experimental {
		return
	}
	e.current++
}

// visible reports whether guesses of an epoch are proved.
func (e *Engine) visible(epoch uint64) bool {
	return epoch <= e.confirmed && !e.hinted.isShut(epoch) || e.opts.Mode == Experimental
}

// reset drops all guesses; what follows must prove itself.
func (e *Engine) reset() {
	e.clear()
	e.newEpoch()
}

// clear drops all guesses.
func (e *Engine) clear() {
	e.trail = e.trail[:0]
	e.outlook = outlook{}
	for p, s := range e.guessed {
		e.drop(p, s)
	}
}

// guessed yields the cells that are guessed at.
func (e *Engine) guessed(yield func(position, *slot) bool) {
	for y, n := range e.used {
		if n == 0 {
			continue
		}
		for x := range e.slots[y] {
			if s := &e.slots[y][x]; s.active() && !yield(position{row: y, col: x}, s) {
				return
			}
		}
	}
}

// here returns where the next key acts.
func (e *Engine) here() position {
	if n := len(e.trail); n > 0 {
		return e.trail[n-1].pos
	}
	c := e.frame.Cursor()
	p := position{row: c.Row, col: c.Col}
	p.wrap = e.full == position{row: c.Row, col: c.Col, wrap: true}
	return p
}

// push appends a key to the trail, with where it leaves the cursor.
func (e *Engine) push(g guess, pos position) {
	if g.from = e.here(); g.from != pos {
		g.moves = true
	}
	if !g.blind && !g.replay {
		e.stats.Predicted++
	}
	if !g.replay {
		g.line = e.hinted.lines
	}
	e.hinted.belongs(e.current, g.line)
	g.id, g.epoch, g.pos = e.nextID, e.current, pos
	if !g.replay {
		g.context = e.context()
	}
	e.nextID++
	e.trail = append(e.trail, g)
}

// find returns the index in the trail of a key, or -1.
func (e *Engine) find(id uint64) int {
	if len(e.trail) == 0 || id < e.trail[0].id || id > e.trail[len(e.trail)-1].id {
		return -1
	}
	return int(id - e.trail[0].id)
}

// row returns row y of the server's screen, nil if it has none.
func (e *Engine) row(y int) *terminal.Row {
	if y < 0 || y >= e.rows {
		return nil
	}
	return e.frame.Row(y)
}

// at returns what a cell will show by the newest guess, hidden ones included,
// and whether that is known.
func (e *Engine) at(row, col int) (g glyph, known bool) {
	if row >= 0 && row < len(e.slots) && e.slots[row] != nil {
		if s := &e.slots[row][col]; s.active() {
			return s.top.glyph, !s.top.unknown
		}
	}
	if r := e.row(row); r != nil && col < r.Len() {
		return glyphOf(r, col), true
	}
	return glyph{text: " ", width: 1}, true
}

// blankAt reports whether a cell will show nothing.
func (e *Engine) blankAt(row, col int) bool {
	if row >= 0 && row < len(e.slots) && e.slots[row] != nil {
		if s := &e.slots[row][col]; s.active() {
			return s.top.isBlank() && !s.top.unknown
		}
	}
	r := e.row(row)
	return r == nil || r.Cell(col).IsBlank()
}

// set guesses that a cell will show g. A guess that says what is shown already
// is not made, unless it was typed.
func (e *Engine) set(row, col int, v version) {
	if row < 0 || row >= len(e.slots) || col < 0 || col >= e.cols {
		return
	}
	if e.slots[row] == nil {
		e.slots[row] = make([]slot, e.cols)
	}
	s := &e.slots[row][col]
	if !v.typed && !v.unknown && e.says(s, row, col, v.glyph) {
		return
	}
	switch {
	case !s.active() || s.top.unknown:
		if !s.active() {
			e.used[row]++
		}
		before := " "
		if r := e.row(row); r != nil {
			before = textOf(r, col)
			s.offered = isDim(r.Cell(col))
		}
		s.was = append(s.was[:0], past{text: before})
	case len(s.was) < maxWas:
		s.was = append(s.was, past{s.top.text, s.top.key, s.top.unknown})
	}
	if s.active() && s.top.epoch != v.epoch && e.visible(s.top.epoch) && !e.visible(v.epoch) {
		s.under = s.top
	}
	s.top = v
}

// says reports whether a cell shows g already by the newest guess, or for want
// of one on the server's screen.
func (e *Engine) says(s *slot, row, col int, g glyph) bool {
	if s.active() {
		return !s.top.unknown && s.top.text == g.text && s.top.width == g.width
	}
	r := e.row(row)
	if r == nil {
		return g.isBlank()
	}
	return int8(r.Cell(col).Width()) == g.width && sameText(r, col, g)
}

// drop ends the guess at a cell.
func (e *Engine) drop(at position, s *slot) {
	if s.active() {
		e.used[at.row]--
	}
	s.top, s.under, s.offered = version{}, version{}, false
}
