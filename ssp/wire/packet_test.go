package wire

import (
	"bytes"
	"errors"
	"testing"
)

func TestParsePacketCutAtEveryLength(t *testing.T) {
	whole := AppendPacket(nil, Packet{Timestamp: 0x0102, Reply: NoTimestamp, Payload: []byte("payload")})
	for n := range len(whole) + 1 {
		p, err := ParsePacket(whole[:n])
		if n < PacketOverhead {
			if !errors.Is(err, ErrTruncated) {
				t.Errorf("ParsePacket of %d bytes: %v, want ErrTruncated", n, err)
			}
			continue
		}
		if err != nil || p.Timestamp != 0x0102 || p.Reply != NoTimestamp || string(p.Payload) != "payload"[:n-PacketOverhead] {
			t.Errorf("ParsePacket of %d bytes = %+v, %v", n, p, err)
		}
	}
}

func TestFragmentHeaders(t *testing.T) {
	var vectors struct {
		Headers []struct {
			Header hexBytes
			ID     uint64 `json:",string"`
			Num    uint16
			Final  bool
		}
	}
	readVectors(t, "fragments.json", &vectors)
	for _, v := range vectors.Headers {
		f, err := ParseFragment(v.Header)
		if err != nil || f.ID != v.ID || f.Num != v.Num || f.Final != v.Final || len(f.Body) != 0 {
			t.Errorf("ParseFragment(%x) = %+v, %v", v.Header, f, err)
		}
		if got := AppendFragment(nil, f); !bytes.Equal(got, v.Header) {
			t.Errorf("AppendFragment(%+v) = %x, want %x", f, got, v.Header)
		}
		for n := range v.Header {
			if _, err := ParseFragment(v.Header[:n]); !errors.Is(err, ErrTruncated) {
				t.Errorf("ParseFragment of %d bytes: %v, want ErrTruncated", n, err)
			}
		}
	}
}

func TestAppendFragmentRefusesLargeNumbers(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("AppendFragment took number 32768, which would set the final bit")
		}
	}()
	AppendFragment(nil, Fragment{Num: MaxFragments})
}

func TestFragmentKind(t *testing.T) {
	for _, c := range []struct {
		f         Fragment
		kind      uint8
		clean, ok bool
	}{
		{Fragment{ID: 1, Final: true}, 0, false, false},
		{Fragment{ID: MinKindID - 1}, 0, false, false},
		{Fragment{ID: MinKindID}, 0, true, true},
		{Fragment{ID: KindID(5)}, 5, true, true},
		{Fragment{ID: KindID(127)}, 127, true, true},
		{Fragment{ID: KindID(5) + 1}, 5, false, true},
		{Fragment{ID: KindID(5), Num: 1}, 5, false, true},
		{Fragment{ID: KindID(5), Final: true}, 5, false, true},
		{Fragment{ID: Final}, 127, false, true},
	} {
		if kind, clean, ok := c.f.Kind(); kind != c.kind || clean != c.clean || ok != c.ok {
			t.Errorf("%+v.Kind() = %d, %v, %v, want %d, %v, %v", c.f, kind, clean, ok, c.kind, c.clean, c.ok)
		}
	}
}
