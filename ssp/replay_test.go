package ssp

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"roam/crypto"
	"roam/ssp/wire"
)

// A recording is a session of two stock peers; testdata/README.md describes its
// fields.
type recording struct {
	Key       string
	Datagrams []struct {
		T    int64 `json:"t_ms"`
		Dir  string
		Wire string
	}
	Instructions []struct {
		Dir  string
		Old  uint64 `json:"old_num,string"`
		New  uint64 `json:"new_num,string"`
		Diff string
	}
}

// A tape is what the diffs of a flow said, one line an item. It is the list of
// events from a client, and the history of a screen.
type tape struct{ lines string }

func (p tape) Apply(diff []byte) (tape, error) {
	for it, err := range wire.HostItems(diff) {
		if err != nil {
			return tape{}, err
		}
		switch it.Kind {
		case wire.Bytes:
			for _, b := range it.Bytes { // one line a byte: a run may be cut anywhere
				p.lines += fmt.Sprintf("%02x\n", b)
			}
		default:
			p.lines += fmt.Sprintf("%+v\n", it)
		}
	}
	return p, nil
}

func (p tape) Since(tape) tape { return p }
func (p tape) Size() int       { return len(p.lines) }

// states returns the events that each state from the client stands for, and
// checks that this does not depend on the base.
func (r recording) states(t *testing.T) map[uint64]tape {
	t.Helper()
	all := map[uint64]tape{0: {}}
	for i, ins := range r.Instructions {
		base, ok := all[ins.Old]
		if ins.Dir != "c2s" || !ok {
			continue
		}
		diff, err := hex.DecodeString(ins.Diff)
		if err != nil {
			t.Fatal(err)
		}
		state, err := base.Apply(diff)
		if err != nil {
			t.Fatalf("instruction %d: %v", i, err)
		}
		if known, ok := all[ins.New]; ok && known != state {
			t.Fatalf("instruction %d: state %d has two contents", i, ins.New)
		}
		all[ins.New] = state
	}
	return all
}

// replay brings datagrams of one direction to a Transport.
func (r recording) replay(t *testing.T, dir string, order []int) (tape, uint64) {
	t.Helper()
	key, err := crypto.ParseKey(r.Key)
	if err != nil {
		t.Fatal(err)
	}
	role, send := Server, crypto.ToClient
	if dir == "s2c" {
		role, send = Client, crypto.ToServer
	}
	session, err := crypto.NewSession(key, send)
	if err != nil {
		t.Fatal(err)
	}
	tr := New(testStart, Config{Role: role, Session: session, Rand: noChaff{}}, list{}, func() list { return list{} }, tape{})
	now := testStart
	for _, i := range order {
		b, err := hex.DecodeString(r.Datagrams[i].Wire)
		if err != nil {
			t.Fatal(err)
		}
		now = now.Add(ms)
		receipt, err := tr.Receive(now, b, false)
		if err != nil && err != crypto.ErrReplay {
			t.Fatalf("datagram %d: %v", i, err)
		}
		if _, num := tr.Remote(); receipt.NewState && num == 0 {
			t.Fatalf("datagram %d brings state 0", i)
		}
		for { // whatever it says to that must not disturb
			if _, ok := tr.Poll(now, nil); !ok {
				break
			}
		}
	}
	if s := tr.Stats(); s.Malformed > 0 {
		t.Errorf("%d datagrams of a stock peer are malformed", s.Malformed)
	}
	return tr.Remote()
}

// TestRecordedSessionsReplay feeds each direction of recorded sessions to a
// Transport: in order, reversed, doubled and with gaps. The state that comes out
// is the last, or an older one, but never a wrong one.
func TestRecordedSessionsReplay(t *testing.T) {
	names, err := filepath.Glob("testdata/session-*.json")
	if err != nil || len(names) < 10 {
		t.Fatalf("found %d recorded sessions (%v), want at least 10", len(names), err)
	}
	for _, name := range names {
		var r recording
		readVectors(t, filepath.Base(name), &r)
		events := r.states(t)
		for _, dir := range []string{"c2s", "s2c"} {
			var order []int
			var last uint64
			for i, d := range r.Datagrams {
				if d.Dir == dir {
					order = append(order, i)
				}
			}
			for _, ins := range r.Instructions {
				if ins.Dir == dir {
					last = max(last, ins.New)
				}
			}
			check := func(how string, order []int, wantLast bool) {
				t.Helper()
				state, num := r.replay(t, dir, order)
				if num > last || wantLast && num != last {
					t.Errorf("%s, %s, %s: ends with state %d, want %d", name, dir, how, num, last)
				}
				if dir == "c2s" && state != events[num] {
					t.Errorf("%s, %s, %s: state %d is\n%s, want\n%s", name, dir, how, num, state.lines, events[num].lines)
				}
			}
			check("in order", order, true)
			reversed := slices.Clone(order)
			slices.Reverse(reversed)
			check("reversed", reversed, false)
			check("back and forth", slices.Concat(reversed, order), false)
			var doubled []int
			for _, i := range order {
				doubled = append(doubled, i, i)
			}
			check("doubled", doubled, true)
			check("twice", slices.Concat(order, order), true)
			rnd := rand.New(rand.NewPCG(1, uint64(len(name))))
			for gap := 2; gap < 8; gap++ {
				var some []int
				for n, i := range order {
					if n%gap != 0 {
						some = append(some, i)
					}
				}
				check(fmt.Sprintf("without each %dth", gap), some, false)
				rnd.Shuffle(len(some), func(a, b int) { some[a], some[b] = some[b], some[a] })
				check("shuffled", some, false)
			}
		}
	}
}
