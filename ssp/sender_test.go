package ssp

import (
	"strings"
	"testing"
	"time"

	"roam/ssp/wire"
)

// nums returns the numbers in a sent list.
func nums[L Local[L]](l sentList[L]) []uint64 {
	var all []uint64
	for i := range l {
		all = append(all, l[i].num)
	}
	return all
}

func TestSentListKeepsTheFrontAndTheRecent(t *testing.T) {
	st := begin(t, Client, 100*ms) // front 1
	for len(st.sent) < 40 {        // states 2..41, none acknowledged
		st.add("x")
		st.advance(50 * ms)
	}
	st.take()
	got := nums(st.out.sent)
	if len(got) != maxSent || got[0] != 1 {
		t.Fatalf("the list has %d states from %d on", len(got), got[0])
	}
	// As recorded with stock: when 32 is added to 0..31, 17 goes, then 18, and so
	// on. Here all is one higher.
	for i, n := range got {
		want := uint64(1 + i)
		if i > 16 {
			want = 41 - uint64(maxSent-1-i)
		}
		if n != want {
			t.Fatalf("the list has %v", got)
		}
	}
	st.ack(18)
	if st.AckedNum() != 1 {
		t.Errorf("an ack for a forgotten state: AckedNum = %d", st.AckedNum())
	}
	st.ack(17)
	if st.AckedNum() != 17 {
		t.Errorf("AckedNum = %d, want 17", st.AckedNum())
	}
	st.ack(5) // of the past
	if st.AckedNum() != 17 {
		t.Errorf("AckedNum = %d after an old ack", st.AckedNum())
	}
}

func TestAcknowledgedContentIsForgotten(t *testing.T) {
	st := begin(t, Client, 100*ms)
	st.add("abc")
	st.wantSend(`[1->2] ack 1 "abc"`)
	st.ack(2)
	if got := st.AckedState(); got.end() != 4 || got.text != "" {
		t.Errorf("AckedState = %v", got)
	}
	st.add("d")
	st.wantSend(`[2->3] ack 1 "d"`)
	for _, s := range st.out.sent {
		if s.state.forgotten != 4 {
			t.Errorf("state %d is %v", s.num, s.state)
		}
	}
	st.ack(3)
}

func TestBaseOfTheDiff(t *testing.T) {
	for _, c := range []struct {
		name         string
		first, later int // bytes of a first change, and of another one behind it
		want         string
	}{
		{"small: from what is acknowledged", 10, 10, `[1->3] ack 1 "yyyyyyyyyyyyyyyyyyyy"`},
		{"99 more: still", 99, 500, `[1->3] ack 1 599 bytes`},
		{"more than 100 more: from what is assumed", 120, 500, `[2->3] ack 1 throw 1 500 bytes`},
		{"above 1000: from what is assumed", 60, 1000, `[2->3] ack 1 throw 1 1000 bytes`},
	} {
		st := begin(t, Client, 100*ms)
		st.add(strings.Repeat("y", c.first))
		st.advance(ms)
		st.take()
		st.add(strings.Repeat("y", c.later))
		st.advance(50 * ms)
		if got := st.take(); len(got) != 1 || got[0].String() != c.want {
			t.Errorf("%s: sent %v, want %s", c.name, got, c.want)
		}
	}
}

func TestLostBaseIsGivenUp(t *testing.T) {
	// 2 is large and lost; 3 starts from it. When the ack for 2 is overdue, both must be
	// taken for lost, although 3 is younger.
	st := begin(t, Client, 100*ms)
	st.add(strings.Repeat("y", 2000))
	st.wantSend(`[1->2] ack 1 2000 bytes`)
	st.advance(350 * ms)
	st.add("z")
	st.wantSend(`[2->3] ack 1 throw 1 "z"`)
	st.wantAt(1400*ms, `[1->3] ack 1 2001 bytes`)
	st.ack(3)
}

func TestEmptyAcksAreNoBase(t *testing.T) {
	st := begin(t, Client, 100*ms)
	st.deliver(wire.Instruction{Old: 1, New: 2, Ack: 1, Diff: say("o")})
	st.wantAt(1100*ms, `[1->2] ack 2`)
	st.add(strings.Repeat("y", 2000))
	st.wantSend(`[1->3] ack 2 2000 bytes`) // not from 2, which is the same and less certain
	st.ack(3)
}

func TestDiffsAboveTheLimitAreCut(t *testing.T) {
	st := begin(t, Client, 0)
	st.add(strings.Repeat("y", maxDiff+500_000))
	st.wantSend(`[1->2] ack 1 3000000 bytes`, `[2->3] ack 1 throw 1 1500000 bytes`)
	st.deliver(wire.Instruction{Old: 1, New: 2, Ack: 3})
	st.wantAt(4000*ms, `[3->4] ack 2`)
}

// An uncut is a list whose diffs cannot be cut.
type uncut struct{ list }

func (u uncut) AppendDiff(dst []byte, base uncut, _ int) ([]byte, uncut) {
	diff, reached := u.list.AppendDiff(dst, base.list, 0)
	return diff, uncut{reached}
}
func (u uncut) Equal(v uncut) bool  { return u.list.Equal(v.list) }
func (u uncut) Since(v uncut) uncut { return uncut{u.list.Since(v.list)} }

func TestAStateTooLargeToSendLeavesTheAcksAlive(t *testing.T) {
	st := newStoryOf(t, Client, uncut{}, nil)
	st.local = uncut{newList("a")}
	st.deliver(wire.Instruction{New: 1})
	st.wantSend(`[0->1] ack 1 "a"`)
	st.ack(1)
	st.change(uncut{newList("a" + strings.Repeat("y", maxDiff))})
	st.deliver(wire.Instruction{Old: 1, New: 2, Ack: 1, Diff: say("x")})
	st.advance(99 * ms)
	st.wantQuiet()
	st.advance(ms)
	st.wantSend(`[1->2] ack 2`)
	if st.Stats().TooLong == 0 {
		t.Error("TooLong = 0")
	}
	st.advance(2 * time.Second)
	st.wantQuiet()
}

func TestDiffBudget(t *testing.T) {
	st := newStoryOf(t, Server, newRegister(), func(cfg *Config) { cfg.DiffBudget = 20 })
	st.deliver(wire.Instruction{New: 1, Diff: say(".")})
	st.wantSend(`[0->1] ack 1`)
	st.sample(100 * ms)
	st.ack(1)
	st.advance(time.Second)
	st.take()
	st.change(newRegister().set(0, "0123456789abcdefghijklmnopqrs")) // 58 bytes of pairs
	peer, err := newRegister(), error(nil)
	var got []int
	sent := st.take()
	if len(sent) != 3 {
		t.Fatalf("at %v: sent %v", st.since(), sent)
	}
	for _, x := range sent {
		ins := x.ins
		if len(got) > 0 && ins.Old != ins.New-1 {
			t.Errorf("a part starts from %d", ins.Old)
		}
		if peer, err = peer.Apply(ins.Diff); err != nil {
			t.Fatal(err)
		}
		got = append(got, len(ins.Diff))
	}
	st.advance(150 * ms)
	if !peer.Equal(st.local) {
		t.Errorf("after parts of %v bytes the peer has %v", got, peer)
	}
	st.wantQuiet()
	// Nothing is acknowledged: the first part seems lost, and with it the others.
	// All is sent again, in parts, under new numbers where the parts are new.
	st.advance(time.Second)
	for _, x := range st.take() {
		if len(x.ins.Diff) > 30 {
			t.Errorf("at %v: %d bytes", x.at, len(x.ins.Diff))
		}
	}
}

// A client that sends in parts and hears no acks must not send less under a higher
// number than before: a stock server that has got the earlier parts would abort.
func TestPartsNeverShrink(t *testing.T) {
	st := newStory(t, Client, func(cfg *Config) { cfg.DiffBudget = 20 })
	st.set(noise(25)) // a boundary that pieces counted from the front do not meet
	st.advance(300 * ms)
	st.set(st.local.text + noise(200))
	ends := map[uint64]int{0: 0}
	repeats, newest, most := 0, uint64(0), 0
	for i := range 200 {
		st.advance(100 * ms)
		if i > 100 && i%10 == 0 {
			st.ack(newest)
		}
		for _, x := range st.take() {
			end := ends[x.ins.Old]
			for it, err := range wire.UserItems(x.ins.Diff) {
				if err != nil {
					t.Fatal(err)
				}
				end += len(it.Bytes)
			}
			if old, known := ends[x.ins.New]; known {
				repeats++
				if old != end {
					t.Fatalf("at %v: state %d ends at %d, and at %d before", x.at, x.ins.New, end, old)
				}
			}
			ends[x.ins.New] = end
			if x.ins.New > newest {
				newest = x.ins.New
				if end < most {
					t.Fatalf("at %v: state %d ends at %d, and one before at %d", x.at, newest, end, most)
				}
				most = end
			}
		}
	}
	if repeats == 0 || most != len(st.local.text) {
		t.Errorf("%d repeats, all of %d bytes; want some, of %d", repeats, most, len(st.local.text))
	}
}
