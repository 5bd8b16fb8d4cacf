//go:build unix

package server

import (
	"strings"
	"testing"
	"time"
)

func TestTimeLimits(t *testing.T) {
	start := time.Unix(1000, 0)
	at := func(s int) time.Time {
		if s < 0 {
			return time.Time{}
		}
		return start.Add(time.Duration(s) * time.Second)
	}
	stock := timeLimits{firstContact: time.Minute}
	roam := timeLimits{firstContact: time.Minute, expiry: DefaultExpiry}
	const month = 30 * 24 * 3600
	for _, tt := range []struct {
		name       string
		limits     timeLimits
		state, any int // seconds since the start; -1 for never
		now        int
		reason     string
		next       int // -1 for never
	}{
		{"waiting for the first client", stock, -1, -1, 59, "", 60},
		{"no client ever", stock, -1, -1, 60, "no client came within 1m0s", -1},
		{"a stray datagram is no client", stock, -1, 30, 60, "no client came", -1},
		{"stock waits for ever", stock, 5, 5, 10 * month, "", -1},
		{"roam for a month", roam, 5, 5, month, "", month + 5},
		{"but no longer", roam, 5, 5, month + 5, "did not come back within 720h", -1},
		{"any datagram counts for it", roam, 5, 100, month + 5, "", month + 100},
		{"network time-out before the first client", timeLimits{firstContact: time.Minute, network: 10 * time.Second}, -1, -1, 10, "nothing was heard of the client for 10s", -1},
		{"after it", timeLimits{firstContact: time.Minute, network: 10 * time.Second}, 20, 20, 29, "", 30},
		{"counts states", timeLimits{network: 10 * time.Second}, 20, 29, 30, "nothing was heard of the client for 10s", -1},
		{"the earlier one", timeLimits{network: 1000 * time.Second, expiry: 500 * time.Second}, 0, 600, 700, "", 1000},
	} {
		reason, next := tt.limits.expired(contact{start: start, state: at(tt.state), any: at(tt.any)}, at(tt.now))
		if !strings.Contains(reason, tt.reason) || (reason == "") != (tt.reason == "") {
			t.Errorf("%s: reason %q, want %q", tt.name, reason, tt.reason)
		}
		if reason == "" && !next.Equal(at(tt.next)) {
			t.Errorf("%s: next %v, want %v", tt.name, next, at(tt.next))
		}
	}
}

// A roam client says every 20 s that it is there: a shorter limit would end its session
// while its user thinks.
func TestTimeLimitsOfAClientThatIsRarelyHeard(t *testing.T) {
	start := time.Unix(1000, 0)
	l := timeLimits{network: 10 * time.Second, signal: 10 * time.Second}
	c := contact{start: start, state: start, any: start, rare: true}
	if reason, next := l.expired(c, start.Add(29*time.Second)); reason != "" || !next.Equal(start.Add(30*time.Second)) {
		t.Errorf("after 29 s: %q, next %v", reason, next)
	}
	if reason, _ := l.expired(c, start.Add(30*time.Second)); reason == "" {
		t.Error("after 30 s the session goes on")
	}
	if !l.ignoresUSR1(c, start.Add(29*time.Second)) || l.ignoresUSR1(c, start.Add(30*time.Second)) {
		t.Error("SIGUSR1 is heeded before 30 s, or not then")
	}
	if reason, _ := (timeLimits{network: time.Minute}).expired(c, start.Add(59*time.Second)); reason != "" {
		t.Errorf("a longer limit: %q", reason)
	}
}

func TestIgnoresUSR1(t *testing.T) {
	start := time.Unix(1000, 0)
	five := timeLimits{signal: 5 * time.Second}
	for _, tt := range []struct {
		name   string
		limits timeLimits
		state  time.Time
		now    time.Time
		want   bool
	}{
		{"no limit", timeLimits{}, start, start, false},
		{"live client", five, start, start.Add(4 * time.Second), true},
		{"lost client", five, start, start.Add(5 * time.Second), false},
		{"no client yet", five, time.Time{}, start, false},
	} {
		if got := tt.limits.ignoresUSR1(contact{start: start, state: tt.state}, tt.now); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestEarliest(t *testing.T) {
	a, b, never := time.Unix(1, 0), time.Unix(2, 0), time.Time{}
	for _, tt := range [][3]time.Time{{a, b, a}, {b, a, a}, {never, b, b}, {a, never, a}, {never, never, never}} {
		if got := earliest(tt[0], tt[1]); !got.Equal(tt[2]) {
			t.Errorf("earliest(%v, %v) = %v", tt[0], tt[1], got)
		}
	}
}
