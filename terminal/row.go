package terminal

import (
	"bytes"
	"slices"
)

// A Row is one line of cells with its side tables. Rows are shared between an
// Emulator and its snapshots: once shared, a row is never written again, and
// the Emulator writes to a copy.
type Row struct {
	cells   []Cell
	text    []byte  // the text of cells with isCluster, end to end
	extras  []Extra // referred to by Cell.extra - 1
	mark    Mark
	wrapped bool // the text goes on in the next row (soft wrap)
	short   bool // and the last column is no text: a wide glyph did not fit
	shared  bool // a Screen holds this row: copy before writing

	// What diffs look up of a shared row; 0: not known. Hashes of some of its cells and of
	// all, and one more than the columns up to the last that is no default blank. Atomic,
	// since several readers may find them at the same time.
	sample, whole, filled uint32
}

// A Mark says what a shell told of a row with OSC 133: which parts of a command begin in
// it. The zero value means nothing.
type Mark struct {
	Prompt  bool  // A
	Output  bool  // C
	End     bool  // D: the end of the output
	Exit    int16 // with End: the exit status, 0 to 255, -1 if none was given
	Command int16 // B: the column, from 1, in which the command begins; 0: it does not
}

// Len returns the number of columns.
func (r *Row) Len() int { return len(r.cells) }

// Cell returns the cell in column col.
func (r *Row) Cell(col int) Cell { return r.cells[col] }

// Wrapped reports whether the text goes on in the next row.
func (r *Row) Wrapped() bool { return r.wrapped }

// Mark returns the row's prompt marks.
func (r *Row) Mark() Mark { return r.mark }

// AppendText appends the text of the cell in column col: a space for a blank
// one, nothing for the right half of a wide glyph.
func (r *Row) AppendText(dst []byte, col int) []byte {
	c := r.cells[col].content()
	switch {
	case c&isCluster != 0:
		return append(dst, r.cluster(c)...)
	case c&isTail != 0:
		return dst
	}
	return appendRune(dst, rune(c&contentMask))
}

// cluster returns the text of a content with isCluster.
func (r *Row) cluster(content uint32) []byte {
	at := content & contentMask
	return r.text[at : at+content>>clusterShift&clusterMask]
}

// addCluster puts text, of at most clusterRoom bytes, into the row and returns
// the content of a cell that shows it, without width flags.
func (r *Row) addCluster(text []byte) uint32 {
	if len(r.text)+len(text) > maxRowText(len(r.cells)) {
		r.compactText()
	}
	at := len(r.text)
	r.text = append(r.text, text...)
	return isCluster | uint32(len(text))<<clusterShift | uint32(at)
}

// maxRowText is when the text of a row of cols cells is compacted: at least
// half of it is then garbage, so that compaction costs constant time per byte.
func maxRowText(cols int) int { return 2*clusterRoom*cols + 2*clusterRoom }

// compactText drops the text that no cell refers to.
func (r *Row) compactText() {
	kept := make([]byte, 0, len(r.text)/2)
	for i, c := range r.cells {
		if content := c.content(); content&isCluster != 0 {
			at := len(kept)
			kept = append(kept, r.cluster(content)...)
			r.cells[i] = c.withContent(content&^contentMask | uint32(at))
		}
	}
	r.text = kept
}

// Extra returns what the cell in column col has beyond its 16 bytes.
func (r *Row) Extra(col int) Extra {
	if i := r.cells[col].extra(); i != 0 {
		return r.extras[i-1]
	}
	return Extra{}
}

// extraProbe is how many of the newest extras are compared before another is
// added: a link and text around it, an underline in two colours.
const extraProbe = 4

// addExtra returns the index+1 of x in the row's extras, 0 for the zero Extra.
func (r *Row) addExtra(x Extra) uint16 {
	if x == (Extra{}) {
		return 0
	}
	for i := len(r.extras); i > 0 && i > len(r.extras)-extraProbe; i-- {
		if r.extras[i-1] == x {
			return uint16(i)
		}
	}
	if len(r.extras) >= 2*len(r.cells)+extraProbe {
		r.compactExtras()
	}
	r.extras = append(r.extras, x)
	return uint16(len(r.extras))
}

// compactExtras drops the extras that no cell refers to; one stays per run of
// cells, so that there are never more than cells.
func (r *Row) compactExtras() {
	var kept []Extra
	for i, c := range r.cells {
		n := c.extra()
		if n == 0 {
			continue
		}
		if x := r.extras[n-1]; len(kept) == 0 || kept[len(kept)-1] != x {
			kept = append(kept, x)
		}
		r.cells[i] = c.withExtra(uint16(len(kept)))
	}
	r.extras = kept
}

// Equal reports whether both rows show the same: cells, clusters, extras,
// soft wrap and mark.
func (r *Row) Equal(o *Row) bool {
	if r == o {
		return true
	}
	if len(r.cells) != len(o.cells) || r.wrapped != o.wrapped || r.mark != o.mark {
		return false
	}
	if len(r.text)|len(r.extras)|len(o.text)|len(o.extras) == 0 {
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
	if a == b && a.content()&isCluster == 0 && a.extra() == 0 {
		return true
	}
	if a.withContent(0).withExtra(0) != b.withContent(0).withExtra(0) || r.Extra(i) != o.Extra(j) {
		return false
	}
	ac, bc := a.content(), b.content()
	if (ac|bc)&isCluster == 0 {
		return ac == bc
	}
	return ac&^contentMask == bc&^contentMask && bytes.Equal(r.cluster(ac), o.cluster(bc))
}
