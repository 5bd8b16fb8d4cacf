package main

import (
	"net"
	"sync"
)

// A traffic is what went one way.
type traffic struct{ bytes, datagrams int }

// flows is what went from the client to the server, and back.
type flows [2]traffic

func (f flows) minus(o flows) flows {
	for i := range f {
		f[i].bytes -= o[i].bytes
		f[i].datagrams -= o[i].datagrams
	}
	return f
}

// A relay passes datagrams between one client and a server, and counts them.
type relay struct {
	client, server *net.UDPConn

	mu    sync.Mutex
	peer  *net.UDPAddr // where the client last was
	count flows
}

// newRelay returns a relay to a server's port.
func newRelay(port int) (*relay, error) {
	loopback := net.IPv4(127, 0, 0, 1)
	client, err := net.ListenUDP("udp", &net.UDPAddr{IP: loopback})
	if err != nil {
		return nil, err
	}
	server, err := net.DialUDP("udp", nil, &net.UDPAddr{IP: loopback, Port: port})
	if err != nil {
		client.Close()
		return nil, err
	}
	r := &relay{client: client, server: server}
	go r.up()
	go r.down()
	return r, nil
}

func (r *relay) port() int { return r.client.LocalAddr().(*net.UDPAddr).Port }

// close ends both directions.
func (r *relay) close() {
	r.client.Close()
	r.server.Close()
}

func (r *relay) counts() flows {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.count
}

// note counts n bytes one way and returns where the client is.
func (r *relay) note(way, n int, from *net.UDPAddr) *net.UDPAddr {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count[way].bytes += n
	r.count[way].datagrams++
	if from != nil {
		r.peer = from
	}
	return r.peer
}

func (r *relay) up() {
	for b := make([]byte, 4096); ; {
		n, from, err := r.client.ReadFromUDP(b)
		if err != nil {
			return
		}
		r.note(0, n, from)
		r.server.Write(b[:n])
	}
}

func (r *relay) down() {
	for b := make([]byte, 4096); ; {
		n, err := r.server.Read(b)
		if err != nil {
			return
		}
		if to := r.note(1, n, nil); to != nil {
			r.client.WriteToUDP(b[:n], to)
		}
	}
}
