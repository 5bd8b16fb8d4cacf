package predict

import "time"

// The thresholds of the client's send interval, which is half the smoothed round trip.
const (
	showAbove = 30 * time.Millisecond // round trip over about 60 ms: guesses help
	hideUpTo  = 20 * time.Millisecond // 40 ms: the echo is as good
	markAbove = 80 * time.Millisecond // 160 ms: say which text is guessed
	plainUpTo = 50 * time.Millisecond // 100 ms
)

const (
	glitchAfter    = 250 * time.Millisecond // a key that waits so long: the path has stalled
	bigGlitchAfter = 5 * time.Second        // and so long: say so
	glitchCount    = 10                     // quick echoes that make good for a glitch
	bigGlitchCount = 20
	quickEcho      = 250 * time.Millisecond // an echo sooner than this is quick
	cureSpacing    = 150 * time.Millisecond // and counts at most this often
)

// The triggers decide whether guesses are shown in adaptive mode, and marked.
type triggers struct {
	slow     bool // the path is
	mark     bool // and so much that guesses are underlined
	band     bool // the path is in between: only what waits for long is underlined
	glitch   int  // above 0: something waited for long; counts down
	cured    time.Time
	interval time.Duration
}

// pace takes the send interval. idle says that nothing waits for an echo.
func (t *triggers) pace(interval time.Duration, idle bool) {
	if interval <= 0 {
		return // not known yet
	}
	t.interval = interval
	switch {
	case interval > showAbove:
		t.slow = true
	case interval <= hideUpTo && idle:
		t.slow = false
	}
	switch {
	case interval > markAbove:
		t.mark = true
	case interval <= plainUpTo && t.glitch <= glitchCount:
		t.mark = false
	}
	t.band = interval > plainUpTo && interval <= markAbove
}

// soonest returns the least time after which an echo can be here: three
// quarters of the smoothed round trip, where that is known. A character that
// stands where it was guessed to, but too soon, was printed for another reason.
func (t *triggers) soonest() time.Duration {
	if t.interval <= hideUpTo {
		return 0 // the interval's least: the round trip may be anything
	}
	return t.interval * 2 * 3 / 4
}

// waited notes how long the oldest key has waited for its echo.
func (t *triggers) waited(d time.Duration) {
	if d >= bigGlitchAfter {
		t.glitch = bigGlitchCount
	} else if d >= glitchAfter {
		t.glitch = max(t.glitch, glitchCount)
	}
	if t.glitch > glitchCount {
		t.mark = true
	}
}

// cure notes that a key was echoed after d.
func (t *triggers) cure(now time.Time, d time.Duration) {
	if t.glitch > 0 && d < quickEcho && now.Sub(t.cured) >= cureSpacing {
		t.glitch--
		t.cured = now
	}
}

// marks reports whether a guess made age ago is underlined. Between the
// thresholds only what has waited for twice the round trip is, so that text
// does not blink on ordinary paths.
func (t *triggers) marks(age time.Duration) bool {
	return t.mark && (!t.band || t.glitch > glitchCount || age >= 4*t.interval)
}

// next returns at which wait, longer than d, something changes; 0 for never.
func (t *triggers) next(d time.Duration) time.Duration {
	switch {
	case t.mark && t.band && d < 4*t.interval:
		return 4 * t.interval
	case d < glitchAfter && t.glitch < glitchCount:
		return glitchAfter
	case d < bigGlitchAfter && (t.glitch < bigGlitchCount || !t.mark):
		return bigGlitchAfter
	}
	return 0
}
