// Package netpath joins two network namespaces by a pair of TUN devices and
// forwards packets between them in user space, with delay, loss, bottlenecks,
// outages and changes of address. It needs root. What it makes is named after the
// process and is removed by Close.
package netpath

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// ServerIP is the server's address on every path: one of RFC 1918's, which only the
// two namespaces know.
const ServerIP = "10.99.1.2"

const (
	clientFormat = "10.99.0.%d" // of the client; firstHost first, the next after each change
	firstHost    = 2
	lastHost     = 254
	device       = "lab0" // in both namespaces
)

// A Path is two namespaces and what lies between them. Its methods may be called
// from any goroutine, but for Roam and Close, which are its owner's.
type Path struct {
	ClientNS, ServerNS string

	tunClient, tunServer int
	up, down             *link
	running              sync.WaitGroup
	closing              sync.Once

	host      int          // last octet of the client's address
	darkUntil atomic.Int64 // Now before which nothing passes
	nat       atomic.Int64 // last octet that the server sees instead of firstHost; 0 for none
}

var made atomic.Int32 // Paths of this process, for their names

// New makes a Path with the scenario's ways. An error says what to install or
// that root is needed.
func New(sc Scenario) (p *Path, err error) {
	id := fmt.Sprintf("lab%d-%d", os.Getpid(), made.Add(1))
	p = &Path{ClientNS: id + "c", ServerNS: id + "s", host: firstHost, tunClient: -1, tunServer: -1}
	defer func() {
		if err != nil {
			p.Close()
		}
	}()
	if p.tunClient, err = newNamespace(p.ClientNS, p.ClientIP()); err != nil {
		return p, err
	}
	if p.tunServer, err = newNamespace(p.ServerNS, ServerIP); err != nil {
		return p, err
	}
	if p.up, err = newLink(p, p.tunClient, p.tunServer, sc.Up, sc.Seed*2+1); err != nil {
		return p, err
	}
	if p.down, err = newLink(p, p.tunServer, p.tunClient, sc.Down, sc.Seed*2); err != nil {
		return p, err
	}
	p.up.toServer = true
	p.running.Add(2)
	go p.up.run(&p.running)
	go p.down.run(&p.running)
	return p, nil
}

// ClientIP returns the address that the client's interface has.
func (p *Path) ClientIP() string { return fmt.Sprintf(clientFormat, p.host) }

// SetWays changes both directions at once.
func (p *Path) SetWays(up, down Way) {
	p.up.set(up)
	p.down.set(down)
}

// Outage makes the path dead for d from now on, with all that is under way.
func (p *Path) Outage(d time.Duration) { p.darkUntil.Store(Now() + int64(d)) }

func (p *Path) dark(now int64) bool { return now < p.darkUntil.Load() }

// A Move is a way in which a client's address changes.
type Move uint8

// The moves.
const (
	Stay   Move = iota
	Roam        // the client's interface gets another address
	Rebind      // a NAT in the path takes another one, which the client cannot see
)

// Move changes the client's address. A Path has one kind of moves only.
func (p *Path) Move(m Move) error {
	if m == Stay {
		return nil
	}
	if p.host == lastHost {
		return fmt.Errorf("netpath: no address is left after %s", p.ClientIP())
	}
	old := p.ClientIP()
	p.host++
	if m == Rebind {
		p.nat.Store(int64(p.host))
		return nil
	}
	if err := ip("-n", p.ClientNS, "addr", "add", p.ClientIP()+"/32", "dev", device); err != nil {
		return err
	}
	return ip("-n", p.ClientNS, "addr", "del", old+"/32", "dev", device)
}

// Command returns a command that runs inside the namespace ns.
func Command(ns string, argv ...string) *exec.Cmd {
	return exec.Command("ip", append([]string{"netns", "exec", ns}, argv...)...)
}

// PIDs returns the processes inside the namespace ns, of which this one is none,
// even if a thread of its is there for a moment.
func PIDs(ns string) (pids []int) {
	out, err := exec.Command("ip", "netns", "pids", ns).Output()
	if err != nil {
		return nil
	}
	for word := range strings.FieldsSeq(string(out)) {
		if pid, err := strconv.Atoi(word); err == nil && pid != os.Getpid() {
			pids = append(pids, pid)
		}
	}
	return pids
}

// Close ends every process inside the two namespaces and removes them.
func (p *Path) Close() {
	p.closing.Do(func() {
		p.endProcesses()
		for _, l := range []*link{p.up, p.down} {
			if l != nil {
				l.halt()
			}
		}
		p.running.Wait()
		for _, l := range []*link{p.up, p.down} {
			if l != nil {
				unix.Close(l.wake)
			}
		}
		for _, fd := range []int{p.tunClient, p.tunServer} {
			if fd >= 0 {
				unix.Close(fd)
			}
		}
		for _, ns := range []string{p.ClientNS, p.ServerNS} {
			exec.Command("ip", "netns", "del", ns).Run() // it may not have been made
		}
	})
}

// endProcesses asks the processes inside to end, and after patience makes them.
func (p *Path) endProcesses() {
	const tries, pause = 10, 30 * time.Millisecond
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		for range tries {
			pids := append(PIDs(p.ClientNS), PIDs(p.ServerNS)...)
			if len(pids) == 0 {
				return
			}
			for _, pid := range pids {
				syscall.Kill(pid, sig)
			}
			time.Sleep(pause)
		}
	}
}
