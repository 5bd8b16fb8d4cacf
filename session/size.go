package session

// Sizes that either end may ask the other for: those of a terminal.Emulator. A
// peer's numbers are memory here, 16 bytes a cell.
const (
	maxCols = 2048
	maxRows = 1024
)

// ClampSize brings the size of a window into the range that a session carries:
// 1..2048 columns and 1..1024 rows.
func ClampSize(cols, rows int) (int, int) {
	return min(max(cols, 1), maxCols), min(max(rows, 1), maxRows)
}

// validSize reports whether ClampSize would leave the size as it is.
func validSize(cols, rows int) bool {
	c, r := ClampSize(cols, rows)
	return c == cols && r == rows
}
