//go:build linux

package e2e

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"roam/crypto"
	"roam/ssp/wire"
)

// peakLimit is the most memory, in kB, that a process may ever take, whatever a peer with
// the key sends: 64 MiB of states that are kept without an ack, as much again for each of the copies
// that Go's collector has not got to yet, and the program itself. It was 278 MB at most.
const peakLimit = 384 << 10

// A hostile is a peer that has the key and does what it likes.
type hostile struct {
	t    testing.TB
	conn *net.UDPConn
	to   netip.AddrPort
	keys *crypto.Session
	pack wire.Compressor
	open wire.Inflater
	join wire.Assembler
	id   uint64
	sent int
	got  wire.Instruction // newest instruction that came back
}

func newHostile(t testing.TB, key string, send crypto.Direction) *hostile {
	t.Helper()
	k, err := crypto.ParseKey(key)
	if err != nil {
		t.Fatal(err)
	}
	h := &hostile{t: t, conn: listen(t)}
	t.Cleanup(func() { h.conn.Close() })
	if h.keys, err = crypto.NewSession(k, send); err != nil {
		t.Fatal(err)
	}
	return h
}

// plain sends a datagram with any plaintext.
func (h *hostile) plain(b []byte) {
	h.t.Helper()
	d, err := h.keys.Seal(nil, b)
	if err != nil {
		h.t.Fatal(err)
	}
	h.conn.WriteToUDPAddrPort(d, h.to) // a peer that is gone is found out otherwise
	// No faster than it is read, or the kernel would do the victim's work.
	for h.sent++; h.sent%32 == 0; {
		if queued, _ := waiting(h.t, int(h.to.Port())); queued < 64<<10 {
			return
		}
	}
}

// fragment sends one piece.
func (h *hostile) fragment(f wire.Fragment) {
	h.t.Helper()
	p := wire.AppendPacket(nil, wire.Packet{Timestamp: wire.NoTimestamp, Reply: wire.NoTimestamp})
	h.plain(wire.AppendFragment(p, f))
}

// compressed sends a compressed instruction, in pieces of 1,200 bytes.
func (h *hostile) compressed(b []byte) {
	h.t.Helper()
	h.id++
	for num := 0; ; num++ {
		n := min(len(b), 1200)
		h.fragment(wire.Fragment{ID: h.id, Num: uint16(num), Final: n == len(b), Body: b[:n]})
		if b = b[n:]; len(b) == 0 {
			return
		}
	}
}

// send sends an instruction.
func (h *hostile) send(ins wire.Instruction) {
	h.t.Helper()
	ins.Version = wire.Version
	h.compressed(h.pack.Append(nil, wire.AppendInstruction(nil, ins)))
}

// follow sends to where the peer is by now.
func (h *hostile) follow() {
	buf := make([]byte, 65536)
	for {
		h.conn.SetReadDeadline(time.Now().Add(time.Millisecond))
		n, from, err := h.conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		if _, _, err := h.keys.Open(nil, buf[:n]); err == nil {
			h.to = from
		}
	}
}

// receive takes in what came back until an instruction acknowledges ack.
func (h *hostile) receive(ack uint64) bool {
	h.t.Helper()
	h.conn.SetReadDeadline(time.Now().Add(3 * time.Second))
	buf := make([]byte, 65536)
	for {
		n, from, err := h.conn.ReadFromUDPAddrPort(buf)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return false
		}
		if err != nil {
			continue // a port that is closed
		}
		_, plain, err := h.keys.Open(nil, buf[:n])
		if err != nil {
			continue
		}
		h.to = from // a client without answers goes on from another port
		p, err := wire.ParsePacket(plain)
		if err != nil {
			h.t.Fatalf("the peer sent %v", err)
		}
		f, err := wire.ParseFragment(p.Payload)
		if err != nil {
			h.t.Fatalf("the peer sent %v", err)
		}
		whole, done, err := h.join.Add(f)
		if err != nil || !done {
			continue
		}
		inflated, err := h.open.Append(nil, whole)
		if err != nil {
			h.t.Fatalf("the peer sent %v", err)
		}
		if h.got, err = wire.ParseInstruction(inflated); err != nil {
			h.t.Fatalf("the peer sent %v", err)
		}
		if h.got.Ack == ack {
			return true
		}
	}
}

// deflate compresses with the standard library, what there is not in one piece in memory.
func deflate(chunk []byte, times int) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	for range times {
		z.Write(chunk)
	}
	z.Close()
	return b.Bytes()
}

// A trick is something that no honest peer does. next is a state number that it has not used.
type trick struct {
	name string
	play func(h *hostile)
}

// tricks work against either end; message makes a diff that is good for the victim.
func tricks(message func(i int) []byte) []trick {
	return []trick{
		{"plaintexts that are too short", func(h *hostile) {
			for n := range 14 {
				h.plain(make([]byte, n))
			}
		}},
		{"inflate bomb", func(h *hostile) { h.compressed(deflate(make([]byte, 1<<20), 100)) }}, // 25 times what is taken
		{"many inflate bombs", func(h *hostile) {
			bomb := deflate(make([]byte, 1<<20), 64)
			for range 50 {
				h.compressed(bomb)
			}
		}},
		{"no zlib", func(h *hostile) { h.compressed([]byte("this is not zlib")) }},
		{"no instruction", func(h *hostile) { h.compressed(deflate([]byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), 10)) }},
		{"other version", func(h *hostile) {
			h.compressed(h.pack.Append(nil, wire.AppendInstruction(nil, wire.Instruction{Version: 3, New: 50, Diff: message(0)})))
		}},
		{"diff that does not parse", func(h *hostile) {
			for i := range uint64(50) {
				h.send(wire.Instruction{Old: 1, New: 1000 + i, Throwaway: 0, Diff: bytes.Repeat([]byte{0x0a, byte(i), 0xff}, int(i)+1)})
			}
		}},
		{"length over the end", func(h *hostile) { h.send(wire.Instruction{Old: 1, New: 2000, Diff: []byte{0x0a, 0x7f, 0x12, 0x7f}}) }},
		{"throwaway above everything", func(h *hostile) {
			h.send(wire.Instruction{Old: 1, New: 2001, Throwaway: 1 << 40, Diff: message(1)})
		}},
		{"unknown base, wild acks", func(h *hostile) {
			for i := range uint64(100) {
				h.send(wire.Instruction{Old: 1<<50 + i, New: 1<<51 + i, Ack: 1<<63 + i, Diff: message(1)})
			}
		}},
		{"pieces that contradict each other", func(h *hostile) {
			h.id++
			h.fragment(wire.Fragment{ID: h.id, Num: 3, Body: []byte("a")})
			h.fragment(wire.Fragment{ID: h.id, Num: 3, Body: []byte("b")})
			h.fragment(wire.Fragment{ID: h.id, Num: 1, Final: true, Body: []byte("c")})
			h.fragment(wire.Fragment{ID: h.id, Num: 9, Body: []byte("d")})
		}},
		{"pieces without end", func(h *hostile) {
			body := make([]byte, 1200)
			for i := range 40_000 {
				h.fragment(wire.Fragment{ID: h.id + 1 + uint64(i%20), Num: uint16(i % 32768), Body: body})
			}
			h.id += 30
		}},
		{"a huge piece number", func(h *hostile) {
			for range 10 {
				h.id++
				h.fragment(wire.Fragment{ID: h.id, Num: 32767, Final: true, Body: []byte("x")})
			}
		}},
		{"kinds before agreement", func(h *hostile) {
			for k := range 128 {
				h.fragment(wire.Fragment{ID: wire.KindID(uint8(k)), Final: false, Body: []byte("kind")})
			}
		}},
		{"extensions", func(h *hostile) {
			diff := message(1)
			for i := range 1000 {
				diff = wire.AppendExtension(diff, int32(64+i), bytes.Repeat([]byte("e"), 100))
			}
			h.send(wire.Instruction{Old: 1, New: 2500, Diff: diff, Roam: bytes.Repeat([]byte("roam"), 1000)})
		}},
		{"too many states", func(h *hostile) {
			for i := range uint64(4000) {
				h.send(wire.Instruction{Old: 1, New: 3000 + i, Diff: message(int(i))})
			}
		}},
		{"states backwards", func(h *hostile) {
			for i := range uint64(2000) {
				h.send(wire.Instruction{Old: 1, New: 20_000 - i, Diff: message(int(i))})
			}
		}},
		{"large states", func(h *hostile) {
			large := bytes.Repeat([]byte("z"), 3<<20)
			for i := range uint64(150) {
				h.send(wire.Instruction{Old: 1, New: 30_000 + i, Diff: wire.AppendBytes(nil, large)})
			}
		}},
	}
}

// TestServerSurvivesHostileClients plays every trick on a server of its own: it lives
// on in little memory and ends when it is told to.
func TestServerSurvivesHostileClients(t *testing.T) {
	all := tricks(func(i int) []byte { return wire.AppendBytes(nil, fmt.Appendf(nil, "%d ", i)) })
	all = append(all,
		trick{"deadly sizes", func(h *hostile) {
			for i, size := range [][2]int32{{0, 0}, {-1, -1}, {1 << 30, 1 << 30}, {2147483647, 2147483647}, {70000, 30}, {65535, 65535}, {1, 1}, {0, 24}} {
				h.send(wire.Instruction{Old: 1, New: uint64(100 + i), Diff: wire.AppendResize(nil, size[0], size[1])})
			}
			h.send(wire.Instruction{Old: 1, New: 200, Diff: []byte{0x0a, 2, 0x1a, 0}}) // a size without numbers
		}},
		trick{"sizes, many", func(h *hostile) {
			var diff []byte
			for i := range int32(20_000) {
				diff = wire.AppendResize(diff, 1+i%500, 1+i%300)
			}
			h.send(wire.Instruction{Old: 1, New: 300, Diff: diff})
		}},
		trick{"changed history", func(h *hostile) {
			h.send(wire.Instruction{Old: 1, New: 400, Diff: wire.AppendBytes(nil, []byte("a"))})
			h.send(wire.Instruction{Old: 1, New: 401, Diff: wire.AppendBytes(nil, []byte("b"))})
			h.send(wire.Instruction{Old: 1, New: 402, Diff: wire.AppendBytes(nil, []byte("cde"))})
			h.send(wire.Instruction{Old: 1, New: 403})
		}},
	)
	for _, tr := range all {
		t.Run(tr.name, func(t *testing.T) {
			t.Parallel()
			s := pairing{roam, roam}.startServer(t, cleanEnv(t.TempDir()), "cat")
			h := newHostile(t, s.key, crypto.ToServer)
			h.to = s.addr
			first := wire.Instruction{Old: 0, New: 1, Diff: wire.AppendResize(nil, 80, 24)}
			h.send(first)
			if !h.receive(1) {
				t.Fatal("the server does not answer")
			}
			tr.play(h)
			if !alive(s.pid) {
				t.Fatal("the server is gone")
			}
			if peak := peakMemory(t, s.pid); peak > peakLimit {
				t.Errorf("the server took %d kB", peak)
			}
			// The end of a session is taken in whatever went before.
			ended := false
			for range 20 {
				h.send(wire.Instruction{Old: 1, New: wire.Final, Diff: wire.AppendBytes(nil, []byte("\x04"))})
				if ended = h.receive(wire.Final); ended || !alive(s.pid) {
					break
				}
			}
			if !ended {
				t.Errorf("the server does not answer any more (alive: %v)", alive(s.pid))
			}
		})
	}
}

// TestClientSurvivesHostileServers plays every trick on a client of its own: it goes
// on, can be quit, and restores the terminal.
func TestClientSurvivesHostileServers(t *testing.T) {
	all := tricks(func(i int) []byte { return wire.AppendBytes(nil, fmt.Appendf(nil, "\x1b[H%d ", i)) })
	screens := func(name string, diffs ...[]byte) trick {
		return trick{name, func(h *hostile) {
			for i, diff := range diffs {
				h.send(wire.Instruction{Old: 1, New: uint64(100 + i), Diff: diff})
			}
		}}
	}
	host := func(s string) []byte { return wire.AppendBytes(nil, []byte(s)) }
	all = append(all,
		screens("questions", host("\x1b[5n\x1b[6n\x1b[c\x1b[>c\x1b[>q\x1b]52;c;?\x07\x1b]10;?\x07\x1bP+q544e\x1b\\\x1b[18t\x05")),
		screens("half a question", host("\x1b["), host("6n")),
		screens("echo acks that fall", wire.AppendEchoAck(nil, 9), wire.AppendEchoAck(nil, 3), wire.AppendEchoAck(wire.AppendEchoAck(nil, 5), 2)),
		screens("deadly sizes", wire.AppendResize(nil, 0, 0), wire.AppendResize(nil, -5, 3), wire.AppendResize(nil, 1<<30, 1<<30),
			wire.AppendResize(nil, 2147483647, 2147483647), wire.AppendResize(nil, 65535, 65535), wire.AppendResize(nil, 1, 1), []byte{0x0a, 2, 0x1a, 0}),
		screens("strings without end", host("\x1b]0;"+string(bytes.Repeat([]byte("t"), 2<<20))), host("\x1bP"+string(bytes.Repeat([]byte("p"), 2<<20))),
			host("\x1b]52;c;"+string(bytes.Repeat([]byte("QUJD"), 500_000))), host("\x1b]8;;http://"+string(bytes.Repeat([]byte("u"), 2<<20))+"\x1b\\x")),
		screens("counts", host("\x1b[2147483647@\x1b[2147483647L\x1b[2147483647S\x1b[2147483647b\x1b[99999999999999999999X\x1b[2147483647P"),
			host("x\x1b[2147483647b"+string(bytes.Repeat([]byte("\x1b[9999b"), 100_000)))),
		screens("combining without end", host("e"+string(bytes.Repeat([]byte("\u0301"), 1_000_000)))),
		screens("modes", host("\x1b[?6h\x1b[2;3r\x1b[4h\x1b[?7l\x1b[?1003h\x1b[?1006h\x1b[?2004h\x1b[?1004h\x1b[?5h\x1b[?3h\x1bc\x1b[!p\x1b#8\x1b[?1049h")),
		screens("bytes", host(everyByte(1<<20))),
	)
	for _, tr := range all {
		t.Run(tr.name, func(t *testing.T) {
			t.Parallel()
			const key = "AAECAwQFBgcICQoLDA0ODw"
			h := newHostile(t, key, crypto.ToClient)
			port := h.conn.LocalAddr().(*net.UDPAddr).Port
			c := startClientBy(t, "client", append(pairing{roam, roam}.clientPath(t), "127.0.0.1", fmt.Sprint(port)), key)
			if !h.receive(0) {
				t.Fatal("the client says nothing")
			}
			h.send(wire.Instruction{Old: 0, New: 1, Ack: h.got.New, Diff: host("\x1b[H\x1b[2Jsession")})
			c.expect("^session")
			if !h.receive(1) {
				t.Fatal("the client does not answer")
			}
			tr.play(h)
			pid := c.cmd.Process.Pid
			c.enter("typed") // and it still takes keys
			if !alive(pid) {
				t.Fatalf("the client is gone; the screen shows\n%s", c.text())
			}
			if peak := peakMemory(t, pid); peak > peakLimit {
				t.Errorf("the client took %d kB", peak)
			}
			c.until(func() bool { // the end of a session is taken in whatever went before
				h.follow()
				h.send(wire.Instruction{Old: 1, New: wire.Final, Ack: h.got.New, Diff: host("\x1b[H\x1b[2Jthe end")})
				return !alive(pid)
			}, func() string { return "does not end" })
			c.ends(0)
		})
	}
}

// everyByte returns n bytes of all values in an order that makes odd sequences.
func everyByte(n int) string {
	b := make([]byte, n)
	x := uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
		if x>>20&15 == 0 {
			b[i] = 0x1b
		}
	}
	return string(b)
}
