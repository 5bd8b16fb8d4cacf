package ssp

import (
	"io"

	"roam/crypto"
	"roam/ssp/wire"
)

// fixedOverhead is what a datagram has around a piece of an instruction, in
// bytes.
const fixedOverhead = crypto.Overhead + wire.Overhead

// An outbox holds the instruction that is being sent. Its pieces leave before the
// next instruction begins: a stock receiver keeps the pieces of one only.
type outbox struct {
	compressor wire.Compressor
	id         uint64 // of the instruction; each transmission has its own, so one id never has two contents
	num        uint16 // of the next piece
	limit      int    // bytes in a piece, the same for all of an instruction
	rest       []byte // what has not left yet, of compressed

	plain, compressed []byte
}

// load puts an instruction into the empty outbox, in the compact form or as a zlib
// stream. maxPayload is the most bytes in a UDP payload.
func (o *outbox) load(ins wire.Instruction, compact bool, maxPayload int) {
	if compact {
		o.rest = o.compressor.AppendCompact(o.compressed[:0], ins)
	} else {
		plain := wire.AppendInstruction(o.plain[:0], ins)
		o.rest = o.compressor.Append(o.compressed[:0], plain)
		o.plain = trimmed(plain)
	}
	o.compressed = trimmed(o.rest)
	o.id++
	o.num = 0
	o.limit = max(maxPayload, minPayload) - fixedOverhead
}

// pieces returns how many datagrams are to leave.
func (o *outbox) pieces() int {
	if len(o.rest) == 0 {
		return 0
	}
	return (len(o.rest) + o.limit - 1) / o.limit
}

// largest returns how many bytes the largest datagram has that is to leave.
func (o *outbox) largest() int {
	if len(o.rest) == 0 {
		return 0
	}
	return min(o.limit, len(o.rest)) + fixedOverhead
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
	o.rest = nil
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
