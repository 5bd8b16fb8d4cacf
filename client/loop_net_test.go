package client

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"roam/carrier"
	"roam/client/predict"
	"roam/session"
	"roam/terminal"
)

// TestInputDuringAnOutage: what is typed meanwhile arrives, in order.
func TestInputDuringAnOutage(t *testing.T) {
	play(t, func(s *scene) {
		s.connect()
		s.path.set(func(p *fakePath) { p.up, p.down = false, false })
		want := ""
		for i := range 600 {
			line := fmt.Sprintf("line %d\r", i)
			want += line
			s.typeKeys(line)
			s.wait(100 * time.Millisecond)
		}
		s.path.set(func(p *fakePath) { p.up, p.down = true, true })
		s.wait(5 * time.Second)
		s.wantTyped(want)
		s.cancel()
		s.wantEnd(time.Second, true, 0)
	})
}

// TestTooMuchInput: beyond maxUnsent the user is told how much was not taken,
// and the escape key still works.
func TestTooMuchInput(t *testing.T) {
	play(t, func(s *scene) {
		s.connect()
		s.path.set(func(p *fakePath) { p.up, p.down = false, false })
		chunk := strings.Repeat("x", 64<<10)
		for range (maxUnsent + slack) / len(chunk) {
			s.typeKeys(chunk)
		}
		s.wait(4*time.Second + lateContact)
		if row := s.console.row(4); !strings.Contains(row, "Last contact") {
			t.Errorf("the notice is %q", row)
		}
		s.typeKeys(chunk)
		s.wait(time.Second)
		if row := s.console.row(4); !strings.HasPrefix(row, "roam: Too much input waits for the serve") {
			t.Errorf("the notice is %q", row)
		}
		s.path.set(func(p *fakePath) { p.up, p.down = true, true })
		s.wait(time.Minute)
		got := len(s.typed())
		if dropped := maxUnsent + slack + len(chunk) - got; dropped < len(chunk)-1000 || dropped > len(chunk) {
			t.Errorf("%d bytes arrived", got)
		}
		if row := s.console.row(4); strings.Contains(row, "Too much") {
			t.Errorf("the notice stays: %q", row)
		}
		s.typeKeys("\x1e.")
		s.wantEnd(time.Second, true, 0)
	})
}

// TestLongPasteWaitsInTheTerminal: while the server answers, nothing is lost, however
// much is pasted.
func TestLongPasteWaitsInTheTerminal(t *testing.T) {
	play(t, func(s *scene) {
		s.connect()
		chunk := strings.Repeat("0123456789abcdef", 4<<10)
		const chunks = 3 * maxUnsent / (64 << 10)
		go func() {
			for range chunks {
				s.console.keys <- []byte(chunk)
			}
		}()
		s.wait(3 * time.Minute)
		if got := s.typed(); got != strings.Repeat(chunk, chunks) {
			t.Errorf("%d of %d bytes arrived", len(got), chunks*len(chunk))
		}
		s.cancel()
		s.wantEnd(5*time.Second, true, 0)
	})
}

// TestPasteOverABadPath: with slow acks and a third of the datagrams lost, no state has less
// than an older one, on which stock servers abort, and all arrives.
func TestPasteOverABadPath(t *testing.T) {
	play(t, func(s *scene) {
		s.connect()
		s.path.set(func(p *fakePath) { p.loss, p.delay = 0.3, 100*time.Millisecond })
		var want strings.Builder
		rng := rand.New(rand.NewPCG(5, 6))
		for range 60 {
			piece := make([]byte, 4000)
			for i := range piece {
				piece[i] = byte('a' + rng.IntN(26))
			}
			want.Write(piece)
			s.typeKeys(string(piece))
			s.wait(50 * time.Millisecond)
		}
		s.wait(5 * time.Minute)
		s.wantTyped(want.String())
		s.ask(func() {
			if s.server.shrunk > 0 {
				t.Errorf("%d states were shorter than older ones", s.server.shrunk)
			}
		})
		s.path.set(func(p *fakePath) { p.loss = 0 })
		s.cancel()
		s.wantEnd(10*time.Second, true, 0)
	})
}

// TestPanicsRestoreTheTerminal: a bug in any goroutine ends the session in order.
func TestPanicsRestoreTheTerminal(t *testing.T) {
	for name, arm := range map[string]func(*scene){
		"reading": func(s *scene) { s.console.onRead = func([]byte) { panic("secret text") } },
		"writing": func(s *scene) {
			s.console.onWrite = func(b []byte) {
				if strings.Contains(string(b), "boom") {
					panic("secret text")
				}
			}
		},
		"loop": func(s *scene) { s.guess = &fakeOverlay{onTyped: func() { panic("secret text") }} },
	} {
		play(t, func(s *scene) {
			arm(s)
			s.connect()
			s.typeKeys("x")
			s.print("boom")
			select {
			case <-s.ended:
			case <-time.After(10 * time.Second):
				t.Fatalf("%s: does not end", name)
			}
			var p *PanicError
			if !errors.As(s.err, &p) || strings.Contains(p.Error(), "secret") || len(p.Stack) == 0 {
				t.Errorf("%s: Run returned %v", name, s.err)
			}
			if s.console.isRaw() {
				t.Errorf("%s: still in raw mode", name)
			}
			if !strings.HasSuffix(s.console.written(), string(leaveBytes(s))) {
				t.Errorf("%s: modes are left set", name)
			}
		})
	}
}

// A fakeOverlay shows what was typed at the start of the last row.
type fakeOverlay struct {
	onTyped func()
	text    string
	sent    []uint64
	pasted  []bool
	frames  int
	echoed  uint64
	resized int
	hints   []predict.Hint
	hinted  []int // how many frames there were when each hint came
}

func (o *fakeOverlay) Hint(_ time.Time, h predict.Hint) {
	o.hints, o.hinted = append(o.hints, h), append(o.hinted, o.frames)
}

func (o *fakeOverlay) Typed(_ time.Time, keys []byte, sent uint64, pasted bool) {
	if o.onTyped != nil {
		o.onTyped()
	}
	o.text += string(keys)
	o.sent, o.pasted = append(o.sent, sent), append(o.pasted, pasted)
}

func (o *fakeOverlay) Frame(_ time.Time, s *terminal.Screen, echoed uint64, interval time.Duration) {
	o.frames++
	o.echoed = echoed
	if rowText(s, 4) != "" {
		panic("the frame is not as the server sent it")
	}
}

func (o *fakeOverlay) Resized() { o.resized++ }
func (o *fakeOverlay) Paint(_ time.Time, c *terminal.Canvas) {
	c.Put(4, 0, o.text, terminal.Pen{})
}
func (o *fakeOverlay) NextTimeout() time.Time { return time.Time{} }
func (o *fakeOverlay) Stats() predict.Stats {
	return predict.Stats{Keys: 9, Predicted: 8, AtOnce: 7, Right: 6, Wrong: 2, WrongFor: 50 * time.Millisecond, WrongMost: 40 * time.Millisecond}
}

// TestOverlay: guesses are shown at once, over clean frames.
func TestOverlay(t *testing.T) {
	play(t, func(s *scene) {
		o := &fakeOverlay{}
		s.guess = o
		s.connect()
		s.print("prompt")
		s.wait(time.Second)
		s.typeKeys("l")
		synctest.Wait()
		s.wantRow(4, "l")
		s.wantRow(0, "prompt")
		s.typeKeys("s")
		synctest.Wait()
		s.wantRow(4, "ls")
		s.typeKeys("\x1b[200~pasted\x1b[201~")
		s.typeKeys(strings.Repeat("x", pastedChunk+1))
		s.wait(time.Second)
		s.signals <- windowSignal
		s.cancel()
		<-s.ended
		if len(o.sent) < 3 || o.sent[0] == 0 || o.frames == 0 || o.echoed == 0 {
			t.Errorf("overlay saw %+v", o)
		}
		if n := len(o.pasted); n < 3 || o.pasted[0] || !o.pasted[n-1] || !o.pasted[n-2] {
			t.Errorf("pasted: %v", o.pasted)
		}
	})
}

// TestHintsReachTheOverlay: with all that they say, and before the frame that they
// came with.
func TestHintsReachTheOverlay(t *testing.T) {
	play(t, func(s *scene) {
		o := &fakeOverlay{}
		s.guess = o
		s.server.hint = &session.Hint{
			After: 3, Echo: true, Controls: true, Erase: 1, Kill: 2, WordErase: 3, Group: 4, Command: "cat", Prompt: true,
		}
		s.connect()
		s.print("prompt")
		s.wait(time.Second)
		before := o.frames
		s.server.do <- func() {
			s.server.hint = &session.Hint{After: 4, Canonical: true, Signals: true, Printed: true}
		}
		s.wait(time.Second)
		first := predict.Hint{After: 3, Echo: true, Controls: true, Erase: 1, Kill: 2, WordErase: 3, Group: 4, Command: "cat", Prompt: true}
		second := predict.Hint{After: 4, Canonical: true, Signals: true, Printed: true}
		if n := len(o.hints); n < 2 || o.hints[0] != first || o.hints[n-1] != second || o.hinted[0] != 0 || o.hinted[n-1] != before {
			t.Errorf("hints %+v after %v frames", o.hints, o.hinted)
		}
		s.cancel()
		<-s.ended
	})
}

// TestFigures: an escape command tells what became of the keys, and of the way to the
// server; --stats tells of the keys at the end.
func TestFigures(t *testing.T) {
	play(t, func(s *scene) {
		s.console = newFakeConsole(80, 24)
		s.guess = &fakeOverlay{}
		s.cfg.Stats, s.cfg.Version = true, "v1.2.3"
		s.connect()
		s.print("\r\n\r\n\r\n\r\n")
		s.wait(time.Second)
		s.typeKeys("\x1es")
		s.wait(time.Millisecond)
		s.wantRow(0, "roam: 9 keys: 8 foretold, 7 shown at once, 6 right, 2 wrong, for 40 ms at most,")
		for i, want := range []string{
			`^Round trip 20\.0 ms, 0\.0 % lost; \d+ B up, \d+ B down; to 192\.0\.2\.1:60001, at`,
			`^most \d+ bytes a datagram\. roam v1\.2\.3 here, `,
		} {
			if row := s.console.row(1 + i); !regexp.MustCompile(want).MatchString(row) {
				t.Errorf("row %d shows %q, want %s", 1+i, row, want)
			}
		}
		s.wait(figuresTime)
		s.wantRow(0, "")
		s.wantTyped("")
		s.cancel()
		s.wantEnd(time.Second, true, 0)
		want := "roam: 9 keys: 8 foretold, 7 shown at once, 6 right, 2 wrong, for 40 ms at most, 25 ms on average.\n"
		if said := s.console.text(); !strings.Contains(said, want) {
			t.Errorf("said %q, want in it %q", said, want)
		}
	})
}

func TestAmount(t *testing.T) {
	for n, want := range map[uint64]string{0: "0 B", 9_999: "9999 B", 10_000: "10 kB", 9_999_999: "9999 kB", 10_000_000: "10 MB"} {
		if got := amount(n); got != want {
			t.Errorf("%d bytes are %q, want %q", n, got, want)
		}
	}
}

// TestHopWithoutAnswers: a client without answers changes its port every 10 s.
func TestHopWithoutAnswers(t *testing.T) {
	play(t, func(s *scene) {
		s.connect()
		s.path.set(func(p *fakePath) { p.up = false })
		s.wait(35 * time.Second)
		if hops, _ := s.path.counts(); hops < 2 || hops > 4 {
			t.Errorf("%d hops in 35 s", hops)
		}
		s.path.set(func(p *fakePath) { p.up = true })
		s.wait(10 * time.Second)
		s.cancel()
		s.wantEnd(time.Second, true, 0)
	})
}

// TestAnotherAddress: when the system tells that datagrams take another way, the server
// is asked at once, from a new port.
func TestAnotherAddress(t *testing.T) {
	for name, route := range map[string]carrier.Route{
		"address":   {Source: netip.MustParseAddr("198.51.100.7"), Interface: 2, Up: true},
		"interface": {Source: netip.MustParseAddr("192.0.2.9"), Interface: 3, Up: true},
		"router":    {Source: netip.MustParseAddr("192.0.2.9"), Interface: 2, Gateway: netip.MustParseAddr("192.0.2.1"), Up: true},
	} {
		play(t, func(s *scene) {
			s.connect()
			s.until(20 * time.Second)
			s.path.set(func(p *fakePath) { p.hops, p.sent = 0, 0 })
			s.path.changes <- struct{}{} // about something else
			s.wait(time.Millisecond)
			if hops, sent := s.path.counts(); hops != 0 || sent != 0 {
				t.Errorf("%s: %d hops, %d datagrams without a change", name, hops, sent)
			}
			s.path.set(func(p *fakePath) { p.route = route; p.up = false })
			s.path.changes <- struct{}{}
			s.wait(time.Millisecond)
			if hops, sent := s.path.counts(); hops != 1 || sent != 1 {
				t.Errorf("%s: %d hops, %d datagrams at once, want one of each", name, hops, sent)
			}
			s.wait(time.Second)
			if hops, sent := s.path.counts(); hops != 1 || sent < 9 || sent > 12 {
				t.Errorf("%s: %d hops, %d datagrams in a second", name, hops, sent)
			}
			s.path.set(func(p *fakePath) { p.up = true })
			s.wait(150 * time.Millisecond)
			s.path.set(func(p *fakePath) { p.sent = 0 })
			s.wait(time.Second)
			if _, sent := s.path.counts(); sent > 1 {
				t.Errorf("%s: %d datagrams after the answer", name, sent)
			}
			s.cancel()
			s.wantEnd(time.Second, true, 0)
		})
	}
}

// TestLinkDownAndUp: while the link is down nothing else is tried; when it is up again
// the server is asked at once.
func TestLinkDownAndUp(t *testing.T) {
	play(t, func(s *scene) {
		s.connect()
		s.until(20 * time.Second)
		s.path.set(func(p *fakePath) { p.hops, p.sent, p.up, p.route.Up = 0, 0, false, false })
		s.path.changes <- struct{}{}
		s.wait(time.Millisecond)
		if hops, sent := s.path.counts(); hops != 0 || sent != 0 {
			t.Errorf("%d hops, %d datagrams when the link went down", hops, sent)
		}
		s.path.set(func(p *fakePath) { p.up, p.route.Up = true, true })
		s.path.changes <- struct{}{}
		s.wait(time.Millisecond)
		if hops, sent := s.path.counts(); hops != 1 || sent != 1 {
			t.Errorf("%d hops, %d datagrams when it came up", hops, sent)
		}
		s.cancel()
		s.wantEnd(time.Second, true, 0)
	})
}

// TestSleep: the machine's sleep is noticed, and no wall clock that was set is taken for
// it. Both clocks are injected here.
func TestSleep(t *testing.T) {
	play(t, func(s *scene) {
		var ahead, asleep time.Duration
		s.clock = &clockWatch{
			ahead:  func(time.Time) time.Duration { return ahead },
			asleep: func(time.Duration) time.Duration { return asleep },
		}
		s.connect()
		s.until(20 * time.Second)
		s.path.set(func(p *fakePath) { p.hops, p.sent = 0, 0 })
		ahead = time.Hour
		s.path.changes <- struct{}{}
		s.wait(time.Millisecond)
		if hops, sent := s.path.counts(); hops != 0 || sent != 0 {
			t.Errorf("%d hops, %d datagrams because somebody set the clock", hops, sent)
		}
		ahead, asleep = 3*time.Hour, 2*time.Hour
		s.path.changes <- struct{}{}
		s.wait(time.Millisecond)
		if hops, sent := s.path.counts(); hops != 1 || sent != 1 {
			t.Errorf("%d hops, %d datagrams after a sleep", hops, sent)
		}
		s.cancel()
		s.wantEnd(time.Second, true, 0)
	})
}

// TestICMPErrorsAsk: an error about a datagram means that it did not arrive. However many
// errors come, it is asked no more often than otherwise.
func TestICMPErrorsAsk(t *testing.T) {
	play(t, func(s *scene) {
		s.connect()
		s.until(20 * time.Second)
		s.path.set(func(p *fakePath) { p.sent, p.up = 0, false })
		for range 1000 {
			s.path.client <- refusedDatagram()
			s.wait(time.Millisecond)
		}
		if _, sent := s.path.counts(); sent < 9 || sent > 12 {
			t.Errorf("%d datagrams in a second of errors, want about 10", sent)
		}
		s.path.set(func(p *fakePath) { p.up = true })
		s.cancel()
		s.wantEnd(10*time.Second, true, 0)
	})
}

// TestNetworkGone: the user is told, nothing ends, and contact is made within a
// second of the network's return.
func TestNetworkGone(t *testing.T) {
	play(t, func(s *scene) {
		s.connect()
		s.print("\r\n")
		s.wait(time.Second)
		gone := &carrier.TransientError{Op: "send", Err: syscall.ENETUNREACH}
		s.path.set(func(p *fakePath) { p.sendErr, p.routeErr = gone, gone })
		s.typeKeys("x")
		s.wait(100 * time.Millisecond)
		s.wantRow(0, "roam: Network is unreachable. [To quit:")
		s.wait(30 * time.Second)
		if row := s.console.row(0); !strings.HasPrefix(row, "roam: Last contact 31 seconds ago. Netwo") {
			t.Errorf("row 0 shows %q", row)
		}
		s.path.set(func(p *fakePath) { p.sendErr, p.routeErr = nil, nil })
		s.wait(pathPause + 100*time.Millisecond)
		s.wantTyped("x")
		s.wait(messageTime)
		s.wantRow(0, "")
		s.cancel()
		s.wantEnd(time.Second, true, 0)
	})
}

// TestFullBufferIsNoNotice: a busy machine is nothing that a user can mend, and what
// did not leave is repeated.
func TestFullBufferIsNoNotice(t *testing.T) {
	play(t, func(s *scene) {
		s.connect()
		s.path.set(func(p *fakePath) { p.sendErr = &carrier.TransientError{Op: "send", Err: syscall.ENOBUFS} })
		s.typeKeys("x")
		s.wait(time.Second)
		s.wantRow(0, "")
		s.path.set(func(p *fakePath) { p.sendErr = nil })
		s.wait(time.Second)
		s.wantTyped("x")
		s.cancel()
		s.wantEnd(time.Second, true, 0)
	})
}

func TestMessageTooLarge(t *testing.T) {
	play(t, func(s *scene) {
		s.connect()
		s.path.set(func(p *fakePath) { p.sendErr = fmt.Errorf("%w", carrier.ErrMessageSize) })
		s.typeKeys("x")
		s.wait(100 * time.Millisecond)
		s.path.set(func(p *fakePath) { p.sendErr = nil })
		s.wait(2 * time.Second)
		s.wantTyped("x")
		s.wantRow(0, "")
		s.cancel()
		s.wantEnd(time.Second, true, 0)
	})
}

// TestForgedDatagramsChangeNothing: they are dropped in silence.
func TestForgedDatagramsChangeNothing(t *testing.T) {
	play(t, func(s *scene) {
		s.connect()
		s.path.set(func(p *fakePath) { p.up, p.down = false, false })
		for range 1000 {
			s.path.client <- carrier.Datagram{Data: []byte("\x80\x00\x00\x00\x00\x00\x00\x09 not authentic at all")}
			s.wait(25 * time.Millisecond)
		}
		if row := s.console.row(4); !strings.HasPrefix(row, "roam: Last contact") {
			t.Errorf("forged datagrams count as contact: %q", row)
		}
		s.cancel()
		<-s.ended
	})
}

func TestClockWatch(t *testing.T) {
	var ahead, asleep time.Duration
	c := clockWatch{
		ahead:  func(time.Time) time.Duration { return ahead },
		asleep: func(time.Duration) time.Duration { return asleep },
	}
	for _, x := range []struct {
		name          string
		ahead, asleep time.Duration
		want          bool
	}{
		{"nothing", 0, 0, false},
		{"the wall clock is corrected a little", sleepSlack - 1, 0, false},
		{"it is set an hour ahead", time.Hour, 0, false},
		{"sleep", 2 * time.Hour, time.Hour, true},
		{"nothing more", 2 * time.Hour, time.Hour, false},
		{"it is set back", -time.Hour, time.Hour, false},
		{"a short sleep", -time.Hour + sleepSlack, time.Hour + sleepSlack, true},
	} {
		ahead, asleep = x.ahead, x.asleep
		if got := c.woke(time.Time{}); got != x.want {
			t.Errorf("%s: %v", x.name, got)
		}
	}
	real := newClockWatch(time.Now())
	if real.woke(time.Now()) {
		t.Error("this machine slept between two calls")
	}
}
