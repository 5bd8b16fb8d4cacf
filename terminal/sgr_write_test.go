package terminal

import (
	"math/rand"
	"testing"
)

func TestAppendSGR(t *testing.T) {
	red, grey, rgb := Palette(1), Palette(244), RGB(1, 2, 3)
	for _, tc := range []struct {
		from, to rendition
		want     string
	}{
		{rendition{}, rendition{}, ""},
		{rendition{}, rendition{style: Bold}, "\x1b[1m"},
		{rendition{style: Bold}, rendition{}, "\x1b[m"},
		{rendition{style: Bold, fg: red}, rendition{fg: red}, "\x1b[22m"},
		{rendition{style: Bold | Faint}, rendition{style: Faint}, "\x1b[0;2m"},
		{rendition{style: Bold | Faint, fg: rgb}, rendition{style: Faint, fg: rgb}, "\x1b[22;2m"},
		{rendition{fg: red}, rendition{bg: red}, "\x1b[0;41m"},
		{rendition{fg: red, bg: rgb}, rendition{fg: Palette(9), bg: rgb}, "\x1b[91m"},
		{rendition{}, rendition{fg: grey, bg: rgb}, "\x1b[38;5;244;48;2;1;2;3m"},
		{rendition{}, rendition{style: Style(0).WithUnderline(UnderlineCurly), under: grey}, "\x1b[4:3;58:5:244m"},
		{rendition{}, rendition{under: rgb}, "\x1b[58:2::1:2:3m"},
		{rendition{style: Style(0).WithUnderline(UnderlineCurly), fg: rgb}, rendition{fg: rgb}, "\x1b[24m"},
		{rendition{style: Italic | Inverse | Struck, fg: rgb}, rendition{fg: rgb, style: Overline}, "\x1b[23;27;29;53m"},
	} {
		if got := string(appendSGR(nil, tc.from, tc.to)); got != tc.want {
			t.Errorf("%+v to %+v: %q, want %q", tc.from, tc.to, got, tc.want)
		}
	}
}

// TestAppendSGRIsShortest also checks that a difference never takes more than
// the whole pen.
func TestAppendSGRIsShortest(t *testing.T) {
	m := screenMaker{rnd: rand.New(rand.NewSource(1)), s: NewScreen(1, 1)}
	r := newReader(1, 1, true)
	for range 5000 {
		a, b := m.pen(), m.pen()
		from := testProfiles["full"].render(a.Fg, a.Bg, a.Style, a.Extra.UnderlineColor)
		to := testProfiles["full"].render(b.Fg, b.Bg, b.Style, b.Extra.UnderlineColor)
		got := appendSGR(nil, from, to)
		if whole := "\x1b[0;" + string(appendSGRDelta(nil, rendition{}, to)); len(got) > len(whole) {
			t.Fatalf("%+v to %+v: %q", from, to, got)
		}
		r.pen = wantPen(Pen{from.fg, from.bg, from.style, Extra{UnderlineColor: from.under}}, testProfiles["full"])
		want := wantPen(Pen{to.fg, to.bg, to.style, Extra{UnderlineColor: to.under}}, testProfiles["full"])
		if err := r.feed(got); err != nil || r.pen != want {
			t.Fatalf("%+v to %+v: %q makes %+v: %v", from, to, got, r.pen, err)
		}
	}
}

func TestNearest(t *testing.T) {
	for _, tc := range []struct {
		c    Color
		n    int
		want Color
	}{
		{0, 8, 0},
		{Palette(3), 8, Palette(3)},
		{Palette(12), 8, Palette(4)},
		{Palette(12), 16, Palette(12)},
		{Palette(196), 256, Palette(196)},
		{Palette(196), 16, Palette(9)},
		{Palette(196), 8, Palette(1)},
		{RGB(255, 255, 255), 256, Palette(231)},
		{RGB(0, 0, 0), 256, Palette(16)},
		{RGB(8, 8, 8), 256, Palette(232)},
		{RGB(95, 135, 175), 256, Palette(67)},
		{RGB(250, 10, 10), 16, Palette(9)},
		{RGB(255, 255, 255), 8, Palette(7)},
	} {
		if got := nearest(tc.c, tc.n); got != tc.want {
			t.Errorf("nearest(%#x, %d) = %#x, want %#x", tc.c, tc.n, got, tc.want)
		}
	}
	for i := range 240 { // every entry of the cube and the ramp is nearest to itself
		r, g, b := paletteRGB(uint8(i + 16))
		got, _ := nearest(RGB(r, g, b), 256).Palette()
		if gr, gg, gb := paletteRGB(got); gr != r || gg != g || gb != b {
			t.Errorf("entry %d: nearest is %d", i+16, got)
		}
	}
}
