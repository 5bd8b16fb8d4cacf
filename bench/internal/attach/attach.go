// Package attach is a client that shows nothing: it attaches to a server, of
// stock mosh or of roam, as a stock client does, and counts the host bytes of
// each frame.
package attach

import (
	"crypto/rand"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"roam/bench/internal/host"
	"roam/crypto"
	"roam/session"
	"roam/ssp"
	"roam/ssp/wire"
	"roam/terminal"
)

// A Frame is a state of the server's screen, as a stock client has it.
type Frame struct {
	Base   *Frame           // the one that the server led from; nil for state 0
	Bytes  []byte           // the host bytes that led here
	Screen *terminal.Screen // what they made
}

// Apply returns the frame that diff, a HostMessage, leads to.
func (f *Frame) Apply(diff []byte) (*Frame, error) {
	next := &Frame{Base: f, Screen: f.Screen}
	for item, err := range wire.HostItems(diff) {
		if err != nil {
			return nil, err
		}
		switch item.Kind {
		case wire.Bytes:
			next.Bytes = append(next.Bytes, item.Bytes...)
			next.Screen = terminal.Apply(next.Screen, item.Bytes, terminal.StockReader)
		case wire.Resize:
			next.Screen = terminal.ApplyResize(next.Screen, int(item.Cols), int(item.Rows), terminal.StockReader)
		}
	}
	return next, nil
}

// Since implements ssp.Remote.
func (f *Frame) Since(*Frame) *Frame { return f }

// Size implements ssp.Remote.
func (f *Frame) Size() int { return len(f.Bytes) }

// A Client is attached to a server until Close.
type Client struct {
	newest  atomic.Pointer[Frame]
	changed chan struct{} // of one: there was a new frame
	done    chan struct{} // closed by Close
	ended   chan struct{} // closed when the loop is over
	conn    *net.UDPConn
	keys    *crypto.Session
	input   session.Input
	tr      *ssp.Transport[session.Input, *Frame]
}

// Dial attaches to a server with a window of cols columns and rows rows.
func Dial(s *host.Server, cols, rows int) (*Client, error) {
	key, err := crypto.ParseKey(s.Key)
	if err != nil {
		return nil, fmt.Errorf("attach: %w", err)
	}
	keys, err := crypto.NewSession(key, crypto.ToServer)
	if err != nil {
		return nil, fmt.Errorf("attach: %w", err)
	}
	conn, err := net.DialUDP("udp", nil, &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: s.Port})
	if err != nil {
		return nil, fmt.Errorf("attach: %w", err)
	}
	c := &Client{changed: make(chan struct{}, 1), done: make(chan struct{}), ended: make(chan struct{}), conn: conn, keys: keys}
	zero := &Frame{Screen: terminal.NewScreen(cols, rows)}
	c.newest.Store(zero)
	now := time.Now()
	c.tr = ssp.New(now, ssp.Config{Role: ssp.Client, Session: keys, Rand: rand.Reader},
		session.Input{}, func() session.Input { return c.input }, zero)
	c.input = c.input.AppendResize(cols, rows)
	c.tr.Touch(now)
	datagrams := make(chan []byte) // unbuffered: the socket's buffer is enough
	go c.read(datagrams)
	go c.run(datagrams)
	return c, nil
}

// Close leaves the server as it is.
func (c *Client) Close() {
	close(c.done)
	c.conn.Close()
	<-c.ended
	c.keys.Close()
}

// Newest returns the newest frame.
func (c *Client) Newest() *Frame { return c.newest.Load() }

// Settle waits until the screen has not changed for a time of quiet, but at
// least least, and returns the newest frame.
func (c *Client) Settle(least, quiet time.Duration) *Frame {
	timer := time.NewTimer(least)
	defer timer.Stop()
	for {
		select {
		case <-c.changed:
			timer.Reset(quiet)
		case <-timer.C:
			return c.Newest()
		}
	}
}

// read hands over datagrams until the socket is closed.
func (c *Client) read(datagrams chan<- []byte) {
	defer close(datagrams)
	for {
		b := make([]byte, 4096)
		n, err := c.conn.Read(b)
		if err != nil {
			return
		}
		select {
		case datagrams <- b[:n]:
		case <-c.done:
			return
		}
	}
}

// run owns the transport until Close or the end of the server.
func (c *Client) run(datagrams <-chan []byte) {
	defer close(c.ended)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		now := time.Now()
		for b, ok := c.tr.Poll(now, nil); ok; b, ok = c.tr.Poll(now, nil) {
			c.conn.Write(b) // what is lost is repeated
		}
		var alarm <-chan time.Time
		if next := c.tr.NextTimeout(); !next.IsZero() {
			timer.Reset(time.Until(next))
			alarm = timer.C
		}
		select {
		case <-c.done:
			return
		case b, ok := <-datagrams:
			if !ok {
				return
			}
			c.receive(b)
		case <-alarm:
		}
	}
}

// receive takes in a datagram.
func (c *Client) receive(b []byte) {
	receipt, err := c.tr.Receive(time.Now(), b, false)
	if err != nil || !receipt.NewState {
		return
	}
	frame, _ := c.tr.Remote()
	if frame == c.newest.Load() {
		return
	}
	c.newest.Store(frame)
	select {
	case c.changed <- struct{}{}:
	default:
	}
}
