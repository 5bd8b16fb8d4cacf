package trace

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"roam/ssp/wire"
)

const (
	// maxLine is the longest line that is read: several times the longest that is
	// written.
	maxLine = 4096

	// maxEvents is the most events that are read: a file of the largest size has
	// no more.
	maxEvents = 2_000_000
)

// ErrFormat reports a file that is no trace.
var ErrFormat = errors.New("trace: not a trace of roam")

// A Num is the number of a state; the last one's is wire.Final, written as "final".
type Num uint64

// UnmarshalJSON reads what appendNumber writes.
func (n *Num) UnmarshalJSON(b []byte) error {
	if string(b) == final {
		*n = wire.Final
		return nil
	}
	return json.Unmarshal(b, (*uint64)(n))
}

// Data are the data of an event; which there are, its name says.
type Data struct {
	Seq       uint64  `json:"seq"`
	Bytes     int     `json:"bytes"`
	Piece     int     `json:"piece"`
	Old       Num     `json:"old"`
	New       Num     `json:"new"`
	Ack       Num     `json:"ack"`
	DiffBytes int     `json:"diff_bytes"`
	Again     bool    `json:"again"`
	Late      bool    `json:"late"`
	Window    int     `json:"window"`
	InFlight  int     `json:"in_flight"`
	Queue     float64 `json:"queue_ms"`
	Delay     float64 `json:"delay_ms"`
	Sample    float64 `json:"sample_ms"`
	Smoothed  float64 `json:"smoothed_ms"`
	Deviation float64 `json:"deviation_ms"`
	RTO       float64 `json:"rto_ms"`
	Silence   float64 `json:"silence_ms"`
	Reason    string  `json:"reason"`
}

// An Event is a line of a trace.
type Event struct {
	Time float64 `json:"time"` // ms since the beginning
	Name string  `json:"name"`
	Data Data    `json:"data"`
}

// A Trace is what a file holds.
type Trace struct {
	Role   string // "client" or "server"
	Start  time.Time
	Events []Event
	Cut    bool // the last line is not whole, as when the session was killed
}

// header is the first line.
type header struct {
	Format string `json:"qlog_format"`
	Trace  struct {
		Vantage struct {
			Type string `json:"type"`
		} `json:"vantage_point"`
		Schemas []string `json:"event_schemas"`
		Common  struct {
			Reference struct {
				Epoch time.Time `json:"epoch"`
			} `json:"reference_time"`
		} `json:"common_fields"`
	} `json:"trace"`
}

// Read reads a trace. It returns ErrFormat, or an error that names the line that is
// wrong; a line that was cut at the end of the file is none.
func Read(r io.Reader) (*Trace, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, maxLine), maxLine)
	var h header
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &h) != nil || h.Format != "NDJSON" || len(h.Trace.Schemas) != 1 {
		return nil, errors.Join(ErrFormat, lines.Err())
	}
	if got := h.Trace.Schemas[0]; got != Version {
		return nil, fmt.Errorf("trace: the file is of version %q, and this program knows %q", got, Version)
	}
	t := &Trace{Role: h.Trace.Vantage.Type, Start: h.Trace.Common.Reference.Epoch}
	var bad error
	number := 1
	for lines.Scan() {
		number++
		if bad != nil {
			return nil, bad // it was not the last line
		}
		var e Event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			bad = fmt.Errorf("trace: line %d: %w", number, err)
			continue
		}
		if e.Name == "" || !e.possible() {
			return nil, fmt.Errorf("trace: line %d: no event, or an impossible number in it", number)
		}
		if len(t.Events) == maxEvents {
			return nil, fmt.Errorf("trace: more than %d events", maxEvents)
		}
		t.Events = append(t.Events, e)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("trace: line %d: %w", number+1, err)
	}
	t.Cut = bad != nil
	return t, nil
}

// Bounds of what a trace may say, so that sums of it stay numbers.
const (
	maxTime  = 10 * 365 * 24 * 3600 * 1000 // ms: ten years
	maxBytes = 1 << 30                     // of a datagram or a diff
	maxNum   = 1 << 48                     // states: one each microsecond of nine years
)

// possible reports whether all numbers of an event are within bounds.
func (e *Event) possible() bool {
	d := &e.Data
	for _, ms := range []float64{e.Time, d.Delay, d.Sample, d.Smoothed, d.Deviation, d.RTO, d.Silence, d.Queue} {
		if !(ms >= 0 && ms <= maxTime) {
			return false
		}
	}
	for _, num := range []Num{d.Old, d.New, d.Ack} {
		if num > maxNum && num != wire.Final {
			return false
		}
	}
	return min(d.Bytes, d.DiffBytes, d.Piece, d.Window, d.InFlight) >= 0 && max(d.Bytes, d.DiffBytes, d.Piece, d.Window, d.InFlight) <= maxBytes
}
