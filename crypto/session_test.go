package crypto

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
)

func TestDatagramVectors(t *testing.T) {
	var v ocbVectors
	readVectors(t, "ocb.json", &v)
	if len(v.Datagrams) == 0 || len(v.Reject) == 0 {
		t.Fatal("no vectors")
	}
	for _, d := range v.Datagrams {
		word := binary.BigEndian.Uint64(d.NonceWord)
		direction, seq := Direction(word>>63), word&^directionBit
		sender, err := NewSession(mustKey(t, d.Key), direction)
		if err != nil {
			t.Fatal(err)
		}
		if err := sender.SetNext(seq); err != nil {
			t.Fatalf("SetNext(%d): %v", seq, err)
		}
		got, err := sender.Seal(nil, d.Plaintext)
		if err != nil || !bytes.Equal(got, d.Datagram) {
			t.Errorf("%x: sealed %x, %v, want %x", d.NonceWord, got, err, d.Datagram)
		}
		receiver, err := NewSession(mustKey(t, d.Key), 1-direction)
		if err != nil {
			t.Fatal(err)
		}
		gotSeq, plaintext, err := receiver.Open(nil, d.Datagram)
		if err != nil || gotSeq != seq || !bytes.Equal(plaintext, d.Plaintext) {
			t.Errorf("%x: opened %d, %x, %v, want %d, %x", d.NonceWord, gotSeq, plaintext, err, seq, d.Plaintext)
		}
	}
	for _, d := range v.Reject {
		for _, direction := range []Direction{ToServer, ToClient} {
			receiver, err := NewSession(mustKey(t, d.Key), direction)
			if err != nil {
				t.Fatal(err)
			}
			if _, plaintext, err := receiver.Open(nil, d.Datagram); err == nil || len(plaintext) > 0 {
				t.Errorf("%s: opened to %x, %v", d.Why, plaintext, err)
			}
		}
	}
}

func TestSequenceAndDirection(t *testing.T) {
	client, server := newPair(t)
	for want := range uint64(3) {
		d, err := client.Seal(nil, []byte("key"))
		if err != nil {
			t.Fatal(err)
		}
		if got := binary.BigEndian.Uint64(d); got != want {
			t.Errorf("client's nonce word %x, want %x", got, want)
		}
		if seq, p, err := server.Open(nil, d); err != nil || seq != want || string(p) != "key" {
			t.Errorf("Open = %d, %q, %v", seq, p, err)
		}
		if _, _, err := client.Open(nil, d); !errors.Is(err, ErrDirection) {
			t.Errorf("own datagram reflected: %v, want ErrDirection", err)
		}
	}
	d, err := server.Seal(nil, []byte("screen"))
	if err != nil {
		t.Fatal(err)
	}
	if got := binary.BigEndian.Uint64(d); got != 1<<63 {
		t.Errorf("server's first nonce word %x", got)
	}
	if seq, p, err := client.Open(nil, d); err != nil || seq != 0 || string(p) != "screen" {
		t.Errorf("Open = %d, %q, %v", seq, p, err)
	}
	if _, err := NewSession(testKey, 2); err == nil {
		t.Error("a third direction was accepted")
	}
}

func TestSetNextOnlyUpwards(t *testing.T) {
	client, server := newPair(t)
	for _, c := range []struct {
		seq  uint64
		want error
	}{
		{0, nil}, {1 << 40, nil}, {1<<40 - 1, ErrSequence}, {1 << 40, nil}, {1 << 63, ErrSequence}, {1<<64 - 1, ErrSequence},
	} {
		if err := client.SetNext(c.seq); !errors.Is(err, c.want) {
			t.Errorf("SetNext(%d): %v, want %v", c.seq, err, c.want)
		}
	}
	d, err := client.Seal(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if seq, _, err := server.Open(nil, d); err != nil || seq != 1<<40 {
		t.Errorf("Open = %d, %v, want 2^40", seq, err)
	}
	if err := client.SetNext(1 << 40); !errors.Is(err, ErrSequence) {
		t.Errorf("SetNext of the number just used: %v, want ErrSequence", err)
	}
}

func TestExhaustedBySequence(t *testing.T) {
	client, server := newPair(t)
	if err := client.SetNext(1<<63 - 1); err != nil {
		t.Fatal(err)
	}
	d, err := client.Seal(nil, []byte("last"))
	if err != nil {
		t.Fatalf("the last number: %v", err)
	}
	if seq, _, err := server.Open(nil, d); err != nil || seq != 1<<63-1 {
		t.Errorf("Open = %d, %v", seq, err)
	}
	prefix := []byte("prefix")
	for range 2 {
		if got, err := client.Seal(prefix, []byte("more")); !errors.Is(err, ErrExhausted) || !bytes.Equal(got, prefix) {
			t.Errorf("Seal after the last number = %q, %v, want ErrExhausted", got, err)
		}
	}
	if err := client.SetNext(0); !errors.Is(err, ErrSequence) {
		t.Errorf("SetNext(0) when exhausted: %v", err)
	}
}

func TestExhaustedByBlocks(t *testing.T) {
	for _, c := range []struct {
		sealed uint64 // blocks so far
		size   int    // bytes to seal
		want   error
	}{
		{0, 2000, nil},
		{1<<47 - 2, 0, nil},
		{1<<47 - 2, 16, nil},
		{1<<47 - 2, 17, ErrExhausted},
		{1<<47 - 1, 0, nil},
		{1<<47 - 1, 1, ErrExhausted},
		{1<<47 - 100, 1600, ErrExhausted},
	} {
		client, _ := newPair(t)
		client.blocks = c.sealed
		d, err := client.Seal(nil, make([]byte, c.size))
		if !errors.Is(err, c.want) {
			t.Errorf("sealing %d bytes after %d blocks: %v, want %v", c.size, c.sealed, err, c.want)
		}
		if err != nil && (len(d) != 0 || client.next != 0 || client.blocks != c.sealed) {
			t.Errorf("sealing %d bytes after %d blocks changed something", c.size, c.sealed)
		}
		if want := c.sealed + uint64(c.size+15)/16; err == nil && client.blocks != want {
			t.Errorf("%d blocks counted, want %d", client.blocks, want)
		}
	}
}

func TestReplayIsRefused(t *testing.T) {
	client, server := newPair(t)
	var sent [][]byte
	for i := range windowSize + 2 {
		d, err := client.Seal(nil, fmt.Append(nil, i))
		if err != nil {
			t.Fatal(err)
		}
		sent = append(sent, d)
	}
	open := func(i int, want error) {
		t.Helper()
		seq, p, err := server.Open(nil, sent[i])
		if !errors.Is(err, want) {
			t.Errorf("datagram %d: %v, want %v", i, err, want)
		}
		if err == nil && (seq != uint64(i) || string(p) != fmt.Sprint(i)) {
			t.Errorf("datagram %d opened as %d, %q", i, seq, p)
		}
		if err != nil && len(p) > 0 {
			t.Errorf("datagram %d gave %q with %v", i, p, err)
		}
	}
	open(5, nil)
	open(3, nil) // late
	open(3, ErrReplay)
	open(5, ErrReplay)

	forged := bytes.Clone(sent[windowSize+1])
	forged[len(forged)-1] ^= 1
	if _, _, err := server.Open(nil, forged); !errors.Is(err, ErrAuth) {
		t.Errorf("forged: %v, want ErrAuth", err)
	}
	open(0, nil) // the forged one did not move the window

	open(windowSize+1, nil)
	open(1, ErrReplay) // never seen, but older than the window
	open(2, nil)
	open(2, ErrReplay)
}

// TestFailureLeavesNothing looks for plaintext in the caller's buffer after
// every kind of failure.
func TestFailureLeavesNothing(t *testing.T) {
	client, server := newPair(t)
	secret := bytes.Repeat([]byte("attack at dawn, "), 40)
	secret = append(secret, "and more"...)
	good, err := client.Seal(nil, secret)
	if err != nil {
		t.Fatal(err)
	}
	badTag := bytes.Clone(good)
	badTag[len(badTag)-1] ^= 0x80
	if _, _, err := server.Open(nil, good); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name     string
		datagram []byte
		want     error
	}{
		{"replayed", good, ErrReplay},
		{"tag", badTag, ErrAuth},
		{"cut by 1", good[:len(good)-1], ErrAuth},
		{"no plaintext", good[:Overhead], ErrAuth},
		{"23 bytes", good[:Overhead-1], ErrTruncated},
		{"empty", nil, ErrTruncated},
	} {
		buf := append(make([]byte, 0, 4096), "before"...)
		seq, p, err := server.Open(buf, c.datagram)
		if !errors.Is(err, c.want) || seq != 0 || string(p) != "before" {
			t.Errorf("%s: Open = %d, %q, %v, want %v", c.name, seq, p, err, c.want)
		}
		if rest := buf[:cap(buf)][len(buf):]; bytes.Contains(rest, []byte("dawn")) || bytes.Contains(rest, []byte("attack")) {
			t.Errorf("%s: plaintext left in the buffer", c.name)
		}
	}
}

func TestOpenAppends(t *testing.T) {
	client, server := newPair(t)
	for n := range 100 {
		plaintext := bytes.Repeat([]byte{byte(n)}, n)
		d, err := client.Seal([]byte("head"), plaintext)
		if err != nil || string(d[:4]) != "head" || len(d) != 4+n+Overhead {
			t.Fatalf("Seal of %d bytes = %d bytes, %v", n, len(d), err)
		}
		_, p, err := server.Open([]byte("before"), d[4:])
		if err != nil || !bytes.Equal(p, append([]byte("before"), plaintext...)) {
			t.Fatalf("Open of %d bytes = %q, %v", n, p, err)
		}
	}
}

func TestCloseErases(t *testing.T) {
	client, _ := newPair(t)
	d, err := client.Seal(nil, []byte("hello, hello, hello"))
	if err != nil {
		t.Fatal(err)
	}
	c := client.cipher
	client.Close()
	if *c != (ocb{}) {
		t.Error("tables left after Close")
	}
	if got, err := client.Seal(nil, nil); !errors.Is(err, ErrClosed) || len(got) > 0 {
		t.Errorf("Seal when closed = %x, %v", got, err)
	}
	if _, got, err := client.Open(nil, d); !errors.Is(err, ErrClosed) || len(got) > 0 {
		t.Errorf("Open when closed = %x, %v", got, err)
	}
	client.Close()
}

func TestSealAndOpenDoNotAllocate(t *testing.T) {
	if raceEnabled {
		return // the race detector allocates for itself
	}
	client, server := newPair(t)
	plaintext := bytes.Repeat([]byte("x"), 1203)
	datagram, opened := make([]byte, 0, 2048), make([]byte, 0, 2048)
	forged := make([]byte, 100)
	if n := testing.AllocsPerRun(1000, func() {
		d, err := client.Seal(datagram, plaintext)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := server.Open(opened, d); err != nil {
			t.Fatal(err)
		}
		if _, _, err := server.Open(opened, forged); err != ErrAuth {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations per datagram, want 0", n)
	}
}

// FuzzOpen gives a receiver any bytes: it must refuse them all and stay as it
// was, since the fuzzer does not know the key.
func FuzzOpen(f *testing.F) {
	var v ocbVectors
	readVectors(f, "ocb.json", &v)
	for _, d := range v.Datagrams {
		f.Add([]byte(d.Datagram))
	}
	for _, d := range v.Reject {
		f.Add([]byte(d.Datagram))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		client, server := newPair(t)
		buf := make([]byte, 3, 4096)
		for _, s := range []*Session{client, server} {
			if seq, p, err := s.Open(buf, b); err == nil || seq != 0 || len(p) != len(buf) {
				t.Fatalf("Open(%x) = %d, %x, %v", b, seq, p, err)
			}
		}
		// What was refused must not stand in the way of what is real.
		d, err := client.Seal(nil, b)
		if err != nil {
			t.Fatal(err)
		}
		if seq, p, err := server.Open(nil, d); err != nil || seq != 0 || !bytes.Equal(p, b) {
			t.Fatalf("Open(Seal(%x)) = %d, %x, %v", b, seq, p, err)
		}
		// Nor must a change of any one bit pass.
		flipped := bytes.Clone(d)
		at := rand.New(rand.NewPCG(uint64(len(b)), 0)).IntN(len(flipped) * 8)
		flipped[at/8] ^= 1 << (at % 8)
		if _, _, err := server.Open(nil, flipped); err == nil {
			t.Fatalf("bit %d of %x changed, and it opens", at, d)
		}
	})
}
