package carrier

import (
	"errors"
	"math"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// watchedGroups are the groups of rtnetlink(7) that tell of links, addresses and
// routes of both families.
const watchedGroups = unix.RTMGRP_LINK | unix.RTMGRP_IPV4_IFADDR | unix.RTMGRP_IPV4_ROUTE |
	unix.RTMGRP_IPV6_IFADDR | unix.RTMGRP_IPV6_ROUTE

// burstPause is how long after a message the next one is read. A network that comes
// up says so in dozens of them within some milliseconds; what is read late loses
// nothing, since the state is looked at after the message.
const burstPause = 5 * time.Millisecond

// start listens to the kernel: netlink for the network, and a timer that is cancelled
// when the clock is set or the machine resumes. Both wait in the runtime's poller,
// so that they cost nothing while nothing happens.
func (w *Watcher) start() {
	network, err := openNetlink()
	if err != nil { // a sandbox, perhaps
		w.readers.Go(func() { w.poll(addresses) })
	} else {
		w.readers.Go(func() { w.readNetlink(network) })
	}
	clock, clockErr := openClock()
	if clockErr == nil {
		w.readers.Go(func() { w.readClock(clock) })
	}
	w.close = func() {
		if err == nil {
			network.Close()
		}
		if clockErr == nil {
			clock.Close()
		}
	}
}

// openNetlink returns a socket that hears of the network's changes.
func openNetlink() (*os.File, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, err
	}
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: watchedGroups}); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return os.NewFile(uintptr(fd), "netlink"), nil
}

// readNetlink tells of what comes, which is not looked at. Messages that found no room
// are an error, and a change as well.
func (w *Watcher) readNetlink(f *os.File) {
	buf := make([]byte, 1) // the rest of each message is dropped
	for {
		_, err := f.Read(buf)
		if err != nil && !errors.Is(err, unix.ENOBUFS) {
			return
		}
		w.tell()
		if !w.pause(burstPause) {
			return
		}
	}
}

// openClock returns a timer that never ends, but is cancelled when the wall clock jumps, as
// it does at each resume (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET).
func openClock() (*os.File, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_REALTIME, unix.TFD_CLOEXEC|unix.TFD_NONBLOCK)
	if err != nil {
		return nil, err
	}
	if err := armClock(fd); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return os.NewFile(uintptr(fd), "clock"), nil
}

func armClock(fd int) error {
	// In 2262. A system with 32 bits refuses that, and does without.
	never := unix.ItimerSpec{Value: unix.NsecToTimespec(math.MaxInt64)}
	return unix.TimerfdSettime(fd, unix.TFD_TIMER_ABSTIME|unix.TFD_TIMER_CANCEL_ON_SET, &never, nil)
}

// readClock tells when the clock has jumped.
func (w *Watcher) readClock(f *os.File) {
	buf := make([]byte, 8)
	for {
		_, err := f.Read(buf)
		if err != nil && !errors.Is(err, unix.ECANCELED) {
			return
		}
		w.tell()
		if !w.pause(burstPause) {
			return
		}
		raw, err := f.SyscallConn()
		if err != nil {
			return
		}
		raw.Control(func(fd uintptr) { armClock(int(fd)) }) // as it was: it stays cancelled otherwise
	}
}
