package terminal

import (
	"fmt"
	"strconv"
)

// What a user's terminal gets beside cells and the modes of every reader: the
// keyboard protocols, its own colours, progress and the working directory.

// keyboard sets the flags of the kitty keyboard protocol, on the stack entry that
// AppendEnter pushed, and the level of modifyOtherKeys.
func (w *painter) keyboard(was, is Modes) {
	if w.p.kittyKeys && (was.KittyKeys != is.KittyKeys || w.repaint) {
		w.dst = append(w.dst, "\x1b[="...)
		w.dst = strconv.AppendUint(w.dst, uint64(is.KittyKeys&kittyFlags), 10)
		w.dst = append(w.dst, ";1u"...)
	}
	if w.p.otherKeys && (was.ModifyOtherKeys != is.ModifyOtherKeys || w.repaint) {
		w.dst = append(w.dst, otherKeysOff[:len(otherKeysOff)-1]...)
		if is.ModifyOtherKeys > 0 {
			w.dst = append(w.dst, ';', '0'+min(is.ModifyOtherKeys, 2))
		}
		w.dst = append(w.dst, 'm')
	}
}

const (
	kittyPush    = "\x1b[>0u"
	kittyPop     = "\x1b[<u"
	otherKeysOff = "\x1b[>4m" // as the user has it
	progressOff  = "\x1b]9;4;0\a"
	shapeOff     = "\x1b[0 q" // to an xterm a blinking block, whatever its user has
)

const upperHex = "0123456789ABCDEF"

// ownColors sets and resets the terminal's own colours. A repaint finds none that
// are set: see Profile.AppendUndo.
func (w *painter) ownColors(from *Screen) {
	var was *Colors
	if from != nil {
		was = from.colors
	}
	is := w.to.colors
	if !w.p.palette || was.equal(is) {
		return
	}
	for i := range colorIndexEnd {
		if c := *is.at(i); c != *was.at(i) {
			w.ownColor(i, c)
		}
	}
}

// ownColor sets the colour of an index of richColors, or resets it.
func (w *painter) ownColor(i int, c Color) {
	r, g, b, set := c.RGB()
	switch {
	case i >= colorIndexFg && set:
		w.dst = fmt.Appendf(w.dst, "\x1b]%d;rgb:%02x/%02x/%02x\a", 10+i-colorIndexFg, r, g, b)
	case i >= colorIndexFg:
		w.dst = fmt.Appendf(w.dst, "\x1b]%d\a", 110+i-colorIndexFg)
	case set:
		w.dst = fmt.Appendf(w.dst, "\x1b]4;%d;rgb:%02x/%02x/%02x\a", i, r, g, b)
	default:
		w.dst = fmt.Appendf(w.dst, "\x1b]104;%d\a", i)
	}
}

// told tells the terminal of progress and of the working directory.
func (w *painter) told(from *Screen) {
	if from == nil {
		from = &blankState
	}
	if is := w.to.progress; w.p.progress && is != from.progress {
		w.dst = fmt.Appendf(w.dst, "\x1b]9;4;%d;%d\a", min(is.State, 4), min(is.Percent, 100))
	}
	if dir := w.to.cwd; w.p.directory && dir != from.cwd && dir != "" {
		w.dst = append(w.dst, "\x1b]7;"...)
		for end := len(w.dst) + maxDirectory; len(dir) > 0 && len(w.dst) < end-2; dir = dir[1:] {
			if c := dir[0]; c-0x21 < 0x5e {
				w.dst = append(w.dst, c)
			} else { // as a URL has it
				w.dst = append(w.dst, '%', upperHex[c>>4], upperHex[c&15])
			}
		}
		w.dst = append(w.dst, '\a')
	}
}

// Changes are what a session has changed of a user's terminal that is not reset
// unless it was changed, since the user may have set it too. The zero value stands
// for nothing.
type Changes struct {
	palette, fg, bg, cursor, progress, shape bool
}

// Note notes that s was drawn.
func (c *Changes) Note(s *Screen) {
	c.progress = c.progress || s.progress.State != 0
	c.shape = c.shape || s.cursor.Shape != 0
	if s.colors == nil {
		return
	}
	c.fg, c.bg, c.cursor = c.fg || s.colors.Fg != 0, c.bg || s.colors.Bg != 0, c.cursor || s.colors.Cursor != 0
	c.palette = c.palette || s.colors.Palette != [256]Color{}
}

// AppendUndo appends what resets c on a terminal of profile p. It goes before an
// AppendRepaint and before AppendLeave.
func (p *Profile) AppendUndo(dst []byte, c Changes) []byte {
	for _, undo := range []struct {
		due   bool
		bytes string
	}{
		{p.palette && c.palette, "\x1b]104\a"}, {p.palette && c.fg, "\x1b]110\a"}, {p.palette && c.bg, "\x1b]111\a"},
		{p.palette && c.cursor, "\x1b]112\a"}, {p.progress && c.progress, progressOff},
		{p.shape && c.shape, shapeOff},
	} {
		if undo.due {
			dst = append(dst, undo.bytes...)
		}
	}
	return dst
}
