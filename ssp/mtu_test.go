package ssp

import (
	"testing"
	"time"

	"roam/ssp/ssptest/sim"
)

// TestBlackHoles: a path that drops large datagrams in silence, from the start or from
// some moment on, carries all states nevertheless, to roams and to stock peers.
func TestBlackHoles(t *testing.T) {
	for _, c := range []struct {
		mtu   int // payload
		loss  float64
		level int
	}{{1172, 0, 1}, {1172, 0.2, 1}, {548, 0, 2}, {548, 0.1, 2}} {
		for _, stock := range []bool{false, true} {
			o := pairOptions{seed: 7, up: sim.Conditions{Delay: 50 * ms}, down: sim.Conditions{Delay: 50 * ms}, long: true}
			if !stock {
				o.client = pings(&talker{abilities: []byte("p")})
				o.server = pings(&talker{server: true, abilities: []byte("p")})
			}
			p := newPair(t, o)
			p.typeKeys(1)
			p.world.Run(p.world.Now().Add(5 * time.Second))
			p.wantSame()
			cond := sim.Conditions{Delay: 50 * ms, MTU: c.mtu, Loss: c.loss}
			p.up.SetConditions(cond)
			p.down.SetConditions(cond)
			for range 3 {
				p.typed += noise(3000)
				p.client.Touch(p.world.Now())
				p.runClient()
				p.world.Run(p.world.Now().Add(30 * time.Second))
				if p.taken != len(p.typed) {
					t.Errorf("%+v, stock %v: %d bytes of %d arrived", c, stock, p.taken, len(p.typed))
				}
			}
			if c.loss == 0 && p.client.mtu.level != c.level {
				t.Errorf("%+v, stock %v: level %d", c, stock, p.client.mtu.level)
			}
			p.client.SetMaxPayload(MaxPayloadIPv4)
			if got := p.client.mtu.limit(MaxPayloadIPv4); got != MaxPayloadIPv4 {
				t.Errorf("%d bytes after a change of path", got)
			}
		}
	}
}

// TestMTU is the life of one, as a table.
func TestMTU(t *testing.T) {
	var m mtu
	now := testStart
	step := func(sent, heard, acked bool) {
		now = now.Add(400 * ms)
		m.adapt(now, 0)
		if sent {
			m.sent(now)
		}
		if heard {
			m.hears(now.Add(300*ms), 200*ms)
		}
		if acked {
			m.arrived()
		}
	}
	want := func(what string, limit int) {
		t.Helper()
		if got := m.limit(1252); got != limit {
			t.Errorf("%s: %d bytes, want %d", what, got, limit)
		}
	}
	for range 20 {
		step(true, false, false)
	}
	want("an outage", 1252)
	m.arrived()
	for range 20 {
		step(true, true, true)
	}
	want("all is well", 1252)
	for range blackHoleTries + 1 {
		step(true, true, false)
	}
	want("nothing large arrives", 1000)
	for range 20 {
		step(true, true, true)
	}
	want("that arrives", 1000)
	for range blackHoleTries {
		step(true, true, false)
	}
	step(false, true, false)
	want("nothing large arrives again", 500)
	if got := m.limit(400); got != 400 {
		t.Errorf("the sockets allow 400: %d", got)
	}
}
