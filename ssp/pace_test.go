package ssp

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"roam/ssp/wire"
)

// The facts of docs/protocol.md C2 and C5, as stories. Round-trip times of 100 ms
// give an interval of 50 ms and an RTO of 300.

func TestClientBeginsAtOnceAndRepeatsUntilFirstContact(t *testing.T) {
	st := newStory(t, Client, nil)
	st.set("size")
	st.wantSend(`[0->1] ack 0 "size"`)
	for s := time.Second; s < FirstContactTimeout; s += time.Second { // stock: each 3 s
		st.wantAt(s, `[0->1] ack 0 "size"`)
	}
	st.advance(time.Second - 1)
	st.Shutdown(st.now) // first contact has failed; the client's owner gives up
	st.wantSend(`[0->INF] ack 0 "size"`)
	for i := range 15 {
		st.wantAt(FirstContactTimeout-1+time.Duration(250*(i+1))*ms, `[0->INF] ack 0 "size"`)
	}
	st.wantPhase(Closing)
	st.advance(250 * ms)
	st.wantQuiet()
	st.wantPhase(Failed)
	if st.Err() != ErrUnanswered {
		t.Errorf("Err = %v", st.Err())
	}
	if !st.NextTimeout().IsZero() {
		t.Error("a failed session has a timeout")
	}
}

func TestFirstContactIsAnsweredAtOnce(t *testing.T) {
	// The server gets its first sample from that; stock waits for its heartbeat.
	st := newStory(t, Client, nil)
	st.set("size")
	st.wantSend(`[0->1] ack 0 "size"`)
	st.advance(40 * ms)
	st.deliverStamped(wire.Instruction{New: 1, Ack: 1}, 77, 0, false)
	st.wantSend(`[1->2] ack 1`)
	if p := st.packets[1]; p.Reply != 77 {
		t.Errorf("reply %d, want 77", p.Reply)
	}
	st.deliver(wire.Instruction{Old: 1, New: 2, Ack: 1}) // and nothing else of this kind
	st.wantAt(3040*ms, `[1->3] ack 2`)
}

func TestClientWithNothingToSayBeginsTooWithAnEmptyAck(t *testing.T) {
	st := newStory(t, Client, nil)
	st.flush()
	st.wantSend(`[0->1] ack 0`)
}

func TestServerWaitsForItsClient(t *testing.T) {
	st := newStory(t, Server, nil)
	st.set("motd")
	st.advance(time.Hour)
	st.wantQuiet()
	if !st.NextTimeout().IsZero() {
		t.Error("a server without a peer has a timeout")
	}
	st.deliver(wire.Instruction{New: 1, Diff: say("x")})
	st.wantSend(`[0->1] ack 1 "motd"`) // at once
}

func TestServerAnswersAtOnceAndNeedsNoSample(t *testing.T) {
	// Stock waits 250 ms before it sends its prompt.
	st := newStory(t, Server, nil)
	st.deliver(wire.Instruction{New: 1, Diff: say("x")})
	st.wantSend(`[0->1] ack 1`)
	st.advance(5 * ms)
	st.set("prompt")
	st.wantSend(`[0->2] ack 1 "prompt"`)
}

func TestAServerWithoutAWholeInstructionStaysSilent(t *testing.T) {
	st := newStory(t, Server, nil)
	r, err := st.deliverFragment(wire.Fragment{ID: 1, Num: 1, Body: []byte("?")}, 1, wire.NoTimestamp, false)
	if err != nil || !r.Newest || !st.Attached() {
		t.Errorf("Receive = %+v, %v, attached %v: want the address to count", r, err, st.Attached())
	}
	st.advance(10 * time.Second)
	st.wantQuiet()
}

func TestHeartbeats(t *testing.T) {
	st := begin(t, Client, 100*ms)
	for n := range uint64(5) {
		ours := wire.Instruction{Old: 1 + n, New: 2 + n, Ack: 1 + n, Throwaway: 1 + n}
		st.wantAt(time.Duration(n+1)*ackInterval, sayInstruction(ours))
		// The peer's heartbeat acknowledges ours; nothing answers it.
		st.deliver(wire.Instruction{Old: 1 + n, New: 2 + n, Ack: 2 + n})
		st.wantQuiet()
		st.wantRemote(2+n, "")
	}
}

func TestADiffIsAcknowledgedWithin100ms(t *testing.T) {
	st := begin(t, Client, 100*ms)
	st.deliver(wire.Instruction{Old: 1, New: 2, Ack: 1, Diff: say("a")})
	st.advance(40 * ms)
	st.deliver(wire.Instruction{Old: 2, New: 3, Ack: 1, Diff: say("b")}) // does not postpone it
	st.wantAt(1100*ms, `[1->2] ack 3`)
	// The next thing sent carries the ack; nothing follows.
	st.deliver(wire.Instruction{Old: 3, New: 4, Ack: 1, Diff: say("c")})
	st.add("k")
	st.wantSend(`[1->3] ack 4 "k"`)
	st.ack(3)
	st.wantAt(4100*ms, `[3->4] ack 4`)
}

func TestAChangeAfterQuietLeavesAtOnce(t *testing.T) {
	for _, role := range []Role{Client, Server} {
		st := begin(t, role, 100*ms)
		st.add("l")
		st.wantSend(sayInstruction(wire.Instruction{Old: 1, New: 2, Ack: 1, Throwaway: 1, Diff: say("l")}))
		st.ack(2)
	}
}

func TestABurstAndThenSteadily(t *testing.T) {
	// Three at once, then one each 20 ms.
	st := begin(t, Server, 100*ms)
	st.add("1")
	st.wantSend(`[1->2] ack 1 "1"`)
	st.add("2")
	st.wantSend(`[1->3] ack 1 "12"`)
	st.add("3")
	st.wantSend(`[1->4] ack 1 "123"`)
	for at := range 19 {
		st.add(string(rune('a' + at)))
		st.advance(ms)
		st.wantQuiet()
	}
	st.wantAt(1020*ms, `[1->5] ack 1 "123abcdefghijklmnopqrs"`)
	st.add("4")
	st.wantAt(1040*ms, `[1->6] ack 1 "123abcdefghijklmnopqrs4"`)
	st.ack(6)
	// What was not used comes back: one in 20 ms, three at most.
	st.advance(25 * ms)
	st.add("5")
	st.wantSend(`[6->7] ack 1 "5"`)
	st.add("6")
	st.wantAt(1080*ms, `[6->8] ack 1 "56"`)
	st.ack(8)
}

func TestAnAnswerDoesNotWaitForWhatWasSentBefore(t *testing.T) {
	st := begin(t, Server, 100*ms)
	for _, c := range "123" {
		st.add(string(c))
	}
	st.take()
	st.add("flood")
	st.wantQuiet()
	st.deliver(wire.Instruction{Old: 1, New: 2, Ack: 4, Diff: say("\x03")})
	st.wantSend(`[4->5] ack 2 "flood"`) // at once, and two more could
	st.add("^C")
	st.wantSend(`[4->6] ack 2 "flood^C"`)
	st.add("$ ")
	st.wantSend(`[4->7] ack 2 "flood^C$ "`)
	st.add("x")
	st.wantAt(1020*ms, `[4->8] ack 2 "flood^C$ x"`)
	st.ack(8)
}

func TestManyStatesWithoutAnAckSlowDown(t *testing.T) {
	// With a round trip of 800 ms and 12 of them under way, one each 100 ms: so few
	// fit into the sent list that the ack of each finds its state.
	st := begin(t, Server, 800*ms)
	for range 300 {
		st.add("x")
		st.advance(ms)
	}
	var gaps []time.Duration
	all := st.take()
	for i := range all[1:] {
		gaps = append(gaps, (all[i+1].at - all[i].at).Round(ms))
	}
	want := []time.Duration{ms, ms, 18 * ms, 20 * ms, 20 * ms, 20 * ms, 20 * ms, 20 * ms, 20 * ms, 20 * ms, 20 * ms, 100 * ms}
	if fmt.Sprint(gaps) != fmt.Sprint(want) {
		t.Errorf("the states are %v apart, want %v", gaps, want)
	}
}

func TestAnAnswerDoesNotWaitForACrowd(t *testing.T) {
	// 12 states and more are under way, so that one leaves each 100 ms: those that
	// answer an interrupt leave at once nevertheless.
	st := begin(t, Server, 800*ms)
	for range 300 {
		st.add("x")
		st.advance(ms)
	}
	before := len(st.take())
	st.add("flood")
	st.wantQuiet()
	st.deliver(wire.Instruction{Old: 1, New: 2, Ack: 1, Diff: say("\x03")})
	for _, s := range []string{"^C", "$ ", "x"} {
		st.add(s)
	}
	st.advance(ms)
	if got := len(st.take()); got != burst {
		t.Errorf("%d states left behind %d, want %d", got, before, burst)
	}
	st.advance(50 * ms)
	st.wantQuiet()
	st.take()
}

func TestNoAnswer(t *testing.T) {
	// As recorded with stock: no sample, so RTO 1000 and interval 250. Heard at
	// 0.
	st := newStory(t, Client, nil)
	st.local = newList(".")
	st.deliver(wire.Instruction{New: 1})
	st.wantSend(`[0->1] ack 1 "."`)
	st.ack(1)
	st.advance(1013 * ms)
	st.add("k")
	st.wantSend(`[1->2] ack 1 "k"`)
	// RTO + 100 later its answer is overdue, and it is its own probe.
	at := 2113 * ms
	for ; at < (2113*ms + probeSoon); at += probeInterval {
		st.wantAt(at, `[1->2] ack 1 "k"`)
	}
	for ; at < (2113*ms + probeLater); at += laterInterval {
		st.wantAt(at, `[1->2] ack 1 "k"`)
	}
	for range 10 {
		st.wantAt(at, `[1->2] ack 1 "k"`)
		at += rareInterval
	}
	st.deliver(wire.Instruction{Old: 1, New: 2, Ack: 2})
}

func TestNoRetransmissionStorm(t *testing.T) {
	// Stock repeats a key each interval if an older empty ack of its own, for
	// which the peer had no reason to thank, is without an ack.
	st := begin(t, Client, 100*ms)
	st.deliver(wire.Instruction{Old: 1, New: 2, Ack: 1, Diff: say("output")})
	st.wantAt(1100*ms, `[1->2] ack 2`)
	st.advance(900 * ms) // longer than RTO + 100
	st.add("k")
	st.wantSend(`[1->3] ack 2 "k"`)
	st.wantAt(2400*ms, `[1->3] ack 2 "k"`) // not before RTO + 100
	st.wantAt(2500*ms, `[1->3] ack 2 "k"`) // lost, it seems
	st.ack(3)
	st.wantAt(5500*ms, `[3->4] ack 2`)
}

func TestSmallDiffsRideOnAcks(t *testing.T) {
	st := begin(t, Client, 100*ms)
	st.add("k")
	st.wantSend(`[1->2] ack 1 "k"`)
	st.deliver(wire.Instruction{Old: 1, New: 2, Ack: 1, Diff: say("o")})
	st.wantAt(1100*ms, `[1->2] ack 2 "k"`) // the ack repeats the key, under its number
	if got := st.Stats().Repeats; got != 1 {
		t.Errorf("Repeats = %d, want 1", got)
	}
	st.ack(2)
}

func TestLargeDiffsDoNotRideOnAcks(t *testing.T) {
	st := begin(t, Client, 100*ms)
	st.add(strings.Repeat("k", 200))
	st.wantSend(`[1->2] ack 1 200 bytes`)
	st.deliver(wire.Instruction{Old: 1, New: 2, Ack: 1, Diff: say("o")})
	st.wantAt(1100*ms, `[2->3] ack 2 throw 1`)
	// Both are unacknowledged. 2 seems lost at 1400, and 3 with it, since it
	// starts from 2.
	st.wantAt(1400*ms, `[1->3] ack 2 200 bytes`)
	st.ack(3)
}

func TestDataRepeatedForLackOfAnAckIsAcknowledgedAgain(t *testing.T) {
	st := begin(t, Client, 100*ms)
	output := wire.Instruction{Old: 1, New: 2, Ack: 1, Diff: say("o")}
	st.deliver(output)
	st.wantAt(1100*ms, `[1->2] ack 2`) // lost
	st.advance(299 * ms)
	st.deliver(output) // may have crossed our ack, which has had an RTO of 300
	st.advance(ms)
	st.wantQuiet()
	st.deliver(output)
	st.wantSend(`[1->3] ack 2`)
	st.deliver(output)
	st.deliver(wire.Instruction{Old: 1, New: 2, Ack: 1}) // empty: asks for nothing
	st.advance(300 * ms)
	st.deliver(wire.Instruction{Old: 7, New: 8, Ack: 1, Diff: say("o")}) // from a base that we lack: neither has it heard us
	st.wantSend(`[1->4] ack 2`)
}

func TestAChangeThatDoesNotShow(t *testing.T) {
	// Touch without a change must not wake the owner for ever, nor send anything.
	st := begin(t, Client, 100*ms)
	st.Touch(st.now)
	st.wantAt(3000*ms, `[1->2] ack 1`)
}

func TestLargeDiffsAreRepeatedWhenAnAnswerShouldHaveCome(t *testing.T) {
	st := begin(t, Client, 100*ms)
	st.add(noise(10_000))
	st.wantSend(`[1->2] ack 1 10000 bytes`)
	st.wantAt(1400*ms, `[1->2] ack 1 10000 bytes`) // RTO + 100
	st.wantAt(1700*ms, `[1->2] ack 1 10000 bytes`) // RTO, not the interval
	st.ack(2)
}

// A veiled list says that it differs when only its veil does, which no diff shows.
type veiled struct {
	list
	veil int
}

func (v veiled) AppendDiff(dst []byte, base veiled, budget int) ([]byte, veiled) {
	diff, _ := v.list.AppendDiff(dst, base.list, budget)
	return diff, v
}
func (v veiled) Equal(w veiled) bool   { return v.list.Equal(w.list) && v.veil == w.veil }
func (v veiled) Since(w veiled) veiled { return veiled{v.list.Since(w.list), v.veil} }

func TestAnInvisibleChangeDoesNotHideALoss(t *testing.T) {
	text := strings.Repeat("y", 200)
	st := newStoryOf(t, Server, veiled{}, nil)
	st.deliver(wire.Instruction{New: 1, Diff: say(".")})
	st.wantSend(`[0->1] ack 1`)
	st.sample(100 * ms)
	st.ack(1)
	st.advance(time.Second)
	st.change(veiled{newList(text), 0})
	st.wantSend(`[1->2] ack 1 200 bytes`) // lost
	st.change(veiled{newList(text), 1})
	st.wantAt(1400*ms, `[1->3] ack 1 200 bytes`)
	st.ack(3)
	st.change(veiled{newList(text), 2})
	st.wantAt(4400*ms, `[3->4] ack 1`) // with the next empty ack
	st.ack(4)
}

func TestRevertedState(t *testing.T) {
	// A register that is again what the peer acknowledged, while another content
	// is on its way: the peer must hear of it, by an empty diff from the
	// acknowledged state.
	a := newRegister().set(0, "a")
	st := newStoryOf(t, Server, a, nil)
	st.deliver(wire.Instruction{New: 1, Diff: say(".")})
	st.wantSend(`[0->1] ack 1`)
	st.sample(100 * ms)
	st.ack(1)
	st.advance(time.Second)
	st.change(a.set(0, "b"))
	st.wantSend(`[1->2] ack 1 "\x00b"`)
	st.change(a)
	st.wantSend(`[1->3] ack 1`)
	st.wantAt(4000*ms, `[1->4] ack 1`) // nothing but heartbeats: a lost 2 has done no harm
	st.ack(4)
}
