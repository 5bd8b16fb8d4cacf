package terminal

import (
	"slices"
	"strings"
	"testing"
)

// TestColorNames holds that each name is found, in any case, and nothing near it.
func TestColorNames(t *testing.T) {
	if !slices.IsSortedFunc(colorNames[:], func(a, b namedColor) int { return strings.Compare(a.name, b.name) }) {
		t.Error("the names are not sorted")
	}
	for _, c := range colorNames {
		for _, s := range []string{c.name, strings.ToUpper(c.name)} {
			if got, ok := ParseColor(s); !ok || got != RGB(uint8(c.rgb>>16), uint8(c.rgb>>8), uint8(c.rgb)) {
				t.Errorf("%q is %x, %t, want %06x", s, got, ok, c.rgb)
			}
		}
		for _, s := range []string{" " + c.name, c.name + " ", c.name + "~"} {
			if got, ok := ParseColor(s); ok {
				t.Errorf("%q is %x", s, got)
			}
		}
	}
}

// TestColorIntensities holds the ends of the curves, that they rise, and what is none.
func TestColorIntensities(t *testing.T) {
	for _, s := range []string{"rgbi:nan/0/0", "rgbi:inf/0/0", "rgbi:0x1/0/0", "rgbi:1.01/0/0", "rgbi:-0.1/0/0", "rgbi:1/0", "rgbi:///", "rgbi:1e999/0/0", "rgbi:1_0/0/0"} {
		if got, ok := ParseColor(s); ok {
			t.Errorf("%q is %x", s, got)
		}
	}
	for i := range intensities {
		last := -1
		for n := range 1001 {
			v, ok := intensityComponent(i, "0."+strings.Repeat("0", max(3-len(itoa(n)), 0))+itoa(n))
			if n == 1000 {
				v, ok = intensityComponent(i, "1")
			}
			if !ok || int(v) < last || n == 0 && v != 0 || n == 1000 && v != 255 {
				t.Errorf("component %d at %d of 1000 is %d, %t, after %d", i, n, v, ok, last)
			}
			last = int(v)
		}
	}
}

// FuzzParseColor holds that no text breaks it, and that what is a colour is one in
// capitals too.
func FuzzParseColor(f *testing.F) {
	for _, s := range []string{"#123", "#123456789abc", "rgb:1/22/333", "rgbi:0.5/1e-3/1", "dark slate gray", "rgb:", "?"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, ok := ParseColor(s)
		if _, _, _, rgb := c.RGB(); rgb != ok {
			t.Fatalf("%q is %x, %t", s, c, ok)
		}
		upper, same := ParseColor(strings.ToUpper(s))
		if ascii := strings.IndexFunc(s, func(r rune) bool { return r > 0x7f }) < 0; ascii && (same != ok || upper != c) {
			t.Fatalf("%q is %x, in capitals %x", s, c, upper)
		}
	})
}
