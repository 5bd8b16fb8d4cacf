package ssp

import (
	"bytes"
	"slices"

	"roam/ssp/wire"
)

const (
	// maxParked is how many instructions wait for their base: as many as may follow a
	// large one until its missing pieces have come. maxParkedBytes is the most bytes of
	// their diffs: some dozen screens.
	maxParked      = 16
	maxParkedBytes = 2 << 20
)

// A waiting instruction has come before its base, of which pieces are missing.
type waiting struct {
	ins wire.Instruction
	id  uint64 // under which its pieces came; 0: it had one
}

// parked are the instructions that wait for their base (docs/protocol.md F9), so that what
// was lost of that does not cost those that follow it. The zero value has none.
type parked struct {
	waiting []waiting
	size    int // bytes of their diffs
}

// park keeps an instruction, whose diff it copies, if there is room.
func (p *parked) park(id uint64, ins wire.Instruction) {
	if len(p.waiting) == maxParked || p.size+len(ins.Diff) > maxParkedBytes || p.has(ins.New) {
		return
	}
	ins.Diff, ins.Chaff, ins.Roam = bytes.Clone(ins.Diff), nil, bytes.Clone(ins.Roam)
	p.size += len(ins.Diff)
	p.waiting = append(p.waiting, waiting{ins, id})
}

// has reports whether an instruction waits that makes the state numbered num.
func (p *parked) has(num uint64) bool {
	return slices.ContainsFunc(p.waiting, func(w waiting) bool { return w.ins.New == num })
}

// holds reports whether the instruction whose pieces came under an id waits.
func (p *parked) holds(id uint64) bool {
	return slices.ContainsFunc(p.waiting, func(w waiting) bool { return w.id == id && id > 0 })
}

// next takes out an instruction for which ready holds, and forgets those that can wait no
// longer. It reports whether there is one.
func (p *parked) next(ready, lacks func(wire.Instruction) bool) (w waiting, ok bool) {
	for i := 0; i < len(p.waiting); {
		w = p.waiting[i]
		ok = ready(w.ins)
		if !ok && lacks(w.ins) {
			i++
			continue
		}
		p.waiting = slices.Delete(p.waiting, i, i+1)
		p.size -= len(w.ins.Diff)
		if ok {
			return w, true
		}
	}
	return waiting{}, false
}
