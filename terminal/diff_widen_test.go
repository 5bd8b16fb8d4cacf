package terminal

import (
	"math/rand"
	"testing"
)

// widerTerminals are user's terminals that take more columns for some glyphs than a screen
// has, with the capabilities that a probe would find.
func widerTerminals() map[string]struct {
	em   *Emulator
	caps Capabilities
} {
	plain := Capabilities{Colors: 1 << 24, ECH: true, BCE: true, AutoMargin: true, EatNewline: true, ScrollRegion: true}
	clusters, ambiguous := plain, plain
	clusters.Clusters, clusters.WideSelector, clusters.WideIndicator = true, true, true
	ambiguous.WideAmbiguous = true
	kitty := New(30, 4, Options{Clusters: true})
	kitty.Write([]byte("\x1b[?2027h"))
	return map[string]struct {
		em   *Emulator
		caps Capabilities
	}{
		"clusters":  {kitty, clusters},
		"ambiguous": {New(30, 4, Options{AmbiguousWide: true}), ambiguous},
	}
}

// Whatever a glyph does on the user's terminal, its neighbours survive it: each plain
// character of the screen is in its column.
func TestNeighboursOfWidenedGlyphsSurvive(t *testing.T) {
	for name, user := range widerTerminals() {
		for seed := range int64(300) {
			p := UserProfile(user.caps)
			rnd := rand.New(rand.NewSource(seed))
			e := New(30, 4, Options{})
			prog := programmer{rnd: rnd, cols: 30, rows: 4}
			var shown *Screen
			for range 6 {
				prog.f("\x1b[%d;%dH", 1+rnd.Intn(4), 1+rnd.Intn(30))
				prog.text(1 + rnd.Intn(8))
				e.Write([]byte(prog.b.String()))
				prog.b.Reset()
				to := e.Snapshot()
				if shown == nil {
					user.em.Write(AppendRepaint(nil, to, p))
				} else {
					user.em.Write(AppendDiff(nil, shown, to, p))
				}
				shown = to
				got := user.em.Snapshot()
				for y := range 4 {
					for x := range 30 {
						want := string(to.Row(y).AppendText(nil, x))
						if is := string(got.Row(y).AppendText(nil, x)); len(want) == 1 && want > " " && is != want {
							t.Fatalf("%s, seed %d: column %d of row %d shows %q, want %q\n%s\n%s", name, seed, x, y, is, want, rowString(to.Row(y)), rowString(got.Row(y)))
						}
					}
				}
			}
		}
	}
}

func rowString(r *Row) string {
	var b []byte
	for x := range r.Len() {
		b = r.AppendText(b, x)
	}
	return string(b)
}

func TestNarrowForms(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"clusters", "❤\ufe0fx", "❤x"},
		{"clusters", "🇩🇪x", "DEx"},
		{"ambiguous", "┌─┐§|x", "+-+?|x"},
	} {
		user := widerTerminals()[c.name]
		e := New(30, 4, Options{})
		e.Write([]byte(c.text))
		user.em.Write(AppendRepaint(nil, e.Snapshot(), UserProfile(user.caps)))
		got := rowString(user.em.Snapshot().Row(0))
		if len(got) < len(c.want) || got[:len(c.want)] != c.want {
			t.Errorf("%s: %q shows as %q, want %q", c.name, c.text, got, c.want)
		}
	}
}
