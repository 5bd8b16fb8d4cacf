//go:build linux

package e2e

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
)

// TestEnds ends sessions in every way, in every pairing: what the client says, its
// exit status, that the terminal is as it was, and that the server is gone too.
func TestEnds(t *testing.T) {
	const shell = `PS1='ready> ' exec sh -i`
	tests := []struct {
		name   string
		how    func(c *client, s *server)
		status int    // exit status of the client
		says   string // pattern on the screen afterwards
		roam   int    // status where both ends are roam's, which tell it
		roamly string // and what is said then; "" for the same
	}{
		{name: "exit 0", how: func(c *client, _ *server) { c.enter("exit\r") }, says: `is exiting\.\]`},
		{name: "exit 7", how: func(c *client, _ *server) { c.enter("exit 7\r") }, says: `is exiting\.\]`,
			roam: 7, roamly: "^roam client: session ended with exit status 7$"},
		{name: "program killed", how: func(c *client, _ *server) { c.enter("kill -9 $$\r") }, says: `is exiting\.\]`,
			roam: 137, roamly: "^roam client: session ended: the remote program was killed by signal KILL$"},
		{name: "quit key", how: func(c *client, _ *server) { c.enter("\x1e.") }, says: `is exiting\.\]`},
		{name: "client TERM", how: func(c *client, _ *server) { c.cmd.Process.Signal(syscall.SIGTERM) }, says: `is exiting\.\]`},
		{name: "client HUP", how: func(c *client, _ *server) { c.cmd.Process.Signal(syscall.SIGHUP) }, says: `is exiting\.\]`},
		{name: "server TERM", how: func(_ *client, s *server) { syscall.Kill(s.pid, syscall.SIGTERM) }, says: `is exiting\.\]`,
			roamly: "^roam client: the server ended the session: "},
		{name: "server USR1", how: func(_ *client, s *server) { syscall.Kill(s.pid, syscall.SIGUSR1) }, says: `is exiting\.\]`,
			roamly: "^roam client: the server ended the session: "},
	}
	for i, p := range ours {
		for _, bad := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v,bad=%v", p, bad), func(t *testing.T) {
				t.Parallel()
				for _, tt := range tests {
					if bad && (p.client == stock || p.server == stock) {
						continue // a stock end may miss the answer to its last word, and says so
					}
					t.Run(tt.name, func(t *testing.T) {
						s := p.startServer(t, cleanEnv(t.TempDir()), "sh", "-c", shell)
						r := newRelay(t, s.addr, uint64(i))
						c := p.startClient(t, s, r.port())
						c.expect("^ready>")
						r.set(bad, false)
						tt.how(c, s)
						status, says := tt.status, tt.says
						if p == (pairing{roam, roam}) {
							status = tt.roam
							if tt.roamly != "" {
								says = tt.roamly
							}
						}
						c.ends(status)
						c.expect(says)
						c.until(func() bool { return !alive(s.pid) }, func() string { return "the server goes on" })
					})
				}
			})
		}
	}
}

// TestServerIsKilled kills the server: the client goes on, says so, and can be quit.
func TestServerIsKilled(t *testing.T) {
	for _, p := range ours {
		if p.client == stock {
			continue // what a stock client says is not ours to test
		}
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			s := p.startServer(t, cleanEnv(t.TempDir()), "sh", "-c", `PS1='ready> ' exec sh -i`)
			c := p.startClient(t, s, int(s.addr.Port()))
			c.expect("^ready>")
			syscall.Kill(s.pid, syscall.SIGKILL)
			c.expect(`Last contact \d+ seconds ago.*refused`)
			c.enter("typed in vain")
			c.enter("\x1e.")
			c.ends(1)
			c.expect("error: the server did not confirm the end of the session")
		})
	}
}

// TestClientIsKilled kills clients at any moment: the server and its program go on.
func TestClientIsKilled(t *testing.T) {
	for _, p := range ours {
		if p.server == stock {
			continue
		}
		for _, moment := range []string{"at once", "after the first screen", "while output comes", "while typing"} {
			t.Run(p.String()+" "+moment, func(t *testing.T) {
				t.Parallel()
				rec := newRecorder(t)
				s := p.startServer(t, cleanEnv(t.TempDir()), "sh", "-c",
					`stty -icanon -echo; echo ready; i=0; while read x; do echo "$x" >>`+rec.file+`; while [ $i -lt 3000 ]; do i=$((i+1)); echo $i; done; done`)
				c := p.startClient(t, s, int(s.addr.Port()))
				switch moment {
				case "at once":
				case "while output comes":
					c.expect("^ready$")
					c.enter("go\n")
				case "while typing":
					c.expect("^ready$")
					c.enter(strings.Repeat("typed\n", 100))
				default:
					c.expect("^ready$")
				}
				c.cmd.Process.Kill()
				<-c.exited
				// Told to end, a server without a client does so, after it has lived on so far.
				if !alive(s.pid) {
					t.Fatal("the server died with its client")
				}
				before := memory(t, s.pid, "Rss")
				syscall.Kill(s.pid, syscall.SIGTERM)
				syscall.Kill(s.pid, syscall.SIGTERM) // the second does not wait for the client
				c.until(func() bool { return !alive(s.pid) }, func() string { return "the server does not obey SIGTERM" })
				if before > 64<<10 {
					t.Errorf("the server took %d kB", before)
				}
			})
		}
	}
}
