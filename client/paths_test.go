package client

import (
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"roam/carrier"
)

var (
	first  = netip.MustParseAddrPort("192.0.2.1:60001") // as newScene has it
	second = netip.MustParseAddrPort("[2001:db8::2]:60001")
	third  = netip.MustParseAddrPort("10.0.0.3:60001")
	works  = way{up: true, down: true}
)

// playWays runs a story with a server at several addresses.
func playWays(t *testing.T, ways map[netip.AddrPort]way, story func(*scene)) {
	t.Helper()
	play(t, func(s *scene) {
		s.path.ways = ways
		for _, addr := range []netip.AddrPort{second, third} {
			if _, ok := ways[addr]; ok {
				s.cfg.Others = append(s.cfg.Others, addr)
			}
		}
		story(s)
	})
}

// wantContact wants the server's screen, "hello", to show a while after the start, and
// all datagrams to go to an address from then on.
func (s *scene) wantContact(within time.Duration, at netip.AddrPort) {
	s.t.Helper()
	s.until(within)
	s.wantRow(0, "hello")
	s.path.tried()
	s.typeKeys("x")
	s.wait(20 * time.Second)
	s.wantTyped("x")
	if got := s.path.tried(); !slices.Equal(got, []string{at.Addr().String()}) {
		s.t.Errorf("after contact the datagrams go to %v, want %v", got, at)
	}
	if s.path.settled != at || s.cfg.Server != at {
		s.t.Errorf("settled at %v and %v, want %v", s.path.settled, s.cfg.Server, at)
	}
}

func TestFirstAddressThatAnswers(t *testing.T) {
	slow := func(d time.Duration) way { return way{up: true, down: true, delay: d} }
	gone := &carrier.TransientError{Op: "send", Err: syscall.ENETUNREACH}
	for name, test := range map[string]struct {
		ways   map[netip.AddrPort]way
		within time.Duration
		at     netip.AddrPort
		tried  []string // on the way to contact
	}{
		"the best one": {map[netip.AddrPort]way{first: works, second: works}, 100 * time.Millisecond, first, []string{"192.0.2.1"}},
		"the second":   {map[netip.AddrPort]way{first: {}, second: works}, turnTime + 100*time.Millisecond, second, []string{"192.0.2.1", "2001:db8::2"}},
		"the last": {map[netip.AddrPort]way{first: {}, second: {}, third: works}, 2*turnTime + 100*time.Millisecond, third,
			[]string{"192.0.2.1", "2001:db8::2", "10.0.0.3"}},
		"a slow one is worth waiting for": {map[netip.AddrPort]way{first: slow(500 * time.Millisecond), second: {}}, 1200 * time.Millisecond, first, nil},
		"the faster one":                  {map[netip.AddrPort]way{first: slow(300 * time.Millisecond), second: works}, turnTime + 100*time.Millisecond, second, nil},
		"no way back":                     {map[netip.AddrPort]way{first: {up: true}, second: works}, turnTime + 200*time.Millisecond, second, nil},
		"no way back, and a slow one":     {map[netip.AddrPort]way{first: {up: true}, second: slow(300 * time.Millisecond)}, 1500 * time.Millisecond, second, nil},
		"cannot be sent to":               {map[netip.AddrPort]way{first: {err: gone}, second: works}, 100 * time.Millisecond, second, []string{"192.0.2.1", "2001:db8::2"}},
		"refused":                         {map[netip.AddrPort]way{first: {icmp: refusedDatagram().Err}, second: works}, turnTime + 100*time.Millisecond, second, nil},
	} {
		t.Run(name, func(t *testing.T) {
			playWays(t, test.ways, func(s *scene) {
				s.begin()
				s.print("hello")
				s.until(test.within)
				if got := s.path.tried(); test.tried != nil && !slices.Equal(got, test.tried) {
					t.Errorf("tried %v, want %v", got, test.tried)
				}
				s.wantContact(test.within, test.at)
				s.cancel()
				s.wantEnd(5*time.Second, true, 0)
			})
		})
	}
}

// TestOneAddressIsAskedEachSecond: without a choice there is no hurry.
func TestOneAddressIsAskedEachSecond(t *testing.T) {
	play(t, func(s *scene) {
		s.path.up = false
		s.begin()
		s.until(10*time.Second - 1)
		if _, sent := s.path.counts(); sent != 10 {
			t.Errorf("%d datagrams in 10 s, want 10", sent)
		}
		s.typeKeys("\x03")
		s.wantEnd(unheardLinger+time.Millisecond, false, 1)
	})
}

func TestNoAddressAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		ways  map[netip.AddrPort]way
		after time.Duration
		says  []string
	}{
		"silence": {map[netip.AddrPort]way{first: {}, second: {}}, waitLimit,
			[]string{"no answer from any of 2 addresses on UDP port 60001 within 15 seconds\n", "tried 192.0.2.1:60001: no answer to ", "tried [2001:db8::2]:60001: no answer to ", "drops UDP"}},
		"all refuse": {map[netip.AddrPort]way{first: {icmp: refusedDatagram().Err}, second: {icmp: refusedDatagram().Err}}, refusedFor + turnTime + 100*time.Millisecond,
			[]string{"within 3 seconds\n", "tried 192.0.2.1:60001: connection refused\n", "tried [2001:db8::2]:60001: connection refused\n", "a port that refuses is closed"}},
		"one refuses, the other cannot be sent to": {
			map[netip.AddrPort]way{first: {err: &carrier.TransientError{Op: "send", Err: syscall.ENETUNREACH}}, second: {icmp: refusedDatagram().Err}},
			refusedFor + 100*time.Millisecond, []string{"tried 192.0.2.1:60001: cannot be sent to: network is unreachable\n", "connection refused\n"}},
		"one refuses, the other is silent": {map[netip.AddrPort]way{first: {icmp: refusedDatagram().Err}, second: {}}, waitLimit,
			[]string{"tried 192.0.2.1:60001: connection refused\n", "tried [2001:db8::2]:60001: no answer"}},
		"the only one refuses": {map[netip.AddrPort]way{first: {icmp: refusedDatagram().Err}}, refusedFor + 100*time.Millisecond,
			[]string{"no answer from 192.0.2.1 on UDP port 60001 within 3 seconds: connection refused\n", "a port that refuses is closed"}},
	} {
		t.Run(name, func(t *testing.T) {
			playWays(t, test.ways, func(s *scene) {
				s.begin()
				s.until(test.after - 150*time.Millisecond)
				if got := s.console.text(); strings.Contains(got, "error") {
					t.Errorf("given up too early: said %q", got)
				}
				s.until(test.after)
				for _, words := range test.says {
					if got := s.console.text(); !strings.Contains(got, words) {
						t.Errorf("said %q, want %q in it", got, words)
					}
				}
				s.wantEnd(unheardLinger+time.Millisecond, false, 1)
			})
		})
	}
}

// TestForgedAnswersDecideNothing: only what is authentic ends the race, from wherever the
// forged ones claim to come.
func TestForgedAnswersDecideNothing(t *testing.T) {
	playWays(t, map[netip.AddrPort]way{first: {}, second: {}, third: works}, func(s *scene) {
		s.begin()
		for range 10 {
			s.path.client <- carrier.Datagram{From: second, Data: []byte(strings.Repeat("forged", 10))}
			s.path.client <- carrier.Datagram{From: third, Err: refusedDatagram().Err}
			s.wait(10 * time.Millisecond)
		}
		s.print("hello")
		s.wantContact(time.Second, third)
		s.cancel()
		s.wantEnd(time.Second, true, 0)
	})
}

// TestAnotherAddressAfterAnOutage: when the address in use brings no answers any more,
// the others are tried, and what was typed meanwhile arrives.
func TestAnotherAddressAfterAnOutage(t *testing.T) {
	for name, how := range map[string]way{
		"silence": {}, "no way back": {up: true}, "no route": {err: &carrier.TransientError{Op: "send", Err: syscall.ENETUNREACH}},
	} {
		t.Run(name, func(t *testing.T) {
			playWays(t, map[netip.AddrPort]way{first: works, second: {}, third: works}, func(s *scene) {
				s.begin()
				s.print("hello")
				s.wantContact(time.Second, first)
				s.path.set(func(p *fakePath) { p.ways = map[netip.AddrPort]way{first: how, second: {}, third: works} })
				s.typeKeys("y")
				s.wait(8 * time.Second)
				s.wantTyped("xy")
				s.path.tried()
				s.wait(20 * time.Second)
				if got := s.path.tried(); !slices.Equal(got, []string{"10.0.0.3"}) {
					t.Errorf("the datagrams go to %v, want 10.0.0.3", got)
				}
				s.path.set(func(p *fakePath) { p.ways = map[netip.AddrPort]way{first: works, second: {}, third: {}} })
				s.typeKeys("z") // and back
				s.wait(8 * time.Second)
				s.wantTyped("xyz")
				s.cancel()
				s.wantEnd(time.Second, true, 0)
			})
		})
	}
}

// TestServerAnswersFromElsewhere: what an authentic datagram from an unknown address
// proves is that the last one sent has arrived.
func TestServerAnswersFromElsewhere(t *testing.T) {
	p := newPaths(first, []netip.AddrPort{second, third})
	now := time.Now()
	p.race(now)
	p.to(now)
	p.sent()
	if got := p.to(now.Add(turnTime)); got != second {
		t.Fatalf("the second turn is %v's", got)
	}
	p.sent()
	if !p.heard(netip.MustParseAddrPort("203.0.113.1:9"), 0) || p.to(now.Add(time.Hour)) != second || p.racing {
		t.Errorf("not settled at %v: %+v", second, p)
	}
	if p.heard(first, 0) {
		t.Error("settled twice")
	}
}

// TestTurnsOfALiveSession: every other turn is of the address that answered last, and all
// others come up.
func TestTurnsOfALiveSession(t *testing.T) {
	p := newPaths(first, []netip.AddrPort{second, third})
	p.heard(second, time.Millisecond)
	now := time.Now()
	p.race(now)
	var got []netip.AddrPort
	for i := range 9 {
		got = append(got, p.to(now.Add(time.Duration(i)*turnTime)))
	}
	want := []netip.AddrPort{second, third, second, first, second, third, second, first, second}
	if !slices.Equal(got, want) {
		t.Errorf("turns %v, want %v", got, want)
	}
}
