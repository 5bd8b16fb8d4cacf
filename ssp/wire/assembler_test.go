package wire

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"
)

// moreThanStock says what an Assembler makes of the vectors with two ids, of
// which it keeps both and a stock receiver one.
var moreThanStock = map[string][]string{
	"a new id discards the incomplete one": {"new", "abc"},
	"a lower id discards too":              {"low", "abc"},
	"interleaved: both lost":               {"aA", "bB"},
}

func TestAssemblerVectors(t *testing.T) {
	var vectors struct {
		Cases []struct {
			Name      string
			Fragments []struct {
				ID    uint64 `json:",string"`
				Num   uint16
				Final bool
				Body  hexBytes
			}
			Assembled []hexBytes
			Stock     string
		}
	}
	readVectors(t, "fragments.json", &vectors)
	for _, c := range vectors.Cases {
		var want []string
		for _, b := range c.Assembled {
			want = append(want, string(b))
		}
		if more, ok := moreThanStock[c.Name]; ok {
			want = more
		}
		var a Assembler
		var got []string
		var err error
		for _, f := range c.Fragments {
			var whole []byte
			var done bool
			whole, done, err = a.Add(Fragment{ID: f.ID, Num: f.Num, Final: f.Final, Body: f.Body})
			if done {
				got = append(got, string(whole))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: assembled %q, want %q", c.Name, got, want)
		}
		if conflict := errors.Is(err, ErrConflict); conflict != (c.Stock == "abort") {
			t.Errorf("%s: the last piece gives %v; stock: %s", c.Name, err, c.Stock)
		}
	}
}

// pieces cuts body into pieces of n bytes.
func pieces(id uint64, body []byte, n int) []Fragment {
	var all []Fragment
	for chunk := range slices.Chunk(body, n) {
		all = append(all, Fragment{ID: id, Num: uint16(len(all)), Body: chunk})
	}
	all[len(all)-1].Final = true
	return all
}

func TestAssemblerAnyOrderOfInterleavedInstructions(t *testing.T) {
	want := map[string]bool{}
	var all []Fragment
	for id := range uint64(maxPartial) {
		body := fmt.Appendf(nil, "the text of instruction number %d, cut into pieces", id)
		want[string(body)] = true
		all = append(all, pieces(id, body, 7)...)
	}
	slices.SortFunc(all, func(a, b Fragment) int { return int(a.Num*31%7) - int(b.Num*31%7) })
	var a Assembler
	for _, f := range slices.Concat(all, all) { // repeated pieces begin collections that are never complete
		if whole, done, err := a.Add(f); err != nil {
			t.Fatal(err)
		} else if done {
			delete(want, string(whole))
		}
	}
	for body := range want {
		t.Errorf("lost %q", body)
	}
}

func TestAssemblerStartsAnewAfterConflict(t *testing.T) {
	var a Assembler
	a.Add(Fragment{ID: 1, Num: 0, Body: []byte("a")})
	if _, _, err := a.Add(Fragment{ID: 1, Num: 0, Body: []byte("b")}); !errors.Is(err, ErrConflict) {
		t.Fatalf("other content: %v, want ErrConflict", err)
	}
	if a.size != 0 {
		t.Errorf("%d bytes are held after a conflict", a.size)
	}
	a.Add(Fragment{ID: 1, Num: 0, Body: []byte("x")})
	if whole, done, err := a.Add(Fragment{ID: 1, Num: 1, Final: true, Body: []byte("y")}); !done || err != nil || string(whole) != "xy" {
		t.Errorf("after a conflict: %q, %v, %v", whole, done, err)
	}
}

func TestAssemblerForgetsTheIDLeftAloneLongest(t *testing.T) {
	var a Assembler
	for id := range uint64(maxPartial) {
		a.Add(Fragment{ID: id, Num: 0, Body: []byte("head ")})
	}
	a.Add(Fragment{ID: 0, Num: 1, Body: []byte("body ")}) // 0 is now fresher than 1
	a.Add(Fragment{ID: maxPartial, Num: 0, Body: []byte("one too many")})
	if whole, done, _ := a.Add(Fragment{ID: 0, Num: 2, Final: true, Body: []byte("tail")}); !done || string(whole) != "head body tail" {
		t.Errorf("id 0 gives %q, %v", whole, done)
	}
	if _, done, _ := a.Add(Fragment{ID: 1, Num: 1, Final: true}); done {
		t.Error("id 1 is complete, want its first piece forgotten")
	}
}

func TestAssemblerMemoryIsBounded(t *testing.T) {
	var a Assembler
	body := make([]byte, 2000)
	dropped := false
	for num := range uint16(MaxFragments - 1) { // 65 MB under one id
		_, _, err := a.Add(Fragment{ID: 1, Num: num, Body: body})
		dropped = dropped || errors.Is(err, ErrTooMany)
		if a.size > maxPieceBytes {
			t.Fatalf("%d bytes are held", a.size)
		}
	}
	if !dropped {
		t.Error("an instruction without end was never dropped")
	}
	a = Assembler{}
	for i := range 40 * maxPieceBytes / len(body) { // the same under many ids
		if _, _, err := a.Add(Fragment{ID: uint64(i % 100), Num: uint16(i / 100), Body: body}); err != nil {
			t.Fatal(err)
		}
		if a.size > maxPieceBytes {
			t.Fatalf("%d bytes are held", a.size)
		}
	}
	for i := range 10 * maxPieceBytes / pieceCost { // empty pieces
		a.Add(Fragment{ID: uint64(i / MaxFragments), Num: uint16(i % MaxFragments)})
		if a.size > maxPieceBytes {
			t.Fatalf("%d bytes are held", a.size)
		}
	}
}

func TestAssemblerTakesTheLargestInstruction(t *testing.T) {
	body := bytes.Repeat([]byte("0123456789abcdef"), MaxInflated/16)
	var a Assembler
	all := pieces(7, body, 462)
	for i, f := range all {
		whole, done, err := a.Add(f)
		if err != nil || done != (i == len(all)-1) {
			t.Fatalf("piece %d: %v, %v", i, done, err)
		}
		if done && !bytes.Equal(whole, body) {
			t.Error("4 MiB came out otherwise")
		}
	}
}

func TestAssemblerAllocatesNothingOnceWarm(t *testing.T) {
	var a Assembler
	single := Fragment{ID: 1, Final: true, Body: []byte("x")}
	three := pieces(2, make([]byte, 3000), 1200)
	n := testing.AllocsPerRun(100, func() {
		a.Add(single)
		for _, f := range three {
			a.Add(f)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}
