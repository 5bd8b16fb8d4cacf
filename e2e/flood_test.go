//go:build linux

package e2e

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// floodSize is how many bad datagrams a live session gets.
const floodSize = 120_000

// memorySlack is how much the memory of a process under attack may grow, in kB: what
// Go's collector lets lie about, not something that goes on growing.
const memorySlack = 24 << 10

// bad returns one of the datagrams that a stranger may send, made of what went by in the
// session: random, truncated, changed in a bit, longer, or as it was.
func bad(rng *rand.Rand, seen [][]byte) []byte {
	base := seen[rng.IntN(len(seen))]
	b := append([]byte(nil), base...)
	switch rng.IntN(6) {
	case 0: // random
		b = make([]byte, rng.IntN(1500))
		for i := range b {
			b[i] = byte(rng.Uint32())
		}
	case 1: // truncated
		b = b[:rng.IntN(len(b))]
	case 2: // one bit
		b[rng.IntN(len(b))] ^= 1 << rng.IntN(8)
	case 3: // a future sequence number
		b[1] ^= 0x40
	case 4: // oversize
		b = append(b, make([]byte, 2048+rng.IntN(8000))...)
	}
	return b
}

// flood sends bad datagrams to a port by send, no faster than they are read.
func flood(t *testing.T, rng *rand.Rand, port, n int, seen [][]byte, send func(b []byte)) {
	t.Helper()
	for i := range n {
		send(bad(rng, seen))
		for i%64 == 63 {
			if queued, _ := waiting(t, port); queued < 64<<10 {
				break
			}
		}
	}
}

// TestFlood sends 120,000 bad datagrams to each end of a live session, from strangers and under
// the addresses of the other end: strangers get no answer, keys and screens go
// through meanwhile, memory and logs do not grow.
func TestFlood(t *testing.T) {
	p := pairing{roam, roam}
	rec := newRecorder(t)
	logs := t.TempDir()
	serverLog, clientLog := filepath.Join(logs, "server"), filepath.Join(logs, "client")
	words := []string{"sh", "-c", `log=$1; shift; exec "$@" 2>"$log"`, "sh", serverLog}
	words = append(append(words, p.serverPath(t)...), "-v")
	s := startLogged(t, words, serverLog, rec.command()...)
	r := newRelay(t, s.addr, 0)
	c := startClientBy(t, "client", []string{"sh", "-c", fmt.Sprintf("exec %s -v 127.0.0.1 %d 2>%s", strings.Join(p.clientPath(t), " "), r.port(), clientLog)}, s.key)
	c.expect("RECORDING")
	sent := ""
	enter := func(piece string) {
		sent += piece
		c.enter(piece)
		rec.expect(c, sent)
	}
	for i := range 20 {
		enter(fmt.Sprintf("key %d; ", i))
	}

	// Strangers with sockets of their own, and one at the client's address.
	strangers := []*net.UDPConn{listen(t), listen(t), listen(t)}
	for _, x := range strangers {
		defer x.Close()
	}
	up, down := r.copies()
	all := append(append([][]byte(nil), up...), down...) // replayed, and reflected
	r.mu.Lock()
	clientAddr := r.client
	r.mu.Unlock()
	attacks := []struct {
		name string
		pid  int
		port int
		send func(b []byte, i int)
	}{
		{"server", s.pid, int(s.addr.Port()), func(b []byte, i int) {
			if i%4 == 3 {
				r.mu.Lock()
				r.back.WriteToUDPAddrPort(b, s.addr)
				r.mu.Unlock()
				return
			}
			strangers[i%4].WriteToUDPAddrPort(b, s.addr)
		}},
		{"client", c.cmd.Process.Pid, int(clientAddr.Port()), func(b []byte, i int) {
			from := r.front
			if i%4 != 3 {
				from = strangers[i%4]
			}
			from.WriteToUDPAddrPort(b, netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), clientAddr.Port()))
		}},
	}
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(7, 7))
			count := 0
			send := func(b []byte) { count++; a.send(b, count) }
			flood(t, rng, a.port, floodSize/10, all, send) // so that what is kept for good is there
			before, logged := memory(t, a.pid, "Rss"), logSize(t, serverLog)+logSize(t, clientLog)
			for i := range 10 {
				flood(t, rng, a.port, floodSize/10, all, send)
				enter(fmt.Sprintf("in flood %d; ", i))
			}
			after := memory(t, a.pid, "Rss")
			if after > before+memorySlack {
				t.Errorf("resident memory went from %d to %d kB", before, after)
			}
			if grown := logSize(t, serverLog) + logSize(t, clientLog) - logged; grown > 4096 {
				t.Errorf("the logs grew by %d bytes", grown)
			}
			for i, x := range strangers {
				if queued, _ := waiting(t, x.LocalAddr().(*net.UDPAddr).Port); queued != 0 {
					t.Errorf("stranger %d was sent %d bytes", i, queued)
				}
			}
			t.Logf("%d datagrams; memory %d, then %d kB", count, before, after)
		})
	}
	c.enter("\x1e.")
	c.ends(0)
}

// startLogged starts a server whose standard error is the file log.
func startLogged(t *testing.T, words []string, log string, command ...string) *server {
	t.Helper()
	return startServerWith(t, words, cleanEnv(t.TempDir()), "127.0.0.1", func() string {
		b, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}, command...)
}

func logSize(t *testing.T, file string) int64 {
	t.Helper()
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}
