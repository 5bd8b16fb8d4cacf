package client

import (
	"strings"

	"roam/terminal"
)

// Window sizes in cells. What the kernel reports as 0 is unknown.
const (
	defaultCols = 80
	defaultRows = 24
)

// A display knows what the user's terminal shows, and writes the bytes that
// make it show something else.
type display struct {
	profile *terminal.Profile
	prefix  string // before the window title; empty for none

	cols, rows int              // of the window
	changes    terminal.Changes // what is to be undone on the way out
	shown      *terminal.Screen // what the terminal was told to show; nil: unknown
}

// resize notes a new size of the window: what it shows now is not known.
func (d *display) resize(cols, rows int) {
	d.cols, d.rows = cols, rows
	d.shown = nil
}

// repaint forgets what the terminal shows, so that the next frame paints all of it.
func (d *display) repaint() { d.shown = nil }

// compose returns what the window is to show: the remote screen cut or
// extended to the window's size, with the overlays on it: guesses, then
// the notice line, then the title prefix. It leaves remote as it is.
func (d *display) compose(remote *terminal.Screen, guesses func(*terminal.Canvas), notice string) *terminal.Screen {
	if cols, rows := remote.Size(); cols != d.cols || rows != d.rows {
		remote = terminal.ApplyResize(remote, d.cols, d.rows, terminal.StockReader)
	}
	title, icon, titled := remote.Title()
	prefixed := titled && d.prefix != ""
	if guesses == nil && notice == "" && !prefixed {
		return remote
	}
	c := remote.Canvas()
	if guesses != nil {
		guesses(c)
	}
	if notice != "" {
		paintNotice(c, notice)
	}
	if prefixed {
		if icon == title {
			icon = d.prefix + icon
		}
		c.SetTitle(d.prefix+title, icon)
	}
	return c.Screen()
}

// append appends the bytes that lead the terminal from what it shows to target.
func (d *display) append(dst []byte, target *terminal.Screen) []byte {
	if d.shown == nil {
		dst = terminal.AppendRepaint(d.undo(dst), target, d.profile)
	} else {
		dst = terminal.AppendDiff(dst, d.shown, target, d.profile)
	}
	d.shown = target
	d.changes.Note(target)
	return dst
}

// undo appends what undoes the changes that are not reset by leaving.
func (d *display) undo(dst []byte) []byte {
	dst = d.profile.AppendUndo(dst, d.changes)
	d.changes = terminal.Changes{}
	return dst
}

// The notice line: white on blue, as people know it.
var (
	noticeGround = terminal.Pen{Fg: terminal.Palette(7), Bg: terminal.Palette(4)}
	noticePen    = terminal.Pen{Fg: terminal.Palette(7), Bg: terminal.Palette(4), Style: terminal.Bold}
)

// moreNoticeRows is how many rows what follows the notice line may take, where the window
// has room: a diagnosis with its command, in a window of 80 columns.
const moreNoticeRows = 3

// paintNotice paints the notice line over the top row, or over the bottom row
// where the cursor is in the top one. In a window of one row the cursor hides.
// What follows a line feed goes to further rows, in a window with as many others.
func paintNotice(c *terminal.Canvas, text string) {
	cols, rows := c.Size()
	first, more, _ := strings.Cut(text, "\n")
	lines := append([]string{first}, wrapWords(more, cols, min(moreNoticeRows, rows/2-1))...)
	cursor := c.Screen().Cursor()
	top := 0
	if cursor.Row < len(lines) && !cursor.Hidden {
		top = rows - len(lines)
	}
	for i, line := range lines {
		c.Fill(top+i, 0, cols, noticeGround)
		c.Put(top+i, 0, line, noticePen)
	}
	if cursor.Row >= top && cursor.Row < top+len(lines) {
		cursor.Hidden = true
		c.SetCursor(cursor)
	}
}

// wrapWords returns text, of narrow characters, in lines of a width in columns, no more than most.
func wrapWords(text string, cols, most int) (lines []string) {
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case len(line)+1+len(word) <= cols:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines[:max(0, min(len(lines), most))]
}

// titlePrefix returns what goes before window titles.
func titlePrefix(c *Config) string {
	if c.NoTitlePrefix {
		return ""
	}
	return "[" + c.product() + "] "
}
