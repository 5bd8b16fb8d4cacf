package ssp

import (
	"fmt"
	"time"

	"roam/ssp/wire"
)

// A Receipt says what a datagram brought.
type Receipt struct {
	Newest   bool // authentic, and its sequence number is the highest so far: the peer is where it came from
	NewState bool // Remote returns a newer state than before
	Acked    bool // AckedNum has risen

	// RTT is the round-trip time that the datagram measured, at least the millisecond of
	// the timestamps; 0 if it measured none.
	RTT time.Duration
}

// Receive takes in one datagram; ce says that it came with the mark "congestion
// experienced". Errors are for counting only: the datagram was dropped, wholly or
// in part, and the session goes on. After a Receipt with NewState, take what is
// new from Remote before the next Poll acknowledges it. The datagram is not kept.
func (t *Transport[L, R]) Receive(now time.Time, datagram []byte, ce bool) (Receipt, error) {
	t.advance(now)
	if t.end.phase >= Done {
		return Receipt{}, ErrEnded
	}
	if len(datagram) > maxDatagram {
		t.stats.Unauthentic++
		t.trace(Event{Kind: DatagramDropped, Bytes: len(datagram)})
		return Receipt{}, ErrTooLong
	}
	seq, plain, err := t.cfg.Session.Open(t.opened[:0], datagram)
	if err != nil {
		t.stats.Unauthentic++
		t.trace(Event{Kind: DatagramDropped, Bytes: len(datagram)})
		return Receipt{}, err
	}
	t.opened = plain
	t.stats.Received++
	t.stats.ReceivedBytes += uint64(len(datagram))
	p, err := wire.ParsePacket(plain)
	if err != nil {
		t.stats.Malformed++
		return Receipt{}, err
	}
	t.loss.received(seq)
	receipt := Receipt{Newest: t.path.heard(t.now, seq)}
	t.trace(Event{Kind: DatagramReceived, Seq: seq, Bytes: len(datagram), Late: !receipt.Newest})
	if receipt.Newest {
		receipt.RTT = t.takeTimestamps(p, ce)
		t.probe.heard(t.now, &t.rtt)
		t.mtu.hears(t.now, t.rtt.rto())
	}
	err = t.receivePayload(p.Payload, &receipt)
	t.traceWindow()
	t.settle(t.now)
	return receipt, err
}

// takeTimestamps uses the timestamps of the newest datagram, and returns the round
// trip that they measured, 0 for none. Late ones say nothing of the path as it is.
func (t *Transport[L, R]) takeTimestamps(p wire.Packet, ce bool) time.Duration {
	t.stamps.hold(t.now, p.Timestamp, ce)
	if p.Reply == wire.NoTimestamp {
		return 0
	}
	ms := t.stamps.roundTrip(t.now, p.Reply)
	if !t.rtt.sample(ms) {
		return 0
	}
	t.stats.Samples++
	t.window.sample(t.now, time.Duration(ms)*time.Millisecond, t.rtt.duration(), t.rtt.deviation())
	t.traceRTT(ms)
	return time.Duration(max(ms, 1)) * time.Millisecond
}

// receivePayload takes in the fragment in a datagram, and the instruction if it
// is complete.
func (t *Transport[L, R]) receivePayload(payload []byte, receipt *Receipt) error {
	if wire.IsCompact(payload) && t.readsCompact() {
		return t.receiveInstruction(0, payload, receipt)
	}
	f, err := wire.ParseFragment(payload)
	if err != nil {
		t.stats.Malformed++
		return err
	}
	if kind, clean, ok := f.Kind(); ok && t.nego.inForce() {
		return t.receiveKind(kind, clean, f.Body)
	}
	if t.tellsPieces() && (t.tallies.isWhole(f.ID) || t.parked.holds(f.ID)) {
		t.stats.Known++
		t.pieceOfWhole()
		return nil
	}
	compressed, done, err := t.assembler.Add(f)
	t.dropTallies()
	switch {
	case err != nil:
		t.stats.Malformed++
		return err
	case !done:
		t.notePiece(f.ID)
		return nil
	}
	if f.Num == 0 && f.Final {
		return t.receiveInstruction(0, compressed, receipt)
	}
	return t.receiveInstruction(f.ID, compressed, receipt)
}

// receiveInstruction takes in a whole instruction, compressed. id is the one under which
// its pieces came, 0 if it had one.
func (t *Transport[L, R]) receiveInstruction(id uint64, compressed []byte, receipt *Receipt) error {
	t.arrived = len(compressed)
	ins, err := t.unpack(compressed)
	if err != nil {
		t.stats.Malformed++
		return err
	}
	receipt.Acked = t.receiveAck(ins.Ack)
	receipt.NewState, err = t.receiveState(id, ins)
	if _, held := t.in.find(ins.New); held && id > 0 {
		t.tallies.became(id)
	}
	return err
}

// receiveAck takes in the ack of an instruction. It reports whether it is news.
func (t *Transport[L, R]) receiveAck(num uint64) bool {
	bytes := t.out.sent.bytesUpTo(t.out.sent.find(num))
	if !t.out.acked(num) {
		return false
	}
	t.window.acked(num)
	t.window.delivered(bytes)
	t.loss.pieces(t.ships.acked(num), 0)
	if t.leaving <= num {
		t.outbox.loaded = nil
	}
	front := t.out.sent.front()
	t.trace(Event{Kind: StateAcked, New: front.num, Delay: t.now.Sub(front.first)})
	if front.big {
		t.mtu.arrived()
	}
	if t.mtu.asked > 0 && num == t.mtu.token && !front.repeated && !t.answersPings() {
		t.mtu.confirm(t.limits())
	}
	t.probe.acked(t.now, front.state.Equal(t.out.sent.back().state))
	if d, tells := t.out.answered(t.now); tells {
		t.answers.sample(d)
	}
	if front.carried {
		t.nego.carried()
	}
	return true
}

// receiveState takes in the state of an instruction that came under an id, and those that
// waited for it. It reports whether one of them is the newest now.
func (t *Transport[L, R]) receiveState(id uint64, ins wire.Instruction) (newest bool, err error) {
	newest, err = t.takeState(id, ins)
	for {
		w, ok := t.parked.next(t.in.holds, t.in.lacks)
		if !ok {
			return newest, err
		}
		newer, e := t.takeState(w.id, w.ins)
		newest = newest || newer
		if e == nil && w.id > 0 {
			t.tallies.became(w.id)
		}
	}
}

// takeState takes in the state of an instruction, or parks it. It reports whether the
// state is the newest now.
func (t *Transport[L, R]) takeState(id uint64, ins wire.Instruction) (newest bool, err error) {
	switch t.in.admit(t.now, ins) {
	case known:
		t.stats.Known++
		t.traceArrival(InstructionReceived, ins, true)
		if ins.New == wire.Final {
			t.end.peerEnded(t.now)
		}
		t.ackAgain(ins)
		return false, nil
	case baseless:
		t.stats.Baseless++
		t.traceArrival(InstructionRefused, ins, false)
		if t.tellsPieces() && t.in.lacks(ins) {
			t.parked.park(id, ins)
		}
		t.ackAgain(ins)
		return false, nil
	case refused:
		t.stats.Refused++
		t.traceArrival(InstructionRefused, ins, false)
		return false, nil
	case impossible:
		t.stats.Malformed++
		return false, ErrThrowaway
	}
	t.nego.peer(ins.Roam)
	newest, err = t.in.take(t.now, ins)
	if err != nil {
		t.stats.Malformed++
		return false, fmt.Errorf("%w: %w", ErrDiff, err)
	}
	t.stats.States++
	t.traceArrival(InstructionReceived, ins, false)
	if !t.met {
		// The peer has no round-trip time yet and so waits 250 ms between two
		// instructions; an answer at once gives it one.
		t.met = true
		t.out.pace.ackBy(t.now)
	}
	if ins.New == wire.Final {
		t.end.peerEnded(t.now)
	}
	if newest && len(ins.Diff) > 0 {
		t.owe()
		t.out.spacing.refill(t.now) // what answers it does not wait for what was sent before
	}
	return newest, nil
}

// owe makes an ack due for what was just taken in. A roam, which paces what it sends
// by the acks, has it at once if that was large, or came after something that was not
// acknowledged yet: it is the second of several.
func (t *Transport[L, R]) owe() {
	delay := ackDelay
	if t.nego.isRoam() && (t.out.pace.owed || t.arrived > promptAbove) {
		delay = 0
	}
	t.out.pace.owed = true
	t.urgent.due = t.now.Add(answerPause)
	t.out.pace.ackBy(t.now.Add(delay))
}

// ackAgain repeats our ack to a peer who repeats its data so long after we sent
// that the ack must have been lost. Stock leaves it to its next heartbeat, and is
// sent the data every interval until then.
func (t *Transport[L, R]) ackAgain(ins wire.Instruction) {
	if len(ins.Diff) > 0 && t.now.Sub(t.out.sent.back().last) >= t.rtt.rto() {
		t.out.pace.ackBy(t.now)
	}
}
