package client

import (
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"roam/session"
	"roam/terminal"
)

const (
	// maxPending and maxPendingBytes bound the events that wait: as many as the
	// server's log holds, and two of the longest clipboard writes in base64. A hostile
	// server could send more than the terminal and the user take.
	maxPending      = 256
	maxPendingBytes = 3 << 20

	// clipboardRate is how many clipboard writes reach the terminal within
	// clipboardTime: more are no person's, and would keep the clipboard from one.
	clipboardRate = 10
	clipboardTime = time.Second

	// askTime is how long the user is asked about a clipboard write: other events
	// wait behind it.
	askTime = 30 * time.Second

	// maxClipboardText is the longest text of a clipboard write, in base64.
	maxClipboardText = (1<<20)*4/3 + 4

	// maxSelection is the most selections that one write names: there are twelve.
	maxSelection = 12
)

// An actor acts on events: it writes to the user's terminal, once and in order,
// what makes it ring, show a notification, or take a text into its clipboard. The
// words are a server's: nothing of them reaches the terminal but plain text and
// base64.
type actor struct {
	clipboard ClipboardMode
	able      bool // the terminal takes OSC 52
	notify    notifier

	queue   []terminal.Event
	bytes   int         // of queue
	copied  []time.Time // of the last clipboard writes, the oldest first; up to clipboardRate
	allowed bool        // the user has said yes to the first in the queue
	asked   time.Time   // since when the user is asked about it; zero if not
}

// add queues events.
func (a *actor) add(list []terminal.Event) {
	for _, v := range list {
		if v.Kind == terminal.EventClipboard && !a.accepts(v) {
			continue
		}
		if v.Kind == terminal.EventBell && len(a.queue) > 0 && a.queue[len(a.queue)-1].Kind == v.Kind {
			continue
		}
		a.queue = append(a.queue, v)
		a.bytes += eventSize(v)
		for len(a.queue) > maxPending || a.bytes > maxPendingBytes {
			a.drop()
		}
	}
}

// accepts reports whether a clipboard write is one, and wanted.
func (a *actor) accepts(v terminal.Event) bool {
	if a.clipboard == ClipboardOff || !a.able || len(v.Text) > maxClipboardText || len(v.Selection) > maxSelection {
		return false
	}
	if strings.Trim(v.Selection, "cpqs01234567") != "" || strings.ContainsAny(v.Text, "\r\n") {
		return false
	}
	_, err := base64.StdEncoding.DecodeString(v.Text)
	return err == nil
}

func eventSize(v terminal.Event) int { return len(v.Selection) + len(v.Title) + len(v.Text) }

// drop removes the first of the queue.
func (a *actor) drop() {
	a.bytes -= eventSize(a.queue[0])
	a.queue[0] = terminal.Event{}
	a.queue = a.queue[1:]
	a.allowed, a.asked = false, time.Time{}
}

// next returns when append has something to do; zero for never, unless something
// happens.
func (a *actor) next(now time.Time) time.Time {
	switch {
	case len(a.queue) == 0:
		return time.Time{}
	case a.asking() && !a.asked.IsZero():
		return a.asked.Add(askTime)
	case a.queue[0].Kind == terminal.EventClipboard && len(a.copied) == clipboardRate:
		return a.copied[0].Add(clipboardTime)
	}
	return now
}

// due reports whether append has something to do.
func (a *actor) due(now time.Time) bool {
	next := a.next(now)
	return !next.IsZero() && !next.After(now)
}

// asking reports whether the first event waits for the user's word.
func (a *actor) asking() bool {
	return len(a.queue) > 0 && a.queue[0].Kind == terminal.EventClipboard && a.clipboard == ClipboardAsk && !a.allowed
}

// ask begins to ask, or takes no word for a no.
func (a *actor) ask(now time.Time) {
	if a.asked.IsZero() {
		a.asked = now
		return
	}
	a.drop()
}

// question returns what the user is asked, for the notice line; empty for nothing.
func (a *actor) question(esc EscapeKey) string {
	if !a.asking() {
		return ""
	}
	n := base64.StdEncoding.DecodedLen(len(a.queue[0].Text)) - strings.Count(a.queue[0].Text, "=")
	return fmt.Sprintf("A remote program wants to set the clipboard (%d bytes): %s y allows it, %s n does not.", n, esc, esc)
}

// decide takes the user's word.
func (a *actor) decide(allow bool) {
	switch {
	case !a.asking():
	case allow:
		a.allowed = true
	default:
		a.drop()
	}
}

// takeEvents takes in what a new screen has of events. A stock server has none, but a
// clipboard text that it may have changed.
func (l *loop) takeEvents(now time.Time, remote session.Screen) {
	l.act.add(l.events.Read(remote))
	if l.events.Partial() {
		l.tr.AckSoon(now)
	}
	if text := remote.Term().Clipboard(); text != l.copied {
		l.copied = text
		if text != "" {
			l.act.add([]terminal.Event{{Kind: terminal.EventClipboard, Selection: "c", Text: text}})
		}
	}
}

// append appends what the events say that are due.
func (a *actor) append(dst []byte, now time.Time) []byte {
	for a.due(now) {
		if a.asking() {
			a.ask(now)
			continue
		}
		v := a.queue[0]
		switch v.Kind {
		case terminal.EventBell:
			dst = append(dst, '\a')
		case terminal.EventNotification:
			dst = a.notify.append(dst, v.Title, v.Text)
		case terminal.EventKittyNotify:
			dst = a.notify.appendKitty(dst, v.Selection, v.Text)
		case terminal.EventClipboard:
			dst = append(dst, "\x1b]52;"...)
			dst = append(append(dst, v.Selection...), ';')
			dst = append(append(dst, v.Text...), '\a')
			if len(a.copied) == clipboardRate {
				a.copied = append(a.copied[:0], a.copied[1:]...)
			}
			a.copied = append(a.copied, now)
		}
		a.drop()
	}
	return dst
}
