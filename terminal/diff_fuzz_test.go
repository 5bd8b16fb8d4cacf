package terminal

import "testing"

// fuzzScreens makes two screens of what a fuzzer found: b, interpreted in two
// parts, at a size.
func fuzzScreens(cols, rows uint8, first, second []byte) (from, to *Screen) {
	e := New(int(cols%40)+1, int(rows%12)+1, Options{Clusters: true})
	e.Write(first)
	from = e.Snapshot()
	e.Write(second)
	return from, e.Snapshot()
}

func addDiffSeeds(f *testing.F) {
	for _, v := range loadDiffVectors(f) {
		f.Add(uint8(v.Cols-1), uint8(v.Rows-1), v.From, v.Then)
	}
	f.Add(uint8(9), uint8(4), []byte("1\r\n2\r\n3\r\n4\r\n5"), []byte("\x1b[2;4r\x1b[4H\n\x1b[2H\x1bM"))
	f.Add(uint8(9), uint8(4), []byte("👩\u200d👧中\u0301"), []byte("\x1b[H❤\ufe0f\u00ad🇩🇪"))
	f.Add(uint8(9), uint8(4), []byte("\x1b[?2027h👩\u200d👧⌚\ufe0e1\ufe0f\u20e3"), []byte("\x1b[H❤\ufe0f🇩🇪e\u0301"))
	f.Add(uint8(9), uint8(4), []byte("\x1b[?1049h\x1b[41mx"), []byte("\x1b[?1049l\x1b]8;id=1;http://x\x1b\\y\x1b]52;c;?\x07\x1b]2;t\x07"))
}

// FuzzStockDiff checks that whatever programs print, the bytes for a stock
// client stay within the closed language of reader and lead it to the screen.
func FuzzStockDiff(f *testing.F) {
	addDiffSeeds(f)
	f.Fuzz(func(t *testing.T, cols, rows uint8, first, second []byte) {
		from, to := fuzzScreens(cols, rows, first, second)
		r := newReader(from.cols, len(from.rows), false)
		shown := NewScreen(from.cols, len(from.rows))
		for _, step := range [][2]*Screen{{shown, from}, {from, to}, {to, from}} {
			diff := AppendDiff(nil, step[0], step[1], StockProfile)
			if err := r.feed(diff); err != nil {
				t.Fatalf("%v\ndiff %q", err, diff)
			}
			shown = Apply(shown, diff, StockReader)
			if err := screenError(shown, step[1], StockProfile); err != nil {
				t.Fatalf("%v\ndiff %q", err, diff)
			}
		}
	})
}

// FuzzUserDiff checks the same of what leaves for the user's terminal.
func FuzzUserDiff(f *testing.F) {
	addDiffSeeds(f)
	caps := fullCaps
	caps.Clusters = false
	p := UserProfile(caps)
	f.Fuzz(func(t *testing.T, cols, rows uint8, first, second []byte) {
		from, to := fuzzScreens(cols, rows, first, second)
		r := newReader(from.cols, len(from.rows), true)
		user := New(from.cols, len(from.rows), Options{})
		for i, diff := range [][]byte{
			append(p.AppendEnter(nil), AppendRepaint(nil, from, p)...),
			AppendDiff(nil, from, to, p),
			AppendDiff(nil, to, from, p),
		} {
			user.Write(diff)
			if i == 0 {
				diff = diff[len(p.AppendEnter(nil)):]
			}
			if err := r.feed(diff); err != nil {
				t.Fatalf("%v\ndiff %q", err, diff)
			}
			if err := screenError(user.Snapshot(), []*Screen{from, to, from}[i], p); err != nil {
				t.Fatalf("%v\ndiff %q", err, diff)
			}
		}
	})
}

// FuzzApply checks that host bytes of any kind leave a sound screen, which a
// diff can be made from, and their base as it was.
func FuzzApply(f *testing.F) {
	for _, v := range loadDiffVectors(f) {
		f.Add(uint8(v.Cols-1), uint8(v.Rows-1), v.From, v.Expected.Hostbytes)
	}
	f.Add(uint8(3), uint8(3), []byte("中中\x1b[?6h"), []byte("\x1b[1;2H\x1b[3X\x1b]52;c;?\x07\x1b[6n"))
	f.Fuzz(func(t *testing.T, cols, rows uint8, first, second []byte) {
		base := Apply(NewScreen(int(cols%40)+1, int(rows%12)+1), first, StockReader)
		copied := *base.Canvas().Screen()
		s := Apply(base, second, StockReader)
		s = ApplyResize(s, int(rows%40)+1, int(cols%12)+1, StockReader)
		if !base.Equal(&copied) {
			t.Fatal("Apply changed its base")
		}
		diff := AppendDiff(nil, nil, s, StockProfile)
		if err := newReader(s.cols, len(s.rows), false).feed(diff); err != nil {
			t.Fatalf("%v\ndiff %q", err, diff)
		}
		if s.clipboard != "" && !validBase64([]byte(s.clipboard)) {
			t.Fatalf("clipboard %q", s.clipboard)
		}
	})
}
