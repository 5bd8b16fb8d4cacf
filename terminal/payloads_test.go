package terminal

import (
	"sync"
	"testing"

	"roam/internal/payload"
)

// payloadSize is how much of each is made: enough that a benchmark does not
// run from the caches alone.
const payloadSize = 4 << 20

var payloadData = sync.OnceValue(func() map[string][]byte {
	m := map[string][]byte{}
	for _, p := range payload.All() {
		m[p.Name] = p.Bytes(payloadSize)
	}
	return m
})

// writeSize is the most that a program's output comes in at once.
const writeSize = 16 << 10

func BenchmarkWrite(b *testing.B) { benchmarkWrite(b, 80, 24, false) }

// BenchmarkWriteSnapshot takes a snapshot after every write, as a server that
// is asked for a frame each time.
func BenchmarkWriteSnapshot(b *testing.B) { benchmarkWrite(b, 80, 24, true) }

func BenchmarkWriteLarge(b *testing.B) { benchmarkWrite(b, 200, 50, false) }

func benchmarkWrite(b *testing.B, cols, rows int, snapshot bool) {
	for _, p := range payload.All() {
		b.Run(p.Name, func(b *testing.B) {
			data := payloadData()[p.Name]
			e := New(cols, rows, Options{})
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			var s *Screen
			for b.Loop() {
				for i := 0; i < len(data); i += writeSize {
					e.Write(data[i:min(i+writeSize, len(data))])
					if snapshot {
						s = e.Snapshot()
					}
				}
			}
			_ = s
		})
	}
}

func BenchmarkSnapshot(b *testing.B) {
	e := New(200, 50, Options{})
	for range 200 * 50 {
		e.Write([]byte("x"))
	}
	b.ReportAllocs()
	for b.Loop() {
		e.Snapshot()
	}
}

// TestWriteAllocatesNothing holds that a warm emulator allocates nothing,
// whatever the program prints.
func TestWriteAllocatesNothing(t *testing.T) {
	for _, p := range payload.All() {
		data := p.Bytes(64 << 10)
		for _, opts := range []Options{{}, {Clusters: true}} {
			e := New(80, 24, opts)
			e.Write([]byte("\x1b[?2027h"))
			for range 8 {
				e.Write(data)
			}
			if n := testing.AllocsPerRun(10, func() { e.Write(data) }); n != 0 {
				t.Errorf("%s: %v allocations per %d bytes", p.Name, n, len(data))
			}
		}
	}
}
