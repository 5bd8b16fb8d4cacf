// Package ssptest tests state types for package ssp: that their methods keep what
// the interfaces ssp.Local and ssp.Remote ask for, and that two ends which hold
// them come together over bad networks.
//
// A test says how a state changes, and calls the checks:
//
//	var counters = ssptest.Spec[Counter]{
//		Change: func(r *rand.Rand, c Counter) Counter { return c + 1 },
//	}
//
//	func TestCounter(t *testing.T) {
//		ssptest.CheckState(t, counters)
//		ssptest.CheckConvergence(t, counters)
//	}
//
// Everything follows from seeds, which failures name: the same test fails in the
// same way again. Time is simulated (package sim), so minutes of a bad path take
// milliseconds. For stories of one's own there is a [Pair]: two Transports over
// two simulated links.
package ssptest
