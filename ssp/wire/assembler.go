package wire

import (
	"bytes"
	"errors"
	"slices"
)

// Limits of an Assembler. Pieces are kept for as long as nothing displaces them:
// the protocol has no time-out for them.
const (
	// maxPartial is how many incomplete instructions are kept at once. A sender
	// finishes one before it begins the next, so that only as many overlap as the
	// network reorders.
	maxPartial = 8

	// maxPartialBytes is the most memory for the pieces of one instruction.
	// Compressed instructions of stock senders have at most 4 MiB; the rest is
	// for pieceCost.
	maxPartialBytes = 5 << 20

	// maxPieceBytes is the most memory for all pieces together: the largest
	// instruction and another one that overlaps it.
	maxPieceBytes = 2 * maxPartialBytes

	// pieceCost is what a piece counts above its bytes, so that empty pieces have
	// a price too.
	pieceCost = 16

	// keepBuffer and keepPieces are the largest buffers kept for reuse by an
	// instruction that is complete or displaced, in bytes and pieces.
	keepBuffer = 16 << 10
	keepPieces = 64
)

// Errors of Assembler.Add. The pieces of the instruction were dropped.
var (
	ErrConflict = errors.New("wire: fragments contradict each other")
	ErrTooMany  = errors.New("wire: fragments take too much memory")
)

// An Assembler joins fragments to compressed instructions. Unlike a stock
// receiver it keeps several incomplete ones at once, so that reordering does not
// destroy them. The zero value is ready to use.
type Assembler struct {
	partials [maxPartial]partial
	size     int    // sum of the partials' sizes
	turn     uint64 // counts additions, to find the partial that was left alone longest
}

// A partial is an incomplete instruction. Free ones have no pieces.
type partial struct {
	id     uint64
	total  int     // number of pieces; 0 while the final one is missing
	used   uint64  // turn of the last addition
	pieces []piece // sorted by num
	buf    []byte  // the bytes of the pieces in order of arrival
}

// A piece is where a fragment's body stands in partial.buf.
type piece struct {
	num      uint16
	from, to uint32
}

// size returns the memory that the partial counts for, in bytes.
func (p *partial) size() int { return len(p.buf) + len(p.pieces)*pieceCost }

// Add takes in a fragment. If that completes an instruction, it returns the whole
// compressed instruction, which is valid until the next Add and until f.Body
// changes, and true. A fragment that is there already changes nothing, one that
// contradicts others (same number but other content or another final bit, or a
// piece above the final one) makes Add drop them all and return ErrConflict. When
// there are too many pieces, those of the instruction left alone longest are
// dropped, and of one that is too large by itself all, with ErrTooMany. After an
// instruction is complete or dropped its id begins anew.
func (a *Assembler) Add(f Fragment) (compressed []byte, done bool, err error) {
	a.turn++
	p := a.find(f.ID)
	if p == nil && f.Num == 0 && f.Final {
		return f.Body, true, nil // most instructions: nothing to keep
	}
	if p == nil {
		p = a.claim(f.ID)
	}
	p.used = a.turn
	before := p.size()
	err = p.add(f)
	a.size += p.size() - before
	if err == nil && p.size() > maxPartialBytes {
		err = ErrTooMany
	}
	if err != nil {
		a.drop(p)
		return nil, false, err
	}
	if len(p.pieces) == p.total {
		compressed = p.join()
		a.drop(p)
		return compressed, true, nil
	}
	for a.size > maxPieceBytes {
		a.drop(a.oldest())
	}
	return nil, false, nil
}

// find returns the partial of the given id, nil if there is none.
func (a *Assembler) find(id uint64) *partial {
	for i := range a.partials {
		if p := &a.partials[i]; len(p.pieces) > 0 && p.id == id {
			return p
		}
	}
	return nil
}

// claim returns a partial for a new id, if need be that of the id left alone
// longest.
func (a *Assembler) claim(id uint64) *partial {
	var free *partial
	for i := range a.partials {
		if p := &a.partials[i]; len(p.pieces) == 0 {
			free = p
			break
		}
	}
	if free == nil {
		free = a.oldest()
		a.drop(free)
	}
	free.id = id
	return free
}

// oldest returns the partial with pieces that was left alone longest.
func (a *Assembler) oldest() *partial {
	var oldest *partial
	for i := range a.partials {
		p := &a.partials[i]
		if len(p.pieces) > 0 && (oldest == nil || p.used < oldest.used) {
			oldest = p
		}
	}
	return oldest
}

// drop forgets the pieces of p. The bytes of its buffer stay as they are until
// the next Add.
func (a *Assembler) drop(p *partial) {
	a.size -= p.size()
	pieces, buf := p.pieces[:0], p.buf[:0]
	if cap(buf) > keepBuffer || cap(pieces) > keepPieces {
		pieces, buf = nil, nil
	}
	*p = partial{pieces: pieces, buf: buf}
}

// add files a fragment. It returns ErrConflict if it contradicts the others.
func (p *partial) add(f Fragment) error {
	at, known := slices.BinarySearchFunc(p.pieces, f.Num, func(q piece, num uint16) int {
		return int(q.num) - int(num)
	})
	if known {
		q := p.pieces[at]
		isFinal := p.total == int(f.Num)+1
		if f.Final != isFinal || !bytes.Equal(p.buf[q.from:q.to], f.Body) {
			return ErrConflict
		}
		return nil
	}
	if f.Final && (p.total != 0 || at < len(p.pieces)) || p.total != 0 && int(f.Num) >= p.total {
		return ErrConflict
	}
	if f.Final {
		p.total = int(f.Num) + 1
	}
	from := uint32(len(p.buf))
	p.buf = append(p.buf, f.Body...)
	p.pieces = slices.Insert(p.pieces, at, piece{num: f.Num, from: from, to: uint32(len(p.buf))})
	return nil
}

// join returns the bytes of the pieces in order of their numbers.
func (p *partial) join() []byte {
	end := uint32(0)
	for _, q := range p.pieces {
		if q.from != end {
			return p.reorder()
		}
		end = q.to
	}
	return p.buf
}

// reorder returns a copy of the bytes in order of their numbers.
func (p *partial) reorder() []byte {
	joined := make([]byte, 0, len(p.buf))
	for _, q := range p.pieces {
		joined = append(joined, p.buf[q.from:q.to]...)
	}
	return joined
}
