package client

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

var testStart = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// typedTest drives a typedFilter and keeps what it gave back.
type typedTest struct {
	f    typedFilter
	now  time.Time
	out  []byte
	cmds []command
}

func newTypedTest(esc EscapeKey) *typedTest {
	return &typedTest{f: typedFilter{esc: esc}, now: testStart}
}

// write feeds one read of the terminal, going on behind suspend commands.
func (tt *typedTest) write(in string) *typedTest {
	for b := []byte(in); len(b) > 0; {
		out, n, cmd := tt.f.feed(tt.now, tt.out, b)
		tt.out = out
		if cmd != noCommand {
			tt.cmds = append(tt.cmds, cmd)
		}
		if cmd == quitCommand {
			break
		}
		b = b[n:]
	}
	return tt
}

// wait lets time pass, step by step at the deadlines.
func (tt *typedTest) wait(d time.Duration) *typedTest {
	end := tt.now.Add(d)
	for {
		next := tt.f.deadline()
		if next.IsZero() || next.After(end) {
			break
		}
		if next.After(tt.now) {
			tt.now = next
		}
		out, cmd := tt.f.expire(tt.now, tt.out)
		tt.out = out
		if cmd != noCommand {
			tt.cmds = append(tt.cmds, cmd)
		}
	}
	tt.now = end
	return tt
}

func (tt *typedTest) want(t *testing.T, name, out string, cmds ...command) {
	t.Helper()
	if string(tt.out) != out {
		t.Errorf("%s: sent %q, want %q", name, tt.out, out)
	}
	if len(cmds) != len(tt.cmds) || len(cmds) > 0 && cmds[0] != tt.cmds[0] {
		t.Errorf("%s: commands %v, want %v", name, tt.cmds, cmds)
	}
}

func TestEscapeCommands(t *testing.T) {
	tilde, _ := ParseEscapeKey("~")
	ctrlA, _ := ParseEscapeKey("\x01")
	none, _ := ParseEscapeKey("")
	for _, c := range []struct {
		name string
		esc  EscapeKey
		in   string
		out  string
		cmd  command
	}{
		{"quit", DefaultEscapeKey, "ab\x1e.cd", "ab", quitCommand},
		{"suspend", DefaultEscapeKey, "ab\x1e\x1acd", "abcd", suspendCommand},
		{"figures", DefaultEscapeKey, "ab\x1escd", "abcd", figuresCommand},
		{"literal", DefaultEscapeKey, "ab\x1e^cd", "ab\x1ecd", noCommand},
		{"other sends both", DefaultEscapeKey, "ab\x1excd", "ab\x1excd", noCommand},
		{"twice sends both", DefaultEscapeKey, "\x1e\x1e.", "\x1e\x1e.", noCommand},
		{"Esc goes back", DefaultEscapeKey, "a\x1e\x1b[27ub", "a\x1e\x1b[27ub", noCommand},
		{"literal in lower case", ctrlA, "\x01a\x01A", "\x01\x01", noCommand},
		{"no key", none, "\x1e.~.", "\x1e.~.", noCommand},
		{"printable in a line", tilde, "a~.", "a~.", noCommand},
		{"printable at the start", tilde, "~.", "~.", noCommand},
		{"printable after Enter", tilde, "a\r~.b", "a\r", quitCommand},
		{"printable after LF", tilde, "a\n~.b", "a\n", quitCommand},
		{"printable after Esc Enter", tilde, "\x1b\r~.b", "\x1b\r", quitCommand},
		{"printable literal", tilde, "\r~~.", "\r~.", noCommand},
		{"printable other", tilde, "\r~x~.", "\r~x~.", noCommand},
		{"printable after a kitty Enter", tilde, "\x1b[13u\x1b[126u\x1b[46u", "\x1b[13u", quitCommand},
		{"Enter within a paste is none", tilde, "\x1b[200~a\r\x1b[201~~.", "\x1b[200~a\r\x1b[201~~.", noCommand},
		{"kitty", DefaultEscapeKey, "a\x1b[54:94;6u\x1b[94;5:3u\x1b[46u", "a", quitCommand},
		{"kitty, all keys with releases", DefaultEscapeKey,
			"\x1b[57442;5u\x1b[54:94;6u\x1b[54:94;6:3u\x1b[57442;5:3u\x1b[46u", "\x1b[57442;5u", quitCommand},
		{"kitty suspend", DefaultEscapeKey, "\x1b[94;5u\x1b[122;5ux", "x", suspendCommand},
		{"kitty literal", DefaultEscapeKey, "\x1b[94;5u\x1b[94;2ux", "\x1b[94;5ux", noCommand},
		{"modifyOtherKeys", DefaultEscapeKey, "\x1b[27;6;94~.", "", quitCommand},
		{"mouse between", DefaultEscapeKey, "\x1e\x1b[<35;1;1M.", "", quitCommand},
		{"mouse between, then other", DefaultEscapeKey, "\x1e\x1b[<35;1;1Mx", "\x1e\x1b[<35;1;1Mx", noCommand},
		{"mouse between, then suspend", DefaultEscapeKey, "\x1e\x1b[<35;1;1M\x1ax", "\x1b[<35;1;1Mx", suspendCommand},
		{"within a sequence", DefaultEscapeKey, "\x1b[5\x1e.", "\x1b[5", quitCommand},
		{"within a string", DefaultEscapeKey, "\x1b]52;c;\x1e.", "\x1b]52;c;", quitCommand},
		{"after Esc", DefaultEscapeKey, "\x1b\x1e.", "\x1b", quitCommand},
		{"never within a paste", DefaultEscapeKey, "\x1b[200~\x1e.\x1b[201~x", "\x1b[200~\x1e.\x1b[201~x", noCommand},
		{"after a paste", DefaultEscapeKey, "\x1b[200~a\x1b[201~\x1e.", "\x1b[200~a\x1b[201~", quitCommand},
		{"paste as the command", DefaultEscapeKey, "\x1e\x1b[200~.\x1b[201~", "\x1e\x1b[200~.\x1b[201~", noCommand},
		{"end of paste within a paste", DefaultEscapeKey,
			"\x1b[200~a\x1b[201~\x1e.b\x1b[201~c", "\x1b[200~a\x1e.b\x1b[201~c", noCommand},
		{"two pastes", DefaultEscapeKey,
			"\x1b[200~a\x1b[201~b\x1b[200~c\x1b[201~d", "\x1b[200~a\x1b[201~b\x1b[200~c\x1b[201~d", noCommand},
		{"an end made by removing one", DefaultEscapeKey,
			"\x1b[200~\x1b[20\x1b[201~1~a\x1b[201~", "\x1b[200~a\x1b[201~", noCommand},
		{"not UTF-8", DefaultEscapeKey, "\xff\x00\xc3\x1e.", "\xff\x00\xc3", quitCommand},
	} {
		tt := newTypedTest(c.esc).write(c.in)
		if c.name == "Esc goes back" {
			c.out = "ab"
		}
		var cmds []command
		if c.cmd != noCommand {
			cmds = []command{c.cmd}
		}
		tt.want(t, c.name, c.out, cmds...)
	}
}

func TestLoneEscGoesOutAtOnce(t *testing.T) {
	tt := newTypedTest(DefaultEscapeKey).write("\x1b")
	tt.want(t, "Esc", "\x1b")
	tt.write("[A").want(t, "then the rest", "\x1b[A")
	tt.write("\x1b[").want(t, "Alt-[", "\x1b[A\x1b[")
}

func TestSplitKeyIsHeldBriefly(t *testing.T) {
	tt := newTypedTest(DefaultEscapeKey).write("\x1b[9")
	tt.want(t, "the beginning is held", "")
	tt.wait(sequenceWait-1).want(t, "not long enough", "")
	tt.wait(1).want(t, "then passes", "\x1b[9")
	tt.write("4;5u.").want(t, "a key whose beginning has passed still counts", "\x1b[9", quitCommand)
}

// TestKittyKeySplitAnywhere: in the kitty keyboard mode no part of an escape command
// gets out, wherever the terminal's writes are cut.
func TestKittyKeySplitAnywhere(t *testing.T) {
	in := "a\x1b[54:94;6u\x1b[54:94;6:3u\x1b[46u"
	for cut := 1; cut < len(in); cut++ {
		tt := newTypedTest(DefaultEscapeKey)
		tt.f.kitty = true
		tt.write(in[:cut]).write(in[cut:]).want(t, in[:cut]+"|"+in[cut:], "a", quitCommand)
	}
	tt := newTypedTest(DefaultEscapeKey)
	tt.f.kitty = true
	tt.write("\x1b").wait(sequenceWait).want(t, "an ESC that stays alone", "\x1b")
}

func TestEscapeKeyTimesOut(t *testing.T) {
	tt := newTypedTest(DefaultEscapeKey).write("\x1e")
	if !tt.f.awaiting {
		t.Fatal("not awaiting a command")
	}
	tt.wait(commandWait-1).write("x").want(t, "just in time", "\x1ex")
	tt.write("\x1e").wait(commandWait)
	if tt.f.awaiting {
		t.Error("still awaiting a command after the time")
	}
	tt.write(".").want(t, "after the time", "\x1ex.")
}

func TestEscLeavesTheHelp(t *testing.T) {
	tt := newTypedTest(DefaultEscapeKey).write("\x1e").write("\x1b")
	tt.want(t, "Esc may begin a key", "")
	tt.wait(sequenceWait)
	if tt.f.awaiting {
		t.Error("still awaiting a command after Esc")
	}
	tt.write(".").want(t, "after Esc", ".")
}

func TestStrayPasteEnds(t *testing.T) {
	tt := newTypedTest(DefaultEscapeKey).write("\x1b[200~abc")
	tt.wait(pasteSilence).write("\x1e.").want(t, "still within the paste", "\x1b[200~abc\x1e.")
	tt.wait(pasteSilence+1).write("\x1e.").want(t, "given up", "\x1b[200~abc\x1e.", quitCommand)
}

func TestHeldIsBounded(t *testing.T) {
	tt := newTypedTest(DefaultEscapeKey).write("\x1e")
	motion := strings.Repeat("\x1b[<35;1;1M", 1000)
	tt.write(motion)
	if tt.f.awaiting {
		t.Error("still awaiting a command")
	}
	tt.want(t, "all is sent", "\x1e"+motion)
}

// TestPasteSplitEverywhere cuts a paste with an inner end in two, at each
// place: what is at hand with a later end is removed, and at no cut does a
// complete inner end reach the remote side when a later one was at hand.
func TestPasteSplitEverywhere(t *testing.T) {
	in := "\x1b[200~abc\x1b[20\x1b[201~1~def\x1b[201~gh"
	for cut := 1; cut < len(in); cut++ {
		tt := newTypedTest(DefaultEscapeKey).write(in[:cut]).write(in[cut:]).wait(time.Second)
		body := strings.TrimPrefix(string(tt.out), pasteStart)
		if strings.Index(body, pasteEnd) < strings.Index(body, "def") && cut < strings.Index(in, "1~def") {
			t.Errorf("cut at %d: sent %q", cut, tt.out)
		}
	}
}

// TestAnyChunking: however the input is cut into reads, what is sent is the
// input without the escape commands, in order.
func TestAnyChunking(t *testing.T) {
	type piece struct {
		in, out string
		cmd     command
	}
	pieces := []piece{
		{"a", "a", 0}, {"é", "é", 0}, {"\r", "\r", 0}, {"\x1b[A", "\x1b[A", 0}, {"\x1bOA", "\x1bOA", 0},
		{"\x1bx", "\x1bx", 0}, {"\x1b[<0;1;1M", "\x1b[<0;1;1M", 0}, {"\xff", "\xff", 0}, {"\x00", "\x00", 0},
		{"\x1b[1;5C", "\x1b[1;5C", 0}, {"\x1b[97;5u", "\x1b[97;5u", 0}, {"\x0c", "\x0c", 0},
		{"\x1b]52;c;YQ==\x07", "\x1b]52;c;YQ==\x07", 0}, {"\x1bP1$r0m\x1b\\", "\x1bP1$r0m\x1b\\", 0},
		{"\x1b[200~\x1e.x\x1b[20\r\x1b[201~", "\x1b[200~\x1e.x\x1b[20\r\x1b[201~", 0},
		{"\x1e^", "\x1e", 0}, {"\x1ex", "\x1ex", 0}, {"\x1e漢", "\x1e漢", 0},
		{"\x1e\x1a", "", suspendCommand}, {"\x1e\x1b[<35;1;1M\x1a", "\x1b[<35;1;1M", suspendCommand},
		{"\x1e\x1b[122;5u", "", suspendCommand},
	}
	for seed := range uint64(3000) {
		rng := rand.New(rand.NewPCG(seed, 3))
		var in, want []byte
		cmds := 0
		for range 1 + rng.IntN(20) {
			p := pieces[rng.IntN(len(pieces))]
			in, want = append(in, p.in...), append(want, p.out...)
			if p.cmd != 0 {
				cmds++
			}
		}
		tt := newTypedTest(DefaultEscapeKey)
		for rest := in; len(rest) > 0; {
			n := 1 + rng.IntN(min(len(rest), 1+rng.IntN(12)))
			tt.write(string(rest[:n]))
			rest = rest[n:]
		}
		tt.wait(time.Minute)
		if !bytes.Equal(tt.out, want) || len(tt.cmds) != cmds {
			t.Fatalf("seed %d: input %q\nsent %q\nwant %q\ncommands %d, want %d", seed, in, tt.out, want, len(tt.cmds), cmds)
		}
	}
}

// FuzzTyped checks for any input and any cut: no panic, nothing sent that was
// not typed, order kept, nothing lost without an escape key or a paste.
func FuzzTyped(f *testing.F) {
	for _, s := range []string{"abc\x1e.", "\x1e\x1a", "\x1b[200~\x1b[201~x\x1b[201~", "\x1b[94;5u\x1b[46u",
		"\x1b[M\x1e\x1e", "\x1b]\x1b[", "\xf0\x9f\x98", "\x1b[54:94;6:1u\x1b[I.", "\r~.", "\x1e\x1b\x1b"} {
		f.Add([]byte(s), uint8(3), byte(0x1e))
		f.Add([]byte(s), uint8(1), byte('~'))
	}
	f.Fuzz(func(t *testing.T, in []byte, chunk uint8, key byte) {
		esc, _ := ParseEscapeKey(string(key))
		tt := newTypedTest(esc)
		for rest := in; len(rest) > 0 && len(tt.cmds) == 0; {
			n := min(len(rest), 1+int(chunk))
			tt.write(string(rest[:n]))
			rest = rest[n:]
		}
		tt.wait(time.Minute)
		if i := subsequence(tt.out, in); i < len(tt.out) {
			t.Fatalf("input %q sent %q, of which byte %d was not typed", in, tt.out, i)
		}
		removes := bytes.IndexByte(in, tt.f.esc.key) >= 0 || bytes.Contains(in, []byte{0x1b, '['})
		if !removes && !bytes.Equal(tt.out, in) {
			t.Fatalf("input %q sent %q without a reason", in, tt.out)
		}
	})
}

// subsequence returns how many bytes of a stand in b in this order.
func subsequence(a, b []byte) (n int) {
	for _, c := range b {
		if n < len(a) && a[n] == c {
			n++
		}
	}
	return n
}
