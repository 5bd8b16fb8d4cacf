package ssp

import (
	"encoding/binary"
	"slices"
	"time"

	"roam/ssp/wire"
)

// Times of probing (docs/protocol.md C8).
const (
	// probeInterval, laterInterval and rareInterval are the times between two
	// probes: in the first probeSoon of a silence, until probeLater, and after
	// that. A session is back so long after its path at most.
	probeInterval = 100 * time.Millisecond
	laterInterval = time.Second
	rareInterval  = 15 * time.Second
	probeSoon     = time.Minute
	probeLater    = probeSoon + 10*time.Minute

	// silentAfter is how long an answer may be overdue before the data itself is
	// repeated no more often than each laterInterval: the path is down, and not
	// merely losing. silentLossy is the same where it is known to lose: what takes
	// several datagrams may lack one for as long.
	silentAfter = time.Second
	silentLossy = 3 * time.Second

	// hopFirst is how long probes may go without an answer from the port in use
	// before a client tries another one for the first time. Losses alone seldom
	// take that long; later, hopAfter is the time between two.
	hopFirst = 3 * time.Second

	// freshShare is the part of a silence after which a probe gets a new number:
	// a stock peer keeps each until it learns that it need not, 1,024 at most, and
	// answers none that it has already. In a week they are 240.
	freshShare = 16
)

const (
	// maxProbeDiff is the longest diff that a probe brings along, in bytes: some
	// keys. With all that is around it a datagram stays below 100.
	maxProbeDiff = 16

	// maxPongs bounds the pings that wait to be answered. Who sends more of them at
	// a time learns nothing more.
	maxPongs = 4
)

// Kinds of datagrams that are no pieces of instructions (docs/protocol.md F6).
const (
	kindPing  = 1 // body: a varint, then padding
	kindPong  = 2 // body: the varint
	kindTally = 3 // body: a wire.Tally
)

// A Poker is a state that can be told once more: states that a Transport sends may
// implement it beside Local. A stock peer answers within 100 ms what is not empty.
type Poker interface {
	// AppendPoke appends to dst, a diff, what makes it longer and changes nothing.
	AppendPoke(dst []byte) []byte
}

// A prober notices that an answer is overdue, and finds out when the path is back.
type prober struct {
	sent  time.Time // when anything was last sent, or should have been
	owing time.Time // when the peer was first sent what it has not acknowledged, or made progress with that; zero if it has all
	asked time.Time // probing was asked for, and nothing was heard since; zero if it was not
	fresh time.Time // when a probe last had a new number

	token   uint64    // of the last ping
	pinged  time.Time // when it was sent
	replied time.Time // when the newest ping that was answered was sent

	pongs []uint64 // tokens to be answered
	body  []byte   // scratch
}

// answersPings reports whether the peer is known to answer pings.
func (t *Transport[L, R]) answersPings() bool {
	return t.nego.inForce() && t.cfg.Pings != nil && t.cfg.Pings()
}

// Probe asks the peer for an answer now, and goes on asking until there is one: the
// path may have changed.
func (t *Transport[L, R]) Probe(now time.Time) {
	t.advance(now)
	if asked := t.probe.asked; asked.IsZero() || t.now.Sub(asked) >= probeInterval {
		t.probe.asked = t.now
		t.probe.sent = time.Time{}
	}
}

// AnswerDue returns when the oldest answer was or will be due that has not come;
// the zero Time while none is owed. The peer owes one to what it has not
// acknowledged and to a Probe, and a server its heartbeats, or its answers to ours.
func (t *Transport[L, R]) AnswerDue() time.Time {
	if t.end.phase != Open || !t.met || !t.hasPeer() {
		return time.Time{}
	}
	due, heard := t.probe.asked, t.path.heardAt
	sooner := func(at time.Time) {
		if due.IsZero() || at.Before(due) {
			due = at
		}
	}
	if !t.probe.owing.IsZero() {
		sooner(latest(t.probe.owing, heard).Add(t.rtt.rto() + lossGrace))
	}
	if t.cfg.Role == Client {
		sooner(heard.Add(t.beatEach() + t.rtt.rto() + lossGrace))
	}
	return due
}

// beatEach returns how long a client may hear nothing from its server.
func (t *Transport[L, R]) beatEach() time.Duration {
	if t.answersPings() {
		return beatInterval
	}
	return ackInterval
}

// nextBeat returns when a client asks a roam server that it has not heard for a while
// whether it is there; the zero Time if it has asked, or something else will be
// answered.
func (t *Transport[L, R]) nextBeat() time.Time {
	at := t.path.heardAt.Add(beatInterval)
	if t.cfg.Role != Client || t.end.phase != Open || !t.answersPings() || !t.probe.owing.IsZero() || !t.probe.sent.Before(at) {
		return time.Time{}
	}
	return at
}

// Owing returns since when the peer has acknowledged nothing although there is
// something that it has not acknowledged; the zero Time if there is not.
func (t *Transport[L, R]) Owing() time.Time { return t.probe.owing }

// silence returns since when probes have gone unanswered; the zero Time if there is
// no need of any, or a time to come.
func (t *Transport[L, R]) silence() time.Time {
	if !t.probe.asked.IsZero() {
		return t.probe.asked // they began anew
	}
	return t.AnswerDue()
}

// probePause returns the time between two probes after a silence of a length.
func probePause(silent time.Duration) time.Duration {
	switch {
	case silent < probeSoon:
		return probeInterval
	case silent < probeLater:
		return laterInterval
	}
	return rareInterval
}

// nextProbe returns when a probe is due if nothing else is sent before; the zero Time
// for never.
func (t *Transport[L, R]) nextProbe() time.Time {
	next, since := t.nextBeat(), t.silence()
	if since.IsZero() || !t.canProbe() {
		return next
	}
	probe := latest(since, t.probe.sent.Add(probePause(t.probe.sent.Sub(since))))
	if next.IsZero() || probe.Before(next) {
		return probe
	}
	return next
}

// canProbe reports whether there is something to ask with.
func (t *Transport[L, R]) canProbe() bool {
	_, pokes := any(t.out.current).(Poker)
	return pokes || t.answersPings() || !t.probe.owing.IsZero()
}

// hush returns before when an instruction is not to be sent, since the peer is
// silent and the path seems to be down; the zero Time for no such limit.
func (t *Transport[L, R]) hush() time.Time {
	since, after := t.silence(), silentAfter
	if t.loss.copies() > 0 {
		after = silentLossy
	}
	if since.IsZero() || t.now.Sub(since) < after {
		return time.Time{}
	}
	return t.out.sent.back().last.Add(max(laterInterval, probePause(t.now.Sub(since))))
}

// question appends the probe that is due to dst, if one is.
func (t *Transport[L, R]) question(dst []byte) ([]byte, error) {
	if !passed(t.nextProbe(), t.now) {
		return dst, nil
	}
	t.probe.sent = t.now
	if t.out.dirty {
		t.out.refresh()
		if t.fill() { // nothing has changed, and so a repetition is due
			return t.emit(dst)
		}
	}
	d := t.out.inStep(&t.out.fromFront, t.out.diff(&t.out.fromFront, 0, t.cfg.DiffBudget))
	small, pings := len(d.diff) <= maxProbeDiff, t.answersPings()
	switch {
	case small && pings && len(d.diff) > 0, small && !pings && t.poke(&d):
	case pings:
		t.probe.token++
		t.probe.pinged = t.now
		return t.emitKind(dst, kindPing, t.probe.token, 0)
	case len(d.diff) == 0, !small && t.now.Sub(t.out.sent.back().last) < laterInterval:
		return dst, nil
	}
	t.transmit(d)
	return t.emit(dst)
}

// detachesAfter returns how long a server without any datagram from its client goes on
// sending: longer where that is a question of a few bytes.
func (t *Transport[L, R]) detachesAfter() time.Duration {
	if t.answersPings() && !t.probe.owing.IsZero() {
		return probeLater
	}
	return detachAfter
}

// poke makes a draft one that a stock peer answers. It reports whether it can.
func (t *Transport[L, R]) poke(d *draft[L]) bool {
	p, ok := any(t.out.current).(Poker)
	if !ok || !d.whole {
		return false
	}
	d.same = len(d.diff) == 0
	d.diff = p.AppendPoke(d.diff)
	silent := t.now.Sub(t.silence())
	if d.fresh = t.now.Sub(t.probe.fresh) >= silent/freshShare; d.fresh {
		t.probe.fresh = t.now
	}
	return true
}

// answer appends to dst the answer to a ping.
func (t *Transport[L, R]) answer(dst []byte) ([]byte, error) {
	token := t.probe.pongs[0]
	t.probe.pongs = slices.Delete(t.probe.pongs, 0, 1)
	return t.emitKind(dst, kindPong, token, 0)
}

// emitKind seals a datagram that is no piece of an instruction, whose body is padded to
// size bytes.
func (t *Transport[L, R]) emitKind(dst []byte, kind uint8, token uint64, size int) ([]byte, error) {
	t.probe.body = binary.AppendUvarint(t.probe.body[:0], token)
	t.probe.body = append(t.probe.body, make([]byte, max(size-len(t.probe.body), 0))...)
	return t.seal(dst, wire.Fragment{ID: wire.KindID(kind), Body: t.probe.body}, false)
}

// takeKind takes in a datagram of a kind of our own, and reports whether it is one.
func (t *Transport[L, R]) takeKind(kind uint8, body []byte) (known bool, err error) {
	if kind == kindTally && t.tellsPieces() {
		return true, t.takeTally(body)
	}
	if kind != kindPing && kind != kindPong || t.cfg.Pings == nil || !t.cfg.Pings() {
		return false, nil
	}
	token, n := binary.Uvarint(body)
	if n <= 0 {
		return true, ErrKind
	}
	if kind == kindPong && t.mtu.asked > 0 && token == t.mtu.token {
		t.mtu.confirm(t.limits())
	}
	switch {
	case kind == kindPong && token == t.probe.token:
		t.probe.replied = t.probe.pinged
	case kind == kindPing && len(t.probe.pongs) < maxPongs:
		t.probe.pongs = append(t.probe.pongs, token)
	}
	return true, nil
}

// heard notes that the newest datagram arrived. What comes sooner than half a round
// trip after a question was on its way before, and no answer.
func (p *prober) heard(now time.Time, rtt *rtt) {
	trip := time.Duration(0)
	if smoothed, _ := rtt.srtt(); rtt.measured {
		trip = time.Duration(smoothed * float64(time.Millisecond))
	}
	if !p.asked.IsZero() && now.Sub(p.asked) >= trip/2 {
		p.asked = time.Time{}
	}
}

// told notes that the peer was sent a change.
func (p *prober) told(now time.Time) {
	if p.owing.IsZero() {
		p.owing = now
	}
}

// acked notes that the peer acknowledged something; all says that it has everything.
func (p *prober) acked(now time.Time, all bool) {
	p.owing = now
	if all {
		p.owing = time.Time{}
	}
}
