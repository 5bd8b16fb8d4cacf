package client

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"roam/session"
)

func TestTypeAndSee(t *testing.T) {
	play(t, func(s *scene) {
		s.connect()
		s.typeKeys("ls\r")
		s.wait(100 * time.Millisecond)
		s.wantTyped("ls\r")
		s.print("$ ls\r\nREADME 漢字\r\n")
		s.wait(100 * time.Millisecond)
		s.wantRow(0, "$ ls")
		s.wantRow(1, "README 漢字")
		s.typeKeys("\x1e.")
		s.wantEnd(time.Second, true, 0)
		if got := s.console.text(); got != "[roam is exiting.]\n" {
			t.Errorf("said %q", got)
		}
	})
}

// TestNothingOnTheScreenBeforeContact: what goes wrong before the first answer
// stays readable.
func TestNothingOnTheScreenBeforeContact(t *testing.T) {
	play(t, func(s *scene) {
		s.path.up = false
		s.begin()
		s.until(waitNotice - 1)
		if got := s.console.text(); got != "" {
			t.Errorf("said %q at once", got)
		}
		s.until(waitNotice)
		const waiting = "roam: no answer yet from 192.0.2.1 on UDP port 60001\n" +
			"roam: hint: a firewall may drop UDP, or the server has stopped; Ctrl-C gives up\n"
		if got := s.console.text(); got != waiting {
			t.Errorf("said %q", got)
		}
		s.until(waitLimit - 1)
		if !s.console.isRaw() {
			t.Error("the terminal is restored too early")
		}
		s.until(waitLimit)
		if s.console.isRaw() {
			t.Error("the terminal is not restored while the end is being sent")
		}
		s.wantEnd(unheardLinger+time.Millisecond, false, 1)
		if got := s.console.text(); !strings.Contains(got, "roam: error: no answer from 192.0.2.1 on UDP port 60001 within 15 seconds\n") ||
			!strings.Contains(got, "firewall") {
			t.Errorf("said %q", got)
		}
		if out := s.console.written(); out != "" {
			t.Errorf("wrote %q to the screen", out)
		}
	})
}

// TestTypeAheadBeforeContact: keys typed before the first answer arrive.
func TestTypeAheadBeforeContact(t *testing.T) {
	play(t, func(s *scene) {
		s.path.up = false
		s.begin()
		s.typeKeys("early\x03")
		s.until(5 * time.Second)
		s.path.set(func(p *fakePath) { p.up = true })
		s.until(10 * time.Second)
		s.wantTyped("early\x03")
		s.print("hello")
		s.wait(time.Second)
		s.wantRow(0, "hello")
		s.cancel()
		s.wantEnd(time.Second, true, 0)
	})
}

func TestCtrlCGivesUpWaiting(t *testing.T) {
	play(t, func(s *scene) {
		s.path.up = false
		s.begin()
		s.until(waitNotice)
		s.typeKeys("\x03")
		s.wantEnd(unheardLinger+time.Millisecond, false, 1)
	})
}

func TestRefusedPortIsNamed(t *testing.T) {
	play(t, func(s *scene) {
		s.path.up = false
		s.begin()
		s.path.client <- refusedDatagram()
		s.until(waitNotice)
		if got := s.console.text(); !strings.Contains(got, "(connection refused)") {
			t.Errorf("said %q", got)
		}
		s.until(waitLimit)
		if got := s.console.text(); !strings.Contains(got, "within 15 seconds: connection refused\n") || strings.Contains(got, "firewall between") {
			t.Errorf("said %q", got)
		}
		s.wantEnd(unheardLinger+time.Millisecond, false, 1)
	})
}

// TestNoticeOfAnOutage: the notice comes at the moment it is due, ticks by
// the second, and goes at once with the first answer.
func TestNoticeOfAnOutage(t *testing.T) {
	play(t, func(s *scene) {
		s.connect()
		s.print("top\r\n$ ")
		s.until(3 * time.Second) // the client asks 20 s after it heard the server last
		s.path.set(func(p *fakePath) { p.up, p.down = false, false })
		var appeared time.Duration
		for d := 3 * time.Second; d < 30*time.Second; d += 10 * time.Millisecond {
			s.until(d)
			if strings.HasPrefix(s.console.row(0), "roam: Last contact 22 seconds ago. Tryin") {
				appeared = d
				break
			}
			s.wantRow(0, "top")
		}
		if appeared == 0 {
			t.Fatal("no notice")
		}
		s.wait(500 * time.Millisecond)
		s.wantRow(0, "roam: Last contact 23 seconds ago. Tryin")
		s.wait(time.Second)
		s.wantRow(0, "roam: Last contact 24 seconds ago. Tryin")
		s.path.set(func(p *fakePath) { p.up, p.down = true, true })
		for i := 0; strings.Contains(s.console.row(0), "Last contact"); i++ {
			s.wait(10 * time.Millisecond)
			if i > 400 {
				t.Fatal("the notice stays")
			}
		}
		if row := s.console.row(0); !strings.HasPrefix(row, "roam: Contact is back after") {
			t.Errorf("row 0 shows %q", row)
		}
		s.wait(messageTime)
		s.wantRow(0, "top")
		s.typeKeys("\x1e.")
		s.wantEnd(time.Second, true, 0)
	})
}

func TestNoticeDoesNotCoverTheCursor(t *testing.T) {
	play(t, func(s *scene) {
		s.connect()
		s.print("$ ")
		s.wait(time.Second)
		s.path.set(func(p *fakePath) { p.up, p.down = false, false })
		s.wait(21*time.Second + lateContact) // an answer is due within 21 s
		s.wantRow(0, "$")
		if row := s.console.row(4); !strings.HasPrefix(row, "roam: Last contact") {
			t.Errorf("bottom row shows %q", row)
		}
		s.cancel()
		<-s.ended
	})
}

func TestLateReply(t *testing.T) {
	play(t, func(s *scene) {
		s.connect()
		s.print("\r\n")
		s.path.set(func(p *fakePath) { p.up = false })
		s.wait(lateReply + 4*time.Second)
		s.wantRow(0, "") // nothing is owed
		s.typeKeys("k")
		s.wait(lateReply + time.Second)
		if row := s.console.row(0); !strings.HasPrefix(row, "roam: Last reply ") {
			t.Errorf("row 0 shows %q", row)
		}
		s.cancel()
		s.wantEnd(20*time.Second, false, 1)
		if got := s.console.text(); !strings.Contains(got, "may still be running") {
			t.Errorf("said %q", got)
		}
	})
}

// TestLingeringIsExplained: on a slow path the confirmation of the end takes so long
// that the user wants to know what for; the terminal is restored meanwhile.
func TestLingeringIsExplained(t *testing.T) {
	play(t, func(s *scene) {
		s.path.delay = time.Second
		s.begin()
		s.wait(10 * time.Second)
		s.typeKeys("\x1e.")
		s.wait(time.Millisecond)
		s.wantRestored()
		s.wantEnd(20*time.Second, true, 0)
		const want = "roam: waiting for the server to confirm the end of the session; Ctrl-C stops waiting\n"
		if got := s.console.text(); !strings.Contains(got, want) {
			t.Errorf("said %q", got)
		}
	})
}

// TestRemoteEnd: the remote program ends; how it ended is told.
func TestRemoteEnd(t *testing.T) {
	seven := 7
	for _, c := range []struct {
		name   string
		final  *session.Final
		status int
		said   string
	}{
		{"roam", &session.Final{Exit: &seven}, 7, "roam: session ended with exit status 7\n"},
		{"roam", &session.Final{Signal: "KILL"}, 137, "roam: session ended: the remote program was killed by signal KILL\n"},
		{"roam", &session.Final{Reason: "no client for 30 days"}, 0, "roam: the server ended the session: no client for 30 days\n"},
		{"roam", &session.Final{Moved: true}, 0, "roam: the session goes on at another client; \"roam attach\" takes it back\n"},
		{"roam", nil, 0, "[roam is exiting.]\n"},
		{"mosh-client", &session.Final{Exit: &seven}, 0, "[mosh is exiting.]\n"},
	} {
		play(t, func(s *scene) {
			s.cfg.Name = c.name
			s.connect()
			s.ask(func() {
				s.server.emu.Write([]byte("bye"))
				s.server.state = s.server.screen(time.Now(), c.final)
				s.server.tr.Touch(time.Now())
				s.server.tr.Shutdown(time.Now())
			})
			s.wantEnd(3*time.Second, true, c.status)
			if got := s.console.text(); got != c.said {
				t.Errorf("said %q, want %q", got, c.said)
			}
		})
	}
}

// TestStuckTerminal: while the terminal takes nothing the session goes on, and then
// the newest state is drawn, without those between.
func TestStuckTerminal(t *testing.T) {
	play(t, func(s *scene) {
		s.connect()
		release := make(chan struct{})
		s.console.mu.Lock()
		s.console.blocked = release
		s.console.mu.Unlock()
		for range 50 {
			s.print("middle\r\n")
			s.wait(100 * time.Millisecond)
		}
		s.print("\x1b[H\x1b[2Jnewest")
		s.typeKeys("x")
		s.wait(time.Second)
		s.wantTyped("x")
		if late := s.ask2(func() bool { return time.Since(s.server.tr.LastHeard()) > 4*time.Second }); late {
			t.Error("the server hears nothing")
		}
		s.console.mu.Lock()
		s.console.blocked = nil
		s.console.output = nil
		s.console.mu.Unlock()
		close(release)
		s.wait(100 * time.Millisecond)
		s.wantRow(0, "newest")
		if n := strings.Count(s.console.written(), "middle"); n > 5 {
			t.Errorf("%d states between were drawn", n)
		}
		s.typeKeys("\x1e.")
		s.wantEnd(time.Second, true, 0)
	})
}

// ask2 asks the server's goroutine a question.
func (s *scene) ask2(f func() bool) (answer bool) {
	s.ask(func() { answer = f() })
	return answer
}

// TestQuitWithAStuckTerminal: the modes are restored though no byte can be written.
func TestQuitWithAStuckTerminal(t *testing.T) {
	play(t, func(s *scene) {
		s.connect()
		release := make(chan struct{})
		defer close(release)
		s.console.mu.Lock()
		s.console.blocked = release
		s.console.mu.Unlock()
		s.print("something")
		s.wait(time.Second)
		s.signals <- syscall.SIGTERM
		select {
		case <-s.ended:
		case <-time.After(5 * time.Second):
			t.Fatal("does not end")
		}
		if s.console.isRaw() || s.err != nil || !s.result.Clean {
			t.Errorf("raw %v, %+v, %v", s.console.isRaw(), s.result, s.err)
		}
	})
}

// TestSlowTerminalIsCutShort: a large frame in flight does not delay the end;
// the sequence that it broke off is cancelled.
func TestSlowTerminalIsCutShort(t *testing.T) {
	play(t, func(s *scene) {
		s.console = newFakeConsole(200, 100)
		s.console.onWrite = func(b []byte) { time.Sleep(time.Duration(len(b)) * time.Millisecond) }
		s.connect()
		s.print(strings.Repeat("\x1b[31mx\x1b[32my", 10000))
		s.wait(time.Second)
		s.signals <- syscall.SIGHUP
		s.wantEnd(5*time.Second, true, 0)
		if out := s.console.written(); !strings.Contains(out, cancel) {
			t.Error("the frame was not cancelled")
		}
	})
}

// TestLastOutputIsShown: what a program printed just before it ended is drawn, also
// while an older frame is on its way, after a new size, or if nothing was drawn yet.
func TestLastOutputIsShown(t *testing.T) {
	for name, before := range map[string]func(s *scene){
		"frame in flight": func(s *scene) {
			s.console.onWrite = func([]byte) { time.Sleep(100 * time.Millisecond) }
			s.begin()
			s.print(strings.Repeat("\x1b[31mx\x1b[32my", 90) + "\r\n")
			s.wait(50 * time.Millisecond)
		},
		"first state": func(s *scene) {
			s.path.down = false
			s.begin()
			s.wait(time.Second)
		},
		"new size": func(s *scene) {
			s.connect()
			s.console.mu.Lock()
			s.console.cols = 79
			s.console.mu.Unlock()
			s.signals <- windowSignal
		},
	} {
		play(t, func(s *scene) {
			before(s)
			s.ask(func() {
				s.server.emu.Write([]byte("bye"))
				s.server.state = s.server.screen(time.Now(), &session.Final{})
				s.server.tr.Touch(time.Now())
				s.server.tr.Shutdown(time.Now())
			})
			s.path.set(func(p *fakePath) { p.down = true })
			s.wantEnd(5*time.Second, true, 0)
			if out := s.console.written(); !strings.Contains(out, "bye") || strings.Contains(out, cancel) {
				t.Errorf("%s: wrote %q", name, out)
			}
		})
	}
}

func TestResize(t *testing.T) {
	play(t, func(s *scene) {
		s.connect()
		s.print("hello\r\nworld")
		s.wait(time.Second)
		for _, size := range [][2]int{{20, 3}, {1, 1}, {0, 0}, {300, 100}, {40, 5}} {
			s.console.mu.Lock()
			s.console.cols, s.console.rows = size[0], size[1]
			s.console.emu.Resize(max(size[0], 1), max(size[1], 1))
			s.console.mu.Unlock()
			s.signals <- windowSignal
			s.wait(time.Second)
		}
		s.typeKeys("x")
		s.wait(time.Second)
		s.wantTyped("x")
		var got [][2]int
		s.ask(func() { got = s.server.sizes })
		want := [][2]int{{40, 5}, {20, 3}, {1, 1}, {80, 24}, {300, 100}, {40, 5}}
		if len(got) != len(want) {
			t.Fatalf("sizes %v, want %v", got, want)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("size %d is %v, want %v", i, got[i], want[i])
			}
		}
		s.print("\x1b[H\x1b[2Jagain")
		s.wait(time.Second)
		s.wantRow(0, "again")
		s.cancel()
		s.wantEnd(time.Second, true, 0)
	})
}

func TestUnknownWindowSize(t *testing.T) {
	play(t, func(s *scene) {
		s.console = newFakeConsole(0, 0)
		s.connect()
		var got [2]int
		s.ask(func() { got = s.server.sizes[0] })
		if got != [2]int{80, 24} {
			t.Errorf("the first size is %v", got)
		}
		s.cancel()
		s.wantEnd(time.Second, true, 0)
	})
}

func TestNoticeInATinyWindow(t *testing.T) {
	play(t, func(s *scene) {
		s.console = newFakeConsole(1, 1)
		s.connect()
		s.print("x")
		s.path.set(func(p *fakePath) { p.up, p.down = false, false })
		s.wait(21*time.Second + lateContact)
		s.wantRow(0, "r")
		s.path.set(func(p *fakePath) { p.up, p.down = true, true })
		s.wait(10 * time.Second)
		s.wantRow(0, "x")
		s.cancel()
		s.wantEnd(time.Second, true, 0)
	})
}

func TestCtrlLRepaints(t *testing.T) {
	play(t, func(s *scene) {
		s.connect()
		s.print("before")
		s.wait(time.Second)
		s.console.written()
		s.typeKeys("\x0c")
		s.wait(time.Second)
		if out := s.console.written(); !strings.Contains(out, "before") {
			t.Errorf("no repaint: %q", out)
		}
		s.wantTyped("\x0c")
		s.cancel()
		s.wantEnd(time.Second, true, 0)
	})
}

func TestEscapeHelpShowsAndGoes(t *testing.T) {
	play(t, func(s *scene) {
		s.connect()
		s.print("\r\n\r\n")
		s.wait(time.Second)
		s.typeKeys("\x1e")
		s.wait(time.Millisecond)
		s.wantRow(0, `roam: "." quits, "s" tells figures, Ctrl`)
		s.wait(commandWait)
		s.wantRow(0, "")
		s.typeKeys("\x1e")
		s.wait(time.Millisecond)
		s.typeKeys("\x1b")
		s.wait(sequenceWait)
		s.wantRow(0, "")
		s.wantTyped("")
		s.cancel()
		s.wantEnd(time.Second, true, 0)
	})
}

func TestTitlePrefix(t *testing.T) {
	for _, c := range []struct {
		name     string
		noPrefix bool
		want     string
	}{{"roam", false, "\x1b]0;[roam] vim\a"}, {"mosh-client", false, "\x1b]0;[mosh] vim\a"}, {"roam", true, "\x1b]0;vim\a"}} {
		play(t, func(s *scene) {
			s.cfg.Name, s.cfg.NoTitlePrefix = c.name, c.noPrefix
			s.connect()
			s.print("\x1b]0;vim\a")
			s.wait(time.Second)
			if out := s.console.written(); !strings.Contains(out, c.want) {
				t.Errorf("%s: wrote %q, want %q in it", c.name, out, c.want)
			}
			s.cancel()
			<-s.ended
			if out := s.console.written(); !c.noPrefix && !strings.Contains(out, "\x1b]0;vim\a") {
				t.Errorf("%s: the prefix stays: %q", c.name, out)
			}
		})
	}
}

// TestNoClipboardQuestion: a server that wants to read the local clipboard gets
// no answer, since the question never reaches the terminal.
func TestNoClipboardQuestion(t *testing.T) {
	play(t, func(s *scene) {
		s.connect()
		s.print("\x1b]52;c;?\ax\x1b]52;c;?\x1b\\y")
		s.wait(time.Second)
		s.print("\x1b]52;c;aGVsbG8=\a")
		s.wait(time.Second)
		out := s.console.written()
		if strings.Contains(out, "52;c;?") {
			t.Errorf("wrote %q", out)
		}
		if !strings.Contains(out, "\x1b]52;c;aGVsbG8=\a") {
			t.Errorf("the clipboard did not arrive: %q", out)
		}
		s.cancel()
		s.wantEnd(time.Second, true, 0)
	})
}

// TestMainScreen: without the alternate screen, what stood there goes into the
// scrollback, and what follows the session stands below its last line.
func TestMainScreen(t *testing.T) {
	play(t, func(s *scene) {
		s.cfg.NoInit = true
		s.console.emu.Write([]byte("older text"))
		s.connect()
		s.print("$ one\r\n$ ")
		s.wait(time.Second)
		s.cancel()
		<-s.ended
		out := s.console.written()
		if strings.Contains(out, "?1049") {
			t.Errorf("switches screens: %q", out)
		}
		if n := strings.Index(out, "\x1b[2J"); strings.Count(out[:n], "\n") != 5 {
			t.Errorf("the old screen is not pushed up: %q", out)
		}
		s.wantRow(0, "$ one")
		s.wantRow(1, "$")
		if c := s.console.emu.Snapshot().Cursor(); c.Row != 2 || c.Col != 0 {
			t.Errorf("the cursor is at %+v", c)
		}
	})
}
