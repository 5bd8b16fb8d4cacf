package plot

import (
	"math"
)

// A panel is one diagram.
type panel struct {
	title  string
	legend []entry
	height float64
	unit   string
	low    float64 // values at the bottom and the top
	high   float64
	paint  func(c *canvas, y func(v float64) float64)
}

// An entry of a legend: a sample drawn at a place, and what it stands for.
type entry struct {
	sample func(c *canvas, x, y float64)
	text   string
}

func dotEntry(class, text string) entry {
	return entry{func(c *canvas, x, y float64) { c.dot(class, x+7, y, 3.2) }, text}
}

func crossEntry(class, text string) entry {
	return entry{func(c *canvas, x, y float64) { c.cross(class, x+7, y) }, text}
}

func lineEntry(class, text string) entry {
	return entry{func(c *canvas, x, y float64) { c.points(class, []float64{x, y, x + 14, y}) }, text}
}

func barEntry(class, text string) entry {
	return entry{func(c *canvas, x, y float64) { c.rect(class, x+3, y-4, 8, 8) }, text}
}

// draw draws the panel with its top at y.
func (p panel) draw(c *canvas, y float64) {
	const gridLines = 4
	c.text("head", left, y-labelSpace/2, p.title)
	x := float64(left) + 8*float64(len(p.title)) + 12
	for _, e := range p.legend {
		const perLetter, sample = 6.6, 20
		e.sample(c, x, y-labelSpace/2-4)
		c.text("", x+sample, y-labelSpace/2, e.text)
		x += sample + perLetter*float64(len(e.text)) + 14
	}
	at := func(v float64) float64 { return y + p.height - (v-p.low)/(p.high-p.low)*p.height }
	step := niceStep(p.high-p.low, gridLines)
	for _, v := range ticks(p.low, p.high, step) {
		c.line("grid", left, at(v), left+plotWidth, at(v))
		c.text("end", left-8, at(v)+4, number(math.Abs(v)))
	}
	if p.unit != "" {
		c.text("end", left-8, y-labelSpace/2, p.unit)
	}
	p.paint(c, at)
	c.line("axis", left, y+p.height, left+plotWidth, y+p.height)
}

// panels returns the diagrams of what the picture has.
func (s *story) panels(c *canvas) []panel {
	all := []panel{s.statesPanel(c), s.peerPanel(c), s.tripPanel(c), s.flightPanel(c), s.datagramPanel(c)}
	var some []panel
	for _, p := range all {
		if p.paint != nil {
			some = append(some, p)
		}
	}
	return some
}

// bounds returns the least and the greatest of values, with room around.
func bounds(values []float64, zero bool) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, v := range values {
		low, high = math.Min(low, v), math.Max(high, v)
	}
	const room = 0.06
	extra := math.Max((high-low)*room, 0.5)
	if zero {
		return 0, math.Max(high*(1+room), 1)
	}
	return low - extra, high + extra
}

// statesPanel draws each state of this end from its first transmission to its ack.
func (s *story) statesPanel(c *canvas) panel {
	var shown []*state
	var nums []float64
	for _, st := range s.states {
		if st.sent <= c.to && !(st.acked < c.from) {
			shown, nums = append(shown, st), append(nums, st.num)
		}
	}
	if len(shown) == 0 {
		return panel{}
	}
	low, high := bounds(nums, false)
	return panel{title: "States of this end", height: 230, unit: "number", low: low, high: high,
		legend: []entry{dotEntry("ours", "sent"), dotEntry("again", "sent again"), lineEntry("wait", "until acknowledged"), crossEntry("lost", "taken for lost"), lineEntry("acked", "newest acknowledged")},
		paint: func(c *canvas, y func(float64) float64) {
			t := thinner{}
			for _, st := range shown {
				s.paintState(c, st, y(st.num), t)
			}
			var steps []float64
			for i, a := range s.acks {
				if !c.in(a.at) || a.value < low {
					continue
				}
				if i > 0 && len(steps) > 0 {
					steps = append(steps, c.x(a.at), steps[len(steps)-1])
				}
				steps = append(steps, c.x(a.at), y(a.value))
			}
			c.points("acked", steps)
		}}
}

func (s *story) paintState(c *canvas, st *state, y float64, t thinner) {
	from, to, class := math.Max(st.sent, c.from), c.to, "wait"
	if !math.IsNaN(st.acked) {
		to = math.Min(st.acked, c.to)
	}
	if !math.IsNaN(st.lost) {
		class = "waitlost"
	}
	if t.room("wait", c.x(from), y) {
		c.line(class, c.x(from), y, c.x(to), y)
	}
	if c.in(st.sent) && t.room("ours", c.x(st.sent), y) {
		c.dot("ours", c.x(st.sent), y, 3.2)
	}
	for _, at := range st.again {
		if c.in(at) && t.room("again", c.x(at), y) {
			c.dot("again", c.x(at), y, 2.6)
		}
	}
	if c.in(st.lost) && t.room("lost", c.x(st.lost), y) {
		c.cross("lost", c.x(st.lost), y)
	}
}

// peerPanel draws the peer's states as they arrive.
func (s *story) peerPanel(c *canvas) panel {
	var shown []received
	var nums []float64
	for _, r := range s.received {
		if c.in(r.at) {
			shown, nums = append(shown, r), append(nums, r.num)
		}
	}
	if len(shown) == 0 {
		return panel{}
	}
	low, high := bounds(nums, false)
	return panel{title: "States of the peer", height: 150, unit: "number", low: low, high: high,
		legend: []entry{dotEntry("peer", "arrived"), dotEntry("peeragain", "arrived again"), crossEntry("refused", "without their base, or refused")},
		paint: func(c *canvas, y func(float64) float64) {
			t := thinner{}
			for _, r := range shown {
				x := c.x(r.at)
				switch {
				case r.refused && t.room("refused", x, y(r.num)):
					c.cross("refused", x, y(r.num))
				case r.refused:
				case r.again && t.room("again", x, y(r.num)):
					c.dot("peeragain", x, y(r.num), 2.6)
				case !r.again && t.room("peer", x, y(r.num)):
					c.dot("peer", x, y(r.num), 3.2)
				}
			}
		}}
}

// tripPanel draws the round trips, and the queue: how much longer than the shortest
// each was.
func (s *story) tripPanel(c *canvas) panel {
	var shown []rtt
	var values []float64
	for _, r := range s.rtts {
		if c.in(r.at) {
			shown = append(shown, r)
			values = append(values, r.sample, r.rto)
		}
	}
	if len(shown) == 0 {
		return panel{}
	}
	low, high := bounds(values, true)
	legend := []entry{dotEntry("sample", "sample"), lineEntry("smooth", "smoothed"), lineEntry("rto", "an answer is due"), barEntry("queue", "queue: above the shortest of 10 s")}
	if len(s.queues) > 0 {
		legend = append(legend, lineEntry("window", "queue as roam takes it"))
	}
	return panel{title: "Round trips", height: 150, unit: "ms", low: low, high: high,
		legend: legend,
		paint: func(c *canvas, y func(float64) float64) {
			t := thinner{}
			var smooth, rto []float64
			for _, r := range shown {
				x := c.x(r.at)
				if t.room("queue", x, 0) && r.sample > r.base {
					c.rect("queue", x-1, y(r.sample-r.base), 2, y(0)-y(r.sample-r.base))
				}
				if t.room("sample", x, y(r.sample)) {
					c.dot("sample", x, y(r.sample), 2.4)
				}
				if t.room("line", x, 0) {
					smooth, rto = append(smooth, x, y(r.smoothed)), append(rto, x, y(r.rto))
				}
			}
			c.points("rto", rto)
			c.points("smooth", smooth)
			c.steps("window", s.queues, high, y)
		}}
}

// flightPanel draws what was sent and is not known to have arrived.
func (s *story) flightPanel(c *canvas) panel {
	var shown []moment
	var values []float64
	for _, m := range s.flight {
		if c.in(m.at) {
			shown, values = append(shown, m), append(values, m.value)
		}
	}
	if len(shown) == 0 {
		return panel{}
	}
	_, high := bounds(values, true)
	legend := []entry{lineEntry("flight", "sent, not known to have arrived")}
	if len(s.windows) > 0 {
		legend = append(legend, lineEntry("window", "window; at the upper edge: more"))
	}
	return panel{title: "On its way", height: 110, unit: "bytes", high: high, legend: legend,
		paint: func(c *canvas, y func(float64) float64) {
			var line []float64
			t := thinner{}
			for _, m := range shown {
				if t.room("flight", c.x(m.at), y(m.value)) {
					line = append(line, c.x(m.at), y(m.value))
				}
			}
			c.points("flight", line)
			c.steps("window", s.windows, high, y)
		}}
}

// steps draws values that hold until the next, up to a greatest.
func (c *canvas) steps(class string, list []moment, most float64, y func(float64) float64) {
	var line []float64
	t := thinner{}
	for _, m := range list {
		at := y(math.Min(m.value, most))
		if !c.in(m.at) || !t.room(class, c.x(m.at), at) {
			continue
		}
		if n := len(line); n > 0 {
			line = append(line, c.x(m.at), line[n-1])
		}
		line = append(line, c.x(m.at), at)
	}
	c.points(class, line)
}

// datagramPanel draws the bytes of datagrams, sent upwards and received downwards,
// added up for each pixel.
func (s *story) datagramPanel(c *canvas) panel {
	out, in := perPixel(c, s.out), perPixel(c, s.in)
	highest := 1.0
	for i := range out {
		highest = math.Max(highest, math.Max(out[i], in[i]))
	}
	const room = 1.06
	return panel{title: "Datagrams", height: 130, unit: "bytes", low: -highest * room, high: highest * room,
		legend: []entry{barEntry("up", "sent"), barEntry("down", "received"), crossEntry("lost", "dropped: not authentic")},
		paint: func(c *canvas, y func(float64) float64) {
			for i := range out {
				x := float64(left + i)
				if out[i] > 0 {
					c.rect("up", x-.6, y(out[i]), 1.6, y(0)-y(out[i]))
				}
				if in[i] > 0 {
					c.rect("down", x-.6, y(0), 1.6, y(-in[i])-y(0))
				}
			}
			c.line("axis", left, y(0), left+plotWidth, y(0))
			t := thinner{}
			for _, at := range s.dropped {
				if c.in(at) && t.room("dropped", c.x(at), 0) {
					c.cross("lost", c.x(at), y(0))
				}
			}
		}}
}

// perPixel adds up values by the column that they fall into.
func perPixel(c *canvas, list []moment) []float64 {
	sums := make([]float64, plotWidth+1)
	for _, m := range list {
		if c.in(m.at) {
			sums[int(c.x(m.at)-left)] += m.value
		}
	}
	return sums
}

// marks draws what happened to the path across all panels.
func (c *canvas) marks(s *story, from, to float64) {
	for _, silence := range s.silences {
		start, end := math.Max(silence[0], c.from), math.Min(silence[1], c.to)
		if start < end {
			c.rect("shade", c.x(start), from, c.x(end)-c.x(start), 12)
			c.text("marktext", c.x(start)+4, from+10, "no contact")
		}
	}
	const least = 90 // pixels between two texts
	last := math.Inf(-1)
	t := thinner{}
	for _, m := range s.marks {
		if !c.in(m.at) || !t.room("mark", c.x(m.at), 0) {
			continue
		}
		c.line("mark", c.x(m.at), from, c.x(m.at), to)
		if c.x(m.at)-last > least {
			last = c.x(m.at)
			c.text("marktext", last, from-4, m.text)
		}
	}
}

// A thinner leaves out what would be drawn over the same again, so that a picture
// of a long trace stays small: one of a class for each place of the grid.
type thinner map[spot]bool

type spot struct {
	class string
	x, y  int
}

// room reports whether nothing of the class is at the place yet, and takes it.
func (t thinner) room(class string, x, y float64) bool {
	const grid = 1.5 // pixels
	at := spot{class, int(x / grid), int(y / grid)}
	if t[at] {
		return false
	}
	t[at] = true
	return true
}
