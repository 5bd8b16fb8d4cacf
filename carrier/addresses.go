package carrier

import (
	"net"
	"strings"
)

// addresses returns the addresses of this machine as text that changes when they do.
func addresses() string {
	var b strings.Builder
	list, _ := net.InterfaceAddrs() // none is what a machine without a network has, too
	for _, a := range list {
		b.WriteString(a.String())
		b.WriteByte(' ')
	}
	return b.String()
}
