package terminal

import "testing"

// What is asked before the user's terminal is known is answered once it is, in order.
func TestAnswersAwaitUserTerminal(t *testing.T) {
	const questions = "\x1b[5n\x1b]11;?\a\x1b[14t\x1b[?996n\x1b[?u\x1b[6n\x1b]10;?\x1b\\\x1b[5n"
	u := UserTerminal{CellWidth: 8, CellHeight: 16, Scheme: SchemeDark}
	u.Colors.Bg = RGB(1, 2, 3)
	for _, c := range []struct {
		name          string
		awaits, known bool
		first, then   string
	}{
		{"known in time", true, true, "\x1b[0n", "\x1b]11;rgb:0101/0202/0303\a\x1b[4;384;640t\x1b[?997;1n\x1b[?0u\x1b[1;1R\x1b[0n"},
		{"never known", true, false, "\x1b[0n", "\x1b[1;1R\x1b[0n"},
		{"not awaited", false, true, "\x1b[0n\x1b[1;1R\x1b[0n", ""},
	} {
		e := New(80, 24, Options{})
		e.AwaitUserTerminal(c.awaits)
		e.Write([]byte(questions))
		if got := string(e.Replies()); got != c.first {
			t.Errorf("%s: at once %q, want %q", c.name, got, c.first)
		}
		e.Write([]byte("\x1b[3;3H"))
		if c.known {
			opts := e.Options()
			opts.KittyKeys = true
			e.SetOptions(opts)
			e.SetUserTerminal(u)
		} else {
			e.AwaitUserTerminal(false)
		}
		if got := string(e.Replies()); got != c.then {
			t.Errorf("%s: then %q, want %q", c.name, got, c.then)
		}
		e.Write([]byte("\x1b]10;?\a\x1b[5n"))
		if got := string(e.Replies()); got != "\x1b[0n" {
			t.Errorf("%s: later %q", c.name, got)
		}
	}
}

func TestAwaitingIsBounded(t *testing.T) {
	e := New(80, 24, Options{})
	e.AwaitUserTerminal(true)
	for range 10 * maxAwaiting {
		e.Write([]byte("\x1b]11;?\a\x1b[6n"))
	}
	if len(e.waiting) > maxAwaiting || e.Replies() != nil {
		t.Errorf("%d answers wait", len(e.waiting))
	}
	e.SetUserTerminal(UserTerminal{})
	if len(e.Replies()) == 0 {
		t.Error("none is given")
	}
}
