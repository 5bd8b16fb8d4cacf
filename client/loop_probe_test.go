package client

import (
	"strings"
	"testing"
	"time"

	"roam/session"
	"roam/terminal"
)

// likeKitty makes the scene's terminal answer as one with clusters, the kitty keyboard
// protocol and colours of its own, each answer after a delay.
func (s *scene) likeKitty(delay time.Duration) {
	s.cfg.Probe = ProbeFull
	s.console.emu = terminal.New(40, 5, terminal.Options{KittyKeys: true, Clusters: true, Version: "kitty(0.42.1)"})
	s.console.emu.Write([]byte("\x1b[?2027h"))
	s.console.emu.SetUserTerminal(lightLook)
	s.console.answer = func(b []byte) {
		time.AfterFunc(delay, func() { s.console.keys <- b })
	}
}

// lightLook is of a terminal with dark letters on white.
var lightLook = terminal.UserTerminal{
	CellWidth: 8, CellHeight: 16, Scheme: terminal.SchemeLight,
	Colors: terminal.Colors{Fg: terminal.RGB(0, 0, 0), Bg: terminal.RGB(255, 255, 240)},
}

// finish ends the session.
func (s *scene) finish() {
	s.cancel()
	<-s.ended
	s.wait(time.Second)
}

// told returns what the server knows of the terminal.
func (s *scene) told() (u session.UserTerminal) {
	s.t.Helper()
	s.ask(func() {
		in, _ := s.server.tr.Remote()
		if in.UserTerminal() != nil {
			u = *in.UserTerminal()
		}
	})
	return u
}

func TestServerHearsOfTerminal(t *testing.T) {
	for name, delay := range map[string]time.Duration{"at once": time.Millisecond, "after the first frame": 100 * time.Millisecond, "late": 2 * time.Second} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *scene) {
				s.likeKitty(delay)
				s.server.emu = terminal.New(40, 5, terminal.Options{Clusters: true})
				s.begin()
				for i := range 40 { // typed meanwhile
					s.wait(20 * time.Millisecond)
					s.typeKeys([]string{"k", "\x1b[A", "\x1b"}[i%3])
				}
				s.print("\x1b[H\x1b[4:3mcurly\x1b[m \x1b[?2027h👩‍👩‍👧.")
				s.wait(5 * time.Second)
				s.wantTyped(strings.Repeat("k\x1b[A\x1b", 13) + "k")
				u := s.told()
				want := session.AbleClipboard | session.AbleNotify | session.AbleClusters | session.AbleKittyKeys
				if u.Look != lightLook || u.Abilities != want || u.Colors != 1<<24 {
					t.Errorf("the server knows %+v", u)
				}
				s.wantRow(0, "curly 👩‍👩‍👧.")
				if out := s.console.written(); !strings.Contains(out, "\x1b[4:3m") || !strings.Contains(out, "\x1b[?2026h") {
					t.Errorf("the curl or the bracket is missing in %q", out)
				}
				s.finish()
				s.wantRestoredKitty()
			})
		})
	}
}

// wantRestoredKitty checks that the terminal is as a program finds it.
func (s *scene) wantRestoredKitty() {
	s.t.Helper()
	m := s.console.emu.Snapshot().Modes()
	if m.KittyKeys != 0 || m.Mouse != 0 || m.BracketedPaste || s.console.isRaw() {
		s.t.Errorf("the terminal is left with %+v", m)
	}
	s.console.emu.Write([]byte("\x1b[?2031$p"))
	if r := string(s.console.emu.Replies()); r != "\x1b[?2031;2$y" {
		s.t.Errorf("colour scheme reports are left as %q", r)
	}
}

// The scheme of the terminal changes during the session.
func TestServerHearsOfScheme(t *testing.T) {
	play(t, func(s *scene) {
		s.likeKitty(time.Millisecond)
		s.connect()
		if got := s.told().Look.Scheme; got != terminal.SchemeLight {
			t.Fatalf("the scheme is %v", got)
		}
		dark := terminal.UserTerminal{Scheme: terminal.SchemeDark}
		dark.Colors.Bg = terminal.RGB(1, 2, 3)
		s.console.mu.Lock()
		s.console.emu.SetUserTerminal(dark)
		report := s.console.emu.Replies()
		s.console.mu.Unlock()
		if string(report) != "\x1b[?997;1n" {
			t.Fatalf("the terminal says %q: mode 2031 is not set", report)
		}
		s.console.keys <- report
		s.wait(time.Second)
		if got := s.told().Look; got.Scheme != terminal.SchemeDark || got.Colors.Bg != dark.Colors.Bg {
			t.Errorf("the server knows %+v", got)
		}
		s.wantTyped("")
		s.finish()
	})
}

// A terminal that says nothing delays nothing, and the server hears what terminfo knows.
func TestMuteTerminal(t *testing.T) {
	play(t, func(s *scene) {
		s.cfg.Probe = ProbeFull
		s.begin()
		s.print("hello")
		s.wait(100 * time.Millisecond)
		s.wantRow(0, "hello")
		s.typeKeys("\x1b")
		s.wait(100 * time.Millisecond)
		s.wantTyped("\x1b")
		if u := s.told(); u.Colors != 0 {
			t.Errorf("after 200 ms the server knows %+v already", u)
		}
		s.wait(500 * time.Millisecond)
		if u := s.told(); u.Colors != 256 || u.Look != (terminal.UserTerminal{}) {
			t.Errorf("the server knows %+v", u)
		}
		s.finish()
	})
}

// A session that is over before the terminal has answered leaves no answer behind.
func TestAnswersAfterTheEnd(t *testing.T) {
	play(t, func(s *scene) {
		s.likeKitty(150 * time.Millisecond)
		s.begin()
		s.wait(50 * time.Millisecond)
		s.finish()
		if n := len(s.console.keys); n > 0 {
			t.Errorf("%d answers are left for the shell, the first is %q", n, <-s.console.keys)
		}
		s.wantRestoredKitty()
	})
}

// Nothing is asked unless it was asked for, and the clipboard that is off is not offered.
func TestProbeOff(t *testing.T) {
	play(t, func(s *scene) {
		s.cfg.Clipboard = ClipboardOff
		s.console.answer = func(b []byte) { t.Errorf("the terminal was made to answer %q", b) }
		s.connect()
		if u := s.told(); u.Abilities&session.AbleClipboard != 0 || u.Colors != 256 {
			t.Errorf("the server knows %+v", u)
		}
		s.finish()
	})
}

func TestProbeMode(t *testing.T) {
	for _, c := range []struct {
		name string
		env  []string
		term string
		want ProbeMode
	}{
		{"roam", nil, "xterm-256color", ProbeFull},
		{"roam client", nil, "tmux-256color", ProbeFull},
		{"mosh-client", nil, "xterm-256color", ProbeOff},
		{"mosh", nil, "xterm-256color", ProbeOff},
		{"roam", nil, "linux", ProbeOff},
		{"roam", nil, "vt220", ProbeOff},
		{"roam", nil, "dumb", ProbeOff},
		{"roam", []string{"ROAM_PROBE=off"}, "xterm", ProbeOff},
		{"roam", []string{"ROAM_PROBE=on"}, "xterm", ProbeFull},
		{"roam", []string{"TERM_PROGRAM=Apple_Terminal"}, "xterm-256color", ProbeBasic},
		{"roam", []string{"STY=1.pts"}, "screen", ProbeBasic},
	} {
		cfg := Config{Name: c.name}
		if got := cfg.probeMode(environ(c.env...), c.term); got != c.want {
			t.Errorf("%s on %s with %v: %v, want %v", c.name, c.term, c.env, got, c.want)
		}
	}
}

// TestServerHearsOfPixels: what the system knows of the window's pixels counts, from the
// first to each change; where it knows nothing, what the terminal answered, of which a
// cell keeps its size when the window gets another.
func TestServerHearsOfPixels(t *testing.T) {
	for _, c := range []struct {
		name  string
		sizes [][4]int // columns, rows and pixels of the window
		probe bool     // the terminal says 8 by 16
		want  [][2]int // what is told of a cell
	}{
		{"the system's", [][4]int{{40, 5, 360, 90}, {40, 5, 400, 100}, {80, 10, 800, 200}, {80, 10, 0, 0}}, false, [][2]int{{9, 18}, {10, 20}, {10, 20}, {0, 0}}},
		{"the terminal's", [][4]int{{40, 5, 0, 0}, {80, 10, 0, 0}}, true, [][2]int{{8, 16}, {8, 16}}},
		{"both", [][4]int{{40, 5, 363, 95}, {30, 5, 0, 0}}, true, [][2]int{{9, 19}, {8, 16}}},
		{"too few", [][4]int{{40, 5, 39, 5}}, false, [][2]int{{0, 0}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			play(t, func(s *scene) {
				if c.probe {
					s.likeKitty(time.Millisecond)
				}
				for i, size := range c.sizes {
					s.console.mu.Lock()
					s.console.cols, s.console.rows, s.console.width, s.console.height = size[0], size[1], size[2], size[3]
					s.console.emu.Resize(size[0], size[1])
					s.console.mu.Unlock()
					if i == 0 {
						s.begin()
					} else {
						s.signals <- windowSignal
					}
					s.wait(2 * time.Second)
					if u := s.told(); [2]int{u.Look.CellWidth, u.Look.CellHeight} != c.want[i] {
						t.Errorf("in a window of %v the server knows of cells of %d by %d, want %v", size, u.Look.CellWidth, u.Look.CellHeight, c.want[i])
					}
				}
				s.finish()
			})
		})
	}
}
