package session

import (
	"slices"

	"roam/terminal"
)

// Handover returns the log for another client in the place of one that is known to hold
// held: with all events of which this one was not told the whole. l is of no more use.
func (l *EventLog) Handover(held Screen) EventLog {
	l.forget(held.events.end)
	next := EventLog{dropped: l.dropped}
	rest := slices.Concat(l.head, l.begun)
	start := l.start - uint64(len(l.head))
	for _, end := range l.ends {
		n := end - start
		next.waiting = append(next.waiting, record{kindOf(rest[0]), rest[:n:n]})
		next.size += int(n)
		rest, start = rest[n:], end
	}
	next.waiting = append(next.waiting, l.waiting...)
	next.size += l.size
	return next
}

// headAt returns what comes before the offset at of the event that goes on there; nil if
// one begins there.
func (l *EventLog) headAt(at uint64) []byte {
	head, from := l.head, l.start
	for _, end := range l.ends {
		if end > at {
			break
		}
		head, from = nil, end
	}
	return append(head, l.begun[from-l.start:at-l.start]...)
}

// kindOf returns the kind of an event by the first byte of its record.
func kindOf(b byte) terminal.EventKind {
	switch b {
	case recordNotify:
		return terminal.EventNotification
	case recordKitty:
		return terminal.EventKittyNotify
	case recordClipboard:
		return terminal.EventClipboard
	}
	return terminal.EventBell
}
