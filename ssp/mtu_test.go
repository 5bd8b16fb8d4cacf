package ssp

import (
	"testing"
	"time"

	"roam/ssp/ssptest/sim"
)

// probed is what sockets of IPv4 let be found out.
const probed = 1500 - 28

// A road is a pair on a path whose largest payload changes, on which a client sends a
// large change now and then.
type road struct {
	*pair
	large int // datagrams above 1,252 bytes that it sent
	pings int // pings of more than a hundred bytes that it sent
}

func newRoad(t *testing.T, stock bool) *road {
	o := pairOptions{seed: 7, up: sim.Conditions{Delay: 50 * ms}, down: sim.Conditions{Delay: 50 * ms}, long: true}
	if !stock {
		o.client = func(c *Config) {
			pings(&talker{abilities: []byte("p")})(c)
			c.ProbePayload = probed
		}
		o.server = pings(&talker{server: true, abilities: []byte("p")})
	}
	r := &road{pair: newPair(t, o)}
	token := r.client.probe.token
	r.onSend = func(toServer bool, d []byte) {
		if toServer && len(d) > MaxPayloadIPv4 {
			r.large++
		}
		if toServer && len(d) > 100 && r.client.probe.token > token {
			r.pings++
		}
		token = r.client.probe.token
	}
	r.typeKeys(1)
	r.world.RunFor(5 * time.Second)
	r.wantSame()
	return r
}

// carries lets the path carry payloads of so many bytes, any for 0.
func (r *road) carries(mtu int, loss float64) {
	cond := sim.Conditions{Delay: 50 * ms, MTU: mtu, Loss: loss}
	r.up.SetConditions(cond)
	r.down.SetConditions(cond)
}

// send sends a large change every half minute, so many times, and wants all to arrive.
func (r *road) send(times int) {
	r.t.Helper()
	for range times {
		r.typed += noise(3000)
		r.client.Touch(r.world.Now())
		r.runClient()
		r.world.RunFor(30 * time.Second)
		if r.taken != len(r.typed) {
			r.t.Errorf("%d bytes of %d arrived", r.taken, len(r.typed))
		}
	}
}

func (r *road) want(what string, size int) {
	r.t.Helper()
	if got := r.client.mtu.limit(r.client.limits()); got != size {
		r.t.Errorf("%s: %d bytes, want %d", what, got, size)
	}
}

// TestBlackHoles: a path that drops large datagrams in silence, from the start or from
// some moment on, carries all states nevertheless, to roams and to stock peers.
func TestBlackHoles(t *testing.T) {
	for _, c := range []struct {
		mtu  int // payload
		loss float64
		size int
	}{{1172, 0, 1000}, {1172, 0.2, 1000}, {548, 0, 500}, {548, 0.1, 500}} {
		for _, stock := range []bool{false, true} {
			r := newRoad(t, stock)
			r.carries(c.mtu, c.loss)
			r.send(3)
			if c.loss == 0 {
				r.want("on the path", c.size)
			}
			r.client.SetMaxPayload(MaxPayloadIPv4, 0)
			r.want("after a change of path", MaxPayloadIPv4)
		}
	}
}

// TestAPathGrowsAgain: some minutes after it does, so do the datagrams, to roams up to
// what an Ethernet carries. While it does not, that is tried seldom.
func TestAPathGrowsAgain(t *testing.T) {
	for _, stock := range []bool{false, true} {
		r := newRoad(t, stock)
		most := MaxPayloadIPv4
		if !stock {
			most = probed
		}
		r.carries(548, 0)
		r.send(4)
		r.want("a small path", 500)
		before := r.world.Now()
		lost := r.up.Count().Lost
		r.send(20)
		r.want("still a small path", 500)
		if got := r.up.Count().Lost - lost; got > 3*searchTries*int(r.world.Now().Sub(before)/climbAfter) {
			r.t.Errorf("stock %v: %d datagrams were too large in %v", stock, got, r.world.Now().Sub(before))
		}
		r.carries(0, 0)
		r.send(8)
		r.want("it has grown", most)
	}
}

// TestLargerDatagramsAreFound: what a path carries beyond what all do, to a roam, at the
// cost of some pings once; and nothing at all for who only types.
func TestLargerDatagramsAreFound(t *testing.T) {
	for _, c := range []struct{ mtu, size, pings int }{
		{0, probed, 1}, {1500 - 28, probed, 1}, {1492 - 28, probed - 8, searchTries + 1}, {1420 - 28, probed - 80, 3*searchTries + 1},
		{1280 - 28, MaxPayloadIPv4, 5 * searchTries},
	} {
		r := newRoad(t, false)
		r.carries(c.mtu, 0)
		r.typeKeys(20)
		r.world.RunFor(time.Minute)
		if r.pings > 0 {
			t.Errorf("%d pings while a user types", r.pings)
		}
		r.send(6)
		r.want("after some large states", c.size)
		if r.pings != c.pings {
			t.Errorf("payload %d: %d pings, want %d", c.mtu, r.pings, c.pings)
		}
		if c.size > MaxPayloadIPv4 && r.large <= r.pings {
			t.Errorf("payload %d: nothing larger was sent", c.mtu)
		}
		r.send(12)
		if r.pings != c.pings {
			t.Errorf("payload %d: again %d pings within ten minutes", c.mtu, r.pings-c.pings)
		}
		r.carries(1252, 0)
		r.send(2)
		r.want("the path has shrunk", MaxPayloadIPv4)
	}
}

// TestAStockPeerGetsNoLargerDatagrams than every path carries.
func TestAStockPeerGetsNoLargerDatagrams(t *testing.T) {
	r := newRoad(t, true)
	r.client.SetMaxPayload(MaxPayloadIPv4, probed)
	r.send(4)
	if r.large > 0 || r.pings > 0 {
		t.Errorf("%d larger datagrams, %d pings", r.large, r.pings)
	}
}

// TestASlowPathIsNotProbed: where little may be on its way, keys would wait.
func TestASlowPathIsNotProbed(t *testing.T) {
	r := newRoad(t, false)
	r.client.window.size = windowStart / 2
	r.send(1)
	if r.pings > 0 {
		t.Errorf("%d pings", r.pings)
	}
}

// TestTheSystemRefusesALargerDatagram: at once another size is tried, and what every
// path carries stays as it is.
func TestTheSystemRefusesALargerDatagram(t *testing.T) {
	r := newRoad(t, false)
	r.onSend = func(toServer bool, d []byte) {
		if toServer && len(d) > 1392 {
			r.client.Refused(r.world.Now(), len(d), MaxPayloadIPv4, probed)
		}
	}
	r.carries(1392, 0)
	r.send(4)
	r.want("an interface of 1,420 bytes", 1392)
	r.client.Refused(r.world.Now(), 1000, MaxPayloadFallback, probed)
	r.want("one that takes less", MaxPayloadFallback)
}

// TestMTU is the life of one without probes, as a table.
func TestMTU(t *testing.T) {
	var m mtu
	l := limits{base: MaxPayloadIPv4}
	now := testStart
	step := func(sent, heard, acked bool) {
		now = now.Add(400 * ms)
		m.adapt(now, 0, l)
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
		if got := m.limit(l); got != limit {
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
	m.search(now, l)
	if m.wanted {
		t.Error("what did not arrive is tried again at once")
	}
	m.search(now.Add(climbAfter), l)
	if !m.wanted || m.larger(l) != 1000 {
		t.Errorf("after a minute %d bytes are tried", m.larger(l))
	}
}
