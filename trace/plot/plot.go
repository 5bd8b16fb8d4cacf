// Package plot draws a trace of a session as SVG: panels with one time axis, of this
// end's states and their acknowledgements, of the peer's states, of round trips and
// the queue that they tell of, and of datagrams. The picture follows the reader's
// choice of light or dark, and needs nothing but itself.
package plot

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"roam/trace"
)

// ErrEmpty reports a part of a trace in which nothing happens.
var ErrEmpty = errors.New("plot: no event is in this part of the trace")

// A Part is a span of a trace, in seconds since its beginning. To may be infinite.
type Part struct{ From, To float64 }

// Sizes of the picture, in pixels.
const (
	width      = 1200
	left       = 76 // of the panels, for labels
	right      = 24
	strip      = 78 // of what happened to the path
	top        = 84
	gap        = 42 // between two panels
	foot       = 44
	plotWidth  = width - left - right
	labelSpace = 16
)

// A canvas is a picture that is being drawn.
type canvas struct {
	bytes.Buffer
	from, to float64 // ms
}

// x returns the place of a time.
func (c *canvas) x(ms float64) float64 {
	return left + (ms-c.from)/(c.to-c.from)*plotWidth
}

// in reports whether a time is in the picture.
func (c *canvas) in(ms float64) bool { return ms >= c.from && ms <= c.to }

func (c *canvas) line(class string, x1, y1, x2, y2 float64) {
	fmt.Fprintf(c, `<line class=%q x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f"/>`+"\n", class, x1, y1, x2, y2)
}

func (c *canvas) rect(class string, x, y, w, h float64) {
	fmt.Fprintf(c, `<rect class=%q x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`+"\n", class, x, y, w, h)
}

func (c *canvas) dot(class string, x, y, r float64) {
	fmt.Fprintf(c, `<circle class=%q cx="%.1f" cy="%.1f" r="%.1f"/>`+"\n", class, x, y, r)
}

func (c *canvas) cross(class string, x, y float64) {
	const arm = 3.5
	fmt.Fprintf(c, `<path class=%q d="M%.1f %.1fl%[4]v %[4]vm0 -%[4]vl-%[4]v %[4]v"/>`+"\n", class, x-arm, y-arm, 2*arm)
}

func (c *canvas) text(class string, x, y float64, text string) {
	fmt.Fprintf(c, `<text class=%q x="%.1f" y="%.1f">%s</text>`+"\n", class, x, y, escaped(text))
}

// escaped makes text safe in XML.
func escaped(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}

// points draws a line through points, whose coordinates alternate.
func (c *canvas) points(class string, xy []float64) {
	if len(xy) < 4 {
		return
	}
	fmt.Fprintf(c, `<polyline class=%q points="`, class)
	for i := 0; i+1 < len(xy); i += 2 {
		if i > 0 {
			c.WriteByte(' ')
		}
		fmt.Fprintf(c, "%.1f,%.1f", xy[i], xy[i+1])
	}
	c.WriteString("\"/>\n")
}

// SVG draws a part of a trace. It returns ErrEmpty, or an error of w.
func SVG(w io.Writer, t *trace.Trace, part Part) error {
	s := gather(t)
	c := &canvas{from: math.Max(part.From*1000, 0), to: math.Min(part.To*1000, s.end)}
	if c.from >= c.to || !s.happens(c) {
		return ErrEmpty
	}
	panels := s.panels(c)
	height := float64(top + foot)
	for _, p := range panels {
		height += p.height + gap
	}
	c.begin(t, s, height)
	y := float64(top)
	for _, p := range panels {
		y += gap
		p.draw(c, y)
		y += p.height
	}
	c.marks(s, strip, y)
	c.timeAxis(y)
	c.WriteString("</svg>\n")
	_, err := w.Write(c.Bytes())
	return err
}

// palette has the colour of each role, for light and dark. Those who cannot tell red
// from green tell them by lightness.
var palette = []struct{ role, light, dark string }{
	{"paper", "#fff", "#12161c"}, {"ink", "#1c2430", "#e4e9f0"}, {"dim", "#687282", "#98a2b3"}, {"grid", "#e3e7ec", "#29313c"},
	{"ours", "#0b6bcb", "#6cb6ff"}, {"peer", "#8a4fbf", "#c69bf0"}, {"good", "#1a7f5a", "#4cc38a"}, {"bad", "#c9252d", "#ff7b72"},
	{"warn", "#b26a00", "#e3a03a"}, {"shade", "#f6e3c5", "#3a2f1c"},
}

// rules are the classes' colours, by role.
const rules = `text{fill:$dim}.title,.head{fill:$ink}.marktext{fill:$warn}
.paper{fill:$paper}.grid{stroke:$grid}.axis{stroke:$dim}.shade{fill:$shade}
.ours,.up,.sample{fill:$ours}.peer,.down{fill:$peer}.queue{fill:$warn}
.again{fill:$paper;stroke:$ours}.peeragain{fill:$paper;stroke:$peer}
.wait,.smooth{stroke:$ours}.waitlost,.lost{stroke:$bad}.refused,.flight,.mark{stroke:$warn}.acked,.window{stroke:$good}.rto{stroke:$dim}
`

// shapes are the classes' other properties.
const shapes = `text{font:12px system-ui,sans-serif}.title{font-size:16px;font-weight:600}.head{font-weight:600}.end{text-anchor:end}.mid{text-anchor:middle}
.wait,.waitlost{stroke-width:1.5;opacity:.5}.again,.peeragain{stroke-width:1.2}.acked,.smooth,.flight,.window{fill:none;stroke-width:1.5}
.lost,.refused{fill:none;stroke-width:1.8}.rto{fill:none;stroke-dasharray:4 3}.mark{stroke-dasharray:2 3}.sample{opacity:.6}.queue{opacity:.5}
`

// style returns the style sheet: plain properties, since not every program that shows
// SVG knows variables, and the dark ones where the reader wants those.
func style() string {
	var light, dark []string
	for _, p := range palette {
		light, dark = append(light, "$"+p.role, p.light), append(dark, "$"+p.role, p.dark)
	}
	return "<style>\n" + shapes + strings.NewReplacer(light...).Replace(rules) +
		"@media (prefers-color-scheme:dark){\n" + strings.NewReplacer(dark...).Replace(rules) + "}\n</style>\n"
}

// begin writes everything before the panels.
func (c *canvas) begin(t *trace.Trace, s *story, height float64) {
	fmt.Fprintf(c, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %.0f" role="img" aria-label="Trace of a session">`+"\n", width, height)
	c.WriteString(style())
	c.rect("paper", 0, 0, width, height)
	c.text("title", left, 26, "roam: trace of a "+t.Role)
	c.text("", left, 46, s.summary(t))
}

// timeAxis writes the times below the last panel.
func (c *canvas) timeAxis(y float64) {
	step := niceStep((c.to-c.from)/1000, 10)
	for _, v := range ticks(c.from/1000, c.to/1000, step) {
		c.text("mid", c.x(v*1000), y+labelSpace, number(v))
	}
	c.text("end", left+plotWidth, y+labelSpace*2, "seconds since the beginning")
}

// niceStep returns a step of 1, 2 or 5 times a power of ten that divides a span
// into at most n parts, or nearly.
func niceStep(span float64, n int) float64 {
	if span <= 0 {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(span/float64(n))))
	for _, times := range []float64{1, 2, 5} {
		if unit*times*float64(n) >= span {
			return unit * times
		}
	}
	return unit * 10
}

// ticks returns the multiples of step from low to high.
func ticks(low, high, step float64) (values []float64) {
	for i := math.Ceil(low / step); i*step <= high && float64(len(values)) <= (high-low)/step+1; i++ {
		values = append(values, i*step)
	}
	return values
}

// number prints a number as short as it is exact to some digits.
func number(v float64) string {
	const digits = 6
	return strings.TrimSuffix(fmt.Sprintf("%.*g", digits, v), ".0")
}
