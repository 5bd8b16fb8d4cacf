package ssp

import (
	"testing"
	"time"

	"roam/crypto"
	"roam/ssp/ssptest/sim"
	"roam/ssp/wire"
)

// A formCounter counts the instructions on a link by their form. They must have one
// piece each.
type formCounter struct {
	t              *testing.T
	open           *crypto.Session
	streams, short int
}

func (c *formCounter) see(datagram []byte) {
	_, plain, err := c.open.Open(nil, datagram)
	if err != nil {
		c.t.Fatal(err)
	}
	if wire.IsCompact(plain[wire.PacketOverhead:]) {
		c.short++
		return
	}
	f, err := wire.ParseFragment(plain[wire.PacketOverhead:])
	if err != nil || f.Num > 0 || !f.Final || wire.IsCompact(f.Body) {
		c.t.Fatalf("fragment %+v, %v", f, err)
	}
	c.streams++
}

// TestCompactOverAnyNetwork lets two ends of all kinds talk. The compact form is
// used where both agreed, in both directions, and nowhere else.
func TestCompactOverAnyNetwork(t *testing.T) {
	can, cannot := &talker{abilities: []byte{compactAbility}}, &talker{abilities: []byte("x")}
	for _, tt := range []struct {
		name           string
		client, server *talker
		want           bool
	}{
		{"both can", can, can, true},
		{"the client cannot", cannot, can, false},
		{"the server cannot", can, cannot, false},
		{"stock client", nil, can, false},
		{"stock server", can, nil, false},
	} {
		for seed := range uint64(10) {
			path := sim.Conditions{Delay: 40 * ms, Jitter: 30 * ms, Loss: 0.3, Duplicate: 0.2, Reorder: 0.3, ReorderBy: 300 * ms}
			o := pairOptions{seed: seed, up: path, down: path, long: true} // the models are stock
			if tt.client != nil {
				client := *tt.client
				o.client = withTalker(&client)
			}
			if tt.server != nil {
				server := *tt.server
				server.server = true
				o.server = withTalker(&server)
			}
			p := newPair(t, o)
			up := formCounter{t: t, open: testSession(t, crypto.ToClient)}
			down := formCounter{t: t, open: testSession(t, crypto.ToServer)}
			p.onSend = func(toServer bool, b []byte) {
				if toServer {
					up.see(b)
				} else {
					down.see(b)
				}
			}
			p.live(20*time.Second, 300*ms, 500*ms)
			p.up.SetConditions(sim.Conditions{})
			p.down.SetConditions(sim.Conditions{})
			p.world.RunFor(20 * time.Second)
			p.wantSame()
			for name, c := range map[string]formCounter{"client": up, "server": down} {
				if (c.short > 0) != tt.want || c.streams == 0 || tt.want && c.short < c.streams {
					t.Errorf("%s, seed %d: the %s sent %d in the compact form, %d as streams", tt.name, seed, name, c.short, c.streams)
				}
			}
		}
	}
}

// TestCompactThatIsNotAgreedIsDropped gives a client the compact form before it has seen what
// the server agrees to, and to one that agreed on something else: both drop it.
func TestCompactThatIsNotAgreedIsDropped(t *testing.T) {
	var c wire.Compressor
	body := c.AppendCompact(nil, wire.Instruction{Old: 1, New: 2, Diff: say("y")}, false)
	for _, tt := range []struct {
		field string
		want  string
	}{{"", "x"}, {"roam", "x"}, {"roamx", "x"}, {"roamz", "xy"}} {
		st := newStory(t, Client, withTalker(&talker{abilities: []byte("zx")}))
		st.deliver(wire.Instruction{New: 1, Diff: say("x"), Roam: []byte(tt.field)})
		_, err := st.deliverFragment(wire.Fragment{ID: 77, Final: true, Body: body}, wire.NoTimestamp, wire.NoTimestamp, false)
		if got, _ := st.Remote(); got.text != tt.want || (err == nil) != (tt.want == "xy") {
			t.Errorf("after the field %q: holds %q, error %v, want %q", tt.field, got.text, err, tt.want)
		}
		st.take()
	}
}

// FuzzReceiveCompact gives a Transport that agreed on it the compact form of
// anything.
func FuzzReceiveCompact(f *testing.F) {
	var c wire.Compressor
	f.Add(c.AppendCompact(nil, wire.Instruction{Old: 1, New: 2, Ack: 1, Throwaway: 1, Diff: say("y")}, false))
	f.Add(c.AppendCompact(nil, wire.Instruction{Old: 1, New: wire.Final, Throwaway: 1, Chaff: make([]byte, 16)}, false))
	f.Fuzz(func(t *testing.T, body []byte) {
		h := newHostility(t, Client)
		h.model = nil
		h.tr.nego.Negotiator = &talker{abilities: []byte{compactAbility}}
		receive := func(id uint64, body []byte) {
			h.receive(wire.AppendFragment([]byte{0, 1, 0, 2}, wire.Fragment{ID: id, Final: true, Body: body}))
		}
		receive(1, compress(wire.Instruction{Version: 2, New: 1, Diff: say("x"), Roam: []byte{'r', 'o', 'a', 'm', compactAbility}}))
		receive(2, body)
		receive(3, body)
		h.receive(append([]byte{0, 1, 0, 2}, body...)) // without a fragment header
		h.local = "typed"
		h.tr.Touch(h.now)
		h.pass(time.Minute)
	})
}
