package ssp

import (
	"testing"
	"time"

	"roam/crypto"
	"roam/ssp/wire"
)

// FuzzTallies lets an authentic roam without manners say what it likes of the pieces of
// large states, and send pieces of its own. Nothing may panic, what is kept stays bounded,
// and the time to come is not in the past.
func FuzzTallies(f *testing.F) {
	f.Add([]byte{0, 3, 1, 4, 1, 5, 2, 3, 0, 3, 3, 2, 1, 3, 2, 3, 100, 2, 3, 4})
	f.Add([]byte{0, 9, 2, 4, 1, 200, 0, 1, 2, 3, 50, 0, 1, 2, 4, 1, 1, 1, 1, 3, 200, 5, 2})
	f.Add([]byte{4, 1, 0, 9, 4, 1, 5, 9, 4, 1, 129, 9, 3, 20, 4, 2, 0, 9, 3, 100, 6, 0, 5, 1})
	f.Fuzz(func(t *testing.T, script []byte) {
		h := newTallyHostility(t)
		for len(script) > 1 && h.tr.Phase() < Done {
			script = h.tallyStep(script)
			h.flush()
			h.wantBounded()
		}
		h.pass(time.Minute)
	})
}

// newTallyHostility is a client and a roam that have agreed to tell of pieces.
func newTallyHostility(t *testing.T) *hostility {
	h := &hostility{t: t, peer: testSession(t, crypto.ToClient), now: testStart, local: "."}
	cfg := Config{Role: Client, Session: testSession(t, crypto.ToServer), Rand: noChaff{}}
	pings(&talker{abilities: []byte("ptz")})(&cfg)
	h.tr = New(h.now, cfg, list{}, func() list { return newList(h.local) }, list{})
	h.tr.Touch(h.now)
	h.flush()
	h.instruct(wire.Instruction{New: 1, Ack: h.tr.SentNum(), Diff: say("."), Roam: []byte("roamptz")})
	return h
}

// instruct brings an instruction.
func (h *hostility) instruct(ins wire.Instruction) {
	ins.Version = wire.Version
	h.fragment(wire.Fragment{ID: uint64(h.now.UnixNano()), Final: true, Body: compress(ins)})
}

// fragment brings a fragment.
func (h *hostility) fragment(f wire.Fragment) {
	h.receive(wire.AppendFragment([]byte{0, 1, 0, 2}, f))
}

// tallyStep does what the front of the script says and returns the rest.
func (h *hostility) tallyStep(script []byte) []byte {
	op, arg := script[0], script[1]
	script = script[2:]
	n := min(int(arg&0x0f), len(script))
	text, rest := script[:n], script[n:]
	switch op % 7 {
	case 0: // a large state
		h.local += noiseFrom(uint64(len(h.local)), int(arg&0x3f)*500)
		h.tr.Touch(h.now)
		return script
	case 1: // any tally of the newest instruction
		body := wire.AppendTally(nil, wire.Tally{ID: h.tr.outbox.id})
		h.fragment(wire.Fragment{ID: wire.KindID(kindTally), Body: append(body[:len(body)-1], text...)})
	case 2: // of any
		h.fragment(wire.Fragment{ID: wire.KindID(kindTally), Body: text})
	case 3:
		h.pass(time.Duration(arg) * 5 * ms)
		return script
	case 4: // a piece of the peer's own
		h.fragment(wire.Fragment{ID: uint64(arg & 0x0f), Num: uint16(arg >> 4 & 7), Final: arg&0x80 != 0, Body: text})
	case 5: // an ack, or an instruction whose base may not be here
		h.instruct(wire.Instruction{Old: number(arg & 7), New: number(arg), Ack: h.tr.SentNum() - uint64(arg>>4), Diff: say("x")})
		return script
	case 6:
		h.tr.SetMaxPayload(300+int(arg)*4, 0)
		return script
	}
	return rest
}

// wantBounded wants what is kept for pieces to be within its limits.
func (h *hostility) wantBounded() {
	tr := h.tr
	if len(tr.parked.waiting) > maxParked || tr.parked.size > maxParkedBytes || len(tr.tallies.owed) > maxTallies {
		h.t.Fatalf("%d instructions wait, of %d bytes; %d tallies are owed", len(tr.parked.waiting), tr.parked.size, len(tr.tallies.owed))
	}
	for i := range tr.ships.all {
		s, lost := &tr.ships.all[i], 0
		for _, p := range s.pieces {
			lost += p.left
		}
		if lost != s.lost || s.id != 0 && s.num <= tr.AckedNum() {
			h.t.Fatalf("shipment %d of state %d: %d pieces leave again, counted as %d", s.id, s.num, lost, s.lost)
		}
	}
}
