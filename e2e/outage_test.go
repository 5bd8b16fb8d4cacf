//go:build linux

package e2e

import (
	"fmt"
	"syscall"
	"testing"
	"time"
)

// outage is how long the network is away in one test: a real minute.
const outage = time.Minute

// TestOutage takes the network away for a minute, in which the user types and the
// address changes: the client says so, and what was typed arrives once and in order.
func TestOutage(t *testing.T) {
	for i, p := range ours {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			rec := newRecorder(t)
			s := p.startServer(t, cleanEnv(t.TempDir()), rec.command()...)
			r := newRelay(t, s.addr, uint64(i))
			c := p.startClient(t, s, r.port())
			c.expect("RECORDING")
			sent := "before "
			c.enter(sent)
			rec.expect(c, sent)

			r.set(false, true)
			back := time.NewTimer(outage)
			defer back.Stop()
			typing := time.NewTicker(time.Second)
			defer typing.Stop()
		away:
			for n := 0; ; n++ {
				select {
				case <-typing.C:
					piece := fmt.Sprintf("typed %d; ", n)
					sent += piece
					c.enter(piece)
					switch n {
					case 15:
						c.expect(`(?i)last contact \d+ seconds ago`)
					case 30:
						r.rebind()
						c.resize(90, 30)
					}
				case <-back.C:
					break away
				}
			}
			if got := rec.got(); got != "before " {
				t.Fatalf("%q came through a network that is away", got)
			}
			r.set(false, false)
			rec.expect(c, sent)
			sent += "after"
			c.enter("after")
			rec.expect(c, sent)
			c.until(func() bool { return !lines(`(?i)last contact`).MatchString(c.text()) }, func() string { return "the notice stays" })
		})
	}
}

// TestAddressChanges gives the client other addresses, as a NAT does that forgets,
// while keys are typed on a bad network.
func TestAddressChanges(t *testing.T) {
	for i, p := range ours {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			rec := newRecorder(t)
			s := p.startServer(t, cleanEnv(t.TempDir()), rec.command()...)
			r := newRelay(t, s.addr, uint64(i))
			c := p.startClient(t, s, r.port())
			c.expect("RECORDING")
			r.set(true, false)
			sent := ""
			for n := range 10 {
				r.rebind()
				piece := fmt.Sprintf("key %d; ", n)
				sent += piece
				c.enter(piece)
				rec.expect(c, sent)
			}
		})
	}
}

// TestStopped stops either process for a while, as a laptop's lid does.
func TestStopped(t *testing.T) {
	for _, p := range ours {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			rec := newRecorder(t)
			s := p.startServer(t, cleanEnv(t.TempDir()), rec.command()...)
			c := p.startClient(t, s, int(s.addr.Port()))
			c.expect("RECORDING")

			syscall.Kill(s.pid, syscall.SIGSTOP)
			c.enter("to a stopped server ")
			c.expect(`(?i)last contact \d+ seconds ago`)
			syscall.Kill(s.pid, syscall.SIGCONT)
			sent := "to a stopped server "
			rec.expect(c, sent)

			c.cmd.Process.Signal(syscall.SIGSTOP)
			c.until(func() bool { return stopped(c.cmd.Process.Pid) }, func() string { return "does not stop" })
			c.enter("to a stopped client ")
			c.resize(100, 40)
			c.cmd.Process.Signal(syscall.SIGCONT)
			sent += "to a stopped client "
			rec.expect(c, sent)
			c.until(func() bool { return !lines(`(?i)last contact`).MatchString(c.text()) }, func() string { return "the notice stays" })
		})
	}
}
