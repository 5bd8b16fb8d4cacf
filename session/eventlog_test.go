package session

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"roam/ssp"
	"roam/ssp/ssptest/sim"
	"roam/terminal"
)

// clipboardWrite returns a write of n bytes that say which one it is.
func clipboardWrite(selection string, i, n int) terminal.Event {
	text := strings.Repeat(fmt.Sprintf("%d,", i), n/2+1)[:n]
	return terminal.Event{Kind: terminal.EventClipboard, Selection: selection, Text: base64.StdEncoding.EncodeToString([]byte(text))}
}

// clipboardOf returns a write of text to the clipboard proper.
func clipboardOf(text []byte) terminal.Event {
	return terminal.Event{Kind: terminal.EventClipboard, Selection: "c", Text: base64.StdEncoding.EncodeToString(text)}
}

// randomEvent returns what a program may want done: any of the kinds, small and large.
func randomEvent(rnd *rand.Rand, i int) terminal.Event {
	switch rnd.IntN(6) {
	case 0:
		return terminal.Event{Kind: terminal.EventBell}
	case 1:
		return terminal.Event{Kind: terminal.EventNotification, Title: fmt.Sprint("title ", i), Text: strings.Repeat("x", rnd.IntN(3000))}
	case 2:
		return terminal.Event{Kind: terminal.EventKittyNotify, Selection: fmt.Sprint("i=", i), Text: "payload"}
	case 3:
		return clipboardWrite("", i, 0)
	case 4:
		return clipboardWrite([]string{"c", "p", "pc", "s0"}[rnd.IntN(4)], i, rnd.IntN(20))
	}
	return clipboardWrite("c", i, rnd.IntN(12000))
}

// sequence returns what a program writes for an event.
func sequence(v terminal.Event) string {
	switch v.Kind {
	case terminal.EventNotification:
		return "\x1b]777;notify;" + v.Title + ";" + v.Text + "\a"
	case terminal.EventKittyNotify:
		return "\x1b]99;" + v.Selection + ";" + v.Text + "\x1b\\"
	case terminal.EventClipboard:
		return "\x1b]52;" + v.Selection + ";" + v.Text + "\a"
	}
	return "\a"
}

// hostile are the paths of the property tests.
var hostile = map[string]sim.Conditions{
	"clean":      {Delay: 20 * time.Millisecond},
	"lossy":      {Delay: 40 * time.Millisecond, Jitter: 30 * time.Millisecond, Loss: 0.3},
	"disordered": {Delay: 60 * time.Millisecond, Duplicate: 0.3, Reorder: 0.4, ReorderBy: 400 * time.Millisecond, Loss: 0.1},
	"bursts":     {Delay: 80 * time.Millisecond, Burst: sim.Gilbert{ToBad: 0.05, ToGood: 0.2, Loss: 0.9}},
}

// Whatever the path does, the client acts on each event once, in order, while
// typing and output go on.
func TestEventsAreActedOnOnce(t *testing.T) {
	for name, path := range hostile {
		for seed := range uint64(10) {
			t.Run(fmt.Sprintf("%s/%d", name, seed), func(t *testing.T) {
				p := newPair(t, seed, path, Supported(), Supported())
				p.resize(100, 30)
				p.world.RunFor(5 * time.Second)
				rnd := p.world.Rand()
				var want []terminal.Event
				for i := range 60 {
					p.world.RunFor(time.Duration(rnd.IntN(400)) * time.Millisecond)
					switch v := randomEvent(rnd, i); {
					case rnd.IntN(3) == 0:
						p.typeIn([]byte{byte('a' + rnd.IntN(26))})
					case v.Kind == terminal.EventBell && p.log.pending():
						// It may coalesce with another.
					default:
						p.output(sequence(v))
						want = append(want, v)
					}
					if rnd.IntN(20) == 0 {
						now := p.world.Now()
						p.up.Outage(now, now.Add(15*time.Second))
						p.down.Outage(now, now.Add(15*time.Second))
					}
				}
				p.world.RunFor(5 * time.Minute)
				if !slices.Equal(p.acted, want) {
					t.Errorf("acted on %d events, want %d", len(p.acted), len(want))
					for i := range min(len(want), len(p.acted)) {
						if p.acted[i] != want[i] {
							t.Fatalf("event %d is %.200v, want %.200v", i, p.acted[i], want[i])
						}
					}
				}
				if p.log.Dropped() != 0 || p.log.pending() || p.events.broken || p.events.Partial() {
					t.Errorf("dropped %d, more %v, reader %+v", p.log.Dropped(), p.log.pending(), p.events)
				}
				p.wantSame()
			})
		}
	}
}

// A clipboard write of 1 MiB arrives whole, through an outage.
func TestLargeClipboardArrives(t *testing.T) {
	p := newPair(t, 1, sim.Conditions{Delay: 10 * time.Millisecond, Loss: 0.05}, Supported(), Supported())
	p.resize(80, 24)
	p.world.RunFor(time.Second)
	v := clipboardWrite("c", 1, 1<<20)
	start := p.world.Now()
	p.output(sequence(v))
	p.world.RunFor(5 * time.Second)
	now := p.world.Now()
	p.down.Outage(now, now.Add(30*time.Second))
	p.up.Outage(now, now.Add(30*time.Second))
	for len(p.acted) == 0 && p.world.Now().Sub(start) < 10*time.Minute {
		p.world.RunFor(time.Second)
	}
	if len(p.acted) != 1 || p.acted[0] != v {
		t.Fatalf("acted on %d events", len(p.acted))
	}
	t.Logf("1 MiB took %v, 30 s of them without a path", p.world.Now().Sub(start))
}

// keysTimed is how many keys echoTimes types.
const keysTimed = 80

// echoTimes types keys at a program that echoes, and returns how long each takes
// to show.
func echoTimes(t *testing.T, path sim.Conditions, seed uint64, busy bool) (took []time.Duration) {
	p := newPair(t, seed, path, Supported(), Supported())
	p.resize(100, 30)
	p.world.RunFor(2 * time.Second)
	rnd := rand.New(rand.NewPCG(seed, 1))
	for i := range keysTimed {
		p.output("\x1b[H\x1b[2J") // nothing but the key's echo stands there
		if busy {
			p.output(sequence(clipboardWrite("c", i, 100<<10)))
		}
		p.world.RunFor(time.Second + time.Duration(rnd.IntN(200))*time.Millisecond)
		if busy && !p.log.pending() {
			t.Error("the clipboard has all arrived: the test measures nothing")
		}
		typed := p.world.Now()
		var shown time.Time
		p.onScreen = func(s Screen) {
			if shown.IsZero() && text(s.Term()) == "k" {
				shown = p.world.Now()
			}
		}
		p.typeIn([]byte("k"))
		p.world.RunFor(3 * time.Second) // the clipboard arrives
		if shown.IsZero() {
			t.Fatal("a key is not shown after 1 s")
		}
		took = append(took, shown.Sub(typed))
		p.onScreen = nil
	}
	return took
}

// A large clipboard write on its way delays no key.
func TestEventsDelayNoKey(t *testing.T) {
	path := sim.Conditions{Delay: 100 * time.Millisecond}
	idle, busy := echoTimes(t, path, 1, false), echoTimes(t, path, 1, true)
	slices.Sort(idle)
	slices.Sort(busy)
	const middle, worst = keysTimed / 2, keysTimed - 1
	t.Logf("idle: median %v, worst %v; with a clipboard on its way: median %v, worst %v", idle[middle], idle[worst], busy[middle], busy[worst])
	if busy[worst] > idle[worst]+time.Millisecond {
		t.Errorf("keys take a median of %v and %v at worst, instead of %v and %v", busy[middle], busy[worst], idle[middle], idle[worst])
	}
}

// Each state extends the log by a bounded number of bytes, behind the screen's own.
func TestEventsComeAfterTheScreen(t *testing.T) {
	var log EventLog
	log.Add(clipboardWrite("c", 1, 5000))
	base := NewScreen(screenOf(20, 5, "one"), 1).WithEvents(Events{})
	s := NewScreen(screenOf(20, 5, "two"), 2).WithEvents(log.Upto(time.Time{}, false))
	diff, _ := s.AppendDiff(nil, base, 0)
	if got := strings.Join(kinds(t, diff), " "); got != "echo bytes ours" {
		t.Errorf("items %q", got)
	}
	if n := s.events.end - base.events.end; n != minStep || len(diff) > minStep+100 {
		t.Errorf("%d bytes of the log in a diff of %d", n, len(diff))
	}
	for range 3 { // not before the client holds more
		if again := log.Upto(time.Time{}, false); again.end != s.events.end || log.More() {
			t.Errorf("the log goes on to %d", again.end)
		}
	}
	log.Held(time.Time{}, s, 0)
	if next := log.Upto(time.Time{}, false); next.start != minStep || next.end != 2*minStep {
		t.Errorf("then it goes from %d to %d", next.start, next.end)
	}
	if last := log.Upto(time.Time{}, true); last.end != log.end() || log.pending() {
		t.Errorf("the last state has it up to %d of %d", last.end, log.end())
	}
}

// A budget cuts the log first, and the screen only if that is not enough.
func TestBudgetCutsEventsFirst(t *testing.T) {
	var log EventLog
	log.Add(clipboardWrite("c", 1, 900))
	base := NewScreen(screenOf(20, 5, "one"), 1).WithEvents(Events{})
	s := NewScreen(screenOf(20, 5, "two"), 2).WithEvents(log.Upto(time.Time{}, false))
	diff, reached := s.AppendDiff(nil, base, 500)
	if n := reached.events.end; len(diff) > 500 || n < 400 || !reached.term.Equal(s.term) || reached.echoAck != 2 {
		t.Errorf("%d bytes lead to echo ack %d and %d bytes of the log", len(diff), reached.echoAck, n)
	}
	rest, whole := s.AppendDiff(nil, reached, 0)
	shown, err := NewRemoteScreen(base.term, richNegotiation()).Apply(diff)
	if err == nil {
		shown, err = shown.Apply(rest)
	}
	if err != nil || !whole.Equal(s) || !shown.Equal(s) || !bytes.Equal(shown.events.bytes, s.events.bytes) {
		t.Errorf("after both: %v, %d bytes of the log", err, shown.events.end)
	}
}

// The log keeps within its limits by dropping the oldest notification, then the
// oldest event, but none that a state has a part of.
func TestEventLogIsBounded(t *testing.T) {
	var log EventLog
	note := func(i int) terminal.Event {
		return terminal.Event{Kind: terminal.EventNotification, Text: fmt.Sprint(i)}
	}
	log.Add(note(0))
	begun := log.Upto(time.Time{}, false)
	log.Add(clipboardWrite("c", 0, 10))
	for i := 1; i < 1000; i++ {
		log.Add(note(i))
	}
	if n := len(log.ends) + len(log.waiting); n != maxLogged || log.Dropped() != 1001-maxLogged {
		t.Errorf("%d events, %d dropped", n, log.Dropped())
	}
	for i := range 3 {
		log.Add(clipboardWrite("c", i, 1<<20))
	}
	var got []terminal.Event
	var reader EventReader
	s := Screen{events: begun}
	for {
		got = append(got, reader.Read(s)...)
		if !log.pending() {
			break
		}
		log.Held(time.Time{}, s, time.Millisecond)
		s = Screen{events: log.Upto(time.Time{}, false)}
		if n := len(log.begun) + log.size; n > maxLog {
			t.Fatalf("the log has %d bytes", n)
		}
	}
	if len(got) != 2 || got[0] != note(0) || got[1] != clipboardWrite("c", 2, 1<<20) {
		t.Errorf("%d events arrive, the first %.100v", len(got), got[0])
	}
	log = EventLog{}
	log.Add(clipboardWrite("c", 0, 1<<20))
	log.Upto(time.Time{}, false)
	log.Add(clipboardWrite("c", 1, 1<<20))
	if log.Dropped() != 1 || len(log.waiting) != 0 {
		t.Errorf("%d dropped, %d wait behind one that is under way", log.Dropped(), len(log.waiting))
	}
}

func TestBellsCoalesce(t *testing.T) {
	var log EventLog
	bell := terminal.Event{Kind: terminal.EventBell}
	for range 100 {
		log.Add(bell)
	}
	s := Screen{events: log.Upto(time.Time{}, false)}
	log.Add(bell) // the first may be ringing already
	var r EventReader
	got := append(r.Read(s), r.Read(Screen{events: log.Upto(time.Time{}, false)})...)
	if !slices.Equal(got, []terminal.Event{bell, bell}) || log.Dropped() != 0 {
		t.Errorf("got %v", got)
	}
}

// A server may send what it likes: the client keeps little of it.
func TestEventReaderRefuses(t *testing.T) {
	read := func(b string) (*EventReader, []terminal.Event) {
		var r EventReader
		return &r, r.Read(Screen{events: Events{end: uint64(len(b)), bytes: []byte(b)}})
	}
	for name, b := range map[string]string{
		"too long":        "\x04\xff\xff\xff\x7f",
		"length too long": "\x04\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
	} {
		if r, got := read(b + strings.Repeat("x", 100)); !r.broken || len(got) > 0 || r.Partial() {
			t.Errorf("%s: %+v, %v", name, r, got)
		}
	}
	if r, got := read("\x09\x02ab\x02\x00\x02\x01\x05\x04\x03\x7fab\x01\x00"); r.broken || len(got) != 1 || got[0].Kind != terminal.EventBell {
		t.Errorf("what makes no sense is not skipped: %v", got)
	}
	base := NewRemoteScreen(terminal.NewScreen(20, 5), richNegotiation())
	for name, body := range map[string][]byte{
		"gap":       appendEvents(nil, Events{}, Events{start: 5, end: 6, bytes: []byte{1}}),
		"too much":  appendEvents(nil, Events{}, Events{end: maxEventsDiff + 1, bytes: make([]byte, maxEventsDiff+1)}),
		"truncated": {0x08},
		"no value":  {0x12, 0x05, 1},
	} {
		if _, err := base.Apply(appendExtension(body)); err == nil {
			t.Errorf("%s: %x was applied", name, body[:min(len(body), 20)])
		}
	}
}

// What is not agreed is not read.
func TestEventsNeedTheAgreement(t *testing.T) {
	body := appendExtension(appendEvents(nil, Events{}, Events{end: 2, bytes: []byte{recordBell, 0}}))
	s, err := NewScreen(terminal.NewScreen(20, 5), 0).Apply(body)
	if err != nil || s.events.end != 0 {
		t.Errorf("got %+v, %v", s.events, err)
	}
	for _, tt := range []struct{ client, server []Capability }{
		{nil, Supported()}, {Supported(), nil}, {[]Capability{{Status, 1, ""}}, Supported()}, {Supported(), []Capability{{Status, 1, ""}}},
	} {
		p := newPair(t, 3, sim.Conditions{Delay: 20 * time.Millisecond, Loss: 0.2}, tt.client, tt.server)
		p.resize(80, 24)
		p.world.RunFor(2 * time.Second)
		p.output("\x1b]52;c;QUJD\a\a\x1b]9;note\a\x1b[4:3mx")
		p.world.RunFor(5 * time.Second)
		p.wantSame()
		shown, _ := p.client.Remote()
		if shown.rich || shown.events.end != 0 || len(p.acted) > 0 || shown.Term().Clipboard() != "QUJD" || shown.Term().Bells() != 1 {
			t.Errorf("a stock session has %+v, clipboard %q, %d bells", shown.events, shown.Term().Clipboard(), shown.Term().Bells())
		}
	}
}

// The last state has the events that wait, up to its own limit.
func TestEventsBeforeTheEnd(t *testing.T) {
	p := newPair(t, 5, sim.Conditions{Delay: 30 * time.Millisecond, Loss: 0.3}, Supported(), Supported())
	p.resize(80, 24)
	p.world.RunFor(2 * time.Second)
	p.final = &Final{}
	v := clipboardWrite("c", 1, 20000)
	p.output(sequence(v))
	p.server.Shutdown(p.world.Now())
	p.flushServer()
	p.world.RunFor(10 * time.Second)
	if p.client.Phase() != ssp.Done || !slices.Equal(p.acted, []terminal.Event{v}) {
		t.Errorf("phase %v, acted on %d events", p.client.Phase(), len(p.acted))
	}
}
