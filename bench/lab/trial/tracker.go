package trial

import "roam/bench/lab/vterm"

// A Key is a keystroke and what became of it. Times are netpath.Now's.
type Key struct {
	Kind     string // char, bs, enter, nav, page, mark, or what a workload names
	Char     string
	Col, Row int  // where its effect shows
	want     rune // what shows there

	Typed int64
	Shown int64 // 0: never while somebody watched
	End   int64 // when watching ended, for those never shown
	Flap  bool  // displayed, and then removed or changed
	Wrong bool  // something else showed in its place before
}

// Latency returns how long the key took to be displayed, in ms; for one that never
// was, how long it was waited for.
func (k *Key) Latency() float64 {
	if k.Shown == 0 {
		return float64(k.End-k.Typed) / 1e6
	}
	return float64(k.Shown-k.Typed) / 1e6
}

// A cell is what one cell of the screen should show, one after the other.
type cell struct {
	initial rune
	at      int // index of the key that it shows; -1: the initial
	keys    []*Key
}

type place struct{ col, row int }

// A tracker compares what a screen shows with what was typed.
type tracker struct {
	keys    []*Key
	cells   map[place]*cell
	order   []place
	watched map[int][2]int // row -> columns from, to, in which nothing else may show
	strays  map[place]rune
	stray   int // characters that showed where nothing was typed

	cursor     []*Key // keys that only move the cursor, in order
	cursorAt   int
	unchanging map[int]string // rows that must stay
	changed    map[place]rune
}

func newTracker() *tracker {
	return &tracker{cells: map[place]*cell{}, watched: map[int][2]int{}, strays: map[place]rune{},
		unchanging: map[int]string{}, changed: map[place]rune{}}
}

// expect adds a key whose effect is a character in a cell. A shadow is an
// expectation without a key of its own.
func (tr *tracker) expect(t *vterm.Term, k *Key, shadow bool) {
	p := place{k.Col, k.Row}
	c := tr.cells[p]
	if c == nil {
		c = &cell{initial: t.At(k.Col, k.Row), at: -1}
		tr.cells[p] = c
		tr.order = append(tr.order, p)
	}
	c.keys = append(c.keys, k)
	if !shadow {
		tr.keys = append(tr.keys, k)
	}
}

// expectCursor adds a key whose effect is the cursor's place, or that of a later
// one.
func (tr *tracker) expectCursor(k *Key) {
	tr.cursor = append(tr.cursor, k)
	tr.keys = append(tr.keys, k)
}

// show notes what is displayed now.
func (tr *tracker) show(t *vterm.Term, now int64) {
	for _, p := range tr.order {
		tr.showCell(t, p, now)
	}
	for i := len(tr.cursor) - 1; i >= tr.cursorAt; i-- {
		if k := tr.cursor[i]; k.Col == t.X && k.Row == t.Y {
			for _, passed := range tr.cursor[tr.cursorAt : i+1] {
				passed.Shown = now
			}
			tr.cursorAt = i + 1
			return
		}
	}
}

func (tr *tracker) showCell(t *vterm.Term, p place, now int64) {
	c := tr.cells[p]
	if c.at == len(c.keys)-1 {
		return
	}
	is, was := t.At(p.col, p.row), c.initial
	if c.at >= 0 {
		was = c.keys[c.at].want
	}
	if c.at >= 0 && is == was && is != ' ' {
		return
	}
	for i := len(c.keys) - 1; i > c.at; i-- {
		k := c.keys[i]
		if k.want != is {
			continue
		}
		// A space on a blank cell, or what a shell has suggested there: only the
		// cursor or a later character tells. An erased character that was not there
		// yet: there is nothing to see.
		if is == was && (k.Kind == "bs" || !tr.isPast(t, p)) {
			continue
		}
		for _, shown := range c.keys[c.at+1 : i+1] {
			if shown.Shown == 0 {
				shown.Shown = now
			}
		}
		c.at = i
		return
	}
}

// isPast reports whether the display has gone on behind a cell.
func (tr *tracker) isPast(t *vterm.Term, p place) bool {
	if t.Y == p.row && t.X > p.col {
		return true
	}
	next := tr.cells[place{p.col + 1, p.row}]
	return next != nil && next.at >= 0
}

// judge looks for what a complete frame shows wrongly.
func (tr *tracker) judge(t *vterm.Term) {
	for _, p := range tr.order {
		c, is := tr.cells[p], t.At(p.col, p.row)
		if c.at >= 0 {
			c.keys[c.at].Flap = c.keys[c.at].Flap || is != c.keys[c.at].want
		} else if is != c.initial && is != ' ' {
			c.keys[0].Wrong = true
		}
	}
	for y, columns := range tr.watched {
		for x := columns[0]; x < columns[1]; x++ {
			p := place{x, y}
			if tr.cells[p] == nil {
				tr.compare(tr.strays, p, t.At(x, y), ' ')
			}
		}
	}
	for y, row := range tr.unchanging {
		want := []rune(row)
		for x := range t.Cols {
			w := ' '
			if x < len(want) {
				w = want[x]
			}
			tr.compare(tr.changed, place{x, y}, t.At(x, y), w)
		}
	}
}

// compare counts a character that should not be there, once for as long as it is.
func (tr *tracker) compare(known map[place]rune, p place, is, want rune) {
	if is == want {
		delete(known, p)
	} else if known[p] != is {
		known[p] = is
		tr.stray++
	}
}

// pending returns how many keys were not displayed yet.
func (tr *tracker) pending() (n int) {
	for _, k := range tr.keys {
		if k.Shown == 0 {
			n++
		}
	}
	return n
}
