package trace

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"roam/ssp"
)

const (
	// maxSize is the most bytes of a trace: some eight hours of typing, or
	// minutes of floods, and not more than a disk or a drawing bears.
	maxSize = 64 << 20

	// bufferSize is how much is written at once, and flushTime how old what is not
	// written may be when the next event comes: a session that is killed loses no
	// more.
	bufferSize = 32 << 10
	flushTime  = time.Second

	// maxEvent is more than the line of any event, so that the last one fits.
	maxEvent = 1024
)

// A Writer writes a trace. A nil Writer takes everything and does nothing. It is
// not safe for concurrent use.
type Writer struct {
	w       io.WriteCloser
	start   time.Time
	buf     []byte
	flushed time.Time
	size    int // of what was appended so far
	limit   int // of size
	err     error
	full    bool
}

// ErrFile reports a file that a trace must not replace.
var ErrFile = errors.New("trace: the file is no plain file of this user's alone")

// Create makes the file of a trace that begins now, readable by its owner only, in
// place of a file of this user's that is there. In a directory it makes a new one,
// named after role and time. role is "client" or "server".
func Create(path, role string, now time.Time) (*Writer, error) {
	flags := os.O_CREATE | os.O_WRONLY | noFollow
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, fmt.Sprintf("roam-%s-%s-%d.trace", role, now.Format("20060102-150405"), os.Getpid()))
		flags |= os.O_EXCL
	}
	const ownerOnly = 0o600
	f, err := os.OpenFile(path, flags, ownerOnly)
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	if err := takeOver(f); err != nil {
		f.Close()
		return nil, fmt.Errorf("%w: %s", err, path)
	}
	return NewWriter(f, role, now), nil
}

// Hook returns the function for ssp.Config.Trace; nil, which costs nothing, for a
// nil Writer.
func (t *Writer) Hook() func(ssp.Event) {
	if t == nil {
		return nil
	}
	return t.Event
}

// NewWriter returns a Writer of a trace that begins now, which closes w.
func NewWriter(w io.WriteCloser, role string, now time.Time) *Writer {
	t := &Writer{w: w, start: now, flushed: now, limit: maxSize}
	t.buf = fmt.Appendf(t.buf, `{"qlog_format":"NDJSON","qlog_version":"0.4","trace":{"vantage_point":{"type":%q},"event_schemas":[%q],"common_fields":{"time_format":"relative_to_epoch","reference_time":{"clock_type":"system","epoch":%q}}}}`+"\n",
		role, Version, now.UTC().Format(time.RFC3339Nano))
	t.size = len(t.buf)
	t.flush(now)
	return t
}

// Event writes an event of a Transport.
func (t *Writer) Event(e ssp.Event) {
	if !t.begin() {
		return
	}
	before := len(t.buf)
	t.buf = appendEvent(t.buf, e.Time.Sub(t.start), e)
	t.appended(e.Time, before)
}

// Note writes an event with the given name and no data.
func (t *Writer) Note(now time.Time, name string) { t.note(now, name, "", "") }

// Silence writes an event about a silence of that length.
func (t *Writer) Silence(now time.Time, name string, silence time.Duration) {
	t.note(now, name, "silence_ms", strconv.FormatInt(silence.Milliseconds(), 10))
}

// Reason writes an event with a reason: the words of the system, never text of the
// session.
func (t *Writer) Reason(now time.Time, name, reason string) {
	const most = 200 // bytes: the words of any errno
	t.note(now, name, "reason", strconv.QuoteToASCII(reason[:min(len(reason), most)]))
}

// note writes an event with at most one datum, whose value is JSON.
func (t *Writer) note(now time.Time, name, datum, value string) {
	if !t.begin() {
		return
	}
	before := len(t.buf)
	t.buf = appendBegin(t.buf, now.Sub(t.start), "", name)
	if datum != "" {
		t.buf = append(appendName(t.buf, datum), value...)
	}
	t.buf = append(t.buf, "}}\n"...)
	t.appended(now, before)
}

// begin reports whether another event is taken.
func (t *Writer) begin() bool { return t != nil && t.err == nil && !t.full }

// appended counts what was appended to the buffer, and writes it if it is much or
// old. The last event that fits is that nothing follows.
func (t *Writer) appended(now time.Time, before int) {
	t.size += len(t.buf) - before
	if t.size > t.limit-2*maxEvent {
		t.full = true
		t.buf = append(appendBegin(t.buf, now.Sub(t.start), "", Full), "}}\n"...)
	}
	if t.full || len(t.buf) >= bufferSize || now.Sub(t.flushed) >= flushTime {
		t.flush(now)
	}
}

func (t *Writer) flush(now time.Time) {
	_, t.err = t.w.Write(t.buf)
	t.buf, t.flushed = t.buf[:0], now
}

// Close writes what is left and returns the first error of writing.
func (t *Writer) Close() error {
	if t == nil {
		return nil
	}
	if t.err == nil {
		t.flush(t.flushed)
	}
	if err := errors.Join(t.err, t.w.Close()); err != nil {
		return fmt.Errorf("trace: %w", err)
	}
	return nil
}
