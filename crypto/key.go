package crypto

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
)

// KeyLen is the number of characters of an encoded Key: 128 bits in 6-bit
// characters, without padding (protocol.md A1).
const KeyLen = 22

// Errors of ParseKey. None of them shows the string.
var (
	// ErrKeyLength reports a key that is not exactly KeyLen bytes long.
	ErrKeyLength = errors.New("crypto: key is not 22 characters long")

	// ErrKeyCharacter reports a character outside A-Za-z0-9+/.
	ErrKeyCharacter = errors.New("crypto: key has a character outside the base64 alphabet")

	// ErrKeySpareBits reports a last character other than A, Q, g and w: its
	// lower four bits belong to no byte and must be zero.
	ErrKeySpareBits = errors.New("crypto: key is not the canonical encoding of 128 bits")
)

// A Key is the secret of one session, for both directions and for all of its
// life. Formatting or marshalling a Key shows a placeholder, except where
// package fmt cannot call methods: in an unexported field of a struct that is
// printed. Such structs need a method of their own, or hold a pointer.
//
// A Key is copied when passed; Erase clears the one copy it is called on.
type Key [16]byte

// redacted stands for a key in whatever is printed.
const redacted = "crypto.Key(redacted)"

// NewKey reads a key from rand, which must be crypto/rand.Reader outside tests.
func NewKey(rand io.Reader) (Key, error) {
	var k Key
	if _, err := io.ReadFull(rand, k[:]); err != nil {
		return Key{}, fmt.Errorf("crypto: reading a random key: %w", err)
	}
	return k, nil
}

// ParseKey returns the key that s encodes. It takes only what Encode produces
// (protocol.md A1) and returns ErrKeyLength, ErrKeyCharacter or
// ErrKeySpareBits for anything else.
func ParseKey(s string) (Key, error) {
	var k Key
	if len(s) != KeyLen {
		return Key{}, ErrKeyLength
	}
	// The decoder passes over line breaks, which shows in the length.
	n, err := base64.RawStdEncoding.Decode(k[:], []byte(s))
	if err != nil || n != len(k) {
		return Key{}, ErrKeyCharacter
	}
	if k.Encode() != s {
		return Key{}, ErrKeySpareBits
	}
	return k, nil
}

// Encode returns the 22 characters that stand for k on a command line's
// connect message and in the environment. The caller keeps them secret.
func (k Key) Encode() string { return base64.RawStdEncoding.EncodeToString(k[:]) }

// Erase overwrites k with zeros.
func (k *Key) Erase() { clear(k[:]) }

// String returns a placeholder.
func (k Key) String() string { return redacted }

// GoString returns a placeholder.
func (k Key) GoString() string { return redacted }

// Format writes a placeholder, whatever the verb.
func (k Key) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) }

// MarshalText returns a placeholder, so that no encoder or logger writes the key.
func (k Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }
