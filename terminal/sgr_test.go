package terminal

import (
	"strings"
	"testing"
)

func TestSGR(t *testing.T) {
	for input, want := range map[string]Pen{
		"\x1b[1;2;3;5;7;8;9;53m": {Style: Bold | Faint | Italic | Blink | Inverse | Hidden | Struck | Overline},
		"\x1b[1;3m\x1b[22m":      {Style: Italic},
		"\x1b[1;2;3;4;5;7;8;9;53m\x1b[22;23;24;25;27;28;29;55m": {},
		"\x1b[1;31;44m\x1b[m":                {},
		"\x1b[4m":                            {Style: Style(0).WithUnderline(UnderlineSingle)},
		"\x1b[21m":                           {Style: Style(0).WithUnderline(UnderlineDouble)},
		"\x1b[4:3m":                          {Style: Style(0).WithUnderline(UnderlineCurly)},
		"\x1b[4:3;1m":                        {Style: Style(Bold).WithUnderline(UnderlineCurly)},
		"\x1b[4:3m\x1b[4:0m":                 {},
		"\x1b[4:9m":                          {},
		"\x1b[31;42m":                        {Fg: Palette(1), Bg: Palette(2)},
		"\x1b[97;100m":                       {Fg: Palette(15), Bg: Palette(8)},
		"\x1b[38;5;200;48;5;17m":             {Fg: Palette(200), Bg: Palette(17)},
		"\x1b[38;2;1;2;3;48;2;4;5;6m":        {Fg: RGB(1, 2, 3), Bg: RGB(4, 5, 6)},
		"\x1b[38:5:200m":                     {Fg: Palette(200)},
		"\x1b[38:2:1:2:3m":                   {Fg: RGB(1, 2, 3)},
		"\x1b[38:2::1:2:3m":                  {Fg: RGB(1, 2, 3)},
		"\x1b[38:2:0:1:2:3:7:1;1m":           {Fg: RGB(1, 2, 3), Style: Bold},
		"\x1b[58:2::9:8:7m":                  {Extra: Extra{UnderlineColor: RGB(9, 8, 7)}},
		"\x1b[58;5;9m":                       {Extra: Extra{UnderlineColor: Palette(9)}},
		"\x1b[58;5;9m\x1b[59m":               {},
		"\x1b[58;2;1;2;3;1m":                 {Extra: Extra{UnderlineColor: RGB(1, 2, 3)}, Style: Bold},
		"\x1b[38;2;1;2m":                     {}, // cut short: nothing of it counts
		"\x1b[38;5m":                         {},
		"\x1b[38;2;256;1;1;1m":               {Style: Bold},
		"\x1b[38;5;256m":                     {},
		"\x1b[31m\x1b[39m":                   {},
		"\x1b[41m\x1b[49m":                   {},
		"\x1b[1m\x1b[#{\x1b[0;31m\x1b[#}":    {Style: Bold},
		"\x1b]8;id=1;http://a/\x07\x1b[0;1m": {Style: Bold, Extra: Extra{Link: Link{"id=1", "http://a/"}}},
		"\x1b]8;;http://a/\x07\x1b]8;;\x07":  {},
		"\x1b[31m\x1b[?1;2m":                 {Fg: Palette(1)},
		"\x1b[1 m":                           {},
	} {
		e := New(4, 1, Options{})
		e.Write([]byte(input + "x"))
		s := e.Snapshot()
		if s.Pen() != want {
			t.Errorf("%q makes the pen %+v, want %+v", input, s.Pen(), want)
		}
		c := s.Row(0).Cell(0)
		if got := (Pen{c.Fg(), c.Bg(), c.Style(), s.Row(0).Extra(0)}); got != want {
			t.Errorf("%q makes the cell %+v, want %+v", input, got, want)
		}
	}
}

func TestEraseWithBackground(t *testing.T) {
	for _, input := range []string{
		"\x1b[41m\x1b[K", "\x1b[41m\x1b[2J", "\x1b[41m\x1b[4X", "\x1b[41m\x1b[4@", "\x1b[41m\x1b[4P",
		"\x1b[41m\x1b[L", "\x1b[41m\x1b[M", "\x1b[41m\x1b[S", "\x1b[41m\x1b[T", "\x1b[41m\n", "\x1b[41m\x1bM",
		"\x1b[1;3;31;41m\x1b]8;;http://a/\x07\x1b[K",
	} {
		e := New(4, 1, Options{})
		e.Write([]byte("abcd\r" + input))
		want := Cell{lo: ' ', hi: uint64(Palette(1))}
		for x, c := range e.Snapshot().Row(0).cells {
			if c != want {
				t.Errorf("%q leaves %+v in column %d", input, c, x)
			}
		}
	}
}

// TestSideTablesStayBounded prints more clusters and links than a row can
// hold, over and over the same cells.
func TestSideTablesStayBounded(t *testing.T) {
	e := New(5, 1, Options{})
	family := "e\u0301\u0302"
	for i := range 2000 {
		e.Write([]byte("\r" + family + "\x1b]8;;http://a/" + itoa(i) + "\x07x" + family))
	}
	if err := e.check(); err != nil {
		t.Error(err)
	}
	if got, want := e.Snapshot().text()[0], family+"x"+family; got != want {
		t.Errorf("shows %q, want %q", got, want)
	}
	if l := e.Snapshot().Row(0).Extra(1).Link.URI; l != "http://a/1999" {
		t.Errorf("link is %q", l)
	}
	e.Write([]byte("\r" + strings.Repeat("a\u0301", 5000)))
	if err := e.check(); err != nil {
		t.Error(err)
	}
}
