package terminal

import (
	"slices"
	"sync/atomic"
)

// Scrolling is looked for where at least minScrolled rows changed; a frame has
// at most maxScrolls scrolls (two panes each way).
const (
	minScrolled = 2
	maxScrolls  = 4
	// maxHashed is how many rows are compared by content: the tallest windows
	// in use. Taller ones are compared by identity alone.
	maxHashed = 128
	// minHashed is how many rows with text must have changed for that.
	minHashed = 3
	// gainSamples is about how many of the rows that a scroll blanks tell what that costs.
	gainSamples = 8
	// rowOverhead is about what painting a row costs beside its glyphs: a
	// move, a change of pen, erasing.
	rowOverhead = 8
)

// A shift is a scroll of rows top to bottom by n: up, or down if negative.
type shift struct{ top, bottom, n int }

// A baseView is what the reader shows: the rows of a screen, nil where it is
// blank, after shifts.
type baseView struct {
	rows   []*Row // nil: the screen is blank
	shifts [maxScrolls]shift
	n      int
}

// origin returns which of rows is row y now; ok is false if it is blank.
func (b *baseView) origin(y int) (int, bool) {
	for i := b.n - 1; i >= 0; i-- {
		s := &b.shifts[i]
		if y < s.top || y > s.bottom {
			continue
		}
		if y += s.n; y < s.top || y > s.bottom {
			return 0, false
		}
	}
	return y, b.rows != nil
}

// row returns row y, nil if it is blank.
func (b *baseView) row(y int) *Row {
	if y, ok := b.origin(y); ok {
		return b.rows[y]
	}
	return nil
}

// sureMark reports whether the reader has the soft-wrap mark of row y, if the
// row of the base has one: not if the row was last, where nothing can wrap,
// nor if rows below it were scrolled, which may take the mark away.
func (b *baseView) sureMark(y int) bool {
	for i := b.n - 1; i >= 0; i-- {
		s := &b.shifts[i]
		if y == s.top-1 {
			return false
		}
		if s.top <= y && y <= s.bottom {
			y += s.n
		}
	}
	return y < len(b.rows)-1
}

// scrollRows scrolls the reader where that saves bytes, and keeps base in
// step. Only rows top to bottom differ.
func (w *painter) scrollRows(base *baseView, top, bottom int) {
	if bottom-top+1 < minScrolled {
		return
	}
	m := rowMatcher{to: w.to.rows, base: base, top: top, bottom: bottom, step: 1}
	if w.fresh {
		m.step = 2
	}
	if m.worthHashing() {
		m.hash()
	}
	for base.n < maxScrolls && m.bottom-m.top+1 >= minScrolled {
		s, ok := m.best()
		if !ok {
			break
		}
		w.scroll(s)
		base.shifts[base.n] = s
		base.n++
		m.narrow()
	}
}

// A rowMatcher finds rows of the target among those of the base: the same row
// in memory, or, once hashed, one with the same hashes. A frame that has nothing
// in common with the one before, which is the common case, is told from samples
// of its rows.
type rowMatcher struct {
	to          []*Row
	base        *baseView
	top, bottom int
	step        int // 2 if every other row is looked for: one that moves alone is not worth it
	hashed      bool
	seen        hashSet // of samples of the base's rows
	seenWhole   hashSet // of all of them; once filled
	filled      bool
}

// A hashSet is a set of hashes, of which it may have more than were added.
type hashSet [16]uint64

func (s *hashSet) add(h uint32)      { s[h>>8%16] |= 1 << (h >> 1 % 64) }
func (s *hashSet) has(h uint32) bool { return s[h>>8%16]>>(h>>1%64)&1 != 0 }

// narrow leaves out the rows at either end that are as they should be.
func (m *rowMatcher) narrow() {
	for m.top <= m.bottom && m.base.row(m.top) == m.to[m.top] {
		m.top++
	}
	for m.top <= m.bottom && m.base.row(m.bottom) == m.to[m.bottom] {
		m.bottom--
	}
}

// worthHashing reports whether more rows with text changed than a scroll costs.
func (m *rowMatcher) worthHashing() bool {
	if m.bottom-m.top >= maxHashed {
		return false
	}
	n := 0
	var blank *Row // the newest one found blank: a cleared screen has the same row many times
	for y := m.top; y <= m.bottom && n < minHashed; y++ {
		switch row := m.to[y]; {
		case row == blank, row == m.base.row(y):
		case isBlankRow(row):
			blank = row
		default:
			n++
		}
	}
	return n == minHashed
}

// same reports whether the target's row i is base's row j. Once hashed, it may be
// wrong: that costs bytes, since what is painted is found by comparing cells.
func (m *rowMatcher) same(i, j int) bool {
	j, ok := m.base.origin(j)
	if !ok {
		return false
	}
	a, b := m.to[i], m.base.rows[j]
	if a == b || !m.hashed {
		return a == b
	}
	return a.sampleHash() == b.sampleHash() && a.wholeHash() == b.wholeHash()
}

// maybe is a quick test before same, for a base without shifts.
func (m *rowMatcher) maybe(i, j int) bool {
	return m.to[i] == m.base.rows[j] || m.hashed && m.to[i].sampleHash() == m.base.rows[j].sampleHash()
}

// somewhere reports whether any row of the base may be like the target's row i:
// shifts do not take rows out of the range in which they look.
func (m *rowMatcher) somewhere(i int) bool {
	if !m.hashed {
		return slices.Contains(m.base.rows[m.top:m.bottom+1], m.to[i])
	}
	if !m.seen.has(m.to[i].sampleHash()) {
		return false
	}
	if !m.filled {
		m.filled = true
		for _, r := range m.base.rows[m.top : m.bottom+1] {
			m.seenWhole.add(r.wholeHash())
		}
	}
	return m.seenWhole.has(m.to[i].wholeHash())
}

// best returns the shift that saves most.
func (m *rowMatcher) best() (best shift, ok bool) {
	saved := 0
	for i := m.top; i <= m.bottom; i += m.step {
		if !m.hashed && isBlankRow(m.to[i]) || !m.somewhere(i) {
			continue
		}
		if isBlankRow(m.to[i]) || m.to[i] == m.base.row(i) || m.hashed && m.same(i, i) {
			continue
		}
		longest := 1
		for j := m.top; j <= m.bottom; j++ {
			if j == i || m.base.n == 0 && !m.maybe(i, j) || !m.same(i, j) {
				continue
			}
			s, n := m.extend(i, j)
			if gain := m.gain(s, saved); gain > saved {
				saved, best, ok = gain, s, true
			}
			longest = max(longest, n)
		}
		i += longest - 1
	}
	return best, ok
}

// extend returns the largest shift that brings base's row j to row i, and how
// many rows from i on it brings.
func (m *rowMatcher) extend(i, j int) (s shift, n int) {
	n = 1
	for max(i, j)+n <= m.bottom && m.same(i+n, j+n) {
		n++
	}
	back := 0
	for min(i, j)-back > m.top && m.same(i-back-1, j-back-1) {
		back++
	}
	return shift{min(i, j) - back, max(i, j) + n - 1, j - i}, n
}

// gain returns about how many bytes s saves, or any number up to least if it saves no more
// than that.
func (m *rowMatcher) gain(s shift, least int) int {
	first, end := s.bottom-s.n+1, s.bottom+1 // the rows that are blank after it
	if s.n < 0 {
		first, end = s.top, s.top-s.n
	}
	first, end = max(first, s.top), min(end, s.bottom+1)
	gain := -scrollCost(s, len(m.to))
	for y := s.top; y <= s.bottom; y++ {
		if y < first || y >= end {
			gain += paintCost(m.base.row(y), m.to[y])
		}
	}
	for y := first; y < end; y++ {
		if isBlankRow(m.to[y]) {
			gain += paintCost(m.base.row(y), m.to[y])
		}
	}
	step := 1 + (end-first)/gainSamples
	for y := first; y < end && gain > least; y += step {
		if !isBlankRow(m.to[y]) { // painting this one over a blank takes no less than before
			gain += min(step, end-y) * (paintCost(m.base.row(y), m.to[y]) - paintCost(nil, m.to[y]))
		}
	}
	return gain
}

// hash makes best find rows by their content.
func (m *rowMatcher) hash() {
	m.hashed = true
	for y := m.top; y <= m.bottom; y++ {
		m.seen.add(m.base.rows[y].sampleHash())
	}
}

// sampled is about how many cells of a row tell it from most others.
const sampled = 16

// sampleHash returns a hash of some of r's cells, which a Screen holds.
func (r *Row) sampleHash() uint32 {
	h := atomic.LoadUint32(&r.sample)
	if h == 0 {
		h = r.hash(len(r.cells)/sampled|1) | 1
		atomic.StoreUint32(&r.sample, h)
	}
	return h
}

// wholeHash returns a hash of all of r's cells.
func (r *Row) wholeHash() uint32 {
	h := atomic.LoadUint32(&r.whole)
	if h == 0 {
		h = r.hash(1) | 1
		atomic.StoreUint32(&r.whole, h)
	}
	return h
}

// hash returns a hash of the text and colours of every step-th cell: equal rows have
// equal hashes. Four sums side by side keep the multiplier busy.
func (r *Row) hash(step int) uint32 {
	const prime = 0x9e3779b97f4a7c15
	var a, b, c, d uint64
	cells := r.cells
	for len(cells) > 3*step {
		a = (a ^ hashable(cells[0])) * prime
		b = (b ^ hashable(cells[step])) * prime
		c = (c ^ hashable(cells[2*step])) * prime
		d = (d ^ hashable(cells[3*step])) * prime
		cells = cells[min(4*step, len(cells)):]
	}
	for i := 0; i < len(cells); i += step {
		a = (a ^ hashable(cells[i])) * prime
	}
	a = (a ^ b>>7 ^ c>>15 ^ d>>23 ^ b ^ c ^ d) * prime
	return uint32(a >> 32)
}

// hashable returns what a cell has in common with all cells that look like it:
// where a cluster's text and a cell's extra stand is chance.
func hashable(c Cell) uint64 {
	if uint32(c.lo)&isCluster != 0 {
		c.lo &^= uint64(contentMask)
	}
	return c.lo ^ c.hi<<16
}

// isBlankRow reports whether r is all default blanks.
func isBlankRow(r *Row) bool { return r.filledCols() == 0 }

// paintCost returns about how many bytes it takes to paint row over old (nil:
// blank), from every fourth cell, or 20 of a wide row; a single cell counts, too.
func paintCost(old, row *Row) int {
	if old == row {
		return 0
	}
	step := max(4, len(row.cells)/20)
	cost, differ := 0, false
	if old == nil {
		if isBlankRow(row) {
			return 0
		}
		for x := 0; x < row.filledCols(); x += step {
			if !isErased(row.cells[x]) {
				cost += step
			}
		}
		return cost + rowOverhead
	}
	a, b := old.cells, row.cells[:len(old.cells)]
	for x := 0; x < max(old.filledCols(), row.filledCols()); x += step {
		if c := b[x]; c != a[x] {
			differ = true
			if !isErased(c) {
				cost += step
			}
		}
	}
	if !differ && cellsEqual(a, b) {
		return 0
	}
	return cost + rowOverhead
}

// keptCost returns about how many bytes row's glyphs take that old has, too,
// from every fourth cell.
func keptCost(old, row *Row) int {
	const step = 4
	cost := 0
	for x := 0; x < len(row.cells); x += step {
		if c := row.cells[x]; c == old.cells[x] && !isErased(c) {
			cost += step
		}
	}
	return cost
}

// scrollCost returns about how many bytes a scroll takes.
func scrollCost(s shift, rows int) int {
	if s.top == 0 && s.bottom == rows-1 {
		return 6
	}
	return 18
}

// scroll makes the reader scroll. Rows that come in are blank, in default
// colours.
func (w *painter) scroll(s shift) {
	w.erasePen(0)
	n, command := s.n, byte('S')
	if n < 0 {
		n, command = -n, 'T'
	}
	whole := s.top == 0 && s.bottom == w.rows-1
	switch {
	case whole && w.p.panes && !(command == 'S' && w.row == w.rows-1 && !w.lost && n < csiLen(n)):
		w.csi(n, command)
	case w.p.panes && s.bottom == w.rows-1 && !whole:
		w.moveTo(s.top, 0)
		w.csi(n, "ML"[b2i(s.n < 0)]) // DL or IL
	case whole:
		w.feed(s, n)
	case w.p.panes:
		w.margins(s)
		w.csi(n, command)
		w.noMargins()
	default:
		w.margins(s)
		w.feed(s, n)
		w.noMargins()
	}
}

// feed scrolls at the edge of the margins, which are set: LF at the bottom, or
// RI at the top. Terminals without an alternate screen then keep what leaves
// the top.
func (w *painter) feed(s shift, n int) {
	if s.n < 0 {
		w.moveTo(s.top, 0)
		for range n {
			w.dst = append(w.dst, "\x1bM"...)
		}
		return
	}
	if w.row != s.bottom || w.lost {
		w.moveTo(s.bottom, 0)
	}
	if w.fuzzy {
		w.dst = append(w.dst, '\r')
		w.col, w.fuzzy, w.pending = 0, false, false
	}
	w.repeat('\n', n)
}

// margins sets the margins, which moves the reader's cursor home.
func (w *painter) margins(s shift) {
	if w.hide && !w.hidden {
		w.dst = append(w.dst, "\x1b[?25l"...)
		w.hidden = true
	}
	w.csi2(s.top+1, s.bottom+1, 'r')
	w.atHome()
}

// noMargins puts the margins back.
func (w *painter) noMargins() {
	w.dst = append(w.dst, "\x1b[r"...)
	w.atHome()
}

func (w *painter) atHome() {
	w.row, w.col, w.plain = 0, 0, true
	w.fuzzy, w.pending, w.lost = false, false, false
}
