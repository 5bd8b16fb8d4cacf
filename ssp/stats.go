package ssp

// Stats counts what a Transport did since New.
type Stats struct {
	Sent, SentBytes         uint64 // datagrams, and their UDP payload
	Received, ReceivedBytes uint64 // authentic datagrams, and their UDP payload

	Instructions uint64 // sent
	EmptyAcks    uint64 // of these, with an empty diff
	Repeats      uint64 // of these, under a number that was sent before
	TooLong      uint64 // diffs that could not be sent, being longer than any peer takes

	States  uint64 // received and taken
	Samples uint64 // of the round-trip time

	// What was received and dropped, in whole or (from Known on) but for its
	// acks.
	Unauthentic uint64 // forged, replayed, reflected, cut, or too long
	Malformed   uint64 // authentic, but not in the protocol
	UnknownKind uint64 // of a kind that we do not know
	Known       uint64 // instructions whose state is here already
	Baseless    uint64 // instructions whose base is not here
	Refused     uint64 // instructions refused for want of room
}

// Stats returns the counters.
func (t *Transport[L, R]) Stats() Stats {
	s := t.stats
	s.TooLong = t.out.tooLong
	return s
}
