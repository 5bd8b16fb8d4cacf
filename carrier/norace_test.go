//go:build !race

package carrier

// raceEnabled tells tests that count allocations not to.
const raceEnabled = false
