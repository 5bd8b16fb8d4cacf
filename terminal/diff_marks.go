package terminal

import "strconv"

// Prompt marks (OSC 133) let people jump from prompt to prompt in their terminal's
// scrollback. So they are told on its main screen alone: the alternate one has no
// scrollback, and there terminals take no notice of them. What is told are letters and
// numbers of our own making. A terminal keeps the mark of a row until the row is gone.
//
// Some terminals begin a new line at A, unless the cursor is in the first column; and C and D
// stand there anyway.

// marksBefore tells of what begins in row y before it is painted, so that its text belongs
// to that. old is the row that the reader has there, nil for a blank one.
func (w *painter) marksBefore(y int, old, row *Row) {
	if !isErased(row.cells[0]) {
		w.beginMarks(y, keptMark(old, row), row.mark)
	}
}

// marksAfter tells of what else begins in rows first to last, which were painted as one.
func (w *painter) marksAfter(first, last int, base *baseView) {
	for y := first; y <= last; y++ {
		row := w.to.rows[y]
		was, is := keptMark(base.row(y), row), row.mark
		if y > first || isErased(row.cells[0]) { // some terminals unmark a row when it is erased
			w.beginMarks(y, was, is)
		}
		if is.Command > 0 && (is.Command != was.Command || is.Prompt && !was.Prompt) {
			w.mark(y, int(is.Command)-1, 'B', -1)
		}
	}
}

// keptMark returns what a row is marked as when old, nil for a blank row, was painted
// over with row.
func keptMark(old, row *Row) Mark {
	if old == nil || isErased(row.cells[0]) && !sameCell(old, row, 0) {
		return Mark{}
	}
	return old.mark
}

// beginMarks tells of what begins in row y, which was marked otherwise.
func (w *painter) beginMarks(y int, was, is Mark) {
	if is.Output && !was.Output {
		w.mark(y, 0, 'C', -1)
	}
	if is.End && (!was.End || was.Exit != is.Exit) {
		w.mark(y, 0, 'D', is.Exit)
	}
	if is.Prompt && !was.Prompt {
		w.mark(y, 0, 'A', -1)
	}
}

// mark writes one mark, with an exit status unless that is below 0.
func (w *painter) mark(y, x int, kind byte, exit int16) {
	w.moveTo(y, x)
	w.dst = append(append(w.dst, "\x1b]133;"...), kind)
	if exit >= 0 {
		w.dst = strconv.AppendInt(append(w.dst, ';'), int64(exit), 10)
	}
	w.dst = append(w.dst, '\a')
}
