package session

// Sizes that either end may ask the other for. A peer's numbers are memory here, 16
// bytes a cell: 4 MiB for each of the two buffers of a terminal.
const (
	maxCols  = 2048
	maxRows  = 1024
	maxCells = 1 << 18 // more than a display of 7680 by 4320 with glyphs of 8 by 16 has, 960x270
)

// ClampSize brings the size of a window into the range that a session carries:
// 1..2048 columns, 1..1024 rows, and at most 2^18 cells, rows yielding first.
func ClampSize(cols, rows int) (int, int) {
	cols = min(max(cols, 1), maxCols)
	return cols, min(max(rows, 1), maxRows, maxCells/cols)
}

// validSize reports whether ClampSize would leave the size as it is.
func validSize(cols, rows int) bool {
	c, r := ClampSize(cols, rows)
	return c == cols && r == rows
}
