package ssp

import (
	"bytes"
	"crypto/rand"
	"slices"
	"testing"
	"time"

	"roam/ssp/wire"
)

func TestCutsLikeStock(t *testing.T) {
	var vectors struct {
		Cuts []struct {
			CompressedLength int    `json:"compressed_length"`
			Path             string `json:"path"`
			PieceLimit       int    `json:"piece_limit"`
			Pieces           []int
			DatagramLengths  []int `json:"datagram_lengths"`
		}
	}
	readVectors(t, "fragments.json", &vectors)
	payloads := map[string]int{"ipv4": MaxPayloadIPv4, "ipv6": MaxPayloadIPv6, "fallback": MaxPayloadFallback}
	for _, c := range vectors.Cuts {
		payload, ok := payloads[c.Path]
		if !ok {
			t.Fatalf("vector for path %q", c.Path)
		}
		var o outbox
		o.load(wire.Instruction{}, form{}, payload)
		o.rest = make([]byte, c.CompressedLength)
		if o.limit != c.PieceLimit || o.pieces() != len(c.Pieces) {
			t.Errorf("%s, %d bytes: limit %d, %d pieces, want %d, %d", c.Path, c.CompressedLength, o.limit, o.pieces(), c.PieceLimit, len(c.Pieces))
		}
		var pieces, datagrams []int
		for o.pieces() > 0 {
			f := o.next()
			if f.ID != 1 || int(f.Num) != len(pieces) || f.Final != (o.pieces() == 0) {
				t.Errorf("%s, %d bytes: piece %+v", c.Path, c.CompressedLength, f)
			}
			pieces = append(pieces, len(f.Body))
			datagrams = append(datagrams, len(f.Body)+fixedOverhead)
		}
		if !slices.Equal(pieces, c.Pieces) || !slices.Equal(datagrams, c.DatagramLengths) {
			t.Errorf("%s, %d bytes: pieces %v, datagrams %v, want %v, %v", c.Path, c.CompressedLength, pieces, datagrams, c.Pieces, c.DatagramLengths)
		}
	}
}

func TestTheLargestInstructionHasFewEnoughPieces(t *testing.T) {
	diff := []byte(noise(maxDiff))
	var o outbox
	o.load(wire.Instruction{Version: 2, Old: wire.Final, New: wire.Final, Ack: wire.Final, Throwaway: wire.Final, Diff: diff, Chaff: make([]byte, maxChaff), Roam: make([]byte, 63)}, form{}, 0)
	if n := o.pieces(); n > wire.MaxFragments {
		t.Errorf("%d pieces", n)
	}
	if cap(o.plain) > keepBuffer || cap(o.compressed) > keepBuffer {
		t.Errorf("buffers of %d and %d bytes are kept", cap(o.plain), cap(o.compressed))
	}
}

func TestChaffLengthsAreEven(t *testing.T) {
	p := padder{rand: rand.Reader}
	const draws = 17_000
	var count [maxChaff + 1]int
	contents := map[string]int{}
	for range draws {
		chaff := p.next()
		count[len(chaff)]++
		if len(chaff) >= 8 {
			contents[string(chaff)]++
		}
	}
	for n, c := range count {
		if c < 800 || c > 1200 {
			t.Errorf("%d bytes of chaff %d times in %d", n, c, draws)
		}
	}
	for chaff, n := range contents {
		if n > 1 {
			t.Errorf("chaff %x came %d times", chaff, n)
		}
	}
	if got := (&padder{rand: bytes.NewReader(nil)}).next(); got != nil {
		t.Errorf("chaff without randomness: %x", got)
	}
}

func TestSetMaxPayloadSendsWhatIsHalfOutAnew(t *testing.T) {
	st := begin(t, Client, 100*ms)
	text := noise(3000)
	st.local = newList("." + text)
	st.Touch(st.now)
	st.now = st.now.Add(ms)
	first, ok := st.Poll(st.now, nil)
	if !ok || len(first) != MaxPayloadIPv4 {
		t.Fatalf("Poll gives %d bytes, %v", len(first), ok)
	}
	st.SetMaxPayload(MaxPayloadFallback, 0) // the kernel refused the datagram
	st.flush()
	x := st.wantSend(`[1->2] ack 1 3000 bytes`)
	if x[0].packets != 7 {
		t.Errorf("took %d datagrams, want 7 of at most 462 bytes", x[0].packets)
	}
	st.ack(2)
	st.SetMaxPayload(MaxPayloadFallback, 0) // nothing changes
	st.wantQuiet()
	st.SetMaxPayload(1, 0)
	st.add(noise(300))
	st.advance(100 * ms)
	if x := st.take(); len(x) != 1 || x[0].packets != 3 {
		t.Errorf("with a payload of 1 byte: %v", x)
	}
}

// TestKeysLookTheSame: what a client types has lengths in steps of 24 to a roam
// server, whose echoes are not padded; to a stock one chaff of random length, of which
// these stories have none.
func TestKeysLookTheSame(t *testing.T) {
	lengths := func(st listStory) map[int]bool {
		seen := map[int]bool{}
		for _, keys := range []string{"a", "\x1bOA", "é", "日", "\x1b[1;5C"} {
			st.advance(time.Second)
			st.take()
			st.add(keys)
			for _, x := range st.take() {
				seen[x.bytes] = true
			}
			st.ack(st.SentNum())
		}
		st.advance(time.Second)
		st.take()
		return seen
	}
	for abilities, overhead := range map[string]int{"p": fixedOverhead, "p" + string(compactAbility): bareOverhead} {
		client := lengths(beginRoams(t, Client, 100*ms, abilities))
		for n := range client {
			if (n-overhead)%keyStep != 0 {
				t.Errorf("%s: a key takes %d bytes", abilities, n)
			}
		}
		if len(client) > 1 {
			t.Errorf("%s: keys take %v bytes", abilities, client)
		}
	}
	if server := lengths(beginRoam(t, Server, 100*ms)); len(server) < 3 {
		t.Errorf("the server's diffs take %v bytes, and are not to be padded", server)
	}
	if stock := lengths(begin(t, Client, 100*ms)); len(stock) < 3 {
		t.Errorf("to a stock server keys take %v bytes with chaff of no length", stock)
	}
}

// TestPaddingOfAnyLength pads diffs of all short lengths in both forms; what is read
// is the same, and the length a multiple of the step where it fits.
func TestPaddingOfAnyLength(t *testing.T) {
	var z wire.Inflater
	for n := range 100 {
		ins := wire.Instruction{Version: wire.Version, New: 1, Diff: []byte(noise(n))}
		for _, compact := range []bool{false, true} {
			var o outbox
			o.load(ins, form{compact: compact, step: keyStep}, MaxPayloadIPv4)
			if len(o.rest)%keyStep != 0 {
				t.Errorf("%d bytes, compact %v: %d bytes", n, compact, len(o.rest))
			}
			var got wire.Instruction
			var err error
			if compact {
				got, _, err = z.ParseCompact(nil, o.rest)
			} else if inflated, e := z.Append(nil, o.rest); e == nil {
				got, err = wire.ParseInstruction(inflated)
			} else {
				err = e
			}
			if err != nil || got.New != 1 || !bytes.Equal(got.Diff, ins.Diff) {
				t.Errorf("%d bytes, compact %v: read as %+v, %v", n, compact, got, err)
			}
		}
	}
}
