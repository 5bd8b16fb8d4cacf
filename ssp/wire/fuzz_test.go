package wire

import (
	"bytes"
	"slices"
	"testing"
)

func FuzzPacket(f *testing.F) {
	sessions(f, func(_ string, s session) {
		for _, d := range s.Datagrams[:min(4, len(s.Datagrams))] {
			f.Add([]byte(d.Plaintext))
		}
	})
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ParsePacket(b)
		if err != nil {
			return
		}
		frag, err := ParseFragment(p.Payload)
		if err != nil {
			return
		}
		again := AppendFragment(AppendPacket(nil, Packet{Timestamp: p.Timestamp, Reply: p.Reply}), frag)
		if !bytes.Equal(again, b) {
			t.Errorf("%x is encoded as %x", b, again)
		}
	})
}

func FuzzInstruction(f *testing.F) {
	sessions(f, func(_ string, s session) {
		for _, ins := range s.Instructions[:min(4, len(s.Instructions))] {
			f.Add([]byte(ins.Inflated))
		}
	})
	f.Add(AppendInstruction(nil, Instruction{Version: 2, New: Final, Roam: []byte("roam")}))
	f.Fuzz(func(t *testing.T, b []byte) {
		ins, err := ParseInstruction(b)
		if err != nil {
			return
		}
		encoded := AppendInstruction(nil, ins)
		again, err := ParseInstruction(encoded)
		if err != nil || !bytes.Equal(AppendInstruction(nil, again), encoded) {
			t.Errorf("%x gives %+v, then %+v, %v", b, ins, again, err)
		}
	})
}

// fuzzItems checks that what a message says survives being encoded.
func fuzzItems(t *testing.T, b []byte, host bool) {
	got, err := items(b, host)
	if err != nil {
		return
	}
	again, err := items(appendItems(nil, got), host)
	if err != nil || !sameItems(again, got) {
		t.Errorf("%x says %+v, then %+v, %v", b, got, again, err)
	}
}

func FuzzUserMessage(f *testing.F) {
	sessions(f, func(_ string, s session) {
		for _, ins := range s.Instructions {
			if ins.Dir == "c2s" && len(ins.Diff) > 0 {
				f.Add([]byte(ins.Diff))
			}
		}
	})
	f.Add(AppendExtension(nil, MinExtension, []byte("ours")))
	f.Fuzz(func(t *testing.T, b []byte) { fuzzItems(t, b, false) })
}

func FuzzHostMessage(f *testing.F) {
	sessions(f, func(_ string, s session) {
		for _, ins := range s.Instructions {
			if ins.Dir == "s2c" && len(ins.Diff) > 0 && len(ins.Diff) < 500 {
				f.Add([]byte(ins.Diff))
			}
		}
	})
	f.Add(AppendExtension(AppendEchoAck(nil, 7), MinExtension, []byte("ours")))
	f.Fuzz(func(t *testing.T, b []byte) { fuzzItems(t, b, true) })
}

// FuzzAssembler reads a script of fragments, two bytes and a body each. The
// result is compared with what a map of pieces gives, as long as nothing is
// displaced.
func FuzzAssembler(f *testing.F) {
	f.Add([]byte{0x00, 1, 'a', 0x11, 1, 'b'})
	f.Add([]byte{0x11, 1, 'b', 0x00, 0, 0x00, 2, 'a', 'b'})
	f.Fuzz(func(t *testing.T, script []byte) {
		var a Assembler
		model := map[uint64]map[uint16]Fragment{}
		for len(script) >= 2 {
			frag := Fragment{ID: uint64(script[0] >> 5), Num: uint16(script[0] & 0x0f), Final: script[0]&0x10 != 0}
			n := min(int(script[1]), len(script)-2)
			frag.Body = script[2 : 2+n]
			script = script[2+n:]
			got, done, err := a.Add(frag)
			want, wantDone, wantErr := addToModel(model, frag)
			if done != wantDone || (err != nil) != wantErr || !bytes.Equal(got, want) {
				t.Fatalf("Add(%+v) = %x, %v, %v, want %x, %v, error %v", frag, got, done, err, want, wantDone, wantErr)
			}
		}
	})
}

// addToModel does what Assembler.Add should do.
func addToModel(model map[uint64]map[uint16]Fragment, f Fragment) (whole []byte, done, conflict bool) {
	m := model[f.ID]
	if m == nil {
		m = map[uint16]Fragment{}
		model[f.ID] = m
	}
	old, known := m[f.Num]
	conflict = known && (old.Final != f.Final || !bytes.Equal(old.Body, f.Body))
	m[f.Num] = f
	var nums []uint16
	for num, piece := range m {
		nums = append(nums, num)
		for other := range m {
			conflict = conflict || piece.Final && other > num
		}
	}
	if conflict {
		delete(model, f.ID)
		return nil, false, true
	}
	slices.Sort(nums)
	for i, num := range nums {
		if int(num) != i {
			return nil, false, false
		}
		whole = append(whole, m[num].Body...)
	}
	if !m[nums[len(nums)-1]].Final {
		return nil, false, false
	}
	delete(model, f.ID)
	return whole, true, false
}

func FuzzInflate(f *testing.F) {
	sessions(f, func(_ string, s session) {
		for _, d := range s.Datagrams[:min(4, len(s.Datagrams))] {
			f.Add([]byte(d.Plaintext[Overhead:]))
		}
	})
	var z Inflater
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := z.Append(nil, b)
		if err != nil {
			return
		}
		if want := stdInflate(t, b); !bytes.Equal(got, want) {
			t.Errorf("%x inflates to %x, want %x", b, got, want)
		}
	})
}

func FuzzCompress(f *testing.F) {
	for _, plain := range samplePlains() {
		if len(plain) <= 300 {
			f.Add(plain)
		}
	}
	var c Compressor
	f.Fuzz(func(t *testing.T, plain []byte) {
		stream := c.Append(nil, plain)
		if got := stdInflate(t, stream); !bytes.Equal(got, plain) {
			t.Errorf("%x comes out as %x", plain, got)
		}
	})
}
