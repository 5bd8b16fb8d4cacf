package predict

import "roam/terminal"

// A lineState says what is known of the line of text being edited.
type lineState uint8

const (
	lineLost  lineState = iota // nothing: the cursor may be anywhere in a text
	lineFresh                  // it begins where the next key is typed
	lineKnown                  // it begins at row, start
)

// A line is the line being edited, as far as it is known: where the program
// began to echo, and how far what was typed reaches.
type line struct {
	state  lineState
	row    int
	start  int    // column of its first character
	end    int    // column behind what was typed in it; 0: read it from the screen
	prefix string // what stands before it in its row
	epoch  uint64 // in which it began

	command string // the foreground program then
	trusted bool   // what is typed here is echoed, by what the server says of its prompt
	ahead   bool   // its prompt is foretold
}

// shape returns what the line's prompt ends in, empty if it is not known or
// there is none.
func (l *line) shape() string {
	if l.state != lineKnown || l.start == 0 {
		return ""
	}
	return shapeOf(l.prefix)
}

// begin notes where a line begins, if that was waited for.
func (e *Engine) begin(p position) {
	if e.line.state == lineFresh {
		prefix := e.prefix(p.row, p.col)
		e.line = line{state: lineKnown, row: p.row, start: p.col, prefix: prefix, epoch: e.current, command: e.command(), trusted: e.trusts(p, prefix)}
	}
}

// prefix returns the text of the first n columns of a row of the server's screen.
func (e *Engine) prefix(row, n int) string {
	r := e.row(row)
	if r == nil {
		return ""
	}
	b := make([]byte, 0, 2*n)
	for col := range n {
		b = r.AppendText(b, col)
	}
	return string(b)
}

// hasLine reports whether the line is known and stands where it stood.
func (e *Engine) hasLine() bool {
	l := &e.line
	if l.state != lineKnown || l.row < 0 {
		return false
	}
	if l.ahead && e.outlook.holds(l.epoch) {
		return true
	}
	r := e.row(l.row)
	if r == nil {
		return l.start == 0 // it begins in a row that is still to come
	}
	var buf [maxText]byte
	rest := l.prefix
	for col := range l.start {
		b := r.AppendText(buf[:0], col)
		if len(b) > len(rest) || rest[:len(b)] != string(b) {
			return false
		}
		rest = rest[len(b):]
	}
	return rest == ""
}

// leftEdge returns the column that no motion to the left from p passes.
func (e *Engine) leftEdge(p position) int {
	if e.hasLine() && e.line.row == p.row && e.line.start <= p.col {
		return e.line.start
	}
	return 0
}

// textEnd returns the column behind the text that follows p in its row: the
// first of two blanks, or where offered text begins, but not before the end of
// what was typed. open says that the text reaches the right edge.
func (e *Engine) textEnd(p position) (end int, open bool) {
	least := p.col
	if e.line.row == p.row && p.col <= e.line.end && e.hasLine() {
		least = min(e.line.end, e.cols)
	}
	for col := p.col; col < e.cols; col++ {
		if e.offered(p.row, col) {
			return col, false
		}
		if col >= least && e.blankAt(p.row, col) && (col+1 == e.cols || e.blankAt(p.row, col+1) || e.offered(p.row, col+1)) {
			return col, false
		}
	}
	return e.cols, true
}

// offered reports whether a cell holds text that a shell only offers, as far as
// can be seen: it is dim, what stands before it is not, and it is in the line that is
// being typed. (A comment in an editor is dim, too.)
func (e *Engine) offered(row, col int) bool {
	r := e.row(row)
	if r == nil || col == 0 || !beginsDim(r, col) || e.slotAt(row, col) != nil {
		return false
	}
	if e.line.row != row || col < e.line.start || !e.hasLine() {
		return false
	}
	if s := e.slotAt(row, col-1); s != nil {
		return !isDimPen(s.top.pen.Fg, s.top.pen.Style)
	}
	return !isDim(r.Cell(col - 1))
}

// beginsDim reports whether dim text stands in column col of r, or behind one blank there.
func beginsDim(r *terminal.Row, col int) bool {
	if col < r.Len() && r.Cell(col).IsBlank() {
		col++
	}
	return col < r.Len() && isDim(r.Cell(col))
}

// slotAt returns the slot of a cell that is guessed at, nil for others.
func (e *Engine) slotAt(row, col int) *slot {
	if row < 0 || row >= len(e.slots) || e.slots[row] == nil || !e.slots[row][col].active() {
		return nil
	}
	return &e.slots[row][col]
}

// extent returns where the text of the line begins and ends, if the cursor at p
// is in it, all of it is in one row, and its beginning is known.
func (e *Engine) extent(p position) (start, end int, ok bool) {
	if p.wrap || !e.hasLine() || e.line.row != p.row || p.col < e.line.start || e.row(p.row) == nil {
		return 0, 0, false
	}
	end, open := e.textEnd(p)
	if open || end >= e.cols-1 || end < e.cols && e.offered(p.row, end) {
		return 0, 0, false
	}
	return e.line.start, end, true
}

// A habit is what a program does with a key that not every program knows:
// guessed openly once it was seen in a line of the same shape.
type habit struct {
	kind  keyKind
	shape string
}

// habits hold what was seen: above 0, the key does what is expected.
type habits map[habit]int8

const (
	// maxHabits bounds what is remembered: some prompts with some keys each.
	maxHabits = 256

	// distrust is where a habit falls that failed: so often must the key be
	// seen to do what is expected before it is guessed openly again.
	distrust = -2
)

// knows reports whether a key was seen to do what is expected of it here. Lines
// without a prompt are too alike to learn from, except how they wrap.
func (e *Engine) knows(kind keyKind) bool {
	shape := e.line.shape()
	return (shape != "" || kind == keyWrap) && e.habits[habit{kind, shape}] > 0
}

// learn notes whether a key did what was expected.
func (e *Engine) learn(kind keyKind, shape string, right bool) {
	h := habit{kind, shape}
	if e.habits == nil || len(e.habits) >= maxHabits {
		e.habits = habits{}
	}
	if !right {
		e.habits[h] = distrust
	} else if n := e.habits[h]; n < 1 {
		e.habits[h] = n + 1
	}
}
