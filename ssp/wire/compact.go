package wire

import (
	"encoding/binary"
	"errors"
)

// Between two ends that agreed on it, an instruction may travel in the compact form
// instead of as a zlib stream (docs/protocol.md F8): numbers as differences, no
// tags, and only the diff compressed, if at all. Most instructions have a diff of
// less than 20 bytes, which zlib's header, checksum and block add 8 to, and
// protobuf's tags 14.

// Bits of a compact instruction's first byte. The others are zero; bit 3 is set in
// the first byte of every zlib stream, which tells the two apart.
const (
	compactDeflated = 1 << 0 // the diff is a deflate stream
	compactPadded   = 1 << 1 // there is chaff
	compactBits     = compactDeflated | compactPadded

	zlibMethod = 1 << 3
)

// ErrCompact reports bytes that are no instruction in the compact form.
var ErrCompact = errors.New("wire: malformed compact instruction")

// IsCompact reports whether a compressed instruction is in the compact form rather
// than a zlib stream.
func IsCompact(b []byte) bool { return len(b) > 0 && b[0]&zlibMethod == 0 }

// AppendCompact appends to dst the compact form of ins, which has no room for
// Version and Roam.
func (c *Compressor) AppendCompact(dst []byte, ins Instruction) []byte {
	start := len(dst)
	dst = append(dst, 0)
	dst = binary.AppendUvarint(dst, ins.Old)
	dst = binary.AppendUvarint(dst, ins.New-ins.Old)
	dst = binary.AppendUvarint(dst, ins.Ack)
	dst = binary.AppendUvarint(dst, ins.Old-ins.Throwaway)
	if len(ins.Chaff) > 0 {
		dst[start] |= compactPadded
		dst = binary.AppendUvarint(dst, uint64(len(ins.Chaff)))
		dst = append(dst, ins.Chaff...)
	}
	body := len(dst)
	dst = c.appendDeflate(dst, ins.Diff)
	if len(dst)-body >= len(ins.Diff) {
		return append(dst[:body], ins.Diff...)
	}
	dst[start] |= compactDeflated
	return dst
}

// ParseCompact reads an instruction in the compact form. Its slices alias b, but for
// a diff that was compressed: that is appended to dst, which is returned as
// inflated. It returns ErrCompact, ErrInflate or ErrTooLarge, and then dst as it
// was.
func (z *Inflater) ParseCompact(dst, b []byte) (ins Instruction, inflated []byte, err error) {
	if len(b) == 0 || b[0]&^compactBits != 0 {
		return Instruction{}, dst, ErrCompact
	}
	flags := b[0]
	r := numbers{rest: b[1:]}
	ins = Instruction{Version: Version, Old: r.next()}
	ins.New = ins.Old + r.next()
	ins.Ack = r.next()
	ins.Throwaway = ins.Old - r.next()
	var padding uint64
	if flags&compactPadded != 0 {
		padding = r.next()
	}
	if r.broken || padding > uint64(len(r.rest)) {
		return Instruction{}, dst, ErrCompact
	}
	ins.Chaff, ins.Diff = r.rest[:padding:padding], r.rest[padding:]
	if flags&compactDeflated == 0 {
		return ins, dst, nil
	}
	inflated, err = z.appendDeflated(dst, ins.Diff)
	if err == nil && z.src.Len() > 0 {
		err = ErrCompact
	}
	if err != nil {
		return Instruction{}, dst, err
	}
	ins.Diff = inflated[len(dst):]
	return ins, inflated, nil
}

// numbers reads varints from the front of rest.
type numbers struct {
	rest   []byte
	broken bool // one was cut or above 64 bits
}

// next returns the next number, or 0 if there is none.
func (r *numbers) next() uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.rest, r.broken = nil, true
		return 0
	}
	r.rest = r.rest[n:]
	return v
}
