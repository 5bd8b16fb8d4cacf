package wire

import (
	"errors"

	"google.golang.org/protobuf/encoding/protowire"
)

// Version is the protocol version of every instruction: 2 since 2012.
const Version = 2

// Final is the number of a session's last state, above all others.
const Final = 1<<64 - 1

// Field numbers of an Instruction.
const (
	fieldVersion   = 1
	fieldOld       = 2
	fieldNew       = 3
	fieldAck       = 4
	fieldThrowaway = 5
	fieldDiff      = 6
	fieldChaff     = 7
	fieldRoam      = 64 // ours: stock peers skip it
)

// ErrMalformed reports bytes that are no message: a length over the end, a broken
// tag, an unbalanced group.
var ErrMalformed = errors.New("wire: malformed message")

// An Instruction carries a diff between two states of one flow and the ack of the
// other flow. The diff leads from the state numbered Old to the one numbered New.
type Instruction struct {
	Version   uint32
	Old, New  uint64
	Ack       uint64 // highest state received from the peer
	Throwaway uint64 // the receiver may forget states below this one
	Diff      []byte // a UserMessage or a HostMessage; empty if both states are the same
	Chaff     []byte // random padding
	Roam      []byte // field 64, by which two roam ends find each other; nil if absent
}

// ParseInstruction reads an inflated instruction. Its slices alias b. Absent
// fields are 0 or empty, of repeated ones the last counts, unknown ones are
// skipped. It returns ErrMalformed; it does not judge the version.
func ParseInstruction(b []byte) (Instruction, error) {
	var ins Instruction
	for len(b) > 0 {
		f, rest, err := parseField(b)
		if err != nil {
			return Instruction{}, err
		}
		b = rest
		switch {
		case f.isVarint(fieldVersion):
			ins.Version = uint32(f.varint)
		case f.isVarint(fieldOld):
			ins.Old = f.varint
		case f.isVarint(fieldNew):
			ins.New = f.varint
		case f.isVarint(fieldAck):
			ins.Ack = f.varint
		case f.isVarint(fieldThrowaway):
			ins.Throwaway = f.varint
		case f.isBytes(fieldDiff):
			ins.Diff = f.bytes
		case f.isBytes(fieldChaff):
			ins.Chaff = f.bytes
		case f.isBytes(fieldRoam):
			ins.Roam = f.bytes
		}
	}
	return ins, nil
}

// AppendInstruction appends the encoding of ins to dst: fields 1 to 7 always, in
// this order, as stock does, then field 64 unless Roam is nil.
func AppendInstruction(dst []byte, ins Instruction) []byte {
	dst = appendVarint(dst, fieldVersion, uint64(ins.Version))
	dst = appendVarint(dst, fieldOld, ins.Old)
	dst = appendVarint(dst, fieldNew, ins.New)
	dst = appendVarint(dst, fieldAck, ins.Ack)
	dst = appendVarint(dst, fieldThrowaway, ins.Throwaway)
	dst = appendBytes(dst, fieldDiff, ins.Diff)
	dst = appendBytes(dst, fieldChaff, ins.Chaff)
	if ins.Roam != nil {
		dst = appendBytes(dst, fieldRoam, ins.Roam)
	}
	return dst
}

// A field is one field of a message in protobuf's encoding.
type field struct {
	num    protowire.Number
	typ    protowire.Type
	varint uint64 // value of protowire.VarintType
	bytes  []byte // value of protowire.BytesType, not nil then; aliases the message
}

func (f field) isVarint(num protowire.Number) bool {
	return f.num == num && f.typ == protowire.VarintType
}

func (f field) isBytes(num protowire.Number) bool {
	return f.num == num && f.typ == protowire.BytesType
}

// parseField reads the field at the front of b, whatever its type. The one error
// is ErrMalformed.
func parseField(b []byte) (f field, rest []byte, err error) {
	num, typ, n := protowire.ConsumeTag(b)
	if n < 0 {
		return field{}, nil, ErrMalformed
	}
	f = field{num: num, typ: typ}
	b = b[n:]
	switch typ {
	case protowire.VarintType:
		f.varint, n = protowire.ConsumeVarint(b)
	case protowire.BytesType:
		f.bytes, n = protowire.ConsumeBytes(b)
	default: // a stray end of a group is refused here too
		n = protowire.ConsumeFieldValue(num, typ, b)
	}
	if n < 0 {
		return field{}, nil, ErrMalformed
	}
	return f, b[n:], nil
}

func appendVarint(dst []byte, num protowire.Number, v uint64) []byte {
	dst = protowire.AppendTag(dst, num, protowire.VarintType)
	return protowire.AppendVarint(dst, v)
}

func appendBytes(dst []byte, num protowire.Number, v []byte) []byte {
	dst = protowire.AppendTag(dst, num, protowire.BytesType)
	return protowire.AppendBytes(dst, v)
}
