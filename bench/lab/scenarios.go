package main

import (
	"time"

	"roam/bench/lab/netpath"
)

const ms = time.Millisecond

// both returns a scenario whose directions are alike.
func both(name, note string, way netpath.Way, seed uint64) netpath.Scenario {
	return netpath.Scenario{Name: name, Note: note, Up: way, Down: way, Seed: seed}
}

// scenarios returns the paths that are measured.
func scenarios() []netpath.Scenario {
	const kbit, Mbit = 1000, 1000_000
	return []netpath.Scenario{
		both("s0", "LAN: 1 ms round trip, 1 Gbit/s", netpath.Way{Delay: 500 * time.Microsecond, Rate: 1000 * Mbit, Queue: 1_000_000}, 10),
		both("s1", "clean: 100 ms, 100 Mbit/s", netpath.Way{Delay: 50 * ms, Rate: 100 * Mbit, Queue: 500_000}, 11),
		both("s2", "far: 250 ms, jitter 20 ms, 2 % loss each way, 50 Mbit/s", netpath.Way{Delay: 125 * ms, Jitter: 20 * ms, Loss: 0.02, Rate: 50 * Mbit, Queue: 500_000}, 12),
		{Name: "s3", Note: "3G of the Mosh paper: 500 ms, jitter 20 ms, 1 Mbit/s up, 2 down",
			Up:   netpath.Way{Delay: 250 * ms, Jitter: 20 * ms, Rate: 1 * Mbit, Queue: 200_000},
			Down: netpath.Way{Delay: 250 * ms, Jitter: 20 * ms, Rate: 2 * Mbit, Queue: 400_000}, Seed: 13},
		both("s4", "lossy, of the Mosh paper: 100 ms, 29 % loss each way", netpath.Way{Delay: 50 * ms, Loss: 0.29}, 14),
		both("s6", "outages: 100 ms, 20 Mbit/s", netpath.Way{Delay: 50 * ms, Rate: 20 * Mbit, Queue: 500_000}, 16),
		both("s7", "slow: 100 ms, 128 kbit/s", netpath.Way{Delay: 50 * ms, Rate: 128 * kbit, Queue: 64_000}, 17),
		both("sat", "satellite: 650 ms, jitter 30 ms, 1 Mbit/s", netpath.Way{Delay: 325 * ms, Jitter: 30 * ms, Rate: 1 * Mbit, Queue: 250_000}, 18),
		{Name: "bloat", Note: "bloated queue: 40 ms, 8 Mbit/s down with 500 kB of queue, full of a TCP download", Bulk: true,
			Up: netpath.Way{Delay: 20 * ms, Rate: 2 * Mbit, Queue: 100_000}, Down: netpath.Way{Delay: 20 * ms, Rate: 8 * Mbit, Queue: 500_000}, Seed: 19},
		both("burst", "bursts: 80 ms, 10 % loss in bursts of 4, 5 % 30 ms out of order, 2 % doubled",
			netpath.Way{Delay: 40 * ms, Loss: 0.1, Burst: 4, Reorder: 0.05, ReorderBy: 30 * ms, Duplicate: 0.02}, 20),
		{Name: "lte", Note: "LTE: 50 ms in slots of 8 ms, a tenth repeated by the radio, 5 Mbit/s up, 20 down",
			Up:   netpath.Way{Delay: 25 * ms, Jitter: 8 * ms, Slot: 8 * ms, Retry: 0.1, Rate: 5 * Mbit, Queue: 200_000},
			Down: netpath.Way{Delay: 25 * ms, Jitter: 4 * ms, Slot: 8 * ms, Retry: 0.1, Rate: 20 * Mbit, Queue: 1_000_000}, Seed: 21},
	}
}
