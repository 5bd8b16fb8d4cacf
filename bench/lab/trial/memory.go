package trial

import (
	"context"
	"fmt"
	"time"

	"roam/bench/lab/netpath"
)

// Memory opens n sessions of the trial's system, leaves them alone for a time of
// idle, and records per session what they occupy and send. Its workloads are not
// run.
func (t Trial) Memory(ctx context.Context, n int, idle time.Duration) error {
	const name, settle = "mem", 5 * time.Second
	return t.onPath(ctx, func(h *host) error {
		s := &session{Trial: t, path: h.path, host: h}
		skip := map[int]bool{} // a daemon of all sessions is none of them
		for _, pid := range netpath.PIDs(h.path.ServerNS) {
			skip[pid] = true
		}
		h.path.SetWays(t.Scenario.Up, t.Scenario.Down)
		for i := range n {
			screen, err := h.open()
			if err != nil {
				return s.failed(name, fmt.Errorf("session %d: %w", i+1, err))
			}
			screen.Send("ls /\r", nil) // there is something on the screen
		}
		time.Sleep(settle)
		pids := func() (servers, clients []int) {
			return pidsOf(h.path.ServerNS, t.System.ServerProgram, skip), pidsOf(h.path.ClientNS, t.System.ClientProgram, nil)
		}
		servers, clients := pids()
		m := mark{netpath.Now(), h.path.Counts(), use(servers), use(clients)}
		h.path.Lateness()
		select {
		case <-time.After(idle):
		case <-ctx.Done():
			return nil
		}
		sum := s.end(m)
		servers, clients = pids()
		sum.ServerCPU = (use(servers).cpu - m.server.cpu).Seconds() // without the daemon
		if len(servers) < n || len(clients) < n {
			return s.failed(name, fmt.Errorf("trial: %d servers and %d clients are left of %d sessions", len(servers), len(clients), n))
		}
		sum.addMemory(servers, clients, n)
		s.record(name, nil, sum)
		return nil
	})
}

// addMemory adds what the processes of n sessions occupy, in kB a session.
func (sum *Sum) addMemory(servers, clients []int, n int) {
	per := func(kB int) float64 { return float64(kB) / float64(n) }
	sum.Values["sessions"] = float64(n)
	sum.Values["servers"] = float64(len(servers))
	for end, pids := range map[string][]int{"server": servers, "client": clients} {
		m := memoryOf(pids)
		sum.Values[end+"_rss_kb"], sum.Values[end+"_pss_kb"] = per(m.resident), per(m.proportional)
		sum.Values[end+"_uss_kb"], sum.Values[end+"_anonymous_kb"] = per(m.unique), per(m.anonymous)
	}
}
