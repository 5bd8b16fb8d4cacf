package ssp

import (
	"encoding/binary"
	"time"

	"roam/ssp/wire"
)

// An EventKind says what an Event tells, and which of its fields hold.
//
// To add one: a constant here with the fields that it sets, its name in
// eventNames, and a call of Transport.trace where it happens. Readers of traces
// pass over names that they do not know.
type EventKind uint8

// The kinds of events.
const (
	DatagramSent        EventKind = iota + 1 // Seq, Bytes, Old, New, Ack of the instruction that it is a piece of, Piece
	DatagramReceived                         // Seq, Bytes, Late: it is not the newest
	DatagramDropped                          // Bytes: not authentic, or received before
	InstructionSent                          // Old, New, Ack, Bytes of its diff, Again: under a number that was sent before
	InstructionReceived                      // Old, New, Ack, Bytes of its diff, Again: its state is here already
	InstructionRefused                       // Old, New, Ack, Bytes: its base is not here, or there is no room for it
	StateAcked                               // New: the newest state known to be at the peer; Delay since it was first sent
	StateLost                                // New: a state that is taken for lost, Delay after it was first sent
	RTTUpdated                               // Delay: the sample; Smoothed and Deviation, and RTO after it
	PathHopped                               // the client goes on from another port
	WindowUpdated                            // Bytes that may be on their way, InFlight: those that are, Delay: how long the newest waited in the path's queue
)

// eventNames are what traces call the kinds.
var eventNames = [...]string{
	DatagramSent: "datagram_sent", DatagramReceived: "datagram_received", DatagramDropped: "datagram_dropped",
	InstructionSent: "instruction_sent", InstructionReceived: "instruction_received", InstructionRefused: "instruction_refused",
	StateAcked: "state_acked", StateLost: "state_lost",
	RTTUpdated: "rtt_updated", PathHopped: "path_hopped", WindowUpdated: "window_updated",
}

// String returns the name of the kind, as "datagram_sent".
func (k EventKind) String() string {
	if k == 0 || int(k) >= len(eventNames) {
		return "unknown"
	}
	return eventNames[k]
}

// An Event is something that happened in a Transport, for Config.Trace. It holds
// numbers and lengths, never content. Fields that its Kind does not name are zero.
// It is a flat value, so that handing it over allocates nothing.
type Event struct {
	Time time.Time
	Kind EventKind

	Seq           uint64 // number of the datagram in its direction
	Piece         uint16 // place of the piece in its instruction
	Bytes         int    // UDP payload of a datagram, length of a diff, or the window
	InFlight      int
	Old, New, Ack uint64 // numbers of states; wire.Final is the last one
	Again         bool
	Late          bool

	Delay                    time.Duration
	Smoothed, Deviation, RTO time.Duration
}

// trace hands an event to whoever asked for them.
func (t *Transport[L, R]) trace(e Event) {
	if t.cfg.Trace != nil {
		e.Time = t.now
		t.cfg.Trace(e)
	}
}

// sequence returns the number of a sealed datagram: its first eight bytes, below the bit
// of the direction (docs/protocol.md A3).
func sequence(datagram []byte) uint64 { return binary.BigEndian.Uint64(datagram) &^ (1 << 63) }

// traceSent tells of a datagram that was just sealed.
func (t *Transport[L, R]) traceSent(datagram []byte, f wire.Fragment) {
	if t.cfg.Trace == nil {
		return
	}
	e := t.sending
	if _, _, ok := f.Kind(); ok {
		e = Event{} // it is no piece of an instruction
	}
	e.Kind, e.Bytes, e.Piece, e.Again = DatagramSent, len(datagram), f.Num, false
	e.Seq = sequence(datagram)
	t.trace(e)
}

// traceInstruction tells of an instruction that goes out, and keeps its numbers
// for its datagrams.
func (t *Transport[L, R]) traceInstruction(ins wire.Instruction, again bool) {
	if t.cfg.Trace == nil {
		return
	}
	t.sending = Event{Kind: InstructionSent, Old: ins.Old, New: ins.New, Ack: ins.Ack, Bytes: len(ins.Diff), Again: again}
	t.trace(t.sending)
}

// traceRepetition tells that the instruction that went out last goes out again.
func (t *Transport[L, R]) traceRepetition() {
	t.sending.Again = true
	t.trace(t.sending)
}

// traceArrival tells what became of a received instruction.
func (t *Transport[L, R]) traceArrival(kind EventKind, ins wire.Instruction, again bool) {
	t.trace(Event{Kind: kind, Old: ins.Old, New: ins.New, Ack: ins.Ack, Bytes: len(ins.Diff), Again: again})
}

// traceLosses tells of states that are not assumed to be at the peer any more,
// once each.
func (t *Transport[L, R]) traceLosses() {
	if t.cfg.Trace == nil {
		return
	}
	within := t.conditions().within
	for i := range t.out.sent {
		s := &t.out.sent[i]
		if i == 0 || s.num <= t.lost || s.num == wire.Final || t.out.sent.isAssumed(i, t.now, within) {
			continue
		}
		t.lost = s.num
		t.trace(Event{Kind: StateLost, New: s.num, Delay: t.now.Sub(s.first)})
	}
}

// traceWindow tells of the window and the queue, if one of them is another than when it
// was told last.
func (t *Transport[L, R]) traceWindow() {
	if t.cfg.Trace == nil {
		return
	}
	e := Event{Kind: WindowUpdated, Bytes: int(t.window.size), InFlight: t.window.inFlight, Delay: max(t.window.queue(), 0)}
	if e.Bytes != t.windowTold.Bytes || e.Delay != t.windowTold.Delay {
		t.windowTold = e
		t.trace(e)
	}
}

// traceRTT tells of a sample of the round-trip time, given in milliseconds.
func (t *Transport[L, R]) traceRTT(sample uint16) {
	if t.cfg.Trace == nil {
		return
	}
	smoothed, deviation := t.rtt.srtt()
	t.trace(Event{Kind: RTTUpdated, Delay: time.Duration(sample) * time.Millisecond,
		Smoothed: time.Duration(smoothed * float64(time.Millisecond)), Deviation: time.Duration(deviation * float64(time.Millisecond)), RTO: t.rtt.rto()})
}
