package doctor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"roam/bootstrap"
	"roam/install"
	"roam/server"
	"roam/sessions"
)

// fresh is how long ago a server that is heard no more may have heard its client: that one
// tries each second or more often, and ssh takes some to ask.
const fresh = 10 * time.Second

// Diagnose says in a sentence which hop keeps the server on a port of c's host from being
// heard, with the command that mends it, or "" if that cannot be found out. It logs in
// by ssh, if that asks for nothing, and touches no terminal.
func Diagnose(ctx context.Context, c bootstrap.SSHConfig, port uint16) string {
	h := HostFacts{Host: c.Host, Port: port, Ports: c.Program.Ports, UDP: &Measurement{}}
	c.Facts = &h.Said
	// Nor may a jump host's ssh ask, which has no option of ours: it asks a program, and
	// that says no.
	env := append(os.Environ(), "SSH_ASKPASS=false", "SSH_ASKPASS_REQUIRE=force")
	c.Console = bootstrap.Console{Noise: io.Discard, Stderr: io.Discard, Environ: env}
	// What asks, waits or stays behind is of no use here. The first of ssh's options counts.
	c.Options = slices.Concat([]string{"-o", "BatchMode=yes", "-o", "ControlMaster=no", "-o", "ConnectTimeout=10"}, c.Options)
	c.Pty = false
	if c.Install != nil { // it finds what was put there, and says nothing
		quiet := *c.Install
		quiet.Mode, quiet.In, quiet.Out, quiet.Notef = install.Never, nil, nil, func(string, ...any) {}
		c.Install = &quiet
	}
	found, err := sessions.List(ctx, c)
	return h.diagnosis(found, err)
}

// diagnosis judges what a second log-in brought.
func (h HostFacts) diagnosis(found []server.Status, err error) string {
	var ssh *bootstrap.SSHError
	switch {
	case errors.As(err, &ssh) && len(h.Said) == 0:
		for _, words := range []string{"timed out", "No route to host", "unreachable", "Could not resolve"} {
			if last := strings.Join(ssh.Stderr, " "); strings.Contains(last, words) {
				return fmt.Sprintf("ssh does not reach %s either (%s): the network or the host is down", h.Host, strings.TrimPrefix(ssh.Stderr[len(ssh.Stderr)-1], "ssh: "))
			}
		}
		return ""
	case len(h.Said) == 0:
		return ""
	}
	i := slices.IndexFunc(found, func(s server.Status) bool { return s.Port == int(h.Port) })
	lead := fmt.Sprintf("ssh answers, UDP to port %d does not come back: ", h.Port)
	switch {
	case err == nil && i < 0:
		return "ssh answers, and no session has UDP port " + strconv.Itoa(int(h.Port)) + " there any more: the server has ended"
	case err == nil && !found[i].LastContact.IsZero() && h.now().Sub(found[i].LastContact) < fresh:
		return lead + "the server hears this machine, and its answers are dropped"
	}
	text := lead + "a firewall drops it"
	if f := h.udp(); f.Mend != "" {
		text += "; on the server: " + f.Mend
	}
	return text
}

// now returns what the host's clock said.
func (h HostFacts) now() time.Time {
	seconds, err := strconv.ParseInt(h.say(bootstrap.FactClock, ""), 10, 64)
	if err != nil {
		return time.Now()
	}
	return time.Unix(seconds, 0)
}
