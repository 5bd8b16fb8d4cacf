package ssp

import (
	"io"

	"roam/crypto"
	"roam/ssp/wire"
)

// What a datagram has in bytes: around a piece of an instruction, and around a whole one
// in the compact form, which needs no header.
const (
	fixedOverhead = crypto.Overhead + wire.Overhead
	bareOverhead  = crypto.Overhead + wire.PacketOverhead
)

// An outbox holds the instruction that is being sent. Its pieces leave before the
// next instruction begins: a stock receiver keeps the pieces of one only.
type outbox struct {
	compressor wire.Compressor
	id         uint64 // of the instruction; each transmission has its own, so one id never has two contents
	num        uint16 // of the next piece
	limit      int    // bytes in a piece, the same for all of an instruction
	bare       bool   // it goes without a fragment header
	rest       []byte // what has not left yet, of compressed
	loaded     []byte // all of it, until the peer has it
	ack        uint64 // that it carries
	isCopy     bool   // what leaves is a copy of what left before

	plain, compressed []byte
}

// A form is how an instruction is put into bytes.
type form struct {
	compact bool // not as a zlib stream
	step    int  // what fits into one datagram is padded to a multiple of so many bytes; 0 means not
}

// isKey reports whether a diff is so short that it is padded to one step in any case: then
// the peer is spared the inflating.
func (f form) isKey(ins wire.Instruction) bool { return len(ins.Diff) <= f.step/2 }

// load puts an instruction into the empty outbox. maxPayload is the most bytes in a
// UDP payload.
func (o *outbox) load(ins wire.Instruction, f form, maxPayload int) {
	if f.compact {
		o.rest = o.compressor.AppendCompact(o.compressed[:0], ins, f.isKey(ins))
	} else {
		plain := wire.AppendInstruction(o.plain[:0], ins)
		o.rest = o.compressor.Append(o.compressed[:0], plain)
		o.plain = trimmed(plain)
	}
	o.id++
	o.num = 0
	o.limit = pieceLimit(maxPayload)
	o.ack = ins.Ack
	if f.step > 0 {
		o.pad(ins, f)
	}
	o.compressed = trimmed(o.rest)
	o.loaded, o.isCopy = o.rest, false
	o.bare = f.compact && len(o.rest) <= o.limit
}

// pieceLimit returns the most bytes in a piece.
func pieceLimit(maxPayload int) int { return max(maxPayload, minPayload) - fixedOverhead }

// repeat lets the pieces that were loaded last leave once more, as they are and under
// their id, so that those of all times add up at the peer: the loss of one of them
// does not cost the others. It reports whether there are several, of the size that
// maxPayload asks for.
func (o *outbox) repeat(maxPayload int, isCopy bool) bool {
	if len(o.loaded) <= o.limit || o.limit != pieceLimit(maxPayload) {
		return false
	}
	o.rest, o.num, o.isCopy = o.loaded, 0, isCopy
	return true
}

// pad makes what is loaded longer, up to a multiple of f.step, if it then fits into a
// datagram: by zeros behind the end of the zlib stream, where nobody looks, or by the
// padding of the compact form, which takes two bytes at least.
func (o *outbox) pad(ins wire.Instruction, f form) {
	short := (f.step - len(o.rest)%f.step) % f.step
	if f.compact && short == 1 {
		short += f.step
	}
	if short == 0 || len(o.rest)+short > o.limit {
		return
	}
	if !f.compact {
		o.rest = append(o.rest, padding[:short]...)
		return
	}
	ins.Chaff = padding[:short-1] // behind a byte that says its length
	o.rest = o.compressor.AppendCompact(o.rest[:0], ins, f.isKey(ins))
}

// padding is what padded instructions have. Random bytes would hide no more in a
// datagram that is encrypted.
var padding [2 * keyStep]byte

// pieces returns how many datagrams are to leave.
func (o *outbox) pieces() int {
	if len(o.rest) == 0 {
		return 0
	}
	return (len(o.rest) + o.limit - 1) / o.limit
}

// overhead returns how many bytes each datagram has besides.
func (o *outbox) overhead() int {
	if o.bare {
		return bareOverhead
	}
	return fixedOverhead
}

// size returns how many bytes all datagrams have that are to leave.
func (o *outbox) size() int { return len(o.rest) + o.pieces()*o.overhead() }

// largest returns how many bytes the largest datagram has that is to leave.
func (o *outbox) largest() int {
	if len(o.rest) == 0 {
		return 0
	}
	return min(o.limit, len(o.rest)) + o.overhead()
}

// next takes out the next piece. Its body is valid until the next load.
func (o *outbox) next() wire.Fragment {
	n := min(o.limit, len(o.rest))
	f := wire.Fragment{ID: o.id, Num: o.num, Final: n == len(o.rest), Body: o.rest[:n]}
	o.rest = o.rest[n:]
	o.num++
	return f
}

// clear drops what has not left. It reports whether there was anything.
func (o *outbox) clear() bool {
	had := len(o.rest) > 0
	o.rest, o.loaded = nil, nil
	return had
}

// A padder makes chaff: random bytes of random number, to hide how long a diff
// is. Typed keys would be counted otherwise.
type padder struct {
	rand io.Reader
	buf  [1 + maxChaff]byte
}

// next returns 0 to maxChaff bytes, each number equally likely, valid until the
// next call. Without randomness there is none.
func (p *padder) next() []byte {
	const lengths = maxChaff + 1
	const fair = 256 / lengths * lengths // first bytes from here on would favour short chaff
	for {
		if _, err := io.ReadFull(p.rand, p.buf[:]); err != nil {
			return nil
		}
		if n := int(p.buf[0]); n < fair {
			return p.buf[1 : 1+n%lengths]
		}
	}
}
