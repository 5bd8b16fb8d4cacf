package ssp

import (
	"bytes"
	"errors"
	"testing"

	"roam/crypto"
	"roam/ssp/wire"
)

// A stockReceiver is a model of a stock peer that receives what one of our ends
// sends (docs/protocol.md A5, B6, C6; docs/hazards.md). Where a stock peer would
// abort, it fails the test.
type stockReceiver[R Remote[R]] struct {
	t    testing.TB
	name string
	// follows reports whether a peer that has used old can go on to new: a server
	// aborts if the events it has taken are not the first of the newer ones.
	follows func(old, new R) bool
	same    func(a, b R) bool

	session  *crypto.Session
	inflater wire.Inflater
	id       uint64
	pieces   map[uint16]wire.Fragment
	held     map[uint64]R // by number
	newest   uint64
	seen     map[uint64]R // all states ever made, to tell two contents of one number
}

func newStockReceiver[R Remote[R]](t testing.TB, name string, from crypto.Direction, zero R) *stockReceiver[R] {
	t.Helper()
	return &stockReceiver[R]{
		t:       t,
		name:    name,
		session: testSession(t, 1-from),
		pieces:  map[uint16]wire.Fragment{},
		held:    map[uint64]R{0: zero},
		seen:    map[uint64]R{},
	}
}

// abort fails the test: a stock peer would be gone now.
func (s *stockReceiver[R]) abort(format string, args ...any) {
	s.t.Helper()
	s.t.Fatalf(s.name+": a stock peer aborts: "+format, args...)
}

// receive takes in a datagram. Repeated ones do nothing, as with stock in effect.
func (s *stockReceiver[R]) receive(datagram []byte) {
	s.t.Helper()
	_, plain, err := s.session.Open(nil, datagram)
	if errors.Is(err, crypto.ErrReplay) {
		return
	}
	if err != nil {
		s.t.Fatalf("%s: %v", s.name, err)
	}
	if len(datagram) > maxDatagram {
		s.t.Fatalf("%s: %d bytes are dropped by a stock peer", s.name, len(datagram))
	}
	p, err := wire.ParsePacket(plain)
	if err != nil {
		s.abort("%v", err)
	}
	f, err := wire.ParseFragment(p.Payload)
	if err != nil {
		s.abort("%v", err)
	}
	if whole, done := s.assemble(f); done {
		s.instruction(whole)
	}
}

// assemble keeps the pieces of one instruction.
func (s *stockReceiver[R]) assemble(f wire.Fragment) (whole []byte, done bool) {
	s.t.Helper()
	if f.ID != s.id {
		clear(s.pieces)
		s.id = f.ID
	}
	if old, ok := s.pieces[f.Num]; ok && (old.Final != f.Final || !bytes.Equal(old.Body, f.Body)) {
		s.abort("piece %d of %d has two contents", f.Num, f.ID)
	}
	s.pieces[f.Num] = f
	total := -1
	for num, g := range s.pieces {
		if g.Final {
			total = int(num) + 1
		}
	}
	if total < 0 {
		return nil, false
	}
	for num := range s.pieces {
		if int(num) >= total {
			s.abort("piece %d of %d is above the final one", num, f.ID)
		}
	}
	if len(s.pieces) < total {
		return nil, false
	}
	for num := range total {
		whole = append(whole, s.pieces[uint16(num)].Body...)
	}
	clear(s.pieces)
	return whole, true
}

// instruction takes in a whole compressed instruction.
func (s *stockReceiver[R]) instruction(compressed []byte) {
	s.t.Helper()
	inflated, err := s.inflater.Append(nil, compressed)
	if err != nil {
		s.t.Fatalf("%s: a stock peer drops an instruction: %v", s.name, err)
	}
	ins, err := wire.ParseInstruction(inflated)
	if err != nil {
		s.abort("%v", err)
	}
	if ins.Version != wire.Version {
		s.t.Fatalf("%s: version %d", s.name, ins.Version)
	}
	if _, known := s.held[ins.New]; known {
		return
	}
	base, ok := s.held[ins.Old]
	if !ok {
		return
	}
	if ins.Throwaway > ins.Old {
		s.abort("%s throws its base away", sayInstruction(ins))
	}
	for num := range s.held {
		if num < ins.Throwaway {
			delete(s.held, num)
		}
	}
	if len(s.held) == 0 {
		s.abort("%s throws everything away", sayInstruction(ins))
	}
	state := base
	if len(ins.Diff) > 0 {
		if state, err = base.Apply(ins.Diff); err != nil {
			s.abort("%s: %v", sayInstruction(ins), err)
		}
	}
	s.take(ins, state)
}

// take files a state.
func (s *stockReceiver[R]) take(ins wire.Instruction, state R) {
	s.t.Helper()
	s.held[ins.New] = state
	if old, ok := s.seen[ins.New]; ok && s.same != nil && !s.same(old, state) {
		s.t.Fatalf("%s: state %d has two contents", s.name, ins.New)
	}
	s.seen[ins.New] = state
	delete(s.seen, ins.New-200) // so long ago that only the wish for speed counts
	if ins.New <= s.newest {
		return
	}
	if s.follows != nil && !s.follows(s.held[ins.Old], state) {
		s.abort("state %d does not follow", ins.New)
	}
	s.newest = ins.New
}

// TestTheModelAborts checks that the model notices what would kill a stock peer.
func TestTheModelAborts(t *testing.T) {
	piece := func(id uint64, num uint16, final bool, body string) []byte {
		return wire.AppendFragment(wire.AppendPacket(nil, wire.Packet{}), wire.Fragment{ID: id, Num: num, Final: final, Body: []byte(body)})
	}
	whole := func(ins wire.Instruction) []byte {
		ins.Version = wire.Version
		return piece(ins.New+100, 0, true, string(compress(ins)))
	}
	for name, plains := range map[string][][]byte{
		"no fragment header":      {{1, 2, 3, 4}},
		"a piece twice":           {piece(1, 0, false, "a"), piece(1, 0, false, "b")},
		"final below another":     {piece(1, 3, false, "a"), piece(1, 1, true, "b")},
		"another above the final": {piece(1, 1, true, "a"), piece(1, 3, false, "b")},
		"its own base":            {whole(wire.Instruction{New: 1}), whole(wire.Instruction{New: 2, Throwaway: 1})},
		"malformed diff":          {whole(wire.Instruction{New: 1, Diff: []byte{0xff}})},
		"malformed instruction":   {piece(1, 0, true, string(new(wire.Compressor).Append(nil, []byte{0xff})))},
		"two contents": {whole(wire.Instruction{New: 1}), whole(wire.Instruction{New: 5, Diff: say("a")}),
			whole(wire.Instruction{Old: 5, New: 6}), whole(wire.Instruction{Old: 6, New: 5, Diff: say("b")})},
	} {
		fatal := &recorder{TB: t}
		ours := testSession(t, crypto.ToServer)
		func() {
			defer func() { recover() }()
			s := newStockReceiver(fatal, name, crypto.ToServer, list{})
			s.same = func(a, b list) bool { return a.text == b.text }
			for _, plain := range plains {
				b, err := ours.Seal(nil, plain)
				if err != nil {
					t.Fatal(err)
				}
				s.receive(b)
				if _, held := s.held[6]; held {
					delete(s.held, 5) // as throwing 5 away would
				}
			}
		}()
		if !fatal.failed {
			t.Errorf("%s: the model goes on", name)
		}
	}
}

// A recorder notes a fatal failure and ends what failed by a panic.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Helper() {}

func (r *recorder) Fatalf(string, ...any) {
	r.failed = true
	panic(r)
}
