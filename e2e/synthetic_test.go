//go:build linux

package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// stockLooks takes away what a stock program cannot pass on (docs/terminal.md,
// "What a stock peer gets"): faint, crossed-out, overlined, kinds and colours of underlines.
func stockLooks(l *look) {
	l.dim, l.struck, l.over, l.underColor = false, false, false, ""
	if l.under != "" {
		l.under = "1"
	}
}

// pages returns a scenario that shows screens made of escape sequences, one after each
// Enter, and then ends.
func pages(name string, all ...string) *scenario {
	sc := &scenario{name: name, start: "^page 0$"}
	var script strings.Builder
	script.WriteString("stty -echo raw\n")
	for i := range append(all, "") {
		// Each page has its number in the last line, for the test to wait for.
		fmt.Fprintf(&script, "printf '\\033[m\\033[H\\033[2J'; cat page%d; printf '\\0337\\033[?6l\\033[r\\033[m\\033[24;1Hpage %d\\0338'; head -c 1 >/dev/null\n", i, i)
		if i > 0 {
			sc.steps = append(sc.steps, enter("x").to(fmt.Sprintf("^page %d$", i)))
		}
	}
	script.WriteString("stty sane\n")
	sc.steps = append(sc.steps, enter("x").to(`\[over 0\]`))
	sc.command = "sh ./script"
	sc.files = func(t testing.TB, home string) {
		write("script", script.String())(t, home)
		for i, p := range append(all, "") {
			write(fmt.Sprintf("page%d", i), p)(t, home)
		}
	}
	return sc
}

func TestSyntheticScreens(t *testing.T) {
	for _, sc := range synthetic() {
		t.Run(sc.name, func(t *testing.T) {
			t.Parallel()
			sc.run(t)
		})
	}
}

func synthetic() []*scenario {
	var attributes, colors strings.Builder
	for i, n := range []string{"0", "1", "3", "4", "5", "7", "8", "1;3", "1;4;7", "3;4;5;7", "1;31", "4;32;45", "7;38;5;200", "38;5;120;48;5;17", "38;2;10;200;30;48;2;60;0;90", "1;7;38;2;1;2;3"} {
		fmt.Fprintf(&attributes, "\x1b[%smattributes %-28s\x1b[m plain%s", n, n, map[bool]string{true: "\r\n", false: " "}[i%2 == 1])
	}
	for i := range 256 {
		fmt.Fprintf(&colors, "\x1b[48;5;%dm%02x", i, i)
		if i%32 == 31 {
			colors.WriteString("\x1b[m\r\n")
		}
	}
	for i := range 160 {
		fmt.Fprintf(&colors, "\x1b[48;2;%d;%d;%dm \x1b[38;2;%d;9;9mx", i, 255-i, i/2, i)
	}
	looks := pages("faint and lines",
		"\x1b[2mfaint\x1b[m \x1b[9mcrossed out\x1b[m \x1b[2;9;1mall\x1b[m\r\n\x1b[4;31munderlined\x1b[m")
	looks.lost = stockLooks
	noAlt := pages("alternate screen",
		"main screen\r\nsecond line\x1b[?1049h\x1b[H\x1b[2Jon the other\r\nscreen\x1b[?25l",
		"\x1b[?1049l\x1b[?25hback", "\x1b[?47hold\x1b[?47l\x1b[?1047h\x1b[2;2Hnew\x1b[?1047lmain again")
	noAlt.stockServer = noAlternate
	graphics := pages("line drawing", "\x1b(0lqqk\x1b(B graphics", "\x1b)0\x0eabc\x0fdef")
	graphics.stockServer = "a stock server has no character sets"
	return []*scenario{
		pages("attributes", attributes.String(), colors.String(),
			"\x1b[44m\x1b[2J\x1b[5;5Htext on erased ground\x1b[K\r\n\x1b[42m\x1b[Kx\x1b[3Xy\r\n\x1b[41mabcdef\x1b[3D\x1b[P\x1b[2@\x1b[L\x1b[20;1H",
			"\x1b[?5hreverse video\x1b[?5l and back"),
		looks,
		pages("unicode",
			"wide 日本語 한국어 中文 ｗｉｄｅ\r\n"+strings.Repeat("日本", 19)+"x日wraps\r\n"+strings.Repeat("x", 79)+"語",
			"combining e\u0301 a\u0308\u0304 o\u0302 n\u0303; Hebrew \u05e9\u05c1\u05dc\u05d5\u05b9\u05dd, Thai \u0e01\u0e33\u0e25\u0e31\u0e07, Vietnamese Ti\u1ebfng\r\n",
			"日本語\x1b[1;3Hxy\x1b[1;5Hy\r\n\x1b[2;1H日本語\x1b[2;3H\x1b[2P\r\n日本語\x1b[3;3H\x1b[2X",
			"box ┌─┬─┐ │ ▒█▓ ← → ↑ ↓ “quoted” – — … € ß ſ ŋ Ω я ★ ♠",
			"zero\u200bwidth"),
		pages("regions",
			"1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\x1b[2;5r\x1b[5;1H\na\nb\x1b[2;1H\x1bMc\x1b[r\x1b[10;1Hdone",
			strings.Repeat("row\r\n", 20)+"\x1b[3;10r\x1b[3S\x1b[5;1H\x1b[2L\x1b[8;1H\x1b[M\x1b[2T\x1b[r",
			"\x1b[5;15r\x1b[?6h\x1b[1;1Horigin\x1b[20;1Hclamped\x1b[?6l\x1b[r\x1b[1;1Hhome",
			strings.Repeat("a line that scrolls\r\n", 60)+"last"),
		pages("wrapping",
			strings.Repeat("0123456789", 17)+"\r\n"+strings.Repeat("x", 80)+"\r\n"+strings.Repeat("y", 80)+"z",
			"\x1b[?7l"+strings.Repeat("no wrap ", 15)+"\x1b[?7h\r\nwrap",
			strings.Repeat("p", 80)+"\r\n"+strings.Repeat("r", 80)+"\rs",
			"tabs\ta\tb\x1b[3g\x1b[3;5H\x1bH\x1b[3;1H\tc\x1b[2;1H\td",
			"\x1b[4hinsert\x1b[5;1Habc\x1b[5;2Hx\x1b[4l",
			"\x1b[23;79Hcorner\x1b[22;80Hx"),
		noAlt,
		pages("modes",
			"\x1b[?1000h\x1b[?1006hmouse", "\x1b[?1002hdrag", "\x1b[?1000l\x1b[?1002l\x1b[?1003hall", "\x1b[?1003l\x1b[?1006lnone",
			"\x1b]2;a title: ä日\x07titled", "\x1b]0;another\x1b\\", "\x1b[?25lhidden", "\x1b[?25hshown"),
		graphics,
	}
}
