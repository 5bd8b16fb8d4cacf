package ssp

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"roam/ssp/ssptest/sim"
	"roam/ssp/wire"
)

// A talker is a Negotiator as package session has it, reduced to one capability:
// its field is "roam", then a byte for each ability. It believes what the first
// accepted instruction says.
type talker struct {
	server    bool
	abilities []byte

	decided bool
	theirs  []byte // what both have; nil: stock
	acks    int
	peers   int
}

const talkerMagic = "roam"

func (k *talker) Field() []byte {
	switch {
	case !k.server && k.decided, k.server && (k.theirs == nil || k.acks > 0):
		return nil
	case k.server:
		return append([]byte(talkerMagic), k.theirs...)
	}
	return append([]byte(talkerMagic), k.abilities...)
}

func (k *talker) Peer(field []byte) {
	k.peers++
	if k.decided {
		return
	}
	k.decided = true
	theirs, ok := bytes.CutPrefix(field, []byte(talkerMagic))
	if !ok {
		return
	}
	k.theirs = []byte{}
	for _, b := range theirs {
		if bytes.IndexByte(k.abilities, b) >= 0 {
			k.theirs = append(k.theirs, b)
		}
	}
}

func (k *talker) Acked()       { k.acks++ }
func (k *talker) Agreed() bool { return k.theirs != nil }

// compactAbility stands for the compact form of instructions.
const compactAbility = 'z'

func (k *talker) Compact() bool { return bytes.IndexByte(k.theirs, compactAbility) >= 0 }

// tallyAbility stands for the tallies of pieces.
const tallyAbility = 't'

func (k *talker) Tallies() bool { return bytes.IndexByte(k.theirs, tallyAbility) >= 0 }

func withTalker(k *talker) func(*Config) {
	return func(cfg *Config) { cfg.Negotiator = k }
}

// wantFields takes what was sent and wants these fields in it.
func (st *story[L]) wantFields(want ...string) {
	st.t.Helper()
	sent := st.take()
	if len(sent) != len(want) {
		st.t.Errorf("at %v: sent %v, want %d instructions", st.since(), sent, len(want))
		return
	}
	for i, x := range sent {
		if string(x.ins.Roam) != want[i] || (x.ins.Roam == nil) != (want[i] == "") {
			st.t.Errorf("at %v: field %q, want %q", st.since(), x.ins.Roam, want[i])
		}
	}
}

func TestClientOffersUntilItHasSeenTheServersField(t *testing.T) {
	k := &talker{abilities: []byte("ab")}
	st := newStory(t, Client, withTalker(k))
	st.set("size")
	st.advance(time.Second)
	st.wantFields("roamab", "roamab")
	st.deliver(wire.Instruction{New: 1, Ack: 1, Diff: say("x"), Roam: []byte("roamb")})
	st.advance(100 * ms)
	st.wantFields("") // the ack
	if string(k.theirs) != "b" || k.acks != 1 || !st.nego.inForce() {
		t.Errorf("agreed on %q, %d acks, in force: %v", k.theirs, k.acks, st.nego.inForce())
	}
}

func TestClientOfAStockServer(t *testing.T) {
	k := &talker{abilities: []byte("ab")}
	st := newStory(t, Client, withTalker(k))
	st.set("size")
	st.wantFields("roamab")
	st.deliver(wire.Instruction{New: 1, Ack: 1, Diff: say("x")})
	st.advance(100 * ms)
	st.wantFields("")
	if k.Agreed() || st.nego.inForce() {
		t.Error("agreed with a stock server")
	}
}

func TestServerAnswersUntilAcknowledged(t *testing.T) {
	k := &talker{server: true, abilities: []byte("bc")}
	st := newStory(t, Server, withTalker(k))
	st.set("hello")
	st.deliver(wire.Instruction{New: 1, Diff: say("size"), Roam: []byte("roamab?")})
	st.wantFields("roamb") // decided before the first state
	st.set("hello, world")
	st.advance(time.Second)
	st.wantFields("roamb")
	if st.nego.inForce() {
		t.Error("in force before the client has seen it")
	}
	st.deliver(wire.Instruction{Old: 1, New: 2, Ack: st.AckedNum()}) // acknowledges nothing new
	st.set("hello, world!")
	st.advance(250 * ms)
	st.wantFields("roamb")
	st.deliver(wire.Instruction{Old: 1, New: 3, Ack: st.SentNum()})
	if k.acks != 1 || !st.nego.inForce() {
		t.Errorf("%d acks, in force: %v", k.acks, st.nego.inForce())
	}
	st.advance(3 * time.Second)
	st.wantFields("")
	if k.acks != 1 {
		t.Errorf("Acked was called %d times", k.acks)
	}
}

func TestServerOfAStockClient(t *testing.T) {
	for _, field := range [][]byte{nil, {}, []byte("mosh"), []byte("roa")} {
		k := &talker{server: true, abilities: []byte("bc")}
		st := newStory(t, Server, withTalker(k))
		st.deliver(wire.Instruction{New: 1, Diff: say("size"), Roam: field})
		st.wantFields("")
		st.deliver(wire.Instruction{Old: 1, New: 2, Roam: []byte("roambc")}) // too late
		if k.Agreed() || st.nego.inForce() {
			t.Errorf("agreed after a field %q", field)
		}
	}
}

func TestFieldsOfInstructionsThatAreNotAcceptedAreNotSeen(t *testing.T) {
	k := &talker{server: true, abilities: []byte("b")}
	st := newStory(t, Server, withTalker(k))
	st.deliver(wire.Instruction{Old: 7, New: 8, Roam: []byte("roamb")})
	st.deliver(wire.Instruction{Old: 0, New: 0, Roam: []byte("roamb")})
	if k.peers != 0 {
		t.Errorf("Peer was called %d times", k.peers)
	}
	st.advance(time.Minute)
	st.wantQuiet() // and the server has not spoken yet
}

func TestWithoutANegotiatorFieldsAreIgnored(t *testing.T) {
	st := newStory(t, Server, nil)
	st.deliver(wire.Instruction{New: 1, Diff: say("size"), Roam: []byte("roamab")})
	st.wantFields("")
	if st.nego.inForce() {
		t.Error("in force")
	}
}

func TestAnInstructionRepeatedWithoutTheFieldDoesNotCount(t *testing.T) {
	// State 2 went out with the field, then without it: its ack says nothing.
	k := &talker{abilities: []byte("b")}
	st := newStory(t, Client, withTalker(k))
	st.set("size")
	k.decided = true
	st.advance(time.Second)
	st.wantFields("roamb", "")
	st.ack(1)
	if k.acks != 0 {
		t.Error("Acked was called")
	}
}

func TestKinds(t *testing.T) {
	k := &talker{server: true, abilities: []byte("b")}
	var got []string
	st := newStory(t, Server, func(cfg *Config) {
		cfg.Negotiator = k
		cfg.Kind = func(kind uint8, body []byte) bool {
			got = append(got, string(rune(kind))+string(body))
			return kind == 'A'
		}
	})
	kind := func(f wire.Fragment) error {
		t.Helper()
		_, err := st.deliverFragment(f, wire.NoTimestamp, wire.NoTimestamp, false)
		return err
	}
	st.deliver(wire.Instruction{New: 1, Diff: say("size"), Roam: []byte("roamb")})
	// Not in force yet: an ordinary piece with a large id.
	body := compress(wire.Instruction{Version: 2, Old: 1, New: 2, Diff: say("k")})
	if err := kind(wire.Fragment{ID: wire.KindID('A'), Final: true, Body: body}); err != nil {
		t.Error(err)
	}
	st.wantRemote(2, "sizek")
	st.ack(st.SentNum())
	for _, c := range []struct {
		f   wire.Fragment
		err error
	}{
		{wire.Fragment{ID: wire.KindID('A'), Body: []byte("body")}, nil},
		{wire.Fragment{ID: wire.KindID('B'), Body: []byte("body")}, nil},
		{wire.Fragment{ID: wire.KindID('A') + 1}, ErrKind},
		{wire.Fragment{ID: wire.KindID('A'), Final: true}, ErrKind},
	} {
		if err := kind(c.f); !errors.Is(err, c.err) {
			t.Errorf("%+v: %v, want %v", c.f, err, c.err)
		}
	}
	if len(got) != 2 || got[0] != "Abody" || got[1] != "Bbody" {
		t.Errorf("dispatched %q", got)
	}
	if s := st.Stats(); s.UnknownKind != 1 || s.Malformed != 2 {
		t.Errorf("UnknownKind = %d, Malformed = %d, want 1, 2", s.UnknownKind, s.Malformed)
	}
	st.take()
}

// TestNegotiationOverAnyNetwork lets two ends find out what both can, or that one
// cannot.
func TestNegotiationOverAnyNetwork(t *testing.T) {
	for _, c := range []struct {
		name           string
		client, server *talker
		want           string
		agreed         bool
	}{
		{"the same", &talker{abilities: []byte("ab")}, &talker{abilities: []byte("ab")}, "ab", true},
		{"unknown to the other", &talker{abilities: []byte("abx")}, &talker{abilities: []byte("bcy")}, "b", true},
		{"nothing in common", &talker{abilities: []byte("a")}, &talker{abilities: []byte("b")}, "", true},
		{"stock server", &talker{abilities: []byte("a")}, nil, "", false},
		{"stock client", nil, &talker{abilities: []byte("a")}, "", false},
		{"two of stock", nil, nil, "", false},
	} {
		for seed := range uint64(20) {
			path := sim.Conditions{Delay: 40 * ms, Jitter: 30 * ms, Loss: 0.4, Duplicate: 0.2, Reorder: 0.3, ReorderBy: 300 * ms}
			o := pairOptions{seed: seed, up: path, down: path}
			var client, server talker
			if c.client != nil {
				client = *c.client
				o.client = withTalker(&client)
			}
			if c.server != nil {
				server = *c.server
				server.server = true
				o.server = withTalker(&server)
			}
			p := newPair(t, o)
			p.live(20*time.Second, 300*ms, 500*ms)
			p.up.SetConditions(sim.Conditions{})
			p.down.SetConditions(sim.Conditions{})
			p.world.RunFor(20 * time.Second)
			p.wantSame()
			for name, k := range map[string]*talker{"client": &client, "server": &server} {
				if k.Agreed() != c.agreed || string(k.theirs) != c.want {
					t.Errorf("%s, seed %d: the %s knows of %q, agreed %v", c.name, seed, name, k.theirs, k.Agreed())
				}
			}
			if p.client.nego.inForce() != c.agreed || p.server.nego.inForce() != c.agreed {
				t.Errorf("%s, seed %d: in force: %v, %v", c.name, seed, p.client.nego.inForce(), p.server.nego.inForce())
			}
			if o.client != nil && client.Field() != nil || o.server != nil && server.Field() != nil {
				t.Errorf("%s, seed %d: somebody still sends the field", c.name, seed)
			}
		}
	}
}
