// Command screen turns what a terminal shows into an SVG picture for the
// documents. It reads the output of tmux capture-pane -p -e on its standard
// input and writes the picture to standard output:
//
//	tmux capture-pane -p -e | go run ./docs/screen -cols 80 -rows 24 -title 'roam host' >docs/screen.svg
//
// record.sh beside it makes docs/screen.svg from a real session.
package main

import (
	"bytes"
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"roam/terminal"
)

// Sizes in pixels: of a cell in a monospaced font of 14 pixels, of the space
// around the screen, and of the bar with the title.
const (
	cellWidth  = 8.43
	cellHeight = 18
	fontSize   = 14
	margin     = 14
	bar        = 30
)

// Colours of the picture where the screen has the terminal's default.
const (
	background = "#1d1f21"
	foreground = "#d4d7d6"
	barColor   = "#2c2f33"
)

// ansi are the 16 named colours of the palette.
var ansi = [16]string{
	"#1d1f21", "#cc6666", "#8abd68", "#e3b867", "#81a2be", "#b294bb", "#8abeb7", "#c5c8c6",
	"#666a6d", "#e88080", "#a5d685", "#f2d08a", "#9fbfdb", "#cdb0d6", "#a5dad3", "#ffffff",
}

func main() {
	cols := flag.Int("cols", 80, "columns of the screen")
	rows := flag.Int("rows", 24, "rows of the screen")
	title := flag.String("title", "", "text of the title bar")
	flag.Parse()
	input, err := io.ReadAll(os.Stdin)
	if err == nil {
		_, err = os.Stdout.WriteString(picture(input, *cols, *rows, *title))
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "screen: %v\n", err)
		os.Exit(1)
	}
}

// picture returns the SVG of a screen on which captured lines are shown.
func picture(captured []byte, cols, rows int, title string) string {
	e := terminal.New(cols, rows, terminal.Options{})
	lines := bytes.Split(bytes.TrimRight(captured, "\n"), []byte("\n"))
	for i, line := range lines[:min(len(lines), rows)] {
		fmt.Fprintf(e, "\x1b[%dH%s", i+1, line)
	}
	screen := e.Snapshot()
	width, height := float64(cols)*cellWidth+2*margin, rows*cellHeight+2*margin+bar
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %d" width="%.0f" height="%d" role="img" aria-label="%s">`+"\n",
		width, height, width, height, escape(title))
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n", background)
	fmt.Fprintf(&b, `<path d="M0 %d V8 a8 8 0 0 1 8 -8 H%.0f a8 8 0 0 1 8 8 V%d z" fill="%s"/>`+"\n", bar, width-8, bar, barColor)
	for i, color := range []string{"#cc6666", "#e3b867", "#8abd68"} {
		fmt.Fprintf(&b, `<circle cx="%d" cy="15" r="5.5" fill="%s"/>`+"\n", 18+i*18, color)
	}
	fmt.Fprintf(&b, `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="%d" xml:space="preserve">`+"\n", fontSize)
	fmt.Fprintf(&b, `<text x="%.0f" y="20" text-anchor="middle" fill="#9a9d9f" font-size="13">%s</text>`+"\n", width/2, escape(title))
	for row := range rows {
		writeRow(&b, screen.Row(row), row)
	}
	b.WriteString("</g>\n</svg>\n")
	return b.String()
}

// A look is what a run of cells has in common.
type look struct {
	fg, bg string // bg is empty for the picture's own
	style  terminal.Style
}

// lookOf returns how a cell is drawn.
func lookOf(c terminal.Cell) look {
	l := look{fg: hex(c.Fg(), foreground), bg: hex(c.Bg(), ""), style: c.Style()}
	if l.style&terminal.Inverse != 0 {
		l.fg, l.bg = hex(c.Bg(), background), l.fg
	}
	return l
}

// writeRow writes the runs of equal looks of one row, each with its own place and
// length, so that a viewer's font cannot move the rest.
func writeRow(b *strings.Builder, row *terminal.Row, number int) {
	top := bar + margin + number*cellHeight
	for col := 0; col < row.Len(); {
		start, l := col, lookOf(row.Cell(col))
		var text []byte
		for col < row.Len() && lookOf(row.Cell(col)) == l {
			text = row.AppendText(text, col)
			col += max(row.Cell(col).Width(), 1)
		}
		x, width := margin+float64(start)*cellWidth, float64(col-start)*cellWidth
		if l.bg != "" {
			fmt.Fprintf(b, `<rect x="%.2f" y="%d" width="%.2f" height="%d" fill="%s" shape-rendering="crispEdges"/>`+"\n", x, top, width, cellHeight, l.bg)
		}
		if len(bytes.TrimSpace(text)) > 0 && l.style&terminal.Hidden == 0 {
			fmt.Fprintf(b, `<text x="%.2f" y="%d" fill="%s" textLength="%.2f"%s>%s</text>`+"\n",
				x, top+cellHeight-5, l.fg, width, attributes(l.style), escape(string(text)))
		}
	}
}

// attributes returns the SVG attributes for a style.
func attributes(s terminal.Style) string {
	var out string
	if s&terminal.Bold != 0 {
		out += ` font-weight="bold"`
	}
	if s&terminal.Italic != 0 {
		out += ` font-style="italic"`
	}
	if s&terminal.Faint != 0 {
		out += ` opacity="0.6"`
	}
	switch {
	case s.Underline() != terminal.UnderlineNone:
		out += ` text-decoration="underline"`
	case s&terminal.Struck != 0:
		out += ` text-decoration="line-through"`
	}
	return out
}

// hex returns a colour as SVG has it: unset for the default.
func hex(c terminal.Color, unset string) string {
	if r, g, b, ok := c.RGB(); ok {
		return fmt.Sprintf("#%02x%02x%02x", r, g, b)
	}
	n, ok := c.Palette()
	switch {
	case !ok:
		return unset
	case n < 16:
		return ansi[n]
	case n >= 232: // 24 greys
		v := 8 + 10*(int(n)-232)
		return fmt.Sprintf("#%02x%02x%02x", v, v, v)
	}
	level := func(i int) int { // of the cube of six levels a colour
		if i == 0 {
			return 0
		}
		return 55 + 40*i
	}
	i := int(n) - 16
	return fmt.Sprintf("#%02x%02x%02x", level(i/36), level(i/6%6), level(i%6))
}

// escape returns s as text within XML.
func escape(s string) string {
	var b bytes.Buffer
	xml.EscapeText(&b, []byte(s))
	return b.String()
}
