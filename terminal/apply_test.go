package terminal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"slices"
	"testing"
)

// screenError reports the first way in which got, the screen of a reader of
// profile p, is not what p makes of want.
func screenError(got, want *Screen, p *Profile) error {
	if got.cols != want.cols || len(got.rows) != len(want.rows) {
		return fmt.Errorf("size %dx%d, want %dx%d", got.cols, len(got.rows), want.cols, len(want.rows))
	}
	cells := wantCells(want, p)
	for y, row := range got.rows {
		for x, c := range row.cells {
			cell := readerCell{string(row.AppendText(nil, x)), c.Width() == 2, wantPen(Pen{c.Fg(), c.Bg(), c.Style(), row.Extra(x)}, p)}
			if c.Width() == 0 {
				cell.pen = cells[y].cells[x].pen // nothing shows of it
			}
			if cell != cells[y].cells[x] {
				return fmt.Errorf("row %d column %d: %+v, want %+v", y, x, cell, cells[y].cells[x])
			}
		}
		if y+1 < len(got.rows) && row.wrapped != cells[y].wrapped {
			return fmt.Errorf("row %d wrapped: %v", y, row.wrapped)
		}
	}
	if got.cursor.Row != want.cursor.Row || got.cursor.Col != want.cursor.Col || got.cursor.Hidden != want.cursor.Hidden {
		return fmt.Errorf("cursor %+v, want %+v", got.cursor, want.cursor)
	}
	if g, w := wantPen(got.pen, p), wantPen(want.pen, p); p.keepPen && g != w {
		return fmt.Errorf("pen %+v, want %+v", g, w)
	}
	g, w := got.modes, want.modes
	if g.ReverseVideo != w.ReverseVideo || g.BracketedPaste != w.BracketedPaste || g.FocusEvents != w.FocusEvents ||
		uint16(g.Mouse) != p.mouseMode(w.Mouse) || uint16(g.MouseEncoding) != p.mouseEncoding(w.MouseEncoding) {
		return fmt.Errorf("modes %+v, want %+v", g, w)
	}
	if p.titles && want.titleSet && (got.title != wantTitle(want.title) || got.icon != wantTitle(want.icon)) {
		return fmt.Errorf("names %q %q, want %q %q", got.title, got.icon, want.title, want.icon)
	}
	return nil
}

// wantTitle returns what a reader keeps of a title.
func wantTitle(s string) string {
	var runes []rune
	for _, r := range s {
		if r >= ' ' && !(0x7f <= r && r < 0xa0) && len(runes) < 254 {
			runes = append(runes, r)
		}
	}
	return string(runes)
}

// A diffVector is a case of kind "diff" of testdata/terminal.json.
type diffVector struct {
	Name       string
	Kind       string
	Cols, Rows int
	From       []byte `json:"from_input"`
	Then       []byte `json:"then_input"`
	Resize     []int  `json:"then_resize_first"`
	Repaint    bool
	Expected   struct {
		Hostbytes  []byte
		ClientRows []string               `json:"client_rows"`
		Cursor     struct{ Row, Col int } `json:"client_cursor"`
	}
}

func loadDiffVectors(t testing.TB) (list []diffVector) {
	t.Helper()
	b, err := os.ReadFile("testdata/terminal.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []diffVector }
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	for _, v := range file.Cases {
		if v.Kind == "diff" {
			list = append(list, v)
		}
	}
	if len(list) == 0 {
		t.Fatal("no diff vectors")
	}
	return list
}

// screens returns both screens of v as a stock server has them.
func (v *diffVector) screens() (from, to *Screen) {
	e := New(v.Cols, v.Rows, Options{Dialect: Stock})
	e.Write(v.From)
	from = e.Snapshot()
	if v.Resize != nil {
		e.Resize(v.Resize[0], v.Resize[1])
	}
	e.Write(v.Then)
	return from, e.Snapshot()
}

func (v *diffVector) check(t *testing.T, got *Screen) {
	t.Helper()
	for y, want := range v.Expected.ClientRows {
		if text := rowText(got, y); text != want {
			t.Errorf("%s: row %d is %q, want %q", v.Name, y, text, want)
		}
	}
	if c := got.cursor; c.Row != v.Expected.Cursor.Row || c.Col != v.Expected.Cursor.Col {
		t.Errorf("%s: cursor %d,%d, want %+v", v.Name, c.Row, c.Col, v.Expected.Cursor)
	}
}

// TestApplyReadsStockHostBytes feeds what a stock server sends to our reader,
// which must show what a stock client shows, faults included.
func TestApplyReadsStockHostBytes(t *testing.T) {
	for _, v := range loadDiffVectors(t) {
		if v.Repaint {
			continue // what a client writes, not a server
		}
		got, _ := v.screens()
		if v.Resize != nil {
			got = ApplyResize(got, v.Resize[0], v.Resize[1], StockReader)
		}
		v.check(t, Apply(got, v.Expected.Hostbytes, StockReader))
	}
}

// stockFaults names the vectors in which a stock generator leads its reader to
// another screen than its own, and ours does not.
var stockFaults = map[string]string{
	"diff/last-column-last-row-pending":        "stock backs up from a column past the edge",
	"diff/hidden-cell-under-wide-lost":         "stock never sends what stands under a wide glyph",
	"diff/wide-in-last-column-nowrap-corrupts": "stock makes its reader wrap the glyph",
	"diff/ich-wide-in-last-column-corrupts":    "stock makes its reader wrap the glyph",
}

// TestDiffVectors checks that our diff of the vectors' screens leads to the
// same screen, not by the same bytes.
func TestDiffVectors(t *testing.T) {
	for _, v := range loadDiffVectors(t) {
		from, to := v.screens()
		got := from
		if v.Resize != nil {
			got = ApplyResize(got, v.Resize[0], v.Resize[1], StockReader)
		}
		got = Apply(got, AppendDiff(nil, from, to, StockProfile), StockReader)
		if stockFaults[v.Name] == "" {
			v.check(t, got)
		}
		if err := screenError(got, to, StockProfile); err != nil {
			t.Errorf("%s: %v", v.Name, err)
		}
	}
}

// A reached is a screen with what a reader shows of it.
type reached struct{ screen, shown *Screen }

// applyRandom runs a random program and diffs its screens, each from a random
// one before it, as a network that loses datagrams makes it.
func applyRandom(seed int64) error {
	rnd := rand.New(rand.NewSource(seed))
	cols, rows := 1+rnd.Intn(30), 1+rnd.Intn(10)
	e := New(cols, rows, Options{Clusters: true})
	prog := programmer{rnd: rnd, cols: cols, rows: rows}
	known := []reached{{NewScreen(cols, rows), NewScreen(cols, rows)}}
	for step := range 8 {
		if rnd.Intn(8) == 0 {
			prog.cols, prog.rows = 1+rnd.Intn(30), 1+rnd.Intn(10)
			e.Resize(prog.cols, prog.rows)
		}
		out := prog.output(1 + rnd.Intn(6))
		e.Write(out)
		to, from := e.Snapshot(), known[rnd.Intn(len(known))]
		shown := from.shown
		if from.screen.cols != to.cols || len(from.screen.rows) != len(to.rows) {
			shown = ApplyResize(shown, to.cols, len(to.rows), StockReader)
		}
		diff := AppendDiff(nil, from.screen, to, StockProfile)
		shown = Apply(shown, diff, StockReader)
		if err := screenError(shown, to, StockProfile); err != nil {
			return fmt.Errorf("seed %d step %d: %w\nprogram %q\ndiff %q", seed, step, err, out, diff)
		}
		if err := newReader(to.cols, len(to.rows), false).grammar(shownFrom(from.screen, to), diff); err != nil {
			return fmt.Errorf("seed %d step %d: %w\ndiff %q", seed, step, err, diff)
		}
		known = append(known, reached{to, shown})
	}
	return nil
}

// shownFrom returns a screen of to's size with from's cursor, if it has that size.
func shownFrom(from, to *Screen) *Screen {
	if from.cols != to.cols || len(from.rows) != len(to.rows) {
		return NewScreen(to.cols, len(to.rows))
	}
	return from
}

func TestStockDiffsOfPrograms(t *testing.T) {
	for seed := range int64(1500) {
		if err := applyRandom(seed); err != nil {
			t.Fatal(err)
		}
	}
}

// userRandom draws a random program on a user's terminal, as which our own
// emulator stands.
func userRandom(seed int64, p *Profile) error {
	rnd := rand.New(rand.NewSource(seed))
	cols, rows := 1+rnd.Intn(30), 1+rnd.Intn(10)
	e, user := New(cols, rows, Options{Clusters: true}), New(cols, rows, Options{})
	prog := programmer{rnd: rnd, cols: cols, rows: rows}
	user.Write(prog.output(5)) // whatever was there before
	user.Write(p.AppendEnter(nil))
	from := e.Snapshot()
	user.Write(AppendRepaint(nil, from, p))
	for step := range 8 {
		out := prog.output(1 + rnd.Intn(6))
		e.Write(out)
		to := e.Snapshot()
		diff := AppendDiff(nil, from, to, p)
		if rnd.Intn(8) == 0 {
			diff = AppendRepaint(nil, to, p)
		}
		user.Write(diff)
		if err := screenError(user.Snapshot(), to, p); err != nil {
			return fmt.Errorf("seed %d step %d: %w\nprogram %q\ndiff %q", seed, step, err, out, diff)
		}
		if err := newReader(cols, rows, true).grammar(from, diff); err != nil {
			return fmt.Errorf("seed %d step %d: %w\ndiff %q", seed, step, err, diff)
		}
		from = to
	}
	return nil
}

func TestUserDiffsOfPrograms(t *testing.T) {
	caps := fullCaps
	caps.Clusters = false // the emulator that reads has mode 2027 off
	profiles := map[string]*Profile{"full": UserProfile(caps), "256": testProfiles["256"]}
	for name, p := range profiles {
		for seed := range int64(400) {
			if err := userRandom(seed, p); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
}

// TestLeaveResetsEverything compares a terminal that a program was drawn on
// with one that has only just been entered and left.
func TestLeaveResetsEverything(t *testing.T) {
	caps := fullCaps
	caps.EnterCA, caps.ExitCA = []byte("\x1b[?1049h"), []byte("\x1b[?1049l")
	p := UserProfile(caps)
	for seed := range int64(300) {
		rnd := rand.New(rand.NewSource(seed))
		e, user := New(20, 5, Options{}), New(20, 5, Options{})
		user.Write([]byte("\x1b]0;mine\x07$ roam host\r\n"))
		before := user.Snapshot()
		user.Write(p.AppendEnter(nil))
		user.Write(AppendRepaint(nil, e.Snapshot(), p))
		prog := programmer{rnd: rnd, cols: 20, rows: 5}
		from := e.Snapshot()
		var changes Changes
		for range 10 {
			e.Write(prog.output(4))
			to := e.Snapshot()
			user.Write(AppendDiff(nil, from, to, p))
			changes.Note(to)
			from = to
		}
		user.Write(p.AppendLeave(p.AppendUndo(nil, changes)))
		after := user.Snapshot()
		after.bells, after.clipboard = before.bells, before.clipboard
		after.titleSet = before.titleSet
		if !after.Equal(before) {
			t.Fatalf("seed %d: left %+v, want %+v", seed, after, before)
		}
	}
}

func TestApplyKeepsItsBase(t *testing.T) {
	base := Apply(NewScreen(10, 3), []byte("\x1b]0;t\x07abc\x1b[31m"), StockReader)
	same := *base
	same.rows = slices.Clone(base.rows)
	before := rowText(base, 0)
	got := Apply(base, []byte("\x1b]0;u\x07\x07\x1b[Hxyz\x1b[?25l\n\n\n\n"), StockReader)
	if !base.Equal(&same) || rowText(base, 0) != before {
		t.Error("Apply changed its base")
	}
	if title, _, _ := got.Title(); title != "u" {
		t.Errorf("title %q", title)
	}
}

func TestApplyHostileBytes(t *testing.T) {
	base := Apply(NewScreen(10, 3), []byte("abc"), StockReader)
	for _, tc := range []struct{ name, bytes string }{
		{"clipboard query", "\x1b]52;c;?\x07"},
		{"queries", "\x1b[5n\x1b[6n\x1b[c\x1b[>c"},
		{"unfinished OSC", "\x1b]0;unfinished"},
		{"unfinished CSI", "\x1b["},
		{"unfinished UTF-8", "\xe4\xb8"},
	} {
		got := Apply(base, []byte(tc.bytes), StockReader)
		if got.clipboard != "" || rowText(got, 0) != "abc" || got.title != "" {
			t.Errorf("%s: %+v", tc.name, got)
		}
		if again := Apply(got, []byte("d"), StockReader); rowText(again, 0) != "abcd" {
			t.Errorf("%s: then %q", tc.name, rowText(again, 0))
		}
	}
	long := append([]byte("\x1b]0;"), bytes.Repeat([]byte("x"), 1<<20)...)
	if got := Apply(base, append(long, '\a'), StockReader); len(got.title) > 4*maxTitle {
		t.Errorf("a title of %d bytes", len(got.title))
	}
	if cols, rows := ApplyResize(base, 1<<30, 1<<30, StockReader).Size(); cols > maxSide || cols*rows > maxCells {
		t.Errorf("size %dx%d", cols, rows)
	}
}

// TestResizeKeepsModes: what the window shows until the server knows of its new size takes the
// keys as the program wants them.
func TestResizeKeepsModes(t *testing.T) {
	e := New(20, 5, Options{KittyKeys: true})
	e.Write([]byte("\x1b[>5u\x1b[?2004h\x1b[?1003;1006h\x1b[?2031h\x1b[>4;2m\x1b[?1h"))
	s := e.Snapshot()
	if s.modes.KittyKeys != 5 {
		t.Fatalf("kitty flags are %d", s.modes.KittyKeys)
	}
	for _, p := range []ReaderProfile{StockReader, RichReader} {
		if got := ApplyResize(s, 10, 6, p); got.modes != s.modes {
			t.Errorf("reader %d: modes %+v, want %+v", p, got.modes, s.modes)
		}
	}
}
