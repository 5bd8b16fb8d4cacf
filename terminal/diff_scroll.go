package terminal

// Scrolling is looked for where at least minScrolled rows changed; a frame has
// at most maxScrolls scrolls (two panes each way).
const (
	minScrolled = 2
	maxScrolls  = 4
	// scrollScratch is how many rows fit the painter's own memory; taller
	// screens take some from the heap.
	scrollScratch = 64
	// rowOverhead is about what painting a row costs beside its glyphs: a
	// move, a change of pen, erasing.
	rowOverhead = 8
)

// A shift is a scroll of rows top to bottom by n: up, or down if negative.
type shift struct{ top, bottom, n int }

// scrollRows scrolls the reader where that saves bytes, and keeps base, the
// rows that the reader shows, in step; nil stands for a blank one.
func (w *painter) scrollRows(base []*Row) {
	top, bottom := 0, w.rows-1
	for top <= bottom && base[top] == w.to.rows[top] {
		top++
	}
	for top <= bottom && base[bottom] == w.to.rows[bottom] {
		bottom--
	}
	if bottom-top+1 < minScrolled {
		return
	}
	m := rowMatcher{to: w.to.rows, base: base, top: top, bottom: bottom}
	for range maxScrolls {
		s, ok := m.best()
		if !ok && !m.hashed {
			m.hash()
			s, ok = m.best()
		}
		if !ok {
			return
		}
		w.scroll(s)
		m.scrolled(s)
	}
}

// A rowMatcher finds rows of the target among those of the base: the same row
// in memory, or, once hashed, one with the same cells.
type rowMatcher struct {
	to, base    []*Row
	top, bottom int // rows outside are the same
	hashed      bool
	toHash      []uint32
	baseHash    []uint32
	scratch     [2 * scrollScratch]uint32
}

// same reports whether the target's row i is base's row j. A last row that
// should go on in the next was never marked so, and marks move with rows.
func (m *rowMatcher) same(i, j int) bool {
	a, b := m.to[i], m.base[j]
	if b == nil || b.wrapped && j == len(m.base)-1 {
		return false
	}
	return a == b || m.hashed && m.toHash[i] == m.baseHash[j] && a.Equal(b)
}

// best returns the shift that saves most.
func (m *rowMatcher) best() (best shift, ok bool) {
	saved := 0
	for i := m.top; i <= m.bottom; i++ {
		if m.to[i] == m.base[i] || isBlankRow(m.to[i]) {
			continue
		}
		longest := 1
		for j := m.top; j <= m.bottom; j++ {
			if j == i || !m.same(i, j) {
				continue
			}
			n := 1
			for max(i, j)+n <= m.bottom && m.same(i+n, j+n) {
				n++
			}
			first := i
			for first > m.top && j-(i-first) > m.top && m.same(first-1, j-(i-first)-1) {
				first--
			}
			s := shift{first, j + n - 1, j - i}
			if j < i {
				s = shift{first - (i - j), i + n - 1, j - i}
			}
			if gain := m.gain(s); gain > saved {
				saved, best, ok = gain, s, true
			}
			longest = max(longest, n)
		}
		i += longest - 1
	}
	return best, ok
}

// gain returns about how many bytes s saves.
func (m *rowMatcher) gain(s shift) int {
	gain := -scrollCost(s, len(m.to))
	for y := s.top; y <= s.bottom; y++ {
		gain += paintCost(m.base[y], m.to[y])
		if from := y + s.n; from < s.top || from > s.bottom {
			gain -= paintCost(nil, m.to[y])
		}
	}
	return gain
}

// scrolled makes base what it is after s.
func (m *rowMatcher) scrolled(s shift) {
	moveRows(m.base, s, nil)
	if m.hashed {
		moveRows(m.baseHash, s, 0)
	}
}

// moveRows moves the elements of rows as s moves rows; blank comes in.
func moveRows[T any](rows []T, s shift, blank T) {
	region := rows[s.top : s.bottom+1]
	if s.n > 0 {
		copy(region, region[s.n:])
		region = region[len(region)-s.n:]
	} else {
		copy(region[-s.n:], region)
		region = region[:-s.n]
	}
	for i := range region {
		region[i] = blank
	}
}

// hash makes best find rows by their content.
func (m *rowMatcher) hash() {
	n := len(m.to)
	m.toHash, m.baseHash = m.scratch[:scrollScratch], m.scratch[scrollScratch:]
	if n > scrollScratch {
		m.toHash, m.baseHash = make([]uint32, n), make([]uint32, n)
	}
	for y := m.top; y <= m.bottom; y++ {
		m.toHash[y] = m.to[y].hash()
		if m.base[y] == m.to[y] {
			m.baseHash[y] = m.toHash[y]
		} else if m.base[y] != nil {
			m.baseHash[y] = m.base[y].hash()
		}
	}
	m.hashed = true
}

// hash returns a hash of the row's code points: equal rows have equal hashes.
// Four sums side by side keep the multiplier busy.
func (r *Row) hash() uint32 {
	const prime = 0x9e3779b97f4a7c15
	var a, b, c, d uint64
	cells := r.cells
	for len(cells) >= 4 {
		a = (a ^ hashable(cells[0])) * prime
		b = (b ^ hashable(cells[1])) * prime
		c = (c ^ hashable(cells[2])) * prime
		d = (d ^ hashable(cells[3])) * prime
		cells = cells[4:]
	}
	for i := range cells {
		a = (a ^ hashable(cells[i])) * prime
	}
	a = (a ^ b>>7 ^ c>>15 ^ d>>23 ^ b ^ c ^ d) * prime
	return uint32(a >> 32)
}

// hashable returns what a cell has in common with all cells that look like it:
// where a cluster's text stands is chance.
func hashable(c Cell) uint64 {
	if uint32(c.lo)&isCluster != 0 {
		return c.lo &^ uint64(contentMask)
	}
	return c.lo
}

// isBlankRow reports whether r is all default blanks.
func isBlankRow(r *Row) bool {
	for i := range r.cells {
		if r.cells[i] != blankCell {
			return false
		}
	}
	return true
}

// paintCost returns about how many bytes it takes to paint row over old (nil:
// blank).
func paintCost(old, row *Row) int {
	if old == row {
		return 0
	}
	cost, differ := 0, false
	for x, c := range row.cells {
		if old != nil && c == old.cells[x] || old == nil && c == blankCell {
			continue
		}
		differ = true
		if !isErased(c) {
			cost++
		}
	}
	if differ {
		cost += rowOverhead
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
	case whole && w.p.stock && !(command == 'S' && w.row == w.rows-1 && !w.lost && n < csiLen(n)):
		w.csi(n, command)
	case w.p.stock && s.bottom == w.rows-1 && !whole:
		w.moveTo(s.top, 0)
		w.csi(n, "ML"[b2i(s.n < 0)]) // DL or IL
	case whole:
		w.feed(s, n)
	case w.p.stock:
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
