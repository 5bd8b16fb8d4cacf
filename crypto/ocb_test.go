package crypto

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
	"testing"

	"crypto/aes"

	other "github.com/ProtonMail/go-crypto/ocb"
)

// hash is HASH(K, A) of RFC 7253 section 4.1. Datagrams have no associated
// data; it serves the RFC's own samples, most of which have some.
func (c *ocb) hash(ad []byte) octets {
	var offset, sum octets
	for i := uint(1); len(ad) >= blockSize; i++ {
		offset = offset.xor(c.l[bits.TrailingZeros(i)])
		sum = sum.xor(c.encipher(load(ad).xor(offset)))
		ad = ad[blockSize:]
	}
	if len(ad) > 0 {
		offset = offset.xor(c.lStar)
		sum = sum.xor(c.encipher(pad(ad).xor(offset)))
	}
	return sum
}

// sealAD is seal with associated data, which only goes into the tag.
func (c *ocb) sealAD(nonce *[nonceSize]byte, ad, plaintext []byte) []byte {
	sealed := c.seal(nil, nonce, plaintext)
	tag := sealed[len(plaintext):]
	load(tag).xor(c.hash(ad)).store(tag)
	return sealed
}

// openAD undoes sealAD.
func (c *ocb) openAD(nonce *[nonceSize]byte, ad, ciphertext []byte) ([]byte, bool) {
	ciphertext = bytes.Clone(ciphertext)
	tag := ciphertext[len(ciphertext)-tagSize:]
	load(tag).xor(c.hash(ad)).store(tag)
	return c.open(nil, nonce, ciphertext)
}

// mustOCB returns the cipher of key.
func mustOCB(t testing.TB, key []byte) *ocb {
	t.Helper()
	c, err := newOCB(key)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// RFC 7253 appendix A, the samples with 128-bit tags.
func TestOCBSamples(t *testing.T) {
	var v ocbVectors
	readVectors(t, "ocb.json", &v)
	if len(v.RFC7253) != 16 {
		t.Fatalf("%d samples, want 16", len(v.RFC7253))
	}
	c := mustOCB(t, v.Key)
	for _, s := range v.RFC7253 {
		nonce := [nonceSize]byte(s.Nonce)
		if got := c.sealAD(&nonce, s.AD, s.Plaintext); !bytes.Equal(got, s.Ciphertext) {
			t.Errorf("nonce %x: sealed %x, want %x", s.Nonce, got, s.Ciphertext)
		}
		got, ok := c.openAD(&nonce, s.AD, s.Ciphertext)
		if !ok || !bytes.Equal(got, s.Plaintext) {
			t.Errorf("nonce %x: opened %x, %t, want %x", s.Nonce, got, ok, s.Plaintext)
		}
	}
}

// RFC 7253 appendix A, the iterated check: every length up to 127 bytes, as
// plaintext and as associated data, gathered into one tag.
func TestOCBIteratedCheck(t *testing.T) {
	var v ocbVectors
	readVectors(t, "ocb.json", &v)
	c := mustOCB(t, append(make([]byte, 15), tagSize*8))
	nonce := func(n int) *[nonceSize]byte {
		var b [nonceSize]byte
		binary.BigEndian.PutUint32(b[8:], uint32(n))
		return &b
	}
	var all []byte
	for i := range 128 {
		s := make([]byte, i)
		all = append(all, c.sealAD(nonce(3*i+1), s, s)...)
		all = append(all, c.sealAD(nonce(3*i+2), nil, s)...)
		all = append(all, c.sealAD(nonce(3*i+3), s, nil)...)
	}
	if got := c.sealAD(nonce(385), all, nil); !bytes.Equal(got, v.WideCheck) {
		t.Errorf("check value %x, want %x", got, v.WideCheck)
	}
}

// TestOCBSecondOpinion compares with another implementation, both ways.
func TestOCBSecondOpinion(t *testing.T) {
	rng := rand.New(rand.NewPCG(7253, 1))
	random := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(rng.Uint32())
		}
		return b
	}
	for round := range 40 {
		key := random(16)
		c := mustOCB(t, key)
		block, err := aes.NewCipher(key)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := other.NewOCB(block)
		if err != nil {
			t.Fatal(err)
		}
		for range 50 {
			n := rng.IntN(2100)
			if round == 0 {
				n = rng.IntN(100000) // beyond any datagram: all of the batching
			}
			nonce, plaintext, prefix := [nonceSize]byte(random(nonceSize)), random(n), random(rng.IntN(40))
			want := theirs.Seal(bytes.Clone(prefix), nonce[:], plaintext, nil)
			got := c.seal(bytes.Clone(prefix), &nonce, plaintext)
			if !bytes.Equal(got, want) {
				t.Fatalf("key %x nonce %x: %d bytes sealed differently", key, nonce, n)
			}
			sealed := got[len(prefix):]
			if back, err := theirs.Open(nil, nonce[:], sealed, nil); err != nil || !bytes.Equal(back, plaintext) {
				t.Fatalf("key %x nonce %x: they cannot open our %d bytes: %v", key, nonce, n, err)
			}
			if back, ok := c.open(prefix, &nonce, sealed); !ok || !bytes.Equal(back, append(prefix, plaintext...)) {
				t.Fatalf("key %x nonce %x: we cannot open %d bytes", key, nonce, n)
			}
			sealed[rng.IntN(len(sealed))] ^= 1 << rng.IntN(8)
			if _, ok := c.open(nil, &nonce, sealed); ok {
				t.Fatalf("key %x nonce %x: %d bytes with one bit changed were opened", key, nonce, n)
			}
		}
	}
}
