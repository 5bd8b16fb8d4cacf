package wire

import (
	"bytes"
	"errors"
	"reflect"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

func TestInstructionVectors(t *testing.T) {
	var vectors struct {
		Instructions []struct {
			Name      string
			Version   uint32 `json:"protocol_version"`
			Old       uint64 `json:"old_num,string"`
			New       uint64 `json:"new_num,string"`
			Ack       uint64 `json:"ack_num,string"`
			Throwaway uint64 `json:"throwaway_num,string"`
			Diff      hexBytes
			Chaff     hexBytes
			Encoded   hexBytes
		}
	}
	readVectors(t, "messages.json", &vectors)
	for _, v := range vectors.Instructions {
		want := Instruction{v.Version, v.Old, v.New, v.Ack, v.Throwaway, v.Diff, v.Chaff, nil}
		got, err := ParseInstruction(v.Encoded)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: ParseInstruction = %+v, %v, want %+v", v.Name, got, err, want)
		}
		if b := AppendInstruction(nil, want); !bytes.Equal(b, v.Encoded) {
			t.Errorf("%s: AppendInstruction = %x, want %x", v.Name, b, v.Encoded)
		}
	}
}

func TestParseInstructionCutAtEveryLength(t *testing.T) {
	whole := AppendInstruction(nil, Instruction{Version: 2, Old: 300, New: Final, Ack: 1 << 40, Diff: []byte("diff"), Chaff: []byte("c"), Roam: []byte("roam")})
	boundary := map[int]bool{}
	for rest := whole; ; {
		boundary[len(whole)-len(rest)] = true
		if len(rest) == 0 {
			break
		}
		_, rest, _ = parseField(rest)
	}
	for n := range len(whole) + 1 {
		if _, err := ParseInstruction(whole[:n]); (err == nil) != boundary[n] || err != nil && !errors.Is(err, ErrMalformed) {
			t.Errorf("cut at %d of %d: %v", n, len(whole), err)
		}
	}
}

func TestParseInstructionTolerates(t *testing.T) {
	unknown := func(b []byte) []byte { // one of each wire type
		b = appendVarint(b, 8, 7)
		b = appendBytes(b, 100, []byte("x"))
		b = protowire.AppendFixed32(protowire.AppendTag(b, 101, protowire.Fixed32Type), 1)
		b = protowire.AppendFixed64(protowire.AppendTag(b, protowire.MaxValidNumber, protowire.Fixed64Type), 1)
		b = protowire.AppendTag(b, 9, protowire.StartGroupType)
		b = appendVarint(b, 1, 99)
		return protowire.AppendTag(b, 9, protowire.EndGroupType)
	}
	plain := AppendInstruction(nil, Instruction{Version: 2, New: 3, Diff: []byte("d")})
	for _, c := range []struct {
		name string
		b    []byte
		want Instruction
	}{
		{"nothing", nil, Instruction{}},
		{"unknown fields in front and behind", unknown(append(unknown(nil), plain...)), Instruction{Version: 2, New: 3, Diff: []byte("d"), Chaff: []byte{}}},
		{"repeated fields: the last counts", append(appendVarint(nil, fieldNew, 9), plain...), Instruction{Version: 2, New: 3, Diff: []byte("d"), Chaff: []byte{}}},
		{"known fields of another type", appendVarint(appendBytes(nil, fieldNew, []byte{5}), fieldDiff, 1), Instruction{}},
		{"version of more than 32 bits", appendVarint(nil, fieldVersion, 2+1<<32), Instruction{Version: 2}},
		{"an empty field 64 is not an absent one", appendBytes(nil, fieldRoam, nil), Instruction{Roam: []byte{}}},
	} {
		if got, err := ParseInstruction(c.b); err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, %v, want %+v", c.name, got, err, c.want)
		}
	}
	for _, b := range [][]byte{
		protowire.AppendTag(nil, 9, protowire.EndGroupType),
		protowire.AppendTag(nil, 9, protowire.StartGroupType),
		{0x02, 0x00}, // field number 0
		{0x0e},       // wire type 6
		bytes.Repeat([]byte{0xff}, 11),
	} {
		if _, err := ParseInstruction(b); !errors.Is(err, ErrMalformed) {
			t.Errorf("ParseInstruction(%x): %v, want ErrMalformed", b, err)
		}
	}
}

func TestInstructionAllocatesNothing(t *testing.T) {
	ins := Instruction{Version: 2, Old: 300, New: Final, Ack: 1 << 40, Diff: []byte("diff"), Roam: []byte("roam")}
	b := AppendInstruction(nil, ins)
	if n := testing.AllocsPerRun(100, func() {
		b = AppendInstruction(b[:0], ins)
		if _, err := ParseInstruction(b); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
