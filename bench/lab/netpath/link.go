package netpath

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// Now returns CLOCK_MONOTONIC in nanoseconds: the same in every process of this
// machine.
func Now() int64 {
	var ts unix.Timespec
	unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts)
	return ts.Nano()
}

// A packet is under way.
type packet struct {
	at    int64 // when it arrives
	order uint64
	data  []byte
}

// packets is a heap, the next to arrive first.
type packets []packet

func (q packets) Len() int { return len(q) }
func (q packets) Less(i, j int) bool {
	return q[i].at < q[j].at || q[i].at == q[j].at && q[i].order < q[j].order
}
func (q packets) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *packets) Push(x any)   { *q = append(*q, x.(packet)) }
func (q *packets) Pop() any {
	old := *q
	last := old[len(old)-1]
	old[len(old)-1] = packet{}
	*q = old[:len(old)-1]
	return last
}

// A link is one direction: a thread that reads packets from a device and writes
// them, later or never, to the other.
type link struct {
	path          *Path
	in, out, wake int
	toServer      bool
	stopped       atomic.Bool
	waiting       packets // the thread's own

	mu      sync.Mutex // guards what follows
	way     Way
	rand    *rand.Rand
	bad     bool  // the Gilbert model loses
	free    int64 // when the bottleneck is
	newest  int64 // arrival of the last packet that was not held back
	order   uint64
	count   Count
	worst   int64 // lateness of a delivery, ns
	started int64
}

func newLink(p *Path, in, out int, way Way, seed uint64) (*link, error) {
	wake, err := unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("netpath: eventfd: %w", err)
	}
	return &link{path: p, in: in, out: out, wake: wake, way: way, rand: rand.New(rand.NewPCG(seed, 0)), started: Now()}, nil
}

func (l *link) set(way Way) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.way, l.bad = way, false
}

// halt ends the thread.
func (l *link) halt() {
	l.stopped.Store(true)
	unix.Write(l.wake, []byte{1, 0, 0, 0, 0, 0, 0, 0})
}

// realtime makes the calling thread punctual: a real network does not compete with
// its ends for the processor. Where that is not allowed, Lateness tells.
func realtime() {
	unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)
	const priority = 5 // anything above 0, the priority of no other class
	unix.SchedSetAttr(0, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_RR, Priority: priority, Flags: unix.SCHED_FLAG_RESET_ON_FORK}, 0)
}

func (l *link) run(done *sync.WaitGroup) {
	defer done.Done()
	runtime.LockOSThread() // and never unlocked: the thread is in another class
	realtime()
	const readAtOnce = 32 // packets, so that deliveries stay punctual
	buf := make([]byte, 1<<16)
	fds := []unix.PollFd{{Fd: int32(l.in), Events: unix.POLLIN}, {Fd: int32(l.wake), Events: unix.POLLIN}}
	for !l.stopped.Load() {
		l.deliver(Now())
		n, err := unix.Ppoll(fds, l.untilNext(), nil)
		if err != nil && err != unix.EINTR {
			return
		}
		if n <= 0 || fds[0].Revents == 0 {
			continue
		}
		for range readAtOnce {
			n, err := unix.Read(l.in, buf)
			if err != nil || n <= 0 {
				break
			}
			l.take(buf[:n], Now())
		}
	}
}

// untilNext returns how long to wait for packets to read; nil for ever.
func (l *link) untilNext() *unix.Timespec {
	if len(l.waiting) == 0 {
		return nil
	}
	ts := unix.NsecToTimespec(max(l.waiting[0].at-Now(), 0))
	return &ts
}

// deliver writes what has arrived.
func (l *link) deliver(now int64) {
	for len(l.waiting) > 0 && l.waiting[0].at <= now {
		p := heap.Pop(&l.waiting).(packet)
		l.mu.Lock()
		l.worst = max(l.worst, now-p.at)
		l.mu.Unlock()
		if !l.path.dark(now) {
			l.path.translate(p.data, l.toServer)
			unix.Write(l.out, p.data) // what the device has no room for is lost
		}
	}
}

// take brings one packet on its way.
func (l *link) take(b []byte, now int64) {
	dead := l.path.dark(now)
	l.mu.Lock()
	defer l.mu.Unlock()
	var uncounted Count
	count := &uncounted
	if isSession(b) {
		count = &l.count
	}
	count.Packets++
	count.Bytes += int64(len(b))
	if dead {
		return
	}
	departs, ok := l.queue(len(b), now)
	if !ok {
		count.Dropped++
		return
	}
	if l.loses() {
		count.Lost++
		return
	}
	at := l.arrival(departs)
	l.push(at, b)
	if l.rand.Float64() < l.way.Duplicate {
		l.push(at, b)
	}
}

// queue returns when a packet of size bytes leaves the bottleneck, if its queue has
// room.
func (l *link) queue(size int, now int64) (departs int64, ok bool) {
	if l.way.Rate == 0 {
		return now, true
	}
	limit := l.way.Queue
	if limit == 0 {
		limit = defaultQueue
	}
	perByte := float64(8*time.Second) / float64(l.way.Rate) // ns
	l.free = max(l.free, now)
	if waiting := float64(l.free-now) / perByte; int(waiting)+size > limit {
		return 0, false
	}
	l.free += int64(float64(size) * perByte)
	return l.free, true
}

// arrival returns when a packet that departs then arrives.
func (l *link) arrival(departs int64) int64 {
	w := &l.way
	at := departs + int64(w.Delay)
	if w.Jitter > 0 {
		at += int64((l.rand.Float64()*2 - 1) * float64(w.Jitter))
	}
	if slot := int64(w.Slot); slot > 0 {
		at = l.started + (at-l.started+slot-1)/slot*slot
		for l.rand.Float64() < w.Retry {
			at += slot
		}
	}
	at = max(at, departs)
	if l.rand.Float64() < w.Reorder {
		return at + int64(w.ReorderBy)
	}
	l.newest = max(l.newest, at)
	return l.newest
}

// loses decides on one packet: each on its own, or by a Gilbert model with the same
// mean and the given length of bursts.
func (l *link) loses() bool {
	p, burst := l.way.Loss, l.way.Burst
	switch {
	case p <= 0:
		return false
	case burst <= 1:
		return l.rand.Float64() < p
	case l.bad:
		l.bad = l.rand.Float64() >= 1/burst
	default:
		l.bad = l.rand.Float64() < p/(burst*(1-p))
	}
	return l.bad
}

func (l *link) push(at int64, b []byte) {
	l.order++
	heap.Push(&l.waiting, packet{at, l.order, append([]byte(nil), b...)})
}
