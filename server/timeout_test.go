//go:build unix

package server

import (
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"roam/carrier"
	"roam/crypto"
	"roam/session"
	"roam/ssp"
	"roam/terminal"
)

// A stillLoop is a loop whose clock, program and client are the test's: nothing runs.
type stillLoop struct {
	*loop
	client *session.ClientTransport
	input  session.Input
	peer   carrier.Datagram
}

func newStillLoop(t *testing.T, now time.Time, capabilities []session.Capability) *stillLoop {
	t.Helper()
	key, err := crypto.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sock, err := carrier.ListenServer(netip.MustParseAddr("127.0.0.1"), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sock.Close() })
	s := &stillLoop{loop: newLoop(&daemonConfig{Name: RoamName, Cols: 80, Rows: 24}, now)}
	s.limits = timeLimits{firstContact: time.Minute, network: time.Hour, expiry: 24 * time.Hour}
	s.host.output = make(chan []byte) // as if the program ran
	if s.at, err = newAttachment(now, sock, key, nil, s.current); err != nil {
		t.Fatal(err)
	}
	keys, err := crypto.NewSession(key, crypto.ToServer)
	if err != nil {
		t.Fatal(err)
	}
	neg := session.NewClientNegotiation(capabilities)
	s.input = s.input.AppendResize(80, 24)
	s.client = ssp.New(now, ssp.Config{Role: ssp.Client, Session: keys, Rand: rand.Reader, Negotiator: neg, Pings: neg.Pings, Tallies: neg.Tallies},
		session.Input{}, func() session.Input { return s.input }, session.NewRemoteScreen(terminal.NewScreen(80, 24), neg))
	// Whatever is sent goes to a port where nobody listens.
	s.peer = carrier.Datagram{From: netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), 9)}
	return s
}

// clientSends gives the loop what the client has due, but for what is lost.
func (s *stillLoop) clientSends(lost func() bool) {
	for {
		b, ok := s.client.Poll(s.now, nil)
		if !ok {
			return
		}
		if d := s.peer; !lost() {
			d.Data = b
			s.receive(d)
		}
	}
}

// TestNextTimeoutIsNeverPast does at random what can happen to a loop, and wants it
// each time to have nothing more to do until a time to come: else it would spin.
func TestNextTimeoutIsNeverPast(t *testing.T) {
	outputs := []string{
		"text", "\x1b[?2026h", "\x1b[?2026l", "\x1b[2J", "\a", "\x1b]52;c;QUJD\a", "\x1b[?1049h", "\x1b[?1049l", "\x1b[6n", "\x1b]10;?\x1b\\",
	}
	for seed := range uint64(100) {
		rng := mathrand.New(mathrand.NewPCG(seed, 1))
		now := time.Now()
		capabilities := session.Supported()
		if seed%3 == 0 {
			capabilities = nil
		}
		s := newStillLoop(t, now, capabilities)
		loss := []float64{0, 0.3, 1}[rng.IntN(3)]
		var story []string
		for range 150 {
			what := ""
			switch n := rng.IntN(12); {
			case n < 3:
				out := outputs[rng.IntN(len(outputs))]
				what = fmt.Sprintf("prints %q", out)
				if !s.ending() {
					s.print([]byte(out), true)
				}
			case n < 5:
				what = "types"
				s.input = s.input.AppendBytes([]byte{[]byte("a\x1bO")[rng.IntN(3)]})
				s.client.Touch(s.now)
			case n == 5:
				what = "resizes"
				s.input = s.input.AppendResize(1+rng.IntN(200), 1+rng.IntN(60))
				s.client.Touch(s.now)
			case n == 6 && rng.IntN(20) == 0:
				what = "ends"
				s.end(&session.Final{Reason: "a test"})
			case n == 7 && rng.IntN(20) == 0:
				what = "the client ends"
				s.client.Shutdown(s.now)
			case n == 8 && rng.IntN(10) == 0:
				what = "the path changes"
				loss = []float64{0, 0.3, 1}[rng.IntN(3)]
			case n == 9:
				what = "a long time"
				s.now = s.now.Add(time.Duration(rng.ExpFloat64() * float64(20*time.Second)))
			default:
				what = "to the next timeout"
				if next := s.nextTimeout(); !next.IsZero() {
					s.now = next
				}
			}
			story = append(story, what)
			s.clientSends(func() bool { return rng.Float64() < loss })
			s.update()
			if s.over() {
				break
			}
			if next := s.nextTimeout(); !next.IsZero() && !next.After(s.now) {
				t.Fatalf("seed %d: after %v the next timeout is %v ago", seed, story, s.now.Sub(next))
			}
		}
	}
}
