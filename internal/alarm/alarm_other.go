//go:build !linux

package alarm

import "errors"

// openDevice fails: the runtime's timers serve.
func openDevice(func()) (device, error) { return nil, errors.ErrUnsupported }
