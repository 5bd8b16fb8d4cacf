package ssptest_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"roam/ssp"
	"roam/ssp/ssptest"
	"roam/ssp/ssptest/sim"
)

// A Counter is about the simplest state: a number, whose diff is the number.
type Counter uint64

var errCounter = errors.New("not a counter")

func (c Counter) AppendDiff(dst []byte, base Counter, _ int) ([]byte, Counter) {
	if c == base {
		return dst, c
	}
	return binary.AppendUvarint(dst, uint64(c)), c
}

func (c Counter) Apply(diff []byte) (Counter, error) {
	n, size := binary.Uvarint(diff)
	if size != len(diff) {
		return c, errCounter
	}
	return Counter(n), nil
}

func (c Counter) Equal(d Counter) bool  { return c == d }
func (c Counter) Since(Counter) Counter { return c }
func (c Counter) Size() int             { return 8 }

// counters is what the checks need to know of Counters.
var counters = ssptest.Spec[Counter]{
	Change: func(r *rand.Rand, c Counter) Counter { return Counter(r.Uint64() >> r.IntN(64)) },
}

func TestCounter(t *testing.T) {
	ssptest.CheckState(t, counters)
	ssptest.CheckConvergence(t, counters)
}

// A session of one's own: a client that counts, a network that fails for a minute
// and then loses every second datagram.
func ExampleConnect() {
	world := sim.New(1)
	var count Counter
	client := ssp.New(world.Now(), ssptest.Config(world, ssp.Client), 0, func() Counter { return count }, Counter(0))
	server := ssp.New(world.Now(), ssptest.Config(world, ssp.Server), 0, func() Counter { return 0 }, Counter(0))
	pair := ssptest.Connect(world, client, server, sim.Conditions{Delay: 50 * time.Millisecond, Loss: 0.5})
	world.RunFor(time.Second)
	pair.Outage(time.Minute)
	for range 1000 {
		count++
		pair.TouchClient()
	}
	world.RunFor(2 * time.Minute)
	newest, _ := server.Remote()
	fmt.Println("the server has", newest)
	// Output: the server has 1000
}
