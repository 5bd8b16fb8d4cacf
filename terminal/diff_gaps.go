package terminal

// rowGaps finds where a row is as it was over more than maxGap columns, which is worth a move
// of the reader's cursor. Between such gaps it is printed without a look at what was there.
type rowGaps struct {
	was, row *Row // was is nil if the row is blank, or new to the reader
	blank    bool // was is blank
	plain    bool // cells are the same if their words are
	last     int  // the last column of any gap
	from, to int  // the next gap; from is behind the last column to paint if there is none
}

// newGaps returns the gaps in columns first to last, but for column edge, of row, which was
// old (nil: blank). With new it has nothing in common with that.
func newGaps(old, row *Row, new bool, first, last, edge int) rowGaps {
	g := rowGaps{row: row, blank: old == nil, last: last, from: last + 1, to: last + 1}
	if edge >= 0 {
		g.last = min(last, edge-1)
	}
	if old == nil || new {
		return g
	}
	g.was, g.plain, g.to = old, plainRows(old, row), 0
	if last-first >= minDense {
		if from, _ := g.next(first, wideGap); from > last {
			g.was = nil
		}
	}
	return g
}

// What differs over minDense columns or more without a gap of wideGap columns is drawn as a
// whole: a cell here and there that is the same is not worth to be looked for, and two moves
// take as many bytes.
const (
	minDense = 32
	wideGap  = 12
)

// skip returns the first column from x on that is not as it was.
func (g *rowGaps) skip(x int) int {
	if g.was == nil {
		for g.blank && x <= g.last && g.row.cells[x] == blankCell {
			x++
		}
		return x
	}
	for {
		if x >= g.to {
			g.find(x)
		}
		switch {
		case g.from <= x && x < g.to:
			x = g.to
		case x <= g.last && g.same(x):
			x++
		default:
			return x
		}
	}
}

// same reports whether column x is as it was.
func (g *rowGaps) same(x int) bool {
	if g.plain {
		return g.was.cells[x] == g.row.cells[x]
	}
	return sameCell(g.was, g.row, x)
}

// find finds the first gap from column x on.
func (g *rowGaps) find(x int) {
	if g.from, g.to = g.next(x, maxGap+1); g.from > g.last {
		g.from, g.to = len(g.row.cells), len(g.row.cells)+1
	}
}

// next returns the columns from and up to which, from x on, the row is as it was over n
// columns or more; none if from is behind the last column. Such a run has one of any n columns.
func (g *rowGaps) next(x, n int) (from, to int) {
	for at := x + n - 1; at <= g.last; at += n {
		if !g.same(at) {
			continue
		}
		from, to = at, at+1
		for from > x && g.same(from-1) {
			from--
		}
		for to <= g.last && g.same(to) {
			to++
		}
		if to-from >= n {
			return from, to
		}
		at = to
	}
	return len(g.row.cells), len(g.row.cells)
}
