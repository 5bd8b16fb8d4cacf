package terminal

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// An xtermCase is a random program and what xterm 379 made of it on a screen
// of 20x8: the cursor as it reports it, and each cell's checksum (DECRQCRA) as
// a code point; a plain cell's is the low byte of its glyph. Recorded with -u8
// under Xvfb.
type xtermCase struct {
	Input  string
	Cursor [2]int
	Cells  []string
}

// xtermExceptions are the cases in which the emulator differs, with the reason.
var xtermExceptions = map[string]string{
	"e56ik\x1b7\x1b[8;12Him6pwqu9a\x1b74ivuvfx6\x1b8\x1bHy6rdwe5k0j": "a saved pending wrap is restored only behind a glyph, as t0060 of xterm.js wants",
}

// TestAgainstXterm holds that the emulator does what xterm did.
func TestAgainstXterm(t *testing.T) {
	b, err := os.ReadFile("testdata/xterm.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []xtermCase
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 300 {
		t.Errorf("only %d cases", len(cases))
	}
	for _, c := range cases {
		e := New(20, 8, Options{})
		e.Write([]byte(c.Input))
		cursor := [2]int{e.originRow() + 1, e.originCol() + 1}
		got := cellSums(e)
		same := slices.Equal(got, c.Cells) && cursor == c.Cursor
		if _, ok := xtermExceptions[c.Input]; same == ok {
			t.Errorf("%q\n  ours %v %q\n xterm %v %q", c.Input, cursor, got, c.Cursor, c.Cells)
		}
	}
}

// cellSums returns the checksums of all cells as text, without plain blanks at
// the ends.
func cellSums(e *Emulator) []string {
	var rows []string
	for _, r := range e.lines {
		var b strings.Builder
		for _, c := range r.cells {
			glyph := int(c.content() & 0xff)
			if c.Width() == 0 {
				glyph = 0xff // as xterm has the right half of a wide glyph
			}
			b.WriteRune(rune(glyph + checksumStyle(c.Style())))
		}
		rows = append(rows, strings.TrimRight(b.String(), " "))
	}
	for len(rows) > 0 && rows[len(rows)-1] == "" {
		rows = rows[:len(rows)-1]
	}
	return rows
}

// An xtermRecording is a random program of everything that xterm's document
// lists, and what xterm 379, set to be a VT420, showed after it on a screen of
// 20x8; bench/xterm wrote it.
type xtermRecording struct {
	Input  string
	Cursor string // row;column, as reported
	Modes  string // the states of xtermModes as DECRPM tells them
	// Rows are the glyphs of each, and the runs of renditions, as
	// first-last:parameters; up to the last row that is not blank. For programs
	// with the alternate screen those of the primary follow.
	Rows [][2]string
}

// xtermModes are those of xtermRecording.Modes.
var xtermModes = strings.Fields("4 20 ?1 ?3 ?5 ?6 ?7 ?25 ?40 ?45 ?47 ?66 ?67 ?69 ?1000 ?1002 ?1003 ?1004 ?1005 ?1006 ?1007 ?1015 ?1047 ?1049 ?2004")

// TestAgainstRandomXterm holds that the emulator does what xterm did.
func TestAgainstRandomXterm(t *testing.T) {
	b, err := os.ReadFile("testdata/xterm_random.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(b)) {
		var want xtermRecording
		if err := json.Unmarshal([]byte(line), &want); err != nil {
			t.Fatal(err)
		}
		n++
		e := New(20, 8, Options{})
		e.Write([]byte(want.Input + "\x1b\\"))
		got := xtermRecording{Cursor: itoa(e.originRow()+1) + ";" + itoa(e.originCol()+1)}
		e.Replies()
		for _, m := range xtermModes {
			e.Write([]byte("\x1b[" + m + "$p"))
			state := strings.TrimSuffix(string(e.Replies()), "$y")
			got.Modes += state[len(state)-1:]
		}
		got.Rows = xtermRows(e)
		if strings.Contains(want.Input, "47h") || strings.Contains(want.Input, "49h") {
			e.Write([]byte("\x1b[?47l"))
			got.Rows = append(got.Rows, xtermRows(e)...)
		}
		for n := len(got.Rows); n > len(want.Rows) && got.Rows[n-1] == [2]string{}; n-- {
			got.Rows = got.Rows[:n-1]
		}
		if got.Cursor != want.Cursor || got.Modes != want.Modes || !slices.Equal(got.Rows, want.Rows) {
			t.Errorf("%q\n  ours %+v\n xterm %+v", want.Input, got, want)
		}
	}
	if n < 700 {
		t.Errorf("only %d programs", n)
	}
}

// xtermRows returns the rows of the screen as an xtermRecording has them.
func xtermRows(e *Emulator) (rows [][2]string) {
	for _, r := range e.lines {
		var glyphs strings.Builder
		styles := make([]string, len(r.cells))
		for x, c := range r.cells {
			pen := r.pen(x)
			if c.content() == ' ' {
				pen.Fg = 0 // xterm keeps it where it erases
			}
			pen.Style &^= Hidden
			list := strings.Split(pen.parameters(), ";")[1:]
			if i := slices.Index(list, "4:2"); i >= 0 {
				list[i] = "21"
			}
			slices.Sort(list)
			styles[x] = strings.Join(list, ";")
			glyphs.WriteRune(rune(c.content()))
		}
		rows = append(rows, [2]string{strings.TrimRight(glyphs.String(), " "), styleRuns(styles)})
	}
	return rows
}

// styleRuns joins equal neighbours of styles as first-last:parameters; columns
// without parameters are left out.
func styleRuns(styles []string) string {
	var runs []string
	for from := 0; from < len(styles); {
		to := from
		for to+1 < len(styles) && styles[to+1] == styles[from] {
			to++
		}
		if styles[from] != "" {
			runs = append(runs, itoa(from)+"-"+itoa(to)+":"+styles[from])
		}
		from = to + 1
	}
	return strings.Join(runs, " ")
}
