package client

import (
	"strings"
	"testing"
)

func TestParseEscapeKey(t *testing.T) {
	for _, c := range []struct {
		in, name, help string
		bad            bool
	}{
		{"\x1e", "Ctrl-^", `Commands: "." quits, Ctrl-Z suspends, ^ sends Ctrl-^, Esc goes back.`, false},
		{"\x01", "Ctrl-A", `Commands: "." quits, Ctrl-Z suspends, A sends Ctrl-A, Esc goes back.`, false},
		{"~", `"~"`, `Commands: "." quits, Ctrl-Z suspends, "~" sends "~", Esc goes back.`, false},
		{"\x7f", "Delete", `Commands: "." quits, Ctrl-Z suspends, Delete sends Delete, Esc goes back.`, false},
		{"", "none", "", false},
		{"ab", "Ctrl-^", "", true},
		{"é", "Ctrl-^", "", true},
		{"\x00", "Ctrl-^", "", true},
		{"\x03", "Ctrl-^", "", true},
		{"\x04", "Ctrl-^", "", true},
		{"\n", "Ctrl-^", "", true},
		{"\x0c", "Ctrl-^", "", true},
		{"\r", "Ctrl-^", "", true},
		{"\xff", "Ctrl-^", "", true},
	} {
		k, err := ParseEscapeKey(c.in)
		if k.String() != c.name || (err != nil) != c.bad {
			t.Errorf("ParseEscapeKey(%q) = %v, %v; want %s, an error: %v", c.in, k, err, c.name, c.bad)
		}
		if c.help != "" && k.help(true) != c.help {
			t.Errorf("help of %s: %s", k, k.help(true))
		}
	}
	if got, want := DefaultEscapeKey.help(false), `"s" tells figures`; !strings.Contains(got, want) {
		t.Errorf("roam's own help is %s", got)
	}
	if got := (EscapeKey{}).quitHint(); got != "" {
		t.Errorf("without an escape key the hint is %q", got)
	}
}
