//go:build unix

package server

import (
	"fmt"
	"log/syslog"
	"net/netip"
	"os"
	"syscall"
	"time"
)

// Where the helper that may write the list of logins (utmp) lives. It is setgid
// or setuid, so that we need not be.
var utempterPaths = []string{
	"/usr/lib/x86_64-linux-gnu/utempter/utempter",
	"/usr/lib/aarch64-linux-gnu/utempter/utempter",
	"/usr/lib/utempter/utempter",
	"/usr/lib64/utempter/utempter",
	"/usr/libexec/utempter/utempter",
}

// registryWait is how long the end of a session waits for its last entry.
const registryWait = time.Second

// A registry tells the system who is logged in: by utempter where the system has
// it, and by syslog where somebody listens, as stock does where it was built so.
// Both may be slow, and neither matters to the session: a goroutine of its own does
// them, and what it cannot keep up with is left out.
type registry struct {
	entries  chan netip.Addr // where the client is
	finished chan struct{}
	patience time.Duration // how long close waits
}

// detached is what note takes for a client that is gone.
var detached netip.Addr

// newRegistry enters a session on the terminal master and starts the goroutine.
func newRegistry(user string, master *os.File, helper string, spawn func(func())) *registry {
	r := &registry{entries: make(chan netip.Addr, 4), finished: make(chan struct{}), patience: registryWait}
	spawn(func() {
		defer close(r.finished)
		r.run(user, master, helper)
	})
	return r
}

// note enters that a client came from peer; an invalid address says that it is
// gone.
func (r *registry) note(peer netip.Addr) {
	select {
	case r.entries <- peer:
	default: // the goroutine is stuck: the next entry says more
	}
}

// close removes the session from the list of logins.
func (r *registry) close() {
	close(r.entries)
	select {
	case <-r.finished:
	case <-time.After(r.patience):
	}
}

func (r *registry) run(user string, master *os.File, helper string) {
	log, err := syslog.New(syslog.LOG_AUTH|syslog.LOG_INFO, "roam")
	say := func(format string, args ...any) {
		if err == nil {
			fmt.Fprintf(log, "user %s "+format, append([]any{user}, args...)...)
		}
	}
	say("session begin")
	for peer := range r.entries {
		name := fmt.Sprintf("mosh [%d]", os.Getpid())
		if peer.IsValid() {
			name = fmt.Sprintf("%s via mosh [%d]", peer.Unmap(), os.Getpid())
			say("connected from host: %s", peer.Unmap())
		}
		utempter(helper, master, "add", name)
	}
	utempter(helper, master, "del")
	say("session end")
	if err == nil {
		log.Close()
	}
}

// utempter runs the helper, which looks at the terminal that is its standard input.
// Nothing depends on its success. os/exec would make the terminal's descriptor a
// blocking one.
func utempter(helper string, master *os.File, args ...string) {
	if helper == "" {
		return
	}
	conn, err := master.SyscallConn()
	if err != nil {
		return
	}
	conn.Control(func(fd uintptr) {
		pid, _, err := syscall.StartProcess(helper, append([]string{helper}, args...), &syscall.ProcAttr{
			Env: []string{}, Files: []uintptr{fd, fd, fd},
		})
		if err == nil {
			var status syscall.WaitStatus
			syscall.Wait4(pid, &status, 0, nil)
		}
	})
}

// findUtempter returns the path of the helper; "" if the system has none.
func findUtempter() string {
	for _, path := range utempterPaths {
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return ""
}
