package wire

import (
	"encoding/binary"
	"math/bits"
)

// Most instructions have 20 to 200 bytes. The standard library's compressor needs
// 0.8 MB of tables for them, clears most of that for each stream, and ends each
// with an empty block of five bytes. A deflater is made for them: one final block
// with the fixed Huffman codes of RFC 1951 section 3.2.6, or a stored one if that
// is shorter.

const (
	// maxSmall is the longest input of a deflater, in bytes. Of longer ones
	// dynamic codes make a tenth less, if they are text.
	maxSmall = 200

	// maxPreset is the longest preset dictionary, in bytes.
	maxPreset = 128

	minMatch = 3   // shortest repetition that deflate can express
	maxMatch = 258 // longest

	hashBits = 9
	maxChain = 24 // candidates looked at for each position
)

// A deflater finds repetitions by chains of positions with equal hashes. The zero
// value is ready to use.
type deflater struct {
	head [1 << hashBits]uint16        // newest position with a hash, plus 1
	prev [maxPreset + maxSmall]uint16 // the position before it with the same hash, plus 1
	text [maxPreset + maxSmall]byte
	out  bitWriter
}

// append appends to dst the deflate stream of plain, which has at most maxSmall
// bytes, for a reader who has the preset dictionary, of at most maxPreset.
func (d *deflater) append(dst, preset, plain []byte) []byte {
	const finalFixed, blockBits = 1 | 1<<1, 3
	clear(d.head[:])
	start := len(dst)
	d.out = bitWriter{buf: dst}
	d.out.write(finalFixed, blockBits)
	text := append(append(d.text[:0], preset...), plain...)
	for at := range preset {
		d.insert(text, at)
	}
	for at := len(preset); at < len(text); {
		length, distance := d.match(text, at)
		d.insert(text, at)
		if length > 0 {
			if next, _ := d.match(text, at+1); next > length {
				length = 0 // the repetition that begins one byte later is better
			}
		}
		if length == 0 {
			d.out.symbol(int(text[at]))
			at++
			continue
		}
		d.out.match(length, distance)
		end := at + length
		for at++; at < end; at++ {
			d.insert(text, at)
		}
	}
	d.out.symbol(endOfBlock)
	dst = d.out.flush()
	d.out = bitWriter{}
	const storedOverhead = 5
	if len(dst)-start > len(plain)+storedOverhead {
		dst = appendStored(dst[:start], plain)
	}
	return dst
}

// match returns the longest repetition at the given position, or a length of 0.
func (d *deflater) match(text []byte, at int) (length, distance int) {
	rest := text[at:]
	if len(rest) < minMatch {
		return 0, 0
	}
	candidate := d.head[hash(rest)]
	for range maxChain {
		if candidate == 0 {
			break
		}
		from := int(candidate) - 1
		if n := commonPrefix(text[from:], rest); n > length {
			length, distance = n, at-from
		}
		candidate = d.prev[from]
	}
	if length < minMatch {
		return 0, 0
	}
	return length, distance
}

// insert makes the position known as a candidate.
func (d *deflater) insert(text []byte, at int) {
	if len(text)-at < minMatch {
		return
	}
	h := hash(text[at:])
	d.prev[at] = d.head[h]
	d.head[h] = uint16(at + 1)
}

// hash returns the hash of the first minMatch bytes of b.
func hash(b []byte) uint32 {
	v := uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16
	return v * 0x9e3779b1 >> (32 - hashBits)
}

// commonPrefix returns how many bytes a and b begin with in common, at most
// maxMatch.
func commonPrefix(a, b []byte) int {
	limit := min(len(a), len(b), maxMatch)
	for i := range limit {
		if a[i] != b[i] {
			return i
		}
	}
	return limit
}

// appendStored appends a final block that is not compressed.
func appendStored(dst, plain []byte) []byte {
	const finalStored = 1
	dst = append(dst, finalStored)
	dst = binary.LittleEndian.AppendUint16(dst, uint16(len(plain)))
	dst = binary.LittleEndian.AppendUint16(dst, ^uint16(len(plain)))
	return append(dst, plain...)
}

// Symbols of the literal and length alphabet above the 256 bytes.
const (
	endOfBlock  = 256
	firstLength = 257
	longest     = 285 // length maxMatch
)

// A bitWriter appends bits to a buffer, the least significant first.
type bitWriter struct {
	buf   []byte
	acc   uint64
	count uint // bits in acc
}

func (w *bitWriter) write(value uint32, n uint) {
	w.acc |= uint64(value) << w.count
	w.count += n
	for ; w.count >= 8; w.count -= 8 {
		w.buf = append(w.buf, byte(w.acc))
		w.acc >>= 8
	}
}

// flush fills the last byte with zeros and returns the buffer.
func (w *bitWriter) flush() []byte {
	if w.count > 0 {
		w.buf = append(w.buf, byte(w.acc))
	}
	return w.buf
}

// symbol writes the fixed code of a literal or length symbol. Codes are sent from
// their most significant bit on, unlike all other values.
func (w *bitWriter) symbol(s int) {
	var code uint32
	var n uint
	switch {
	case s < 144:
		code, n = 0x30+uint32(s), 8
	case s < 256:
		code, n = 0x190+uint32(s-144), 9
	case s < 280:
		code, n = uint32(s-256), 7
	default:
		code, n = 0xc0+uint32(s-280), 8
	}
	w.write(bits.Reverse32(code)>>(32-n), n)
}

// match writes a repetition: length 3..258, distance 1..32768 (RFC 1951 section
// 3.2.5).
func (w *bitWriter) match(length, distance int) {
	const lengthsPerBit, exactLengths = 4, 8
	switch n := uint32(length - minMatch); {
	case length == maxMatch:
		w.symbol(longest)
	case n < exactLengths:
		w.symbol(firstLength + int(n))
	default:
		extra := uint(bits.Len32(n)) - 3
		w.symbol(firstLength + lengthsPerBit*int(extra+1) + int(n>>extra&3))
		w.write(n&(1<<extra-1), extra)
	}
	const exactDistances, distanceBits = 4, 5
	d := uint32(distance - 1)
	code, extra := d, uint(0)
	if d >= exactDistances {
		extra = uint(bits.Len32(d)) - 2
		code = 2*uint32(extra+1) + d>>extra&1
	}
	w.write(bits.Reverse32(code)>>(32-distanceBits), distanceBits)
	w.write(d&(1<<extra-1), extra)
}
