package terminal

// A Profile says what the reader of a diff understands and how it draws, so
// that AppendDiff sends nothing else. A Profile is never written after it was
// made and may be shared.
type Profile struct {
	// Rendition.
	styles         Style // the attributes that it draws
	underlines     bool  // underline styles: SGR 4:n
	underlineColor bool  // SGR 58
	colors         int   // 8, 16, 256 or 1<<24
	links          linkForm
	keepPen        bool // the application's pen is part of the reader's state

	// Erasing and moving.
	erase      bool // EL erases with the default background
	ech        bool // ECH does
	bce        bool // both erase with the pen's background
	plainErase bool // they may show more of the pen than its background
	wraps      bool // the last column leaves a pending wrap (am and xenl)
	corner     bool // the last column of the last row can be written without scrolling
	scroll     bool // DECSTBM with LF and RI scrolls a region
	panes      bool // so do SU and SD, and IL and DL scroll what is below the cursor
	hide       bool // the cursor is hidden while a frame is painted
	sync       bool // mode 2026 brackets a frame

	// Text.
	clusters bool // several code points with widths of their own can share a cell
	widens   widening
	stock    bool // only what a stock mosh client understands
	rich     bool // private sequences (RichProfile)

	// Modes and strings.
	mouse     bool // nothing that the reader would answer
	pixels    bool // mode 1016
	keypad    bool // DECKPAM
	altScroll bool // mode 1007
	shape     bool // DECSCUSR
	kittyKeys bool // the kitty keyboard protocol
	otherKeys bool // XTMODKEYS 4
	palette   bool // OSC 4, 10, 11, 12 and their resets
	progress  bool // OSC 9;4
	directory bool // OSC 7
	marks     bool // OSC 133
	titles    bool
	clipboard bool

	enter, leave []byte
}

// linkForm says how links are written.
type linkForm uint8

const (
	linksNone linkForm = iota
	linksBEL           // OSC 8 ended by BEL: what ST would add clears a stock reader's pending wrap
	linksST            // OSC 8 ended by ST, as its specification has it
)

// stockStyles are the attributes that a stock client knows; docs/terminal.md
// says what happens to the others.
const stockStyles = Bold | Italic | Blink | Inverse | Hidden | underlineMask

// StockProfile is what every stock client since 1.4.0 understands. Nothing
// that follows from it makes a client answer, abort, or carry hidden state
// over to the next diff.
var StockProfile = &Profile{
	styles: stockStyles, colors: 1 << 24, links: linksBEL, keepPen: true,
	erase: true, ech: true, bce: true, wraps: true, corner: true, scroll: true, panes: true,
	stock: true, titles: true, clipboard: true,
}

// UserProfile returns the profile of a user's terminal that has the
// capabilities c.
func UserProfile(c Capabilities) *Profile {
	p := &Profile{
		styles:         Bold | Blink | Inverse | Hidden | underlineMask,
		underlines:     c.UnderlineStyles,
		underlineColor: c.UnderlineColor,
		colors:         c.Colors,
		erase:          true,
		ech:            c.ECH,
		bce:            c.BCE,
		plainErase:     true,
		wraps:          c.AutoMargin && c.EatNewline,
		corner:         !c.AutoMargin || c.EatNewline,
		scroll:         c.ScrollRegion,
		hide:           !c.Sync,
		sync:           c.Sync,
		clusters:       c.Clusters,
		widens:         widening{c.WideSelector, c.WideIndicator, c.WideAmbiguous},
		mouse:          true,
		pixels:         c.PixelMouse,
		keypad:         c.Keypad,
		altScroll:      c.AltScroll,
		shape:          c.CursorShape,
		kittyKeys:      c.KittyKeys,
		otherKeys:      c.OtherKeys,
		palette:        c.Palette,
		progress:       c.Progress,
		directory:      c.Directory,
		marks:          c.Marks && len(c.EnterCA) == 0,
		titles:         c.Title,
		clipboard:      c.Clipboard,
	}
	for _, s := range []struct {
		has   bool
		style Style
	}{{c.Faint, Faint}, {c.Italic, Italic}, {c.Struck, Struck}, {c.Overline, Overline}} {
		if s.has {
			p.styles |= s.style
		}
	}
	if c.Links {
		p.links = linksST
	}
	if p.colors == 0 {
		p.colors = 8
	}
	p.enter = appendEnter(nil, c)
	p.leave = appendLeave(nil, c)
	return p
}

// AppendEnter appends what sets up the user's terminal before the first
// frame, which must be an AppendRepaint.
func (p *Profile) AppendEnter(dst []byte) []byte { return append(dst, p.enter...) }

// AppendLeave appends what puts the user's terminal back: every mode that a
// frame may have set is reset, whatever was drawn last, so that it serves
// when the program fails too. AppendUndo has the rest.
func (p *Profile) AppendLeave(dst []byte) []byte { return append(dst, p.leave...) }

// appendEnter keeps the terminal in DECCKM for the whole session: the server
// translates cursor keys for applications that want the other form.
func appendEnter(dst []byte, c Capabilities) []byte {
	dst = append(dst, c.EnterCA...)
	if c.Title && !c.titleInCA() {
		dst = append(dst, "\x1b[22;0t"...)
	}
	if c.AltScroll {
		dst = append(dst, "\x1b[?1007s"...)
	}
	if c.KittyKeys { // each screen has a stack of its own
		dst = append(dst, kittyPush...)
	}
	return append(dst, "\x1b[?1h"...)
}

// appendLeave: the terminal's own setting of 1007 was saved, since many have
// it on and resetting it would disable their mouse wheel for other programs.
func appendLeave(dst []byte, c Capabilities) []byte {
	if c.Sync {
		dst = append(dst, "\x1b[?2026l"...)
	}
	if c.Links {
		dst = append(dst, "\x1b]8;;\x1b\\"...)
	}
	if c.ScrollRegion {
		dst = append(dst, "\x1b[r"...)
	}
	dst = append(dst, "\x1b[?1l\x1b[m\x1b[?5l\x1b[?25h\x1b[?2004l\x1b[?1004l"...)
	dst = append(dst, mouseOff...)
	if c.AltScroll {
		dst = append(dst, "\x1b[?1007r"...)
	}
	if c.Keypad {
		dst = append(dst, "\x1b>"...)
	}
	if c.KittyKeys {
		dst = append(dst, kittyPop...)
	}
	if c.OtherKeys {
		dst = append(dst, otherKeysOff...)
	}
	if c.Title && !c.titleInCA() {
		dst = append(dst, "\x1b[23;0t"...)
	}
	return append(dst, c.ExitCA...)
}

// mouseOff resets every mouse mode and encoding.
const mouseOff = "\x1b[?1003l\x1b[?1002l\x1b[?1001l\x1b[?1000l\x1b[?9l" +
	"\x1b[?1016l\x1b[?1015l\x1b[?1006l\x1b[?1005l"
