package wire

import (
	"encoding/hex"
	"errors"
	"slices"
	"testing"
)

func TestTallies(t *testing.T) {
	for _, c := range []struct {
		hex   string
		tally Tally
	}{
		{"07900300030204", Tally{ID: 7, Newest: 400, Held: []Span{{0, 3}, {5, 9}}}},
		{"01000901", Tally{ID: 1, Held: []Span{{9, 10}}}},
		{"0100ffff0101", Tally{ID: 1, Held: []Span{{32767, 32768}}}},
		{"0100008080" + "02", Tally{ID: 1, Held: []Span{{0, 32768}}}},
	} {
		b, err := hex.DecodeString(c.hex)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ParseTally(b, nil)
		if err != nil || got.ID != c.tally.ID || got.Newest != c.tally.Newest || !slices.Equal(got.Held, c.tally.Held) {
			t.Errorf("%s: %+v, %v, want %+v", c.hex, got, err, c.tally)
		}
		if again := hex.EncodeToString(AppendTally(nil, c.tally)); again != c.hex {
			t.Errorf("%+v is encoded as %s, want %s", c.tally, again, c.hex)
		}
		for n := range b {
			if short, err := ParseTally(b[:n], nil); err == nil && len(short.Held) == len(c.tally.Held) {
				t.Errorf("%x: %+v", b[:n], short)
			}
		}
	}
	many := []byte{1, 0}
	for range MaxSpans {
		many = append(many, 1, 1)
	}
	if got, err := ParseTally(many, nil); err != nil || len(got.Held) != MaxSpans {
		t.Errorf("%d spans, %v", len(got.Held), err)
	}
	for name, b := range map[string][]byte{
		"no span":         {1, 0},
		"an empty span":   {1, 0, 3, 0},
		"half a span":     {1, 0, 3},
		"no gap":          {1, 0, 0, 3, 0, 3},
		"too many spans":  append(many, 1, 1),
		"too many pieces": {1, 0, 0, 0x80, 0x80, 2, 1, 1},
		"a huge gap":      {1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 1},
	} {
		if got, err := ParseTally(b, nil); !errors.Is(err, ErrTally) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestAssemblerTellsWhatItHolds(t *testing.T) {
	var a Assembler
	if pieces, gap := a.Progress(1); pieces != 0 || gap || len(a.Held(nil, 1)) > 0 {
		t.Error("holds something of nothing")
	}
	add := func(nums ...uint16) {
		for _, n := range nums {
			if _, done, err := a.Add(Fragment{ID: 1, Num: n, Final: n == 99, Body: []byte{byte(n)}}); done || err != nil {
				t.Fatal(done, err)
			}
		}
	}
	add(0, 1)
	if pieces, gap := a.Progress(1); pieces != 2 || gap {
		t.Errorf("%d pieces, gap %v", pieces, gap)
	}
	add(5, 99, 4)
	if pieces, gap := a.Progress(1); pieces != 5 || !gap {
		t.Errorf("%d pieces, gap %v", pieces, gap)
	}
	if got := a.Held(nil, 1); !slices.Equal(got, []Span{{0, 2}, {4, 6}, {99, 100}}) {
		t.Errorf("holds %v", got)
	}
	for n := range uint16(300) {
		a.Add(Fragment{ID: 2, Num: 2 * n, Body: []byte{1}})
	}
	if got := a.Held(nil, 2); len(got) != MaxSpans || got[MaxSpans-1] != (Span{2*MaxSpans - 2, 2*MaxSpans - 1}) {
		t.Errorf("holds %v", got)
	}
	if b := AppendTally(nil, Tally{ID: 1 << 62, Newest: 1 << 62, Held: a.Held(nil, 2)}); len(b) > 420 {
		t.Errorf("takes %d bytes", len(b))
	}
}

func FuzzTally(f *testing.F) {
	f.Add(AppendTally(nil, Tally{ID: 7, Newest: 400, Held: []Span{{0, 3}, {5, 9}}}))
	f.Add(AppendTally(nil, Tally{ID: 1 << 62, Held: []Span{{0, 32768}}}))
	f.Add([]byte{1, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := ParseTally(b, nil)
		if err != nil {
			return
		}
		end := uint16(0)
		for i, s := range got.Held {
			if s.From >= s.To || s.To > MaxFragments || i > 0 && s.From <= end {
				t.Fatalf("%x: %v", b, got.Held)
			}
			end = s.To
		}
		again, err := ParseTally(AppendTally(nil, got), nil)
		if err != nil || again.ID != got.ID || again.Newest != got.Newest || !slices.Equal(again.Held, got.Held) {
			t.Errorf("%x gives %+v, then %+v, %v", b, got, again, err)
		}
	})
}
