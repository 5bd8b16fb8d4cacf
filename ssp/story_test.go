package ssp

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"roam/crypto"
	"roam/ssp/wire"
)

const ms = time.Millisecond

// testKey is the key of all sessions in the tests.
const testKey = "4NeCCgvZFe2RnPgrcU1PQw"

func testSession(t testing.TB, send crypto.Direction) *crypto.Session {
	t.Helper()
	key, err := crypto.ParseKey(testKey)
	if err != nil {
		t.Fatal(err)
	}
	s, err := crypto.NewSession(key, send)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// testStart is when stories begin.
var testStart = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// noChaff is a source of randomness that gives no chaff.
type noChaff struct{}

func (noChaff) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// chaffFrom is a source of randomness that follows from a seed.
type chaffFrom struct{ *rand.Rand }

func (c chaffFrom) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(c.Uint32())
	}
	return len(p), nil
}

// noise returns n bytes that do not compress, always the same.
func noise(n int) string { return noiseFrom(5, n) }

// noiseFrom returns n bytes that do not compress and follow from a seed.
func noiseFrom(seed uint64, n int) string {
	b := make([]byte, n)
	chaffFrom{rand.New(rand.NewPCG(seed, seed))}.Read(b)
	return string(b)
}

// A story is a Transport and a peer that does what the test says. The peer's
// state is a list of bytes. Whatever the Transport sends must be asked for, by
// its place in time and by its content.
type story[L Local[L]] struct {
	t     *testing.T
	now   time.Time
	local L
	*Transport[L, list]

	peer      *crypto.Session
	peerID    uint64
	assembler wire.Assembler
	inflater  wire.Inflater
	sent      []transmission // not asked for yet
	packets   []wire.Packet  // all that was sent
}

// A transmission is an instruction that the Transport sent.
type transmission struct {
	at      time.Duration // since the story began
	ins     wire.Instruction
	packets int    // datagrams it took
	bytes   int    // length of the last
	kind    string // what it is instead of an instruction
}

// String writes the instruction as "[old->new] ack n" with "throw n" where that
// differs from old, and the text of the diff.
func (x transmission) String() string {
	if x.kind != "" {
		return x.kind
	}
	return sayInstruction(x.ins)
}

func sayInstruction(ins wire.Instruction) string {
	num := func(n uint64) string {
		if n == wire.Final {
			return "INF"
		}
		return fmt.Sprint(n)
	}
	s := fmt.Sprintf("[%s->%s] ack %s", num(ins.Old), num(ins.New), num(ins.Ack))
	if ins.Throwaway != ins.Old {
		s += " throw " + num(ins.Throwaway)
	}
	text := []byte(nil)
	for it, err := range wire.UserItems(ins.Diff) {
		if err != nil {
			return s + " malformed"
		}
		text = append(text, it.Bytes...)
	}
	switch {
	case len(text) > 40:
		s += fmt.Sprintf(" %d bytes", len(text))
	case len(text) > 0:
		s += fmt.Sprintf(" %q", text)
	}
	return s
}

// newStoryOf begins a story in the given role, of a local state that is zero at
// first. change may set up the rest of the Config.
func newStoryOf[L Local[L]](t *testing.T, role Role, zero L, change func(*Config)) *story[L] {
	t.Helper()
	ours, theirs := crypto.ToServer, crypto.ToClient
	if role == Server {
		ours, theirs = theirs, ours
	}
	st := &story[L]{t: t, now: testStart, local: zero, peer: testSession(t, theirs)}
	cfg := Config{Role: role, Session: testSession(t, ours), Rand: noChaff{}}
	if change != nil {
		change(&cfg)
	}
	st.Transport = New(st.now, cfg, zero, func() L { return st.local }, list{})
	t.Cleanup(func() {
		for _, x := range st.sent {
			t.Errorf("at %v: sent %v, which nobody asked about", x.at, x)
		}
	})
	return st
}

// change changes the local state.
func (st *story[L]) change(to L) {
	st.t.Helper()
	st.local = to
	st.Touch(st.now)
	st.flush()
}

// A listStory is the story of a local state that is a list.
type listStory struct{ *story[list] }

func newStory(t *testing.T, role Role, change func(*Config)) listStory {
	t.Helper()
	return listStory{newStoryOf(t, role, list{}, change)}
}

// begin is a story after its first exchange, in which [0->1] was sent at 0 and
// acknowledged, a state 1 of the peer has come, and the round-trip time was
// measured. It goes on at 1 s, when all is quiet.
func begin(t *testing.T, role Role, rtt time.Duration) listStory {
	t.Helper()
	st := newStory(t, role, nil)
	if role == Client {
		st.local = newList(".")
		st.deliver(wire.Instruction{New: 1})
		st.wantSend(`[0->1] ack 1 "."`)
	} else {
		st.deliver(wire.Instruction{New: 1, Diff: say(".")})
		st.wantSend(`[0->1] ack 1`)
	}
	st.ack(1)
	st.sample(rtt)
	st.advance(time.Second)
	return st
}

// set changes the list, which may only grow.
func (st listStory) set(text string) {
	st.t.Helper()
	st.change(newList(text))
}

// add appends to the list.
func (st listStory) add(text string) {
	st.t.Helper()
	st.set(st.local.text + text)
}

// advance lets time pass. Whatever is due on the way is sent.
func (st *story[L]) advance(d time.Duration) {
	st.t.Helper()
	end := st.now.Add(d)
	for {
		st.flush()
		next := st.NextTimeout()
		if next.IsZero() || next.After(end) {
			break
		}
		if !next.After(st.now) {
			st.t.Fatalf("at %v: quiet, but NextTimeout is %v ago", st.since(), st.now.Sub(next))
		}
		st.now = next
	}
	st.now = end
	st.flush()
}

func (st *story[L]) since() time.Duration { return st.now.Sub(testStart) }

// flush takes what is due now.
func (st *story[L]) flush() {
	st.t.Helper()
	for packets := 1; ; packets++ {
		b, ok := st.Poll(st.now, nil)
		if !ok {
			return
		}
		_, plain, err := st.peer.Open(nil, b)
		if err != nil {
			st.t.Fatalf("at %v: sent %x, which does not open: %v", st.since(), b, err)
		}
		p, err := wire.ParsePacket(plain)
		if err != nil {
			st.t.Fatal(err)
		}
		st.packets = append(st.packets, p)
		if wire.IsCompact(p.Payload) {
			ins, err := st.unpacked(p.Payload)
			if err != nil {
				st.t.Fatal(err)
			}
			st.sent = append(st.sent, transmission{at: st.since(), ins: ins, packets: 1, bytes: len(b)})
			packets = 0
			continue
		}
		f, err := wire.ParseFragment(p.Payload)
		if err != nil {
			st.t.Fatal(err)
		}
		if kind, clean, ok := f.Kind(); ok {
			name := map[uint8]string{kindPing: "ping", kindPong: "pong"}[kind]
			st.sent = append(st.sent, transmission{at: st.since(), packets: 1, bytes: len(b), kind: fmt.Sprintf("%s %x", name, f.Body)})
			if !clean {
				st.t.Errorf("at %v: sent %x, whose header is not clean", st.since(), plain)
			}
			packets = 0
			continue
		}
		compressed, done, err := st.assembler.Add(f)
		if err != nil {
			st.t.Fatal(err)
		}
		if !done {
			continue
		}
		ins, err := st.unpacked(compressed)
		if err != nil {
			st.t.Fatal(err)
		}
		st.sent = append(st.sent, transmission{at: st.since(), ins: ins, packets: packets, bytes: len(b)})
		packets = 0
	}
}

// unpacked reads an instruction that was sent, in either form.
func (st *story[L]) unpacked(compressed []byte) (wire.Instruction, error) {
	if wire.IsCompact(compressed) {
		ins, _, err := st.inflater.ParseCompact(nil, compressed)
		return ins, err
	}
	inflated, err := st.inflater.Append(nil, compressed)
	if err != nil {
		return wire.Instruction{}, err
	}
	return wire.ParseInstruction(inflated)
}

// wantQuiet fails if anything was sent that nobody asked about.
func (st *story[L]) wantQuiet() {
	st.t.Helper()
	st.flush()
	for _, x := range st.sent {
		st.t.Errorf("at %v: sent %v, want quiet", x.at, x)
	}
	st.sent = nil
}

// wantSend wants these instructions to have been sent just now, and nothing else.
func (st *story[L]) wantSend(want ...string) []transmission {
	st.t.Helper()
	st.flush()
	got := st.sent
	st.sent = nil
	for i, w := range want {
		if i >= len(got) {
			st.t.Errorf("at %v: not sent: %s", st.since(), w)
			continue
		}
		if got[i].String() != w || got[i].at != st.since() {
			st.t.Errorf("at %v: sent %v; want at %v: %s", got[i].at, got[i], st.since(), w)
		}
	}
	for _, x := range got[min(len(want), len(got)):] {
		st.t.Errorf("at %v: sent %v, which nobody asked about", x.at, x)
	}
	return got
}

// wantAt lets time pass until that much after the story's begin, and wants the
// instruction to be sent then and nothing before.
func (st *story[L]) wantAt(at time.Duration, want string) {
	st.t.Helper()
	st.advance(testStart.Add(at).Sub(st.now) - 1)
	st.wantQuiet()
	st.advance(1)
	st.wantSend(want)
}

// take returns what was sent and not asked for.
func (st *story[L]) take() []transmission {
	got := st.sent
	st.sent = nil
	return got
}

// say returns a diff that appends text.
func say(text string) []byte { return wire.AppendBytes(nil, []byte(text)) }

// deliver brings an instruction of the peer, without timestamps.
func (st *story[L]) deliver(ins wire.Instruction) (Receipt, error) {
	st.t.Helper()
	return st.deliverStamped(ins, wire.NoTimestamp, wire.NoTimestamp, false)
}

func (st *story[L]) deliverStamped(ins wire.Instruction, timestamp, reply uint16, ce bool) (Receipt, error) {
	st.t.Helper()
	ins.Version = wire.Version
	return st.deliverBody(compress(ins), timestamp, reply, ce)
}

// deliverBody brings what should be a compressed instruction, in as many
// datagrams as it takes. What the last of them did is returned.
func (st *story[L]) deliverBody(body []byte, timestamp, reply uint16, ce bool) (r Receipt, err error) {
	st.t.Helper()
	st.peerID++
	f := wire.Fragment{ID: st.peerID}
	for !f.Final {
		n := min(len(body), 1200)
		f.Body, body = body[:n], body[n:]
		f.Final = len(body) == 0
		r, err = st.deliverFragment(f, timestamp, reply, ce)
		f.Num++
	}
	return r, err
}

// compress returns the compressed encoding of an instruction.
func compress(ins wire.Instruction) []byte {
	var c wire.Compressor
	return c.Append(nil, wire.AppendInstruction(nil, ins))
}

// deliverFragment brings any fragment.
func (st *story[L]) deliverFragment(f wire.Fragment, timestamp, reply uint16, ce bool) (Receipt, error) {
	st.t.Helper()
	return st.deliverPlain(wire.AppendFragment(wire.AppendPacket(nil, wire.Packet{Timestamp: timestamp, Reply: reply}), f), ce)
}

// deliverPlain brings any plaintext.
func (st *story[L]) deliverPlain(plain []byte, ce bool) (Receipt, error) {
	st.t.Helper()
	r, err := st.Receive(st.now, st.sealed(plain), ce)
	st.flush()
	return r, err
}

// sealed returns a datagram of the peer's.
func (st *story[L]) sealed(plain []byte) []byte {
	st.t.Helper()
	b, err := st.peer.Seal(nil, plain)
	if err != nil {
		st.t.Fatal(err)
	}
	return b
}

// ack brings an instruction that does nothing but acknowledge.
func (st *story[L]) ack(num uint64) {
	st.t.Helper()
	st.deliver(wire.Instruction{Ack: num})
}

// sample brings a round-trip time.
func (st *story[L]) sample(rtt time.Duration) {
	st.t.Helper()
	st.deliverStamped(wire.Instruction{}, wire.NoTimestamp, st.stamps.now(st.now)-uint16(rtt.Milliseconds()), false)
}

// wantRemote wants the peer's state to be known as that.
func (st *story[L]) wantRemote(num uint64, text string) {
	st.t.Helper()
	got, n := st.Remote()
	if n != num || got.text != text {
		st.t.Errorf("Remote = %v, %d, want %q, %d", got, n, text, num)
	}
}

func (st *story[L]) wantPhase(want Phase) {
	st.t.Helper()
	if got := st.Phase(); got != want {
		st.t.Errorf("at %v: Phase = %d (%v), want %d", st.since(), got, st.Err(), want)
	}
}
