// Package alarm wakes a loop at a given time, cheaply. A session sets its alarm some ten
// times for each typed key. The runtime's own timers wait in whole milliseconds: one wakes a
// thread early, then again a millisecond later, and meanwhile the runtime's watchdog, which
// sees a timer overdue, every 20 µs. Where the system has timers that are descriptors, an
// Alarm is one, and costs one wake-up.
package alarm

import "time"

// An Alarm rings once for each time that it is set to. One goroutine sets it and receives
// from C.
type Alarm struct {
	// C receives a value when the time has come. One may come for a time that was
	// replaced meanwhile.
	C <-chan struct{}

	rings  chan struct{} // C, with room for one
	next   time.Time     // when it rings; zero for never
	device device
}

// A device is what waits. set makes it ring after d, above 0, and not at the time before;
// stop makes it not ring.
type device interface {
	set(d time.Duration)
	stop()
	close()
}

// New returns an Alarm that is not set, of the best kind that there is. It is to be closed.
func New() *Alarm {
	a := newAlarm()
	var err error
	if a.device, err = openDevice(a.ring); err != nil {
		a.device = newTimer(a.ring)
	}
	return a
}

// Plain returns an Alarm of the runtime's timers, for tests whose time is simulated.
func Plain() *Alarm {
	a := newAlarm()
	a.device = newTimer(a.ring)
	return a
}

func newAlarm() *Alarm {
	rings := make(chan struct{}, 1)
	return &Alarm{C: rings, rings: rings}
}

// Set makes the alarm ring at next, at once if that is not after now, and never if it is
// the zero Time.
func (a *Alarm) Set(now, next time.Time) {
	switch {
	case next.IsZero():
		if !a.next.IsZero() {
			a.device.stop()
		}
	case next.Equal(a.next) && now.Before(next):
		return // it is set, and has not rung
	default:
		a.device.set(max(next.Sub(now), 1))
	}
	a.next = next
}

// Close gives back what the alarm has of the system. It does not ring any more.
func (a *Alarm) Close() { a.device.close() }

// ring is called by the device.
func (a *Alarm) ring() {
	select {
	case a.rings <- struct{}{}:
	default: // it rings already
	}
}

// A timer is a device by the runtime's timers.
type timer struct{ t *time.Timer }

func newTimer(ring func()) timer {
	t := time.AfterFunc(time.Hour, ring)
	t.Stop()
	return timer{t}
}

func (t timer) set(d time.Duration) { t.t.Reset(d) }
func (t timer) stop()               { t.t.Stop() }
func (t timer) close()              { t.t.Stop() }
