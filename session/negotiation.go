package session

import (
	"bytes"

	"google.golang.org/protobuf/encoding/protowire"
)

// A CapabilityNumber names something that two roam ends may agree on. A number
// is given once and never reused.
type CapabilityNumber uint32

// The capabilities. The table in docs/protocol.md says what each version means.
const (
	Hints    CapabilityNumber = 1 // what the server knows of the PTY, for prediction
	RichDiff CapabilityNumber = 2 // "screen": host bytes for our own emulator, and events
	Terminal CapabilityNumber = 3 // what the client knows of the user's terminal
	Status   CapabilityNumber = 4 // the last state says how the session ended
	Ping     CapabilityNumber = 5 // both ends answer pings
	Compact  CapabilityNumber = 7 // instructions in the compact form; 6 was another
	Pieces   CapabilityNumber = 8 // both ends tell which pieces of an instruction arrived
)

// capabilityNames has the names used in documents and logs.
var capabilityNames = map[CapabilityNumber]string{
	Hints: "hints", RichDiff: "screen", Terminal: "terminal", Status: "status", Ping: "ping", Compact: "compact", Pieces: "pieces",
}

// String returns the capability's name, or "unknown".
func (n CapabilityNumber) String() string {
	if name, ok := capabilityNames[n]; ok {
		return name
	}
	return "unknown"
}

// A Capability is something that an end can do.
type Capability struct {
	Number  CapabilityNumber
	Version uint32 // 1 is the first; what is agreed is the lower one
	Params  string // meaning depends on Number; agreed is what the server answers
}

// Supported returns the capabilities of this version of roam.
func Supported() []Capability {
	return []Capability{
		{Number: RichDiff, Version: 1}, {Number: Terminal, Version: 1}, {Number: Status, Version: 1},
		{Number: Ping, Version: 1}, {Number: Hints, Version: 1}, {Number: Compact, Version: 1},
		{Number: Pieces, Version: 1},
	}
}

const (
	fieldMagic = "roam" // begins field 64, so that nobody else's use of it is taken for ours

	// maxField is the limit of field 64, magic included: a client's first
	// instruction stays within one datagram with room to spare.
	maxField = 63

	// maxCapabilities is more than fit into maxField.
	maxCapabilities = 16
)

// Fields of the message behind the magic (docs/protocol.md): one entry for each
// capability, itself a message.
const (
	offerEntry   = 1 // bytes, repeated
	entryNumber  = 1 // varint
	entryVersion = 2 // varint
	entryParams  = 3 // bytes
)

// A Negotiation finds out what both ends can do (docs/protocol.md F). It
// implements ssp.Negotiator. The client offers; the server decides at the first
// instruction that it accepts, and answers; nothing changes afterwards.
type Negotiation struct {
	server  bool
	own     []Capability
	agreed  []Capability
	decided bool
	roam    bool   // the peer's field was understood
	field   []byte // what to send; nil for nothing
	acked   bool   // the peer has accepted an instruction with our field
}

// NewClientNegotiation returns the client's side, which offers own. Offers that
// do not fit into the field are left out, the last ones first.
func NewClientNegotiation(own []Capability) *Negotiation {
	n := &Negotiation{own: own}
	n.field = appendField(nil, own)
	return n
}

// NewServerNegotiation returns the server's side, which takes of an offer what
// own has.
func NewServerNegotiation(own []Capability) *Negotiation {
	return &Negotiation{server: true, own: own}
}

// Field returns what the next instruction carries: see ssp.Negotiator.
func (n *Negotiation) Field() []byte { return n.field }

// Peer takes in the peer's field of an accepted instruction: see
// ssp.Negotiator.
func (n *Negotiation) Peer(field []byte) {
	if n.decided {
		return
	}
	offer, ok := parseField(field)
	switch {
	case ok:
		n.decided, n.roam = true, true
		n.agreed = common(n.own, offer, n.server)
		n.field = nil
		if n.server {
			n.field = appendField(nil, n.agreed)
		}
	case n.server || n.acked || len(field) > 0:
		// A server decides now. A client knows: its offer was accepted before this
		// instruction was made, and a roam server would have answered in it.
		n.decided = true
		n.field = nil
	}
}

// Acked notes that the peer has our field: see ssp.Negotiator.
func (n *Negotiation) Acked() {
	n.acked = true
	if n.server {
		n.field = nil
	}
}

// Agreed reports whether the peer is a roam too: see ssp.Negotiator. What both
// can do may still be nothing.
func (n *Negotiation) Agreed() bool { return n.roam }

// Decided reports whether the answer of Capability is final.
func (n *Negotiation) Decided() bool { return n.decided }

// Capability returns the agreed version of a capability and its parameters; 0
// means that it is off.
func (n *Negotiation) Capability(number CapabilityNumber) (version uint32, params string) {
	for _, c := range n.agreed {
		if c.Number == number {
			return c.Version, c.Params
		}
	}
	return 0, ""
}

// Pings reports whether both ends answer pings: see ssp.Config.
func (n *Negotiation) Pings() bool {
	return n.has(Ping)
}

// Tallies reports whether both ends tell which pieces arrived: see ssp.Config.
func (n *Negotiation) Tallies() bool { return n.has(Pieces) }

// has reports whether a capability is agreed. A nil Negotiation has none.
func (n *Negotiation) has(number CapabilityNumber) bool {
	if n == nil {
		return false
	}
	version, _ := n.Capability(number)
	return version > 0
}

// Compact reports whether instructions may be in the compact form: see
// ssp.Negotiator.
func (n *Negotiation) Compact() bool {
	version, _ := n.Capability(Compact)
	return version > 0
}

// Capabilities returns what is agreed. The caller does not modify it.
func (n *Negotiation) Capabilities() []Capability { return n.agreed }

// common returns what both ends have, in the order of own and in the lower
// version. Parameters are the server's.
func common(own, peer []Capability, server bool) []Capability {
	var both []Capability
	for _, o := range own {
		for _, p := range peer {
			if p.Number != o.Number {
				continue
			}
			c := Capability{Number: o.Number, Version: min(o.Version, p.Version), Params: p.Params}
			if server {
				c.Params = o.Params
			}
			both = append(both, c)
			break // of two entries for one capability the first counts
		}
	}
	return both
}

// appendField appends the content of field 64: the magic and as many of the
// capabilities as fit.
func appendField(dst []byte, caps []Capability) []byte {
	start := len(dst)
	dst = append(dst, fieldMagic...)
	for _, c := range caps {
		var e []byte
		e = protowire.AppendTag(e, entryNumber, protowire.VarintType)
		e = protowire.AppendVarint(e, uint64(c.Number))
		e = protowire.AppendTag(e, entryVersion, protowire.VarintType)
		e = protowire.AppendVarint(e, uint64(c.Version))
		if c.Params != "" {
			e = protowire.AppendTag(e, entryParams, protowire.BytesType)
			e = protowire.AppendString(e, c.Params)
		}
		before := len(dst)
		dst = protowire.AppendTag(dst, offerEntry, protowire.BytesType)
		dst = protowire.AppendBytes(dst, e)
		if len(dst)-start > maxField {
			return dst[:before]
		}
	}
	return dst
}

// parseField reads the content of field 64 and reports whether it is a roam's.
// Entries without a number or version, and all that is not known, are skipped.
func parseField(b []byte) (caps []Capability, ok bool) {
	b, ok = bytes.CutPrefix(b, []byte(fieldMagic))
	if !ok || len(b)+len(fieldMagic) > maxField {
		return nil, false
	}
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return nil, false
		}
		b = b[n:]
		size := protowire.ConsumeFieldValue(num, typ, b)
		if size < 0 {
			return nil, false
		}
		if num == offerEntry && typ == protowire.BytesType {
			entry, _ := protowire.ConsumeBytes(b)
			c, ok := parseEntry(entry)
			if !ok {
				return nil, false
			}
			if c.Number != 0 && c.Version != 0 && len(caps) < maxCapabilities {
				caps = append(caps, c)
			}
		}
		b = b[size:]
	}
	return caps, true
}

// parseEntry reads one entry and reports whether it is well-formed.
func parseEntry(b []byte) (c Capability, ok bool) {
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return c, false
		}
		b = b[n:]
		size := protowire.ConsumeFieldValue(num, typ, b)
		if size < 0 {
			return c, false
		}
		switch {
		case num == entryNumber && typ == protowire.VarintType:
			v, _ := protowire.ConsumeVarint(b)
			c.Number = CapabilityNumber(min(v, 1<<32-1))
		case num == entryVersion && typ == protowire.VarintType:
			v, _ := protowire.ConsumeVarint(b)
			c.Version = uint32(min(v, 1<<32-1))
		case num == entryParams && typ == protowire.BytesType:
			v, _ := protowire.ConsumeBytes(b)
			c.Params = string(v)
		}
		b = b[size:]
	}
	return c, true
}
