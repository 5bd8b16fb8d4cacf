package predict

import (
	"strings"
	"testing"
	"time"
)

// The stories of this file are those in which a stock client is weak
// (docs/prediction.md, "Better than stock").

func TestWideCharacters(t *testing.T) {
	st := proved(t, Options{}, 80, 24)
	st.typed("漢字b")
	st.want(0, prompt+"x漢字b|")
	st.key("\x1b[D")
	st.key("\x1b[D")
	st.want(0, prompt+"x漢|字b")
	st.key("語")
	st.want(0, prompt+"x漢語|字b")
	st.key("\x7f")
	st.key("\x7f")
	st.want(0, prompt+"x|字b")
	st.settled("\x1b[12G字b  \x1b[12G")
	st.wantServer()
	if s := st.e.Stats(); s.Wrong != 0 {
		t.Errorf("stats %+v", s)
	}
}

// TestWideAtTheEdge: a wide character for which one column is left goes to the next row.
func TestWideAtTheEdge(t *testing.T) {
	st := newStory(t, Options{Mode: Experimental}, 13, 4, prompt)
	st.typed("ab漢c")
	st.want(0, prompt+"ab")
	st.want(1, "漢c|")
	st.settled("ab漢c")
	st.wantServer()
}

func TestMarksJoinTheCellBefore(t *testing.T) {
	st := proved(t, Options{}, 80, 24)
	st.typed("e\u0301a")
	st.want(0, prompt+"xe\u0301a|")
	st.settled("e\u0301a")
	st.wantServer()
	if s := st.e.Stats(); s.Wrong != 0 || s.Shown < 3 {
		t.Errorf("stats %+v", s)
	}
}

// TestRightPromptStays: only the text up to the first gap moves.
func TestRightPromptStays(t *testing.T) {
	st := newStory(t, Options{}, 40, 4, "\x1b[31G12:00 main\r$ ")
	st.key("l")
	st.settled("l")
	st.typed("s -la")
	st.want(0, "$ ls -la|                      12:00 main")
	st.key("\x7f")
	st.want(0, "$ ls -l|                       12:00 main")
}

// TestOfferIsReplaced: what fish and zsh offer in grey does not move, and typing
// along with it proves the echo.
func TestOfferIsReplaced(t *testing.T) {
	st := newStory(t, Options{}, 40, 4, "> ")
	st.key("g")
	st.settled("g\x1b[90mit status\x1b[m\x1b[4G")
	st.key("\r")
	st.settled("\r\n> \x1b[90mgit status\x1b[m\x1b[3G") // nothing typed yet
	st.typed("git")
	st.want(1, "> |git status")
	st.print("g")
	st.advance(300 * time.Millisecond)
	st.frame(st.echoed)
	st.print("i")
	st.advance(100 * time.Millisecond)
	st.frame(st.echoed + 1)
	st.want(1, "> git| status")
	st.typed(" p")
	st.want(1, "> git p|") // taken back once something else is typed
	st.key("\x1b[C")
	st.want(1, "> git p|") // Right may accept what is offered next: not guessed
}

// TestDimTextInEditors is no offer: it moves.
func TestDimTextInEditors(t *testing.T) {
	st := newStory(t, Options{}, 40, 4, "x = 1\r\n")
	st.key("a")
	st.settled("a")
	st.key("\x1b[A") // to a line that was not typed here
	st.settled("\x1b[1;1Hx = 1 \x1b[90m# note\x1b[m\x1b[1;6H")
	st.key("0")
	st.settled("0 \x1b[90m# note\x1b[m\x1b[1;7H")
	st.typed("0 ")
	st.want(0, "x = 100 | # note")
	st.typed("# ")
	st.want(0, "x = 100 # | # note")
	st.typed("aa")
	st.want(0, "x = 100 # aa| # note")
}

// TestLineEditorKeys: what readline does with a key is guessed openly once it
// was seen.
func TestLineEditorKeys(t *testing.T) {
	st := proved(t, Options{}, 80, 24)
	for _, c := range []struct {
		key, want string // the line after it, from "xab cd" with the cursor behind
		print     string
	}{
		{"\x01", "|xab cd", "\x1b[11G"},
		{"\x15", "|", "\x1b[11G\x1b[K"},
		{"\x17", "xab |", "\x1b[15G\x1b[K"},
		{"\x02", "xab c|d", "\b"},
		{"\x08", "xab c|", "\b \b"},
		{"\x1bb", "xab |cd", "\x1b[15G"},
	} {
		for round := range 3 {
			st.key("\r")
			st.settled("\r\n" + prompt)
			st.key("x")
			st.settled("x")
			st.typed("ab cd")
			st.settled("ab cd")
			y := st.server.Snapshot().Cursor().Row
			st.key(c.key)
			if round == 0 {
				st.want(y, prompt+"xab cd|")
			} else {
				st.want(y, prompt+c.want)
			}
			st.settled(c.print)
			st.wantServer()
		}
		st.key("\x03")
		st.settled("^C\r\n")
		st.settled("\x1b[2J\x1b[H" + prompt)
		st.key("x")
		st.settled("x")
	}
	if s := st.e.Stats(); s.Wrong != 0 {
		t.Errorf("stats %+v", s)
	}
}

// TestHabitIsUnlearned: a program that does something else with a key is not
// believed again at once.
func TestHabitIsUnlearned(t *testing.T) {
	st := proved(t, Options{}, 80, 24)
	st.typed("ab")
	st.settled("ab")
	st.key("\x01")
	st.settled("\x1b[11G")
	st.key("y")
	st.settled("yxab\b\b\b")
	st.key("\x1bOH") // Home is the same key
	st.want(0, prompt+"|yxab")
	st.settled("^Axab\b\b\b") // it was inserted
	st.wantServer()
	st.key("z")
	st.settled("zxab\b\b\b")
	st.key("\x01")
	st.want(0, prompt+"y^Az|xab")
}

// TestDelete: the text behind the cursor moves left, up to its end.
func TestDelete(t *testing.T) {
	st := newStory(t, Options{Mode: Experimental}, 40, 4, prompt)
	st.typed("abc")
	st.key("\x1b[D")
	st.key("\x1b[D")
	st.key("\x1b[3~")
	st.want(0, prompt+"a|c")
	st.settled("abc\b\bc \b\b")
	st.wantServer()
}

// TestScrollTakesGuessesAlong: output of others scrolls the line away while
// keys wait; the guesses move with their line.
func TestScrollTakesGuessesAlong(t *testing.T) {
	st := newStory(t, Options{}, 40, 5, "one\r\ntwo\r\nthree\r\nfour\r\n"+prompt)
	st.key("x")
	st.settled("x")
	st.typed("abc")
	st.want(4, prompt+"xabc|")
	// A program prints a line above, as a terminal multiplexer's status does.
	st.print("\x1b[1;4r\x1b[1;1H\x1b[r\x1b[5;12H")
	st.print("\x1b[5;1H\n\x1b[4;12H")
	st.advance(50 * time.Millisecond)
	st.frame(st.echoed)
	st.want(3, prompt+"xabc|")
	st.want(4, "")
	st.print("abc")
	st.advance(300 * time.Millisecond)
	st.frame(st.sent)
	st.wantServer()
	if s := st.e.Stats(); s.Wrong != 0 {
		t.Errorf("stats %+v", s)
	}
}

// TestWrapOnTheBottomRow: in a program that is known to wrap, the scroll is
// predicted as well.
func TestWrapOnTheBottomRow(t *testing.T) {
	st := newStory(t, Options{}, 16, 4, prompt)
	line := "abcdefghi"
	for y := range 3 {
		st.key(line[:1])
		st.settled(line[:1])
		st.typed(line[1:])
		st.settled(line[1:])
		st.want(min(y*2+1, 3), "ghi|")
		st.key("\r")
		st.settled("\r\n" + prompt)
	}
	st.want(3, prompt+"|")
	st.key("a")
	st.settled("a")
	st.typed("bcdefghi")
	st.want(2, prompt+"abcdef")
	st.want(3, "ghi|")
	st.print("bcdefghi")
	st.advance(100 * time.Millisecond)
	st.frame(st.echoed)
	st.wantServer()
	st.settled("")
	st.wantServer()
	if s := st.e.Stats(); s.Wrong != 0 {
		t.Errorf("stats %+v", s)
	}
}

// TestSlowProgram: one that echoes later than the server grants is waited for,
// once that was seen.
func TestSlowProgram(t *testing.T) {
	st := proved(t, Options{}, 80, 24)
	echo := func(k string) {
		st.key(k)
		st.advance(390 * time.Millisecond)
		st.frame(st.sent) // acknowledged, not echoed
		st.advance(60 * time.Millisecond)
		st.print(k)
		st.frame(st.sent)
	}
	echo("a")
	if st.e.lag.slack < 60*time.Millisecond {
		t.Fatalf("slack %v after an echo 60 ms late", st.e.lag.slack)
	}
	wrong := st.e.Stats().Wrong
	for _, k := range strings.Split("bcdefghi", "") {
		echo(k)
	}
	if got := st.e.Stats().Wrong; got != wrong {
		t.Errorf("%d keys wrong after the program was known to be slow", got-wrong)
	}
	for range 100 { // and forgotten again
		st.key("z")
		st.settled("z")
		st.key("\x7f")
		st.settled("\b \b")
	}
	if st.e.lag.slack != 0 {
		t.Errorf("slack %v after many quick echoes", st.e.lag.slack)
	}
}

// TestLateEchoIsWaitedFor: where characters are echoed nearly always, one that comes late stands, what is
// typed meanwhile shows as soon as it has come, and an echo that never comes is given up.
func TestLateEchoIsWaitedFor(t *testing.T) {
	st := proved(t, Options{}, 80, 24)
	for _, k := range strings.Split("abcdefgh", "") {
		st.key(k)
		st.settled(k)
	}
	shown := prompt + "xabcdefgh"
	st.key("i")
	st.advance(390 * time.Millisecond)
	st.frame(st.sent) // acknowledged, not echoed
	st.key("j")
	st.advance(provenGrace - 20*time.Millisecond)
	st.frame(st.sent - 1)
	st.want(0, shown+"i|")
	st.print("i")
	st.frame(st.sent - 1)
	st.want(0, shown+"ij|") // though nothing has proved it
	st.settled("j")
	if s := st.e.Stats(); s.Wrong != 0 {
		t.Errorf("stats %+v", s)
	}
	st.e.lag = lag{}
	st.key("k")
	st.advance(390 * time.Millisecond)
	st.frame(st.sent)
	st.want(0, shown+"ijk|")
	st.advance(provenGrace)
	st.frame(st.sent)
	st.wantServer()
}

// TestShownWhileOverdue: what is typed while something shown is overdue stays
// hidden, so that no more of a secret shows than without patience.
func TestHiddenWhileOverdue(t *testing.T) {
	st := proved(t, Options{}, 80, 24)
	st.e.lag.slack = maxSlack
	st.key("s") // the program has switched its echo off
	st.want(0, prompt+"xs|")
	st.advance(400 * time.Millisecond)
	st.frame(st.sent)
	st.key("e")
	st.key("c")
	st.want(0, prompt+"xs|")
	if next, due := st.e.NextTimeout(), st.now.Add(-20*time.Millisecond).Add(maxSlack); !next.Equal(due) {
		t.Errorf("NextTimeout in %v, want in %v", next.Sub(st.now), due.Sub(st.now))
	}
	st.advance(maxSlack)
	st.wantServer()
	st.key("r")
	st.wantServer()
}

func TestPasteMarkers(t *testing.T) {
	st := proved(t, Options{}, 80, 24)
	st.key("\x1b[200~ab c\x1b[201~")
	st.want(0, prompt+"xab c|") // a short one is text like any other
	st.settled("ab c")
	st.key("\x1b[200~" + strings.Repeat("long ", 30) + "\x1b[201~")
	st.wantServer()
	st.settled(strings.Repeat("long ", 10))
	st.wantServer()
	st.e.Typed(st.now, []byte(strings.Repeat("y", 200)), st.sent, true)
	st.wantServer()
}

// TestNeverAndResize: modes and sizes.
func TestNeverGuesses(t *testing.T) {
	st := proved(t, Options{Mode: Never}, 80, 24)
	st.typed("abc")
	st.wantServer()
	if next := st.e.NextTimeout(); !next.IsZero() {
		t.Errorf("NextTimeout %v", next)
	}
}

func TestResizeDropsGuesses(t *testing.T) {
	st := proved(t, Options{}, 80, 24)
	st.typed("abc")
	st.want(0, prompt+"xabc|")
	st.e.Resized()
	st.wantServer()
	st.typed("d")
	st.wantServer()
	st.server.Resize(70, 20)
	st.settled("abcd")
	st.wantServer()
}

func TestOverwrite(t *testing.T) {
	st := proved(t, Options{Overwrite: true}, 80, 24)
	st.settled("yz\b\b")
	st.typed("ab")
	st.want(0, prompt+"xab|")
	st.key("\x7f")
	st.want(0, prompt+"xa|")
	st.settled("a \b")
	st.wantServer()
}

// TestErasedTextThatComesBack is judged wrong.
func TestErasedTextThatComesBack(t *testing.T) {
	st := proved(t, Options{}, 80, 24)
	st.typed("ab")
	st.settled("ab")
	st.key("\x7f")
	st.want(0, prompt+"xa|")
	st.settled("\a")
	st.advance(arrowGrace)
	st.frame(st.sent)
	st.wantServer()
	if s := st.e.Stats(); s.Wrong != 1 || s.WrongMost <= 0 || s.WrongFor < s.WrongMost {
		t.Errorf("stats %+v", s)
	}
}

// TestStats: every key is counted once, whatever becomes of it.
func TestStats(t *testing.T) {
	st := newStory(t, Options{}, 80, 24, prompt)
	st.typed("ab\t")
	st.want(0, prompt+"|")
	st.advance(300 * time.Millisecond)
	st.settled("ab")
	st.typed("cd")
	st.settled("c")
	st.print("d")
	st.advance(300 * time.Millisecond)
	st.frame(st.sent)
	st.key("e")
	st.want(0, prompt+"abcde|") // at once
	st.key("f")
	st.want(0, prompt+"abcdef|")
	st.advance(5 * time.Second)
	st.frame(st.sent) // and never echoed
	st.advance(time.Second)
	st.wantServer()
	got := st.e.Stats()
	if got.WrongMost < 5*time.Second || got.WrongFor < got.WrongMost || got.WrongFor > 2*got.WrongMost {
		t.Errorf("wrong for %v, at most %v", got.WrongFor, got.WrongMost)
	}
	got.WrongFor, got.WrongMost = 0, 0
	if want := (Stats{Keys: 7, Predicted: 6, AtOnce: 2, Shown: 2, Wrong: 2}); got != want {
		t.Errorf("stats %+v, want %+v", got, want)
	}
}

// TestMuchOutputLeavesNothing: when the line is gone from the screen, nothing is
// painted where it was, though the server has not vouched for its keys yet.
func TestMuchOutputLeavesNothing(t *testing.T) {
	st := proved(t, Options{}, 40, 6)
	before := st.echoed
	st.typed("yz\r")
	st.want(0, prompt+"xyz|")
	st.print("yz\r\n" + strings.Repeat("line of output\r\n", 20) + prompt)
	st.advance(300 * time.Millisecond)
	st.frame(before)
	st.wantServer()
	if s := st.e.Stats(); s.Wrong != 0 {
		t.Errorf("stats %+v", s)
	}
	st.key("a")
	st.settled("a")
	st.key("b")
	st.want(5, prompt+"ab|")
}

// TestClearIsNoFailure: a line that a command has cleared away together with its Enter was
// not shown wrongly.
func TestClearIsNoFailure(t *testing.T) {
	st := newStory(t, Options{}, 80, 24, "one\r\n"+prompt)
	st.key("x")
	st.settled("x")
	st.key("\x7f")
	st.settled("\b \b")
	st.typed("clear; echo one")
	st.want(1, prompt+"clear; echo one|")
	st.key("\r")
	st.print("\x1b[H\x1b[2Jone\r\n" + prompt)
	st.advance(350 * time.Millisecond)
	st.e.Hint(st.now, Hint{After: st.sent, Command: "bash", Printed: true})
	st.frame(st.sent)
	st.wantServer()
	if s := st.e.Stats(); s.Wrong != 0 || st.e.doubtful || st.e.proof.needed > 1 {
		t.Errorf("stats %+v, doubtful %v, %d proofs needed", s, st.e.doubtful, st.e.proof.needed)
	}
}
