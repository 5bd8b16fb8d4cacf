package client

import (
	"bytes"
	"strconv"

	"roam/terminal"
)

// mouseReport begins a report of the mouse in the encodings 1006 and 1016, which differ in
// what they count: cells, or pixels.
const mouseReport = "\x1b[<"

// cellPixels returns the width and height of a cell of the user's terminal if a program wants
// pixels from a terminal that reports cells; else nothing. The program knows of pixels what
// the server was told (docs/protocol.md F5).
func (l *loop) cellPixels(m terminal.Modes) (size [2]int) {
	if m.MouseEncoding != 1016 || l.caps.PixelMouse || l.told == nil {
		return size
	}
	return [2]int{l.told.Look.CellWidth, l.told.Look.CellHeight}
}

// mayBeMouse reports whether the piece being decoded is the beginning of a report that is to
// be changed: it is held for its rest.
func (f *typedFilter) mayBeMouse() bool {
	return f.pixels[0] > 0 && bytes.HasPrefix(f.tok, []byte(mouseReport)) && len(f.tok) < maxToken
}

// mouseInPixels changes the complete piece, if it is a report of a cell that is wanted in
// pixels, to the middle of the cell.
func (f *typedFilter) mouseInPixels() {
	body, ok := bytes.CutPrefix(f.tok, []byte(mouseReport))
	if f.pixels[0] == 0 || !ok || len(body) == 0 || f.sent > len(mouseReport) {
		return
	}
	final := body[len(body)-1]
	parts := bytes.Split(body[:len(body)-1], []byte{';'})
	if len(parts) != 3 || final != 'M' && final != 'm' {
		return
	}
	report := append([]byte(mouseReport), parts[0]...)
	for i, part := range parts[1:] {
		n, err := strconv.ParseUint(string(part), 10, 16)
		if err != nil || n == 0 {
			return
		}
		report = strconv.AppendUint(append(report, ';'), (n-1)*uint64(f.pixels[i])+uint64(f.pixels[i]/2)+1, 10)
	}
	f.tok = append(append(f.tok[:0], report...), final)
}
