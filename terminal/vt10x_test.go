package terminal

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hinshun/vt10x"
)

// A dualProgram is output in the language that hinshun/vt10x gets right: ASCII,
// motion, erasing, editing, SGR's basic colours, and the scroll region. Where
// vt10x is known to differ from xterm the program keeps away: it moves the
// cursor before it erases (vt10x keeps a wrap pending), does not erase above
// from the second row, moves by rows only while the margins are whole, inserts by
// sequences rather than by the mode, and leaves autowrap alone once it saved the
// cursor.
type dualProgram struct {
	out        strings.Builder
	cols, rows int
	full       bool // the margins are the whole screen
	saved      bool // the cursor was saved
}

// add adds one operation chosen by op, with its arguments.
func (p *dualProgram) add(op, a, b byte) {
	row, col := int(a)%p.rows+1, int(b)%p.cols+1
	n := int(b)%5 + 1
	cup := fmt.Sprintf("\x1b[%d;%dH", row, col)
	switch op % 28 {
	case 0, 1, 2:
		for i := range int(a)%9 + 1 {
			p.out.WriteByte(0x21 + (b+byte(i))%94)
		}
	case 3:
		p.out.WriteString("\r\n")
	case 4:
		p.out.WriteString("\b")
	case 5:
		p.out.WriteString(cup)
	case 6:
		fmt.Fprintf(&p.out, "\x1b[%dC", n)
	case 7:
		fmt.Fprintf(&p.out, "\x1b[%dD", n)
	case 8:
		if p.full {
			fmt.Fprintf(&p.out, "\x1b[%d%c", n, "ABEF"[a%4])
		}
	case 9:
		fmt.Fprintf(&p.out, "\x1b[%dG\x1b[%dd", col, row)
	case 10:
		fmt.Fprintf(&p.out, "%s\x1b[%dK", cup, b%3)
	case 11:
		if which := b % 3; which != 1 || row != 2 {
			fmt.Fprintf(&p.out, "%s\x1b[%dJ", cup, which)
		}
	case 12:
		fmt.Fprintf(&p.out, "%s\x1b[%dX", cup, n)
	case 13:
		fmt.Fprintf(&p.out, "%s\x1b[%d@", cup, n)
	case 14:
		fmt.Fprintf(&p.out, "%s\x1b[%dP", cup, n)
	case 15:
		fmt.Fprintf(&p.out, "%s\x1b[%d%c\r", cup, n, "LM"[a%2])
	case 16:
		fmt.Fprintf(&p.out, "%s\x1b[%d%c", cup, n, "ST"[a%2])
	case 17:
		top, bottom := row, row+1+int(b)%p.rows
		if top < bottom && bottom <= p.rows {
			fmt.Fprintf(&p.out, "\x1b[%d;%dr", top, bottom)
			p.full = top == 1 && bottom == p.rows
		} else {
			p.out.WriteString("\x1b[r")
			p.full = true
		}
	case 18:
		fmt.Fprintf(&p.out, "\x1b[%dm", []int{0, 30, 31, 36, 37, 39, 94, 49}[a%8])
	case 19:
		fmt.Fprintf(&p.out, "\x1b[%dm", []int{40, 41, 47, 102}[a%4])
	case 20:
		p.out.WriteString(cup + strings.Repeat("\t", n))
	case 21:
		fmt.Fprintf(&p.out, "%s\x1b[%dI", cup, n)
	case 22:
		fmt.Fprintf(&p.out, "%s\x1b[%dZ", cup, n)
	case 23:
		p.out.WriteString(cup + []string{"\x1bH", "\x1b[g", "\x1b[0g", "\x1b[3g"}[a%4])
	case 24:
		p.out.WriteString(cup + []string{"\x1bM", "\x1bD", "\x1bE", "\x0b"}[a%4])
	case 25:
		p.out.WriteString(cup + "\x1b7")
		p.saved = true
	case 26:
		if p.saved {
			p.out.WriteString("\x1b8")
		}
	case 27:
		if !p.saved {
			p.out.WriteString(cup + []string{"\x1b[?7l", "\x1b[?7h"}[a%2])
		}
	}
}

// compare plays the program on both emulators.
func (p *dualProgram) compare(t *testing.T) {
	t.Helper()
	ours := New(p.cols, p.rows, Options{})
	ours.Write([]byte(p.out.String()))
	theirs := vt10x.New(vt10x.WithSize(p.cols, p.rows))
	theirs.Write([]byte(p.out.String()))
	s := ours.Snapshot()
	if c := theirs.Cursor(); c.X != s.cursor.Col || c.Y != s.cursor.Row {
		t.Fatalf("%q: cursor %+v, vt10x's at row %d column %d", p.out.String(), s.cursor, c.Y, c.X)
	}
	for y, r := range s.rows {
		for x, c := range r.cells {
			g := theirs.Cell(x, y)
			blank := c.IsBlank() && g.Char == ' '
			same := rune(c.content()) == g.Char
			if !blank {
				same = same && vtColor(c.Fg(), vt10x.DefaultFG) == g.FG && vtColor(c.Bg(), vt10x.DefaultBG) == g.BG
			}
			if !same {
				t.Fatalf("%q: row %d column %d is %q %x %x, vt10x's is %q %x %x", p.out.String(), y, x, rune(c.content()), c.Fg(), c.Bg(), g.Char, g.FG, g.BG)
			}
		}
	}
}

func vtColor(c Color, def vt10x.Color) vt10x.Color {
	if n, ok := c.Palette(); ok {
		return vt10x.Color(n)
	}
	return def
}

// FuzzAgainstVT10x holds that two independent emulators agree on what both know.
func FuzzAgainstVT10x(f *testing.F) {
	f.Add([]byte("abcdefghijklmnopqrstuvwxyz0123456789"))
	f.Add([]byte{0, 9, 1, 0, 8, 40, 3, 0, 0, 17, 1, 1, 3, 0, 0, 3, 0, 0, 15, 2, 2, 16, 0, 1, 13, 1, 1, 19, 1, 1, 0, 3, 3})
	f.Fuzz(func(t *testing.T, data []byte) {
		p := &dualProgram{cols: 20, rows: 8, full: true}
		for i := 0; i+2 < len(data); i += 3 {
			p.add(data[i], data[i+1], data[i+2])
		}
		p.compare(t)
	})
}

// TestAgainstVT10x compares the two emulators on programs that show one
// concept each.
func TestAgainstVT10x(t *testing.T) {
	for _, text := range []string{
		"", "hello, world", strings.Repeat("wraps ", 12), "a\r\nb\r\nc", strings.Repeat("line\r\n", 20),
		"abc\b\bX", "\tx\ty", "\x1b[3;4Hx\x1b[2Ay\x1b[2Bz\x1b[3Dq\x1b[Cw", "\x1b[5Gx\x1b[4dy\x1b[Ez\x1b[Fw",
		"abcdef\x1b[1;3H\x1b[K", "abcdef\x1b[1;3H\x1b[1K", "abcdef\x1b[2K", "a\r\nb\r\nc\x1b[2;1H\x1b[J", "a\r\nb\r\nc\x1b[3;1H\x1b[1J", "x\x1b[2Jy",
		"abcdef\x1b[1;2H\x1b[2X", "abcdef\x1b[1;2H\x1b[2@", "abcdef\x1b[1;2H\x1b[2P",
		"1\r\n2\r\n3\r\n4\x1b[2;1H\x1b[L\r", "1\r\n2\r\n3\r\n4\x1b[2;1H\x1b[2M\r", "1\r\n2\r\n3\r\n4\x1b[S", "1\r\n2\r\n3\r\n4\x1b[2T",
		"\x1b[2;4r1\r\n2\r\n3\r\n4\r\n5\r\n6", "\x1b[2;4r\x1b[2;1Hx\x1bMy", "\x1b[31mred\x1b[44mblue\x1b[0mplain\x1b[95;102mbright",
		"\x1b7\x1b[5;5Hx\x1b8y", "\x1b[?6h\x1b[2;5r\x1b[2;2Hx\x1b[?6ly", "\x1b[?7labcdefghijklmnopqrstuvwxyz\x1b[?7h",
		"\x1b[?1049halternate\x1b[?1049lback",
	} {
		p := &dualProgram{cols: 20, rows: 8}
		p.out.WriteString(text)
		p.compare(t)
	}
}
