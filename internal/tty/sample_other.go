//go:build !linux

package tty

import "os"

// A Sampler reads of a PTY what ReadModes and ForegroundGroup do, again and again. For one
// goroutine.
type Sampler struct{ master *os.File }

// NewSampler returns a Sampler of the PTY with the given master.
func NewSampler(master *os.File) (*Sampler, error) { return &Sampler{master}, nil }

// Sample returns the modes and the foreground process group, 0 if there is none. It fails
// when the master is closed.
func (s *Sampler) Sample() (m Modes, group int, err error) {
	if m, err = ReadModes(s.master); err != nil {
		return Modes{}, 0, err
	}
	if group, err = ForegroundGroup(s.master); err != nil {
		group = 0
	}
	return m, group, nil
}
