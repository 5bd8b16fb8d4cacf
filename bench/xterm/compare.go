package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"roam/terminal"
)

// modes are those that are asked about after a program.
var modes = []string{"4", "20", "?1", "?3", "?5", "?6", "?7", "?25", "?40", "?45", "?47", "?66", "?67", "?69", "?1000", "?1002", "?1003", "?1004", "?1005", "?1006", "?1007", "?1015", "?1047", "?1049", "?2004"}

// before makes a terminal as new: xterm's RIS leaves much as it was, and in mode 42 resets
// the character sets to others.
const before = "\x1b<\x1b[64;1\"p\x1b[?42l" + pop + pop + "\x1bc\x1b[?1049h\x1b[2J\x1b[H\x1b7\x1b[?1049l\x1bc\x1b[!p\x1b[0#y" +
	"\x1b[?18;19;30;41;42;44;67;95;1007;1011;1036;1037;1039;1041;1042;1043;1044;1050;1051;1060;1061l" +
	"\x1b[?35;1010;1034;1035;1040;1046;1070h"

// pop empties half of the stack of renditions.
const pop = "\x1b[#}\x1b[#}\x1b[#}\x1b[#}\x1b[#}"

// last is the answer to the last question, which nothing else asks: for other sessions.
const last = "\x1b[?83n"

// A comparer lets both emulators run the same programs.
type comparer struct {
	x          *xterm
	cols, rows int
}

// questions asks about everything.
func (c *comparer) questions(other bool) string {
	var b strings.Builder
	b.WriteString("\x1b[6n")
	for _, m := range modes {
		prefix, n := "", m
		if m[0] == '?' {
			prefix, n = "?", m[1:]
		}
		fmt.Fprintf(&b, "\x1b[%s%s$p", prefix, n)
	}
	for _, s := range []string{"r", "s", "m", "\"q", "\"p"} {
		fmt.Fprintf(&b, "\x1bP$q%s\x1b\\", s)
	}
	b.WriteString("\x1b[?6l\x1b[51#y") // sums of whole code points, not negated, without attributes
	c.cells(&b)
	if other {
		b.WriteString("\x1b[?47l")
		c.cells(&b)
	}
	b.WriteString("\x1b[?85n")
	return b.String()
}

// cells asks about each cell: its glyph and its rendition.
func (c *comparer) cells(b *strings.Builder) {
	for y := 1; y <= c.rows; y++ {
		for x := 1; x <= c.cols; x++ {
			fmt.Fprintf(b, "\x1b[7;1;%d;%d;%d;%d*y\x1b[%d;%d;%d;%d#|", y, x, y, x, y, x, y, x)
		}
	}
}

// both runs a program and returns the answers of xterm and of ours.
func (c *comparer) both(program []string) (theirs, ours []string, err error) {
	text := strings.Join(program, "")
	all := text + "\x1b\\" + c.questions(strings.Contains(text, "47h") || strings.Contains(text, "49h"))
	got, err := c.x.play([]byte(before+all), []byte(last))
	if err != nil {
		return nil, nil, err
	}
	e := terminal.New(c.cols, c.rows, terminal.Options{Checksums: true})
	var own []byte
	for part := range slices.Chunk([]byte(all), 1<<10) { // no more is asked at once than is kept
		e.Write(part)
		own = append(own, e.Replies()...)
	}
	return answers(got), answers(own), nil
}

func (c *comparer) same(program []string) (bool, error) {
	theirs, ours, err := c.both(program)
	return slices.Equal(theirs, ours), err
}

// shrink leaves out sequences, then bytes of text, that the difference does
// not need.
func (c *comparer) shrink(program []string) ([]string, error) {
	for i := len(program) - 1; i >= 0; i-- {
		shorter := append(append([]string(nil), program[:i]...), program[i+1:]...)
		same, err := c.same(shorter)
		if err != nil {
			return nil, err
		}
		if !same {
			program = shorter
		}
	}
	for i := range program {
		for len(program[i]) > 1 && program[i][0] != 0x1b {
			shorter := append([]string(nil), program...)
			_, n := firstRune(shorter[i])
			if n == len(shorter[i]) {
				break
			}
			shorter[i] = shorter[i][n:]
			same, err := c.same(shorter)
			if err != nil {
				return nil, err
			}
			if same {
				break
			}
			program = shorter
		}
	}
	return program, nil
}

func firstRune(s string) (r rune, n int) {
	for i, c := range s {
		if i > 0 {
			return r, i
		}
		r = c
	}
	return r, len(s)
}

// show prints a program and what differs after it.
func (c *comparer) show(program []string) error {
	a, b, err := c.both(program)
	if err != nil {
		return err
	}
	fmt.Printf("  program %q\n", program)
	for i := range max(len(a), len(b)) {
		var x, o string
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			o = b[i]
		}
		if x != o && !strings.HasPrefix(x, "\x1bP7!~") && !strings.HasPrefix(x, "\x1b[0") || len(a) != len(b) && x != o {
			fmt.Printf("  answer %d: xterm %q, ours %q\n", i, x, o)
		}
		if len(a) != len(b) && x != o {
			return nil
		}
	}
	c.picture(a, b)
	return nil
}

// picture prints both screens where they differ.
func (c *comparer) picture(a, b []string) {
	theirs, ours := rowsOf(a, c.cols), rowsOf(b, c.cols)
	for i := range min(len(theirs), len(ours)) {
		if theirs[i] != ours[i] {
			fmt.Printf("  row %d\n  xterm %q\n  ours  %q\n", i%c.rows, theirs[i], ours[i])
		}
	}
}

// A row is what the answers tell of one: the glyphs, and the runs of columns,
// from 0, that have a rendition, as first-last:parameters.
type row [2]string

// rowsOf returns the rows that the answers tell of.
func rowsOf(answers []string, cols int) []row {
	var rows []row
	var glyphs strings.Builder
	var styles []string
	for i := 0; i+1 < len(answers); i++ {
		var sum rune
		if k, _ := fmt.Sscanf(answers[i], "\x1bP7!~%x\x1b\\", &sum); k != 1 {
			continue
		}
		glyphs.WriteRune(sum)
		styles = append(styles, strings.Trim(strings.TrimPrefix(answers[i+1], "\x1b[0"), ";m"))
		if len(styles) == cols {
			rows = append(rows, row{strings.TrimRight(glyphs.String(), " "), runs(styles)})
			styles = nil
			glyphs.Reset()
		}
	}
	return rows
}

// runs joins equal neighbours; those without a rendition are left out.
func runs(styles []string) string {
	var out []string
	for from := 0; from < len(styles); {
		to := from
		for to+1 < len(styles) && styles[to+1] == styles[from] {
			to++
		}
		if styles[from] != "" {
			out = append(out, fmt.Sprintf("%d-%d:%s", from, to, styles[from]))
		}
		from = to + 1
	}
	return strings.Join(out, " ")
}

// canonical writes a rendition in one order: xterm's is another than ours, and
// XTREPORTSGR leaves out hidden (8).
func canonical(answer string) string {
	start, params := "", ""
	for _, prefix := range []string{"\x1b[0", "\x1bP1$r0"} {
		if rest, ok := strings.CutPrefix(answer, prefix); ok {
			start, params = prefix, rest
		}
	}
	params, end := strings.TrimSuffix(params, "\x1b\\"), answer[len(answer)-1:]
	params, ok := strings.CutSuffix(params, "m")
	if !ok {
		return answer
	}
	params = strings.ReplaceAll(params+";", ";4:2;", ";21;")
	list := strings.FieldsFunc(strings.ReplaceAll(params, ";8;", ";"), func(r rune) bool { return r == ';' })
	slices.Sort(list)
	return start + ";" + strings.Join(list, ";") + end
}

// blank is the answer about the glyph of a blank cell.
const blank = "\x1bP7!~0020\x1b\\"

// withoutForeground leaves out the colour that a blank's glyph would have, if
// it was not erased: xterm keeps it, we do not.
func withoutForeground(rendition string) string {
	kept := []string{"\x1b[0"}
	for s := range strings.SplitSeq(strings.TrimSuffix(strings.TrimPrefix(rendition, "\x1b[0;"), "m"), ";") {
		if s != "" && (len(s) == 1 || s[0] != '3' && s[0] != '9') {
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, ";") + "m"
}

// answers cuts what a terminal sent into sequences.
func answers(b []byte) []string {
	var out []string
	b = bytes.ReplaceAll(b, []byte("P7!~0000"), []byte("P7!~0020")) // nothing was ever written there
	for len(b) > 0 {
		n := 1
		if i := bytes.Index(b[1:], []byte("\x1b")); i >= 0 {
			n += i
			if len(b) > n+1 && b[n+1] == '\\' {
				n += 2
			}
		} else {
			n = len(b)
		}
		out = append(out, canonical(string(b[:n])))
		if n := len(out); n > 1 && out[n-2] == blank {
			out[n-1] = withoutForeground(out[n-1])
		}
		b = b[n:]
	}
	return out
}
