package trial

import (
	"math"
	"math/rand/v2"
	"strings"
	"time"
)

// A stroke is a key and the pause before it.
type stroke struct {
	gap time.Duration
	key byte // printable, enter or erase; 0 for a pause alone
}

const (
	enter = '\r'
	erase = 0x7f
)

// common are the most frequent words of English.
var common = strings.Fields(`the of and to in is you that it he was for on are as with his they at be this
have from or one had by word but not what all were we when your can said there use an each which she do how
their if will up other about out many then them these so some her would make like him into time has look two
more write go see number no way could people my than first water been call who oil its now find long down day
did get come made may part`)

// Means of the pauses before a key, and bounds; people type so at 100 words a
// minute, with pauses where they notice a mistake.
const (
	betweenKeys  = 100 * time.Millisecond
	beforeSpace  = 110 * time.Millisecond
	beforeErase  = 250 * time.Millisecond
	beforeEnter  = 250 * time.Millisecond
	betweenLines = 400 * time.Millisecond
	shortestGap  = 25 * time.Millisecond
	longestGap   = 600 * time.Millisecond
)

// A typist writes the same strokes for the same seed.
type typist struct {
	rand    *rand.Rand
	strokes []stroke
}

// press adds a key after a lognormal pause with the given mean.
func (t *typist) press(key byte, mean time.Duration) {
	const spread = 0.45
	gap := time.Duration(math.Exp(t.rand.NormFloat64()*spread-spread*spread/2) * float64(mean))
	t.strokes = append(t.strokes, stroke{min(max(gap, shortestGap), longestGap), key})
}

// word adds a word. With typos, one long word in twelve has a wrong letter that is
// erased at once.
func (t *typist) word(w string, typos bool) {
	const oneIn = 12
	wrongAt := -1
	if typos && len(w) > 3 && t.rand.IntN(oneIn) == 0 {
		wrongAt = 1 + t.rand.IntN(len(w)-2)
	}
	for i := range len(w) {
		if i == wrongAt {
			t.press('a'+byte(int(w[i]-'a')+1+t.rand.IntN(24))%26, betweenKeys) // any letter but the right one
			t.press(erase, beforeErase)
		}
		t.press(w[i], betweenKeys)
	}
}

// typeLines returns the strokes of n lines of width characters or a little more,
// each after the prefix, and the lines as they stand in the end.
func typeLines(seed uint64, n, width int, prefix string, typos bool) (strokes []stroke, lines []string) {
	t := typist{rand: rand.New(rand.NewPCG(seed, 0))}
	for range n {
		for i := range len(prefix) {
			t.press(prefix[i], betweenKeys)
		}
		line := prefix
		for len(line) < width {
			if line != prefix {
				t.press(' ', beforeSpace)
				line += " "
			}
			w := common[t.rand.IntN(len(common))]
			t.word(w, typos)
			line += w
		}
		t.press(enter, beforeEnter)
		t.strokes = append(t.strokes, stroke{gap: betweenLines})
		lines = append(lines, line)
	}
	return t.strokes, lines
}

// withoutLastEnter returns the strokes up to the last enter.
func withoutLastEnter(strokes []stroke) []stroke {
	for len(strokes) > 0 && (strokes[len(strokes)-1].key == 0 || strokes[len(strokes)-1].key == enter) {
		strokes = strokes[:len(strokes)-1]
	}
	return strokes
}
