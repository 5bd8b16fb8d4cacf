package doctor

import (
	"context"
	"slices"
	"time"

	"roam/bootstrap"
	"roam/server"
	"roam/sessions"
)

// hearingTime is how long a second log-in may take, which asks the server what it heard.
const hearingTime = 20 * time.Second

// Examine logs in to the host of c once, as a session would, asks it what it is like and
// measures the path to a server there, which ends with it. If that does not answer, a
// second log-in asks roam's server whether it heard anything, and ends it. An error is
// ctx's; all others are in the facts.
func Examine(ctx context.Context, c bootstrap.SSHConfig) (HostFacts, error) {
	h := HostFacts{Host: c.Host, Ports: c.Program.Ports}
	c.Facts = &h.Said
	c.Program.Shell, c.Program.Argv, c.Program.Expiry = "", probeCommand(), "1m"
	began := time.Now()
	end, err := bootstrap.SSH(ctx, c)
	h.Login, h.Err = time.Since(began), err
	if ctx.Err() != nil || err != nil {
		return h, ctx.Err()
	}
	defer end.Key.Erase()
	h.Port = end.Addr.Port()
	if h.UDP, err = Probe(ctx, end); err != nil {
		h.UDP.Refused = err.Error()
	}
	if len(h.UDP.Answered) == 0 {
		h.Heard = hearing(ctx, c)
	}
	return h, ctx.Err()
}

// hearing asks the server of the session that c has started what it has heard, and ends it.
func hearing(ctx context.Context, c bootstrap.SSHConfig) Hearing {
	ctx, cancel := context.WithTimeout(ctx, hearingTime)
	defer cancel()
	found, err := sessions.List(ctx, c)
	i := slices.IndexFunc(found, func(s server.Status) bool { return slices.Equal(s.Command, c.Program.Argv) })
	if err != nil || i < 0 {
		return HearingUnknown
	}
	sessions.End(ctx, c, []int{found[i].PID}) // if that fails, it ends by itself
	if found[i].LastContact.IsZero() {
		return HeardNothing
	}
	return HeardUs
}
