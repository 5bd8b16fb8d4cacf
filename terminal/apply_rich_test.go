package terminal

import (
	"fmt"
	"math/rand"
	"slices"
	"testing"
)

// richActions are what programs write that only a roam client hears of.
var richActions = []string{
	"\x1b[?2027h", "\x1b[?2027l", "\x1b[?2031h", "\x1b[?2048h", "\x1b[>4;2m", "\x1b[>5u", "\x1b[<u", "\x1b]7;file://host/dir\x07",
	"\x1b]133;A\x07", "\x1b]133;B\x07", "\x1b]133;C\x07", "\x1b]133;D;1\x07", "\x1b]9;4;1;50\x07", "\x1b]9;4;0\x07", "\x1b]4;3;rgb:10/20/30\x07",
	"\x1b]11;#123456\x07", "\x1b]111\x07", "\x1b[1\"q", "\x1b[0\"q", "\x1b[?1016h", "\x1b[?69h\x1b[3;9s", "\x1b[?69l",
	"\x1b]0;del\x7fin a title\x07", "\x1b]7;file://h/\x7f\x07",
}

// richError reports the first way in which got differs from want.
func richError(got, want *Screen) error {
	for y := range want.rows {
		if !got.rows[y].Equal(want.rows[y]) {
			return fmt.Errorf("row %d: %+v, want %+v", y, got.rows[y], want.rows[y])
		}
	}
	if !got.Equal(want) {
		g, w := *got, *want
		g.rows, w.rows = nil, nil
		return fmt.Errorf("%+v, want %+v", g, w)
	}
	return nil
}

// richRandom is applyRandom for readers that reach the screen bit for bit.
func richRandom(seed int64) error {
	rnd := rand.New(rand.NewSource(seed))
	cols, rows := 1+rnd.Intn(30), 1+rnd.Intn(10)
	e := New(cols, rows, Options{Clusters: true, KittyKeys: true, OtherKeys: true, AmbiguousWide: rnd.Intn(4) == 0})
	prog := programmer{rnd: rnd, cols: cols, rows: rows}
	known := []reached{{nil, NewScreen(cols, rows)}}
	for step := range 8 {
		if rnd.Intn(8) == 0 {
			prog.cols, prog.rows = 1+rnd.Intn(30), 1+rnd.Intn(10)
			e.Resize(prog.cols, prog.rows)
		}
		var out []byte
		for range 1 + rnd.Intn(6) {
			out = append(out, prog.output(1)...)
			if rnd.Intn(3) == 0 {
				out = append(out, richActions[rnd.Intn(len(richActions))]...)
			}
		}
		e.Write(out)
		to, from := e.Snapshot(), known[rnd.Intn(len(known))]
		shown := ApplyResize(from.shown, to.cols, len(to.rows), RichReader)
		diff := AppendDiff(nil, from.screen, to, RichProfile)
		shown = Apply(shown, diff, RichReader)
		if err := richError(shown, to); err != nil {
			return fmt.Errorf("seed %d step %d: %w\nprogram %q\ndiff %q", seed, step, err, out, diff)
		}
		known = append(known, reached{to, shown})
	}
	return nil
}

func TestRichDiffsOfPrograms(t *testing.T) {
	for seed := range int64(1500) {
		if err := richRandom(seed); err != nil {
			t.Fatal(err)
		}
	}
}

func TestApplyRichMalformed(t *testing.T) {
	base := NewScreen(4, 2)
	for _, b := range []string{
		"\x1f", "\x1f?", "\x1fg", "\x1fg\x01", "\x1fg\x01\x05ab", "\x1fg\x03\x01a", "\x1fg\x01\x01\x07", "\x1fg\x01\x00",
		"\x1fr\x02\x00\x00\x00", "\x1fr\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "\x1ft\xff\xff\xff\x7fx", "\x1ft\x02\x1b]",
		"\x1fm\x01\x00\x00\x05\x00", "\x1fk\x01\x84\x02\x01", "\x1fk\xff\xff\xff\xff\x0f\x00\x01", "\x1fb\x01?",
		"\x1b[4C\x1fg\x02\x03中",
	} {
		got := Apply(base, []byte(b), RichReader)
		if !slices.EqualFunc(got.rows, base.rows, (*Row).Equal) || got.title != "" || got.clipboard != "" || got.modes != base.modes {
			t.Errorf("%q was not refused: %+v", b, got)
		}
	}
}

// FuzzRichDiff checks that a reader that holds one screen reaches the other
// bit for bit.
func FuzzRichDiff(f *testing.F) {
	addDiffSeeds(f)
	for _, a := range richActions {
		f.Add(uint8(9), uint8(4), []byte("abc\r\n"+a), []byte("中"+a+"x"))
	}
	f.Fuzz(func(t *testing.T, cols, rows uint8, first, second []byte) {
		from, to := fuzzScreens(cols, rows, first, second)
		shown := NewScreen(from.cols, len(from.rows))
		for _, step := range [][2]*Screen{{nil, from}, {from, to}, {to, from}} {
			diff := AppendDiff(nil, step[0], step[1], RichProfile)
			shown = Apply(shown, diff, RichReader)
			if err := richError(shown, step[1]); err != nil {
				t.Fatalf("%v\ndiff %q", err, diff)
			}
		}
	})
}

// FuzzApplyRich checks that no diff, however malformed, leaves an unsound
// screen.
func FuzzApplyRich(f *testing.F) {
	for _, v := range loadDiffVectors(f) {
		from, to := v.screens()
		f.Add(uint8(v.Cols-1), uint8(v.Rows-1), AppendDiff(nil, from, to, RichProfile))
	}
	f.Add(uint8(3), uint8(3), []byte("\x1fg\x02\x03中\x1fr\x01\x01A\x00\x1fm\x01\x00\x00\x00\x00\x1ft\x01t\x1fk\x01\x83\x02\x01"))
	f.Fuzz(func(t *testing.T, cols, rows uint8, diff []byte) {
		base := NewScreen(int(cols%40)+1, int(rows%12)+1)
		s := Apply(base, diff, RichReader)
		for y, r := range s.rows {
			if err := r.check(s.cols); err != nil {
				t.Fatalf("row %d: %v", y, err)
			}
		}
		if err := newReader(s.cols, len(s.rows), true).feed(AppendDiff(nil, nil, s, testProfiles["full"])); err != nil {
			t.Fatal(err)
		}
	})
}
