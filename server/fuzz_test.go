//go:build unix

package server

import (
	"errors"
	"strings"
	"testing"
)

// A command line is refused, or read; it never ends the program otherwise.
func FuzzParseArgs(f *testing.F) {
	for _, line := range []string{
		"", "new", "new -s -v -c 256 -p 60001:60010 -l LANG=C -- ls -l", "-p", "a b", "--port=1:2 --expire 3d", "new -svp60001", "-- --", "new -e 99999999999999d",
	} {
		f.Add(strings.ReplaceAll(line, " ", "\x00"))
	}
	f.Fuzz(func(t *testing.T, line string) {
		for _, name := range []string{StockName, RoamName} {
			o, _, err := ParseArgs(name, strings.Split(line, "\x00"))
			var usage *UsageError
			switch {
			case errors.As(err, &usage), err == ErrHelp, err == ErrVersion:
			case err != nil:
				t.Errorf("%q: %v", line, err)
			case o.PortSet && (o.LowPort < 0 || o.HighPort > 65535 || o.LowPort > o.HighPort || o.LowPort == 0 && o.HighPort != 0), o.Expiry < 0, o.Colors < 0:
				t.Errorf("%q: %+v", line, o)
			}
		}
	})
}

// The list of logins may hold anything.
func FuzzDetachedRecords(f *testing.F) {
	f.Add([]byte(nil))
	f.Add(make([]byte, 800))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, size := range []int{384, 400} {
			for _, host := range detachedRecords(b, size, "u", func(string) bool { return true }) {
				if !strings.HasPrefix(host, "mosh [") || len(host) > utmpHostLen {
					t.Errorf("host %q", host)
				}
			}
		}
	})
}
