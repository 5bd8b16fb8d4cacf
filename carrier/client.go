package carrier

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"
)

// A Client sends to one address, from a port that can hop, and receives from
// any address on all the ports it has lately used. Its methods may be called
// from several goroutines.
type Client struct {
	server   netip.AddrPort
	receiver *receiver

	mu      sync.Mutex // held for moments only: readers close old sockets
	sockets hops[*net.UDPConn]
	small   bool // the kernel refused a datagram for its size
	closed  bool
}

// Dial returns a Client for a server's numeric address. It sends nothing.
// Receiving begins at once.
func Dial(server netip.AddrPort) (*Client, error) {
	server = netip.AddrPortFrom(server.Addr().Unmap(), server.Port())
	if !server.Addr().IsValid() || server.Port() == 0 {
		return nil, fmt.Errorf("carrier: no address to send to: %v", server)
	}
	c := &Client{server: server, receiver: newReceiver()}
	if err := c.Hop(); err != nil {
		return nil, err
	}
	return c, nil
}

// Datagrams returns the channel of what is received, closed by Close.
func (c *Client) Datagrams() <-chan Datagram { return c.receiver.out }

// Dropped returns how many datagrams were dropped because they were too long
// or the channel was full.
func (c *Client) Dropped() uint64 { return c.receiver.dropped.Load() }

// Server returns the address that Send sends to.
func (c *Client) Server() netip.AddrPort { return c.server }

// MaxPayload returns the most bytes that a datagram should have: by the family
// of the server's address, less once the kernel has refused one.
func (c *Client) MaxPayload() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return payloadLimit(c.server.Addr(), c.small)
}

// payloadLimit returns the most bytes of UDP payload towards addr.
func payloadLimit(addr netip.Addr, small bool) int {
	switch {
	case small:
		return smallPayload
	case addr.Is4():
		return maxPayload4
	}
	return maxPayload6
}

// ProbePayload returns the most bytes of a datagram that may be tried beyond
// MaxPayload: Send lets nobody fragment it. It is 0 where the system cannot
// promise that, and once the kernel has refused a datagram that was no trial.
func (c *Client) ProbePayload() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return probeLimit(c.server.Addr(), c.small)
}

// probeLimit returns the most bytes of UDP payload to try towards addr.
func probeLimit(addr netip.Addr, small bool) int {
	switch {
	case small || !sendsWhole:
		return 0
	case addr.Is4():
		return probePayload4
	}
	return probePayload6
}

// isTrial reports whether a datagram of n bytes to addr is larger than every path
// should carry, but no larger than what may be tried.
func isTrial(addr netip.Addr, n int) bool {
	return n > payloadLimit(addr, false) && n <= probeLimit(addr, false)
}

// Hop opens a new socket, whose port the kernel chooses, to send from. Older
// ones go on receiving for a while. On an error nothing has changed. It serves
// a change of network too: a new socket takes the new route.
func (c *Client) Hop() error {
	network := "udp6"
	if c.server.Addr().Is4() {
		network = "udp4"
	}
	conn, err := listen(network, ":0", true)
	if err != nil {
		return fmt.Errorf("carrier: opening a socket: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		conn.Close()
		return fmt.Errorf("carrier: opening a socket: %w", net.ErrClosed)
	}
	closeAll(c.sockets.hop(time.Now(), conn))
	c.receiver.start(conn, c.arrived)
	return nil
}

// arrived closes the sockets that a datagram's arrival has made useless.
func (c *Client) arrived() {
	c.mu.Lock()
	defer c.mu.Unlock()
	closeAll(c.sockets.arrived(time.Now()))
}

// Send sends b to the server from the newest port. The errors that a session
// outlives are *TransientError, and those that wrap ErrMessageSize.
//
// An ICMP error about an earlier datagram makes the kernel refuse the next
// one. It is reported as received would be, as a Datagram with Err, and b is
// sent again.
func (c *Client) Send(b []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return fmt.Errorf("carrier: send: %w", net.ErrClosed)
	}
	conn := c.sockets.newest()
	err := send(conn, b, nil, c.server)
	if err == nil {
		return nil
	}
	takeQueuedErrors(conn)
	var transient *TransientError
	if errors.As(err, &transient) && transient.Err != errSendBuffer {
		again := send(conn, b, nil, c.server)
		if again == nil {
			c.receiver.report(&TransientError{Op: "receive", Err: transient.Err})
			return nil
		}
		takeQueuedErrors(conn)
		err = again
	}
	if errors.Is(err, ErrMessageSize) && !isTrial(c.server.Addr(), len(b)) {
		c.small = true
	}
	return err
}

// LocalAddr returns the address of the socket that sends.
func (c *Client) LocalAddr() netip.AddrPort {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return netip.AddrPort{}
	}
	return localAddr(c.sockets.newest())
}

// Close closes all sockets, waits for the goroutines that read them and closes
// the channel of Datagrams.
func (c *Client) Close() error {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil
	}
	c.closed = true
	close(c.receiver.done)
	closeAll(c.sockets.keep(0))
	c.mu.Unlock()
	c.receiver.stop()
	return nil
}

func closeAll(conns []*net.UDPConn) {
	for _, conn := range conns {
		conn.Close() // nothing is buffered that an error could lose
	}
}
