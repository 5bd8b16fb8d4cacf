package ssp

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"roam/crypto"
)

// An exchange is two Transports without a network between them, for measuring
// what a key and its echo cost. Their states are prepared, so that only the
// Transports are measured.
type exchange struct {
	client *Transport[list, register]
	server *Transport[register, list]
	now    time.Time
	typed  list
	screen register
	blinks [2]register
	n      int
	buf    []byte
}

func newExchange(tb testing.TB) *exchange {
	x := &exchange{now: testStart, screen: newRegister()}
	x.blinks = [2]register{newRegister().set(5, "a"), newRegister().set(5, "b")}
	chaff := chaffFrom{rand.New(rand.NewPCG(1, 1))}
	x.client = New(x.now, Config{Role: Client, Session: testSession(tb, crypto.ToServer), Rand: chaff},
		list{}, func() list { return x.typed }, newRegister())
	x.server = New(x.now, Config{Role: Server, Session: testSession(tb, crypto.ToClient), Rand: chaff},
		newRegister(), func() register { return x.screen }, list{})
	return x
}

// key types a key, brings it to the server, and the echo back.
func (x *exchange) key() {
	x.n++
	x.typed = list{forgotten: x.n - 1, text: "k"}
	x.client.Touch(x.now)
	x.pass(50 * ms)
	x.screen = x.blinks[x.n%2]
	x.server.Touch(x.now)
	x.pass(50 * ms)
	x.pass(100 * ms)
}

// pass lets time pass and exchanges what is due then.
func (x *exchange) pass(d time.Duration) {
	x.now = x.now.Add(d)
	for {
		b, ok := x.client.Poll(x.now, x.buf[:0])
		if ok {
			x.buf = b
			x.server.Receive(x.now, b, false)
			continue
		}
		if b, ok = x.server.Poll(x.now, x.buf[:0]); !ok {
			return
		}
		x.buf = b
		x.client.Receive(x.now, b, false)
	}
}

func BenchmarkKeyAndEcho(b *testing.B) {
	x := newExchange(b)
	b.ReportAllocs()
	for b.Loop() {
		x.key()
	}
	b.ReportMetric(float64(x.client.Stats().Sent+x.server.Stats().Sent)/float64(x.n), "datagrams/key")
}

// TestSteadyStateAllocatesNothing but what the states of the test take.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	x := newExchange(t)
	for range 1000 {
		x.key()
	}
	states := func() float64 {
		var l list
		r := newRegister()
		diff := say("k")
		pair, _ := x.blinks[0].AppendDiff(nil, x.blinks[1], 0)
		return testing.AllocsPerRun(100, func() {
			l.Apply(diff)
			r.Apply(pair)
			x.blinks[0].AppendDiff(pair[:0], x.blinks[1], 0)
			x.blinks[0].AppendDiff(pair[:0], x.blinks[1], 0)
		})
	}()
	if n := testing.AllocsPerRun(500, x.key); n > states {
		t.Errorf("a key and its echo take %v allocations, of which the states' are %v", n, states)
	}
}

func BenchmarkLargeDiff(b *testing.B) {
	for _, n := range []int{1000, 20_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			x := newExchange(b)
			x.pass(0)
			text := noise(n)
			total := 0
			b.ReportAllocs()
			for b.Loop() {
				x.typed = list{forgotten: total, text: text}
				total += n
				x.client.Touch(x.now)
				x.pass(50 * ms)
				x.pass(200 * ms)
			}
			b.SetBytes(int64(n))
			if x.client.AckedState().end() != total {
				b.Errorf("%d bytes acknowledged of %d", x.client.AckedState().end(), total)
			}
		})
	}
}
