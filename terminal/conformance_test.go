package terminal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// conformanceDir returns the directory of other projects' test data, which is
// not part of the repository, or "" where none was given.
func conformanceDir(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("ROAM_CONFORMANCE")
	if dir == "" && os.Getenv("CI") == "true" {
		t.Fatal("ROAM_CONFORMANCE does not name the directory of conformance data")
	}
	if dir == "" {
		t.Log("ROAM_CONFORMANCE was not given: no conformance data was read")
	}
	return dir
}

// TestConformanceXtermjs feeds the files of xterm.js, recorded behind a tty
// with ONLCR, and compares the 80x25 screens. The five that its own suite
// leaves out are run too.
func TestConformanceXtermjs(t *testing.T) {
	dir := conformanceDir(t)
	if dir == "" {
		return
	}
	files, _ := filepath.Glob(filepath.Join(dir, "xtermjs", "*.in"))
	passed := 0
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".in")
		input, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(strings.TrimSuffix(file, ".in") + ".text")
		if err != nil {
			t.Fatal(err)
		}
		e := New(80, 25, Options{})
		e.Write(bytes.ReplaceAll(input, []byte("\n"), []byte("\r\n")))
		lines := strings.Split(string(want), "\n")
		for i := range lines {
			lines[i] = strings.TrimRight(lines[i], " ")
		}
		for len(lines) < 25 {
			lines = append(lines, "")
		}
		got := e.Snapshot().text()
		if slices.Equal(got, lines[:25]) {
			passed++
			continue
		}
		t.Errorf("%s:\n%s", name, besides(got, lines[:25]))
	}
	t.Logf("%d of %d files give the screen expected", passed, len(files))
}

// besides shows the rows that differ.
func besides(got, want []string) string {
	var b strings.Builder
	for i := range want {
		if got[i] != want[i] {
			fmt.Fprintf(&b, "\trow %d\n\t got %q\n\twant %q\n", i, got[i], want[i])
		}
	}
	return b.String()
}

// An alacrittyScreen is expect.json of one of alacritty's reference tests.
type alacrittyScreen struct {
	Cols, Lines, History int
	Rows                 []struct {
		Text  string
		Cells []string
		Runs  [][]json.RawMessage
	}
}

// alacrittyExceptions are the recordings whose final screen differs, with the
// reason why ours is right.
var alacrittyExceptions = map[string]string{
	"decaln_reset":      "DECALN homes the cursor (DEC STD 070); alacritty leaves it. xterm 379 shows our screen",
	"deccolm_reset":     "DECCOLM does nothing unless mode 40 allows it (xterm ctlseqs); alacritty clears the screen. xterm 379 shows our screen",
	"erase_in_line":     "erasing cancels a wrap that is pending; in alacritty it stays. xterm 379 shows our screen",
	"saved_cursor_alt":  "a pending wrap of the other screen is not restored over a blank; in alacritty it is. xterm 379 shows our screen",
	"selective_erasure": "DECSED and DECSEL erase what DECSCA does not protect; alacritty has neither. xterm 379 shows our screen",
	"underline":         "SGR 21 is double underline (ECMA-48, xterm ctlseqs); in alacritty it has no effect",
}

// TestConformanceAlacritty plays alacritty's recordings and compares text,
// colours, attributes and links of every cell.
func TestConformanceAlacritty(t *testing.T) {
	dir := conformanceDir(t)
	if dir == "" {
		return
	}
	files, _ := filepath.Glob(filepath.Join(dir, "alacritty-ref", "*", "expect.json"))
	passed, text := 0, 0
	for _, file := range files {
		name := filepath.Base(filepath.Dir(file))
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var want alacrittyScreen
		if err := json.Unmarshal(b, &want); err != nil {
			t.Fatal(err)
		}
		input, err := os.ReadFile(filepath.Join(filepath.Dir(file), "recording"))
		if err != nil {
			t.Fatal(err)
		}
		e := New(want.Cols, want.Lines, Options{})
		e.Write(input)
		s := e.Snapshot()
		textDiff, cellDiff := want.compare(s)
		if textDiff == "" {
			text++
		}
		if textDiff+cellDiff == "" {
			passed++
		}
		if _, ok := alacrittyExceptions[name]; !ok && textDiff+cellDiff != "" {
			t.Errorf("%s:\n%s%s", name, textDiff, cellDiff)
		} else if ok && textDiff+cellDiff == "" {
			t.Errorf("%s agrees, though it is listed as an exception", name)
		}
	}
	t.Logf("%d of %d recordings give every cell expected, %d the text", passed, len(files), text)
}

// compare returns how the text and the cells of s differ from what is wanted.
func (w *alacrittyScreen) compare(s *Screen) (text, cells string) {
	_, rows := s.Size()
	want := w.Rows[max(len(w.Rows)-rows, 0):]
	var b, c strings.Builder
	for y, row := range want {
		got := s.Row(y)
		var line []byte
		var attrs []string
		for x := range got.Len() {
			if got.Cell(x).Width() == 0 {
				line = append(line, ' ')
			}
			line = got.AppendText(line, x)
			attrs = append(attrs, alacrittyAttrs(got, x))
		}
		wantText := row.Text
		if row.Cells != nil {
			wantText = strings.Join(row.Cells, "")
		}
		wantText = strings.TrimRight(strings.ReplaceAll(wantText, "\t", " "), " ")
		if g := strings.TrimRight(string(line), " "); g != wantText {
			fmt.Fprintf(&b, "\trow %d\n\t got %q\n\twant %q\n", y, g, wantText)
		}
		wantAttrs := runAttrs(row.Runs, got.Len())
		for x := range attrs {
			if attrs[x] != wantAttrs[x] {
				fmt.Fprintf(&c, "\trow %d column %d: got %s, want %s\n", y, x, attrs[x], wantAttrs[x])
				break
			}
		}
	}
	return b.String(), c.String()
}

// runAttrs spreads runs of attributes over the columns. Only what is seen
// counts: flags of layout are left out.
func runAttrs(runs [][]json.RawMessage, cols int) []string {
	out := make([]string, cols)
	plain := describeAttrs("Foreground", "Background", "", "", "")
	for i := range out {
		out[i] = plain
	}
	for i, run := range runs {
		from, to := 0, cols
		json.Unmarshal(run[0], &from)
		if i+1 < len(runs) {
			json.Unmarshal(runs[i+1][0], &to)
		}
		var flags, link string
		json.Unmarshal(run[3], &flags)
		underline := ""
		if len(run) > 4 && string(run[4]) != "null" {
			underline = alacrittyColor(run[4])
		}
		if len(run) > 5 {
			var l struct {
				Inner struct{ URI string }
			}
			json.Unmarshal(run[5], &l)
			link = l.Inner.URI
		}
		attrs := describeAttrs(alacrittyColor(run[1]), alacrittyColor(run[2]), flags, underline, link)
		for x := from; x < to && x < cols; x++ {
			out[x] = attrs
		}
	}
	return out
}

// describeAttrs writes attributes in one form; flags are alacritty's names.
func describeAttrs(fg, bg, flags, underline, link string) string {
	var kept []string
	for f := range strings.SplitSeq(flags, " | ") {
		switch f {
		case "", "WRAPLINE", "WIDE_CHAR", "WIDE_CHAR_SPACER", "LEADING_WIDE_CHAR_SPACER":
		case "BOLD_ITALIC":
			kept = append(kept, "BOLD", "ITALIC")
		case "DIM_BOLD":
			kept = append(kept, "BOLD", "DIM")
		default:
			kept = append(kept, f)
		}
	}
	slices.Sort(kept)
	return strings.Join([]string{fg, bg, strings.Join(slices.Compact(kept), "|"), underline, link}, " ")
}

// alacrittyColor writes a colour of expect.json: a name, an index or RGB.
func alacrittyColor(b json.RawMessage) string {
	var n int
	if json.Unmarshal(b, &n) == nil {
		return fmt.Sprint(n)
	}
	var s string
	if json.Unmarshal(b, &s) == nil {
		names := []string{"Black", "Red", "Green", "Yellow", "Blue", "Magenta", "Cyan", "White"}
		if i := slices.Index(names, strings.TrimPrefix(s, "Bright")); i >= 0 {
			if strings.HasPrefix(s, "Bright") {
				i += 8
			}
			return fmt.Sprint(i)
		}
		return s
	}
	return string(b)
}

// alacrittyAttrs describes the cell in column x of r.
func alacrittyAttrs(r *Row, x int) string {
	c := r.Cell(x)
	color := func(c Color, def string) string {
		if n, ok := c.Palette(); ok {
			return fmt.Sprint(n)
		}
		if r, g, b, ok := c.RGB(); ok {
			return fmt.Sprintf("#%02x%02x%02x", r, g, b)
		}
		return def
	}
	var flags []string
	s := c.Style()
	for _, f := range []struct {
		style Style
		name  string
	}{
		{Bold, "BOLD"}, {Faint, "DIM"}, {Italic, "ITALIC"}, {Inverse, "INVERSE"}, {Hidden, "HIDDEN"}, {Struck, "STRIKEOUT"},
	} {
		if s&f.style != 0 {
			flags = append(flags, f.name)
		}
	}
	if u := s.Underline(); u != 0 {
		flags = append(flags, []string{"", "UNDERLINE", "DOUBLE_UNDERLINE", "UNDERCURL", "DOTTED_UNDERLINE", "DASHED_UNDERLINE"}[u])
	}
	extra := r.Extra(x)
	return describeAttrs(color(c.Fg(), "Foreground"), color(c.Bg(), "Background"), strings.Join(flags, " | "), color(extra.UnderlineColor, ""), extra.Link.URI)
}
