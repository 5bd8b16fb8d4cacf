package session

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"roam/terminal"
)

// Events are what a Screen has of the server's EventLog: the bytes from start,
// before which every holder of the Screen has them, to end.
type Events struct {
	start, end uint64
	bytes      []byte
}

// Fields of the message Events (docs/protocol.md F4).
const (
	eventsOffset = 1 // varint
	eventsBytes  = 2 // bytes
)

// maxEventsDiff is the most bytes of events in one diff. It bounds memory.
const maxEventsDiff = 64 << 10

// errEvents reports a malformed message Events, or one that does not continue the
// events of its base.
var errEvents = errors.New("session: malformed events")

// since returns e without what a holder of o has.
func (e Events) since(o Events) Events {
	if o.end <= e.start {
		return e
	}
	n := min(o.end, e.end) - e.start
	return Events{start: e.start + n, end: e.end, bytes: e.bytes[n:]}
}

// upto returns e without what comes behind an offset.
func (e Events) upto(end uint64) Events {
	if end >= e.end {
		return e
	}
	end = max(end, e.start)
	return Events{start: e.start, end: end, bytes: e.bytes[:end-e.start]}
}

// appendEvents appends what leads from base to e.
func appendEvents(dst []byte, base, e Events) []byte {
	news := e.since(base)
	dst = protowire.AppendTag(dst, eventsOffset, protowire.VarintType)
	dst = protowire.AppendVarint(dst, news.start)
	dst = protowire.AppendTag(dst, eventsBytes, protowire.BytesType)
	return protowire.AppendBytes(dst, news.bytes)
}

// apply returns e with the events of a message behind it; unknown fields
// are skipped.
func (e Events) apply(b []byte) (Events, error) {
	var offset uint64
	var news []byte
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return e, errEvents
		}
		b = b[n:]
		size := protowire.ConsumeFieldValue(num, typ, b)
		if size < 0 {
			return e, errEvents
		}
		switch {
		case num == eventsOffset && typ == protowire.VarintType:
			offset, _ = protowire.ConsumeVarint(b)
		case num == eventsBytes && typ == protowire.BytesType:
			news, _ = protowire.ConsumeBytes(b)
		}
		b = b[size:]
	}
	if offset != e.end || len(news) > maxEventsDiff {
		return e, errEvents
	}
	e.bytes = slices.Concat(e.bytes, news)
	e.end += uint64(len(news))
	return e, nil
}

// maxRecord is the longest event taken: the longest clipboard write, with room
// for its head.
const maxRecord = 1<<20 + 4<<10

// An EventReader takes the events out of the Screens that arrive. It gives each
// once, in order, when all of it is there. The zero EventReader is ready for use.
type EventReader struct {
	taken   uint64 // offset up to which the log was read
	partial []byte // of an event that is not complete
	broken  bool   // the log makes no sense: nothing more is read
}

// Read returns the events that s completes: clipboard text as canonical base64,
// other text as the server sent it, in which the caller trusts no byte. To be given
// each newest Screen that has arrived.
func (r *EventReader) Read(s Screen) []terminal.Event {
	e := s.events
	if r.broken || e.end <= r.taken {
		return nil
	}
	if e.start > r.taken {
		r.fail() // a Screen between was not given
		return nil
	}
	r.partial = append(r.partial, e.bytes[r.taken-e.start:]...)
	r.taken = e.end
	var found []terminal.Event
	rest := r.partial
	for len(rest) > 0 {
		length, n := binary.Uvarint(rest[1:])
		if n < 0 || n > binary.MaxVarintLen32 || length > maxRecord {
			r.fail()
			return found
		}
		if n == 0 || uint64(len(rest)-1-n) < length {
			break
		}
		body := rest[1+n : 1+n+int(length)]
		if v, ok := parseRecord(rest[0], body); ok {
			found = append(found, v)
		}
		rest = rest[1+n+int(length):]
	}
	switch len(rest) {
	case 0:
		r.partial = nil
	case len(r.partial): // a long one grows without being moved
	default:
		r.partial = append(r.partial[:0], rest...)
	}
	return found
}

// Partial reports whether a part of an event is there: the sooner the server
// hears so, the sooner the rest comes.
func (r *EventReader) Partial() bool { return len(r.partial) > 0 }

func (r *EventReader) fail() { *r = EventReader{broken: true} }

// parseRecord reads the body of an event; what it does not know is no event.
func parseRecord(kind byte, body []byte) (v terminal.Event, ok bool) {
	if kind == recordBell {
		return terminal.Event{Kind: terminal.EventBell}, true
	}
	length, n := binary.Uvarint(body)
	if n <= 0 || uint64(len(body)-n) < length {
		return v, false
	}
	name, text := body[n:n+int(length)], body[n+int(length):]
	switch kind {
	case recordNotify:
		v = terminal.Event{Kind: terminal.EventNotification, Title: string(name), Text: string(text)}
	case recordKitty:
		v = terminal.Event{Kind: terminal.EventKittyNotify, Selection: string(name), Text: string(text)}
	case recordClipboard:
		v = terminal.Event{Kind: terminal.EventClipboard, Selection: string(name), Text: base64.StdEncoding.EncodeToString(text)}
	default:
		return v, false
	}
	return v, true
}
