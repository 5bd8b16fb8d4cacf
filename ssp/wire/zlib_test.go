package wire

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// stdInflate opens a zlib stream with the standard library.
func stdInflate(t testing.TB, b []byte) []byte {
	t.Helper()
	r, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("zlib.NewReader(%x): %v", b, err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("zlib stream %x: %v", b, err)
	}
	return plain
}

// stdCompress makes a zlib stream with the standard library.
func stdCompress(t testing.TB, plain, dict []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := zlib.NewWriterLevelDict(&out, zlib.DefaultCompression, dict)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(plain)
	w.Close()
	return out.Bytes()
}

// samplePlains returns inputs of many lengths and kinds.
func samplePlains() [][]byte {
	rnd := rand.New(rand.NewPCG(1, 2))
	text := []byte(strings.Repeat("drwxr-xr-x 2 user user 4096 Nov 21 10:16 testdata\r\n\x1b[0;1m", 200))
	var all [][]byte
	for _, n := range []int{0, 1, 2, 3, 4, 5, 14, 60, 255, 256, 257, 258, 259, 260, 261, 400, maxSmall - 1, maxSmall, maxSmall + 1, 2000, 10000} {
		noise := make([]byte, n)
		for i := range noise {
			noise[i] = byte(rnd.Uint32())
		}
		few := make([]byte, n)
		for i := range few {
			few[i] = "ab"[rnd.IntN(2)]
		}
		all = append(all, noise, few, text[:n], make([]byte, n))
	}
	return all
}

func TestCompressorRoundTrip(t *testing.T) {
	var c Compressor
	var z Inflater
	for _, plain := range samplePlains() {
		stream := c.Append([]byte("front"), plain)
		if !bytes.HasPrefix(stream, []byte("front")) {
			t.Fatal("Append changed what was in front")
		}
		stream = stream[len("front"):]
		if got := stdInflate(t, stream); !bytes.Equal(got, plain) {
			t.Errorf("%d bytes %.20x: came out as %.20x", len(plain), plain, got)
		}
		got, err := z.Append([]byte("front"), stream)
		if err != nil || string(got) != "front"+string(plain) {
			t.Errorf("%d bytes %.20x: Inflater gives %.30x, %v", len(plain), plain, got, err)
		}
		if most := len(plain) + 11; len(stream) > most && len(plain) <= maxSmall {
			t.Errorf("%d bytes %.20x: take %d, more than a stored block", len(plain), plain, len(stream))
		}
	}
}

// TestShortStreamsAreShort compares the compressor with the streams of stock
// peers: for what they say it may need a few bytes more, but hardly any in the
// mean.
func TestShortStreamsAreShort(t *testing.T) {
	ours, theirs := 0, 0
	sessions(t, func(name string, s session) {
		var c Compressor
		for _, ins := range s.Instructions {
			if len(ins.Inflated) > maxSmall || len(ins.Datagrams) != 1 {
				continue
			}
			stock := len(s.Datagrams[ins.Datagrams[0]].Plaintext) - Overhead
			got := len(c.Append(nil, ins.Inflated))
			if got > stock+4 {
				t.Errorf("%s: %x takes %d bytes, stock needs %d", name, ins.Inflated, got, stock)
			}
			ours, theirs = ours+got, theirs+stock
		}
	})
	if 100*ours > 101*theirs {
		t.Errorf("all together %d bytes, stock needs %d", ours, theirs)
	}
}

func TestInflateLimit(t *testing.T) {
	var z Inflater
	exact := make([]byte, MaxInflated)
	if got, err := z.Append([]byte("x"), stdCompress(t, exact, nil)); err != nil || len(got) != 1+MaxInflated {
		t.Errorf("4 MiB: %d bytes, %v", len(got), err)
	}
	for _, more := range []int{1, MaxInflated} {
		if got, err := z.Append([]byte("x"), stdCompress(t, make([]byte, MaxInflated+more), nil)); !errors.Is(err, ErrTooLarge) || string(got) != "x" {
			t.Errorf("4 MiB and %d bytes: %d bytes, %v, want ErrTooLarge", more, len(got), err)
		}
	}
}

func TestInflateRefuses(t *testing.T) {
	var c Compressor
	good := c.Append(nil, []byte("some text, some text, some text"))
	broken := bytes.Clone(good)
	broken[len(broken)-1] ^= 1
	cases := map[string][]byte{
		"preset dictionary":     stdCompress(t, []byte("some text"), []byte("text some")),
		"wrong checksum":        broken,
		"method 9":              {0x79, 0x1f, 3, 0, 0, 0, 0, 1},
		"window of 64 KiB":      {0x88, 0x1c, 3, 0, 0, 0, 0, 1},
		"header check":          {0x78, 0x9d, 3, 0, 0, 0, 0, 1},
		"reserved block type":   {0x78, 0x9c, 7, 0, 0, 0, 0, 1},
		"stored length differs": {0x78, 0x9c, 1, 1, 0, 0, 0, 65, 0, 66, 0, 66},
	}
	var z Inflater
	for name, b := range cases {
		if got, err := z.Append(nil, b); !errors.Is(err, ErrInflate) {
			t.Errorf("%s: %q, %v, want ErrInflate", name, got, err)
		}
	}
	for n := range good {
		if got, err := z.Append(nil, good[:n]); !errors.Is(err, ErrInflate) {
			t.Errorf("cut at %d of %d: %q, %v, want ErrInflate", n, len(good), got, err)
		}
	}
	if got, err := z.Append(nil, append(bytes.Clone(good), "anything"...)); err != nil || string(got) != "some text, some text, some text" {
		t.Errorf("bytes behind the stream: %q, %v", got, err)
	}
}

func TestInflateAllocatesInTheMeasureOfTheOutput(t *testing.T) {
	var z Inflater
	stream := stdCompress(t, make([]byte, 100_000), nil)
	got, err := z.Append(nil, stream)
	if err != nil || cap(got) > 2*len(got) {
		t.Errorf("capacity %d for %d bytes, %v", cap(got), len(got), err)
	}
}

func TestZlibAllocatesNothingOnceWarm(t *testing.T) {
	var c Compressor
	var z Inflater
	small, large := make([]byte, 100), make([]byte, 3000)
	var stream, plain []byte
	if n := testing.AllocsPerRun(100, func() {
		stream = c.Append(stream[:0], large)
		stream = c.Append(stream[:0], small)
		var err error
		if plain, err = z.Append(plain[:0], stream); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkCompress(b *testing.B) {
	text := []byte(strings.Repeat("drwxr-xr-x 2 user user 4096 Nov 21 10:16 testdata\r\n\x1b[0;1m", 200))
	for _, size := range []struct {
		name string
		n    int
	}{{"40", 40}, {"300", 300}, {"4000", 4000}} {
		b.Run(size.name, func(b *testing.B) {
			var c Compressor
			var out []byte
			b.ReportAllocs()
			for b.Loop() {
				out = c.Append(out[:0], text[:size.n])
			}
			b.ReportMetric(float64(len(out)), "out")
		})
	}
}

func BenchmarkInflate(b *testing.B) {
	var c Compressor
	var z Inflater
	stream := c.Append(nil, []byte("0123456789 0123456789 0123456789 0123456789"))
	var out []byte
	b.ReportAllocs()
	for b.Loop() {
		out, _ = z.Append(out[:0], stream)
	}
}
