package predict

import (
	"strings"
	"testing"
	"time"
)

const prompt = "host:~/d$ " // ten columns

// proved returns a story at a prompt where the echo of one character, x, is
// proved and all is quiet: what is typed next shows at once.
func proved(t *testing.T, opts Options, cols, rows int) *story {
	t.Helper()
	st := newStory(t, opts, cols, rows, prompt)
	st.key("x")
	st.settled("x")
	st.want(0, prompt+"x|")
	return st
}

// The stories A to H follow what a stock client was seen to do
// (docs/prediction.md); where this engine does better, they say so.

func TestStoryFirstEcho(t *testing.T) { // A
	st := newStory(t, Options{}, 80, 24, prompt)
	st.typed("echo h")
	st.want(0, prompt+"|") // nothing is proved
	st.print("e")
	st.advance(240 * time.Millisecond)
	st.frame(0)
	st.want(0, prompt+"echo h|") // the first echo proves the rest, sooner than the acknowledgement
	st.wantMarked(0, "cho"+"h")
	st.key("i")
	st.want(0, prompt+"echo hi|") // from here on at once
	st.key("\r")
	st.typed("ls")
	st.want(0, prompt+"echo hi|") // behind Enter all must be proved again
	st.want(1, "")
	st.print("cho hi\r\nhi\r\n" + prompt)
	st.advance(300 * time.Millisecond)
	st.frame(8)
	st.want(2, prompt+"|")
	st.want(1, "hi")
	st.print("l")
	st.advance(20 * time.Millisecond)
	st.frame(8)
	st.want(2, prompt+"ls|") // typed before the prompt came, shown with the first echo
	st.settled("s")
	st.wantServer()
}

func TestStoryPassword(t *testing.T) { // B
	st := newStory(t, Options{}, 80, 24, prompt)
	st.typed("read -s P\r")
	for _, key := range "secret" {
		st.key(string(key))
		st.wantServer()
	}
	st.settled("read -s P\r\n")
	st.wantServer()
	for _, key := range "more" {
		st.key(string(key))
		st.wantServer()
		st.advance(700 * time.Millisecond)
		st.frame(st.sent)
		st.wantServer()
	}
	st.key("\r")
	st.settled("\r\n" + prompt)
	st.wantServer()
	if got := st.e.Stats().Shown; got > 9 {
		t.Errorf("%d keys shown, more than the command line's", got)
	}
}

func TestStoryEditing(t *testing.T) { // C
	st := proved(t, Options{}, 80, 24)
	st.typed("abcdef")
	st.key("\x7f")
	st.want(0, prompt+"xabcde|")
	st.key("\x1b[D")
	st.key("\x1bOD")
	st.want(0, prompt+"xabc|de")
	st.key("X")
	st.want(0, prompt+"xabcX|de")
	st.wantMarked(0, "abcXde")
	st.settled("abcde\b\bXde\b\b")
	st.wantServer()
	if s := st.e.Stats(); s.Wrong != 0 || s.Shown < 10 {
		t.Errorf("stats %+v", s)
	}
}

func TestStoryWrap(t *testing.T) { // D
	st := newStory(t, Options{}, 20, 6, prompt)
	st.typed("aaaabbbb")
	st.print("a")
	st.advance(300 * time.Millisecond)
	st.frame(0)
	st.typed("ccccdddd")
	st.want(0, prompt+"aaaabbbbc|") // what happens in the last column is not known yet
	st.print("aaabbbbcc")
	st.advance(300 * time.Millisecond)
	st.frame(10)
	st.want(0, prompt+"aaaabbbbc"+"c")
	st.print("ccdd")
	st.advance(300 * time.Millisecond)
	st.frame(14)
	st.want(1, "ccdddd|") // the second row is proved
	st.settled("dd")
	st.wantServer()

	// The next line wraps openly.
	st.key("\r")
	st.settled("\r\n" + prompt)
	st.key("x")
	st.settled("x")
	st.typed("123456789012")
	st.want(2, prompt+"x123456789")
	st.want(3, "012|")
	st.settled("123456789012")
	st.wantServer()
	if s := st.e.Stats(); s.Wrong != 0 {
		t.Errorf("stats %+v", s)
	}
}

func TestStoryExperimental(t *testing.T) { // E
	st := newStory(t, Options{Mode: Experimental}, 80, 24, prompt)
	st.typed("ls\rpw")
	st.want(0, prompt+"ls")
	st.want(1, "pw|") // at once, and in the wrong row
	st.settled("ls\r\nfile\r\n" + prompt + "pw")
	st.wantServer()
}

func TestStoryMotion(t *testing.T) { // F
	st := proved(t, Options{}, 80, 24)
	st.typed("echo one")
	for range 3 {
		st.key("\x1b[D")
	}
	st.want(0, prompt+"xecho |one")
	st.key("\x1b[C")
	st.want(0, prompt+"xecho o|ne")
	for range 5 {
		st.key("\x1b[C")
	}
	st.want(0, prompt+"xecho one|") // never past the end of the text
	for range 20 {
		st.key("\x1b[D")
	}
	st.want(0, prompt+"|xecho one") // never into the prompt
	st.settled("echo one" + strings.Repeat("\b", 9))
	st.wantServer()
	st.key("\x1b[1;5C")
	st.want(0, prompt+"|xecho one") // Ctrl-Right is not Right
	st.settled("\x1b[5C")
	st.wantServer()
}

func TestStoryStall(t *testing.T) { // G
	st := newStory(t, Options{}, 80, 24, prompt)
	st.interval = 20 * time.Millisecond
	st.e.trig = triggers{}
	for _, k := range "abc" {
		st.key(string(k))
		st.print(string(k))
		st.advance(10 * time.Millisecond)
		st.frame(0)
		st.advance(60 * time.Millisecond)
		st.frame(st.sent)
		st.wantServer()
	}
	st.typed("def")
	st.wantServer() // a fast path shows no guesses
	typed := st.now.Add(-30 * time.Millisecond)
	if got := st.e.NextTimeout(); got != typed.Add(glitchAfter) {
		t.Errorf("NextTimeout %v after the key, want %v", got.Sub(typed), glitchAfter)
	}
	st.now = typed.Add(glitchAfter - time.Millisecond)
	st.wantServer()
	st.now = typed.Add(glitchAfter)
	st.want(0, prompt+"abcdef|") // stalled
	st.wantMarked(0, "")
	st.now = typed.Add(bigGlitchAfter)
	st.wantMarked(0, "def")
	st.settled("def")
	st.wantServer()
	st.key("g")
	st.want(0, prompt+"abcdefg|") // until the path has been quick for a while
	st.wantMarked(0, "g")
}

func TestStoryBottomRow(t *testing.T) { // H
	st := newStory(t, Options{}, 40, 4, "1\r\n2\r\n3\r\n"+prompt)
	st.typed("abc")
	st.settled("abc")
	st.key("\r")
	st.typed("de")
	st.want(3, prompt+"abc|")
	st.print("\r\nabc: not found\r\n" + prompt)
	st.advance(300 * time.Millisecond)
	st.frame(4)
	st.want(3, prompt+"|")
	st.want(1, prompt+"abc")
	st.print("d")
	st.frame(4)
	st.want(3, prompt+"de|")
	st.settled("e")
	st.wantServer()
}
