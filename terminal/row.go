package terminal

import "slices"

// A Row is one line of cells with its side table. Rows are shared between an
// Emulator and its snapshots: once shared, a row is never written again, and
// the Emulator writes to a copy.
type Row struct {
	cells    []Cell
	clusters []string // text of cells with isCluster
	extras   []Extra  // referred to by Cell.extra - 1
	wrapped  bool     // the text goes on in the next row (soft wrap)
	shared   bool     // a Screen holds this row: copy before writing
}

// Len returns the number of columns.
func (r *Row) Len() int { return len(r.cells) }

// Cell returns the cell in column col.
func (r *Row) Cell(col int) Cell { return r.cells[col] }

// Wrapped reports whether the text goes on in the next row.
func (r *Row) Wrapped() bool { return r.wrapped }

// AppendText appends the text of the cell in column col: a space for a blank
// one, nothing for the right half of a wide glyph.
func (r *Row) AppendText(dst []byte, col int) []byte {
	c := r.cells[col].content
	switch {
	case c&isCluster != 0:
		return append(dst, r.clusters[c&contentMask]...)
	case c&isTail != 0:
		return dst
	}
	return appendRune(dst, rune(c&contentMask))
}

// Extra returns what the cell in column col has beyond its 16 bytes.
func (r *Row) Extra(col int) Extra {
	if i := r.cells[col].extra; i != 0 {
		return r.extras[i-1]
	}
	return Extra{}
}

// Equal reports whether both rows show the same: cells, clusters, extras and
// soft wrap.
func (r *Row) Equal(o *Row) bool {
	if r == o {
		return true
	}
	if len(r.cells) != len(o.cells) || r.wrapped != o.wrapped {
		return false
	}
	if len(r.clusters)|len(r.extras)|len(o.clusters)|len(o.extras) == 0 {
		return slices.Equal(r.cells, o.cells)
	}
	for i := range r.cells {
		if !r.cellEqual(i, o, i) {
			return false
		}
	}
	return true
}

// cellEqual reports whether the cell in column i of r shows what the one in
// column j of o shows.
func (r *Row) cellEqual(i int, o *Row, j int) bool {
	a, b := r.cells[i], o.cells[j]
	if a == b && a.content&isCluster == 0 && a.extra == 0 {
		return true
	}
	if a.fg != b.fg || a.bg != b.bg || a.style != b.style || r.Extra(i) != o.Extra(j) {
		return false
	}
	if (a.content|b.content)&isCluster == 0 {
		return a.content == b.content
	}
	return a.content&^contentMask == b.content&^contentMask &&
		r.clusters[a.content&contentMask] == o.clusters[b.content&contentMask]
}
