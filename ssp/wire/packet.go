// Package wire holds the encodings of the State Synchronization Protocol, from
// the plaintext of a datagram down to the messages inside a diff
// (docs/protocol.md, parts B to D). It decides nothing: when to send, what to
// keep and whom to believe belongs to package ssp.
//
// Layers, outside in: a [Packet] has two timestamps and a payload, which is a
// [Fragment]. An [Assembler] joins fragments to a compressed instruction, an
// [Inflater] opens it, [ParseInstruction] reads it, and [UserEvents] or
// [HostItems] read its diff. Every decoder takes any bytes: errors are sentinels,
// nothing panics, and what comes out aliases what went in.
package wire

import (
	"encoding/binary"
	"errors"
)

// NoTimestamp stands for "no timestamp" in either field of a Packet.
const NoTimestamp = 65535

// PacketOverhead is what a Packet has around its payload, in bytes.
const PacketOverhead = 2 + 2

// Overhead is the number of plaintext bytes around the body of a fragment: the
// timestamps and the fragment header.
const Overhead = PacketOverhead + fragmentOverhead

// ErrTruncated reports a packet or fragment shorter than its header.
var ErrTruncated = errors.New("wire: truncated datagram")

// A Packet is the plaintext of one datagram. Timestamps are milliseconds of a
// 16-bit clock of the sender's, or NoTimestamp.
type Packet struct {
	Timestamp uint16 // the sender's clock
	Reply     uint16 // the receiver's own clock as last heard, plus the time the sender held it
	Payload   []byte // a fragment, or a compact instruction
}

// ParsePacket reads a datagram's plaintext. The payload aliases b. It returns
// ErrTruncated if b has fewer than 4 bytes.
func ParsePacket(b []byte) (Packet, error) {
	if len(b) < PacketOverhead {
		return Packet{}, ErrTruncated
	}
	return Packet{
		Timestamp: binary.BigEndian.Uint16(b),
		Reply:     binary.BigEndian.Uint16(b[2:]),
		Payload:   b[PacketOverhead:],
	}, nil
}

// AppendPacket appends the encoding of p to dst. The payload may be empty and be
// appended afterwards.
func AppendPacket(dst []byte, p Packet) []byte {
	dst = binary.BigEndian.AppendUint16(dst, p.Timestamp)
	dst = binary.BigEndian.AppendUint16(dst, p.Reply)
	return append(dst, p.Payload...)
}
