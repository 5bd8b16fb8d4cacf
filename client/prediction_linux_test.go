package client

import (
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"roam/terminal"
)

// A udpRelay passes datagrams between a client and a server, and can hold what
// the server sends.
type udpRelay struct {
	front, back *net.UDPConn

	mu     sync.Mutex
	client netip.AddrPort
	closed bool // nothing passes to the client
	held   [][]byte
	asked  time.Time     // when waitBeat was called
	beat   chan struct{} // closed by the heartbeat after that; nil: nobody waits
}

func newUDPRelay(t *testing.T, server string) *udpRelay {
	t.Helper()
	to, err := net.ResolveUDPAddr("udp4", server)
	if err != nil {
		t.Fatal(err)
	}
	r := &udpRelay{}
	if r.front, err = net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}); err != nil {
		t.Fatal(err)
	}
	if r.back, err = net.DialUDP("udp4", nil, to); err != nil {
		t.Fatal(err)
	}
	var done sync.WaitGroup
	done.Go(r.up)
	done.Go(r.down)
	t.Cleanup(func() {
		r.front.Close()
		r.back.Close()
		done.Wait()
	})
	return r
}

// port returns where clients send to.
func (r *udpRelay) port() string {
	_, port, _ := net.SplitHostPort(r.front.LocalAddr().String())
	return port
}

func (r *udpRelay) up() {
	b := make([]byte, 4096)
	for {
		n, from, err := r.front.ReadFromUDPAddrPort(b)
		if err != nil {
			return
		}
		r.mu.Lock()
		r.client = from
		r.mu.Unlock()
		r.back.Write(b[:n])
	}
}

func (r *udpRelay) down() {
	b := make([]byte, 4096)
	for {
		n, err := r.back.Read(b)
		if err != nil {
			return
		}
		r.mu.Lock()
		if r.closed {
			r.held = append(r.held, append([]byte(nil), b[:n]...))
		} else if r.client.IsValid() {
			r.front.WriteToUDPAddrPort(b[:n], r.client)
			if r.beat != nil && time.Since(r.asked) > echoAckLimit {
				close(r.beat)
				r.beat = nil
			}
		}
		r.mu.Unlock()
	}
}

// echoAckLimit is far more than a stock server takes until it says that a key was
// echoed (50 ms), and less than it waits with its next heartbeat (3 s).
const echoAckLimit = time.Second

// waitBeat waits for the server's next heartbeat, which says of all keys before that
// they were echoed: an echo that comes sooner than the path seems to allow, as on a busy
// machine, proves nothing by itself.
func (r *udpRelay) waitBeat(t *testing.T) {
	t.Helper()
	beat := make(chan struct{})
	r.mu.Lock()
	r.asked, r.beat = time.Now(), beat
	r.mu.Unlock()
	select {
	case <-beat:
	case <-time.After(patience):
		t.Fatal("no heartbeat")
	}
}

// hold keeps from now on what the server sends; release passes it on.
func (r *udpRelay) hold() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
}

func (r *udpRelay) release() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = false
	for _, b := range r.held {
		r.front.WriteToUDPAddrPort(b, r.client)
	}
	r.held = nil
}

// throughRelay attaches to a stock server through a relay, with a prediction mode.
func throughRelay(t *testing.T, mode string) (*ptyClient, *udpRelay) {
	t.Helper()
	s := startStock(t)
	r := newUDPRelay(t, "127.0.0.1:"+s.port)
	cmd := clientCommand("main", s.key, "127.0.0.1", r.port())
	if mode != "" {
		cmd.Env = append(cmd.Env, "ROAM_PREDICTION_DISPLAY="+mode)
	}
	c := startClient(t, cmd, nil)
	c.waitText("\n$")
	return c, r
}

// TestPredictedKeys: keys show before anything of the server's can have come, in
// the mode that shows them at once and in the default one, where the path has to
// stall first. What is typed at a password prompt never shows.
func TestPredictedKeys(t *testing.T) {
	for _, mode := range []string{"always", "", "experimental"} {
		t.Run("mode "+mode, func(t *testing.T) {
			c, r := throughRelay(t, mode)
			c.typeKeys("e")
			c.waitText("$ e")
			c.typeKeys("c") // proves the echo, whichever of the two was seen first
			c.waitText("$ ec")
			r.waitBeat(t)
			r.hold()
			c.typeKeys("ho one\x1b[D\x1b[D\x1b[Dt")
			c.waitFor("predicted text and cursor", func(s *terminal.Screen, _ string) bool {
				return strings.Contains(screenText(s), "$ echo tone\n") && s.Cursor().Col == len("$ echo t")
			})
			r.release()
			c.typeKeys("\r")
			c.waitText("$ echo tone\ntone\n$")
			c.forget()
			c.typeKeys("stty -echo; echo ready$((1+1)); read P; stty echo; echo read$((40+2))\r")
			c.waitText("\nready2\n")
			if mode == "experimental" {
				return // shows everything, as its name says
			}
			for _, key := range "hunter" {
				c.typeKeys(string(key))
			}
			c.typeKeys("\r")
			c.waitText("read42\n$")
			c.mu.Lock()
			defer c.mu.Unlock()
			for _, part := range []string{"hunter", "hun", "ter\n", "nter"} {
				if strings.Contains(string(c.output), part) || strings.Contains(screenText(c.emu.Snapshot()), part) {
					t.Errorf("%q of the password was shown: %q", part, c.output)
				}
			}
		})
	}
}

// TestNoPrediction: in mode never nothing shows before the server has echoed it.
func TestNoPrediction(t *testing.T) {
	c, r := throughRelay(t, "never")
	c.typeKeys("ec")
	c.waitText("$ ec")
	r.hold()
	c.typeKeys("h\x1e") // the help of the escape key shows after the key's time has come
	c.waitText("Commands:")
	c.waitFor("no guess", func(s *terminal.Screen, _ string) bool { return strings.Contains(screenText(s), "$ ec\n") })
	c.typeKeys("\x1b")
	r.release()
	c.waitText("$ ech")
}

// TestPredictedWrap: bash goes on in the next row behind the last column, on the bottom
// row too, which scrolls; once it was seen, that is predicted.
func TestPredictedWrap(t *testing.T) {
	c, r := throughRelay(t, "always")
	long := strings.Repeat("0123456789", 9)
	typeEach := func(text string, prefix string) {
		for i := range text {
			c.typeKeys(text[i : i+1])
			want := strings.TrimRight(prefix+text[:i+1], " ")
			c.waitFor("echo", func(s *terminal.Screen, _ string) bool {
				return strings.Contains(strings.ReplaceAll(screenText(s), "\n", ""), want)
			})
		}
	}
	typeEach(": "+long, "$ ")
	c.typeKeys("\r")
	c.waitText("6789\n$")
	for range 22 {
		c.typeKeys("\r")
	}
	c.waitFor("the prompt in the bottom row", func(s *terminal.Screen, _ string) bool { return s.Cursor().Row == 23 })
	typeEach(": ab", "$ ")
	r.waitBeat(t)
	r.hold()
	c.typeKeys(long)
	c.waitFor("a predicted second row", func(s *terminal.Screen, _ string) bool {
		return rowText(s, 22) == "$ : ab"+long[:74] && rowText(s, 23) == long[74:] && s.Cursor().Col == 16
	})
	r.release()
	c.typeKeys("\r")
	c.waitText(long[74:] + "\n$")
}
