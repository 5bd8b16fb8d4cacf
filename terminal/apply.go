package terminal

// A ReaderProfile says for which reader host bytes were written.
type ReaderProfile uint8

// StockReader reads host bytes as a stock client does: they were written for
// its emulator (docs/terminal.md).
const StockReader ReaderProfile = iota

// options returns the Emulator that reads for p.
func (p ReaderProfile) options() Options { return Options{Dialect: Stock} }

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
	e := resume(base, p.options())
	e.Write(hostbytes)
	s := e.Snapshot()
	if s.clipboard != base.clipboard && !isBase64(s.clipboard) {
		s.clipboard = base.clipboard
	}
	return s
}

// ApplyResize returns what a reader that shows base shows once it was told to
// have another size, which is clamped as New does.
func ApplyResize(base *Screen, cols, rows int, p ReaderProfile) *Screen {
	e := resume(base, p.options())
	e.Resize(cols, rows)
	return e.Snapshot()
}
