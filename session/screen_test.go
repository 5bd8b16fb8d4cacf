package session

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"roam/ssp/wire"
	"roam/terminal"
)

// text returns what a screen shows, rows joined by newlines, without the blanks
// at the ends.
func text(s *terminal.Screen) string {
	var b strings.Builder
	cols, rows := s.Size()
	for y := range rows {
		var line []byte
		for x := range cols {
			line = s.Row(y).AppendText(line, x)
		}
		b.WriteString(strings.TrimRight(string(line), " ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

// screenOf returns the screen of a terminal after output.
func screenOf(cols, rows int, output string) *terminal.Screen {
	e := terminal.New(cols, rows, terminal.Options{})
	e.Write([]byte(output))
	return e.Snapshot()
}

// kinds returns the kinds of a diff's items in order.
func kinds(t *testing.T, diff []byte) (found []string) {
	t.Helper()
	for item, err := range wire.HostItems(diff) {
		if err != nil {
			t.Fatalf("%x: %v", diff, err)
		}
		found = append(found, map[wire.Kind]string{
			wire.Bytes: "bytes", wire.Resize: "size", wire.EchoAck: "echo", wire.Extension: "ours",
		}[item.Kind])
	}
	return found
}

func TestScreenDiffHasItemsInOrder(t *testing.T) {
	a, b := screenOf(20, 5, "one"), screenOf(20, 5, "two")
	exit := 3
	for _, tt := range []struct {
		name     string
		from, to Screen
		want     string
	}{
		{"nothing", NewScreen(a, 4), NewScreen(a, 4), ""},
		{"another copy of the same", NewScreen(a, 4), NewScreen(screenOf(20, 5, "one"), 4), ""},
		{"echo ack alone", NewScreen(a, 4), NewScreen(a, 5), "echo"},
		{"cells alone", NewScreen(a, 4), NewScreen(b, 4), "bytes"},
		{"size", NewScreen(a, 4), NewScreen(screenOf(30, 5, "one"), 4), "size bytes"},
		{"all", NewScreen(a, 4), NewScreen(screenOf(30, 5, "two"), 9).WithFinal(&Final{Exit: &exit}), "echo size bytes ours"},
		{"from state 0", Screen{}, NewScreen(a, 0), "size bytes"},
		{"a blank one from state 0", Screen{}, NewScreen(terminal.NewScreen(80, 24), 1), "echo size bytes"},
		{"state 0 from itself", Screen{}, Screen{}, ""},
	} {
		diff, reached := tt.to.AppendDiff(nil, tt.from, 0)
		if got := strings.Join(kinds(t, diff), " "); got != tt.want {
			t.Errorf("%s: items %q, want %q", tt.name, got, tt.want)
		}
		if !reached.Equal(tt.to) {
			t.Errorf("%s: the diff leads elsewhere", tt.name)
		}
	}
}

// docs/protocol.md C2: the client's idea of state 0 has another size, and may
// show anything by the time that it tells us.
func TestScreenDiffFromState0RepaintsAll(t *testing.T) {
	want := screenOf(40, 10, "hello")
	for _, client := range []*terminal.Screen{terminal.NewScreen(40, 10), terminal.NewScreen(132, 50), screenOf(40, 10, "left over")} {
		diff, _ := NewScreen(want, 1).AppendDiff(nil, Screen{}, 0)
		got, err := NewScreen(client, 0).Apply(diff)
		if err != nil || !got.Term().Equal(want) {
			t.Errorf("got %q, %v; want %q", text(got.Term()), err, text(want))
		}
	}
}

func TestScreenApplyRefuses(t *testing.T) {
	base := NewScreen(screenOf(20, 5, "x"), 7)
	for name, diff := range map[string][]byte{
		"no rows":             wire.AppendResize(nil, 80, 0),
		"negative columns":    wire.AppendResize(nil, -1, 24),
		"too large":           wire.AppendResize(nil, 1<<31-1, 1<<31-1),
		"size absent":         {0x0a, 0x02, 0x1a, 0x00},
		"echo ack falls":      wire.AppendEchoAck(nil, 6),
		"falls within":        wire.AppendEchoAck(wire.AppendEchoAck(nil, 9), 8),
		"echo ack absent":     {0x0a, 0x02, 0x3a, 0x00},
		"end malformed":       wire.AppendExtension(nil, finalField, []byte{0x0a}),
		"bytes, then no rows": wire.AppendResize(wire.AppendBytes(nil, []byte("y")), 1, 0),
	} {
		if _, err := base.Apply(diff); err == nil {
			t.Errorf("%s: %x was applied", name, diff)
		}
	}
	for _, diff := range malformedDiffs(t) {
		if _, err := base.Apply(diff); err == nil {
			t.Errorf("malformed diff %x was applied", diff)
		}
	}
	if text(base.Term()) != "x" || base.EchoAck() != 7 {
		t.Error("the base has changed")
	}
}

func TestScreenApplyKeepsTheOrderOfItems(t *testing.T) {
	diff := wire.AppendBytes(nil, []byte("\x1b[1;15Hlong"))
	diff = wire.AppendResize(diff, 10, 5)
	diff = wire.AppendBytes(diff, []byte("\x1b[2;1Hthen"))
	diff = wire.AppendEchoAck(diff, 7)
	got, err := NewScreen(terminal.NewScreen(20, 5), 7).Apply(diff)
	if err != nil || text(got.Term()) != "\nthen" || got.EchoAck() != 7 {
		t.Errorf("got %q, echo ack %d, %v", text(got.Term()), got.EchoAck(), err)
	}
}

func TestFinalTravels(t *testing.T) {
	status := 7
	for _, f := range []*Final{
		{}, {Exit: &status}, {Exit: new(int)}, {Signal: "KILL"}, {Reason: "no client came within 1m0s"},
		{Signal: "TERM", Reason: strings.Repeat("é", maxReason/2)},
	} {
		a := NewScreen(screenOf(20, 5, "bye"), 3)
		diff, _ := a.WithFinal(f).AppendDiff(nil, a, 0)
		got, err := a.Apply(diff)
		if err != nil || got.Final() == nil {
			t.Errorf("%+v: %v", f, err)
			continue
		}
		if g := got.Final(); (g.Exit == nil) != (f.Exit == nil) || g.Exit != nil && *g.Exit != *f.Exit || g.Signal != f.Signal || g.Reason != f.Reason {
			t.Errorf("got %+v, want %+v", g, f)
		}
	}
}

func TestFinalShowsNoControls(t *testing.T) {
	long := &Final{Signal: "x\x1b[2J" + strings.Repeat("y", 99), Reason: "a\x9b\xff\nb" + strings.Repeat("€", 200)}
	f, err := parseFinal(appendFinal(nil, long))
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsFunc(f.Signal+f.Reason, unicode.IsControl) || len(f.Signal) > maxSignal || len(f.Reason) > maxReason {
		t.Errorf("got %q, %q", f.Signal, f.Reason)
	}
}

// A screen whose diff would not pass a peer's limit arrives from the top down.
func TestScreenTooLargeForOneDiff(t *testing.T) {
	var b bytes.Buffer
	const cols, rows = 500, 500
	for i := range cols * rows {
		fmt.Fprintf(&b, "\x1b[38;2;%d;%d;%d;48;2;%d;%d;%dm%c", i&255, i>>8&255, 200, i>>3&255, 7, i&127, 'a'+i%26)
	}
	stock := NewScreen(screenOf(cols, rows, b.String()), 5)
	var log EventLog
	log.Add(clipboardWrite("c", 1, 100))
	arrivesInParts(t, stock, NewScreen(terminal.NewScreen(80, 24), 0))
	arrivesInParts(t, stock.WithEvents(log.Upto(time.Time{}, false)), NewRemoteScreen(terminal.NewScreen(80, 24), richNegotiation()))
}

// arrivesInParts fails unless a reader reaches want by diffs within a stock peer's
// limit, and its events with the last of them.
func arrivesInParts(t *testing.T, want, reader Screen) {
	t.Helper()
	const maxDiff = 4_000_000 // hazards: very large screens
	base := Screen{}
	for hops := 0; !base.Equal(want); hops++ {
		diff, reached := want.AppendDiff(nil, base, maxDiff)
		if len(diff) == 0 || len(diff) > maxDiff || hops > 20 {
			t.Fatalf("hop %d: a diff of %d bytes", hops, len(diff))
		}
		next, err := reader.Apply(diff)
		if err != nil || !next.Equal(reached) {
			t.Fatalf("hop %d: the reader is elsewhere: %v", hops, err)
		}
		if (next.EchoAck() != 0 || next.events.end != 0) && !next.Equal(want) {
			t.Errorf("hop %d: echo ack %d of a screen that is not all there", hops, next.EchoAck())
		}
		reader, base = next, reached
	}
}

// The messages of the vectors decode to what they say, and encode as stock does.
func TestHostMessageVectors(t *testing.T) {
	for _, m := range messageVectors(t, "HostMessage") {
		base := NewScreen(terminal.NewScreen(80, 24), 0)
		got, err := base.Apply(m.encoded)
		if err != nil {
			t.Errorf("%s: %v", m.name, err)
			continue
		}
		want := base
		for _, it := range m.items {
			switch it.Kind {
			case "echoack":
				want.echoAck = number(t, it.Num)
			case "resize":
				want.term = terminal.ApplyResize(want.term, it.Width, it.Height, terminal.StockReader)
			case "hostbytes":
				want.term = terminal.Apply(want.term, unhex(t, it.Bytes), terminal.StockReader)
			}
		}
		if !got.Equal(want) {
			t.Errorf("%s: got %q echo ack %d, want %q %d", m.name, text(got.Term()), got.EchoAck(), text(want.Term()), want.EchoAck())
		}
	}
}

func TestUserMessageVectors(t *testing.T) {
	for _, m := range messageVectors(t, "UserMessage") {
		var want Input
		for _, it := range m.items {
			if it.Kind == "resize" {
				want = want.AppendResize(it.Width, it.Height)
			} else {
				want = want.AppendBytes(unhex(t, it.Bytes))
			}
		}
		got, err := Input{}.Apply(m.encoded)
		if err != nil || events(got, 0) != events(want, 0) {
			t.Errorf("%s: got %s, %v; want %s", m.name, events(got, 0), err, events(want, 0))
		}
		if diff, _ := want.AppendDiff(nil, Input{}, 0); !bytes.Equal(diff, m.encoded) {
			t.Errorf("%s: encodes as %x, want %x", m.name, diff, m.encoded)
		}
	}
	for _, diff := range malformedDiffs(t) {
		if _, err := (Input{}).Apply(diff); err == nil {
			t.Errorf("malformed diff %x was applied", diff)
		}
	}
}

// Every diff between random screens, sizes and echo acks leads a reader that holds
// the base to the screen.
func TestScreenDiffProperty(t *testing.T) {
	rnd := rand.New(rand.NewSource(2))
	words := []string{"a", "wörd", "漢字", "\r\n", "\x1b[31m", "\x1b[m", "\x1b[2;4H", "\x1b[K", "\x1b[2J", "e\u0301", "\x1b[?25l", "\x1b]2;t\a", "\a", "\x1b[L", "\t"}
	cols, rows := 20, 6
	e := terminal.New(cols, rows, terminal.Options{})
	states := []Screen{{}}
	for n := range 400 {
		if n > 0 && rnd.Intn(10) == 0 {
			e.Resize(1+rnd.Intn(30), 1+rnd.Intn(10))
		}
		for range rnd.Intn(8) {
			e.Write([]byte(words[rnd.Intn(len(words))]))
		}
		states = append(states, NewScreen(e.Snapshot(), uint64(n/3)))
	}
	for range 2000 {
		i := rnd.Intn(len(states))
		j := i + rnd.Intn(min(20, len(states)-i))
		diff, _ := states[j].AppendDiff(nil, states[i], 0)
		base := states[i]
		if base.Term() == nil {
			base = NewScreen(terminal.NewScreen(80, 24), 0)
		}
		got, err := base.Apply(diff)
		if states[j].Term() == nil {
			continue
		}
		if err != nil || len(diff) > 0 && text(got.Term()) != text(states[j].Term()) || got.EchoAck() != states[j].EchoAck() {
			t.Fatalf("%d to %d by %q: got\n%s\n%v, want\n%s", i, j, diff, text(got.Term()), err, text(states[j].Term()))
		}
	}
}

// recorded says what the recorded sessions of stock's two programs were: what the
// user did, and what the screen showed at the end, or how it began.
var recorded = map[string]struct{ typed, shown string }{
	"start-echo-exit":   {`80x24 "echo hi\rexit\r"`, "\n$ echo hi\nhi\n$ exit"},
	"start-100x30-quit": {`100x30 "echo abc\r"`, "\n$ echo abc\nabc\n$"},
	"idle-heartbeat":    {`80x24`, ""},
	"resize":            {`80x24 100x30 60x20 "xyz"`, "\nxyz"},
	"big-output":        {`140x48 "clear; head -c 4700 /dev/urandom | base64 -w 138\r"`, "9gA14ZHdTL2t82YQpU6YCKlKxOOCGLa13yXkA3Jscy"},
	"big-output-ipv6":   {`140x48 "clear; head -c 4700 /dev/urandom | base64 -w 138\r"`, "EvF4Gj1jSAeMl3I1qJWJVhL0ITjCTtdR4GBwAcJe7F"},
	"roam":              {`80x24 "abc"`, "\nabc"},
	"loss":              {`80x24 "abc"`, "\nabc"},
	"shutdown-unacked":  {`80x24`, ""},
	"no-answer":         {`80x24`, ""},
}

// The instructions of recorded sessions give each side what the other had.
func TestRecordedSessions(t *testing.T) {
	for _, r := range recordings(t) {
		want, known := recorded[r.Name]
		if !known {
			t.Errorf("%s: nothing is known of this session", r.Name)
		}
		screens := map[uint64]Screen{0: NewScreen(terminal.NewScreen(r.Window[0], r.Window[1]), 0)}
		inputs := map[uint64]Input{0: {}}
		for i, in := range r.Instructions {
			old, num, diff := number(t, in.Old), number(t, in.New), unhex(t, in.Diff)
			var err error
			if in.Dir == "s2c" {
				err = replay(screens, old, num, diff)
			} else {
				err = replay(inputs, old, num, diff)
			}
			if err != nil {
				t.Errorf("%s: instruction %d: %v", r.Name, i, err)
			}
		}
		if got := events(newest(inputs), 0); got != want.typed {
			t.Errorf("%s: typed %s, want %s", r.Name, got, want.typed)
		}
		if got := text(newest(screens).Term()); got != want.shown && (want.shown == "" || !strings.HasPrefix(got, want.shown)) {
			t.Errorf("%s: shown\n%s\nwant\n%s", r.Name, got, want.shown)
		}
	}
}

// replay makes state num of state old, as a receiver does that has all of them.
func replay[S interface{ Apply([]byte) (S, error) }](states map[uint64]S, old, num uint64, diff []byte) error {
	base, ok := states[old]
	if _, again := states[num]; again || !ok {
		return nil
	}
	next, err := base.Apply(diff)
	states[num] = next
	return err
}

// newest returns the state with the highest number.
func newest[S any](states map[uint64]S) S {
	return states[slices.Max(slices.Collect(maps.Keys(states)))]
}

func FuzzScreenApply(f *testing.F) {
	for _, m := range messageVectors(f, "HostMessage") {
		f.Add(m.encoded)
	}
	for _, diff := range malformedDiffs(f) {
		f.Add(diff)
	}
	f.Fuzz(func(t *testing.T, diff []byte) {
		base := NewScreen(screenOf(20, 5, "one\r\ntwo"), 3)
		got, err := base.Apply(diff)
		if err != nil {
			return
		}
		cols, rows := got.Term().Size()
		if !validSize(cols, rows) || got.EchoAck() < 3 || got.Size() > maxCells*cellBytes {
			t.Errorf("Apply(%x): %dx%d, echo ack %d, size %d", diff, cols, rows, got.EchoAck(), got.Size())
		}
		if f := got.Final(); f != nil && (len(f.Signal) > maxSignal || len(f.Reason) > maxReason) {
			t.Errorf("Apply(%x): %+v", diff, f)
		}
	})
}

// richNegotiation returns a client's negotiation that has agreed on all.
func richNegotiation() *Negotiation {
	n := NewClientNegotiation(Supported())
	n.Peer(appendField(nil, Supported()))
	return n
}

// appendExtension returns a HostMessage of Events alone.
func appendExtension(body []byte) []byte { return wire.AppendExtension(nil, eventsField, body) }

func FuzzRichApply(f *testing.F) {
	var log EventLog
	log.Add(clipboardWrite("c", 1, 100))
	log.Add(terminal.Event{Kind: terminal.EventBell})
	from := NewScreen(screenOf(20, 5, "one\r\ntwo"), 3).WithEvents(Events{})
	to := NewScreen(screenOf(30, 5, "\x1b[4:3mone\a\x1b]2;title\a\x1b]133;A\a\r\n漢字"), 4).WithEvents(log.Upto(time.Time{}, false)).WithHint(shellHint)
	for _, base := range []Screen{{}, from} {
		diff, _ := to.AppendDiff(nil, base, 0)
		f.Add(diff)
	}
	f.Fuzz(func(t *testing.T, diff []byte) {
		base := NewRemoteScreen(screenOf(20, 5, "one\r\ntwo"), richNegotiation())
		got, err := base.Apply(diff)
		if err != nil {
			return
		}
		cols, rows := got.Term().Size()
		if !validSize(cols, rows) || got.Size() > maxCells*cellBytes+len(diff)*len(diff) || len(got.events.bytes) > len(diff) {
			t.Errorf("Apply(%x): %dx%d, size %d, %d bytes of events", diff, cols, rows, got.Size(), len(got.events.bytes))
		}
		if h := got.Hint(); h != nil && (len(h.Command) > MaxCommand || printable([]byte(h.Command), MaxCommand) != h.Command) {
			t.Errorf("Apply(%x): %+v", diff, h)
		}
		var r EventReader
		r.Read(got)
		if r.Read(got) != nil || len(r.partial) > len(diff) {
			t.Errorf("Apply(%x): events come twice", diff)
		}
	})
}
