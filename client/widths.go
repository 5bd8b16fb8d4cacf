package client

import (
	"fmt"
	"time"

	"roam/terminal"
)

// widthSamples are what terminals measure differently. Their order is that of facts.widths.
var widthSamples = [...]string{
	sampleHeart:     "\u2764\ufe0f",                               // an emoji by its variation selector
	sampleFamily:    "\U0001f469\u200d\U0001f469\u200d\U0001f467", // joined by ZWJ
	sampleFlag:      "\U0001f1e9\U0001f1ea",
	sampleTone:      "\U0001f44d\U0001f3fd", // with a skin tone
	sampleIndicator: "\U0001f1e9",           // half a flag
	sampleAmbiguous: "\u00a7",
}

const (
	sampleHeart = iota
	sampleFamily
	sampleFlag
	sampleTone
	sampleIndicator
	sampleAmbiguous
)

// minSampleCols is the least width of a window in which no sample wraps.
const minSampleCols = 12

// appendWidths appends what makes the terminal measure the samples: each at the start of
// the second row, with a question for the cursor behind it. What follows repaints the
// screen.
func (p *probe) appendWidths(now time.Time, dst []byte) []byte {
	p.since = now
	p.facts.widths = nil
	if p.facts.has("2026") {
		dst = append(dst, "\x1b[?2026h"...) // what follows ends it
	}
	dst = append(dst, "\x1b[?25l\x1b[m"...)
	for _, s := range widthSamples {
		dst = fmt.Appendf(dst, "\x1b[2;1H%s\x1b[6n", s)
		p.asked[keyCursor]++
	}
	return append(dst, "\x1b[2;1H\x1b[2K"...)
}

// judgeWidths returns c with what the measured widths say. Other disputed clusters need
// nothing: they stand on blanks and between absolute moves.
func (f *facts) judgeWidths(c terminal.Capabilities) terminal.Capabilities {
	w := f.widths
	if len(w) != len(widthSamples) {
		return c
	}
	c.Clusters = w[sampleFamily] == 2 && w[sampleFlag] == 2 && w[sampleTone] == 2
	c.WideSelector = w[sampleHeart] == 2
	c.WideIndicator = w[sampleIndicator] == 2
	c.WideAmbiguous = w[sampleAmbiguous] == 2
	return c
}
