package crypto

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"math/bits"
	"slices"
)

const (
	blockSize = aes.BlockSize
	tagSize   = 16 // bytes; AEAD_AES_128_OCB_TAGLEN128
	nonceSize = 12 // bytes; the length RFC 7253 section 3.1 recommends for all uses

	// batchBlocks is how many blocks go through each step together. The steps
	// of a batch are independent of each other, so the processor overlaps the
	// AES rounds of several blocks. A datagram of 1,200 bytes takes more than
	// twice as long one block at a time; from 8 to 32 blocks are alike.
	batchBlocks = 16
)

// An ocb is AES-128 in OCB mode with 128-bit tags, 96-bit nonces and no
// associated data: RFC 7253, whose names it uses. It is not safe for
// concurrent use, since it holds the scratch space of the operation under way.
//
// Its time depends on lengths and nonces only, where crypto/aes uses the
// processor's AES instructions; without them crypto/aes looks up tables.
type ocb struct {
	block   cipher.Block
	lStar   octets     // L_*
	lDollar octets     // L_$
	l       [64]octets // L_i; 64 are enough for any length an int can hold

	sealTop, openTop ktop

	offsets [batchBlocks * blockSize]byte // Offset_i of the batch under way
	scratch [blockSize]byte               // what goes through the cipher outside dst
}

func newOCB(key []byte) (*ocb, error) {
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	c := &ocb{block: b}
	c.lStar = c.encipher(octets{})
	c.lDollar = c.lStar.double()
	last := c.lDollar
	for i := range c.l {
		last = last.double()
		c.l[i] = last
	}
	return c, nil
}

// erase overwrites what was derived from the key, except the key schedule
// inside crypto/aes, which is out of reach and left to the garbage collector.
func (c *ocb) erase() { *c = ocb{} }

// seal appends the encryption of plaintext and its tag to dst
// (RFC 7253 section 4.2).
func (c *ocb) seal(dst []byte, nonce *[nonceSize]byte, plaintext []byte) []byte {
	n := len(plaintext)
	dst, out := extend(dst, n+tagSize)
	offset := c.sealTop.offset(c, nonce)
	var checksum octets
	whole := n &^ (blockSize - 1)
	for done := 0; done < whole; {
		size := min(whole-done, len(c.offsets))
		in, batch, offsets := plaintext[done:done+size], out[done:done+size], c.offsets[:size]
		offset = c.fillOffsets(offset, done/blockSize, size/blockSize)
		checksum = checksum.xor(sum(in))
		subtle.XORBytes(batch, in, offsets)
		for i := 0; i < size; i += blockSize {
			c.block.Encrypt(batch[i:i+blockSize], batch[i:i+blockSize])
		}
		subtle.XORBytes(batch, batch, offsets)
		done += size
	}
	if whole < n {
		offset = offset.xor(c.lStar)
		checksum = checksum.xor(pad(plaintext[whole:]))
		c.xorPad(out[whole:n], plaintext[whole:], offset)
	}
	tag := c.encipher(checksum.xor(offset).xor(c.lDollar))
	tag.store(out[n:])
	return dst
}

// open appends the decryption of ciphertext, which ends in its tag, to dst
// (RFC 7253 section 4.3). If the tag is wrong, it returns dst as it was and
// false, having overwritten what it had put behind it.
func (c *ocb) open(dst []byte, nonce *[nonceSize]byte, ciphertext []byte) ([]byte, bool) {
	n := len(ciphertext) - tagSize
	if n < 0 {
		return dst, false
	}
	ciphertext, tag := ciphertext[:n], ciphertext[n:]
	longer, out := extend(dst, n)
	offset := c.openTop.offset(c, nonce)
	var checksum octets
	whole := n &^ (blockSize - 1)
	for done := 0; done < whole; {
		size := min(whole-done, len(c.offsets))
		in, batch, offsets := ciphertext[done:done+size], out[done:done+size], c.offsets[:size]
		offset = c.fillOffsets(offset, done/blockSize, size/blockSize)
		subtle.XORBytes(batch, in, offsets)
		for i := 0; i < size; i += blockSize {
			c.block.Decrypt(batch[i:i+blockSize], batch[i:i+blockSize])
		}
		subtle.XORBytes(batch, batch, offsets)
		checksum = checksum.xor(sum(batch))
		done += size
	}
	if whole < n {
		offset = offset.xor(c.lStar)
		c.xorPad(out[whole:n], ciphertext[whole:], offset)
		checksum = checksum.xor(pad(out[whole:n]))
	}
	want := c.encipher(checksum.xor(offset).xor(c.lDollar))
	want.store(c.scratch[:])
	ok := subtle.ConstantTimeCompare(c.scratch[:], tag) == 1
	clear(c.scratch[:])
	if !ok {
		clear(out)
		return dst, false
	}
	return longer, true
}

// fillOffsets puts the offsets of the blocks done+1 to done+count into
// c.offsets and returns the last; offset is that of block done.
func (c *ocb) fillOffsets(offset octets, done, count int) octets {
	b := c.offsets[:count*blockSize]
	for i := uint(done) + 1; len(b) >= blockSize; i++ {
		offset = offset.xor(c.l[bits.TrailingZeros(i)&63])
		offset.store(b)
		b = b[blockSize:]
	}
	return offset
}

// xorPad encrypts or decrypts the last block, in, when it is not a whole one.
func (c *ocb) xorPad(out, in []byte, offset octets) {
	c.encipher(offset).store(c.scratch[:])
	subtle.XORBytes(out, in, c.scratch[:])
	clear(c.scratch[:])
}

// encipher returns the AES encryption of x. It goes through the heap, since
// what is handed to an interface's method would be allocated anew each time.
func (c *ocb) encipher(x octets) octets {
	x.store(c.scratch[:])
	c.block.Encrypt(c.scratch[:], c.scratch[:])
	return load(c.scratch[:])
}

// A ktop remembers the one block that 64 neighbouring nonces share, and with
// it one AES operation for nearly every datagram. Its zero value is ready.
type ktop struct {
	valid bool
	nonce [blockSize]byte // the formatted nonce, its lowest six bits cleared
	// Stretch, as 64-bit numbers.
	stretch [3]uint64
}

// offset returns Offset_0 for nonce.
func (k *ktop) offset(c *ocb, nonce *[nonceSize]byte) octets {
	// A tag length of 128 bits is written as 0; a single 1 bit precedes the nonce.
	formatted := [blockSize]byte{3: 1}
	copy(formatted[4:], nonce[:])
	bottom := formatted[15] & 0x3f
	formatted[15] &^= 0x3f
	if !k.valid || k.nonce != formatted {
		top := c.encipher(load(formatted[:]))
		hi, lo := bits.ReverseBytes64(top.front), bits.ReverseBytes64(top.back)
		*k = ktop{
			valid:   true,
			nonce:   formatted,
			stretch: [3]uint64{hi, lo, hi ^ (hi<<8 | lo>>56)},
		}
	}
	s := &k.stretch
	return octets{
		front: bits.ReverseBytes64(s[0]<<bottom | s[1]>>(64-bottom)),
		back:  bits.ReverseBytes64(s[1]<<bottom | s[2]>>(64-bottom)),
	}
}

// octets is a block of 16 bytes as two words, each loaded little-endian: XOR
// does not mind, and most processors then need not swap.
type octets struct{ front, back uint64 }

func load(b []byte) octets {
	_ = b[15]
	return octets{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])}
}

func (x octets) store(b []byte) {
	_ = b[15]
	binary.LittleEndian.PutUint64(b, x.front)
	binary.LittleEndian.PutUint64(b[8:], x.back)
}

func (x octets) xor(y octets) octets { return octets{x.front ^ y.front, x.back ^ y.back} }

// double multiplies by two in GF(2^128) (RFC 7253 section 2), without a
// branch on secret bits.
func (x octets) double() octets {
	hi, lo := bits.ReverseBytes64(x.front), bits.ReverseBytes64(x.back)
	carry := hi >> 63
	hi, lo = hi<<1|lo>>63, lo<<1^0x87*carry
	return octets{bits.ReverseBytes64(hi), bits.ReverseBytes64(lo)}
}

// pad returns b, shorter than a block, with the bit 1 and zeros behind it.
func pad(b []byte) octets {
	var padded [blockSize]byte
	padded[copy(padded[:], b)] = 0x80
	return load(padded[:])
}

// sum returns the XOR of the blocks in b, which holds whole ones only.
func sum(b []byte) octets {
	var x octets
	for len(b) >= blockSize {
		x = x.xor(load(b))
		b = b[blockSize:]
	}
	return x
}

// extend returns dst with n more bytes, of any value, and those bytes.
func extend(dst []byte, n int) (longer, added []byte) {
	longer = slices.Grow(dst, n)[:len(dst)+n]
	return longer, longer[len(dst):]
}
