package ssp

import (
	"testing"
	"time"

	"roam/crypto"
	"roam/ssp/wire"
)

// FuzzReceive lets an authentic peer without manners talk to a Transport:
// instructions with any numbers, pieces of any kind, junk, at any time. Nothing
// may panic, memory stays bounded, the state only grows, and what the Transport
// sends meanwhile would not hurt a stock peer.
func FuzzReceive(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 0, 0, 5, 'h', 'e', 'l', 'l', 'o', 3, 200, 0, 0, 1, 2, 1, 1, 1, 'x'})
	f.Add([]byte{1, 0, 0, 255, 0, 0, 2, 'm', 'e', 3, 255, 5, 3, 255, 3, 255})
	f.Add([]byte{1, 4, 20, 0, 0, 255, 255, 1, 0, 1, 1, 8, 2, 0})
	f.Add([]byte{0, 4, 5, 0, 2, 9, 7, 0, 0, 1, 0, 0, 1, 'a', 6, 4, 5})
	f.Fuzz(func(t *testing.T, script []byte) {
		if len(script) < 1 {
			return
		}
		h := newHostility(t, Role(script[0]&1))
		for script = script[1:]; len(script) > 1 && h.tr.Phase() < Done; {
			script = h.step(script)
		}
		h.pass(time.Minute)
	})
}

// A hostility is a Transport and its peer without manners.
type hostility struct {
	t     *testing.T
	tr    *Transport[list, list]
	peer  *crypto.Session
	model *stockReceiver[list] // nil: what is sent is not for stock
	now   time.Time
	local string
	held  bool
}

func newHostility(t *testing.T, role Role) *hostility {
	ours, theirs := crypto.ToServer, crypto.ToClient
	if role == Server {
		ours, theirs = theirs, ours
	}
	h := &hostility{t: t, peer: testSession(t, theirs), now: testStart}
	h.model = newStockReceiver(t, "fuzz", ours, list{})
	h.model.same = func(a, b list) bool { return a.text == b.text }
	cfg := Config{Role: role, Session: testSession(t, ours), Rand: noChaff{}, Negotiator: &talker{server: role == Server, abilities: []byte("a")}}
	h.tr = New(h.now, cfg, list{}, func() list { return newList(h.local) }, list{})
	return h
}

// number makes a state number of a byte: small ones, and the largest.
func number(b byte) uint64 {
	if b >= 250 {
		return wire.Final - uint64(255-b)
	}
	return uint64(b)
}

// step does what the front of the script says and returns the rest.
func (h *hostility) step(script []byte) []byte {
	op, arg := script[0], script[1]
	script = script[1:]
	switch op % 7 {
	case 0: // an instruction
		if len(script) < 5 {
			return nil
		}
		ins := wire.Instruction{Version: wire.Version, Old: number(script[0]), New: number(script[1]), Ack: number(script[2]), Throwaway: number(script[3])}
		n := min(int(script[4]&0x3f), len(script)-5)
		text := script[5 : 5+n]
		switch script[4] >> 6 {
		case 0:
			ins.Diff = say(string(text))
		case 1:
			ins.Diff = text
		case 2:
			ins.Roam = append([]byte(talkerMagic), text...)
		}
		h.receive(wire.AppendFragment([]byte{0, 1, 0, 2}, wire.Fragment{ID: uint64(h.now.UnixNano()), Final: true, Body: compress(ins)}))
		return script[5+n:]
	case 1: // any plaintext
		n := min(int(arg), len(script)-1)
		h.receive(script[1 : 1+n])
		return script[1+n:]
	case 2: // any fragment, also of a kind of its own
		if len(script) < 3 {
			return nil
		}
		n := min(int(script[2]&0x0f), len(script)-3)
		frag := wire.Fragment{ID: uint64(arg&0x0f) | uint64(arg>>4)<<60, Num: uint16(script[1] & 0x7f), Final: script[1]&0x80 != 0, Body: script[3 : 3+n]}
		h.receive(wire.AppendFragment([]byte{0xff, 0xff, 1, 2}, frag))
		return script[3+n:]
	case 3:
		h.pass(time.Duration(arg) * 20 * ms)
	case 4:
		h.local += string(rune(arg))
		h.tr.Touch(h.now)
	case 5:
		h.tr.Shutdown(h.now)
	case 6:
		h.held = !h.held
		h.tr.HoldRemote(h.held)
	}
	h.flush()
	return script[1:]
}

// receive brings a plaintext of the peer's.
func (h *hostility) receive(plain []byte) {
	b, err := h.peer.Seal(nil, plain)
	if err != nil {
		h.t.Fatal(err)
	}
	r, err := h.tr.Receive(h.now, b, false)
	if err != nil && r.NewState {
		h.t.Fatalf("Receive gives a new state and %v", err)
	}
	if h.held && r.NewState && h.tr.Phase() == Open {
		h.t.Fatal("a state was taken while held")
	}
	if len(h.tr.in.states) > maxReceived+2 || len(h.tr.out.sent) > maxSent {
		h.t.Fatalf("%d and %d states are held", len(h.tr.in.states), len(h.tr.out.sent))
	}
	h.flush()
}

// flush gives what is due to the model.
func (h *hostility) flush() {
	for {
		b, ok := h.tr.Poll(h.now, nil)
		if !ok {
			break
		}
		if h.model != nil {
			h.model.receive(b)
		}
	}
	if next := h.tr.NextTimeout(); !next.IsZero() && !next.After(h.now) {
		h.t.Fatalf("quiet, but NextTimeout is %v ago", h.now.Sub(next))
	}
}

// pass lets time pass.
func (h *hostility) pass(d time.Duration) {
	for end := h.now.Add(d); ; {
		next := h.tr.NextTimeout()
		if next.IsZero() || next.After(end) {
			h.now = end
			h.flush()
			return
		}
		h.now = next
		h.flush()
	}
}
