package ssp

// A negotiation carries a Negotiator's field, and knows when what was agreed on
// is in force.
type negotiation struct {
	Negotiator
	acked bool // the peer has seen our field
}

// field returns the field of the next instruction, nil for none.
func (n *negotiation) field() []byte {
	if n.Negotiator == nil {
		return nil
	}
	return n.Field()
}

// peer takes in the field of an accepted instruction, nil for none.
func (n *negotiation) peer(field []byte) {
	if n.Negotiator != nil {
		n.Peer(field)
	}
}

// carried takes in that an instruction with our field was acknowledged.
func (n *negotiation) carried() {
	if n.Negotiator != nil && !n.acked {
		n.acked = true
		n.Acked()
	}
}

// isRoam reports whether the peer is known to be a roam.
func (n *negotiation) isRoam() bool { return n.Negotiator != nil && n.Agreed() }

// inForce reports whether datagrams may be something else than pieces of
// instructions: the peer speaks roam and knows that we do.
func (n *negotiation) inForce() bool { return n.Negotiator != nil && n.acked && n.Agreed() }

// receiveKind hands on a datagram that is no piece of an instruction.
func (t *Transport[L, R]) receiveKind(kind uint8, clean bool, body []byte) error {
	if !clean {
		t.stats.Malformed++
		return ErrKind
	}
	if known, err := t.takeKind(kind, body); known {
		return err
	}
	if t.cfg.Kind == nil || !t.cfg.Kind(kind, body) {
		t.stats.UnknownKind++
	}
	return nil
}
