package terminal

import (
	"strings"
	"testing"
)

func TestCapabilitiesOf(t *testing.T) {
	xterm := Terminfo{
		Bools: map[string]bool{"am": true, "xenl": true, "bce": true},
		Nums:  map[string]int{"colors": 256},
		Strings: map[string][]byte{
			"ech": []byte("\x1b[%p1%dX"), "csr": []byte("r"), "sitm": []byte("\x1b[3m"), "dim": []byte("\x1b[2m"),
			"smcup": []byte("\x1b[?1049h\x1b[22;0;0t"), "rmcup": []byte("\x1b[?1049l\x1b[23;0;0t"), "smkx": []byte("\x1b[?1h\x1b="),
		},
	}
	c := CapabilitiesOf(xterm, "xterm-256color", "")
	if c.Colors != 256 || !c.ECH || !c.BCE || !c.AutoMargin || !c.EatNewline || !c.ScrollRegion || !c.Italic || !c.Faint ||
		!c.Title || !c.Links || !c.Clipboard || !c.CursorShape || !c.Keypad || !c.AltScroll || c.Sync || c.Clusters || c.UnderlineStyles {
		t.Errorf("xterm-256color: %+v", c)
	}
	if leave := string(UserProfile(c).AppendLeave(nil)); !strings.HasSuffix(leave, "\x1b[?1049l\x1b[23;0;0t") || strings.Contains(leave, "\x1b[23;0t") {
		t.Errorf("leaving: %q", leave)
	}
	if c := CapabilitiesOf(xterm, "xterm-256color", "truecolor"); c.Colors != 1<<24 {
		t.Errorf("COLORTERM=truecolor: %d colours", c.Colors)
	}
	c = CapabilitiesOf(Terminfo{Nums: map[string]int{"colors": 8}}, "linux", "")
	if c.Colors != 8 || c.Title || c.Links || c.Clipboard || c.AltScroll || c.CursorShape || c.ECH || c.Italic {
		t.Errorf("linux: %+v", c)
	}
	if b := UserProfile(c).AppendEnter(nil); string(b) != "\x1b[?1h" {
		t.Errorf("entering linux: %q", b)
	}
	for term, want := range map[string]bool{
		"xterm": true, "tmux-256color": true, "screen.xterm": true, "st-256color": true, "foot": true,
		"sterm": false, "vt220": false, "xtermite": false, "": false, "dumb": false,
	} {
		if got := CapabilitiesOf(Terminfo{}, term, "").Title; got != want {
			t.Errorf("titles on %q: %v", term, got)
		}
	}
	styled := Terminfo{Bools: map[string]bool{"Tc": true}, Strings: map[string][]byte{"Smulx": []byte("x"), "Setulc": []byte("x"), "smxx": []byte("x")}}
	if c := CapabilitiesOf(styled, "tmux", ""); c.Colors != 1<<24 || !c.UnderlineStyles || !c.UnderlineColor || !c.Struck {
		t.Errorf("extended terminfo: %+v", c)
	}
}
