package wire

import (
	"bytes"
	"errors"
	"testing"
)

func TestMessageVectors(t *testing.T) {
	type vector struct {
		Name, Message string
		Instructions  []vectorItem
		Seen          []vectorItem `json:"instructions_seen"`
		Encoded       hexBytes
		Why           string
	}
	var vectors struct {
		Messages, Tolerated []vector
		Malformed           []vector `json:"malformed_diffs"`
	}
	readVectors(t, "messages.json", &vectors)
	for _, v := range append(vectors.Messages, vectors.Tolerated...) {
		var want, known []Item
		for _, m := range append(v.Instructions, v.Seen...) {
			want = append(want, m.item(t))
		}
		got, err := items(v.Encoded, v.Message == "HostMessage")
		for _, it := range got {
			if it.Kind != Extension { // the vectors know no extensions
				known = append(known, it)
			}
		}
		if err != nil || !sameItems(known, want) {
			t.Errorf("%s: %+v, %v, want %+v", v.Name, known, err, want)
		}
		if b := appendItems(nil, want); v.Seen == nil && !bytes.Equal(b, v.Encoded) {
			t.Errorf("%s: encoded as %x, want %x", v.Name, b, v.Encoded)
		}
	}
	for _, v := range vectors.Malformed {
		for _, host := range []bool{false, true} {
			if got, err := items(v.Encoded, host); !errors.Is(err, ErrMalformed) {
				t.Errorf("%s: %+v, %v, want ErrMalformed", v.Why, got, err)
			}
		}
	}
}

func TestItemsMergeAndExtend(t *testing.T) {
	keys := func(dst []byte, s string) []byte {
		return appendBytes(dst, fieldBytes, appendBytes(nil, fieldBytesValue, []byte(s)))
	}
	message := func(item []byte) []byte { return appendBytes(nil, fieldItem, item) }
	sizes := appendBytes(nil, fieldResize, appendVarint(nil, fieldCols, 80))
	sizes = appendBytes(sizes, fieldResize, appendVarint(nil, fieldRows, 24))
	minus := int64(-1)
	for _, c := range []struct {
		name string
		b    []byte
		host bool
		want []Item
	}{
		{"the later of two keystrokes in one item", message(keys(keys(nil, "a"), "b")), false, []Item{{Kind: Bytes, Bytes: []byte("b")}}},
		{"a resize in two halves", message(sizes), true, []Item{{Kind: Resize, Cols: 80, Rows: 24}}},
		{"a negative size", message(appendBytes(nil, fieldResize, appendVarint(nil, fieldCols, uint64(minus)))), false, []Item{{Kind: Resize, Cols: -1}}},
		{"absent values", message(appendBytes(nil, fieldEchoAck, nil)), true, []Item{{Kind: EchoAck}}},
		{"bytes win over an echo ack", message(keys(appendBytes(nil, fieldEchoAck, nil), "x")), true, []Item{{Kind: Bytes, Bytes: []byte("x")}}},
		{"junk in what is no echo ack to a server", message(appendBytes(nil, fieldEchoAck, []byte{0xff})), false, nil},
		{"an extension", AppendExtension(nil, 64, []byte("e")), true, []Item{{Kind: Extension, Number: 64, Bytes: []byte("e")}}},
		{"extensions around keys come after them", message(appendBytes(keys(appendBytes(nil, 64, []byte("1")), "k"), 70, nil)), false,
			[]Item{{Kind: Bytes, Bytes: []byte("k")}, {Kind: Extension, Number: 64, Bytes: []byte("1")}, {Kind: Extension, Number: 70}}},
		{"a number of ours with another type", message(appendVarint(nil, 64, 1)), false, nil},
		{"a number of nobody", message(appendBytes(nil, 63, []byte{0xff})), true, nil},
	} {
		if got, err := items(c.b, c.host); err != nil || !sameItems(got, c.want) {
			t.Errorf("%s: %+v, %v, want %+v", c.name, got, err, c.want)
		}
	}
	if got, err := items(message(appendBytes(nil, fieldEchoAck, []byte{0xff})), true); !errors.Is(err, ErrMalformed) {
		t.Errorf("junk in an echo ack: %+v, %v, want ErrMalformed", got, err)
	}
}

func TestItemsStopWhenTold(t *testing.T) {
	b := AppendExtension(AppendBytes(nil, []byte("a")), 64, nil)
	b = append(b, 0xff) // malformed behind
	for stop := 1; stop <= 2; stop++ {
		n := 0
		for range UserItems(b) {
			if n++; n == stop {
				break
			}
		}
		if n != stop {
			t.Errorf("%d items before stopping at %d", n, stop)
		}
	}
}

func TestItemsAllocateNothing(t *testing.T) {
	b := AppendBytes(AppendResize(AppendEchoAck(nil, 1<<40), 300, 100), []byte("host bytes"))
	b = AppendExtension(b, 64, []byte("ours"))
	total := 0
	if n := testing.AllocsPerRun(100, func() {
		for it, err := range HostItems(b) {
			if err != nil {
				t.Fatal(err)
			}
			total += len(it.Bytes)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
