package ssp

import (
	"errors"
	"testing"
	"time"

	"roam/ssp/wire"
)

// TestInstructionsThatAreNotAccepted is the table of docs/protocol.md C6: which
// instructions are accepted, and what of the others is used nevertheless.
func TestInstructionsThatAreNotAccepted(t *testing.T) {
	for _, c := range []struct {
		name string
		ins  wire.Instruction
		err  error

		acked  bool // its ack was used
		thrown bool // its throwaway number was used
		newest bool // its state is the newest now
	}{
		{"accepted", wire.Instruction{Old: 3, New: 9, Ack: 2, Throwaway: 3, Diff: say("x")}, nil, true, true, true},
		{"accepted, below the newest", wire.Instruction{Old: 3, New: 4, Ack: 2, Throwaway: 3, Diff: say("x")}, nil, true, true, false},
		{"below its own base", wire.Instruction{Old: 5, New: 4, Ack: 2, Throwaway: 3, Diff: say("x")}, nil, true, true, false},
		{"state known", wire.Instruction{Old: 3, New: 5, Ack: 2, Throwaway: 3, Diff: say("y")}, nil, true, false, false},
		{"base unknown", wire.Instruction{Old: 4, New: 9, Ack: 2, Throwaway: 3, Diff: say("x")}, nil, true, false, false},
		{"throws away its base", wire.Instruction{Old: 3, New: 9, Ack: 2, Throwaway: 5}, ErrThrowaway, true, false, false},
		{"throws away everything", wire.Instruction{Old: 3, New: 9, Ack: 2, Throwaway: 100}, ErrThrowaway, true, false, false},
		{"malformed diff", wire.Instruction{Old: 3, New: 9, Ack: 2, Throwaway: 3, Diff: []byte{0xff}}, ErrDiff, true, true, false},
		{"refused diff", wire.Instruction{Old: 3, New: 9, Ack: 2, Throwaway: 3, Diff: wire.AppendResize(nil, 0, 0)}, ErrDiff, true, true, false},
		{"ack of nothing", wire.Instruction{Old: 3, New: 9, Ack: 77, Diff: say("x")}, nil, false, false, true},
		{"ack of the past", wire.Instruction{Old: 3, New: 9, Ack: 0, Diff: say("x")}, nil, false, false, true},
	} {
		st := begin(t, Server, 100*ms)
		st.set("k")
		st.wantSend(`[1->2] ack 1 "k"`)
		st.deliver(wire.Instruction{Old: 1, New: 3, Diff: say("three")})
		st.deliver(wire.Instruction{Old: 3, New: 5, Diff: say("five")})
		r, err := st.deliver(c.ins)
		if !errors.Is(err, c.err) || r != (Receipt{Newest: true, NewState: c.newest, Acked: c.acked}) {
			t.Errorf("%s: %+v, %v", c.name, r, err)
		}
		if acked := st.AckedNum() == 2; acked != c.acked {
			t.Errorf("%s: AckedNum = %d", c.name, st.AckedNum())
		}
		if _, held := st.in.find(1); held == c.thrown {
			t.Errorf("%s: state 1 is held: %v", c.name, held)
		}
		if remote, num := st.Remote(); !c.newest && (num != 5 || remote.end() != len(".threefive")) {
			t.Errorf("%s: Remote = %v, %d", c.name, remote, num)
		} else if c.newest && num != 9 {
			t.Errorf("%s: Remote = %v, %d, want 9", c.name, remote, num)
		}
		st.advance(time.Second)
		st.take()
	}
}

func TestOtherVersionsAreIgnored(t *testing.T) {
	st := begin(t, Server, 100*ms)
	for _, version := range []uint32{0, 1, 3} {
		body := compress(wire.Instruction{Version: version, Old: 1, New: 2, Ack: 1})
		r, err := st.deliverBody(body, wire.NoTimestamp, wire.NoTimestamp, false)
		if !errors.Is(err, ErrVersion) || r != (Receipt{Newest: true}) {
			t.Errorf("version %d: %+v, %v", version, r, err)
		}
	}
	st.wantRemote(1, ".")
}

func TestJunkInsideADatagramIsDropped(t *testing.T) {
	st := begin(t, Server, 100*ms)
	var c wire.Compressor
	for name, body := range map[string][]byte{
		"empty":                 nil,
		"no zlib stream":        []byte("junk"),
		"no instruction":        c.Append(nil, []byte{0xff}),
		"a bomb":                c.Append(nil, make([]byte, wire.MaxInflated+1)),
		"a cut instruction":     c.Append(nil, []byte{8, 2, 16}),
		"an instruction of 0 s": c.Append(nil, nil),
	} {
		if r, err := st.deliverBody(body, wire.NoTimestamp, wire.NoTimestamp, false); err == nil || r != (Receipt{Newest: true}) {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
	st.wantRemote(1, ".")
}

func TestReorderedStates(t *testing.T) {
	st := begin(t, Server, 100*ms)
	st.deliver(wire.Instruction{Old: 1, New: 3, Diff: say("ab")})
	st.wantRemote(3, ".ab")
	st.advance(10 * ms)
	heard := st.LastHeard()
	st.advance(10 * ms)
	if r, _ := st.deliver(wire.Instruction{Old: 1, New: 2, Diff: say("a")}); r.NewState {
		t.Error("an older state is the newest")
	}
	if st.LastHeard() != heard {
		t.Error("an older state counts as heard")
	}
	st.wantRemote(3, ".ab")
	st.deliver(wire.Instruction{Old: 2, New: 4, Diff: say("bc")}) // a base that came late is one
	st.wantRemote(4, ".abc")
	st.wantAt(1100*ms, `[1->2] ack 4`)
}

func TestTooManyStates(t *testing.T) {
	// As recorded with stock: 0..1025 are held, 1026 is refused, then one each 15
	// s.
	st := newStory(t, Server, nil)
	for n := range uint64(1025) {
		if r, err := st.deliver(wire.Instruction{Old: n, New: n + 1, Diff: say("x")}); !r.NewState || err != nil {
			t.Fatalf("state %d: %+v, %v", n+1, r, err)
		}
	}
	again := func(want bool) {
		t.Helper()
		_, newest := st.Remote()
		r, err := st.deliver(wire.Instruction{Old: newest, New: newest + 1, Ack: 1, Diff: say("x")})
		if r.NewState != want || err != nil {
			t.Errorf("at %v: state %d: %+v, %v, want taken: %v", st.since(), newest+1, r, err, want)
		}
	}
	again(false)
	st.advance(15*time.Second - 1)
	again(false)
	st.advance(1)
	again(true)
	again(false)
	if st.AckedNum() != 1 {
		t.Error("an ack was not taken from a refused instruction")
	}
	// Room is made by throwing away.
	r, _ := st.deliver(wire.Instruction{Old: 1026, New: 1027, Throwaway: 1020, Diff: say("x")})
	if !r.NewState || len(st.in.states) != 8 {
		t.Errorf("after throwing away: %+v, %d states", r, len(st.in.states))
	}
	again(true)
	st.advance(0)
	st.take()
}

// A fat state claims to take 5 MiB.
type fat struct{}

func (fat) Apply([]byte) (fat, error) { return fat{}, nil }
func (fat) Since(fat) fat             { return fat{} }
func (fat) Size() int                 { return 5 << 20 }

func TestTooLargeStates(t *testing.T) {
	r := newReceiver(fat{})
	now := testStart
	bring := func(n, throwaway uint64) verdict {
		ins := wire.Instruction{Old: n - 1, New: n, Throwaway: throwaway, Diff: []byte("x")}
		v := r.admit(now, ins)
		if v == accepted {
			r.take(now, ins)
		}
		return v
	}
	const most = maxReceivedBytes / (5 << 20)
	for n := range uint64(most + 2) { // one more than fit, and one for the 15 s
		if v := bring(n+1, 0); v != accepted {
			t.Fatalf("state %d: verdict %d", n+1, v)
		}
	}
	if v := bring(most+3, 0); v != refused {
		t.Errorf("above the limit: verdict %d", v)
	}
	now = now.Add(quenchTime)
	if v := bring(most+3, 0); v != accepted {
		t.Errorf("15 s later: verdict %d", v)
	}
	if v := bring(most+4, most+3); v != accepted || len(r.states) != 2 || r.size != 2*(5<<20) {
		t.Errorf("after throwing away: verdict %d, %d states, %d bytes", v, len(r.states), r.size)
	}
}

func TestForgottenStatesForgetTheirContent(t *testing.T) {
	st := begin(t, Server, 100*ms)
	for n := range uint64(100) {
		st.deliver(wire.Instruction{Old: n + 1, New: n + 2, Throwaway: n + 1, Diff: say("0123456789")})
	}
	if got, _ := st.Remote(); got.end() != 1001 || len(got.text) != 10 {
		t.Errorf("Remote = %v, want the last ten of 1001 bytes", got)
	}
	st.take()
}

func TestHoldRemote(t *testing.T) {
	st := begin(t, Server, 100*ms)
	st.set("k")
	st.wantSend(`[1->2] ack 1 "k"`)
	st.HoldRemote(true)
	if r, err := st.deliver(wire.Instruction{Old: 1, New: 2, Ack: 2, Diff: say("paste")}); r.NewState || !r.Acked || err != nil {
		t.Errorf("while held: %+v, %v", r, err)
	}
	st.wantRemote(1, ".")
	st.advance(time.Second)
	st.wantQuiet() // no ack
	st.HoldRemote(false)
	st.deliver(wire.Instruction{Old: 1, New: 2, Ack: 2, Diff: say("paste")})
	st.wantRemote(2, ".paste")
	st.wantAt(2100*ms, `[2->3] ack 2`)
	if got := st.Stats().Refused; got != 1 {
		t.Errorf("Refused = %d, want 1", got)
	}
}

func TestInterleavedInstructionsBothArrive(t *testing.T) {
	st := begin(t, Server, 100*ms)
	a := compress(wire.Instruction{Version: 2, Old: 1, New: 2, Diff: say("aaaa")})
	b := compress(wire.Instruction{Version: 2, Old: 1, New: 3, Diff: say("aaaabbbb")})
	for _, f := range []wire.Fragment{
		{ID: 8, Num: 1, Final: true, Body: b[20:]},
		{ID: 7, Num: 0, Body: a[:20]},
		{ID: 8, Num: 0, Body: b[:20]},
		{ID: 7, Num: 1, Final: true, Body: a[20:]},
	} {
		if _, err := st.deliverFragment(f, wire.NoTimestamp, wire.NoTimestamp, false); err != nil {
			t.Fatal(err)
		}
	}
	st.wantRemote(3, ".aaaabbbb")
	if _, held := st.in.find(2); !held {
		t.Error("the other instruction was lost")
	}
}

func TestHugeStateNumbers(t *testing.T) {
	st := begin(t, Server, 100*ms)
	st.deliver(wire.Instruction{Old: 1, New: wire.Final - 1, Diff: say("x")})
	st.wantRemote(wire.Final-1, ".x")
	st.wantAt(1100*ms, sayInstruction(wire.Instruction{Old: 1, New: 2, Ack: wire.Final - 1, Throwaway: 1}))
	st.deliver(wire.Instruction{Old: 1, New: 2, Diff: say("late")}) // filed below
	st.wantRemote(wire.Final-1, ".x")
	st.deliver(wire.Instruction{Old: wire.Final - 1, New: wire.Final, Throwaway: wire.Final - 1, Diff: say("y")})
	st.wantPhase(PeerClosed)
	st.deliver(wire.Instruction{Old: wire.Final, New: 3, Throwaway: wire.Final, Diff: say("z")}) // after the end
	if got, num := st.Remote(); num != wire.Final || got.end() != 3 {
		t.Errorf("Remote = %v, %d", got, num)
	}
	st.take()
}
