package client

import (
	"bytes"
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"time"

	"roam/terminal"
)

// kittyAnswers is what a kitty answers to the first questions, in order.
var kittyAnswers = []string{
	"\x1bP>|kitty(0.42.1)\x1b\\", "\x1b[?2026;2$y", "\x1b[?2031;2$y", "\x1b[?2027;0$y", "\x1b[?0u", "\x1b[4;432;720t", "\x1b[6;18;9t",
	"\x1bP1+r524742=38\x1b\\", "\x1bP1+r536D756C78=5C455B343A25703125646D\x1b\\", "\x1bP0+r536574756C63\x1b\\", "\x1bP1+r4D73\x1b\\",
	"\x1b]10;rgb:dd/dd/dd\x1b\\", "\x1b]11;rgb:0000/1111/2222\a", "\x1b]12;rgba:ff/ff/ff/80\x1b\\",
	"\x1b]4;0;rgb:00/00/00\x1b\\", "\x1b]4;1;rgb:cc/04/03\a", "\x1b]4;15;rgb:ff/ff/ff\x1b\\", "\x1b[?62;52;c",
}

func probing(now time.Time) *typedFilter {
	p := newProbe(false)
	p.take(now, nil)
	return &typedFilter{esc: DefaultEscapeKey, probe: p}
}

func TestProbeTakesItsAnswers(t *testing.T) {
	now := time.Now()
	f := probing(now)
	out, _, _ := f.feed(now, nil, []byte(strings.Join(kittyAnswers, "")))
	if len(out) > 0 {
		t.Errorf("%q came through", out)
	}
	c := f.probe.facts.improve(terminal.Capabilities{Colors: 256})
	if !c.Sync || !c.UnderlineStyles || !c.KittyKeys || !c.Clipboard || c.Colors != 1<<24 || c.Notify != terminal.Notify99 {
		t.Errorf("the capabilities are %+v", c)
	}
	look := f.probe.facts.look(80, 24)
	want := terminal.UserTerminal{CellWidth: 9, CellHeight: 18, Scheme: terminal.SchemeDark}
	want.Colors.Fg, want.Colors.Bg, want.Colors.Cursor = terminal.RGB(0xdd, 0xdd, 0xdd), terminal.RGB(0, 0x11, 0x22), terminal.RGB(0xff, 0xff, 0xff)
	want.Colors.Palette[0], want.Colors.Palette[1], want.Colors.Palette[15] = terminal.RGB(0, 0, 0), terminal.RGB(0xcc, 4, 3), terminal.RGB(0xff, 0xff, 0xff)
	if look != want {
		t.Errorf("it looks like %+v, want %+v", look, want)
	}
	if f.probe.owed() || !f.probe.settled(now) {
		t.Error("the fence was not seen")
	}
}

// TestProbeKnowsXterm: Debian's has TERM=xterm, whose entry has eight colours.
func TestProbeKnowsXterm(t *testing.T) {
	now := time.Now()
	f := probing(now)
	f.feed(now, nil, []byte("\x1bP>|XTerm(379)\x1b\\\x1b[?64;1;2c"))
	c := f.probe.facts.improve(terminal.Capabilities{Colors: 8})
	if c.Colors != 1<<24 || !c.Faint || !c.Italic || !c.Struck || !c.OtherKeys || c.UnderlineStyles || c.Overline {
		t.Errorf("the capabilities are %+v", c)
	}
}

// What was not asked, or was answered already, is somebody else's.
func TestProbePassesWhatItDidNotAsk(t *testing.T) {
	now := time.Now()
	for name, in := range map[string]string{
		"another mode":            "\x1b[?25;1$y",
		"another colour":          "\x1b]4;77;rgb:00/00/00\x1b\\",
		"clipboard":               "\x1b]52;c;aGk=\x1b\\",
		"DA2":                     "\x1b[>1;4000;0c",
		"DECRQSS":                 "\x1bP1$r0m\x1b\\",
		"the cursor, not asked":   "\x1b[2;3R",
		"F3 with shift":           "\x1b[1;2R",
		"scheme without the mode": "\x1b[?997;1n",
		"a kitty key":             "\x1b[97;5u",
		"keys":                    "a\x1b[A\x1bOP\x1b[15~\x1bé\x1b]x\x03",
		"pasted answers":          pasteStart + strings.Join(kittyAnswers, "x") + pasteEnd,
	} {
		f := probing(now)
		out, _, _ := f.feed(now, nil, []byte(in))
		rest, _ := f.expire(now.Add(time.Second), nil)
		if got := string(out) + string(rest); got != in {
			t.Errorf("%s: %q came through, want %q", name, got, in)
		}
	}
	f := probing(now)
	if out, _, _ := f.feed(now, nil, []byte("\x1b[?62c\x1b[?63c")); string(out) != "\x1b[?63c" {
		t.Errorf("of one answer and another %q came through", out)
	}
	f = probing(now)
	later := now.Add(replyWindow + time.Second)
	if out, _, _ := f.feed(later, nil, []byte("\x1b[?62c")); string(out) != "\x1b[?62c" {
		t.Errorf("%v later %q came through", later.Sub(now), out)
	}
}

// Esc is held only while an answer may follow, and then no longer than any key.
func TestProbeHoldsEscShortly(t *testing.T) {
	now := time.Now()
	f := probing(now)
	if out, _, _ := f.feed(now, nil, []byte("\x1b")); len(out) > 0 || f.deadline() != now.Add(sequenceWait) {
		t.Errorf("Esc came through as %q, deadline %v", out, f.deadline().Sub(now))
	}
	if out, _ := f.expire(now.Add(sequenceWait), nil); string(out) != "\x1b" {
		t.Errorf("then it came as %q", out)
	}
	for name, later := range map[string]time.Duration{"answered": 0, "mute": replyHold} {
		f := probing(now)
		if name == "answered" {
			f.feed(now, nil, []byte("\x1b[?62c"))
		}
		if out, _, _ := f.feed(now.Add(later), nil, []byte("\x1b")); string(out) != "\x1b" {
			t.Errorf("%s: Esc came through as %q", name, out)
		}
	}
}

// typedKeys are what a person types, each read by itself or with others.
var typedKeys = []string{
	"a", "Z", " ", "\r", "\x03", "é", "中", "\x1b[A", "\x1bOB", "\x1b[1;5C", "\x1b[15~", "\x1b[3~", "\x1bf", "\x1b]", "\x1bP", "\x1b[",
	"\x1b[97;5u", "\x1b[I", "\x1b[<0;3;4M", "\x1b[1;2R", "\x1b", "\x1b[?25;1$y", pasteStart + "p\x1b[?62cq\x1b]11;rgb:1/2/3\a" + pasteEnd,
}

// No byte of an answer reaches the server, and no typed byte is lost or comes in another
// order, however the two are mixed and cut.
func TestProbeAmongTyping(t *testing.T) {
	for seed := range int64(3000) {
		rnd := rand.New(rand.NewSource(seed))
		now := time.Unix(1e9, 0)
		f := probing(now)
		var got, want, story []byte
		advance := func(d time.Duration) {
			for end := now.Add(d); ; {
				due := f.deadline()
				if due.IsZero() || due.After(end) {
					now = end
					return
				}
				now = due
				got, _ = f.expire(now, got)
			}
		}
		feed := func(s string) {
			for len(s) > 0 { // pieces that come close together
				n := 1 + rnd.Intn(len(s))
				if rnd.Intn(2) == 0 {
					n = len(s)
				}
				story = fmt.Appendf(story, " %q", s[:n])
				for b := []byte(s[:n]); len(b) > 0; {
					var used int
					got, used, _ = f.feed(now, got, b)
					b = b[used:]
				}
				if s = s[n:]; s != "" {
					advance(time.Duration(rnd.Intn(int(sequenceWait) - 1)))
				}
			}
		}
		answers := kittyAnswers
		for len(answers) > 0 || rnd.Intn(4) > 0 {
			if len(answers) > 0 && rnd.Intn(2) == 0 {
				feed(answers[0])
				answers = answers[1:]
				continue
			}
			key := typedKeys[rnd.Intn(len(typedKeys))]
			want = append(want, key...)
			feed(key)
			if key[0] == 0x1b && len(key) <= 2 { // what begins like a sequence is a key only by itself
				advance(sequenceWait + time.Millisecond)
				want = append(want, '\r')
				feed("\r")
			}
		}
		advance(time.Minute)
		if string(got) != string(want) {
			t.Fatalf("seed %d: the server got %q, want %q; the terminal sent%s", seed, got, want, story)
		}
	}
}

func FuzzProbe(f *testing.F) {
	f.Add([]byte(strings.Join(kittyAnswers, "")), uint8(7))
	f.Add([]byte("\x1b]4;1;rgb:zz\x1b\\\x1b[?;;;c\x1bP1+r\x1b\\\x1b[4;;t\x1b[9999999999;9999999999R\x1b[6;-1;t"), uint8(1))
	f.Add([]byte("\x1bP>|"+strings.Repeat("x", 2*maxReply)+"\x1b\\"), uint8(255))
	f.Fuzz(func(t *testing.T, in []byte, piece uint8) {
		now := time.Unix(1e9, 0)
		filter := probing(now)
		filter.esc = EscapeKey{}
		filter.probe.appendWidths(now, nil)
		var got []byte
		for rest := in; len(rest) > 0; {
			n := min(len(rest), int(piece)+1)
			for b := rest[:n]; len(b) > 0; {
				var used int
				got, used, _ = filter.feed(now, got, b)
				b = b[used:]
			}
			rest = rest[n:]
			if len(filter.tok) > maxReply || len(filter.probe.pending) > 1<<12 {
				t.Fatalf("%d bytes are held, %d wait", len(filter.tok), len(filter.probe.pending))
			}
		}
		got, _ = filter.expire(now.Add(time.Hour), got)
		// What comes through is what came in, with pieces left out.
		rest := in
		for _, b := range got {
			i := bytes.IndexByte(rest, b)
			if i < 0 {
				t.Fatalf("%q became %q", in, got)
			}
			rest = rest[i+1:]
		}
		c := filter.probe.facts.improve(terminal.Capabilities{})
		describe(c, filter.probe.facts.look(80, 24))
	})
}
