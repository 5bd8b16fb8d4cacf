package client

import (
	"time"

	"golang.org/x/sys/unix"
)

// timeAsleep asks the clock that goes on in sleep and the one that does not. So a wall
// clock that was set is not taken for sleep.
func timeAsleep(ahead time.Duration) time.Duration {
	var boot, monotonic unix.Timespec
	if unix.ClockGettime(unix.CLOCK_BOOTTIME, &boot) != nil || unix.ClockGettime(unix.CLOCK_MONOTONIC, &monotonic) != nil {
		return ahead // a sandbox that forbids it
	}
	return time.Duration(boot.Nano() - monotonic.Nano())
}
