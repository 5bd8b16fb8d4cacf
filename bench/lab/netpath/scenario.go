package netpath

import "time"

// A Way is what one direction of a path does to packets, in this order: the
// bottleneck's queue, loss, delay, reordering, duplication. Loss comes after the
// queue, as on a radio link. The zero Way passes everything at once.
type Way struct {
	Rate  int // bits a second; 0 for no bottleneck
	Queue int // bytes that the bottleneck holds before it drops; 0 means defaultQueue

	Loss  float64 // share of packets lost, 0 to 1
	Burst float64 // mean length of a burst of losses in packets; above 1 it is a Gilbert model

	Delay  time.Duration
	Jitter time.Duration // uniform around Delay; the order is kept
	Slot   time.Duration // packets leave only at multiples of it, as from a radio's scheduler; 0 for any time
	Retry  float64       // share of transmissions that the radio repeats, each a Slot later

	Reorder   float64 // share of packets that are held back, so that others overtake them
	ReorderBy time.Duration
	Duplicate float64 // share of packets that arrive twice
}

// defaultQueue is the queue of a bottleneck that names none: 128 KiB, a usual size
// of a home router's.
const defaultQueue = 128 << 10

// A Scenario is a path in both directions.
type Scenario struct {
	Name     string
	Note     string // what it is, for tables
	Up, Down Way    // client to server, and back
	Seed     uint64 // of what is random
	Bulk     bool   // a TCP download competes
}

// Clean is a path of 1 ms, on which sessions are opened.
func Clean(seed uint64) Scenario {
	way := Way{Delay: 500 * time.Microsecond}
	return Scenario{Name: "clean", Up: way, Down: way, Seed: seed}
}
