package predict

import (
	"strings"
	"testing"
	"time"
)

// Samples of what a server sees.
func cookedHint(after uint64) Hint {
	return Hint{After: after, Echo: true, Canonical: true, Erase: 0x7f}
}
func secretHint(after uint64) Hint { return Hint{After: after, Canonical: true} }
func editorHint(after uint64) Hint { return Hint{After: after} }

func TestHintOfEchoShowsAtOnce(t *testing.T) {
	st := newStory(t, Options{}, 80, 24, "> ")
	st.e.Hint(st.now, cookedHint(0))
	st.advance(settledEcho)
	st.typed("ab")
	st.want(0, "> ab|") // the kernel echoes: no proof is needed
	st.key("\x7f")
	st.want(0, "> a|")
	st.key("\r")
	st.typed("x")
	st.want(0, "> a|") // a hint says nothing of what comes after Enter
	st.e.Hint(st.now, cookedHint(3))
	st.typed("y")
	st.want(0, "> a|") // nor does a newer one that was sampled before it
	st.e.Hint(st.now, cookedHint(4))
	st.want(0, "> a|") // and it proves no key that is newer than it
	st.typed("z")
	st.want(0, "> a|") // what went before may be anywhere
	st.print("ab\b \b\r\nx")
	st.advance(300 * time.Millisecond)
	st.frame(4)
	st.want(1, "xyz|") // the echo of one proves the rest
	st.settled("yz")
	st.wantServer()
	if s := st.e.Stats(); s.Wrong != 0 {
		t.Errorf("stats %+v", s)
	}
}

func TestHintOfLineEditorProvesNothing(t *testing.T) {
	st := newStory(t, Options{}, 80, 24, prompt)
	st.e.Hint(st.now, editorHint(0))
	st.typed("ab")
	st.wantServer()
	st.settled("ab")
	st.typed("c")
	st.want(0, prompt+"abc|")
}

// TestHintOfSecret: once a hint says that a secret is read, nothing of the line is
// painted, in any mode, and nothing typed is kept.
func TestHintOfSecret(t *testing.T) {
	for _, mode := range []Mode{Adaptive, Always, Experimental} {
		st := proved(t, Options{Mode: mode}, 80, 24)
		st.typed("ab")
		st.want(0, prompt+"xab|")
		st.e.Hint(st.now, secretHint(2)) // sampled between the two
		st.want(0, prompt+"x|")
		st.settled("a")
		st.typed("hunter")
		st.key("\x7f")
		st.wantServer()
		st.advance(10 * time.Second)
		st.wantServer()
		for _, g := range st.e.trail[:cap(st.e.trail)] {
			if g.key.char != 0 && strings.ContainsRune("hunterb", g.key.char) {
				t.Errorf("mode %d: %q of a secret is kept", mode, g.key.char)
			}
		}
		// What follows its Enter waits for a hint that knows of it.
		st.key("\r")
		st.typed("ls")
		st.wantServer()
		st.e.Hint(st.now, cookedHint(st.sent-3)) // sampled before it
		st.typed("x")
		if mode != Experimental {
			st.wantServer()
		}
	}
}

// TestEchoBehindEnterProvesNothing: the terminal echoes what comes before a program has
// switched that off. What follows waits for a hint that knows of the Enter.
func TestEchoBehindEnterProvesNothing(t *testing.T) {
	for _, secret := range []bool{true, false} {
		st := newStory(t, Options{Mode: Always}, 80, 24, prompt)
		st.e.Hint(st.now, editorHint(0))
		st.typed("sudo")
		st.settled("sudo")
		st.key("\r")
		enter := st.sent
		st.typed("h")
		st.settled("\r\nh")
		st.typed("unter")
		st.want(1, "h|")
		if secret {
			st.e.Hint(st.now, secretHint(enter+1))
			st.want(1, "h|")
			st.typed("2")
			st.want(1, "h|")
			continue
		}
		st.e.Hint(st.now, editorHint(enter))
		st.want(1, "hunter|")
	}
}

// TestLinesThatAreOverStayHidden: keys that a program had read before a hint knew of the end
// of the line before are never shown, whatever is proved then.
func TestLinesThatAreOverStayHidden(t *testing.T) {
	st := newStory(t, Options{Mode: Always}, 80, 24, prompt)
	st.e.Hint(st.now, editorHint(0))
	st.typed("sudo")
	st.settled("sudo")
	st.key("\r")
	st.typed("hunter")
	st.key("\r")
	last := st.sent
	st.typed("l")
	st.e.Hint(st.now, editorHint(last)) // the secret was read meanwhile
	st.settled("\r\n" + prompt + "l")
	st.typed("s")
	st.want(1, prompt+"ls|")
	st.wantNowhere("hunter")
}

func TestOlderHintsAreIgnored(t *testing.T) {
	st := newStory(t, Options{}, 80, 24, "Password: ")
	st.e.Hint(st.now, secretHint(5))
	st.e.Hint(st.now, cookedHint(4))
	st.typed("ab")
	st.wantServer()
	st.e.Hint(st.now, cookedHint(6))
	st.advance(settledEcho)
	st.typed("c")
	st.want(0, "Password: c|")
}

func TestHintsInModeNever(t *testing.T) {
	st := newStory(t, Options{Mode: Never}, 80, 24, "> ")
	st.e.Hint(st.now, cookedHint(0))
	st.typed("ab")
	st.wantServer()
}
