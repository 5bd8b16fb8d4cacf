package terminal

import (
	"strings"
	"testing"
)

// TestColorsThatNobodyShows holds that colours which no screen has are told to
// who set them, and that of those which were not set only what is known is told.
func TestColorsThatNobodyShows(t *testing.T) {
	fg := RGB(0x10, 0x20, 0x30)
	for _, c := range []struct{ name, in, want string }{
		{"unknown special", "\x1b]5;0;?\x07", ""},
		{"special as text", "\x1b]10;#102030\x07\x1b]5;4;?\x07\x1b]4;256;?\x07", "\x1b]5;4;rgb:1010/2020/3030\a\x1b]4;256;rgb:1010/2020/3030\a"},
		{"special reset", "\x1b]5;1;#ffffff\x07\x1b]105;1\x07\x1b]5;1;?\x07", ""},
		{"special reset by its palette number", "\x1b]5;1;#ffffff\x07\x1b]104;257\x07\x1b]5;1;?\x07", ""},
		{"highlight", "\x1b]17;?;?;?\x07", ""},
		{"highlight reset", "\x1b]17;#ffffff\x07\x1b]117\x07\x1b]17;?\x07", ""},
		{"beyond 19", "\x1b]18;#111111;#222222;#333333\x07\x1b]19;?;?\x07", "\x1b]19;rgb:2222/2222/2222\a"},
		{"RIS", "\x1b]17;#ffffff\x07\x1b]5;1;#ffffff\x07\x1bc\x1b]17;?\x07\x1b]5;1;?\x07", ""},
	} {
		e := New(20, 8, Options{})
		e.Write([]byte(c.in))
		if got := string(e.Replies()); got != c.want {
			t.Errorf("%s: %q is answered %q, want %q", c.name, c.in, got, c.want)
		}
	}
	e := New(20, 8, Options{})
	e.SetUserTerminal(UserTerminal{Colors: Colors{Fg: fg}})
	e.Write([]byte("\x1b]5;2;?\x1b\\"))
	if got, want := string(e.Replies()), "\x1b]5;2;rgb:1010/2020/3030\x1b\\"; got != want {
		t.Errorf("a special colour is %q, want the user's text: %q", got, want)
	}
}

// TestTitlesInHexadecimal holds what XTSMTITLE changes.
func TestTitlesInHexadecimal(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"\x1b[>0t\x1b]2;616263\x07", "abc"},
		{"\x1b[>0t\x1b]2;61zz\x07", ""},
		{"\x1b[>0t\x1b[>0T\x1b]2;6162\x07", "6162"},
		{"\x1b[>1;2;3t\x1b]2;6162\x07", "6162"},
		{"\x1b[>0t\x1b]2;611b5b\x07", "a["},
		{"\x1b[>0t\x1bc\x1b]2;6162\x07", "6162"},
	} {
		e := New(20, 8, Options{})
		e.Write([]byte(c.in))
		if got := e.Snapshot().title; got != c.want {
			t.Errorf("%q makes the title %q, want %q", c.in, got, c.want)
		}
	}
}

// TestPresentationRestored holds that the answers to DECRQPSR restore what they told.
func TestPresentationRestored(t *testing.T) {
	for _, state := range []string{
		"\x1b[3;4H\x1b[1;4;5;7m\x1b[1\"q\x1b(0\x1b)A\x0e",
		"\x1b[3;6r\x1b[?6h\x1b[2;5H\x1b*0\x1bN",
		"\x1b[8;20Hx\x1b+0\x1bO",
		"\x1b[3g\x1b[1;5H\x1bH\x1b[1;20H\x1bH",
	} {
		e := New(20, 8, Options{})
		ask := func() (cursor, tabs string) {
			e.Write([]byte("\x1b[1$w"))
			cursor = string(e.Replies())
			e.Write([]byte("\x1b[2$w"))
			return cursor, string(e.Replies())
		}
		e.Write([]byte(state))
		cursor, tabs := ask()
		e.Write([]byte("\x1b[!p\x1b[?5W\x1b[Hy\x1b[m"))
		if strings.HasPrefix(state, "\x1b[3;6r") { // DECCIR does not tell of margins
			e.Write([]byte("\x1b[3;6r"))
		}
		for _, answer := range []string{cursor, tabs} {
			e.Write([]byte(answer[:3] + "$t" + answer[5:]))
		}
		if c, s := ask(); c != cursor || s != tabs {
			t.Errorf("%q: %q and %q are restored as %q and %q", state, cursor, tabs, c, s)
		}
	}
}

// TestLevelIsBackAfterReset holds that RIS leaves no terminal of a lower level behind.
func TestLevelIsBackAfterReset(t *testing.T) {
	e := New(20, 8, Options{})
	e.Write([]byte("\x1b[61\"p\x1b[=c\x1b[62\"p\x1bc\x1bP$q\"p\x1b\\"))
	if got, want := string(e.Replies()), "\x1bP1$r64;1\"p\x1b\\"; got != want {
		t.Errorf("the answer is %q, want %q", got, want)
	}
}
