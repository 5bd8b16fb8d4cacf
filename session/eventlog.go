package session

import (
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"roam/terminal"
)

// Limits of an EventLog (docs/protocol.md F4).
const (
	// finalAhead is the most bytes by which the session's last state, for which no key
	// waits, extends the log beyond the newest state that the client is known to hold.
	finalAhead = maxEventsDiff

	// maxLog is the most bytes that the log holds, the longest clipboard write and
	// 64 KiB, and maxLogged the most events.
	maxLog    = 1<<20 + 64<<10
	maxLogged = 256
)

// An EventLog is what a server has to tell once, in order: bells, notifications,
// clipboard writes. It is a stream of bytes that only grows; each state of the
// screen reaches up to some offset in it. What lies beyond the newest state is
// not fixed yet. The zero EventLog is ready for use.
type EventLog struct {
	start   uint64   // offset of begun[0]: the client holds what is before
	head    []byte   // what came before of the event that begun[0] continues
	begun   []byte   // events with an offset; Screens share it, so that it is only appended to
	ends    []uint64 // where each of them ends
	waiting []record // those that no state has a part of
	size    int      // bytes of waiting
	reached uint64   // how far states go
	pace    eventPace
	dropped uint64
}

// A record is an event as it stands in the log.
type record struct {
	kind  terminal.EventKind
	bytes []byte
}

// Add puts an event at the end of the log. A bell behind one that waits is the
// same bell. Where there is no room, what waits is dropped, the oldest
// notification first, then the oldest event; and v itself where that does not help.
func (l *EventLog) Add(v terminal.Event) {
	n := len(l.waiting)
	if v.Kind == terminal.EventBell && n > 0 && l.waiting[n-1].kind == terminal.EventBell {
		return
	}
	r := record{v.Kind, appendRecord(nil, v)}
	if r.bytes == nil {
		return
	}
	for !l.fits(len(r.bytes)) && len(l.waiting) > 0 {
		l.dropOldest()
	}
	if !l.fits(len(r.bytes)) {
		l.dropped++
		return
	}
	if len(l.begun)+len(l.waiting) == 0 {
		l.pace = eventPace{} // the path may be another by now
	}
	l.waiting = append(l.waiting, r)
	l.size += len(r.bytes)
}

// fits reports whether there is room for an event of n bytes.
func (l *EventLog) fits(n int) bool {
	return len(l.begun)+l.size+n <= maxLog && len(l.ends)+len(l.waiting) < maxLogged
}

func (l *EventLog) dropOldest() {
	i := max(0, slices.IndexFunc(l.waiting, func(r record) bool { return r.kind != terminal.EventClipboard }))
	l.size -= len(l.waiting[i].bytes)
	l.waiting = slices.Delete(l.waiting, i, i+1)
	l.dropped++
}

// Dropped returns how many events were dropped for want of room.
func (l *EventLog) Dropped() uint64 { return l.dropped }

// Held notes that the client is known to hold s, and the round trip that the datagram
// which says so has measured; 0 if it has not.
func (l *EventLog) Held(now time.Time, s Screen, rtt time.Duration) {
	l.forget(s.events.end)
	l.pace.held(now, s.events.end, rtt)
}

// Upto returns the part of the log that a new state has. final says that it is the
// session's last.
func (l *EventLog) Upto(now time.Time, final bool) Events {
	limit := l.limit()
	if final {
		limit = l.start + finalAhead
	}
	for l.end() < limit && len(l.waiting) > 0 {
		l.begin()
	}
	if to := min(l.end(), limit); to > l.reached {
		l.reached = to
		l.pace.extended(now, to)
	}
	n := l.reached - l.start
	return Events{start: l.start, end: l.reached, bytes: l.begun[:n:n]}
}

// limit returns how far the next state may go.
func (l *EventLog) limit() uint64 {
	return min(l.reached+l.pace.step(), l.start+l.pace.ahead())
}

// More reports whether the next state has more of the log than the newest: as long as it
// does, one is wanted after each that was sent, and else once the client holds more.
func (l *EventLog) More() bool {
	return l.pending() && l.reached < l.limit()
}

// pending reports whether the newest state does not have all of the log.
func (l *EventLog) pending() bool { return len(l.waiting) > 0 || l.reached < l.end() }

func (l *EventLog) end() uint64 { return l.start + uint64(len(l.begun)) }

// begin gives the oldest event that waits its place.
func (l *EventLog) begin() {
	r := l.waiting[0]
	l.waiting = slices.Delete(l.waiting, 0, 1)
	l.size -= len(r.bytes)
	l.begun = append(l.begun, r.bytes...)
	l.ends = append(l.ends, l.end())
}

// forget drops what comes before an offset.
func (l *EventLog) forget(before uint64) {
	if before <= l.start {
		return
	}
	l.head = l.headAt(min(before, l.end()))
	l.begun = l.begun[min(before, l.end())-l.start:]
	if l.start = before; len(l.begun) == 0 {
		l.begun = nil
	}
	done := 0
	for done < len(l.ends) && l.ends[done] <= before {
		done++
	}
	l.ends = slices.Delete(l.ends, 0, done)
}

// The kinds of events in the log. Those that a client does not know it skips.
const (
	recordBell      = 1 // nothing
	recordNotify    = 2 // title behind its length, text
	recordKitty     = 3 // metadata of OSC 99 behind its length, payload
	recordClipboard = 4 // names of selections behind their length, content
)

// appendRecord appends an event as the log has it: kind, length, body. It
// returns nil for what the log does not carry.
func appendRecord(dst []byte, v terminal.Event) []byte {
	var kind byte
	var name, text string
	switch v.Kind {
	case terminal.EventBell:
		return append(dst, recordBell, 0)
	case terminal.EventNotification:
		kind, name, text = recordNotify, v.Title, v.Text
	case terminal.EventKittyNotify:
		kind, name, text = recordKitty, v.Selection, v.Text
	case terminal.EventClipboard:
		content, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(v.Text, "="))
		if err != nil {
			return nil
		}
		kind, name, text = recordClipboard, v.Selection, string(content)
	default:
		return nil
	}
	head := binary.AppendUvarint(nil, uint64(len(name)))
	dst = append(dst, kind)
	dst = binary.AppendUvarint(dst, uint64(len(head)+len(name)+len(text)))
	dst = append(append(dst, head...), name...)
	return append(dst, text...)
}
