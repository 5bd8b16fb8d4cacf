package predict

import (
	"testing"
	"time"
)

// cooked returns a story at a program that leaves lines to the kernel, which echoes for sure.
func cookedStory(t *testing.T, h Hint) *story {
	t.Helper()
	st := newStory(t, Options{Ahead: true}, 60, 6, "> ")
	h.Canonical, h.Echo = true, true
	st.e.Hint(st.now, h)
	st.advance(settledEcho)
	return st
}

// TestKernelKeys: while the kernel gathers a line, its own keys do what it does, whatever
// they are set to.
func TestKernelKeys(t *testing.T) {
	usual := Hint{Controls: true, Erase: 0x7f, Kill: 0x15, WordErase: 0x17}
	for _, c := range []struct {
		name, typed, want string
		hint              Hint
	}{
		{"erase", "abc\x7f", "> ab|", usual},
		{"another erase", "abc\x08", "> ab|", Hint{Controls: true, Erase: 0x08}},
		{"no erase", "abc\x7f", "> abc^?|", Hint{Controls: true, Erase: 0x08}},
		{"erase at the start", "a\x7f\x7f\x7f", "> |", usual},
		{"kill", "some words\x15x", "> x|", usual},
		{"another kill", "some words\x18x", "> x|", Hint{Kill: 0x18}},
		{"word erase", "one, two_3 ..\x17", "> one, |", usual},
		{"word erase twice", "one, two\x17\x17", "> |", usual},
		{"word erase of nothing", "\x17", "> |", usual},
		{"a control", "a\x01b", "> a^Ab|", usual},
		{"a control not echoed", "a\x01b", "> a|", Hint{Erase: 0x7f}},
		{"one that is a key of the driver's", "a\x16b", "> a|", usual},
		{"an arrow is echoed in some way", "ab\x1b[Dc", "> ab|", usual},
	} {
		st := cookedStory(t, c.hint)
		for _, k := range decodedPieces(c.typed) {
			st.key(k)
		}
		if st.want(0, c.want); t.Failed() {
			t.Fatalf("%s", c.name)
		}
	}
}

// decodedPieces cuts typed text into keys as they are typed.
func decodedPieces(s string) (keys []string) {
	for len(s) > 0 {
		n := 1
		if s[0] == 0x1b {
			n = 3
		}
		keys = append(keys, s[:n])
		s = s[n:]
	}
	return keys
}

// TestEchoHasToSettle: an echo that was just switched on is not relied on.
func TestEchoHasToSettle(t *testing.T) {
	st := newStory(t, Options{}, 60, 6, "> ")
	st.e.Hint(st.now, Hint{Canonical: true, Echo: true, Command: "ls"})
	st.typed("a")
	st.wantServer()
	st.advance(settledEcho)
	st.e.Hint(st.now, Hint{Canonical: true, Echo: true, Command: "cat"}) // another program
	st.typed("b")
	st.wantServer()
}

// TestContexts: where guesses were right they show on a fast path, with hints; where they
// failed more proof is asked for.
func TestContexts(t *testing.T) {
	st := newStory(t, Options{}, 80, 6, prompt)
	st.interval = 20 * time.Millisecond
	st.e.trig = triggers{}
	st.shell(0)
	for i := range confident {
		st.key("a")
		st.wantServer()
		st.settled("a")
		if i == 0 {
			st.wantServer()
		}
	}
	st.typed("bc")
	st.want(0, prompt+"aaaaaaaabc|")
	st.settled("XY") // not what was typed
	st.wantServer()
	st.typed("d")
	st.wantServer()
	if c := st.e.context(); st.e.contexts.succeeds(c) || st.e.contexts.fails(c) {
		t.Errorf("after one failure: %+v", *st.e.contexts[c])
	}
	var cs contexts
	c := context{"vim", modeFull}
	for range hopeless {
		cs.note(c, false)
	}
	if !cs.fails(c) {
		t.Error("a context without a right guess does not fail")
	}
	for range 3 * recordSpan {
		cs.note(c, true)
	}
	if cs.fails(c) || !cs.succeeds(c) || cs[c].right > recordSpan {
		t.Errorf("old failures count for ever: %+v", *cs[c])
	}
	for i := range 2 * maxContexts {
		cs.note(context{command: string(rune('a' + i))}, true)
	}
	if len(cs) > maxContexts {
		t.Errorf("%d contexts are remembered", len(cs))
	}
}

func TestShapeOf(t *testing.T) {
	for _, c := range []struct{ prefix, want string }{
		{"me@host:~/src$ ", "$ "}, {"me@host:~/other$ ", "$ "}, {"$ ", "$ "}, {">>> ", ">>> "}, {"db=# ", "=# "}, {"❯ ", "❯ "},
		{"Password: ", ": "}, {"name ", "ame "}, {"", ""}, {"漢字> ", "> "}, {"(venv) x % ", " % "},
	} {
		if got := shapeOf(c.prefix); got != c.want {
			t.Errorf("shapeOf(%q) = %q, want %q", c.prefix, got, c.want)
		}
	}
	e := New(Options{})
	if a, b := e.keyOf("me@host:~/a$ "), e.keyOf("me@host:~/b$ "); a != b {
		t.Errorf("%+v and %+v are two prompts", a, b)
	}
	if a, b := e.keyOf("Name: "), e.keyOf("Password: "); a == b {
		t.Errorf("%+v and %+v are one prompt", a, b)
	}
}
