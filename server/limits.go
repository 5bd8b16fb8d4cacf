//go:build unix

package server

import (
	"fmt"
	"time"
)

// timeLimits are the silences after which a session ends by itself; 0 stands for
// none.
type timeLimits struct {
	firstContact time.Duration // since the start, without any client
	network      time.Duration // without a new client state, which live stock clients send every 3 s
	expiry       time.Duration // without any authentic datagram
	signal       time.Duration // SIGUSR1 is ignored while the newest client state is younger
}

// of returns a limit as it is for a client: one that is rarely heard is not gone
// before detachedAfter.
func (c contact) of(limit time.Duration) time.Duration {
	if limit > 0 && c.rare {
		return max(limit, detachedAfter)
	}
	return limit
}

// A contact says when a client was heard.
type contact struct {
	start time.Time // when the server started
	state time.Time // newest client state, or what shows that a roam client is there; zero if there was none
	any   time.Time // newest authentic datagram; zero if there was none
	rare  bool      // the client says every 20 s only that it is there
}

// expired reports why the session is to end at now, "" if it is not, and otherwise
// when that is to be asked again; zero for never.
func (l timeLimits) expired(c contact, now time.Time) (reason string, next time.Time) {
	check := func(limit time.Duration, since time.Time, why string) {
		if limit <= 0 || reason != "" {
			return
		}
		deadline := since.Add(limit)
		if !now.Before(deadline) {
			reason = fmt.Sprintf(why, limit)
			return
		}
		next = earliest(next, deadline)
	}
	state := c.state
	if state.IsZero() {
		state = c.start
		check(l.firstContact, c.start, "no client came within %v")
	}
	check(c.of(l.network), state, "nothing was heard of the client for %v")
	if !c.any.IsZero() {
		check(l.expiry, c.any, "the client did not come back within %v")
	}
	return reason, next
}

// ignoresUSR1 reports whether SIGUSR1, by which scripts end sessions left behind,
// finds one that is not.
func (l timeLimits) ignoresUSR1(c contact, now time.Time) bool {
	return l.signal > 0 && !c.state.IsZero() && now.Sub(c.state) < c.of(l.signal)
}

// earliest returns the earlier of two times, of which zero stands for never.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// latest returns the later of two times.
func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
