//go:build race

package crypto

// raceEnabled tells tests that count allocations not to.
const raceEnabled = true
