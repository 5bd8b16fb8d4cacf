package ssp

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"roam/ssp/ssptest/sim"
	"roam/ssp/wire"
)

// pings makes a Config that of a side which answers pings, whatever was agreed on, and
// tells which pieces arrived, if that was.
func pings(k *talker) func(*Config) {
	return func(cfg *Config) {
		cfg.Negotiator = k
		cfg.Pings = k.Agreed
		cfg.Tallies = k.Tallies
	}
}

// beginRoam is begin between two ends that answer pings.
func beginRoam(t *testing.T, role Role, rtt time.Duration) listStory {
	t.Helper()
	return beginRoams(t, role, rtt, "p")
}

// beginRoams is the same with abilities that both have, pings among them.
func beginRoams(t *testing.T, role Role, rtt time.Duration, abilities string) listStory {
	t.Helper()
	k := &talker{server: role == Server, abilities: []byte(abilities)}
	st := newStory(t, role, pings(k))
	st.local = newList(".")
	if role == Client {
		st.set(".")
		st.advance(ms)
	}
	st.deliver(wire.Instruction{New: 1, Ack: st.SentNum(), Diff: say("."), Roam: []byte("roam" + abilities)})
	st.advance(300 * ms)
	st.take()
	st.ack(st.SentNum())
	st.sample(rtt)
	st.advance(testStart.Add(time.Second).Sub(st.now))
	st.take()
	return st
}

// deliverKind brings a datagram that is no piece of an instruction.
func (st *story[L]) deliverKind(kind uint8, body ...byte) error {
	st.t.Helper()
	_, err := st.deliverFragment(wire.Fragment{ID: wire.KindID(kind), Body: body}, wire.NoTimestamp, wire.NoTimestamp, false)
	return err
}

// wantProbes lets time pass until an instant after the story's begin, and wants
// everything sent meanwhile to be of one kind, small, and so far apart.
func (st *story[L]) wantProbes(until, apart time.Duration) {
	st.t.Helper()
	last := st.since()
	st.advance(until - st.since())
	n := 0
	for _, x := range st.take() {
		if x.bytes > 100 {
			st.t.Errorf("at %v: %v in %d bytes", x.at, x, x.bytes)
		}
		if d := x.at - last; n > 0 && d < apart {
			st.t.Errorf("at %v: %v only %v after the last", x.at, x, d)
		}
		last = x.at
		n++
	}
	if least := int((until - last) / apart); n < least-1 || last < until-apart {
		st.t.Errorf("%d probes until %v, the last one at %v", n, until, last)
	}
}

func TestPingIsAnsweredAtOnce(t *testing.T) {
	for _, role := range []Role{Client, Server} {
		st := beginRoam(t, role, 100*ms)
		if err := st.deliverKind(kindPing, 0x85, 0x01); err != nil {
			t.Fatal(err)
		}
		st.wantSend("pong 8501")
		if err := st.deliverKind(kindPing, 7, 0, 0, 0); err != nil { // with padding
			t.Fatal(err)
		}
		st.wantSend("pong 07")
		st.deliverKind(kindPong, 99) // to a question that nobody asked
		st.wantQuiet()
		for _, body := range [][]byte{nil, {0x80}, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}} {
			if err := st.deliverKind(kindPing, body...); !errors.Is(err, ErrKind) {
				t.Errorf("ping %x: %v", body, err)
			}
		}
		st.wantQuiet()
		for i := range byte(50) { // before the next Poll
			b := st.sealed(wire.AppendFragment(wire.AppendPacket(nil, wire.Packet{}), wire.Fragment{ID: wire.KindID(kindPing), Body: []byte{i}}))
			st.Receive(st.now, b, false)
		}
		st.wantSend("pong 00", "pong 01", "pong 02", "pong 03")
	}
}

func TestPingsNeedTheAgreement(t *testing.T) {
	st := begin(t, Server, 100*ms)
	st.deliverFragment(wire.Fragment{ID: wire.KindID(kindPing), Body: []byte{1}}, 0, 0, false)
	st.wantQuiet()
	old := newStory(t, Client, withTalker(&talker{abilities: []byte("a")})) // a roam that knows none
	old.set(".")
	old.advance(ms)
	old.deliver(wire.Instruction{New: 1, Ack: 1, Roam: []byte("roama")})
	old.take()
	old.ack(1)
	old.deliverKind(kindPing, 1)
	if old.Stats().UnknownKind != 1 {
		t.Errorf("%+v", old.Stats())
	}
	old.Probe(old.now)
	old.advance(2 * time.Second)
	old.wantQuiet()
}

// TestSilenceIsProbed: with something large unacknowledged, a small question leaves
// 10 times a second, then each second, then each 15 s; the data itself each second.
func TestSilenceIsProbed(t *testing.T) {
	st := beginRoam(t, Server, 100*ms)
	st.add(noise(3000))
	st.wantSend(fmt.Sprintf("[%d->%d] ack 1 %d bytes", st.AckedNum(), st.SentNum(), 3000))
	due := st.AnswerDue().Sub(testStart)
	if due <= 1100*ms || due > 1500*ms {
		t.Errorf("the answer is due at %v", due)
	}
	st.advance(testStart.Add(due + silentAfter).Sub(st.now))
	st.take()
	pings, data := 0, 0
	st.advance(testStart.Add(30 * time.Second).Sub(st.now))
	for _, x := range st.take() {
		if x.kind != "" {
			pings++
		} else {
			data++
		}
	}
	if pings < 250 || pings+data > 300 || data > 30 {
		t.Errorf("in 28 s of silence %d pings and the data %d times", pings, data)
	}
	st.deliverKind(kindPing, 1) // the client is back
	got := st.take()
	if len(got) != 2 || got[0].kind != "pong 01" || len(got[1].ins.Diff) < 3000 {
		t.Errorf("a ping after the silence is answered by %v, want a pong and the data", got)
	}
	st.ack(st.SentNum())
	st.advance(2 * time.Second)
	st.wantQuiet()
}

func TestProbesOfAClientForAWeek(t *testing.T) {
	st := beginRoam(t, Client, 100*ms)
	st.add("k")
	due := time.Duration(0)
	st.advance(ms)
	due = st.AnswerDue().Sub(testStart)
	if due > 1500*ms {
		t.Fatalf("due at %v", due)
	}
	st.advance(testStart.Add(due + silentAfter).Sub(st.now))
	st.take() // it may have been lost alone
	st.wantProbes(due+probeSoon, probeInterval)
	st.advance(probeInterval)
	st.take()
	st.wantProbes(due+probeLater, laterInterval)
	st.advance(laterInterval)
	st.take()
	st.wantProbes(due+probeLater+time.Hour, rareInterval)
	st.advance(7 * 24 * time.Hour)
	st.take()
	if got := st.AnswerDue().Sub(testStart); got != due {
		t.Errorf("the answer is due at %v, was %v", got, due)
	}
	st.deliver(wire.Instruction{Old: 1, New: 2, Ack: st.SentNum(), Diff: say("k")})
	st.advance(time.Second)
	st.take()
	if due := st.AnswerDue(); due.Before(st.now) {
		t.Errorf("an answer is due at %v although all is answered", due)
	}
}

// TestIdleClientAsks: a server that was not heard for 20 s is asked, once; and again
// and again when the answer does not come.
func TestIdleClientAsks(t *testing.T) {
	st := beginRoam(t, Client, 100*ms)
	heard := st.path.heardAt.Sub(testStart)
	st.wantAt(heard+20*time.Second, "ping 01")
	if got := st.AnswerDue().Sub(testStart); got != heard+20*time.Second+400*ms { // RTO + 100
		t.Errorf("the answer is due at %v", got)
	}
	st.wantAt(heard+20400*ms, "ping 02")
	st.wantAt(heard+20500*ms, "ping 03")
	asked := st.now
	st.advance(50 * ms)
	st.deliverKind(kindPong, 3)
	if got := st.LastReply(); got != asked {
		t.Errorf("LastReply is %v after an answered ping, want %v", got.Sub(testStart), asked.Sub(testStart))
	}
	st.advance(time.Second)
	for _, x := range st.take() {
		if x.kind != "" {
			t.Errorf("at %v: %v although the server was heard", x.at, x)
		}
	}
}

// TestIdleRoams: between two roams an idle hour takes three datagrams a minute each
// way, and both ends know that the other is there.
func TestIdleRoams(t *testing.T) {
	c := sim.Conditions{Delay: 50 * ms}
	p := newPair(t, pairOptions{
		seed: 1, up: c, down: c, long: true,
		client: pings(&talker{abilities: []byte("p")}), server: pings(&talker{server: true, abilities: []byte("p")}),
	})
	p.typeKeys(1)
	p.world.RunFor(10 * time.Second)
	up, down := p.up.Count().Sent, p.down.Count().Sent
	for range 60 {
		p.world.RunFor(time.Minute)
		now := p.world.Now()
		for name, heard := range map[string]time.Time{"client": p.client.LastHeard(), "server": p.server.LastHeard()} {
			if now.Sub(heard) > beatInterval+time.Second {
				t.Fatalf("the %s has heard nothing for %v", name, now.Sub(heard))
			}
		}
		if p.client.AnswerDue().Before(now) {
			t.Fatal("an answer is overdue")
		}
	}
	if up, down = p.up.Count().Sent-up, p.down.Count().Sent-down; up > 180 || down > 180 {
		t.Errorf("%d and %d datagrams in an idle hour", up, down)
	}
	if p.hops > 0 {
		t.Errorf("%d hops", p.hops)
	}
}

// TestProbeOnRequest: who knows that the path has changed has the peer asked at
// once, and again, until there is an answer that can be one.
func TestProbeOnRequest(t *testing.T) {
	st := beginRoam(t, Client, 100*ms)
	st.Probe(st.now)
	st.wantSend("ping 01")
	st.advance(40 * ms)
	st.deliver(wire.Instruction{}) // was under way
	st.advance(60 * ms)
	st.wantSend("ping 02")
	st.advance(99 * ms)
	st.wantQuiet()
	st.deliverKind(kindPong, 1)
	st.advance(time.Second)
	st.wantQuiet()

	st.add("k")
	st.advance(ms)
	st.take()
	st.Probe(st.now) // with a key on its way: it is the question
	for _, x := range st.take() {
		t.Errorf("sent %v", x)
	}
	st.flush()
	if got := st.take(); len(got) != 1 || got[0].ins.New != st.SentNum() || len(got[0].ins.Diff) == 0 {
		t.Errorf("asked by %v, want the key", got)
	}
	st.ack(st.SentNum())
}

// A poker is a list that can be told once more.
type poker struct{ list }

// pokeBytes is an item of a kind that nobody knows.
var pokeBytes = []byte{0x0a, 0x03, 0x92, 0x04, 0x00}

func (p poker) AppendDiff(dst []byte, base poker, budget int) ([]byte, poker) {
	dst, reached := p.list.AppendDiff(dst, base.list, budget)
	return dst, poker{reached}
}
func (p poker) Equal(o poker) bool           { return p.list.Equal(o.list) }
func (p poker) Since(old poker) poker        { return poker{p.list.Since(old.list)} }
func (p poker) AppendPoke(dst []byte) []byte { return append(dst, pokeBytes...) }

// TestStockServerIsPoked: a stock server answers a new state with a diff; it is given
// new numbers, but not so many that it has no room for them, and the content is the
// same under each.
func TestStockServerIsPoked(t *testing.T) {
	st := newStoryOf(t, Client, poker{}, nil)
	st.local = poker{newList(".")}
	st.deliver(wire.Instruction{New: 1})
	st.take()
	st.ack(st.SentNum())
	st.sample(100 * ms)
	st.advance(time.Second)
	st.Probe(st.now)
	front := st.AckedNum()
	st.wantSend(fmt.Sprintf("[%d->%d] ack 1", front, front+1))
	st.advance(90 * ms)
	st.ack(front + 1)
	st.advance(time.Second)
	st.wantQuiet()

	st.advance(2 * time.Second) // heartbeats, then silence
	st.take()
	st.change(poker{newList(".k")})
	st.advance(2 * time.Minute)
	numbers := map[uint64]bool{}
	for _, x := range st.take() {
		numbers[x.ins.New] = true
		if x.ins.Old != st.AckedNum() || x.bytes > 100 {
			t.Errorf("at %v: %v in %d bytes", x.at, x, x.bytes)
		}
	}
	if len(numbers) < 20 || len(numbers) > 120 {
		t.Errorf("%d numbers in two minutes", len(numbers))
	}
	newest := st.SentNum()
	st.advance(7 * 24 * time.Hour)
	st.take()
	if n := st.SentNum() - newest; n > 240 {
		t.Errorf("%d numbers in a week", n)
	}
	st.deliver(wire.Instruction{Old: 1, New: 2, Ack: st.SentNum(), Diff: say("k")})
	st.advance(ackDelay)
	st.take()
	st.advance(time.Second)
	st.wantQuiet()
}

// TestOutageEnds: after outages of all lengths, with something to say on either side,
// on both, or on none, contact is back within a probe's pause and a round trip. Timed
// by the simulated clock.
func TestOutageEnds(t *testing.T) {
	const trip = 100 * ms
	for _, c := range []struct{ length, within time.Duration }{
		{2 * time.Second, 100 * ms}, {10 * time.Second, 100 * ms}, {50 * time.Second, 100 * ms},
		{5 * time.Minute, time.Second}, {3 * time.Hour, 15 * time.Second}, {7 * 24 * time.Hour, 15 * time.Second},
	} {
		for _, says := range []string{"", "key", "paste", "output", "key and output"} {
			if says == "" && c.length < 25*time.Second {
				continue // nobody can know
			}
			if says != "key and output" && c.length > 5*time.Minute {
				continue // enough
			}
			p := newPair(t, pairOptions{
				seed: uint64(c.length), up: sim.Conditions{Delay: trip / 2}, down: sim.Conditions{Delay: trip / 2}, long: true,
				client: pings(&talker{abilities: []byte("p")}), server: pings(&talker{server: true, abilities: []byte("p")}),
			})
			p.typeKeys(1)
			p.world.Run(p.world.Now().Add(10 * time.Second))
			p.wantSame()
			end := p.world.Now().Add(c.length)
			p.up.Outage(p.world.Now(), end)
			p.down.Outage(p.world.Now(), end)
			switch says {
			case "key", "key and output":
				p.typeKeys(1)
			case "paste":
				p.typeKeys(3000)
			}
			if says == "output" || says == "key and output" {
				for i := range 200 {
					p.output(i*3, byte('a'+i%26))
				}
				p.runServer()
			}
			p.world.Run(end)
			p.world.Run(end.Add(c.within + trip + ms))
			if heard := p.client.path.heardAt; heard.Before(end) {
				t.Errorf("%q in an outage of %v: not heard %v after its end", says, c.length, c.within+trip)
			}
			p.world.Run(end.Add(c.within + 4*trip + ackDelay))
			p.wantSame()
		}
	}
}
