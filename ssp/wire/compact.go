package wire

import (
	"encoding/binary"
	"errors"
)

// Between two ends that agreed on it, an instruction may travel in the compact form
// instead of as a zlib stream (docs/protocol.md F8): numbers as differences, no
// tags, and only the diff compressed, if at all. Most instructions have a diff of
// less than 20 bytes, which zlib's header, checksum and block add 8 to, protobuf's
// tags 14, and the fragment header 10: one that fits into a datagram has none.

// The first byte of a compact instruction is 11nn0tpd. Its upper bits are those of
// no zlib stream, and of no instruction id below MinKindID.
const (
	compactDeflated = 1 << 0 // the diff is a deflate stream
	compactPadded   = 1 << 1 // there is chaff
	compactForgets  = 1 << 2 // throwaway_num is old_num, and left out
	compactStep     = 3 << 4 // new_num - old_num, if that is 1 to 3; 0: it follows

	compactStepShift = 4
	compactMask      = 0xc8 // the bits that say that it is one
	compactMark      = 0xc0
)

// compactPreset is the preset dictionary of deflated diffs: what is in most of them and
// in few of the bytes before, the most frequent last. Of a key's echo with an echo ack it
// leaves 8 bytes of 14. Changing a byte of it takes another capability.
var compactPreset = []byte("\x1a\x03\x7f\x15\x17 \x1b[?25l\x1b[?25h\x1b[38;5;\x1b[48;5;\x1b[01;34m\x1b[1;31m\x1b[7m\x1b[27m\x1b[m\x1b[K\r\n" +
	"\n\x0f\x92\x04\x0c\n\x06\x92\x04\x04\x08\x01\x10\x11\n\x05\x92\x04\x02\x08\x01" + // hints
	"\x1b[1;\x1b[23;\x1b[24;1H\x12\x12\"\x10" +
	"\n\x04:\x02@\n\x05:\x03@" + // echo acks
	"\x01\n\x05\x12\x03\"\x01") // a character

// ErrCompact reports bytes that are no instruction in the compact form.
var ErrCompact = errors.New("wire: malformed compact instruction")

// IsCompact reports whether a compressed instruction is in the compact form rather
// than a zlib stream, and whether the payload of a packet is such an instruction
// rather than a fragment.
func IsCompact(b []byte) bool { return len(b) > 0 && b[0]&compactMask == compactMark }

// AppendCompact appends to dst the compact form of ins, which has no room for
// Version and Roam. asIs says that the diff is not worth compressing.
func (c *Compressor) AppendCompact(dst []byte, ins Instruction, asIs bool) []byte {
	start := len(dst)
	dst = append(dst, compactMark)
	dst = binary.AppendUvarint(dst, ins.Old)
	if step := ins.New - ins.Old; step > 0 && step <= compactStep>>compactStepShift {
		dst[start] |= byte(step << compactStepShift)
	} else {
		dst = binary.AppendUvarint(dst, step)
	}
	dst = binary.AppendUvarint(dst, ins.Ack)
	if ins.Throwaway == ins.Old {
		dst[start] |= compactForgets
	} else {
		dst = binary.AppendUvarint(dst, ins.Old-ins.Throwaway)
	}
	if len(ins.Chaff) > 0 {
		dst[start] |= compactPadded
		dst = binary.AppendUvarint(dst, uint64(len(ins.Chaff)))
		dst = append(dst, ins.Chaff...)
	}
	if asIs {
		return append(dst, ins.Diff...)
	}
	body := len(dst)
	dst = c.appendDeflate(dst, compactPreset, ins.Diff)
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
	if !IsCompact(b) {
		return Instruction{}, dst, ErrCompact
	}
	flags := b[0]
	r := numbers{rest: b[1:]}
	ins = Instruction{Version: Version, Old: r.next()}
	if step := flags & compactStep >> compactStepShift; step > 0 {
		ins.New = ins.Old + uint64(step)
	} else {
		ins.New = ins.Old + r.next()
	}
	ins.Ack = r.next()
	ins.Throwaway = ins.Old
	if flags&compactForgets == 0 {
		ins.Throwaway -= r.next()
	}
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
	inflated, err = z.appendDeflated(dst, compactPreset, ins.Diff)
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
