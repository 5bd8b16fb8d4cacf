package ssp

import (
	"io"
	"time"

	"roam/crypto"
	"roam/ssp/wire"
)

// Role says which end of the session a Transport is.
type Role uint8

// The two roles.
const (
	Client Role = iota // speaks first, to an address that it was given; may change its port
	Server             // silent until it has heard a client; follows the client's address
)

// Config sets up a Transport.
type Config struct {
	Role    Role
	Session *crypto.Session // seals and opens the datagrams, for this Transport alone; its owner closes it

	// MaxPayload is the most bytes in one UDP payload; see SetMaxPayload. 0 means
	// MaxPayloadIPv4.
	MaxPayload int

	// ProbePayload is the most bytes in one UDP payload that is tried, and used if it
	// arrives; it counts if it is more than MaxPayload, and the peer answers pings. Who
	// sends such datagrams must do so unfragmented. 0: nothing is tried; 2048 at most.
	ProbePayload int

	// DiffBudget is the budget for Local.AppendDiff, in bytes; 0 means whole
	// diffs. Parts of a frame are for peers that expect them.
	DiffBudget int

	// Rand gives the padding that hides the length of short diffs. It must be
	// set, to crypto/rand.Reader outside tests.
	Rand io.Reader

	// Negotiator owns field 64. nil: the field is never sent, and ignored.
	Negotiator Negotiator

	// Kind is called, once both ends have agreed on such, for each datagram that
	// is no piece of an instruction. kind is 0..127; body is valid only during
	// the call. It reports whether it knows the kind. nil: none is known.
	Kind func(kind uint8, body []byte) bool

	// Trace is called for each thing that happens, in order, from within the
	// method in which it does; it must not call the Transport. nil costs nothing.
	Trace func(Event)

	// Pings reports whether both ends have agreed to answer each other's pings, by
	// which a silent path is probed. nil: they have not.
	Pings func() bool

	// Tallies reports whether both ends have agreed to tell each other which pieces
	// of an instruction have arrived. nil: they have not.
	Tallies func() bool
}

// A Transport is one end of a session. It is not safe for concurrent use. The
// times given to it must not run backwards.
type Transport[L Local[L], R Remote[R]] struct {
	cfg Config
	now time.Time // of the latest call

	out    sender[L]
	outbox outbox
	ships  shipments
	padder padder

	in        receiver[R]
	assembler wire.Assembler
	inflater  wire.Inflater
	tallies   tallies
	parked    parked

	rtt     rtt
	answers answers
	loss    lossMeter
	window  window
	urgent  urgent
	stamps  timestamps
	path    path
	nego    negotiation
	end     ending
	met     bool // an instruction of the peer was accepted
	probe   prober
	mtu     mtu
	stats   Stats

	sending Event  // the numbers of the instruction that goes out, for Config.Trace
	lost    uint64 // number of the newest state that Config.Trace was told is lost

	windowTold Event // the window as Config.Trace was told

	leaving uint64 // number of the state in the outbox, 0 for an empty ack
	arrived int    // bytes of the instruction that is being taken in, compressed

	opened, inflated, plain []byte      // scratch
	spans                   []wire.Span // scratch
}

// New returns the Transport of a session that starts now. zeroLocal and
// zeroRemote are the states numbered 0, which both ends hold and never send.
// local returns the current local state; it is called from Poll and Shutdown
// only. New panics if cfg lacks Session or Rand.
func New[L Local[L], R Remote[R]](now time.Time, cfg Config, zeroLocal L, local func() L, zeroRemote R) *Transport[L, R] {
	if cfg.Session == nil || cfg.Rand == nil {
		panic("ssp: Config lacks Session or Rand")
	}
	if cfg.MaxPayload == 0 {
		cfg.MaxPayload = MaxPayloadIPv4
	}
	return &Transport[L, R]{
		cfg:    cfg,
		now:    now,
		out:    newSender(now, zeroLocal, local),
		padder: padder{rand: cfg.Rand},
		in:     newReceiver(zeroRemote),
		window: newWindow(),
		stamps: timestamps{epoch: now},
		path:   path{chosen: now},
		nego:   negotiation{Negotiator: cfg.Negotiator},
	}
}

// advance moves the Transport's time on.
func (t *Transport[L, R]) advance(now time.Time) { t.now = latest(t.now, now) }

// Touch tells that the local state may have changed.
func (t *Transport[L, R]) Touch(now time.Time) {
	t.advance(now)
	t.out.touch(t.now)
}

// hasPeer reports whether there is somebody to send to. A server waits for a
// whole instruction at first, since what two roam ends agree on is decided before
// its first state.
func (t *Transport[L, R]) hasPeer() bool {
	return t.cfg.Role == Client || t.path.attached && t.met
}

// conditions returns what the sender is to know of the path and the peer.
func (t *Transport[L, R]) conditions() conditions {
	srtt, rto := t.rtt.duration(), t.rtt.rto()
	return conditions{
		now:    t.now,
		heard:  t.path.heardAt,
		srtt:   srtt,
		rto:    rto,
		within: t.within(),
		copies: t.loss.copies(),
		beats:  !t.answersPings(),
		opens:  t.opens(),
	}
}

// within returns how long after a state was sent its ack is expected.
func (t *Transport[L, R]) within() time.Duration {
	return t.answers.within(t.rtt.duration(), t.rtt.rto(), t.loss.copies() > 0)
}

// opens returns when the window lets more of a state out; the zero Time for at once.
// A roam acknowledges at once what is large, so that what it has not acknowledged
// counts as on its way; a stock peer keeps its acks back, and what was sent counts
// for a round trip.
func (t *Transport[L, R]) opens() time.Time {
	lifetime := t.within()
	if !t.nego.isRoam() {
		lifetime = min(lifetime, t.rtt.duration()+2*t.rtt.deviation()+answerSlack)
	}
	opens := t.window.opens(t.now, lifetime)
	if due := t.urgent.due; t.urgent.leaving && t.outbox.pieces() > 0 || passed(due, t.now) {
		return time.Time{}
	} else if !due.IsZero() && due.Before(opens) {
		return due
	}
	return opens
}

// An urgent state is what is new after the peer's input: the window does not hold it back.
type urgent struct {
	due     time.Time // when it may leave in any case; zero for none
	leaving bool      // it is in the outbox
}

// holdsPieces reports whether the window keeps the rest of an instruction back.
func (t *Transport[L, R]) holdsPieces() bool {
	return t.outbox.num > 0 && t.end.phase == Open && !t.opens().IsZero()
}

// passed reports whether a deadline has passed; the zero Time never does.
func passed(deadline, now time.Time) bool { return !deadline.IsZero() && !now.Before(deadline) }

// deadlines returns when a diff and when an ack are due; the zero Time for never.
func (t *Transport[L, R]) deadlines() (data, ack time.Time) {
	if t.end.phase != Open {
		return time.Time{}, t.endDeadline()
	}
	data, ack = t.out.dataDeadline(t.conditions()), t.out.pace.ackDue
	if hush := t.hush(); !hush.IsZero() {
		if !ack.IsZero() {
			ack = latest(ack, hush)
		}
		if !data.IsZero() {
			data = latest(data, hush)
		}
	}
	return data, ack
}

// Poll appends to dst the datagram due at now and reports whether there was one.
// Once it reports false, NextTimeout is zero or after now. Each datagram has its
// own nonce and is to be sent at most once.
func (t *Transport[L, R]) Poll(now time.Time, dst []byte) ([]byte, bool) {
	t.advance(now)
	t.settle(t.now)
	if t.end.phase >= Done || !t.hasPeer() {
		return dst, false
	}
	datagram, err := t.due(dst)
	if err != nil {
		t.fail(err)
		return dst, false
	}
	return datagram, len(datagram) > len(dst)
}

// due appends to dst what is due, if anything is.
func (t *Transport[L, R]) due(dst []byte) ([]byte, error) {
	switch {
	case len(t.probe.pongs) > 0:
		return t.answer(dst)
	case passed(t.tallyDue(), t.now):
		return t.emitTally(dst)
	case t.mendsNow():
		return t.emitLost(dst)
	case t.outbox.pieces() > 0 && t.holdsPieces():
		t.window.hold(t.now)
		return dst, nil
	case t.outbox.pieces() > 0, t.fill():
		return t.emit(dst)
	}
	if datagram, err := t.question(dst); err != nil || len(datagram) > len(dst) {
		return datagram, err
	}
	return t.trySize(dst)
}

// fill puts the instruction into the outbox that is due. It reports whether one
// is.
func (t *Transport[L, R]) fill() bool {
	data, ack := t.deadlines()
	if t.out.dirty && (passed(data, t.now) || passed(ack, t.now)) {
		t.out.refresh()
		data, ack = t.deadlines()
	}
	mustAck := passed(ack, t.now)
	if !mustAck && !passed(data, t.now) {
		if t.out.isHeld(t.conditions()) {
			t.window.hold(t.now)
		}
		return false
	}
	t.traceLosses()
	more := t.out.dirty || !t.out.current.Equal(t.out.sent.back().state)
	mended := passed(data, t.now) && t.mendOverdue(more)
	if mended && !mustAck {
		return true
	}
	if !mended && t.repeatPieces(mustAck, passed(data, t.now)) {
		return true
	}
	d := t.out.draft(t.conditions(), t.cfg.DiffBudget)
	if len(d.diff) == 0 && !d.worth && !mustAck {
		t.out.nothingToSay(t.conditions())
		return t.mendsNow() // since a moment ago
	}
	d.overdue = !d.isCopy && passed(data, t.now)
	t.transmit(d)
	return true
}

// repeatPieces puts the pieces of the newest state into the outbox again, if they left
// last, and that is what is due: a copy of it, or a repetition for want of its ack. An
// ack that is due has to be the one that they carry. It reports whether it did.
func (t *Transport[L, R]) repeatPieces(mustAck, overdue bool) bool {
	c, back := t.conditions(), t.out.sent.back()
	isCopy := t.out.isCopyDue(c) && !mustAck
	switch {
	case t.leaving != back.num, mustAck && t.outbox.ack != t.in.newest().num:
		return false
	case isCopy:
	case !t.out.isUnanswered() || !overdue && !t.out.final:
		return false
	}
	t.mtu.adapt(t.now, t.loss.share(), t.limits())
	if !t.outbox.repeat(t.mtu.limit(t.limits()), isCopy) {
		return false
	}
	back.last = t.now
	if isCopy {
		t.out.again.copied(t.now)
		return true
	}
	back.repeated = true
	if back.big {
		t.mtu.sent(t.now)
	}
	if t.outbox.ack == t.in.newest().num {
		t.out.pace.transmitted(t.now, c.beats)
	}
	t.urgent.leaving = false
	t.out.again.overdue()
	t.miss(c)
	t.end.transmitted()
	t.stats.Instructions++
	t.stats.Repeats++
	t.traceRepetition()
	return true
}

// miss counts a loss, when the newest state is first sent again for want of its ack.
func (t *Transport[L, R]) miss(c conditions) {
	if t.out.again.count != 1 {
		return
	}
	if t.loss.share() < fewLost {
		t.window.lost(t.now, c.srtt)
	}
	t.loss.missed()
}

// transmit puts a draft into the outbox.
func (t *Transport[L, R]) transmit(d draft[L]) {
	c := t.conditions()
	_, d.patient = t.out.canWait(d.reached, t.out.sent[d.base].state) // it may carry what is urgent of states before
	_, d.carried = t.out.canWait(d.reached, t.out.sent.back().state)
	ins, entry, repeated := t.out.number(c, d)
	ins.Throwaway = t.ships.oldest(ins.Throwaway)
	ins.Ack = t.in.newest().num
	ins.Roam = t.nego.field()
	f := form{compact: t.sendsCompact(ins)}
	switch {
	case !t.nego.isRoam():
		ins.Chaff = t.padder.next()
	case t.cfg.Role == Client && len(ins.Diff) > 0:
		f.step = keyStep
	}
	entry.carried = ins.Roam != nil && (entry.carried || !repeated)
	t.mtu.adapt(t.now, t.loss.share(), t.limits())
	t.outbox.load(ins, f, t.mtu.limit(t.limits()))
	t.sizeInstruction(ins.New)
	if entry.big = isLarge(t.outbox.largest()); entry.big {
		t.mtu.sent(t.now)
	}
	entry.large = t.outbox.pieces() > largePieces
	entry.bytes = t.outbox.size()
	if t.urgent.leaving = !repeated && len(ins.Diff) > 0 && passed(t.urgent.due, t.now); t.urgent.leaving {
		t.urgent.due = time.Time{}
	}
	t.leaving = 0
	if len(ins.Diff) > 0 {
		t.leaving = ins.New
	}
	t.out.sentIn(t.outbox.pieces(), c, d, repeated)
	if d.overdue && repeated {
		t.miss(c)
	}
	t.end.transmitted()
	if !t.met {
		t.out.pace.ackBy(t.now.Add(contactInterval))
	}

	t.stats.Instructions++
	if repeated {
		t.stats.Repeats++
	}
	if len(ins.Diff) == 0 {
		t.stats.EmptyAcks++
	} else {
		t.probe.told(t.now)
	}
	t.traceInstruction(ins, repeated)
	if len(ins.Diff) > 0 {
		t.ship(ins.New, ins.Old)
	}
}

// emit seals the next piece in the outbox, or, if that is empty, of what leaves again.
func (t *Transport[L, R]) emit(dst []byte) ([]byte, error) {
	if t.outbox.pieces() == 0 {
		return t.emitLost(dst)
	}
	f := t.outbox.next()
	datagram, err := t.seal(dst, f, t.outbox.bare)
	if err != nil || t.leaving == 0 {
		return datagram, err
	}
	if s := t.ships.find(f.ID); s != nil {
		s.sent(int(f.Num), sequence(datagram[len(dst):]), t.now)
	}
	t.window.sent(t.now, t.leaving, len(datagram)-len(dst))
	if t.outbox.num > 1 && !t.outbox.isCopy {
		t.out.sent.left(t.leaving, t.now)
	}
	return datagram, nil
}

// seal appends to dst the datagram that has f in it; bare says that it goes without its
// header.
func (t *Transport[L, R]) seal(dst []byte, f wire.Fragment, bare bool) ([]byte, error) {
	plain := wire.AppendPacket(t.plain[:0], wire.Packet{
		Timestamp: t.stamps.now(t.now),
		Reply:     t.stamps.reply(t.now),
	})
	if bare {
		t.plain = append(plain, f.Body...)
	} else {
		t.plain = wire.AppendFragment(plain, f)
	}
	datagram, err := t.cfg.Session.Seal(dst, t.plain)
	if err != nil {
		return nil, err
	}
	t.probe.sent = t.now
	t.stats.Sent++
	t.stats.SentBytes += uint64(len(datagram) - len(dst))
	t.traceSent(datagram[len(dst):], f)
	if t.cfg.Role == Server && t.end.phase == Open && t.path.sent(t.now, t.detachesAfter()) {
		t.abandon()
	}
	return datagram, nil
}

// abandon drops the instruction in the outbox, if any, so that its state is sent
// again.
func (t *Transport[L, R]) abandon() {
	t.ships.clear()
	if t.outbox.clear() {
		t.out.sent.back().first = time.Time{}
		t.out.pace.ackBy(t.now)
	}
}

// NextTimeout returns when to Poll again, or the zero Time to wait for input.
func (t *Transport[L, R]) NextTimeout() time.Time {
	if t.end.phase >= Done {
		return time.Time{}
	}
	var next time.Time
	sooner := func(at time.Time) {
		if next.IsZero() || !at.IsZero() && at.Before(next) {
			next = at
		}
	}
	if t.hasPeer() {
		switch {
		case len(t.probe.pongs) > 0:
			return t.now
		case t.outbox.pieces() > 0 && t.holdsPieces():
			sooner(t.opens())
			sooner(t.tallyDue())
			sooner(t.mendsAt())
			return next
		case t.outbox.pieces() > 0:
			return t.now
		}
		data, ack := t.deadlines()
		sooner(data)
		sooner(ack)
		sooner(t.nextProbe())
		sooner(t.nextSize())
		sooner(t.tallyDue())
		sooner(t.mendsAt())
	}
	if t.end.ours {
		sooner(t.end.decided.Add(closeTime))
	}
	if !t.end.theirs.IsZero() {
		sooner(t.lingersUntil())
	}
	return next
}

// SetMaxPayload changes the most bytes in one UDP payload, from the next
// instruction on, as when the kernel finds a datagram too long for the path. What
// is half out is sent anew. It is to be called when the path has changed, too: what was
// found out about the old one is forgotten. n is raised to 200, so that the largest instruction
// has few enough pieces. probe is Config.ProbePayload from then on.
func (t *Transport[L, R]) SetMaxPayload(n, probe int) {
	old := t.mtu.limit(t.limits())
	t.mtu = mtu{}
	t.cfg.MaxPayload, t.cfg.ProbePayload = n, probe
	if n != old {
		t.abandon()
	}
}

// Remote returns the newest state of the peer and its number.
func (t *Transport[L, R]) Remote() (R, uint64) {
	newest := t.in.newest()
	return newest.state, newest.num
}

// HoldRemote refuses new states from the peer while hold is true; the peer keeps
// repeating them. Its acks and its end still count.
func (t *Transport[L, R]) HoldRemote(hold bool) { t.in.hold = hold }

// SentNum returns the number of the newest local state that was sent.
func (t *Transport[L, R]) SentNum() uint64 { return t.out.sent.back().num }

// AckedNum returns the number of the newest local state known to be at the peer.
func (t *Transport[L, R]) AckedNum() uint64 { return t.out.sent.front().num }

// AckedState returns the newest local state known to be at the peer.
func (t *Transport[L, R]) AckedState() L { return t.out.sent.front().state }

// AckSoon acknowledges the newest remote state as soon as the interval between two
// instructions allows, without the wait for data to ride on: the peer has more to
// say once it knows that we hold it.
func (t *Transport[L, R]) AckSoon(now time.Time) {
	t.advance(now)
	t.out.pace.ackBy(latest(t.now, t.out.sent.back().last.Add(t.rtt.interval())))
}

// SRTT returns the smoothed round-trip time and whether it was measured yet.
func (t *Transport[L, R]) SRTT() (time.Duration, bool) {
	return t.rtt.duration(), t.rtt.measured
}

// Loss returns the estimated share, from 0 to 1, of datagrams that are lost on the way: of
// the last hundred or two.
func (t *Transport[L, R]) Loss() float64 { return t.loss.share() }

// MaxPayload returns the most bytes of UDP payload that a datagram has on the present path.
func (t *Transport[L, R]) MaxPayload() int { return t.mtu.limit(t.limits()) }

// RTO returns how long an answer that the peer does not delay may take, 50 ms to
// 1 s.
func (t *Transport[L, R]) RTO() time.Duration { return t.rtt.rto() }

// Interval returns half a round trip within 20 to 250 ms: the least time between two
// instructions of a stock peer.
func (t *Transport[L, R]) Interval() time.Duration { return t.rtt.interval() }

// LastHeard returns when the peer last showed that it is there; the zero Time if it
// did not yet. A stock peer does so by each new state, which its heartbeats are; a
// roam by any datagram.
func (t *Transport[L, R]) LastHeard() time.Time {
	if t.answersPings() {
		return t.path.heardAt
	}
	return t.in.heard
}

// LastReply returns when the newest of what the peer is known to have got was sent:
// a local state, or a ping; the zero Time if it is not known to have got anything.
func (t *Transport[L, R]) LastReply() time.Time {
	if front := t.out.sent.front(); front.num > 0 {
		return latest(front.last, t.probe.replied)
	}
	return time.Time{}
}

// HopDue reports, once per hop, that a client should send from another port from
// now on, since this one brings no answers. To be asked after sending.
func (t *Transport[L, R]) HopDue(now time.Time) bool {
	t.advance(now)
	replied, due := t.LastReply(), t.AnswerDue()
	if t.answersPings() && (due.IsZero() || t.now.Sub(due) <= hopFirst) {
		replied = t.now // it was not asked, or has time to answer
	}
	if t.cfg.Role != Client || !t.path.hop(t.now, replied, due) {
		return false
	}
	t.trace(Event{Kind: PathHopped})
	return true
}

// Attached reports whether a server has a client to send to: one that was heard less
// than 40 s before the last datagram to it, or 11 minutes if it answers pings and has
// not acknowledged everything.
func (t *Transport[L, R]) Attached() bool { return t.path.attached }
