package carrier

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"
)

const (
	// typeOfService says "ECN-capable, ECT(0)" (RFC 3168 section 5) and AF21, the
	// class of low-latency data (RFC 4594), by which OpenSSH marks interactive
	// sessions too; the two bits of ecnMask come back as ecnCE from a congested
	// router.
	typeOfService = 18<<2 | 0x02
	ecnMask       = 0x03
	ecnCE         = 0x03

	// receiveBuffer is what is asked for the kernel's receive buffer. A large
	// screen comes as one burst of datagrams, each of which the kernel counts
	// with its own overhead, twice its length or so; and the reader may wait for
	// a processor meanwhile. A megabyte holds some 400 full datagrams. The
	// kernel grants less if it is set so.
	receiveBuffer = 1 << 20

	// sendWait is the longest that a full send buffer may hold up the session's
	// loop. It empties at the rate of the line; a datagram that waits longer
	// is worth less than the newer one that follows it.
	sendWait = 20 * time.Millisecond
)

// errSendBuffer is the reason of a TransientError after sendWait.
var errSendBuffer = errors.New("send buffer full")

// listen opens a socket bound to address, with the options of every one.
func listen(network, address string, wantErrors bool) (*net.UDPConn, error) {
	config := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) { setOptions(fd, wantErrors) })
	}}
	pc, err := config.ListenPacket(context.Background(), network, address)
	if err != nil {
		return nil, err
	}
	conn := pc.(*net.UDPConn)
	conn.SetReadBuffer(receiveBuffer) // best effort
	return conn, nil
}

// send sends b, with control messages, and waits no longer than sendWait. What is
// larger than every path should carry leaves whole or not at all, and is dropped where
// it does not fit: fragments would say nothing of the path, and each can be lost.
func send(conn *net.UDPConn, b, control []byte, to netip.AddrPort) error {
	if sendsWhole && len(b) > payloadLimit(to.Addr(), false) {
		setWhole(conn, true)
		defer setWhole(conn, false)
	}
	if err := conn.SetWriteDeadline(time.Now().Add(sendWait)); err != nil {
		return classify("send", err)
	}
	_, _, err := conn.WriteMsgUDPAddrPort(b, control, to)
	// The deadline's timer would wake an idle process for nothing.
	conn.SetWriteDeadline(time.Time{})
	if err != nil {
		return classify("send", err)
	}
	return nil
}

// classify returns what callers know err by: an error that wraps
// ErrMessageSize, a *TransientError, or err with the operation before it.
func classify(op string, err error) error {
	var errno syscall.Errno
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &TransientError{Op: op, Err: errSendBuffer}
	case !errors.As(err, &errno):
		return fmt.Errorf("carrier: %s: %w", op, err)
	case errno == errMessageSize:
		return fmt.Errorf("%w (%w)", ErrMessageSize, errno)
	case isTransient(errno):
		return &TransientError{Op: op, Err: errno}
	}
	return fmt.Errorf("carrier: %s: %w", op, errno)
}

// IsRefused reports whether err, of a Send or a Datagram, says that the host
// was reached and nobody listens on the port. An attacker beside the path can
// forge that; it is fit to be shown, not to be acted on.
func IsRefused(err error) bool {
	var errno syscall.Errno
	return errors.As(err, &errno) && isRefused(errno)
}

// IsFull reports whether err, of a Send, says only that datagrams leave faster than
// the line or the machine takes them: the next one may pass, and nobody need know.
func IsFull(err error) bool {
	var errno syscall.Errno
	return errors.Is(err, errSendBuffer) || errors.As(err, &errno) && isFull(errno)
}

// localAddr returns the address conn is bound to.
func localAddr(conn *net.UDPConn) netip.AddrPort {
	if a, ok := conn.LocalAddr().(*net.UDPAddr); ok {
		return a.AddrPort()
	}
	return netip.AddrPort{}
}
