package plot

import (
	"fmt"
	"math"
	"time"

	"roam/ssp/wire"
	"roam/trace"
)

// A state is one of this end's, from its first transmission on. Times are ms; NaN
// for what did not happen.
type state struct {
	num         float64
	sent        float64
	again       []float64
	acked, lost float64
}

// A moment is a point in time with a value.
type moment struct{ at, value float64 }

// A received is an instruction of the peer's.
type received struct {
	at, num        float64
	again, refused bool
}

// An rtt is what a sample of the round-trip time left behind.
// base is the shortest one of the time before: what is longer waits in a queue.
type rtt struct{ at, sample, smoothed, rto, base float64 }

// A mark is something that happened to the path.
type mark struct {
	at   float64
	text string
}

// A story is what a trace tells, sorted by panel.
type story struct {
	end      float64 // ms
	states   []*state
	acks     []moment // number of the newest acknowledged state
	received []received
	rtts     []rtt
	flight   []moment // bytes sent since the newest acknowledged state was
	windows  []moment // bytes that may be on their way
	queues   []moment // ms that datagrams waited in the path's queue
	out, in  []moment // datagrams and their bytes
	dropped  []float64
	marks    []mark
	silences [][2]float64

	lost, repeats int
}

// gather sorts the events of a trace.
func gather(t *trace.Trace) *story {
	s := &story{}
	g := gatherer{story: s, byNum: map[trace.Num]*state{}}
	for _, e := range t.Events {
		s.end = math.Max(s.end, e.Time)
		g.take(e)
	}
	if g.silent > 0 {
		s.silences = append(s.silences, [2]float64{g.silent, s.end})
	}
	return s
}

// A gatherer remembers what later events refer to.
type gatherer struct {
	*story
	byNum    map[trace.Num]*state
	newest   float64 // number of this end's newest state
	peer     float64 // of the peer's
	sizes    []moment
	bytes    float64  // sum of sizes
	shortest []moment // see base
	unacked  int      // states before this one are acknowledged
	silent   float64  // when contact was lost; 0: it is not
}

// place returns the number of a state for drawing: the last one comes after the
// newest.
func place(num trace.Num, newest *float64) float64 {
	if num == wire.Final {
		return *newest + 1
	}
	*newest = math.Max(*newest, float64(num))
	return float64(num)
}

func (g *gatherer) take(e trace.Event) {
	d := e.Data
	switch e.Name {
	case "ssp:instruction_sent":
		g.sent(e)
	case "ssp:datagram_sent":
		g.out = append(g.out, moment{e.Time, float64(d.Bytes)})
		g.sizes = append(g.sizes, moment{float64(d.New), float64(d.Bytes)})
		g.inFlight(e.Time, float64(d.Bytes))
	case "ssp:datagram_received":
		g.in = append(g.in, moment{e.Time, float64(d.Bytes)})
	case "ssp:datagram_dropped":
		g.dropped = append(g.dropped, e.Time)
	case "ssp:instruction_received", "ssp:instruction_refused":
		g.received = append(g.received, received{e.Time, place(d.New, &g.peer), d.Again, e.Name == "ssp:instruction_refused"})
	case "ssp:state_acked":
		g.acked(e)
	case "ssp:state_lost":
		if st := g.byNum[d.New]; st != nil {
			st.lost = e.Time
			g.lost++
		}
	case "ssp:rtt_updated":
		g.rtts = append(g.rtts, rtt{e.Time, d.Sample, d.Smoothed, d.RTO, g.base(e.Time, d.Sample)})
	case "ssp:window_updated":
		g.windows = append(g.windows, moment{e.Time, float64(d.Window)})
		g.queues = append(g.queues, moment{e.Time, d.Queue})
	default:
		g.path(e)
	}
}

// baseTime is for how long a shortest round trip counts, in ms: queues drain in a
// fraction of it, and a path that has become longer is known after it.
const baseTime = 10_000

// base returns the shortest round trip of the time before. Of the samples it keeps
// those after which no shorter one came.
func (g *gatherer) base(at, sample float64) float64 {
	for n := len(g.shortest); n > 0 && g.shortest[n-1].value >= sample; n-- {
		g.shortest = g.shortest[:n-1]
	}
	g.shortest = append(g.shortest, moment{at, sample})
	for at-g.shortest[0].at > baseTime {
		g.shortest = g.shortest[1:]
	}
	return g.shortest[0].value
}

// path takes in what happened to the path.
func (g *gatherer) path(e trace.Event) {
	text := map[string]string{
		"ssp:path_hopped": "another port", trace.NetworkFailed: e.Data.Reason, trace.Resumed: "resumed",
		trace.PathChanged: "another path", trace.PeerMoved: "the client moved", trace.ClientChanged: "another client", trace.Full: "the trace is full",
	}[e.Name]
	switch e.Name {
	case trace.ClientChanged:
		g.byNum, g.sizes, g.unacked = map[trace.Num]*state{}, nil, len(g.states)
		g.inFlight(e.Time, -g.bytes)
	case trace.ContactLost:
		g.silent = math.Max(e.Time-e.Data.Silence, 1e-3)
	case trace.ContactBack:
		if g.silent > 0 {
			g.silences = append(g.silences, [2]float64{g.silent, e.Time})
			g.silent = 0
		}
	}
	if text != "" {
		g.marks = append(g.marks, mark{e.Time, text})
	}
}

func (g *gatherer) sent(e trace.Event) {
	st := g.byNum[e.Data.New]
	if st == nil {
		st = &state{num: place(e.Data.New, &g.newest), sent: e.Time, acked: math.NaN(), lost: math.NaN()}
		g.byNum[e.Data.New] = st
		g.states = append(g.states, st)
		return
	}
	st.again = append(st.again, e.Time)
	g.repeats++
}

func (g *gatherer) acked(e trace.Event) {
	st := g.byNum[e.Data.New]
	if st == nil {
		return
	}
	for _, older := range g.states[g.unacked:] { // in the order of their numbers
		if older.num > st.num {
			break
		}
		older.acked = e.Time
		g.unacked++
	}
	g.acks = append(g.acks, moment{e.Time, st.num})
	arrived := 0.0
	n := 0
	for n < len(g.sizes) && g.sizes[n].at <= float64(e.Data.New) {
		arrived += g.sizes[n].value
		n++
	}
	g.sizes = g.sizes[n:]
	g.inFlight(e.Time, -arrived)
}

// inFlight notes a change of what was sent and is not known to have arrived.
func (g *gatherer) inFlight(at, change float64) {
	g.flight = append(g.flight, moment{at, g.bytes})
	g.bytes += change
	g.flight = append(g.flight, moment{at, g.bytes})
}

// happens reports whether anything is in the picture.
func (s *story) happens(c *canvas) bool {
	for _, list := range [][]moment{s.out, s.in, s.acks} {
		for _, m := range list {
			if c.in(m.at) {
				return true
			}
		}
	}
	return false
}

// summary is the line below the title.
func (s *story) summary(t *trace.Trace) string {
	sum := func(list []moment) (bytes float64) {
		for _, m := range list {
			bytes += m.value
		}
		return bytes
	}
	text := fmt.Sprintf("%s, %s s; sent %d datagrams of %s B, received %d of %s B; %d states sent, %d repeated, %d taken for lost",
		t.Start.UTC().Format(time.DateTime+" UTC"), number(math.Round(s.end)/1000), len(s.out), number(sum(s.out)), len(s.in), number(sum(s.in)),
		len(s.states), s.repeats, s.lost)
	if t.Cut {
		text += "; the file ends in the middle of a line"
	}
	return text
}
