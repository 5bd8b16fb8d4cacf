//go:build linux

package e2e

import (
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"
)

// A relay is a network between a client and a server on loopback: it passes datagrams
// on, badly if it is told to. It has one address for the client, and one for the server to see,
// which it can change, as a NAT does.
type relay struct {
	t      testing.TB
	front  *net.UDPConn // the client sends here
	server netip.AddrPort

	mu     sync.Mutex
	rng    *rand.Rand
	back   *net.UDPConn   // the server sees its address
	client netip.AddrPort // where the newest datagram came from
	share  float64        // of datagrams that a bad network drops, doubles, and delays
	bad    bool           // mangle
	dark   bool           // swallow everything
	delay  time.Duration  // of every datagram, each way
	up     [][]byte       // copies of the newest datagrams to the server, for replays
	down   [][]byte       // and to the client
	passed int
	closed bool
	held   sync.WaitGroup // reader goroutines and held-back datagrams
}

// badShare is the share of the datagrams that a bad relay drops, doubles, and delays,
// each, if nothing else is said.
const badShare = 0.25

// keptCopies is how many datagrams of each direction a relay remembers.
const keptCopies = 500

// newRelay starts a relay to a server's port on loopback. Its misbehaviour, once
// switched on, depends on the seed alone.
func newRelay(t testing.TB, server netip.AddrPort, seed uint64) *relay {
	t.Helper()
	r := &relay{t: t, server: server, share: badShare, rng: rand.New(rand.NewPCG(seed, 0))}
	r.front = listen(t)
	r.back = listen(t)
	r.held.Add(2)
	go r.forward()
	go r.backward(r.back)
	t.Cleanup(func() {
		r.mu.Lock()
		r.closed = true
		r.front.Close()
		r.back.Close()
		r.mu.Unlock()
		r.held.Wait()
	})
	return r
}

// listen opens a UDP socket on loopback.
func listen(t testing.TB) *net.UDPConn {
	t.Helper()
	c, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		t.Fatal(err)
	}
	c.SetReadBuffer(4 << 20)
	return c
}

// port is where the client is to send.
func (r *relay) port() int { return r.front.LocalAddr().(*net.UDPAddr).Port }

// forward passes datagrams to the server.
func (r *relay) forward() {
	defer r.held.Done()
	buf := make([]byte, 65536)
	for {
		n, from, err := r.front.ReadFromUDPAddrPort(buf)
		if err != nil {
			if r.over() {
				return
			}
			continue // what the kernel says of a peer that is gone
		}
		r.mu.Lock()
		r.client = from
		r.up = remember(r.up, buf[:n])
		r.mu.Unlock()
		r.pass(buf[:n], func(b []byte) { r.back.WriteToUDPAddrPort(b, r.server) })
	}
}

// backward passes datagrams from the server, as long as back is the server's
// side of the relay.
func (r *relay) backward(back *net.UDPConn) {
	defer r.held.Done()
	buf := make([]byte, 65536)
	for {
		n, _, err := back.ReadFromUDPAddrPort(buf)
		if err != nil {
			r.mu.Lock()
			current := r.back == back && !r.closed
			r.mu.Unlock()
			if !current {
				return
			}
			continue
		}
		r.mu.Lock()
		r.down = remember(r.down, buf[:n])
		r.mu.Unlock()
		r.pass(buf[:n], func(b []byte) { r.front.WriteToUDPAddrPort(b, r.client) })
	}
}

func remember(kept [][]byte, b []byte) [][]byte {
	if len(kept) >= keptCopies {
		kept = kept[1:]
	}
	return append(kept, append([]byte(nil), b...))
}

func (r *relay) over() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.closed
}

// pass sends a datagram on: not at all, once or twice, at once or later, so that
// others overtake it. send is called with the lock held.
func (r *relay) pass(b []byte, send func([]byte)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.dark {
		return
	}
	r.passed++
	if !r.bad {
		r.later(b, r.delay, send)
		return
	}
	if r.rng.Float64() < r.share {
		return
	}
	copies := 1
	if r.rng.Float64() < r.share {
		copies = 2
	}
	for range copies {
		wait := r.delay
		if r.rng.Float64() < r.share {
			wait += time.Duration(1+r.rng.IntN(60)) * time.Millisecond
		}
		r.later(b, wait, send)
	}
}

// later sends a datagram when a time has passed. The lock is held.
func (r *relay) later(b []byte, wait time.Duration, send func([]byte)) {
	if wait == 0 {
		send(b)
		return
	}
	late := append([]byte(nil), b...)
	r.held.Add(1)
	time.AfterFunc(wait, func() {
		defer r.held.Done()
		r.mu.Lock()
		defer r.mu.Unlock()
		if !r.closed && !r.dark {
			send(late)
		}
	})
}

// set changes how the network behaves: bad mangles, dark swallows everything.
func (r *relay) set(bad, dark bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bad, r.dark = bad, dark
}

// rebind gives the client another address for the server to see; the old one is dead.
func (r *relay) rebind() {
	fresh := listen(r.t)
	r.mu.Lock()
	defer r.mu.Unlock()
	old := r.back
	r.back = fresh
	old.Close()
	r.held.Add(1)
	go r.backward(fresh)
}

// copies returns the newest datagrams that went by.
func (r *relay) copies() (up, down [][]byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([][]byte(nil), r.up...), append([][]byte(nil), r.down...)
}
