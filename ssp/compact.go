package ssp

import "roam/ssp/wire"

// sendsCompact reports whether an instruction may leave in the compact form: the
// peer reads it, and knows that we both do. The Negotiator's field has no room in
// it.
func (t *Transport[L, R]) sendsCompact(ins wire.Instruction) bool {
	return t.nego.inForce() && t.nego.Compact() && ins.Roam == nil
}

// readsCompact reports whether the peer may send the compact form. It begins to once
// it has our ack of what is agreed on.
func (t *Transport[L, R]) readsCompact() bool {
	return t.nego.Negotiator != nil && t.nego.Agreed() && t.nego.Compact()
}

// unpack reads a compressed instruction of either form. Its slices are valid until
// the next call.
func (t *Transport[L, R]) unpack(compressed []byte) (ins wire.Instruction, err error) {
	inflated := t.inflated[:0]
	if wire.IsCompact(compressed) && t.readsCompact() {
		ins, inflated, err = t.inflater.ParseCompact(inflated, compressed)
	} else if inflated, err = t.inflater.Append(inflated, compressed); err == nil {
		ins, err = wire.ParseInstruction(inflated)
	}
	t.inflated = trimmed(inflated)
	if err == nil && ins.Version != wire.Version {
		err = ErrVersion
	}
	return ins, err
}
