package main

import (
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"testing"
)

// A relay stands between the members and the server, on loopback, and treats
// datagrams as a bad network does. To the server each member has an address of its
// own.
type relay struct {
	front  *net.UDPConn // where members send to
	server netip.AddrPort
	loss   float64
	twice  float64 // share that is delivered twice

	mu    sync.Mutex
	rand  *rand.Rand
	backs map[netip.AddrPort]*net.UDPConn // of each member
	lost  int
	wg    sync.WaitGroup
}

// startRelay starts a relay to a server. It ends with the test.
func startRelay(t *testing.T, server netip.AddrPort, seed uint64, loss, twice float64) *relay {
	t.Helper()
	r := &relay{front: listen(t), server: server, loss: loss, twice: twice, rand: rand.New(rand.NewPCG(seed, 0)), backs: map[netip.AddrPort]*net.UDPConn{}}
	r.wg.Go(func() {
		pass(r.front, func(b []byte, from netip.AddrPort) {
			back, err := r.back(from)
			if err != nil {
				t.Error(err)
				return
			}
			for range r.copies() {
				back.Write(b)
			}
		})
	})
	t.Cleanup(func() {
		r.front.Close()
		r.mu.Lock()
		for _, back := range r.backs {
			back.Close()
		}
		r.mu.Unlock()
		r.wg.Wait()
	})
	return r
}

// listen returns a socket on loopback.
func listen(t *testing.T) *net.UDPConn {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func addressOf(conn *net.UDPConn) netip.AddrPort { return conn.LocalAddr().(*net.UDPAddr).AddrPort() }

// pass calls do for each datagram that conn receives, until it is closed.
func pass(conn *net.UDPConn, do func(b []byte, from netip.AddrPort)) {
	buf := make([]byte, 2048)
	for {
		n, from, err := conn.ReadFromUDPAddrPort(buf)
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err == nil:
			do(buf[:n], from)
		}
	}
}

// back returns the socket that stands for a member to the server, and brings the
// answers.
func (r *relay) back(member netip.AddrPort) (*net.UDPConn, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if back := r.backs[member]; back != nil {
		return back, nil
	}
	back, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(r.server))
	if err != nil {
		return nil, err
	}
	r.backs[member] = back
	r.wg.Go(func() {
		pass(back, func(b []byte, _ netip.AddrPort) {
			for range r.copies() {
				r.front.WriteToUDPAddrPort(b, member)
			}
		})
	})
	return back, nil
}

// losses returns how many datagrams were lost.
func (r *relay) losses() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lost
}

// copies draws how often a datagram arrives.
func (r *relay) copies() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.rand.Float64() < r.loss:
		r.lost++
		return 0
	case r.rand.Float64() < r.twice:
		return 2
	}
	return 1
}
