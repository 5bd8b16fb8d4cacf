// Package trace writes and reads what happened in a session, as lines of JSON in
// the manner of qlog (draft-ietf-quic-qlog-main-schema): a header, then an event a
// line with its time in milliseconds, its name and its data. docs/trace.md lists
// the events.
//
// A trace holds numbers, lengths and times, and neither keys nor text nor content
// of the screen. Lengths and times of what is typed are something all the same: of
// a password typed meanwhile they tell how long it is and how it was typed.
package trace

import (
	"strconv"
	"time"

	"roam/ssp"
	"roam/ssp/wire"
)

// Version is that of the events' names and data. Readers pass over what they do
// not know, so that only a change of meaning raises it.
const Version = "roam-1"

// Names of the events that are not a Transport's. Those of a Transport are "ssp:" and
// an ssp.EventKind's name.
const (
	ContactLost     = "path:contact_lost"     // an answer that was due has not come; silence_ms
	ContactBack     = "path:contact_regained" // after silence_ms
	NetworkFailed   = "path:network_failed"   // the system could not send, or says that nothing arrives; reason
	Resumed         = "path:resumed"          // this machine slept or the process stood still
	PathChanged     = "path:changed"          // this machine sends from another address; the address is not told
	PeerMoved       = "path:peer_moved"       // a server's client speaks from another address
	ClientChanged   = "path:client_changed"   // another client has attached to a server's session: its numbers begin anew
	Full            = "trace:full"            // the file has reached its largest size; nothing follows
	transportPrefix = "ssp:"
)

// final stands for the number of the last state, which is beyond what JSON's
// readers keep exactly.
const final = `"final"`

// appendNumber appends the number of a state.
func appendNumber(b []byte, name string, num uint64) []byte {
	b = appendName(b, name)
	if num == wire.Final {
		return append(b, final...)
	}
	return strconv.AppendUint(b, num, 10)
}

// appendName appends the name of a member, and what separates it from the last.
func appendName(b []byte, name string) []byte {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	b = append(b, '"')
	b = append(b, name...)
	return append(b, '"', ':')
}

func appendInt(b []byte, name string, n int) []byte {
	return strconv.AppendInt(appendName(b, name), int64(n), 10)
}

// appendMillis appends a duration in milliseconds, to a microsecond.
func appendMillis(b []byte, name string, d time.Duration) []byte {
	const digits = 3
	return strconv.AppendFloat(appendName(b, name), float64(d.Microseconds())/1000, 'f', digits, 64)
}

func appendTrue(b []byte, name string, is bool) []byte {
	if !is {
		return b
	}
	return append(appendName(b, name), "true"...)
}

// appendEvent appends the line of an event of a Transport, at a time since the
// beginning.
func appendEvent(b []byte, at time.Duration, e ssp.Event) []byte {
	b = appendBegin(b, at, transportPrefix, e.Kind.String())
	switch e.Kind {
	case ssp.DatagramSent:
		b = appendInt(appendNumber(b, "seq", e.Seq), "bytes", e.Bytes)
		if e.New > 0 { // else it is no piece of an instruction
			b = appendNumbers(b, e)
		}
		if e.Piece > 0 {
			b = appendInt(b, "piece", int(e.Piece))
		}
	case ssp.DatagramReceived:
		b = appendTrue(appendInt(appendNumber(b, "seq", e.Seq), "bytes", e.Bytes), "late", e.Late)
	case ssp.DatagramDropped:
		b = appendInt(b, "bytes", e.Bytes)
	case ssp.InstructionSent, ssp.InstructionReceived, ssp.InstructionRefused:
		b = appendTrue(appendInt(appendNumbers(b, e), "diff_bytes", e.Bytes), "again", e.Again)
	case ssp.StateAcked, ssp.StateLost:
		b = appendMillis(appendNumber(b, "new", e.New), "delay_ms", e.Delay)
	case ssp.WindowUpdated:
		b = appendMillis(appendInt(appendInt(b, "window", e.Bytes), "in_flight", e.InFlight), "queue_ms", e.Delay)
	case ssp.RTTUpdated:
		b = appendMillis(appendMillis(b, "sample_ms", e.Delay), "smoothed_ms", e.Smoothed)
		b = appendMillis(appendMillis(b, "deviation_ms", e.Deviation), "rto_ms", e.RTO)
	}
	return append(b, "}}\n"...)
}

func appendNumbers(b []byte, e ssp.Event) []byte {
	return appendNumber(appendNumber(appendNumber(b, "old", e.Old), "new", e.New), "ack", e.Ack)
}

// appendBegin appends the beginning of a line, up to the first datum.
func appendBegin(b []byte, at time.Duration, prefix, name string) []byte {
	b = appendMillis(append(b, '{'), "time", at)
	b = append(appendName(b, "name"), '"')
	b = append(append(b, prefix...), name...)
	return append(b, `","data":{`...)
}
