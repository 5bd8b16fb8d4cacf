//go:build !linux

package carrier

import (
	"errors"
	"net/netip"
)

// lookUpRoute has nobody to ask.
func lookUpRoute(netip.Addr) (Route, error) { return Route{}, errors.ErrUnsupported }
