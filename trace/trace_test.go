package trace

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"roam/ssp"
	"roam/ssp/wire"
)

var start = time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.UTC)

// A file is written in memory.
type file struct {
	bytes.Buffer
	closed bool
	broken error
}

func (f *file) Write(b []byte) (int, error) {
	if f.broken != nil {
		return 0, f.broken
	}
	return f.Buffer.Write(b)
}

func (f *file) Close() error {
	f.closed = true
	return nil
}

func at(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }

// all is one event of each kind.
func all() []ssp.Event {
	return []ssp.Event{
		{Time: at(1), Kind: ssp.InstructionSent, Old: 1, New: 2, Ack: 3, Bytes: 40, Again: true},
		{Time: at(2), Kind: ssp.DatagramSent, Seq: 7, Bytes: 99, Old: 1, New: 2, Ack: 3, Piece: 4},
		{Time: at(3), Kind: ssp.DatagramReceived, Seq: 8, Bytes: 70, Late: true},
		{Time: at(4), Kind: ssp.DatagramDropped, Bytes: 5},
		{Time: at(5), Kind: ssp.InstructionReceived, Old: 4, New: wire.Final, Ack: wire.Final, Bytes: 1},
		{Time: at(6), Kind: ssp.InstructionRefused, Old: 4, New: 5, Ack: 6},
		{Time: at(7), Kind: ssp.StateAcked, New: 2, Delay: 120 * time.Millisecond},
		{Time: at(8), Kind: ssp.StateLost, New: 3, Delay: 1500 * time.Microsecond},
		{Time: at(9), Kind: ssp.RTTUpdated, Delay: 100 * time.Millisecond, Smoothed: 101 * time.Millisecond, Deviation: time.Millisecond, RTO: 150 * time.Millisecond},
		{Time: at(10), Kind: ssp.PathHopped},
		{Time: at(10), Kind: ssp.WindowUpdated, Bytes: 12520, InFlight: 1252, Delay: 7 * time.Millisecond},
	}
}

// TestFormat holds the lines of docs/trace.md.
func TestFormat(t *testing.T) {
	f := &file{}
	w := NewWriter(f, "client", start)
	for _, e := range all() {
		w.Event(e)
	}
	w.Silence(at(11), ContactLost, 6500*time.Millisecond)
	w.Reason(at(12), NetworkFailed, "network is \"unreachable\"")
	w.Note(at(13), Resumed)
	if err := w.Close(); err != nil || !f.closed {
		t.Fatalf("closing: %v, %v", err, f.closed)
	}
	want := `{"qlog_format":"NDJSON","qlog_version":"0.4","trace":{"vantage_point":{"type":"client"},"event_schemas":["roam-1"],"common_fields":{"time_format":"relative_to_epoch","reference_time":{"clock_type":"system","epoch":"2026-01-02T03:04:05.678Z"}}}}
{"time":1.000,"name":"ssp:instruction_sent","data":{"old":1,"new":2,"ack":3,"diff_bytes":40,"again":true}}
{"time":2.000,"name":"ssp:datagram_sent","data":{"seq":7,"bytes":99,"old":1,"new":2,"ack":3,"piece":4}}
{"time":3.000,"name":"ssp:datagram_received","data":{"seq":8,"bytes":70,"late":true}}
{"time":4.000,"name":"ssp:datagram_dropped","data":{"bytes":5}}
{"time":5.000,"name":"ssp:instruction_received","data":{"old":4,"new":"final","ack":"final","diff_bytes":1}}
{"time":6.000,"name":"ssp:instruction_refused","data":{"old":4,"new":5,"ack":6,"diff_bytes":0}}
{"time":7.000,"name":"ssp:state_acked","data":{"new":2,"delay_ms":120.000}}
{"time":8.000,"name":"ssp:state_lost","data":{"new":3,"delay_ms":1.500}}
{"time":9.000,"name":"ssp:rtt_updated","data":{"sample_ms":100.000,"smoothed_ms":101.000,"deviation_ms":1.000,"rto_ms":150.000}}
{"time":10.000,"name":"ssp:path_hopped","data":{}}
{"time":10.000,"name":"ssp:window_updated","data":{"window":12520,"in_flight":1252,"queue_ms":7.000}}
{"time":11.000,"name":"path:contact_lost","data":{"silence_ms":6500}}
{"time":12.000,"name":"path:network_failed","data":{"reason":"network is \"unreachable\""}}
{"time":13.000,"name":"path:resumed","data":{}}
`
	if f.String() != want {
		t.Errorf("the file is\n%swant\n%s", f.String(), want)
	}
	got, err := Read(&f.Buffer)
	if err != nil || got.Role != "client" || !got.Start.Equal(start) || got.Cut || len(got.Events) != 14 {
		t.Fatalf("read %+v, %v", got, err)
	}
	for _, c := range []struct {
		i    int
		want Event
	}{
		{0, Event{1, "ssp:instruction_sent", Data{Old: 1, New: 2, Ack: 3, DiffBytes: 40, Again: true}}},
		{4, Event{5, "ssp:instruction_received", Data{Old: 4, New: wire.Final, Ack: wire.Final, DiffBytes: 1}}},
		{8, Event{9, "ssp:rtt_updated", Data{Sample: 100, Smoothed: 101, Deviation: 1, RTO: 150}}},
		{10, Event{10, "ssp:window_updated", Data{Window: 12520, InFlight: 1252, Queue: 7}}},
		{11, Event{11, ContactLost, Data{Silence: 6500}}},
	} {
		if !reflect.DeepEqual(got.Events[c.i], c.want) {
			t.Errorf("event %d is %+v, want %+v", c.i, got.Events[c.i], c.want)
		}
	}
}

// TestEveryKindIsWritten wants the table of all to have every kind.
func TestEveryKindIsWritten(t *testing.T) {
	seen := map[ssp.EventKind]bool{}
	for _, e := range all() {
		seen[e.Kind] = true
	}
	for k := ssp.EventKind(1); k.String() != "unknown"; k++ {
		if !seen[k] {
			t.Errorf("%v is missing in this test's table, and perhaps in appendEvent", k)
		}
	}
}

func TestSizeIsBounded(t *testing.T) {
	f := &file{}
	w := NewWriter(f, "server", start)
	w.limit = 100_000
	e := all()[1]
	for range w.limit / 50 {
		w.Event(e)
		w.Reason(e.Time, NetworkFailed, strings.Repeat("x", 5000))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if f.Len() > w.limit || f.Len() < w.limit/2 {
		t.Errorf("the file has %d bytes, at most %d are allowed", f.Len(), w.limit)
	}
	got, err := Read(&f.Buffer)
	if err != nil {
		t.Fatal(err)
	}
	if last := got.Events[len(got.Events)-1]; last.Name != Full {
		t.Errorf("the last event is %+v", last)
	}
}

// TestLittleIsLostByAKill: what is older than flushTime is in the file.
func TestLittleIsLostByAKill(t *testing.T) {
	f := &file{}
	w := NewWriter(f, "client", start)
	w.Note(at(10), Resumed)
	before := f.Len()
	w.Note(at(1100), Resumed)
	if before == 0 || f.Len() == before || strings.Count(f.String(), "resumed") != 2 {
		t.Errorf("%d bytes, then %q", before, f.String())
	}
}

func TestBrokenDiskEndsTheTraceOnly(t *testing.T) {
	f := &file{}
	w := NewWriter(f, "client", start)
	f.broken = errors.New("disk full")
	for i := range 5000 {
		w.Note(at(i), Resumed)
	}
	if err := w.Close(); err == nil || err.Error() != "trace: disk full" || !f.closed {
		t.Errorf("closing says %v", err)
	}
	if cap(w.buf) > 2*bufferSize {
		t.Errorf("a buffer of %d bytes is left", cap(w.buf))
	}
}

func TestNoWriter(t *testing.T) {
	var w *Writer
	w.Event(all()[0])
	w.Note(start, Resumed)
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}

func TestCreate(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "one")
	w, err := Create(path, "client", start)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("the file is %v, %v", info.Mode(), err)
	}
	if err := os.WriteFile(path, []byte(strings.Repeat("old", 1000)), 0o644); err != nil {
		t.Fatal(err)
	}
	os.Chmod(path, 0o644)
	again, err := Create(path, "client", start)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if b, err := os.ReadFile(path); err != nil || !bytes.HasPrefix(b, []byte(`{"qlog`)) || bytes.Contains(b, []byte("old")) {
		t.Errorf("over an old file: %v, %q", err, b)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("over an old file: %v, %v", info.Mode(), err)
	}
	link, hard := filepath.Join(dir, "link"), filepath.Join(dir, "hard")
	if err := errors.Join(os.Symlink(path, link), os.Link(path, hard)); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(link, "client", start); err == nil {
		t.Error("through a symbolic link")
	}
	for _, other := range []string{hard, "/dev/null"} {
		if _, err := Create(other, "client", start); !errors.Is(err, ErrFile) {
			t.Errorf("over %s: %v", other, err)
		}
	}
	if _, err := Create(filepath.Join(dir, "none", "x"), "client", start); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("in no directory: %v", err)
	}
	second, err := Create(dir, "server", start)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if found, _ := filepath.Glob(filepath.Join(dir, "roam-server-*.trace")); len(found) != 1 {
		t.Errorf("in the directory: %q", found)
	}
}

func TestWritingAllocatesNothing(t *testing.T) {
	w := NewWriter(&nowhere{}, "client", start)
	events := all()
	i := 0
	if n := testing.AllocsPerRun(2000, func() {
		w.Event(events[i%len(events)])
		i++
	}); n > 0 {
		t.Errorf("%v allocations for an event", n)
	}
}

type nowhere struct{}

func (*nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (*nowhere) Close() error                { return nil }

func TestReadRefuses(t *testing.T) {
	const head = `{"qlog_format":"NDJSON","trace":{"event_schemas":["roam-1"]}}` + "\n"
	const event = `{"time":1,"name":"path:resumed","data":{}}` + "\n"
	for _, c := range []struct{ what, text, want string }{
		{"nothing", "", "trace: not a trace of roam"},
		{"another file", "#!/bin/sh\n", "trace: not a trace of roam"},
		{"another version", strings.Replace(head, "roam-1", "roam-9", 1), `trace: the file is of version "roam-9", and this program knows "roam-1"`},
		{"a line in the middle", head + "x\n" + event, "trace: line 2: invalid character"},
		{"a long line", head + strings.Repeat("x", maxLine) + "\n", "trace: line 2: bufio.Scanner: token too long"},
		{"no name", head + `{"time":1}` + "\n", "trace: line 2: no event"},
		{"a negative length", head + `{"time":1,"name":"x","data":{"bytes":-1}}` + "\n", "trace: line 2: no event, or an impossible number"},
		{"a far time", head + `{"time":1e300,"name":"x"}` + "\n", "trace: line 2: no event, or an impossible number"},
	} {
		if _, err := Read(strings.NewReader(c.text)); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.what, err, c.want)
		}
	}
	got, err := Read(strings.NewReader(head + event + `{"time":2,"na`))
	if err != nil || !got.Cut || len(got.Events) != 1 {
		t.Errorf("a cut file: %+v, %v", got, err)
	}
}

func FuzzRead(f *testing.F) {
	w := &file{}
	t := NewWriter(w, "client", start)
	for _, e := range all() {
		t.Event(e)
	}
	t.Close()
	f.Add(w.Bytes())
	f.Add([]byte(`{"qlog_format":"NDJSON","trace":{"event_schemas":["roam-1"]}}` + "\n" + `{"time":-1e99,"name":"a","data":{"new":"final"}}` + "\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := Read(bytes.NewReader(b))
		if err != nil {
			return
		}
		for _, e := range got.Events {
			if e.Name == "" || e.Time != e.Time {
				t.Errorf("event %+v", e)
			}
		}
	})
}
