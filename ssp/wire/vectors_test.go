package wire

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// The vectors in ../testdata come from stock peers and stock compilers; the
// README there describes them.

// hexBytes are bytes that JSON writes in hexadecimal.
type hexBytes []byte

func (h *hexBytes) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(string(text))
	*h = b
	return err
}

// A vectorItem is one item of a message as the vectors write it.
type vectorItem struct {
	Kind          string
	Bytes         hexBytes
	Width, Height int32
	Num           uint64 `json:",string"`
}

// item returns v as the decoder should give it.
func (v vectorItem) item(t testing.TB) Item {
	t.Helper()
	switch v.Kind {
	case "keystroke", "hostbytes":
		return Item{Kind: Bytes, Bytes: v.Bytes}
	case "resize":
		return Item{Kind: Resize, Cols: v.Width, Rows: v.Height}
	case "echoack":
		return Item{Kind: EchoAck, EchoAck: v.Num}
	}
	t.Fatalf("vector has an item of kind %q", v.Kind)
	return Item{}
}

// A session is a recorded session of two stock peers.
type session struct {
	Key       string
	Datagrams []struct {
		Dir            string
		Wire           hexBytes
		Seq            uint64 `json:",string"`
		Plaintext      hexBytes
		Timestamp      uint16
		TimestampReply uint16 `json:"timestamp_reply"`
		FragmentID     uint64 `json:"fragment_id,string"`
		FragmentNum    uint16 `json:"fragment_num"`
		Final          bool
	}
	Instructions []struct {
		Datagrams []int
		Dir       string
		Version   uint32 `json:"protocol_version"`
		Old       uint64 `json:"old_num,string"`
		New       uint64 `json:"new_num,string"`
		Ack       uint64 `json:"ack_num,string"`
		Throwaway uint64 `json:"throwaway_num,string"`
		Diff      hexBytes
		Chaff     hexBytes
		Inflated  hexBytes
		Messages  []vectorItem
	}
}

// readVectors decodes a file of ../testdata into v.
func readVectors(t testing.TB, name string, v any) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// sessions calls use with each recorded session.
func sessions(t testing.TB, use func(name string, s session)) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("..", "testdata", "session-*.json"))
	if err != nil || len(names) < 10 {
		t.Fatalf("found %d recorded sessions (%v), want at least 10", len(names), err)
	}
	for _, name := range names {
		var s session
		name = filepath.Base(name)
		readVectors(t, name, &s)
		use(name, s)
	}
}

// items collects what a message says, copied.
func items(b []byte, host bool) (all []Item, err error) {
	read := UserItems
	if host {
		read = HostItems
	}
	for it, err := range read(b) {
		if err != nil {
			return all, err
		}
		it.Bytes = bytes.Clone(it.Bytes)
		all = append(all, it)
	}
	return all, nil
}

// sameItems compares items; nil and empty bytes are the same.
func sameItems(a, b []Item) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		x, y := a[i], b[i]
		if !bytes.Equal(x.Bytes, y.Bytes) {
			return false
		}
		x.Bytes, y.Bytes = nil, nil
		if x.Kind != y.Kind || x.Cols != y.Cols || x.Rows != y.Rows || x.EchoAck != y.EchoAck || x.Number != y.Number {
			return false
		}
	}
	return true
}

// appendItems encodes items as a message.
func appendItems(dst []byte, items []Item) []byte {
	for _, it := range items {
		switch it.Kind {
		case Bytes:
			dst = AppendBytes(dst, it.Bytes)
		case Resize:
			dst = AppendResize(dst, it.Cols, it.Rows)
		case EchoAck:
			dst = AppendEchoAck(dst, it.EchoAck)
		case Extension:
			dst = AppendExtension(dst, it.Number, it.Bytes)
		}
	}
	return dst
}

// TestRecordedSessions decodes every datagram and instruction of the recorded
// sessions to what the recording says, and encodes them to the same bytes again.
func TestRecordedSessions(t *testing.T) {
	sessions(t, func(name string, s session) {
		for i, d := range s.Datagrams {
			p, err := ParsePacket(d.Plaintext)
			if err != nil {
				t.Fatalf("%s: datagram %d: %v", name, i, err)
			}
			f, err := ParseFragment(p.Payload)
			if err != nil {
				t.Fatalf("%s: datagram %d: %v", name, i, err)
			}
			if p.Timestamp != d.Timestamp || p.Reply != d.TimestampReply || f.ID != d.FragmentID || f.Num != d.FragmentNum || f.Final != d.Final {
				t.Errorf("%s: datagram %d is %+v %+v", name, i, p, f)
			}
			if got := AppendFragment(AppendPacket(nil, Packet{Timestamp: p.Timestamp, Reply: p.Reply}), f); !bytes.Equal(got, d.Plaintext) {
				t.Errorf("%s: datagram %d is encoded as %x, want %x", name, i, got, d.Plaintext)
			}
		}
		var a Assembler
		var z Inflater
		for i, want := range s.Instructions {
			var inflated []byte
			for _, n := range want.Datagrams {
				p, _ := ParsePacket(s.Datagrams[n].Plaintext)
				f, _ := ParseFragment(p.Payload)
				compressed, done, err := a.Add(f)
				if err != nil || done != (n == want.Datagrams[len(want.Datagrams)-1]) {
					t.Fatalf("%s: instruction %d: Add = %v, %v", name, i, done, err)
				}
				if done {
					if inflated, err = z.Append(nil, compressed); err != nil {
						t.Fatalf("%s: instruction %d: %v", name, i, err)
					}
				}
			}
			if !bytes.Equal(inflated, want.Inflated) {
				t.Fatalf("%s: instruction %d inflates to %x, want %x", name, i, inflated, want.Inflated)
			}
			got, err := ParseInstruction(inflated)
			if err != nil {
				t.Fatalf("%s: instruction %d: %v", name, i, err)
			}
			if got.Version != want.Version || got.Old != want.Old || got.New != want.New || got.Ack != want.Ack || got.Throwaway != want.Throwaway ||
				!bytes.Equal(got.Diff, want.Diff) || !bytes.Equal(got.Chaff, want.Chaff) || got.Roam != nil {
				t.Errorf("%s: instruction %d is %+v", name, i, got)
			}
			if again := AppendInstruction(nil, got); !bytes.Equal(again, inflated) {
				t.Errorf("%s: instruction %d is encoded as %x, want %x", name, i, again, inflated)
			}
			var wantItems []Item
			for _, m := range want.Messages {
				wantItems = append(wantItems, m.item(t))
			}
			gotItems, err := items(got.Diff, want.Dir == "s2c")
			if err != nil || !sameItems(gotItems, wantItems) {
				t.Errorf("%s: instruction %d says %+v, %v, want %+v", name, i, gotItems, err, wantItems)
			}
			if again := appendItems(nil, gotItems); !bytes.Equal(again, got.Diff) {
				t.Errorf("%s: the diff of instruction %d is encoded as %x, want %x", name, i, again, got.Diff)
			}
		}
	})
}
