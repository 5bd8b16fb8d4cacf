package wire

import "encoding/binary"

// fragmentOverhead is the fragment header: id and word, in bytes.
const fragmentOverhead = 8 + 2

// MaxFragments is the most pieces one instruction may have: fragment numbers have
// 15 bits.
const MaxFragments = 1 << 15

// finalBit marks the last piece of an instruction in the fragment word.
const finalBit = 1 << 15

// A Fragment is one piece of a compressed instruction.
type Fragment struct {
	ID    uint64 // the same for all pieces of an instruction, and for no other instruction
	Num   uint16 // place of the piece, 0..MaxFragments-1
	Final bool   // the last piece
	Body  []byte // any length, even 0
}

// ParseFragment reads the payload of a packet. The body aliases b. It returns
// ErrTruncated if b has fewer than 10 bytes (which makes a stock peer abort).
func ParseFragment(b []byte) (Fragment, error) {
	if len(b) < fragmentOverhead {
		return Fragment{}, ErrTruncated
	}
	word := binary.BigEndian.Uint16(b[8:])
	return Fragment{
		ID:    binary.BigEndian.Uint64(b),
		Num:   word &^ finalBit,
		Final: word&finalBit != 0,
		Body:  b[fragmentOverhead:],
	}, nil
}

// AppendFragment appends the encoding of f to dst. It panics if f.Num does not
// fit into 15 bits: a sender must not cut an instruction so fine.
func AppendFragment(dst []byte, f Fragment) []byte {
	if f.Num >= MaxFragments {
		panic("wire: fragment number out of range")
	}
	word := f.Num
	if f.Final {
		word |= finalBit
	}
	dst = binary.BigEndian.AppendUint64(dst, f.ID)
	dst = binary.BigEndian.AppendUint16(dst, word)
	return append(dst, f.Body...)
}

// Between two ends that agreed on it, a datagram whose instruction id has bit 63
// set is no piece of an instruction. Its kind stands in the bits below; all
// others of the header are zero. Instruction ids of our own stay below MinKindID.
// Kinds 64 and up are the first bytes of compact instructions, which have no header
// where that is agreed.
const (
	MinKindID = 1 << 63
	kindShift = 56
)

// KindID returns the instruction id of a datagram of the given kind, 0..127.
func KindID(kind uint8) uint64 { return MinKindID | uint64(kind&0x7f)<<kindShift }

// Kind returns the kind of a datagram that is no piece of an instruction. ok is
// false if f is an ordinary fragment; clean says that the bits that must be zero
// are.
func (f Fragment) Kind() (kind uint8, clean, ok bool) {
	if f.ID < MinKindID {
		return 0, false, false
	}
	kind = uint8(f.ID>>kindShift) & 0x7f
	return kind, f.ID == KindID(kind) && f.Num == 0 && !f.Final, true
}
