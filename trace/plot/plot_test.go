package plot

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"

	"roam/trace"
)

var update = flag.Bool("update", false, "rewrite the golden file")

// whole is a part without an end.
var whole = Part{To: math.Inf(1)}

func lossy(t *testing.T) *trace.Trace {
	t.Helper()
	f, err := os.Open("testdata/lossy.trace")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tr, err := trace.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// TestPicture draws the trace of a client on a path that loses 29 % each way, with
// what may happen to a path put in.
func TestPicture(t *testing.T) {
	var got bytes.Buffer
	if err := SVG(&got, lossy(t), Part{From: 7.5, To: 10.5}); err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/lossy.svg"
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Error("the picture is another one: run with -update, and look at it")
	}
}

// count returns how often a class is in a picture.
func count(svg, class string) int { return strings.Count(svg, `class="`+class+`"`) }

// TestPictureTellsAll compares the picture with the events.
func TestPictureTellsAll(t *testing.T) {
	tr := lossy(t)
	events := map[string]int{}
	sent := map[trace.Num]bool{}
	for _, e := range tr.Events {
		events[e.Name]++
		if e.Name == "ssp:instruction_sent" {
			sent[e.Data.New] = true
		}
	}
	var b strings.Builder
	if err := SVG(&b, tr, whole); err != nil {
		t.Fatal(err)
	}
	svg := b.String()
	for _, c := range []struct {
		class      string
		got, least int // without the samples in legends
	}{
		{"ours", count(svg, "ours") - 1, len(sent) * 3 / 4}, // some are at the same place
		{"lost", count(svg, "lost") - 2, events["ssp:state_lost"] * 3 / 4},
		{"sample", count(svg, "sample") - 1, events["ssp:rtt_updated"] * 3 / 4},
		{"mark", count(svg, "mark"), 2},
		{"shade", count(svg, "shade"), 1},
	} {
		if c.got < c.least || c.least == 0 {
			t.Errorf("%d of class %s, want %d or more", c.got, c.class, c.least)
		}
	}
	for _, text := range []string{"trace of a client", "network is &lt;unreachable&gt;", "no contact", fmt.Sprint(len(sent), " states sent")} {
		if !strings.Contains(svg, text) {
			t.Errorf("the picture does not say %q", text)
		}
	}
	wantXML(t, svg)
}

// wantXML wants a document that parses and has no number that is none.
func wantXML(t *testing.T, svg string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		_, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("no XML: %v", err)
		}
	}
	for _, bad := range []string{"NaN", "Inf"} {
		if strings.Contains(svg, bad) {
			t.Errorf("the picture has a number %s", bad)
		}
	}
}

// TestAnotherClient begins to count anew: an ack of its state 1 says nothing of the
// one before.
func TestAnotherClient(t *testing.T) {
	s := gather(&trace.Trace{Role: "server", Events: []trace.Event{
		{Time: 1, Name: "ssp:instruction_sent", Data: trace.Data{New: 1}},
		{Time: 1, Name: "ssp:datagram_sent", Data: trace.Data{New: 1, Bytes: 50}},
		{Time: 2, Name: "ssp:instruction_sent", Data: trace.Data{New: 2}},
		{Time: 3, Name: trace.ClientChanged},
		{Time: 4, Name: "ssp:instruction_sent", Data: trace.Data{New: 1}},
		{Time: 4, Name: "ssp:datagram_sent", Data: trace.Data{New: 1, Bytes: 70}},
		{Time: 5, Name: "ssp:state_acked", Data: trace.Data{New: 1}},
	}})
	if len(s.states) != 3 || !math.IsNaN(s.states[0].acked) || !math.IsNaN(s.states[1].acked) || s.states[2].acked != 5 {
		t.Errorf("states %+v", s.states)
	}
	if last := s.flight[len(s.flight)-1]; last.value != 0 {
		t.Errorf("%v bytes are on their way in the end", last.value)
	}
	if len(s.marks) != 1 || s.repeats != 0 {
		t.Errorf("marks %v, %d repeats", s.marks, s.repeats)
	}
}

func TestNothingToDraw(t *testing.T) {
	tr := lossy(t)
	for _, part := range []Part{{From: 100, To: 200}, {From: 5, To: 5}, {From: 9, To: 1}, {From: 3, To: 3.5}, {From: math.NaN(), To: 1}} {
		if err := SVG(io.Discard, tr, part); !errors.Is(err, ErrEmpty) {
			t.Errorf("part %v: %v", part, err)
		}
	}
	if err := SVG(io.Discard, &trace.Trace{}, whole); !errors.Is(err, ErrEmpty) {
		t.Errorf("an empty trace: %v", err)
	}
}

// TestLongTracesStaySmall draws half a million events.
func TestLongTracesStaySmall(t *testing.T) {
	tr := &trace.Trace{Role: "server"}
	for i := range 100_000 {
		at, num := float64(i)*20, trace.Num(i+1)
		tr.Events = append(tr.Events,
			trace.Event{Time: at, Name: "ssp:instruction_sent", Data: trace.Data{New: num}},
			trace.Event{Time: at, Name: "ssp:datagram_sent", Data: trace.Data{New: num, Bytes: 100 + i%900}},
			trace.Event{Time: at + 10, Name: "ssp:datagram_received", Data: trace.Data{Bytes: 80}},
			trace.Event{Time: at + 10, Name: "ssp:rtt_updated", Data: trace.Data{Sample: 50 + float64(i*7919%300), Smoothed: 100, RTO: 400}},
			trace.Event{Time: at + 10, Name: "ssp:state_acked", Data: trace.Data{New: num}})
	}
	var b strings.Builder
	if err := SVG(&b, tr, whole); err != nil {
		t.Fatal(err)
	}
	const most = 10 << 20 // bytes that a browser shows without effort
	if b.Len() > most {
		t.Errorf("the picture has %d bytes", b.Len())
	}
}

func TestNiceSteps(t *testing.T) {
	for _, c := range []struct {
		span float64
		n    int
		want float64
	}{{10, 10, 1}, {11, 10, 2}, {26, 10, 5}, {300, 4, 100}, {0.35, 10, 0.05}, {0, 4, 1}, {-3, 4, 1}} {
		if got := niceStep(c.span, c.n); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("a span of %v in %d: steps of %v, want %v", c.span, c.n, got, c.want)
		}
	}
}

// FuzzSVG draws whatever can be read.
func FuzzSVG(f *testing.F) {
	b, err := os.ReadFile("testdata/lossy.trace")
	if err != nil {
		f.Fatal(err)
	}
	head, rest, _ := bytes.Cut(b, []byte("\n"))
	f.Add(rest[:min(len(rest), 3000)], 0.0, 1.0)
	f.Add([]byte(`{"time":-5,"name":"ssp:instruction_sent","data":{"new":"final"}}
{"time":7,"name":"ssp:state_acked","data":{"new":"final"}}
{"time":8,"name":"path:contact_lost","data":{"silence_ms":1e300}}
{"time":9,"name":"ssp:datagram_sent","data":{"bytes":-9}}
{"time":9,"name":"ssp:rtt_updated","data":{"sample_ms":-1e308,"rto_ms":1e308}}
`), -1.0, 1e300)
	f.Fuzz(func(t *testing.T, lines []byte, from, to float64) {
		tr, err := trace.Read(io.MultiReader(bytes.NewReader(head), strings.NewReader("\n"), bytes.NewReader(lines)))
		if err != nil {
			return
		}
		var b strings.Builder
		if err := SVG(&b, tr, Part{from, to}); err == nil {
			wantXML(t, b.String())
		}
	})
}

// TestWindow: the window and the queue are drawn as steps, and not above the edge.
func TestWindow(t *testing.T) {
	tr := &trace.Trace{Role: "server", Events: []trace.Event{
		{Time: 1, Name: "ssp:instruction_sent", Data: trace.Data{New: 1}},
		{Time: 1, Name: "ssp:datagram_sent", Data: trace.Data{New: 1, Bytes: 1000}},
		{Time: 10, Name: "ssp:rtt_updated", Data: trace.Data{Sample: 50, Smoothed: 50, RTO: 100}},
		{Time: 10, Name: "ssp:window_updated", Data: trace.Data{Window: 500, Queue: 7}},
		{Time: 20, Name: "ssp:window_updated", Data: trace.Data{Window: 1 << 20, Queue: 9}},
		{Time: 30, Name: "ssp:state_acked", Data: trace.Data{New: 1}},
	}}
	lines := func() []string {
		var b bytes.Buffer
		if err := SVG(&b, tr, whole); err != nil {
			t.Fatal(err)
		}
		return regexp.MustCompile(`<polyline class="window" points="([^"]*)"`).FindAllString(b.String(), -1)
	}
	got := lines() // each behind its line in the legend
	if len(got) != 4 || strings.Count(got[1], ",") != 3 || strings.Count(got[3], ",") != 3 {
		t.Fatalf("lines %q, want one of three points for the queue and one for the window", got)
	}
	tr.Events[4].Data.Window = 1 << 21
	if again := lines(); again[3] != got[3] {
		t.Errorf("a larger window is drawn as %q, not %q", again[3], got[3])
	}
}
