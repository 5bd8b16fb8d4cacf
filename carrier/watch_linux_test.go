package carrier

import (
	"errors"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// inNamespace runs f in a thread of its own, in a new network namespace.
func inNamespace(t *testing.T, f func(run func(string))) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Fatal("this test makes a network namespace: run it as root")
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the thread goes with the goroutine
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			t.Errorf("unshare: %v", err)
			return
		}
		f(func(args string) {
			if out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput(); err != nil {
				t.Errorf("ip %s: %v: %s", args, err, out)
			}
		})
	}()
	<-done
}

// wantChange waits until the watcher tells of something and the route is as wanted.
func wantChange(t *testing.T, w *Watcher, to netip.AddrPort, what string, want func(Route, error) bool) {
	t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case <-w.Changes():
			if r, err := RouteTo(to); want(r, err) {
				return
			}
		case <-deadline:
			r, err := RouteTo(to)
			t.Errorf("%s: not told in time; the route is %+v, %v", what, r, err)
			return
		}
	}
}

// TestWatchNetwork changes a namespace's links, addresses and routes, of both families,
// and wants each to be told and to show in the route.
func TestWatchNetwork(t *testing.T) {
	inNamespace(t, func(ip func(string)) {
		w := Watch()
		defer w.Close()
		for _, f := range []struct{ server, one, two, prefix, routers, outer, other string }{
			{"192.0.2.1", "10.1.0.2", "10.1.0.3", "/24", "10.1.0.1 10.1.0.9", "c0", "c1"},
			{"2001:db8:9::1", "2001:db8:1::2", "2001:db8:1::3", "/64", "2001:db8:1::1 2001:db8:1::9", "d0", "d1"},
		} {
			server := netip.AddrPortFrom(netip.MustParseAddr(f.server), 60001)
			has := func(source, gateway string, up bool) func(Route, error) bool {
				return func(r Route, err error) bool {
					return err == nil && r.Source == netip.MustParseAddr(source) && r.Gateway == netip.MustParseAddr(gateway) && r.Up == up
				}
			}
			router := strings.Fields(f.routers)
			_, err := RouteTo(server)
			if transient := new(TransientError); !errors.As(err, &transient) || transient.Err != syscall.ENETUNREACH {
				t.Errorf("without a network: %v", err)
			}
			nodad := ""
			if strings.Contains(f.server, ":") {
				nodad = " nodad"
			}
			ip("link add " + f.outer + " type veth peer name " + f.other)
			ip("link set " + f.other + " up")
			ip("link set " + f.outer + " up")
			ip("addr add " + f.one + f.prefix + " dev " + f.outer + nodad)
			ip("route add default via " + router[0] + " dev " + f.outer)
			wantChange(t, w, server, "the first route", has(f.one, router[0], true))
			ip("route replace default via " + router[1] + " dev " + f.outer)
			wantChange(t, w, server, "another router", has(f.one, router[1], true))
			ip("addr add " + f.two + f.prefix + " dev " + f.outer + nodad)
			ip("route replace default via " + router[1] + " dev " + f.outer + " src " + f.two)
			wantChange(t, w, server, "another address", has(f.two, router[1], true))
			ip("link set " + f.other + " down") // as when a cable is pulled
			wantChange(t, w, server, "no carrier", func(r Route, err error) bool { return err != nil || !r.Up })
			ip("link set " + f.other + " up")
			wantChange(t, w, server, "carrier", has(f.two, router[1], true))
			ip("link del " + f.outer)
			wantChange(t, w, server, "no link", func(r Route, err error) bool { return err != nil })
		}
	})
}

// TestWatchClock: the timer's cancellation, as it comes from a resume or a clock that is
// set, is told. It is injected: a timer that has expired reads likewise.
func TestWatchClock(t *testing.T) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_CLOEXEC|unix.TFD_NONBLOCK)
	if err != nil {
		t.Fatal(err)
	}
	soon := unix.ItimerSpec{Value: unix.NsecToTimespec(1)}
	if err := unix.TimerfdSettime(fd, 0, &soon, nil); err != nil {
		t.Fatal(err)
	}
	w := &Watcher{changes: make(chan struct{}, 1), done: make(chan struct{})}
	f := os.NewFile(uintptr(fd), "clock")
	w.close = func() { f.Close() }
	w.readers.Go(func() { w.readClock(f) })
	select {
	case <-w.Changes():
	case <-time.After(patience):
		t.Error("not told")
	}
	w.Close()
	real, err := openClock()
	if err != nil {
		t.Fatal(err)
	}
	real.Close()
}

func TestPollTellsOfWhatDiffers(t *testing.T) {
	w := &Watcher{changes: make(chan struct{}, 1), done: make(chan struct{}), close: func() {}}
	looks := 0
	w.readers.Go(func() {
		w.poll(func() string {
			looks++
			return []string{"one", "two"}[min(looks-1, 1)]
		})
	})
	select {
	case <-w.Changes():
	case <-time.After(patience):
		t.Error("not told")
	}
	w.Close()
	if addresses() == "" {
		t.Error("this machine has no address, not even of loopback")
	}
}

func TestParseRouteTakesAnything(t *testing.T) {
	for _, b := range [][]byte{nil, {1}, make([]byte, 16), make([]byte, 64), routeRequest(netip.MustParseAddr("::1"))} {
		if r, err := parseRoute(b); err == nil && r.Source.IsValid() {
			t.Errorf("%x is the route %+v", b, r)
		}
	}
}
