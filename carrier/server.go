package carrier

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"sync"
	"syscall"
)

// A Server has one socket and at most one peer, which the session's loop sets.
// Send, SetPeer, Answer, Peer, MaxPayload and ProbePayload belong to one goroutine.
type Server struct {
	conn     *net.UDPConn
	local    netip.AddrPort
	fallback error
	receiver *receiver
	start    sync.Once
	end      sync.Once

	peer   netip.AddrPort
	source netip.Addr // address that the peer sent to; invalid: the kernel chooses
	// control makes source the source of what is sent, on a socket bound to no
	// address of its own.
	control []byte
	small   bool // the kernel refused a datagram for its size
}

// ListenServer binds a port from low to high, or one that the kernel chooses
// if both are 0: the lowest free one on addr, and if there is none, or the host
// has no such address, the lowest free one on any interface. Fallback then
// tells why. An invalid addr means any interface from the start: IPv6 and IPv4
// both, where the system can.
func ListenServer(addr netip.Addr, low, high uint16) (*Server, error) {
	if low > high {
		return nil, fmt.Errorf("carrier: empty port range %d to %d", low, high)
	}
	addr = addr.Unmap()
	var fallback error
	if addr.IsValid() {
		conn, err := listenRange(addr, low, high)
		if err == nil {
			return newServer(conn, nil), nil
		}
		fallback = fmt.Errorf("carrier: binding to %v: %w", addr, err)
	}
	conn, err := listenRange(netip.Addr{}, low, high)
	if err != nil {
		return nil, fmt.Errorf("carrier: binding to any interface: %w", err)
	}
	return newServer(conn, fallback), nil
}

// listenRange binds the lowest free port of the range. Its error is the bare
// errno of the last port, if there is one.
func listenRange(addr netip.Addr, low, high uint16) (*net.UDPConn, error) {
	network, host := "udp", "" // both families, by the system's ability
	if addr.IsValid() {
		host = addr.String()
		if addr.Is4() {
			network = "udp4"
		}
	}
	for port := low; ; port++ {
		conn, err := listen(network, net.JoinHostPort(host, strconv.Itoa(int(port))), false)
		if err == nil {
			return conn, nil
		}
		if port == high {
			var errno syscall.Errno
			if errors.As(err, &errno) {
				return nil, errno
			}
			return nil, err
		}
	}
}

// FromFile returns the Server of a socket that File gave, in this process or
// in the one that started it. It closes f, whether or not it succeeds.
func FromFile(f *os.File) (*Server, error) {
	defer f.Close()
	pc, err := net.FilePacketConn(f)
	if err != nil {
		return nil, fmt.Errorf("carrier: inheriting a socket: %w", err)
	}
	conn, ok := pc.(*net.UDPConn)
	if !ok {
		pc.Close()
		return nil, errors.New("carrier: inheriting a socket: not a UDP socket")
	}
	return newServer(conn, nil), nil
}

func newServer(conn *net.UDPConn, fallback error) *Server {
	return &Server{conn: conn, local: localAddr(conn), fallback: fallback, receiver: newReceiver()}
}

// File returns a copy of the socket for a process to inherit, which makes a
// Server of it by FromFile. The caller closes it. Whoever hands the socket on
// must not have called Datagrams, lest it take what is meant for the heir.
func (s *Server) File() (*os.File, error) {
	f, err := s.conn.File()
	if err != nil {
		return nil, fmt.Errorf("carrier: copying a socket: %w", err)
	}
	return f, nil
}

// Fallback returns why the wanted address is not the one bound, or nil if it is.
func (s *Server) Fallback() error { return s.fallback }

// Port returns the port that the server is bound to.
func (s *Server) Port() uint16 { return s.local.Port() }

// LocalAddr returns the address that the server is bound to, which may be an
// unspecified one.
func (s *Server) LocalAddr() netip.AddrPort { return s.local }

// Datagrams starts receiving, when first called, and returns the channel of
// what is received, closed by Close.
func (s *Server) Datagrams() <-chan Datagram {
	s.start.Do(func() { s.receiver.start(s.conn, nil) })
	return s.receiver.out
}

// Dropped returns how many datagrams were dropped because they were too long
// or the channel was full.
func (s *Server) Dropped() uint64 { return s.receiver.dropped.Load() }

// Answer makes the sender of d the peer, and the address that it was sent to
// the source of what is sent from now on, so that a host with several
// addresses answers from the one that the client knows. Only for authentic
// datagrams newer than all before. It costs nothing if nothing has changed.
func (s *Server) Answer(d Datagram) {
	if s.peer == d.From && s.source == d.To {
		return
	}
	s.SetPeer(d.From)
	s.source = d.To
	if d.To.IsValid() && s.local.Addr().IsUnspecified() {
		s.control = sourceControl(d.To, s.local.Addr().Is6())
	}
}

// SetPeer makes peer the address to send to and lets the kernel choose the
// source. The zero AddrPort stands for none. See Answer.
func (s *Server) SetPeer(peer netip.AddrPort) {
	s.peer = netip.AddrPortFrom(peer.Addr().Unmap(), peer.Port())
	s.source = netip.Addr{}
	s.control = nil
}

// Peer returns the address that Send sends to; the zero AddrPort means none.
func (s *Server) Peer() netip.AddrPort { return s.peer }

// MaxPayload returns the most bytes that a datagram should have: by the family
// of the peer's address, or of the bound one while there is no peer; less once
// the kernel has refused one. Ask again when the peer has moved.
func (s *Server) MaxPayload() int {
	if s.peer.IsValid() {
		return payloadLimit(s.peer.Addr(), s.small)
	}
	return payloadLimit(s.local.Addr(), s.small)
}

// ProbePayload is the same as a Client's; 0 while there is no peer.
func (s *Server) ProbePayload() int {
	if !s.peer.IsValid() {
		return 0
	}
	return probeLimit(s.peer.Addr(), s.small)
}

// Send sends b to the peer. The errors that a session outlives are ErrNoPeer,
// *TransientError, and those that wrap ErrMessageSize.
func (s *Server) Send(b []byte) error {
	if !s.peer.IsValid() {
		return ErrNoPeer
	}
	err := send(s.conn, b, s.control, s.peer)
	if err == nil {
		return nil
	}
	var errno syscall.Errno
	if s.control != nil && errors.As(err, &errno) && isBadSource(errno) {
		// The address is gone, with its interface perhaps. Any other is better.
		s.control = nil
		err = send(s.conn, b, nil, s.peer)
	}
	if errors.Is(err, ErrMessageSize) && !isTrial(s.peer.Addr(), len(b)) {
		s.small = true
	}
	return err
}

// Close closes the socket, waits for the goroutine that reads it and closes
// the channel of Datagrams.
func (s *Server) Close() error {
	s.end.Do(func() {
		close(s.receiver.done)
		s.conn.Close() // nothing is buffered that an error could lose
		s.receiver.stop()
	})
	return nil
}
