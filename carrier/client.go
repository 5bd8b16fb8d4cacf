package carrier

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"
)

// A Client sends to a server's address, or to several while it is not known which of them
// answers, from a port that can hop, and receives from any address on all the ports it
// has lately used. Its methods may be called from several goroutines.
type Client struct {
	receiver *receiver

	mu      sync.Mutex // held for moments only: readers close old sockets
	server  netip.AddrPort
	payload int                   // what all addresses that may be the server's take
	sockets [2]hops[*net.UDPConn] // of IPv4 and IPv6; those of a family are opened when it is first sent to
	small   bool                  // the kernel refused a datagram for its size
	closed  bool
}

// Dial returns a Client for a server's numeric address; others are more of them, for
// SendTo. It sends nothing. Receiving begins at once.
func Dial(server netip.AddrPort, others ...netip.AddrPort) (*Client, error) {
	c := &Client{receiver: newReceiver(), server: unmapped(server)}
	c.payload = payloadLimit(c.server.Addr(), false)
	for _, addr := range append([]netip.AddrPort{server}, others...) {
		if !addr.Addr().IsValid() || addr.Port() == 0 {
			return nil, fmt.Errorf("carrier: no address to send to: %v", addr)
		}
		c.payload = min(c.payload, payloadLimit(unmapped(addr).Addr(), false))
	}
	if err := c.Hop(); err != nil && len(others) == 0 {
		return nil, err
	}
	return c, nil
}

// unmapped returns a with an IPv4 address as such.
func unmapped(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}

// Datagrams returns the channel of what is received, closed by Close.
func (c *Client) Datagrams() <-chan Datagram { return c.receiver.out }

// Dropped returns how many datagrams were dropped because they were too long
// or the channel was full.
func (c *Client) Dropped() uint64 { return c.receiver.dropped.Load() }

// Server returns the address that Send sends to.
func (c *Client) Server() netip.AddrPort {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.server
}

// SetServer makes server the address that Send sends to, and decides MaxPayload.
func (c *Client) SetServer(server netip.AddrPort) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.server = unmapped(server)
	c.payload = payloadLimit(c.server.Addr(), false)
}

// MaxPayload returns the most bytes that a datagram should have: by the family
// of the server's address, or of all that it may have until SetServer says which; less
// once the kernel has refused one.
func (c *Client) MaxPayload() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.small {
		return smallPayload
	}
	return c.payload
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

// familyOf returns the index in Client.sockets, and the name of the network, of addresses
// like addr.
func familyOf(addr netip.Addr) (index int, network string) {
	if addr.Is4() {
		return 0, "udp4"
	}
	return 1, "udp6"
}

// Hop opens a new socket, whose port the kernel chooses, to send from; one for each
// family that has some. Older ones go on receiving for a while. It serves
// a change of network too: a new socket takes the new route. On an error, which is of the
// server's family, that one has not changed.
func (c *Client) Hop() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	server, _ := familyOf(c.server.Addr())
	var err error
	for i, network := range []string{"udp4", "udp6"} {
		if i != server && len(c.sockets[i].open) == 0 {
			continue
		}
		if failed := c.hop(i, network); i == server {
			err = failed
		}
	}
	return err
}

// hop opens a new socket of a family.
func (c *Client) hop(family int, network string) error {
	if c.closed {
		return fmt.Errorf("carrier: opening a socket: %w", net.ErrClosed)
	}
	conn, err := listen(network, ":0", true)
	if err != nil {
		return fmt.Errorf("carrier: opening a socket: %w", err)
	}
	closeAll(c.sockets[family].hop(time.Now(), conn))
	c.receiver.start(conn, c.arrived)
	return nil
}

// arrived closes the sockets that a datagram's arrival has made useless: in the family
// that is not the server's, the last one too.
func (c *Client) arrived() {
	c.mu.Lock()
	defer c.mu.Unlock()
	server, _ := familyOf(c.server.Addr())
	for i := range c.sockets {
		needed := 0
		if i == server {
			needed = 1
		}
		closeAll(c.sockets[i].arrived(time.Now(), needed))
	}
}

// Send sends b to the server from the newest port. See SendTo.
func (c *Client) Send(b []byte) error { return c.SendTo(b, c.Server()) }

// SendTo sends b to an address from the newest port of its family. The errors that a
// session outlives are *TransientError, and those that wrap ErrMessageSize.
//
// An ICMP error about an earlier datagram, whichever its address, makes the kernel refuse
// the next one. It is reported as received would be, as a Datagram with Err, and b is
// sent again.
func (c *Client) SendTo(b []byte, to netip.AddrPort) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return fmt.Errorf("carrier: send: %w", net.ErrClosed)
	}
	to = unmapped(to)
	family, network := familyOf(to.Addr())
	if len(c.sockets[family].open) == 0 {
		if err := c.hop(family, network); err != nil {
			return classify("send", err)
		}
	}
	conn := c.sockets[family].newest()
	err := send(conn, b, nil, to)
	if err == nil {
		return nil
	}
	queued := takeQueuedErrors(conn)
	var transient *TransientError
	if errors.As(err, &transient) && transient.Err != errSendBuffer {
		again := send(conn, b, nil, to)
		if again == nil {
			c.receiver.reportAll(queued, &TransientError{Op: "receive", Err: transient.Err})
			return nil
		}
		if queued = append(queued, takeQueuedErrors(conn)...); len(queued) > 0 {
			c.receiver.reportAll(queued, nil)
		}
		err = again
	}
	if errors.Is(err, ErrMessageSize) && !isTrial(to.Addr(), len(b)) {
		c.small = true
	}
	return err
}

// LocalAddr returns the address of the socket that sends to the server.
func (c *Client) LocalAddr() netip.AddrPort {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return netip.AddrPort{}
	}
	family, _ := familyOf(c.server.Addr())
	if len(c.sockets[family].open) == 0 {
		return netip.AddrPort{}
	}
	return localAddr(c.sockets[family].newest())
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
	for i := range c.sockets {
		closeAll(c.sockets[i].keep(0))
	}
	c.mu.Unlock()
	c.receiver.stop()
	return nil
}

func closeAll(conns []*net.UDPConn) {
	for _, conn := range conns {
		conn.Close() // nothing is buffered that an error could lose
	}
}
