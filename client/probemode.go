package client

import "roam/terminal"

// A ProbeMode says what the user's terminal is asked about itself.
type ProbeMode uint8

// The modes.
const (
	ProbeOff   ProbeMode = iota // nothing
	ProbeBasic                  // its colours, which every terminal with colours understands
	ProbeFull                   // its colours, abilities, and how it measures emoji
)

// probeMode decides what the terminal is asked. One that might print a question is asked
// none. Under the names of mosh there are none at all, as there are none of mosh's: what
// runs it, scripts among them, does not expect to answer.
func (c *Config) probeMode(env Env, term string) ProbeMode {
	if v, _ := env.lookup("PROBE"); v == "off" || c.product() == "mosh" || !terminal.TakesStrings(term) {
		return ProbeOff
	}
	if v, _ := env("TERM_PROGRAM"); v == "Apple_Terminal" {
		return ProbeBasic // prints the end of what it does not know
	}
	if v, _ := env("STY"); v != "" {
		return ProbeBasic // GNU screen hands control strings to the terminal outside
	}
	return ProbeFull
}
