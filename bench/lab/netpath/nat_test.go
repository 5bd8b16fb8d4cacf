package netpath

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
)

// checksum computes the Internet checksum of b in full (RFC 1071).
func checksum(b []byte) uint16 {
	var sum uint32
	for i := 0; i < len(b); i += 2 {
		sum += uint32(b[i])<<8 | uint32(b[i+1])
	}
	for sum>>16 != 0 {
		sum = sum&0xffff + sum>>16
	}
	return ^uint16(sum)
}

// TestFixChecksum compares the update with a full computation.
func TestFixChecksum(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 0))
	for range 1000 {
		b := make([]byte, 20)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		binary.BigEndian.PutUint16(b[10:], 0)
		binary.BigEndian.PutUint16(b[10:], checksum(b))
		from, to := binary.BigEndian.Uint32(b[12:]), r.Uint32()
		fixChecksum(b, 10, from, to)
		binary.BigEndian.PutUint32(b[12:], to)
		if sum := checksum(b); sum != 0 {
			t.Fatalf("the checksum is off by %x after %x became %x", sum, from, to)
		}
	}
}

// udp returns a datagram from the client to the server.
func udp() []byte {
	b := make([]byte, 32)
	b[0], b[9] = 0x45, protocolUDP
	copy(b[12:], []byte{10, 99, 0, firstHost, 10, 99, 1, 2})
	binary.BigEndian.PutUint16(b[10:], checksum(b[:20]))
	return b
}

func TestTranslateThereAndBack(t *testing.T) {
	p := &Path{}
	p.nat.Store(7)
	b := udp()
	p.translate(b, true)
	if b[15] != 7 || checksum(b[:20]) != 0 {
		t.Errorf("to the server: source %v, checksum off by %x", b[12:16], checksum(b[:20]))
	}
	back := udp()
	copy(back[12:], []byte{10, 99, 1, 2, 10, 99, 0, 7})
	p.translate(back, false)
	if back[19] != firstHost {
		t.Errorf("to the client: destination %v", back[16:20])
	}
	other := udp()
	other[15] = 99
	p.translate(other, true)
	if other[15] != 99 {
		t.Error("another address was translated")
	}
}

// FuzzPacket reads what may come out of a device.
func FuzzPacket(f *testing.F) {
	f.Add(udp())
	f.Add([]byte{0x4f, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		p := &Path{}
		p.nat.Store(3)
		size := len(b)
		isSession(b)
		p.translate(b, true)
		p.translate(b, false)
		if len(b) != size {
			t.Error("the packet has another length")
		}
	})
}
