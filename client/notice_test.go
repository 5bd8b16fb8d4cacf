package client

import (
	"testing"
	"time"
)

// contactAt is a server's that was heard then, and has acknowledged what was sent then; its
// next answer is due 4 s later.
func contactAt(heard, replied time.Time) contact {
	return contact{heard: heard, replied: replied, due: heard.Add(4 * time.Second), owing: replied}
}

// noticeAt returns the line when contact and reply are so long ago.
func noticeAt(n *notice, heard, replied time.Duration) string {
	now := testStart.Add(100 * time.Hour)
	return n.text(now, contactAt(now.Add(-heard), now.Add(-replied)))
}

func TestNoticeText(t *testing.T) {
	const s = time.Second
	now := testStart.Add(100 * time.Hour)
	plain := notice{product: "roam", quit: "[To quit: Ctrl-^ .]"}
	help, standing, said, failed, both, tried := plain, plain, plain, plain, plain, plain
	tried.trying = "Trying 2 addresses."
	help.help = DefaultEscapeKey.help(true)
	standing.standing = "Input is full."
	said.say(now, "Contact is back.", messageTime)
	failed.fail(now, "network is unreachable")
	both.fail(now, "network is unreachable")
	both.say(now, "Contact is back.", messageTime)
	for _, c := range []struct {
		name           string
		n              notice
		heard, replied time.Duration
		want           string
	}{
		{"nothing", plain, 0, 0, ""},
		{"not late yet", plain, 6499 * time.Millisecond, 9999 * time.Millisecond, ""},
		{"contact late", plain, 6500 * time.Millisecond, 7 * s, "roam: Last contact 6 seconds ago. [To quit: Ctrl-^ .]"},
		{"both late", plain, 59 * s, 60 * s, "roam: Last contact 59 seconds ago. [To quit: Ctrl-^ .]"},
		{"reply late", plain, 1 * s, 12 * s, "roam: Last reply 12 seconds ago. The server does not hear us. [To quit: Ctrl-^ .]"},
		{"what is tried", tried, 9 * s, 9 * s, "roam: Last contact 9 seconds ago. Trying 2 addresses. [To quit: Ctrl-^ .]"},
		{"a minute", plain, 63 * s, 63 * s, "roam: Last contact 1:03 ago. [To quit: Ctrl-^ .]"},
		{"ten minutes", plain, 600 * s, 600 * s, "roam: Last contact 10:00 ago, at 03:50. [To quit: Ctrl-^ .]"},
		{"hours", plain, 2*time.Hour + 3*s, 3 * time.Hour, "roam: Last contact 2:00:03 ago, at 01:59. [To quit: Ctrl-^ .]"},
		{"days", plain, 50 * time.Hour, 50 * time.Hour, "roam: Last contact 50:00:00 ago, on Jan 3 at 02:00. [To quit: Ctrl-^ .]"},
		{"help alone", help, 9 * s, 9 * s, `roam: Commands: "." quits, Ctrl-Z suspends, ^ sends Ctrl-^, Esc goes back.`},
		{"standing", standing, 0, 0, "roam: Input is full. [To quit: Ctrl-^ .]"},
		{"standing and late", standing, 9 * s, 9 * s, "roam: Input is full. (9 s without contact.) [To quit: Ctrl-^ .]"},
		{"message", said, 0, 0, "roam: Contact is back. [To quit: Ctrl-^ .]"},
		{"message and reply late", said, 0, 72 * s, "roam: Contact is back. (1:12 without reply.) [To quit: Ctrl-^ .]"},
		{"network error", failed, 0, 0, "roam: Network is unreachable. [To quit: Ctrl-^ .]"},
		{"network error and late", failed, 9 * s, 9 * s, "roam: Last contact 9 seconds ago. Network is unreachable. [To quit: Ctrl-^ .]"},
		{"message over error", both, 0, 0, "roam: Contact is back. [To quit: Ctrl-^ .]"},
	} {
		if got := noticeAt(&c.n, c.heard, c.replied); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestNoticeIsDueInTime walks from deadline to deadline and notes when the line
// changes: at the moments that the constants name, and at no other.
func TestNoticeIsDueInTime(t *testing.T) {
	n := notice{product: "roam"}
	c := contactAt(testStart, testStart)
	now, shown := testStart, ""
	var changes []time.Duration
	for now.Sub(testStart) < 68*time.Second {
		if text := n.text(now, c); text != shown {
			changes, shown = append(changes, now.Sub(testStart)), text
		}
		next := n.next(now, c)
		if !next.After(now) {
			t.Fatalf("at %v the next change is at %v", now.Sub(testStart), next.Sub(testStart))
		}
		now = next
	}
	want := []time.Duration{4*time.Second + lateContact}
	for s := 7; s <= 60; s++ {
		want = append(want, time.Duration(s)*time.Second)
	}
	want = append(want, 63*time.Second, 66*time.Second)
	if len(changes) != len(want) {
		t.Fatalf("changes at %v, want %v", changes, want)
	}
	for i := range want {
		if changes[i] != want[i] {
			t.Errorf("change %d at %v, want %v", i, changes[i], want[i])
		}
	}
}

func TestNoticeErrorLifetime(t *testing.T) {
	n := notice{product: "roam"}
	fresh := func(now time.Time) contact { return contactAt(now, now) }
	n.fail(testStart, "no route to host")
	for _, c := range []struct {
		at   time.Duration
		want string
	}{{0, "roam: No route to host."}, {errorTime - 1, "roam: No route to host."}, {errorTime, ""}} {
		now := testStart.Add(c.at)
		if got := n.text(now, fresh(now)); got != c.want {
			t.Errorf("after %v: %q, want %q", c.at, got, c.want)
		}
	}
	n.fail(testStart, "no route to host")
	n.works(testStart)
	if now := testStart.Add(errorClears); n.text(now, fresh(now)) != "" {
		t.Error("the error still shows after sending has worked again")
	}
}

// TestNothingIsLateThatIsNotOwed: silence alone is no news.
func TestNothingIsLateThatIsNotOwed(t *testing.T) {
	n := notice{product: "roam"}
	c := contact{heard: testStart, replied: testStart}
	now := testStart.Add(time.Hour)
	if text := n.text(now, c); text != "" || !n.next(now, c).IsZero() {
		t.Errorf("%q, next %v", text, n.next(now, c))
	}
}

// TestAgeCountsSleep: the monotonic clock stops while the machine sleeps.
func TestAgeCountsSleep(t *testing.T) {
	heard := time.Now()
	woke := heard.Add(time.Second)
	if got := age(woke, heard); got != time.Second {
		t.Errorf("age = %v, want 1s", got)
	}
	if got := age(woke.Round(0).Add(time.Hour), heard); got != time.Hour+time.Second {
		t.Errorf("age by the wall clock = %v, want 1h0m1s", got)
	}
}
