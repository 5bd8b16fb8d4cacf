package wire

import (
	"encoding/binary"
	"errors"
)

// MaxSpans is the most spans in a Tally. With numbers that fit into a Fragment they take
// 400 bytes at most, so that a Tally fits into the smallest datagram.
const MaxSpans = 100

// ErrTally reports bytes that are no Tally.
var ErrTally = errors.New("wire: malformed tally")

// A Tally says which pieces of an instruction have arrived that is not whole yet
// (docs/protocol.md F9).
type Tally struct {
	ID     uint64 // of the instruction
	Newest uint64 // highest number of the datagrams that have arrived from who is told
	Held   []Span // in order, with a gap between two; of MaxSpans, what follows is not told
}

// A Span is a run of pieces: From and those that follow, up to To, which is none of them.
type Span struct{ From, To uint16 }

// AppendTally appends the encoding of t to dst: the two numbers, and for each Span how
// many pieces are missing before it and how many it has, all as varints.
func AppendTally(dst []byte, t Tally) []byte {
	dst = binary.AppendUvarint(dst, t.ID)
	dst = binary.AppendUvarint(dst, t.Newest)
	end := uint16(0)
	for _, s := range t.Held {
		dst = binary.AppendUvarint(dst, uint64(s.From-end))
		dst = binary.AppendUvarint(dst, uint64(s.To-s.From))
		end = s.To
	}
	return dst
}

// ParseTally reads a Tally, whose spans are appended to held[:0]. It returns ErrTally if
// a number is missing or above 64 bits, if there is no span, an empty one, one that
// follows another without a gap, more than MaxSpans, or a piece above MaxFragments.
func ParseTally(b []byte, held []Span) (Tally, error) {
	r := numbers{rest: b}
	t := Tally{ID: r.next(), Newest: r.next(), Held: held[:0]}
	end := uint64(0)
	for !r.broken && len(r.rest) > 0 {
		gap, size := r.next(), r.next()
		if gap > MaxFragments || size == 0 || size > MaxFragments || end+gap+size > MaxFragments ||
			gap == 0 && len(t.Held) > 0 || len(t.Held) == MaxSpans {
			return Tally{}, ErrTally
		}
		t.Held = append(t.Held, Span{uint16(end + gap), uint16(end + gap + size)})
		end += gap + size
	}
	if r.broken || len(t.Held) == 0 {
		return Tally{}, ErrTally
	}
	return t, nil
}

// Progress returns how many pieces of the instruction of the given id are kept, 0 if
// there are none, and whether there is a gap below the highest of them.
func (a *Assembler) Progress(id uint64) (pieces int, gap bool) {
	p := a.find(id)
	if p == nil {
		return 0, false
	}
	n := len(p.pieces)
	return n, int(p.pieces[n-1].num) >= n
}

// Held appends to dst[:0] which pieces of the instruction of the given id are kept, up to
// MaxSpans runs of them.
func (a *Assembler) Held(dst []Span, id uint64) []Span {
	dst = dst[:0]
	p := a.find(id)
	if p == nil {
		return dst
	}
	for _, q := range p.pieces {
		if n := len(dst); n > 0 && dst[n-1].To == q.num {
			dst[n-1].To++
		} else if n < MaxSpans {
			dst = append(dst, Span{q.num, q.num + 1})
		} else {
			break
		}
	}
	return dst
}
