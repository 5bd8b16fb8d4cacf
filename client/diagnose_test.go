package client

import (
	"context"
	"strings"
	"testing"
	"time"
)

// TestDiagnosisOfASilentStart: once the user was told that there is no answer, somebody
// looks why, and says so beside that.
func TestDiagnosisOfASilentStart(t *testing.T) {
	play(t, func(s *scene) {
		s.cfg.Diagnose = func(context.Context) string { return "the firewall drops it" }
		s.path.set(func(p *fakePath) { p.up = false })
		s.begin()
		s.wait(waitNotice - time.Millisecond)
		if strings.Contains(s.console.text(), "firewall drops") {
			t.Error("it is said too soon")
		}
		s.wait(time.Second)
		if got := s.console.text(); strings.Count(got, "roam: the firewall drops it\n") != 1 {
			t.Errorf("said %q", got)
		}
		s.wait(20 * time.Second)
		s.wantEnd(time.Second, false, 1)
	})
}

// TestDiagnosisOfAnOutage: it shows in the notice line, once for each outage, and goes
// with it; what comes when contact is back is of no use.
func TestDiagnosisOfAnOutage(t *testing.T) {
	play(t, func(s *scene) {
		asked := 0
		s.cfg.Diagnose = func(context.Context) string {
			if asked++; asked == 2 {
				time.Sleep(diagnoseTime / 2)
			}
			return "UDP to port 60001 does not come back: a firewall drops it; on the server: sudo ufw allow 60001:60999/udp"
		}
		s.console = newFakeConsole(40, 10)
		s.connect()
		s.wait(time.Second)
		shows := func() (rows string) {
			for i := range 10 {
				rows += s.console.row(i) + "\n"
			}
			return rows
		}
		for outage := 1; outage <= 2; outage++ {
			s.path.set(func(p *fakePath) { p.up, p.down = false, false })
			s.typeKeys("x")
			s.wait(diagnoseAfter + 5*time.Second)
			shown := strings.Contains(shows(), "\nUDP to port 60001 does not come back: a\nfirewall drops it; on the server: sudo\nufw allow 60001:60999/udp\n")
			if asked != outage || shown != (outage == 1) {
				t.Errorf("outage %d: asked %d times, the notice is %q", outage, asked, shows())
			}
			s.path.set(func(p *fakePath) { p.up, p.down = true, true })
			s.wait(20 * time.Second)
			if rows := shows(); strings.Contains(rows, "UDP") {
				t.Errorf("the notice stays: %q", rows)
			}
		}
		s.cancel()
		s.wantEnd(time.Second, true, 0)
	})
}

// TestDiagnosisEndsWithTheSession: one that hangs is stopped.
func TestDiagnosisEndsWithTheSession(t *testing.T) {
	play(t, func(s *scene) {
		ended := false
		s.cfg.Diagnose = func(ctx context.Context) string { <-ctx.Done(); ended = true; return "" }
		s.connect()
		s.path.set(func(p *fakePath) { p.up, p.down = false, false })
		s.typeKeys("x")
		s.wait(diagnoseAfter + 5*time.Second)
		s.path.set(func(p *fakePath) { p.up, p.down = true, true })
		s.cancel()
		s.wantEnd(5*time.Second, true, 0)
		if !ended {
			t.Error("it goes on")
		}
	})
}
