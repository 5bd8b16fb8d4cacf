package client

import "roam/terminal"

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

// paintNotice paints the notice line over the top row, or over the bottom row
// where the cursor is in the top one. In a window of one row the cursor hides.
func paintNotice(c *terminal.Canvas, text string) {
	cols, rows := c.Size()
	cursor := c.Screen().Cursor()
	row := 0
	if cursor.Row == 0 && !cursor.Hidden {
		row = rows - 1
	}
	c.Fill(row, 0, cols, noticeGround)
	c.Put(row, 0, text, noticePen)
	if row == cursor.Row {
		cursor.Hidden = true
		c.SetCursor(cursor)
	}
}

// titlePrefix returns what goes before window titles.
func titlePrefix(c *Config) string {
	if c.NoTitlePrefix {
		return ""
	}
	return "[" + c.product() + "] "
}
