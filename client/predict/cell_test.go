package predict

import (
	"testing"

	"roam/terminal"
)

// rowShowing returns a row of ten columns that shows text.
func rowShowing(text string) *terminal.Row {
	em := terminal.New(10, 1, terminal.Options{})
	em.Write([]byte(text))
	return em.Snapshot().Row(0)
}

func TestVerdictOf(t *testing.T) {
	guessed := func(text string, was ...string) *slot {
		s := &slot{top: version{glyph: glyph{text: text, width: 1}, key: 1, due: 5}}
		for _, text := range was {
			s.was = append(s.was, past{text: text})
		}
		return s
	}
	unknown := guessed("x", "y")
	unknown.top.unknown = true
	half := guessed("", "y")
	half.top.width = 0
	many := make([]string, maxWas)
	for _, c := range []struct {
		name    string
		s       *slot
		server  string // column 0; "-" for no such row
		col     int
		decided bool
		want    verdict
	}{
		{"no time yet, differs", guessed("a", " "), "b", 0, false, pending},
		{"no time yet, equal", guessed("a", " "), "a", 0, false, pending},
		{"echoed", guessed("a", " "), "a", 0, true, credit},
		{"other text", guessed("a", " "), "b", 0, true, wrong},
		{"not echoed", guessed("a", " "), "", 0, true, wrong},
		{"was there before", guessed("a", "a"), "a", 0, true, neutral},
		{"was guessed before", guessed("a", " ", "b", "a", "c"), "a", 0, true, neutral},
		{"guessed at too often to know", guessed("a", many...), "a", 0, true, neutral},
		{"was there before, and is not", guessed("a", "a"), "b", 0, true, wrong},
		{"unknown", unknown, "z", 0, true, neutral},
		{"unknown, no time yet", unknown, "z", 0, false, pending},
		{"right half", half, "z", 0, true, neutral},
		{"blank over blank, printed to", guessed(" ", " "), "z", 0, true, neutral},
		{"erased", guessed(" ", "x"), "", 0, true, neutral},
		{"erased, as a hard space", guessed(" ", "x"), "\u00a0", 0, true, neutral},
		{"not erased", guessed(" ", "x"), "x", 0, true, wrong},
		{"erased, and an offer came", guessed(" ", "x"), "\x1b[90mx", 0, true, neutral},
		{"colour does not count", guessed("a", " "), "\x1b[1;31ma", 0, true, credit},
		{"combined", guessed("e\u0301", "e"), "e\u0301", 0, true, credit},
		{"wide", guessed("漢", " "), "漢", 0, true, credit},
		{"half of something wide", guessed("a", " "), "漢", 1, true, wrong},
		{"row still to come", guessed("a", " "), "-", 0, false, pending},
		{"row that never came", guessed("a", " "), "-", 0, true, wrong},
		{"column gone", guessed("a", " "), "a", 10, true, wrong},
	} {
		var r *terminal.Row
		if c.server != "-" {
			r = rowShowing(c.server)
		}
		if got := verdictOf(c.s, r, c.col, c.decided); got != c.want {
			t.Errorf("%s: verdict %d, want %d", c.name, got, c.want)
		}
	}
}

func TestIsDim(t *testing.T) {
	for sgr, want := range map[string]bool{
		"": false, "2": true, "90": true, "38;5;240": true, "38;5;231": false, "38;2;128;128;128": true,
		"38;2;200;20;20": false, "38;2;250;250;250": false, "31": false, "1": false,
	} {
		if got := isDim(rowShowing("\x1b[" + sgr + "mx").Cell(0)); got != want {
			t.Errorf("SGR %q is dim: %v, want %v", sgr, got, want)
		}
	}
	if isDim(rowShowing("\x1b[90m ").Cell(0)) {
		t.Error("a blank is dim")
	}
}
