package predict

import (
	"strings"
	"testing"
	"time"
)

// atPrompt returns a story with hints at a shell's second prompt: its echo is proved, and a
// command without output was seen to bring the prompt back in the next row.
func atPrompt(t *testing.T, cols, rows int) *story {
	t.Helper()
	st := newStory(t, Options{Ahead: true}, cols, rows, prompt)
	st.shell(0)
	st.key(":")
	st.settled(":")
	st.key("\r")
	st.print("\r\n" + prompt)
	st.advance(400 * time.Millisecond)
	st.shell(st.sent)
	st.frame(st.sent)
	st.wantServer()
	return st
}

// shell lets the server say that a shell's line editor reads.
func (st *story) shell(after uint64) {
	st.e.Hint(st.now, Hint{After: after, Command: "bash", Printed: true})
}

// TestKnownPrompt: what is typed at a prompt where the echo was proved shows without proof,
// once the server says that the shell reads again.
func TestKnownPrompt(t *testing.T) {
	st := atPrompt(t, 80, 24)
	st.typed("make")
	st.want(1, prompt+"make|")
	st.key("\r")
	st.typed("hunter")
	st.want(1, prompt+"make|") // make is not known
	st.print("make\r\n" + prompt)
	st.advance(400 * time.Millisecond)
	st.frame(st.sent - 6)
	st.want(2, prompt+"|") // the prompt is there, but no word of the shell
	st.shell(st.sent - 6)
	st.frame(st.sent - 6)
	st.want(2, prompt+"hunter|")
	st.settled("hunter")
	st.wantServer()
	if s := st.e.Stats(); s.Wrong != 0 {
		t.Errorf("stats %+v", s)
	}
}

// TestKnownPromptOfAnotherProgram is none.
func TestKnownPromptOfAnotherProgram(t *testing.T) {
	st := atPrompt(t, 80, 24)
	st.e.Hint(st.now, Hint{After: st.sent, Command: "fake"})
	st.typed("secret")
	st.wantServer()
}

// TestForetold: behind a command that prints nothing, what is typed shows behind the next
// prompt before that has come, underlined, and two commands ahead as well.
func TestForetold(t *testing.T) {
	st := atPrompt(t, 80, 24)
	st.typed(": one")
	st.key("\r")
	st.want(2, prompt+"|")
	st.typed("true")
	st.want(2, prompt+"true|")
	st.wantMarked(2, "host:~/d$true")
	st.key("\r")
	st.typed("ls")
	st.want(3, prompt+"ls|")
	// The first prompt comes: what stands behind it is foretold still.
	st.print(": one\r\n")
	st.advance(300 * time.Millisecond)
	st.frame(st.sent - 8)
	st.want(3, prompt+"ls|") // the command runs
	st.print(prompt)
	st.frame(st.sent - 8)
	st.want(3, prompt+"ls|")
	st.wantMarked(2, "true")
	st.settled("true\r\n" + prompt + "ls")
	st.shell(st.sent)
	st.frame(st.sent)
	st.wantServer()
	st.typed("x")
	st.want(3, prompt+"lsx|")
	if s := st.e.Stats(); s.Wrong != 0 {
		t.Errorf("stats %+v", s)
	}
}

// TestForetoldScrolls: on the last row the screen is foretold to scroll.
func TestForetoldScrolls(t *testing.T) {
	st := atPrompt(t, 40, 3)
	st.typed(": b\r")
	st.typed(": c\r")
	st.typed("x")
	st.want(0, prompt+": b")
	st.want(1, prompt+": c")
	st.want(2, prompt+"x|")
	st.settled(": b\r\n" + prompt + ": c\r\n" + prompt + "x")
	st.wantServer()
}

// TestForetoldWrongly: a command that prints after all takes back what was foretold with the
// first screen that shows it, and what is typed goes behind the prompt when that is there.
func TestForetoldWrongly(t *testing.T) {
	st := atPrompt(t, 80, 24)
	st.typed(": $x\r")
	st.typed("ls")
	st.want(2, prompt+"ls|")
	st.print(": $x\r\nbash: x: unbound")
	st.advance(350 * time.Millisecond)
	st.frame(st.sent - 3)
	st.wantServer()
	st.print(" variable\r\n" + prompt)
	st.shell(st.sent - 2)
	st.frame(st.sent - 2)
	st.want(3, prompt+"ls|")
	st.settled("ls")
	st.wantServer()
	if s := st.e.Stats(); s.Wrong == 0 {
		t.Errorf("nothing counts as wrong: %+v", s)
	}
	st.key("\r")
	st.print("\r\n" + prompt)
	st.advance(300 * time.Millisecond)
	st.shell(st.sent)
	st.frame(st.sent)
	st.typed(": x\r")
	st.want(4, prompt+": x|") // the prompt is foretold again only after it came as foretold
}

// TestNotForetold: commands that may ask, or print who knows what, or open something.
func TestNotForetold(t *testing.T) {
	for _, line := range []string{
		"sudo ls", "ssh host", "su", "git push", "cd /tmp && sudo ls", ": | ssh host", ": ; su", "echo $(su)", ": `su`", ": <(su)",
		"ls", "echo x", ": 'open", ": \"open", ": \\", "cat <<end", ": && ", "unknown", "cd src", "PASS=x su", "!!", ": {", "/usr/bin/sudo :",
	} {
		st := atPrompt(t, 80, 24)
		st.typed(line)
		st.key("\r")
		st.typed("hunter2")
		if got, want := rowText(st.paint(), 1), strings.TrimRight(prompt+line, " "); got != want {
			t.Errorf("row 1: %q, want %q", got, want)
		}
		st.want(2, "")
	}
}

// TestSecretTakesBack: what was typed over Enter goes, and is forgotten, with the hint that a
// secret is read.
func TestSecretTakesBack(t *testing.T) {
	st := atPrompt(t, 80, 24)
	st.typed("cd\r") // an alias for something that asks
	st.e.commands.note("cd", 0, false)
	st.typed(": x\rhunter2")
	st.print("cd\r\nPassword: ")
	st.advance(200 * time.Millisecond)
	st.e.Hint(st.now, Hint{After: st.sent - 3, Command: "sudo", Canonical: true})
	st.wantNowhere("hunter")
	st.frame(st.sent - 3)
	st.wantServer()
	for _, g := range st.e.trail[:cap(st.e.trail)] {
		if g.key.char == 'h' {
			t.Error("a key of the secret is kept")
		}
	}
}

// wantNowhere checks that no row shows text.
func (st *story) wantNowhere(text string) {
	st.t.Helper()
	s := st.paint()
	_, rows := s.Size()
	for y := range rows {
		if row := rowText(s, y); strings.Contains(row, text) {
			st.t.Errorf("row %d shows %q", y, row)
		}
	}
}

// TestCommandsAreLearned: a line that has asked is not trusted again; one that printed as much
// twice is, unless it is of a kind that may ask another time.
func TestCommandsAreLearned(t *testing.T) {
	var cs commands
	if _, ok := cs.printed("make", true); ok {
		t.Error("an unknown command is foretold")
	}
	cs.note("make", 3, false)
	if _, ok := cs.printed("make", true); ok {
		t.Error("a command that ran once is foretold")
	}
	cs.note("make", 3, false)
	if rows, ok := cs.printed("make", true); !ok || rows != 3 {
		t.Errorf("a command that ran twice: %d, %v", rows, ok)
	}
	cs.note("make", 4, false)
	if _, ok := cs.printed("make", true); ok {
		t.Error("a command that printed another number of rows is foretold")
	}
	cs.note("ls", 2, false)
	if rows, ok := cs.printed("ls", true); !ok || rows != 2 {
		t.Errorf("ls, which never asks, after one run: %d, %v", rows, ok)
	}
	cs.note("./deploy", 1, true)
	cs.note("./deploy", 1, false)
	cs.note("./deploy", 1, false)
	if _, ok := cs.printed("./deploy", true); ok {
		t.Error("a command that has asked once is foretold")
	}
	for range 3 {
		cs.note("git push", 2, false)
	}
	if _, ok := cs.printed("git push", true); ok {
		t.Error("git push is foretold")
	}
	if _, ok := cs.printed("cd src", false); ok {
		t.Error("the prompt after cd is foretold, though it may tell the directory")
	}
	if _, ok := cs.printed("cd src", true); !ok {
		t.Error("a bare prompt after cd is not foretold")
	}
	for i := range 2 * maxCommands {
		cs.note(string(rune('a'+i)), 0, false)
	}
	if len(cs) > maxCommands {
		t.Errorf("%d commands are remembered", len(cs))
	}
}

func TestPredictAheadOff(t *testing.T) {
	st := atPrompt(t, 80, 24)
	st.e.opts.Ahead = false
	st.typed(": x\rls")
	st.want(1, prompt+": x|")
	st.want(2, "")
}

// TestEditorIsBelieved: text typed into vim shows at once while it says INSERT, also over
// Enter at the end of a text without indentation; what was typed before it said so does not.
func TestEditorIsBelieved(t *testing.T) {
	st := newStory(t, Options{Ahead: true}, 40, 6, "~\r\n~\r\n~\r\n~\x1b[H")
	st.e.Hint(st.now, Hint{Command: "vim"})
	st.typed("ix")
	st.wantServer()
	st.print("\x1b[6H-- INSERT --\x1b[H\x1b[K")
	st.advance(300 * time.Millisecond)
	st.e.Hint(st.now, Hint{After: 1, Command: "vim", Printed: true})
	st.frame(1)
	st.wantServer()
	st.settled("x")
	st.e.Hint(st.now, Hint{After: 2, Command: "vim", Printed: true})
	st.typed("yz\rab")
	st.want(0, "xyz")
	st.want(1, "ab|")
	st.settled("yz\r\nab\x1b[K")
	st.wantServer()
	st.key("\x1b")
	st.typed("jj")
	st.wantServer()
	if s := st.e.Stats(); s.Wrong != 0 {
		t.Errorf("stats %+v", s)
	}
}

// TestHintAfterPrompt: the word of the shell may come a frame after its prompt, before the
// first key.
func TestHintAfterPrompt(t *testing.T) {
	st := atPrompt(t, 80, 24)
	st.key("m")
	st.settled("m")
	st.key("\r")
	st.print("\r\n" + prompt)
	st.advance(400 * time.Millisecond)
	st.frame(st.sent - 1)
	st.shell(st.sent)
	st.frame(st.sent)
	st.typed("ab")
	st.want(2, prompt+"ab|")
}
