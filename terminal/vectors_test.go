package terminal

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
)

// A vector is one case of testdata/terminal.json (its format is in
// docs/terminal.md): what a stock emulator does, and where xterm differs.
type vector struct {
	Name  string
	Kind  string
	Cols  int
	Rows  int
	Input []byte
	Steps []struct {
		Host   []byte
		Resize []int
		Keys   []byte
	}
	Expected     map[string]any
	XtermDiffers bool `json:"xterm_differs"`
	Xterm        map[string]any
}

func loadVectors(t testing.TB) []vector {
	t.Helper()
	b, err := os.ReadFile("testdata/terminal.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []vector }
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	return file.Cases
}

// run feeds v to an emulator and returns what it shows in the vectors' terms.
func (v *vector) run(opts Options) map[string]any {
	e := New(v.Cols, v.Rows, opts)
	var reply []byte
	e.Write(v.Input)
	reply = append(reply, e.Replies()...)
	var keys KeyFilter
	for _, s := range v.Steps {
		switch {
		case s.Host != nil:
			e.Write(s.Host)
			reply = append(reply, e.Replies()...)
		case s.Resize != nil:
			e.Resize(s.Resize[0], s.Resize[1])
		case s.Keys != nil:
			reply = keys.Append(reply, s.Keys, e.KeyMode())
		}
	}
	return describe(e, string(reply))
}

// describe returns the state of e as the vectors write it: what has its
// default is absent.
func describe(e *Emulator, reply string) map[string]any {
	s := e.Snapshot()
	cursor := map[string]any{"row": s.cursor.Row, "col": s.cursor.Col}
	if e.pending {
		cursor["pending_wrap"] = true
	}
	if s.cursor.Hidden {
		cursor["visible"] = false
	}
	stops := []int{}
	for i, on := range e.tabs.at {
		if on != 0 {
			stops = append(stops, i)
		}
	}
	m := map[string]any{
		"rows": s.text(), "cursor": cursor, "pen": stockSGR(e.pen), "reply": escaped(reply), "tab_stops": stops,
	}
	optional := func(name string, value any, is bool) {
		if is {
			m[name] = value
		}
	}
	var attrs, links []map[string]any
	var wide, wrapped []any
	for y, r := range s.rows {
		if r.wrapped {
			wrapped = append(wrapped, y)
		}
		for x, c := range r.cells {
			if sgr := stockSGR(c); sgr != "0" {
				attrs = addRun(attrs, y, x, "sgr", sgr)
			}
			if l := r.Extra(x).Link; l != (Link{}) {
				links = addRun(links, y, x, "osc8", linkText(l))
			}
			if c.Width() == 2 {
				wide = append(wide, []int{y, x})
			}
		}
	}
	optional("attrs", attrs, attrs != nil)
	optional("links", links, links != nil)
	optional("wide_cells", wide, wide != nil)
	optional("soft_wrapped_rows", wrapped, wrapped != nil)
	optional("pen_link", linkText(e.extra.Link), e.extra.Link != (Link{}))
	optional("region", []int{e.top, e.bottom}, e.top != 0 || e.bottom != e.rows-1)
	optional("title", s.title, s.titleSet)
	optional("icon_name", s.icon, s.titleSet)
	optional("clipboard", s.clipboard, s.clipboard != "")
	optional("bells", s.bells, s.bells != 0)
	modes := map[string]any{}
	for name, on := range map[string]bool{
		"origin": e.modes.on(modeOrigin), "insert": e.modes.on(modeInsert),
		"bracketed_paste": s.modes.BracketedPaste, "focus_events": s.modes.FocusEvents,
		"alternate_scroll": s.modes.AltScroll, "reverse_video": s.modes.ReverseVideo,
		"app_cursor_keys": s.modes.AppCursor,
	} {
		if on {
			modes[name] = true
		}
	}
	if !e.modes.on(modeAutowrap) {
		modes["autowrap"] = false
	}
	if s.modes.Mouse != 0 {
		modes["mouse_reporting"] = s.modes.Mouse
	}
	if s.modes.MouseEncoding != 0 {
		modes["mouse_encoding"] = s.modes.MouseEncoding
	}
	optional("modes", modes, len(modes) > 0)
	return viaJSON(m)
}

// viaJSON makes the types those of decoded JSON.
func viaJSON(m map[string]any) map[string]any {
	b, _ := json.Marshal(m)
	var out map[string]any
	json.Unmarshal(b, &out)
	return out
}

// addRun adds a cell to the last run if it continues it, else as a new one.
func addRun(runs []map[string]any, y, x int, key, value string) []map[string]any {
	if n := len(runs); n > 0 {
		last := runs[n-1]
		if last["row"] == y && last[key] == value && last["col"].(int)+last["len"].(int) == x {
			last["len"] = last["len"].(int) + 1
			return runs
		}
	}
	return append(runs, map[string]any{"row": y, "col": x, "len": 1, key: value})
}

// stockSGR returns the rendition in a stock peer's canonical form, with what
// it knows.
func stockSGR(c Cell) string {
	b := []byte("0")
	s := c.Style()
	for _, a := range []struct {
		on  bool
		sgr string
	}{
		{s&Bold != 0, ";1"}, {s&Italic != 0, ";3"}, {s.Underline() != 0, ";4"}, {s&Blink != 0, ";5"},
		{s&Inverse != 0, ";7"}, {s&Hidden != 0, ";8"},
	} {
		if a.on {
			b = append(b, a.sgr...)
		}
	}
	for base, c := range map[int]Color{30: c.Fg()} {
		b = append(b, stockColor(c, base)...)
	}
	b = append(b, stockColor(c.Bg(), 40)...)
	return string(b)
}

func stockColor(c Color, base int) string {
	if n, ok := c.Palette(); ok {
		if n < 8 {
			return fmt.Sprintf(";%d", base+int(n))
		}
		return fmt.Sprintf(";%d;5;%d", base+8, n)
	}
	if r, g, b, ok := c.RGB(); ok {
		return fmt.Sprintf(";%d;2;%d;%d;%d", base+8, r, g, b)
	}
	return ""
}

func linkText(l Link) string { return escaped("\x1b]8;" + l.Params + ";" + l.URI + "\x1b\\") }

// escaped writes s as the vectors do.
func escaped(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		switch {
		case c == 0x1b:
			b.WriteString(`\e`)
		case c == '\\':
			b.WriteString(`\\`)
		case c < 0x20 || c >= 0x7f:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// differs lists how got differs from want, all fields of it or those given.
func differs(want, got map[string]any, fields []string) string {
	var out []string
	for _, f := range fields {
		if !reflect.DeepEqual(want[f], got[f]) {
			out = append(out, fmt.Sprintf("%s: got %v, want %v", f, got[f], want[f]))
		}
	}
	return strings.Join(out, "\n\t")
}

var comparedFields = []string{
	"rows", "cursor", "pen", "reply", "attrs", "links", "wide_cells", "soft_wrapped_rows", "pen_link",
	"region", "title", "icon_name", "clipboard", "bells", "modes",
}

func TestVectorsStock(t *testing.T) {
	testVectors(t, Options{Dialect: Stock}, stockDeviations, func(v *vector) (map[string]any, []string) {
		return v.Expected, expectedFields(v.Expected)
	})
}

func TestVectorsXterm(t *testing.T) {
	testVectors(t, Options{}, xtermDeviations, func(v *vector) (map[string]any, []string) {
		if !v.XtermDiffers {
			return v.Expected, expectedFields(v.Expected)
		}
		var fields []string
		for f := range v.Xterm {
			if f != "note" {
				fields = append(fields, f)
			}
		}
		if a, ok := v.Xterm["attrs"].([]any); ok && len(a) == 0 {
			v.Xterm["attrs"] = nil // no cell has any
		}
		if reflect.DeepEqual(v.Xterm["region"], []any{0.0, float64(v.Rows - 1)}) {
			v.Xterm["region"] = nil // the whole screen
		}
		rows, _ := v.Xterm["rows"].([]any)
		for i, row := range rows {
			rows[i] = strings.TrimRight(row.(string), " ")
		}
		return v.Xterm, fields
	})
}

func expectedFields(m map[string]any) []string {
	if m["tab_stops"] != nil {
		return append([]string{"tab_stops"}, comparedFields...)
	}
	return comparedFields
}

// testVectors runs all cases. A case in deviations must deviate, for the
// reason given there.
func testVectors(t *testing.T, opts Options, deviations map[string]string, want func(*vector) (map[string]any, []string)) {
	n := 0
	for _, v := range loadVectors(t) {
		if v.Kind != "emulator" {
			continue
		}
		n++
		expected, fields := want(&v)
		d := differs(expected, v.run(opts), fields)
		reason, known := deviations[v.Name]
		switch {
		case d != "" && !known:
			t.Errorf("%s:\n\t%s", v.Name, d)
		case d == "" && known:
			t.Errorf("%s: agrees, though it is listed as a deviation (%s)", v.Name, reason)
		}
		delete(deviations, v.Name)
	}
	for name := range deviations {
		t.Errorf("deviation %s is no case", name)
	}
	if n < 300 {
		t.Errorf("only %d cases", n)
	}
}

// stockDeviations are the cases in which the stock dialect differs from a
// stock peer on purpose.
var stockDeviations = deviations(
	"halves of wide glyphs are always repaired; a stock server's host bytes never write one half alone",
	"erase/erase-half-of-wide", "edit/dch-splits-wide", "unicode/overwrite-right-half",
	"unicode/wide-over-second-half",
	"no wide glyph stands where half of it has no place; a stock server's host bytes make its reader wrap there, and ours does",
	"unicode/wide-at-margin-nowrap", "unicode/wide-on-1-col", "resize/wide-cut", "edit/ich-pushes-wide-into-last-column",
	"a mark after a resize joins the glyph at the cursor; host bytes put marks behind their glyph",
	"unicode/combining-offscreen-after-resize",
	"no code point is dropped for being younger than a C library",
	"unicode/unassigned-dropped",
	"one U+FFFD for each maximal subpart; host bytes are well formed",
	"utf8/overlong-3", "utf8/overlong-4", "utf8/surrogate", "utf8/above-10ffff", "utf8/five-byte", "utf8/six-byte", "utf8/f5",
	"DEL is a control and has no place in a title",
	"osc/title-controls-dropped",
	"keys are filtered better, with any peer",
	"keys/ss3-other-untouched", "keys/esc-esc",
)

// xtermDeviations are the cases in which our own dialect is neither what a
// stock peer does nor what the vector says of xterm.
var xtermDeviations = deviations(
	"a report does not cancel a wrap that is pending",
	"reply/dsr6-pending",
	"mouse modes are kept apart: the most capable that is set counts, and resetting another changes nothing",
	"mode/mouse-any-reset-clears", "mode/mouse-encodings", "mode/mouse-encoding-any-reset-clears",
	"DECSTR makes lines wrap, as xterm 379 does",
	"reset/decstr",
	"mode 2026 is known",
	"mode/decrqm-no-reply",
	"DECALN resets the margins and homes the cursor, with default margins too",
	"reset/decaln",
	"DA1 says what there is",
	"reply/order",
	"DECXCPR tells the page too, as a VT420's and xterm 379 set to be one",
	"reply/decxcpr-none",
	"origin mode homes to the margins",
	"resize/origin-kept",
	"a row that a wide glyph did not fit in is soft-wrapped too, for rewrapping",
	"unicode/wide-at-margin-wraps",
	"no wide glyph stands where half of it has no place",
	"unicode/wide-on-1-col", "edit/ich-pushes-wide-into-last-column",
	"a mark joins the cell before the cursor, blank or not, and moves nothing; without one it is dropped",
	"unicode/combining-after-move-onto-blank", "unicode/combining-after-erase",
	"unicode/combining-fallback-keeps-cell-attrs", "unicode/bom",
	"a resize wraps lines anew",
	"unicode/combining-offscreen-after-resize", "resize/narrower-truncates-no-reflow", "resize/narrow-then-wide-loses",
	"resize/pending-kept", "resize/wide-cut", "resize/soft-wrap-flag-cleared",
	"O H and O F are cursor keys as well, and ESC before one changes nothing",
	"keys/ss3-other-untouched", "keys/esc-esc",
	"DEL is a control and has no place in a title",
	"osc/title-controls-dropped",
	"colons separate sub-parameters",
	"wrap/voided-csi-keeps-pending",
	"clipboard text is never cut in the middle; a long one is an event only",
	"osc/clipboard-cut-at-16379",
)

// deviations makes a map from name to reason; a reason, which has blanks,
// stands before the names that it is for.
func deviations(list ...string) map[string]string {
	m := map[string]string{}
	reason := ""
	for _, s := range list {
		if strings.Contains(s, " ") {
			reason = s
		} else {
			m[s] = reason
		}
	}
	return m
}
