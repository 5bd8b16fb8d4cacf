package terminal

import (
	"strings"
	"testing"
)

// text returns the rows of s, right-trimmed.
func (s *Screen) text() []string {
	var rows []string
	for _, r := range s.rows {
		var b []byte
		for x := range r.cells {
			b = r.AppendText(b, x)
		}
		rows = append(rows, strings.TrimRight(string(b), " "))
	}
	return rows
}

// An emulatorCase is output and what it leads to.
type emulatorCase struct {
	name  string
	input string
	rows  string // the rows, divided by |, without blank ones at the end
	row   int    // the cursor
	col   int
	reply string // all replies
}

// run plays the cases on a screen of 10 columns and 4 rows.
func runCases(t *testing.T, opts Options, cases []emulatorCase) {
	t.Helper()
	for _, c := range cases {
		e := New(10, 4, opts)
		e.Write([]byte(c.input))
		s := e.Snapshot()
		if got := strings.TrimRight(strings.Join(s.text(), "|"), "|"); got != c.rows {
			t.Errorf("%s: %q shows %q, want %q", c.name, c.input, got, c.rows)
		}
		if s.cursor.Row != c.row || s.cursor.Col != c.col {
			t.Errorf("%s: %q leaves the cursor at %d, %d, want %d, %d", c.name, c.input, s.cursor.Row, s.cursor.Col, c.row, c.col)
		}
		if got := string(e.Replies()); got != c.reply {
			t.Errorf("%s: %q is answered %q, want %q", c.name, c.input, got, c.reply)
		}
		if err := e.check(); err != nil {
			t.Errorf("%s: %q: %v", c.name, c.input, err)
		}
	}
}

func TestPrinting(t *testing.T) {
	runCases(t, Options{}, []emulatorCase{
		{"plain", "hello", "hello", 0, 5, ""},
		{"wrap is put off", "0123456789", "0123456789", 0, 9, ""},
		{"wrap", "0123456789a", "0123456789|a", 1, 1, ""},
		{"autowrap off", "\x1b[?7l0123456789abc", "012345678c", 0, 9, ""},
		{"wide", "中文x", "中文x", 0, 5, ""},
		{"wide wraps whole", "012345678中", "012345678|中", 1, 2, ""},
		{"wide without wrap is dropped", "\x1b[?7l012345678中", "012345678", 0, 9, ""},
		{"half overwritten", "中\x1b[2Gx", " x", 0, 2, ""},
		{"left half overwritten", "中\rx", "x", 0, 1, ""},
		{"run over a half", "中文字\x1b[2Gabc", " abc字", 0, 4, ""},
		{"wide run over a half", "a中文\x1b[1Gあ", "あ 文", 0, 2, ""},
		{"mark", "e\u0301x", "e\u0301x", 0, 2, ""},
		{"mark at the margin", "0123456789\u0301a", "0123456789\u0301|a", 1, 1, ""},
		{"mark without a cell", "\u0301x", "x", 0, 1, ""},
		{"insert mode", "abc\x1b[H\x1b[4hX中\x1b[4l", "X中abc", 0, 3, ""},
		{"insert pushes a wide glyph out", "01234567中\x1b[H\x1b[4hX", "X01234567", 0, 1, ""},
		{"repeat", "ab\x1b[3bc", "abbbbc", 0, 6, ""},
		{"repeat across rows", "x\x1b[12b", "xxxxxxxxxx|xxx", 1, 3, ""},
		{"repeat needs a glyph", "x\r\n\x1b[3b", "x", 1, 0, ""},
		{"repeat wide", "中\x1b[2b", "中中中", 0, 6, ""},
		{"malformed", "a\xff\xe4\xb8b", "a\ufffd\ufffdb", 0, 4, ""},
		{"malformed before ESC", "\xe4\x1b[Cx", "\ufffd x", 0, 3, ""},
		{"C1 as UTF-8", "a\xc2\x85b", "a|b", 1, 1, ""},
		{"delete is nothing", "a\x7fb", "ab", 0, 2, ""},
	})
}

func TestSideMargins(t *testing.T) {
	const margins = "\x1b[?69h\x1b[3;6s"
	runCases(t, Options{}, []emulatorCase{
		{"text wraps within", margins + "\x1b[1;3Habcdef", "  abcd|  ef", 1, 4, ""},
		{"text right of them reaches the edge", margins + "\x1b[1;8Habcdef", "       abc|  def", 1, 5, ""},
		{"text left of them reaches the right one", margins + "abcdefgh", "abcdef|  gh", 1, 4, ""},
		{"carriage return", margins + "\x1b[1;5Hx\ry", "  y x", 0, 3, ""},
		{"scrolling", "0123456789|\x1b[1;1H0123456789abcdefghij" + margins + "\x1b[S", "01cdef6789|ab    ghij", 0, 0, ""},
		{"index outside does not scroll", "abc" + margins + "\x1b[4;1H\n\x1b[4;9H\n", "abc", 3, 8, ""},
		{"insert characters", "0123456789" + margins + "\x1b[1;4H\x1b[2@", "012  36789", 0, 3, ""},
		{"delete characters", "0123456789" + margins + "\x1b[1;4H\x1b[P", "01245 6789", 0, 3, ""},
		{"insert characters outside", "0123456789" + margins + "\x1b[1;8H\x1b[2@", "0123456789", 0, 7, ""},
		{"insert lines", "0123456789abcdefghij" + margins + "\x1b[1;3H\x1b[L", "01    6789|ab2345ghij|  cdef", 0, 2, ""},
		{"insert columns", "0123456789" + margins + "\x1b[1;4H\x1b['}", "012 346789", 0, 3, ""},
		{"delete columns", "0123456789" + margins + "\x1b[1;4H\x1b[2'~", "0125  6789", 0, 3, ""},
		{"back index scrolls at the margin", "0123456789" + margins + "\x1b[1;3H\x1b6", "01 2346789", 0, 2, ""},
		{"forward index scrolls at the margin", "0123456789" + margins + "\x1b[1;6H\x1b9", "01345 6789", 0, 5, ""},
		{"wide glyphs are cut clean", "一二三四五" + margins + "\x1b[1;3H\x1b[@", "一 二 四五", 0, 2, ""},
		{"origin", margins + "\x1b[2;3r\x1b[?6h\x1b[1;1Hx\x1b[9;9Hy", "|  x|     y", 2, 5, ""},
		{"resetting the mode resets them", margins + "\x1b[?69l\x1b[1;3Habcdef", "  abcdef", 0, 8, ""},
	})
}

func TestCharsets(t *testing.T) {
	runCases(t, Options{}, []emulatorCase{
		{"graphics", "\x1b(0lqk\x1b(Bq", "┌─┐q", 0, 4, ""},
		{"SO and SI", "\x1b)0q\x0eq\x0fq", "q─q", 0, 3, ""},
		{"single shifts", "\x1b*0\x1b+>x\x1bNxx\x1bOaa", "x│xαa", 0, 5, ""},
		{"locking shifts", "\x1b*0\x1b+>\x1bnq\x1boq#\x0fq#", "─ψ─q#", 0, 5, ""},
		{"saved with the cursor", "\x1b(0\x1b7\x1b(B\x1b8q", "─", 0, 1, ""},
		{"repeat repeats what shows", "\x1b(0q\x1b[2bx", "───│", 0, 4, ""},
		{"reset", "\x1b(0\x1b[!pq", "q", 0, 1, ""},
	})
}

func TestAlternateScreen(t *testing.T) {
	runCases(t, Options{}, []emulatorCase{
		{"1049 and back", "abc\x1b[?1049h\x1b[2;2HXYZ\x1b[?1049ld", "abcd", 0, 4, ""},
		{"1049 clears", "\x1b[?1049hX\x1b[?1049l\x1b[?1049h", "", 0, 0, ""},
		{"47 keeps both", "abc\x1b[?47hX\x1b[?47l\x1b[?47h", "   X", 0, 4, ""},
		{"1047 clears when it leaves", "abc\x1b[?1047hX\x1b[?1047l\x1b[?47h", "", 0, 4, ""},
		{"1048", "ab\x1b[?1048h\x1b[3;3H\x1b[?1048lc", "abc", 0, 3, ""},
		{"each has its own saved cursor", "ab\x1b7\x1b[?47h\x1b[3;3H\x1b7\x1b[?47l\x1b8c", "abc", 0, 3, ""},
		{"left by RIS", "abc\x1b[?1049hX\x1bcy", "y", 0, 1, ""},
	})
}

func TestProtection(t *testing.T) {
	const text = "\x1b[1\"qAB\x1b[0\"qCD"
	runCases(t, Options{}, []emulatorCase{
		{"DECSEL", text + "\x1b[?2K", "AB", 0, 4, ""},
		{"DECSED", text + "\x1b[?2J", "AB", 0, 4, ""},
		{"EL erases all", text + "\x1b[2K", "", 0, 4, ""},
		{"DECSERA", text + "\x1b[1;1;4;10${", "AB", 0, 4, ""},
		{"DECERA erases all", text + "\x1b[1;1;4;10$z", "", 0, 4, ""},
		{"SGR 0 keeps it", "\x1b[1\"q\x1b[0mA\x1b[?2K", "A", 0, 1, ""},
		{"SPA guards from EL and ECH", "\x1bVAB\x1bWCD\x1b[2K\r\x1b[9X", "AB", 0, 0, ""},
		{"SPA guards from DECSEL", "\x1bVAB\x1bWCD\x1b[?2K", "AB", 0, 4, ""},
		{"SPA does not guard from DECSERA", "\x1bVAB\x1bWCD\x1b[1;1;1;4${", "", 0, 4, ""},
	})
}

func TestRectangles(t *testing.T) {
	const text = "0123456789abcdefghijABCDEFGHIJ"
	runCases(t, Options{}, []emulatorCase{
		{"copy", text + "\x1b[1;2;2;3;1;3;5;1$v", "0123456789|abcdefghij|ABCD12GHIJ|    bc", 2, 9, ""},
		{"copy over itself", text + "\x1b[1;1;2;3;1;1;2;1$v", "0012456789|aabcefghij|ABCDEFGHIJ", 2, 9, ""},
		{"copy down over itself", text + "\x1b[1;1;2;2;1;2;1;1$v", "0123456789|01cdefghij|abCDEFGHIJ", 2, 9, ""},
		{"copy cuts wide glyphs", "一二三\x1b[1;2;1;4;1;3;1;1$v", "一二三|| 二", 0, 6, ""},
		{"copy of clusters", "e\u0301x\x1b[1;1;1;2;1;2;3;1$v", "e\u0301x|  e\u0301x", 0, 2, ""},
		{"fill", text + "\x1b[42;2;2;3;4$x", "0123456789|a***efghij|A***EFGHIJ", 2, 9, ""},
		{"fill with a control is nothing", text + "\x1b[7;2;2;3;4$x", "0123456789|abcdefghij|ABCDEFGHIJ", 2, 9, ""},
		{"erase", text + "\x1b[2;2;3;4$z", "0123456789|a   efghij|A   EFGHIJ", 2, 9, ""},
		{"upside down is nothing", text + "\x1b[3;2;2;4$z", "0123456789|abcdefghij|ABCDEFGHIJ", 2, 9, ""},
		{"no checksum unless a test asks", "A\x1b[1;1;1;1;1;1*y", "A", 0, 1, ""},
	})
	runCases(t, Options{Checksums: true}, []emulatorCase{
		{"checksum", "A\x1b[7;1;1;1;1;1*y", "A", 0, 1, "\x1bP7!~FFBF\x1b\\"},
		{"checksum of bold", "\x1b[1mA\x1b[7;1;1;1;1;1*y", "A", 0, 1, "\x1bP7!~FF3F\x1b\\"},
		{"checksum of a blank", "\x1b[7;1;2;2;2;2*y", "", 0, 0, "\x1bP7!~FFE0\x1b\\"},
	})
}

// TestStyleRectangles holds DECCARA and DECRARA in both extents (DECSACE).
func TestStyleRectangles(t *testing.T) {
	bold := func(input string) string {
		e := New(6, 3, Options{})
		e.Write([]byte(input))
		var b strings.Builder
		for y := range 3 {
			for x := range 6 {
				b.WriteByte("-B"[e.lines[y].cells[x].Style()&Bold])
			}
			b.WriteByte('|')
		}
		return b.String()
	}
	for input, want := range map[string]string{
		"\x1b[2*x\x1b[1;2;2;3;1$r":            "-BB---|-BB---|------|",
		"\x1b[1;4;2;3;1$r":                    "------|------|------|",
		"\x1b[1;2;2;3;1$r":                    "-BBBBB|BBB---|------|",
		"\x1b[2*x\x1b[1;2;2;3;1$t":            "-BB---|-BB---|------|",
		"\x1b[2*x\x1b[1;;;;1$r\x1b[2;2;;;1$t": "BBBBBB|B-----|B-----|",
	} {
		if got := bold(input); got != want {
			t.Errorf("%q gives %s, want %s", input, got, want)
		}
	}
}

func TestReverseWrap(t *testing.T) {
	runCases(t, Options{}, []emulatorCase{
		{"off", "0123456789a\b\b\bX", "0123456789|X", 1, 1, ""},
		{"backspace", "\x1b[?45h0123456789a\b\bX", "012345678X|a", 0, 9, ""},
		{"cursor left", "\x1b[?45h0123456789ab\x1b[4DX", "01234567X9|ab", 0, 9, ""},
		{"from a wrap pending", "\x1b[?45h0123456789\bX", "012345678X", 0, 9, ""},
		{"from the top to the bottom", "\x1b[?45h\bX", "|||         X", 3, 9, ""},
	})
}
