package wire

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"testing"
)

// compactVectors are instructions and their compact form (docs/protocol.md F8).
var compactVectors = []struct {
	name string
	ins  Instruction
	hex  string
}{
	{"nothing at all", Instruction{}, "c4000000"},
	{"a key", Instruction{Old: 5, New: 6, Ack: 4, Throwaway: 5, Diff: unhex("0a05120322016c")}, "d5050483903900"},
	{"a key with an echo ack", Instruction{Old: 300, New: 301, Ack: 513, Throwaway: 300, Diff: unhex("0a053a034081040a05120322016c")}, "d5ac02810403b31b59209c1c00"},
	{"three steps", Instruction{Old: 5, New: 8, Ack: 4, Throwaway: 4, Diff: unhex("ffeeddcc")}, "f0050401ffeeddcc"},
	{"more steps", Instruction{Old: 5, New: 9, Ack: 4, Throwaway: 5, Diff: unhex("ffeeddcc")}, "c4050404ffeeddcc"},
	{"a padded ack", Instruction{Old: 300, New: 301, Ack: 128, Throwaway: 298, Chaff: unhex("aabbcc")}, "d2ac0280010203aabbcc"},
	{"the end", Instruction{Old: 2, New: Final, Ack: 1, Throwaway: 2}, "c402fdffffffffffffffff0101"},
	{"a diff that repeats itself", Instruction{Old: 1, New: 2, Throwaway: 1, Diff: bytes.Repeat([]byte("ab"), 20)}, "d501004b4c220e0200"},
	{"that and padding", Instruction{Old: 1, New: 2, Throwaway: 0, Diff: bytes.Repeat([]byte("ab"), 20), Chaff: []byte{9}}, "d301000101094b4c220e0200"},
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

// sameInstruction compares two instructions, nil and empty slices alike.
func sameInstruction(a, b Instruction) bool {
	return bytes.Equal(AppendInstruction(nil, a), AppendInstruction(nil, b))
}

func TestCompactVectors(t *testing.T) {
	var c Compressor
	var z Inflater
	for _, v := range compactVectors {
		v.ins.Version = Version
		if got := c.AppendCompact([]byte("front"), v.ins, false); hex.EncodeToString(got[5:]) != v.hex || string(got[:5]) != "front" {
			t.Errorf("%s: encoded as %x, want %s", v.name, got[5:], v.hex)
		}
		b := unhex(v.hex)
		got, inflated, err := z.ParseCompact([]byte("front"), b)
		if err != nil || !sameInstruction(got, v.ins) || string(inflated[:5]) != "front" {
			t.Errorf("%s: %s says %+v, %v, want %+v", v.name, v.hex, got, err, v.ins)
		}
		if !IsCompact(b) {
			t.Errorf("%s: is not taken for the compact form", v.name)
		}
		got, _, err = z.ParseCompact(nil, c.AppendCompact(nil, v.ins, true))
		if err != nil || !sameInstruction(got, v.ins) {
			t.Errorf("%s, as it is: read as %+v, %v, want %+v", v.name, got, err, v.ins)
		}
	}
}

// TestCompactRoundTrip encodes diffs of all kinds, and finds none longer than it
// is as a zlib stream.
func TestCompactRoundTrip(t *testing.T) {
	var c Compressor
	var z Inflater
	rnd := rand.New(rand.NewPCG(1, 3))
	for _, diff := range samplePlains() {
		ins := Instruction{Version: Version, Old: rnd.Uint64() >> rnd.IntN(64), New: rnd.Uint64() >> rnd.IntN(64), Ack: rnd.Uint64(), Throwaway: rnd.Uint64(), Diff: diff}
		b := c.AppendCompact(nil, ins, false)
		got, _, err := z.ParseCompact(nil, b)
		if err != nil || !sameInstruction(got, ins) {
			t.Errorf("%d bytes %.20x: came out as %.40v, %v", len(diff), diff, got, err)
		}
		ins.New, ins.Throwaway = ins.Old+1, ins.Old
		b = c.AppendCompact(nil, ins, false)
		if stream := c.Append(nil, AppendInstruction(nil, ins)); len(b) > len(stream) || !IsCompact(b) || IsCompact(stream) {
			t.Errorf("%d bytes %.20x: take %d, as a zlib stream %d", len(diff), diff, len(b), len(stream))
		}
	}
}

func TestCompactRefuses(t *testing.T) {
	var z Inflater
	for _, v := range compactVectors[2:] {
		b := unhex(v.hex)
		header := len(b) - len(v.ins.Diff)
		if b[0]&compactDeflated != 0 {
			header = len(b) // each cut leaves a stream without its end
		}
		for n := range header {
			if got, _, err := z.ParseCompact(nil, b[:n]); err == nil {
				t.Errorf("%s, cut at %d of %d: %+v", v.name, n, len(b), got)
			}
		}
	}
	var c Compressor
	many := c.AppendCompact(nil, Instruction{Diff: make([]byte, MaxInflated)}, false)
	tooMany := c.AppendCompact(nil, Instruction{Diff: make([]byte, MaxInflated+1)}, false)
	if got, _, err := z.ParseCompact(nil, many); err != nil || len(got.Diff) != MaxInflated {
		t.Errorf("4 MiB: %d bytes, %v", len(got.Diff), err)
	}
	for _, tt := range []struct {
		name string
		b    []byte
		want error
	}{
		{"nothing", nil, ErrCompact},
		{"a bit that must be zero", unhex("cc000000"), ErrCompact},
		{"without the upper bits", unhex("44000000"), ErrCompact},
		{"a zlib stream", c.Append(nil, []byte("x")), ErrCompact},
		{"a number of 11 bytes", unhex("c4ffffffffffffffffffff010000"), ErrCompact},
		{"more padding than there is", unhex("c6000000" + "05" + "01020304"), ErrCompact},
		{"bytes behind the stream", append(unhex("d501004b4c220e0200"), 0), ErrCompact},
		{"no stream", unhex("c5000000ff"), ErrInflate},
		{"more than 4 MiB", tooMany, ErrTooLarge},
	} {
		if got, inflated, err := z.ParseCompact([]byte("x"), tt.b); !errors.Is(err, tt.want) || string(inflated) != "x" {
			t.Errorf("%s: %.40v, %q, %v, want %v", tt.name, got, inflated, err, tt.want)
		}
	}
}

func TestCompactDoesNotAllocate(t *testing.T) {
	var c Compressor
	var z Inflater
	var b, inflated []byte
	if n := testing.AllocsPerRun(100, func() {
		for _, v := range compactVectors {
			b = c.AppendCompact(b[:0], v.ins, false)
			_, inflated, _ = z.ParseCompact(inflated[:0], b)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzCompact(f *testing.F) {
	for _, v := range compactVectors {
		f.Add(unhex(v.hex))
	}
	var c Compressor
	var z Inflater
	f.Fuzz(func(t *testing.T, b []byte) {
		ins, _, err := z.ParseCompact(nil, b)
		if err != nil {
			return
		}
		if !IsCompact(b) || len(ins.Diff) > MaxInflated || ins.Version != Version || ins.Roam != nil {
			t.Errorf("%x says %+v", b, ins)
		}
		again, _, err := z.ParseCompact(nil, c.AppendCompact(nil, ins, false))
		if err != nil || !sameInstruction(again, ins) {
			t.Errorf("%x says %+v, and then %+v, %v", b, ins, again, err)
		}
	})
}
