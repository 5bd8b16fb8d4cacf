//go:build linux

package e2e

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// typable returns n random bytes that clients and servers pass on unchanged: all but
// ESC, after which cursor keys are translated, and the client's escape key.
func typable(rng *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		for b[i] = 0x1b; b[i] == 0x1b || b[i] == 0x1e; {
			b[i] = byte(rng.IntN(256))
		}
	}
	return string(b)
}

// maxPiece is how much may be under way at once: what does not compress takes three
// datagrams then, all of which have to arrive for any of it to count. A stock client
// sends all that it has in one instruction, and no network that loses a quarter
// ever delivers fifty datagrams in a row.
const maxPiece = 2000

// TestEveryByteOnce types and pastes 100,000 bytes in odd pieces, with new sizes between,
// over a network that drops, doubles and delays: all of them arrive, once and in order.
func TestEveryByteOnce(t *testing.T) {
	for i, p := range ours {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			rec := newRecorder(t)
			s := p.startServer(t, cleanEnv(t.TempDir()), rec.command()...)
			r := newRelay(t, s.addr, uint64(i))
			r.set(true, false)
			c := p.startClient(t, s, r.port())
			c.expect("RECORDING")
			rng := rand.New(rand.NewPCG(uint64(i), 1))
			var sent strings.Builder
			for sent.Len() < 100_000 {
				n := 1 + rng.IntN(40)
				if rng.IntN(3) == 0 {
					n = 1 + rng.IntN(maxPiece)
				}
				c.until(func() bool { return sent.Len()-len(rec.got()) < maxPiece }, func() string {
					return fmt.Sprintf("%d bytes of %d arrived", len(rec.got()), sent.Len())
				})
				piece := typable(rng, n)
				sent.WriteString(piece)
				c.enter(piece)
				if rng.IntN(20) == 0 {
					c.resize(20+rng.IntN(100), 5+rng.IntN(40))
				}
			}
			rec.expect(c, sent.String())
		})
	}
}

// TestLargePaste pastes 60,000 bytes that do not compress in one piece over a network
// that loses some: a client that sent them in parts and then began again with less, under
// a higher number, used to kill stock servers.
func TestLargePaste(t *testing.T) {
	for i, p := range ours {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			rec := newRecorder(t)
			s := p.startServer(t, cleanEnv(t.TempDir()), rec.command()...)
			r := newRelay(t, s.addr, uint64(i))
			r.share = 0.03 // before anything goes by
			r.set(true, false)
			c := p.startClient(t, s, r.port())
			c.expect("RECORDING")
			sent := typable(rand.New(rand.NewPCG(uint64(i), 2)), 60_000)
			c.enter(sent)
			rec.expect(c, sent)
			if !alive(s.pid) {
				t.Error("the server is gone")
			}
		})
	}
}

// TestLargeOutput types while 50 MB of text go by, and stops an endless flow by Ctrl-C.
func TestLargeOutput(t *testing.T) {
	for i, p := range ours {
		for _, bad := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v,bad=%v", p, bad), func(t *testing.T) {
				home := t.TempDir()
				s := p.startServer(t, append(cleanEnv(home), "PS1=$ "), "sh", "-c", `PS1='ready> ' exec sh -i`)
				r := newRelay(t, s.addr, uint64(i))
				c := p.startClient(t, s, r.port())
				c.expect("^ready>")
				r.set(bad, false)
				c.enter("yes 'a line of output that is as long as lines usually are' | head -c 50000000; echo e''nd\r")
				for _, b := range "echo typed $((40+2))" {
					c.enter(string(b))
				}
				c.enter("\r")
				c.expect(`end$(?s:.*)typed 42$`)
				c.enter("yes\r")
				c.expect(`^y\ny\ny$`)
				c.enter("\x03")
				c.expect(`^(y?\^C.*\n)?ready> \z|ready>\n?\z`)
				c.enter("echo still $((40+3))\r")
				c.expect(`still 43$`)
				c.enter("exit\r")
				c.ends(0)
			})
		}
	}
}
