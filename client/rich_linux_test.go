package client

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"roam/terminal"
)

// richCases are what programs write, what of it the user's terminal must get, and
// what undoes it in the end.
var richCases = []struct{ name, program, want, undo string }{
	{"cursor shape", "\x1b[5 q", "\x1b[5 q", "\x1b[0 q"},
	{"palette", "\x1b]4;1;#102030\a", "\x1b]4;1;rgb:10/20/30\a", "\x1b]104\a"},
	{"foreground", "\x1b]10;#102030\a", "\x1b]10;rgb:10/20/30\a", "\x1b]110\a"},
	{"background", "\x1b]11;#102030\a", "\x1b]11;rgb:10/20/30\a", "\x1b]111\a"},
	{"cursor colour", "\x1b]12;#102030\a", "\x1b]12;rgb:10/20/30\a", "\x1b]112\a"},
	{"title and icon", "\x1b]1;small\a\x1b]2;large\a", "\x1b]2;[mosh] large\a", "\x1b[23;0t"},
	{"link", "\x1b]8;;http://example.test/\x1b\\text\x1b]8;;\x1b\\", "\x1b]8;;http://example.test/\x1b\\", "\x1b]8;;\x1b\\"},
	{"kitty keyboard", "\x1b[>5u", "\x1b[=5;1u", "\x1b[<u"},
	{"mouse", "\x1b[?1002h\x1b[?1006h", "\x1b[?1002h\x1b[?1006h", "\x1b[?1002l"},
	{"mouse in pixels", "\x1b[?1003h\x1b[?1016h", "\x1b[?1016h", "\x1b[?1016l"},
	{"focus", "\x1b[?1004h", "\x1b[?1004h", "\x1b[?1004l"},
	{"bracketed paste", "\x1b[?2004h", "\x1b[?2004h", "\x1b[?2004l"},
	{"alternate scroll", "\x1b[?1007h", "\x1b[?1007h", "\x1b[?1007r"},
	{"progress", "\x1b]9;4;1;30\a", "\x1b]9;4;1;30\a", "\x1b]9;4;0\a"},
	{"directory", "\x1b]7;file://host/dir\a", "\x1b]7;file://host/dir\a", ""},
	{"bell", "\a", "\a", ""},
	{"notification", "\x1b]777;notify;title;text\a", "\x1b]777;notify;title;text\x1b\\", ""},
	{"notification in kitty's form", "\x1b]99;i=1:d=0;title\x1b\\\x1b]99;i=1:p=body;text\x1b\\", "\x1b]777;notify;title;text\x1b\\", ""},
	{"clipboard", "\x1b]52;pc;QUJD\a\x1b]52;pc;QUJD\a", "\x1b]52;pc;QUJD\a\x1b]52;pc;QUJD\a", ""},
}

// TestRichOnARealTerminal: what a program sets comes out on the terminal of the
// client's process, and the end undoes it.
func TestRichOnARealTerminal(t *testing.T) {
	for _, test := range richCases {
		t.Run(test.name, func(t *testing.T) {
			s := newUDPServer(t)
			cmd := clientCommand("main", s.key, s.addr().Addr().String(), fmt.Sprint(s.addr().Port()))
			cmd.Env = append(cmd.Env, "TERM=xterm-ghostty", "ROAM_PREDICTION_DISPLAY=never")
			c := startClient(t, cmd, nil)
			s.print("ready")
			c.waitText("ready")
			s.do <- func() {
				opts := s.emu.Options()
				opts.KittyKeys, opts.OtherKeys = true, true
				s.emu.SetOptions(opts)
				s.emu.SetUserTerminal(terminal.UserTerminal{CellWidth: 8, CellHeight: 16})
			}
			s.print(test.program)
			has := func(what string) func(*terminal.Screen, string) bool {
				return func(_ *terminal.Screen, output string) bool { return strings.Contains(output, what) }
			}
			c.waitFor(fmt.Sprintf("%q", test.want), has(test.want))
			s.print("\x1b[Hafter")
			c.waitText("after")
			c.mu.Lock()
			if n := strings.Count(string(c.output), test.want); n != 1 && test.undo == "" {
				t.Errorf("%q comes %d times", test.want, n)
			}
			c.mu.Unlock()
			c.forget()
			c.typeKeys("\x1e.")
			c.wantExit(0)
			c.wantRestored()
			c.waitFor(fmt.Sprintf("%q at the end", test.undo), has(test.undo))
		})
	}
}

// TestPromptMarksOnTheMainScreen: a terminal gets prompt marks where it has a scrollback.
func TestPromptMarksOnTheMainScreen(t *testing.T) {
	for _, noInit := range []bool{true, false} {
		play(t, func(s *scene) {
			s.cfg.NoInit = noInit
			s.connect()
			s.print("\x1b]133;D;3\a\x1b]133;A;k=evil\a$ \x1b]133;B\a")
			s.wait(time.Second)
			out := s.console.written()
			for _, mark := range []string{"\x1b]133;D;3\a", "\x1b]133;A\a$", "\x1b]133;B\a"} {
				if strings.Contains(out, mark) != noInit {
					t.Errorf("without alternate screen %v: %q in %q", noInit, mark, out)
				}
			}
			s.cancel()
			<-s.ended
		})
	}
}

// richModes sets what only a rich screen carries; richUndone is what resets it.
const richModes = "\x1b[>5u\x1b]4;1;#102030\a\x1b]11;#102030\a\x1b[5 q\x1b[?1003h\x1b[?1016h\x1b]9;4;1;30\a"

var richUndone = []string{"\x1b[<u", "\x1b]104\a", "\x1b]111\a", "\x1b[0 q", "\x1b[?1003l", "\x1b[?1016l", "\x1b]9;4;0\a"}

// wantUndone checks that what a program set is reset in the output so far.
func wantUndone(t *testing.T, output string) {
	t.Helper()
	for _, undo := range richUndone {
		if !strings.Contains(output, undo) {
			t.Errorf("%q is missing in %q", undo, output)
		}
	}
}

// TestRichModesAreResetOnSuspend: and set again afterwards.
func TestRichModesAreResetOnSuspend(t *testing.T) {
	play(t, func(s *scene) {
		s.cfg.Terminal, _ = familyTerminal("xterm-ghostty", "")
		opts := s.server.emu.Options()
		opts.KittyKeys = true
		s.server.emu.SetOptions(opts)
		s.server.emu.SetUserTerminal(terminal.UserTerminal{CellWidth: 8, CellHeight: 16})
		s.connect()
		s.print(richModes)
		s.wait(time.Second)
		s.console.written()
		s.typeKeys("\x1b[94;5u\x1b[122;5u") // the escape key and Ctrl-Z, by kitty's protocol
		s.wait(time.Second)
		wantUndone(t, s.console.written())
		s.wait(time.Minute) // the fake stop lasts a minute
		out := s.console.written()
		for _, set := range []string{"\x1b[>0u", "\x1b[=5;1u", "\x1b]4;1;rgb:10/20/30\a", "\x1b]11;rgb:10/20/30\a", "\x1b[5 q", "\x1b[?1016h", "\x1b]9;4;1;30\a"} {
			if !strings.Contains(out, set) {
				t.Errorf("%q is not set again: %q", set, out)
			}
		}
		s.cancel()
		s.wantEnd(time.Second, true, 0)
		wantUndone(t, s.console.written())
	})
}

// TestRichModesAreResetAfterAPanic looks at the terminal of a process with a bug.
func TestRichModesAreResetAfterAPanic(t *testing.T) {
	for _, where := range []string{"reading", "loop"} {
		s := newUDPServer(t)
		cmd := clientCommand(where, s.key, s.addr().String())
		cmd.Env = append(cmd.Env, "TERM=xterm-ghostty", "ROAM_PREDICTION_DISPLAY=never")
		c := startClient(t, cmd, nil)
		opts := terminal.Options{KittyKeys: true}
		s.do <- func() {
			s.emu.SetOptions(opts)
			s.emu.SetUserTerminal(terminal.UserTerminal{CellWidth: 8, CellHeight: 16})
		}
		s.print(richModes + "ready")
		c.waitText("ready")
		c.forget()
		c.typeKeys("boom")
		c.wantExit(7)
		c.wantRestored()
		wantUndone(t, string(c.output))
	}
}
