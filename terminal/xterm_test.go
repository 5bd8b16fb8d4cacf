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
