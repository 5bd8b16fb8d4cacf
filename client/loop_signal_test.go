//go:build unix

package client

import (
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestEverySignalEndsTheSession(t *testing.T) {
	for _, sig := range sessionSignals {
		switch sig {
		case windowSignal, stopSignal, continueSignal:
			continue
		}
		play(t, func(s *scene) {
			s.connect()
			s.signals <- sig
			s.wantEnd(time.Second, true, 0)
		})
	}
}

func TestSecondSignalDoesNotWait(t *testing.T) {
	play(t, func(s *scene) {
		s.connect()
		s.path.set(func(p *fakePath) { p.up = false })
		s.signals <- syscall.SIGTERM
		s.wait(100 * time.Millisecond)
		s.signals <- syscall.SIGTERM
		select {
		case <-s.ended:
		case <-time.After(10 * time.Millisecond):
			t.Error("goes on after a second signal")
		}
		s.wantRestored()
		<-s.ended
	})
}

func TestTerminalGone(t *testing.T) {
	play(t, func(s *scene) {
		s.connect()
		close(s.console.keys)
		s.wantEnd(time.Second, true, 0)
	})
}

func TestSuspendAndResume(t *testing.T) {
	play(t, func(s *scene) {
		s.connect()
		s.print("before")
		s.wait(time.Second)
		s.typeKeys("a\x1e\x1ab")
		s.wait(time.Second)
		s.console.mu.Lock()
		log := strings.Join(s.console.log, " ")
		out := string(s.console.output)
		s.console.output = nil
		s.console.mu.Unlock()
		if log != "raw restore say stop" {
			t.Errorf("on suspend: %s", log)
		}
		if !strings.HasSuffix(out, string(leaveBytes(s))) {
			t.Errorf("modes are left set: %q", out)
		}
		if got := s.console.text(); got != "\n[roam is suspended.]\n" {
			t.Errorf("said %q", got)
		}
		s.wait(time.Minute) // the fake stop lasts a minute
		s.wantTyped("ab")
		s.wantRow(0, "before")
		if !s.console.isRaw() {
			t.Error("not in raw mode after SIGCONT")
		}
		if out := s.console.written(); !strings.Contains(out, "before") || !strings.Contains(out, "\x1b[?1h") {
			t.Errorf("no repaint: %q", out)
		}
		s.cancel()
		s.wantEnd(time.Second, true, 0)
	})
}

// TestContinuedAfterAStop: SIGSTOP cannot be caught; the SIGCONT behind it can.
func TestContinuedAfterAStop(t *testing.T) {
	play(t, func(s *scene) {
		s.connect()
		s.print("before")
		s.wait(time.Second)
		s.console.written()
		s.signals <- continueSignal
		s.wait(time.Second)
		if out := s.console.written(); !strings.Contains(out, "before") {
			t.Errorf("no repaint: %q", out)
		}
		s.signals <- stopSignal
		s.wait(time.Second)
		if s.console.isRaw() {
			t.Error("SIGTSTP does not suspend")
		}
		s.wait(time.Minute)
		s.cancel()
		s.wantEnd(time.Second, true, 0)
	})
}
