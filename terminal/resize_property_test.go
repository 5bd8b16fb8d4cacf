package terminal

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
)

// paragraphs returns the text of the screen's lines, each with the rows that
// it was wrapped into joined, without blanks at the end, and the line and the
// column that the cursor stands in.
func paragraphs(e *Emulator) (lines []string, line, column int) {
	var b strings.Builder
	for y, r := range e.lines {
		for x := range r.cells {
			if y == e.y && x == e.x {
				line, column = len(lines), b.Len()
				if e.pending {
					column += len(r.AppendText(nil, x))
				}
			}
			if x == len(r.cells)-1 && r.wrapped && r.short && y+1 < e.rows && e.lines[y+1].cells[0].Width() == 2 {
				continue // no room was here for what follows
			}
			b.Write(r.AppendText(nil, x))
		}
		if !r.wrapped || y == len(e.lines)-1 {
			lines = append(lines, strings.TrimRight(b.String(), " "))
			b.Reset()
		}
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" && len(lines)-1 > line {
		lines = lines[:len(lines)-1]
	}
	return lines, line, column
}

// shellText prints lines as a shell's programs do, with wide glyphs and marks.
func shellText(rnd *rand.Rand, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString("\r\n")
		}
		for range rnd.Intn(60) {
			switch rnd.Intn(12) {
			case 0:
				b.WriteString("中")
			case 1:
				b.WriteString("e\u0301")
			case 2:
				b.WriteString(" ")
			default:
				b.WriteByte(byte('a' + rnd.Intn(26)))
			}
		}
		b.WriteByte('.')
	}
	return b.String()
}

// TestResizesKeepText holds that while the screen is high enough for all of it,
// no change of the width loses or moves a character of a line, and that the
// cursor stays behind the one that it was behind.
func TestResizesKeepText(t *testing.T) {
	for seed := range int64(400) {
		rnd := rand.New(rand.NewSource(seed))
		const rows = 200
		e := New(2+rnd.Intn(40), rows, Options{})
		e.Write([]byte(shellText(rnd, 1+rnd.Intn(6))))
		if rnd.Intn(2) == 0 { // back into the text
			fmt.Fprintf(e, "\x1b[%dD", 1+rnd.Intn(10))
		}
		want, line, column := paragraphs(e)
		for range 6 {
			cols := 2 + rnd.Intn(60)
			e.Resize(cols, rows)
			got, gotLine, gotColumn := paragraphs(e)
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("seed %d at %d columns:\n got %q\nwant %q", seed, cols, got, want)
			}
			if gotLine != line || gotColumn != column {
				t.Fatalf("seed %d at %d columns: cursor in line %d at byte %d, want %d, %d", seed, cols, gotLine, gotColumn, line, column)
			}
			if err := e.check(); err != nil {
				t.Fatalf("seed %d at %d columns: %v", seed, cols, err)
			}
		}
	}
}

// TestResizeKeepsTheEnd holds that on a screen too low for its text the rows
// that go are the top ones, with the cursor in sight on its character.
func TestResizeKeepsTheEnd(t *testing.T) {
	for seed := range int64(400) {
		rnd := rand.New(rand.NewSource(seed))
		e := New(10+rnd.Intn(40), 10+rnd.Intn(20), Options{})
		e.Write([]byte(shellText(rnd, 1+rnd.Intn(8)) + "$ "))
		for range 6 {
			e.Resize(2+rnd.Intn(60), 1+rnd.Intn(30))
			if err := e.check(); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if e.pending || e.x == 0 {
				continue // the prompt fills its row
			}
			// Blanks at the end are not text: what does not fit is cut.
			if got := string(e.lines[e.y].AppendText(nil, e.x-1)); got != " " && got != "$" {
				t.Fatalf("seed %d: the cursor left its prompt, behind %q: row %q", seed, got, e.Snapshot().text()[e.y])
			}
		}
	}
}

// TestResizeLeavesTheAlternateScreen holds that the alternate screen is cut or
// filled up and not rewrapped, while the primary one below it is.
func TestResizeLeavesTheAlternateScreen(t *testing.T) {
	e := New(10, 4, Options{})
	e.Write([]byte("one line of text\x1b[?1049h\x1b[Hfull screen, wrapped"))
	e.Resize(6, 4)
	if got := strings.Join(e.Snapshot().text(), "|"); got != "full s|n, wra||" {
		t.Errorf("the alternate screen is %q", got)
	}
	e.Write([]byte("\x1b[?1049l"))
	if got := strings.Join(e.Snapshot().text(), "|"); got != "one li|ne of|text|" {
		t.Errorf("the primary screen is %q", got)
	}
	if e.y != 2 || e.x != 4 {
		t.Errorf("the cursor is at row %d column %d", e.y, e.x)
	}
}

// TestResizeWideAtTheEdge narrows and widens around a wide glyph.
func TestResizeWideAtTheEdge(t *testing.T) {
	e := New(4, 3, Options{})
	e.Write([]byte("ab中文"))
	for _, tc := range []struct {
		cols int
		want string
	}{{3, "ab|中|文"}, {5, "ab中|文|"}, {1, "| "}, {6, ""}} {
		e.Resize(tc.cols, 3)
		if err := e.check(); err != nil {
			t.Fatalf("%d columns: %v", tc.cols, err)
		}
		if got := strings.Join(e.Snapshot().text(), "|"); tc.cols >= 3 && tc.cols < 6 && got != tc.want {
			t.Errorf("%d columns: %q, want %q", tc.cols, got, tc.want)
		}
	}
}

// rewrapped rewraps the screen of e for another size, with at most bound rows in
// mind meanwhile, and returns the rows, where the cursor and another position
// went, and how many rows were held.
func rewrapped(e *Emulator, cols, rows, bound int, saved position) (out string, held int) {
	cursor := position{y: e.y, x: e.x, pending: e.pending}
	f := reflow{cols: cols, rows: bound, blank: blankRow(cols), kept: []*position{&cursor, &saved}}
	f.rewrap(e.lines)
	held, f.rows = len(f.lines), rows
	f.fit()
	var b strings.Builder
	for _, r := range f.lines {
		for x := range r.cells {
			b.Write(r.AppendText(nil, x))
		}
		fmt.Fprintf(&b, " %t\n", r.wrapped)
	}
	return fmt.Sprint(b.String(), cursor, saved), held
}

// TestResizeHoldsLittle holds that dropping rows early, which cannot come into
// view, changes nothing of a resize.
func TestResizeHoldsLittle(t *testing.T) {
	for seed := range int64(1500) {
		rnd := rand.New(rand.NewSource(seed))
		e := New(20+rnd.Intn(300), 1+rnd.Intn(30), Options{})
		e.Write([]byte(shellText(rnd, rnd.Intn(30))))
		for range rnd.Intn(3) {
			e.Write([]byte(strings.Repeat("x", rnd.Intn(2000)) + "\r\n"))
		}
		if rnd.Intn(3) > 0 {
			fmt.Fprintf(e, "\x1b[%d;%dH", 1+rnd.Intn(e.rows), 1+rnd.Intn(e.cols))
		}
		saved := position{y: rnd.Intn(e.rows), x: rnd.Intn(e.cols)}
		cols, rows := 1+rnd.Intn(20), 1+rnd.Intn(8)
		want, _ := rewrapped(e, cols, rows, maxCells, saved)
		if got, _ := rewrapped(e, cols, rows, rows, saved); got != want {
			t.Fatalf("seed %d to %dx%d:\n got %s\nwant %s", seed, cols, rows, got, want)
		}
	}
}

// TestResizeToOneColumn narrows the largest screen, full of text, to one column.
func TestResizeToOneColumn(t *testing.T) {
	const cols, rows = maxSide, maxCells / maxSide
	for _, at := range []string{"", "\x1b[H", "\x1b[100;100H"} {
		e := New(cols, rows, Options{})
		e.Write([]byte(strings.Repeat("x", cols*rows) + at))
		if _, held := rewrapped(e, 1, rows, rows, position{}); held > 3*rows+reflowSlack {
			t.Errorf("cursor at row %d: %d rows are held, want at most %d", e.y, held, 3*rows+reflowSlack)
		}
		e.Resize(1, rows)
		if err := e.check(); err != nil {
			t.Error(err)
		}
	}
}
