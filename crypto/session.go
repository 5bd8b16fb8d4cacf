// Package crypto seals and opens the datagrams of a session: AES-128 in OCB
// mode (RFC 7253) under one key for both directions, with a nonce made of the
// direction and a sequence number that never repeats (protocol.md part A).
//
// A datagram is 8 bytes of nonce word, the ciphertext, and 16 bytes of tag.
// There is no associated data: the nonce word is bound to the tag as the nonce.
//
// The package reads no clock and no randomness of its own, does no I/O, and
// allocates nothing per datagram. Closing a Session and erasing a Key overwrite
// our copies of the secret and what was derived from it; the key schedule
// inside crypto/aes, and copies that the Go runtime made of a Key passed by
// value, go with the garbage collector.
package crypto

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

const (
	wordSize = 8 // bytes of the nonce word

	// Overhead is how many bytes a datagram is longer than its plaintext: the
	// nonce word and the tag (protocol.md A4).
	Overhead = wordSize + tagSize

	// directionBit, bit 63 of the nonce word, is set on datagrams to the client.
	directionBit = 1 << 63

	// maxSequence is the last sequence number: the 63 bits beside the direction.
	maxSequence = directionBit - 1

	// maxBlocks bounds the 16-byte blocks of plaintext that one side seals with
	// a key. Both sides together then stay below the 2^48 that RFC 7253
	// section 5 allows; stock peers stop at the same number (protocol.md A6).
	maxBlocks = 1 << 47
)

var (
	// ErrTruncated reports a datagram shorter than Overhead.
	ErrTruncated = errors.New("crypto: datagram too short")

	// ErrDirection reports a datagram that runs our own way, as a reflected
	// one does. Its tag was not looked at.
	ErrDirection = errors.New("crypto: datagram of our own direction")

	// ErrAuth reports a datagram that was not sealed with the session's key,
	// or was changed since.
	ErrAuth = errors.New("crypto: datagram not authentic")

	// ErrReplay reports an authentic datagram that was opened before, or whose
	// sequence number is 4,096 or more below the highest one opened.
	ErrReplay = errors.New("crypto: replayed datagram")

	// ErrExhausted reports that nothing more may be sealed with this key. The
	// session must end; another one needs another key.
	ErrExhausted = errors.New("crypto: the key has reached its limit of use")

	// ErrSequence reports a SetNext that would use sequence numbers again or
	// leave their 63 bits.
	ErrSequence = errors.New("crypto: sequence number not above those used")

	// ErrClosed reports the use of a closed Session.
	ErrClosed = errors.New("crypto: session closed")
)

// A Direction says which way a datagram runs.
type Direction uint8

const (
	ToServer Direction = 0 // from client to server
	ToClient Direction = 1 // from server to client
)

// String returns "to server" or "to client".
func (d Direction) String() string {
	switch d {
	case ToServer:
		return "to server"
	case ToClient:
		return "to client"
	}
	return fmt.Sprintf("Direction(%d)", uint8(d))
}

// bit returns the nonce word's bit for d.
func (d Direction) bit() uint64 { return uint64(d) << 63 }

// A Session seals the datagrams of one direction and opens those of the
// other. It is not safe for concurrent use. Formatting it shows no secret.
type Session struct {
	cipher *ocb // nil once closed; a pointer, so that no printed struct shows it
	send   Direction
	next   uint64 // sequence number of the next datagram; maxSequence+1 when used up
	blocks uint64 // plaintext blocks sealed so far
	seen   replayWindow
}

// NewSession returns a Session that seals datagrams of the direction send,
// from sequence number 0 on, and opens those of the other. The caller keeps
// key and may erase it. Two Sessions of the same key and direction would use
// nonces twice, which gives everything away: there may be only one, ever.
func NewSession(key Key, send Direction) (*Session, error) {
	defer key.Erase()
	if send > ToClient {
		return nil, fmt.Errorf("crypto: no such direction: %d", uint8(send))
	}
	c, err := newOCB(key[:])
	if err != nil {
		return nil, fmt.Errorf("crypto: making the cipher: %w", err)
	}
	return &Session{cipher: c, send: send}, nil
}

// Seal appends to dst the datagram that carries plaintext under the next
// sequence number, Overhead bytes longer than plaintext. The spare capacity of
// dst must not overlap plaintext. On ErrExhausted and ErrClosed it returns dst
// as it was.
func (s *Session) Seal(dst, plaintext []byte) ([]byte, error) {
	if s.cipher == nil {
		return dst, ErrClosed
	}
	blocks := (uint64(len(plaintext)) + blockSize - 1) / blockSize
	if s.next > maxSequence || blocks >= maxBlocks-s.blocks {
		return dst, ErrExhausted
	}
	word := s.send.bit() | s.next
	s.next++ // before anything is sealed: whatever happens, never the same nonce again
	s.blocks += blocks
	dst = binary.BigEndian.AppendUint64(dst, word)
	return s.cipher.seal(dst, nonceOf(word), plaintext), nil
}

// Open verifies datagram and appends its plaintext to dst, whose spare
// capacity must not overlap datagram. It returns the sequence number and the
// longer dst. On ErrTruncated, ErrDirection, ErrAuth, ErrReplay and ErrClosed
// nothing has changed, dst is returned as it was, and no plaintext is left in
// its spare capacity.
func (s *Session) Open(dst, datagram []byte) (seq uint64, plaintext []byte, err error) {
	if s.cipher == nil {
		return 0, dst, ErrClosed
	}
	if len(datagram) < Overhead {
		return 0, dst, ErrTruncated
	}
	word := binary.BigEndian.Uint64(datagram)
	if word&directionBit == s.send.bit() {
		return 0, dst, ErrDirection
	}
	plaintext, ok := s.cipher.open(dst, nonceOf(word), datagram[wordSize:])
	if !ok {
		return 0, dst, ErrAuth
	}
	seq = word &^ directionBit
	if !s.seen.accept(seq) {
		clear(plaintext[len(dst):])
		return 0, dst, ErrReplay
	}
	return seq, plaintext, nil
}

// SetNext makes seq the next sequence number to seal under: for one who
// continues above every number that may have been used. It returns
// ErrSequence, and changes nothing, if seq is below the next number or above
// 2^63-1.
func (s *Session) SetNext(seq uint64) error {
	if seq < s.next || seq > maxSequence {
		return ErrSequence
	}
	s.next = seq
	return nil
}

// Close overwrites the tables derived from the key. Later calls of Seal and
// Open return ErrClosed. Closing again does nothing.
func (s *Session) Close() {
	if s.cipher != nil {
		s.cipher.erase()
		s.cipher = nil
	}
}

// Format writes the direction and no more, whatever the verb.
func (s *Session) Format(f fmt.State, _ rune) {
	if s == nil {
		io.WriteString(f, "crypto.Session(nil)")
		return
	}
	fmt.Fprintf(f, "crypto.Session(%v)", s.send)
}

// nonceOf returns the nonce of a datagram: four zero bytes and the nonce word.
func nonceOf(word uint64) *[nonceSize]byte {
	var n [nonceSize]byte
	binary.BigEndian.PutUint64(n[nonceSize-wordSize:], word)
	return &n
}
