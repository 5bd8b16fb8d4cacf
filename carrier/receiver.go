package carrier

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// controlSpace is room for the control messages of one datagram: type of
// service and destination address take under 100 bytes on every system.
const controlSpace = 128

// A buffer takes one datagram and a byte more, by which a longer one shows.
type buffer [MaxDatagram + 1]byte

// A receiver gathers the datagrams of one or several sockets in one channel.
type receiver struct {
	out     chan Datagram
	pool    sync.Pool // of *buffer
	dropped atomic.Uint64

	done    chan struct{} // closed first of all, to end waits
	readers sync.WaitGroup
}

func newReceiver() *receiver {
	return &receiver{
		out:  make(chan Datagram, queueLength),
		pool: sync.Pool{New: func() any { return new(buffer) }},
		done: make(chan struct{}),
	}
}

// start reads conn until it is closed. After each datagram arrived is called,
// if it is not nil, in the reader's goroutine.
func (r *receiver) start(conn *net.UDPConn, arrived func()) {
	r.readers.Go(func() { r.read(conn, arrived) })
}

// stop waits for the readers, whose sockets the caller has closed after
// closing r.done, and closes the channel.
func (r *receiver) stop() {
	r.readers.Wait()
	close(r.out)
}

func (r *receiver) read(conn *net.UDPConn, arrived func()) {
	var control [controlSpace]byte
	buf := r.pool.Get().(*buffer)
	var failures failureStreak
	for {
		n, cn, _, from, err := conn.ReadMsgUDPAddrPort(buf[:], control[:])
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			r.reportAll(takeQueuedErrors(conn), classify("receive", err))
			if !r.pause(failures.next(time.Now())) {
				return
			}
			continue
		}
		if n > MaxDatagram {
			r.dropped.Add(1)
			continue
		}
		tos, to := parseControl(control[:cn])
		d := Datagram{
			Data: buf[:n],
			From: netip.AddrPortFrom(from.Addr().Unmap(), from.Port()),
			To:   to,
			CE:   tos&ecnMask == ecnCE,
			buf:  buf,
			home: r,
		}
		select {
		case r.out <- d:
			buf = r.pool.Get().(*buffer)
		default:
			r.dropped.Add(1)
		}
		if arrived != nil {
			arrived()
		}
	}
}

// A queuedError is an ICMP error about a datagram that was sent to an address.
type queuedError struct {
	to  netip.AddrPort
	err error
}

// reportAll hands over the errors that the kernel had queued, or err if it had none, as
// far as there is room; they are hints, not a state.
func (r *receiver) reportAll(queued []queuedError, err error) {
	if len(queued) == 0 {
		queued = []queuedError{{err: err}}
	}
	for _, q := range queued {
		select {
		case r.out <- Datagram{From: q.to, Err: q.err}:
		default:
		}
	}
}

// pause waits and reports whether to go on afterwards.
func (r *receiver) pause(wait time.Duration) bool {
	if wait == 0 {
		return true
	}
	select {
	case <-time.After(wait):
		return true
	case <-r.done:
		return false
	}
}

// A failureStreak counts failures that follow each other at once. ICMP errors
// come a few at a time, each after something was sent; but a socket that fails
// again and again, as when a network is torn down, must not keep a processor
// busy. The zero value has counted none.
type failureStreak struct {
	count int
	last  time.Time
}

// next counts a failure at now and returns how long to wait after it.
func (f *failureStreak) next(now time.Time) time.Duration {
	const (
		apart    = 10 * time.Millisecond // failures further apart are no streak
		free     = 64                    // failures without a wait
		shortest = time.Millisecond
		longest  = time.Second
	)
	if now.Sub(f.last) > apart {
		f.count = 0
	}
	f.count++
	if f.count <= free {
		f.last = now
		return 0
	}
	wait := min(shortest<<min(f.count-free-1, 10), longest)
	f.last = now.Add(wait) // the wait is not what ends the streak
	return wait
}
