//go:build linux

package e2e

import (
	"fmt"
	"hash/fnv"
	"strings"
	"testing"
	"time"

	"roam/terminal"
)

// Between two roams a session shows all that a bare terminal does: every attribute, colour and
// kind of underline, links, the cursor's shape, titles, colours of the terminal's own, and the
// modes of keys and mouse. tmux cannot tell all that, so that here roam's own emulator is the
// user's terminal of both.

// keyBytes are what keys send that are no characters.
var keyBytes = map[string]string{
	"Enter": "\r", "Escape": "\x1b", "Tab": "\t", "BSpace": "\x7f", "Space": " ",
	"Up": "A", "Down": "B", "Right": "C", "Left": "D", "Home": "H", "End": "F",
	"F2": "\x1bOQ", "F3": "\x1bOR", "F9": "\x1b[20~", "F10": "\x1b[21~",
}

// keys presses keys as the terminal sends them in its mode, all at once, as tmux does:
// programs may take keys that they read together for others.
func (c *client) keys(names ...string) {
	c.t.Helper()
	all := ""
	for _, name := range names {
		b, known := keyBytes[name]
		switch {
		case known && len(name) > 1 && len(b) == 1 && 'A' <= b[0] && b[0] <= 'H':
			c.mu.Lock()
			introducer := "\x1b["
			if c.em.KeyMode() == terminal.KeysApplication {
				introducer = "\x1bO"
			}
			c.mu.Unlock()
			b = introducer + b
		case strings.HasPrefix(name, "C-"):
			b = string(name[2] & 0x1f)
		case !known:
			b = name
		}
		all += b
	}
	c.enter(all)
}

func (c *client) bytes(b string) { c.enter(b) }

// snapshot returns what the terminal shows.
func (c *client) snapshot() *terminal.Screen {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.em.Snapshot()
}

// asUser makes an emulator a terminal that a person may have: it has what roam passes on.
func asUser(em *terminal.Emulator) {
	em.SetOptions(terminal.Options{KittyKeys: true, OtherKeys: true, Clipboard: true, Version: "ghostty 1.3"})
	u := terminal.UserTerminal{CellWidth: 9, CellHeight: 18, Scheme: terminal.SchemeDark}
	u.Colors.Fg, u.Colors.Bg = terminal.RGB(220, 220, 220), terminal.RGB(10, 10, 10)
	em.SetUserTerminal(u)
}

// exactDifference says in what two terminals differ, "" for nothing. Whether the client itself
// uses the alternate screen and application-cursor mode is its own affair, and bells are
// counted only while they ring.
func exactDifference(a, b *terminal.Screen, skip mask) string {
	cols, rows := a.Size()
	if c, r := b.Size(); c != cols || r != rows {
		return fmt.Sprintf("size %dx%d and %dx%d", cols, rows, c, r)
	}
	for y := range rows {
		if skip != nil && (skip(y, strings.TrimRight(rowText(a, y), " ")) || skip(y, strings.TrimRight(rowText(b, y), " "))) {
			continue
		}
		for x := range cols {
			if p, q := exactCell(a.Row(y), x), exactCell(b.Row(y), x); p != q {
				return fmt.Sprintf("line %d column %d: %s, and %s", y, x, p, q)
			}
		}
	}
	ca, cb := a.Cursor(), b.Cursor()
	masked := skip != nil && skip(ca.Row, strings.TrimRight(rowText(a, ca.Row), " "))
	if ca != cb && !(masked && ca.Hidden == cb.Hidden && ca.Shape == cb.Shape) && !(ca.Hidden && cb.Hidden && ca.Shape == cb.Shape) {
		return fmt.Sprintf("cursor %+v, and %+v", ca, cb)
	}
	ma, mb := a.Modes(), b.Modes()
	ma.AlternateScreen, mb.AlternateScreen = false, false
	ma.AppCursor, mb.AppCursor = false, false
	ma.ColorScheme, mb.ColorScheme = false, false // the client watches it, and tells the server
	ma.InBandResize, mb.InBandResize = false, false
	if ma != mb {
		return fmt.Sprintf("modes %+v, and %+v", ma, mb)
	}
	ta, _, _ := a.Title()
	if tb, _, _ := b.Title(); ta != tb {
		return fmt.Sprintf("title %q, and %q", ta, tb)
	}
	if a.WorkingDirectory() != b.WorkingDirectory() || a.Progress() != b.Progress() {
		return fmt.Sprintf("directory %q and progress %v, and %q and %v", a.WorkingDirectory(), a.Progress(), b.WorkingDirectory(), b.Progress())
	}
	if pa, pb := a.Colors(), b.Colors(); (pa == nil) != (pb == nil) || pa != nil && *pa != *pb {
		return "the terminal's own colours"
	}
	return ""
}

// exactCell returns all that a cell has. Protection is the program's own affair.
func exactCell(row *terminal.Row, x int) string {
	c := row.Cell(x)
	return fmt.Sprintf("%q of %d columns, %d on %d, style %x, %+v", row.AppendText(nil, x), c.Width(), c.Fg(), c.Bg(), c.Style()&^terminal.Protected, row.Extra(x))
}

// runExactly runs the scenario bare and in a session of two roams, over a clean and a bad
// path, and compares all of what the terminals show after each step.
func (sc *scenario) runExactly(t *testing.T) {
	for _, need := range sc.needs {
		program(t, need[0], need[1])
	}
	p := pairing{roam, roam}
	bare := startClientBy(t, "bare terminal", []string{"sh", "-c", sc.script(t) + "; exec cat"}, "", asUser)
	var all []*client
	for _, bad := range []bool{false, true} {
		srv := p.startServer(t, cleanEnv(t.TempDir()), "sh", "-c", sc.script(t))
		hash := fnv.New64()
		fmt.Fprint(hash, sc.name, bad)
		r := newRelay(t, srv.addr, hash.Sum64())
		words := append(p.clientPath(t), srv.addr.Addr().String(), fmt.Sprint(r.port()))
		c := startClientBy(t, fmt.Sprintf("session, bad path %v", bad), words, srv.key, asUser)
		c.expect("^line 6$")
		r.set(bad, false)
		all = append(all, c)
	}
	bare.expect("^line 6$")
	for i, st := range append([]step{{what: "start", do: func(p person) { p.keys("Enter") }, until: sc.start}}, sc.steps...) {
		before := bare.snapshot()
		for _, c := range append([]*client{bare}, all...) {
			st.do(c)
		}
		re := lines(st.until)
		bare.until(func() bool {
			return st.until != "" && re.MatchString(bare.text()) || st.until == "" && exactDifference(before, bare.snapshot(), nil) != ""
		}, func() string { return fmt.Sprintf("step %d (%s) never led to %q", i, st.what, st.until) })
		bare.rests()
		skip := func(y int, line string) bool {
			return sc.skip != nil && sc.skip(y, line) || st.skip != nil && st.skip(y, line)
		}
		for _, c := range all {
			var what string
			c.until(func() bool {
				what = exactDifference(bare.snapshot(), c.snapshot(), skip)
				return what == "" && re.MatchString(c.text())
			}, func() string {
				return fmt.Sprintf("%s, step %d (%s): %s; the bare terminal shows\n%s", sc.name, i, st.what, what, bare.text())
			})
		}
	}
}

// rests waits until the terminal gets no more output for quietTime.
func (c *client) rests() {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	silence := time.NewTimer(quietTime)
	defer silence.Stop()
	for {
		select {
		case <-c.ticks:
			silence.Reset(quietTime)
		case <-silence.C:
			return
		case <-deadline.C:
			return
		}
	}
}

// TestExactly: see above.
func TestExactly(t *testing.T) {
	all := append(append([]*scenario{}, scenarios...), synthetic()...)
	for _, sc := range append(all, richPages()) {
		t.Run(sc.name, func(t *testing.T) {
			t.Parallel()
			sc.runExactly(t)
		})
	}
}

// richPages are screens that stock cannot show.
func richPages() *scenario {
	var underlines strings.Builder
	for i := range 6 {
		fmt.Fprintf(&underlines, "\x1b[4:%d;58:5:%dmkind %d\x1b[m \x1b[4:%d;58:2::%d:20:30mcolour\x1b[59m none\x1b[m\r\n", i, 200+i, i, i, 40*i)
	}
	return pages("rich",
		underlines.String()+"\x1b[1;2;3;4;5;7;8;9;53mall\x1b[22;25m some\x1b[m \x1b[2mfaint \x1b[9mstruck \x1b[29;53mover\x1b[m\r\n\x1b[21mdouble\x1b[24m none",
		"\x1b]8;;http://example.test/a\x1b\\link\x1b]8;;\x1b\\ \x1b]8;id=1;http://example.test/b?c;d\x1b\\one \x1b[31mlink\r\nof two lines\x1b]8;;\x1b\\ end",
		"\x1b[5 qbar\x1b[?25h", "\x1b[2 qblock", "\x1b[0 q\x1b[?25lhidden", "\x1b[?25h\x1b[4 qunderline",
		"\x1b]2;title: ä\x07\x1b]1;icon\x07titles", "\x1b[22;0t\x1b]2;pushed\x07pushed", "\x1b[23;0tpopped",
		"\x1b]4;1;rgb:10/20/30;200;#abcdef\x07\x1b]10;#112233\x07\x1b]11;#445566\x07\x1b]12;#778899\x07\x1b[31mcolours", "\x1b]104;200\x07\x1b]111\x07some are back", "\x1b]104\x07\x1b]110\x07\x1b]112\x07all are back",
		"\x1b]7;file://host/tmp/dir\x07\x1b]9;4;1;40\x07told", "\x1b]9;4;0\x07done",
		"\x1b[?2004h\x1b[?1004h\x1b[?1003h\x1b[?1016hpixels", "\x1b[?1016l\x1b[?1006hcells", "\x1b[?1003l\x1b[?1006l\x1b[?1002h\x1b[?1015hdrag", "\x1b[?1002l\x1b[?1015l\x1b[?2004l\x1b[?1004l\x1b[?9hX10", "\x1b[?9lnone",
		"\x1b[>5ukitty \x1b[>1u", "\x1b[<uone left", "\x1b[<unone", "\x1b[>4;2mother keys", "\x1b[>4mas before", "\x1b[?1007h\x1b=scroll and keypad", "\x1b[?1007l\x1b>not",
		"\x1b[38;2;1;2;3;48;2;250;240;230mtrue\x1b[38;5;123;48;5;17m 256 \x1b[91;104mbright\x1b[39;49m",
		"\x1b[?2026h\x1b[H\x1b[2Jheld\x1b[?2026lshown",
	)
}
