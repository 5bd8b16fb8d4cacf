package wire

import (
	"iter"

	"google.golang.org/protobuf/encoding/protowire"
)

// The diffs of both flows are built alike: a message is a list of items (field
// 1), each of which holds one sub-message, whose field number is the item's kind.
// A UserMessage, from client to server, has bytes (keystrokes) and resizes; a
// HostMessage, from server to client, has bytes (output for the terminal),
// resizes and echo acks. Unknown fields are skipped at every level.

// Kind says what an Item is.
type Kind uint8

// The kinds of an Item. In a message that puts several of the first three into
// one item, the first of them in this order counts.
const (
	Bytes     Kind = iota // keystrokes or host bytes, possibly none
	Resize                // a new window size
	EchoAck               // newest client state that had time to show on the screen; host messages only
	Extension             // one of ours, which stock peers skip
)

// An Item is one event of a UserMessage or one step of a HostMessage, to be taken
// in order.
type Item struct {
	Kind       Kind
	Bytes      []byte // of Bytes and Extension
	Cols, Rows int32  // of Resize; 0 where the message has none: to be refused below 1 and above what is sensible
	EchoAck    uint64 // of EchoAck; 0 where the message has none
	Number     int32  // of Extension: its field number, MinExtension or more
}

// MinExtension is the least field number of an item's sub-message that is handed
// out as an Extension. The numbers 19000..19999 are protobuf's own.
const MinExtension = 64

// Field numbers: of an item in a message, of the kinds in an item, and inside
// those.
const (
	fieldItem = 1

	fieldBytes   = 2
	fieldResize  = 3
	fieldEchoAck = 7

	fieldBytesValue   = 4
	fieldCols         = 5
	fieldRows         = 6
	fieldEchoAckValue = 8
)

// UserItems yields the items of a UserMessage in order. Slices alias b. A
// malformed message yields ErrMalformed last.
func UserItems(b []byte) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) { eachItem(b, false, yield) }
}

// HostItems yields the items of a HostMessage in order. Slices alias b. A
// malformed message yields ErrMalformed last.
func HostItems(b []byte) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) { eachItem(b, true, yield) }
}

// eachItem yields the items of a message. Echo acks exist in host messages only.
func eachItem(b []byte, host bool, yield func(Item, error) bool) {
	for len(b) > 0 {
		f, rest, err := parseField(b)
		if err != nil {
			yield(Item{}, err)
			return
		}
		b = rest
		if f.isBytes(fieldItem) && !parseItem(f.bytes, host, yield) {
			return
		}
	}
}

// parseItem yields what one item of a message says: its kind if that is known,
// then the extensions in it. A sub-message that occurs twice is merged, as
// protobuf wants: the later value counts. It reports whether to go on.
func parseItem(b []byte, host bool, yield func(Item, error) bool) bool {
	var known [Extension]bool
	var it Item
	extensions := false
	for rest := b; len(rest) > 0; {
		f, after, err := parseField(rest)
		kind := f.kind(host)
		switch {
		case err != nil:
		case kind == Extension:
			extensions = extensions || f.isExtension()
		default:
			known[kind] = true
			err = it.merge(f.bytes, kind)
		}
		if err != nil {
			yield(Item{}, err)
			return false
		}
		rest = after
	}
	for kind, present := range known {
		if present {
			if !yield(it.only(Kind(kind)), nil) {
				return false
			}
			break
		}
	}
	return !extensions || eachExtension(b, yield)
}

// kind returns the kind that a field of an item stands for; Extension for all
// that are not known, ours or not.
func (f field) kind(host bool) Kind {
	switch {
	case f.isBytes(fieldBytes):
		return Bytes
	case f.isBytes(fieldResize):
		return Resize
	case f.isBytes(fieldEchoAck) && host:
		return EchoAck
	}
	return Extension
}

func (f field) isExtension() bool { return f.num >= MinExtension && f.typ == protowire.BytesType }

// merge takes over the values of a sub-message of the given kind.
func (it *Item) merge(b []byte, kind Kind) error {
	for len(b) > 0 {
		f, rest, err := parseField(b)
		if err != nil {
			return err
		}
		b = rest
		switch {
		case kind == Bytes && f.isBytes(fieldBytesValue):
			it.Bytes = f.bytes
		case kind == Resize && f.isVarint(fieldCols):
			it.Cols = int32(f.varint)
		case kind == Resize && f.isVarint(fieldRows):
			it.Rows = int32(f.varint)
		case kind == EchoAck && f.isVarint(fieldEchoAckValue):
			it.EchoAck = f.varint
		}
	}
	return nil
}

// only returns the item with the values of one kind.
func (it Item) only(kind Kind) Item {
	switch kind {
	case Bytes:
		return Item{Kind: Bytes, Bytes: it.Bytes}
	case Resize:
		return Item{Kind: Resize, Cols: it.Cols, Rows: it.Rows}
	}
	return Item{Kind: EchoAck, EchoAck: it.EchoAck}
}

// eachExtension yields the extensions of an item, which is known to be
// well-formed. It reports whether to go on.
func eachExtension(b []byte, yield func(Item, error) bool) bool {
	for len(b) > 0 {
		f, rest, err := parseField(b)
		if err != nil {
			yield(Item{}, err)
			return false
		}
		b = rest
		if f.isExtension() && !yield(Item{Kind: Extension, Number: int32(f.num), Bytes: f.bytes}, nil) {
			return false
		}
	}
	return true
}

// AppendBytes appends an item of keystrokes to a UserMessage, or of host bytes to
// a HostMessage. Stock clients need complete sequences and whole characters in
// host bytes, and none that a terminal would answer.
func AppendBytes(dst, b []byte) []byte {
	dst = appendItem(dst, fieldBytes, protowire.SizeTag(fieldBytesValue)+protowire.SizeBytes(len(b)))
	return appendBytes(dst, fieldBytesValue, b)
}

// AppendResize appends a resize. Stock peers quit unless both sizes are at least
// 1.
func AppendResize(dst []byte, cols, rows int32) []byte {
	size := sizeVarint(fieldCols, uint64(cols)) + sizeVarint(fieldRows, uint64(rows))
	dst = appendItem(dst, fieldResize, size)
	dst = appendVarint(dst, fieldCols, uint64(cols))
	return appendVarint(dst, fieldRows, uint64(rows))
}

// AppendEchoAck appends an echo ack to a HostMessage. It must not fall from one
// state to the next: stock clients quit then.
func AppendEchoAck(dst []byte, num uint64) []byte {
	dst = appendItem(dst, fieldEchoAck, sizeVarint(fieldEchoAckValue, num))
	return appendVarint(dst, fieldEchoAckValue, num)
}

// AppendExtension appends an item of our own. number is MinExtension or more. To
// peers that did not agree on it, it says nothing.
func AppendExtension(dst []byte, number int32, body []byte) []byte {
	if number < MinExtension {
		panic("wire: extension number below MinExtension")
	}
	dst = appendItem(dst, protowire.Number(number), len(body))
	return append(dst, body...)
}

// appendItem appends the frame of an item whose sub-message has size bytes, which
// the caller appends next.
func appendItem(dst []byte, kind protowire.Number, size int) []byte {
	dst = protowire.AppendTag(dst, fieldItem, protowire.BytesType)
	dst = protowire.AppendVarint(dst, uint64(protowire.SizeTag(kind)+protowire.SizeBytes(size)))
	dst = protowire.AppendTag(dst, kind, protowire.BytesType)
	return protowire.AppendVarint(dst, uint64(size))
}

func sizeVarint(num protowire.Number, v uint64) int {
	return protowire.SizeTag(num) + protowire.SizeVarint(v)
}
