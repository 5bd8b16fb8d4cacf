package client

import (
	"fmt"
	"strings"
	"time"
)

// Times of the notice line (docs/client.md).
const (
	// lateContact is how long an answer may be overdue before the user hears of it: by
	// then some twenty probes were lost.
	lateContact = 2500 * time.Millisecond

	// lateReply is how long the server may acknowledge nothing of what was sent, while
	// it is heard: what is typed does not arrive.
	lateReply = 10 * time.Second

	// errorTime is how long a network error shows unless it is renewed, and
	// errorClears how long after sending works again.
	errorTime   = 3100 * time.Millisecond
	errorClears = time.Second

	// messageTime is how long an ordinary message shows.
	messageTime = time.Second

	// slowTicks is the age from which the notice counts in steps of slowTick,
	// to save power.
	slowTicks = time.Minute
	slowTick  = 3 * time.Second
)

// A contact says when the server was last known to be there.
type contact struct {
	heard   time.Time // when its newest datagram arrived
	replied time.Time // when the newest of what it has of ours was sent
	due     time.Time // when its next answer is or was due; zero: it owes none
	owing   time.Time // since when it has acknowledged nothing, though there is something; zero: there is not
}

// late reports whether the contact is late at now; reply says that the server
// is heard, and does not hear.
func (c contact) late(now time.Time) (late, reply bool) {
	switch {
	case !c.due.IsZero() && age(now, c.due) >= lateContact:
		return true, false
	case !c.owing.IsZero() && age(now, c.owing) >= lateReply:
		return true, true
	}
	return false, false
}

// age returns how long ago t was. The wall clock counts where it says more: the
// monotonic one stops while the machine sleeps.
func age(now, t time.Time) time.Duration {
	return max(now.Sub(t), now.Round(0).Sub(t.Round(0)))
}

// A notice is the line about the session itself: what it says now and when that
// changes. Help goes before what was lost, that before a message, and that before
// a network error; being late is added to each but the help.
type notice struct {
	product string // begins the line
	quit    string // the hint at its end; may be empty
	trying  string // what is done while contact is late, a sentence; may be empty

	help     string // how to go on after the escape key; shown alone
	standing string // shown until taken back
	question string // the same, if nothing was lost
	message  string
	until    time.Time // end of message
	failure  string    // what the network said last
	failEnd  time.Time
	hop      string // what was found out about why nothing comes; follows the line
}

// trying says what a client does while the server is not heard; the names of mosh say what
// they always said.
func (c *Config) trying() string {
	switch {
	case c.product() == "mosh":
		return ""
	case len(c.Others) == 0:
		return fmt.Sprintf("Trying %v.", c.Server.Addr())
	}
	return fmt.Sprintf("Trying %d addresses.", 1+len(c.Others))
}

// say shows a message for a while.
func (n *notice) say(now time.Time, text string, long time.Duration) {
	n.message, n.until = text, now.Add(long)
}

// fail shows a network error.
func (n *notice) fail(now time.Time, text string) {
	n.failure, n.failEnd = text, now.Add(errorTime)
}

// works notes that sending succeeded.
func (n *notice) works(now time.Time) {
	if end := now.Add(errorClears); n.failure != "" && n.failEnd.After(end) {
		n.failEnd = end
	}
}

// text returns the line at now, empty for none; what follows a line feed in it is for
// further rows.
func (n *notice) text(now time.Time, c contact) string {
	if n.help != "" {
		return n.product + ": " + n.help
	}
	late, reply := c.late(now)
	failure := ""
	if now.Before(n.failEnd) {
		failure = n.failure
	}
	text := ""
	switch {
	case n.standing != "":
		text = n.standing
	case n.question != "":
		text = n.question
	case now.Before(n.until):
		text = n.message
	case !late && failure != "":
		text = sentence(failure)
	case !late:
		return ""
	}
	switch what := lateWords(now, c, reply); {
	case text == "":
		text = "Last " + what + " ago" + since(now, c, reply) + "."
		if failure != "" {
			text += " " + sentence(failure)
		} else if reply {
			text += " The server does not hear us."
		} else if n.trying != "" {
			text += " " + n.trying
		}
	case late:
		kind, n, _ := strings.Cut(what, " ")
		text += fmt.Sprintf(" (%s without %s.)", strings.Replace(n, " seconds", " s", 1), kind)
	}
	if n.quit != "" {
		text += " " + n.quit
	}
	if late && n.hop != "" {
		text += "\n" + n.hop
	}
	return n.product + ": " + text
}

// lateWords returns what is late and since how long: "contact 9 seconds".
func lateWords(now time.Time, c contact, reply bool) string {
	if reply {
		return "reply " + ago(age(now, c.replied))
	}
	return "contact " + ago(age(now, c.heard))
}

// ago writes a duration as people count it: 9 seconds, 1:03, 2:00:00.
func ago(d time.Duration) string {
	s := int64(d / time.Second)
	switch {
	case s < 60:
		return fmt.Sprintf("%d seconds", s)
	case s < 3600:
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

// since names the time of day of a contact that was longer ago than people
// like to count back.
func since(now time.Time, c contact, reply bool) string {
	t := c.heard
	if reply {
		t = c.replied
	}
	switch d := age(now, t); {
	case d < 10*time.Minute:
		return ""
	case d < 20*time.Hour:
		return t.Format(", at 15:04")
	}
	return t.Format(", on Jan 2 at 15:04")
}

// sentence makes an error's text a sentence.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// next returns when text may change by itself; zero for never.
func (n *notice) next(now time.Time, c contact) time.Time {
	var next time.Time
	for _, t := range []time.Time{n.until, n.failEnd} {
		if t.After(now) {
			next = earlier(next, t)
		}
	}
	late, reply := c.late(now)
	if !c.due.IsZero() && (!late || reply) {
		next = earlier(next, now.Add(lateContact-age(now, c.due)))
	}
	if !late {
		if !c.owing.IsZero() {
			next = earlier(next, now.Add(lateReply-age(now, c.owing)))
		}
		return next
	}
	t := c.heard
	if reply {
		t = c.replied
	}
	old, step := age(now, t), time.Second
	if old >= slowTicks {
		step = slowTick
	}
	return earlier(next, now.Add(step-old%step))
}

// earlier returns the earlier of two times, of which zero means never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
