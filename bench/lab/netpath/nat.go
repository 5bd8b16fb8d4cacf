package netpath

import "encoding/binary"

// Protocol numbers in IPv4's header (RFC 791).
const (
	protocolTCP = 6
	protocolUDP = 17
)

// headerSize returns the length of the IPv4 header of packet b, 0 if it has none.
func headerSize(b []byte) int {
	const least = 20
	if len(b) < least || b[0]>>4 != 4 {
		return 0
	}
	return int(b[0]&15) * 4
}

// translate swaps the client's address in a packet while a NAT is in the path.
func (p *Path) translate(b []byte, toServer bool) {
	host := p.nat.Load()
	header := headerSize(b)
	if host == 0 || header == 0 {
		return
	}
	const client = 10<<24 | 99<<16
	from, to, at := uint32(client|firstHost), uint32(client)|uint32(host), 12
	if !toServer {
		from, to, at = to, from, 16
	}
	if binary.BigEndian.Uint32(b[at:]) != from {
		return
	}
	binary.BigEndian.PutUint32(b[at:], to)
	fixChecksum(b, 10, from, to)
	switch {
	case b[9] == protocolTCP && len(b) >= header+18:
		fixChecksum(b, header+16, from, to)
	case b[9] == protocolUDP && len(b) >= header+8 && (b[header+6] != 0 || b[header+7] != 0): // 0: it has none
		fixChecksum(b, header+6, from, to)
	}
}

// fixChecksum updates the Internet checksum at b[at:] for a 32-bit word that
// changed (RFC 1624 §3).
func fixChecksum(b []byte, at int, from, to uint32) {
	sum := uint32(^binary.BigEndian.Uint16(b[at:]))
	sum += uint32(^uint16(from>>16)) + uint32(^uint16(from)) + to>>16 + to&0xffff
	for sum>>16 != 0 {
		sum = sum&0xffff + sum>>16
	}
	binary.BigEndian.PutUint16(b[at:], ^uint16(sum))
}
