package terminal

// A ReaderProfile says for which reader host bytes were written.
type ReaderProfile uint8

const (
	// StockReader reads host bytes as a stock client does: they were written
	// for its emulator (docs/terminal.md).
	StockReader ReaderProfile = iota
	// RichReader reads diffs of RichProfile.
	RichReader
)

// Apply returns what a reader that shows base shows after hostbytes. base does
// not change and shares its rows with the result. Host bytes are the words of a
// peer: whatever they are, the result stays within the limits of a Screen,
// answers that they ask for are not given, and a question to the clipboard is
// not kept. Each call begins between two sequences: an unfinished one is
// dropped with the call that it was in.
func Apply(base *Screen, hostbytes []byte, p ReaderProfile) *Screen {
	if len(hostbytes) == 0 {
		return base
	}
	if p == RichReader {
		return applyRich(base, hostbytes)
	}
	e := resume(base, Options{Dialect: Stock})
	e.Write(hostbytes)
	s := e.Snapshot()
	if s.clipboard != base.clipboard && !validBase64([]byte(s.clipboard)) {
		s.clipboard = base.clipboard
	}
	return s
}

// ApplyResize returns what a reader that shows base shows once it was told to
// have another size, which is clamped as New does.
func ApplyResize(base *Screen, cols, rows int, p ReaderProfile) *Screen {
	cols, rows = clampSize(cols, rows)
	if cols == base.cols && rows == len(base.rows) {
		return base
	}
	if p == RichReader { // the diff that follows paints it whole
		s := *base
		s.cols, s.rows = cols, NewScreen(cols, rows).rows
		s.cursor.Row, s.cursor.Col = min(s.cursor.Row, rows-1), min(s.cursor.Col, cols-1)
		return &s
	}
	e := resume(base, Options{Dialect: Stock})
	e.Resize(cols, rows)
	s := e.Snapshot()
	s.modes = base.modes // a stock emulator lacks some
	return s
}
