// Package bootstrap gets a server running, through the system's ssh or on this
// machine, and returns the UDP address and the session key that it prints.
//
// The remote side may be roam or a stock mosh-server. Everything that is read
// from it is untrusted until it fits the grammar of the start lines
// (docs/protocol.md, "Start lines").
package bootstrap

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"roam/crypto"
)

// An Endpoint is where a started server listens, with the key of its session.
type Endpoint struct {
	Addr   netip.AddrPort
	Others []netip.AddrPort // more addresses that may reach it, best first; Addr is before them
	Key    crypto.Key
}

// Ports is the range of UDP ports, both ends included, from which the server
// takes the first free one. The zero value leaves the choice to the server
// (60001 to 60999); see AnyPort for a port chosen by its system.
type Ports struct {
	Low, High uint16
	AnyPort   bool // -p 0: the server's operating system chooses
}

// String returns the range as the server's -p takes it, empty for the zero value.
func (p Ports) String() string {
	switch {
	case p.AnyPort:
		return "0"
	case p.Low == 0:
		return ""
	case p.Low == p.High:
		return strconv.Itoa(int(p.Low))
	}
	return fmt.Sprintf("%d:%d", p.Low, p.High)
}

// ParsePorts reads PORT or LOW:HIGH. Ports are 0 to 65535; 0 means any and
// starts no range.
func ParsePorts(s string) (Ports, error) {
	lowText, highText, isRange := strings.Cut(s, ":")
	low, err := parsePort(lowText)
	if err != nil {
		return Ports{}, fmt.Errorf("%q is no port: %w", s, err)
	}
	if !isRange {
		return Ports{Low: low, High: low, AnyPort: low == 0}, nil
	}
	high, err := parsePort(highText)
	switch {
	case err != nil:
		return Ports{}, fmt.Errorf("%q is no range of ports: %w", s, err)
	case low == 0:
		return Ports{}, fmt.Errorf("%q is no range of ports: 0 means any port and starts none", s)
	case low > high:
		return Ports{}, fmt.Errorf("%q is no range of ports: the low port is greater than the high port", s)
	}
	return Ports{Low: low, High: high}, nil
}

// parsePort reads decimal digits up to 65535.
func parsePort(s string) (uint16, error) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, errors.New("ports are decimal numbers")
	}
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil {
		return 0, errors.New("ports are at most 65535")
	}
	return uint16(n), nil
}

// A Program says what the started server is asked to do.
type Program struct {
	Colors int      // colours of the user's terminal; 0 if unknown
	Bind   string   // where the server listens: BindSSH, BindAny or a numeric address; empty: any for roam, ssh for others
	Ports  Ports    // UDP ports it may take
	Locale []string // NAME=VALUE pairs, as Locale returns them
	Shell  string   // command for the remote login shell's -c; empty: none
	Argv   []string // command run without a shell; used if Shell is empty; empty: the login shell

	// Expiry is how long the session waits for its client to come back, as the option
	// --expire of roam's server takes it; empty: what the server does by itself. Stock's
	// servers, and those of the user's own command, are not told.
	Expiry string

	// Attach finds a session that roam runs there already, with the id Session or, if
	// that is 0, the one that there is. Only Bind and Ports count besides.
	Attach  bool
	Session int
}

// The words of Program.Bind; anything else is a numeric address. A server of roam's
// answers from whichever address it was asked at, so it can listen on all of them and be
// found by any; stock's cannot.
const (
	BindSSH = "ssh" // the address that ssh came in by
	BindAny = "any" // all addresses of the host
)

// roamWords returns the options that only roam's server has, in front of the others.
func (p Program) roamWords() []string {
	if p.Expiry == "" || p.Attach {
		return nil
	}
	return []string{"--expire=" + p.Expiry}
}

// words returns the server's arguments from "new" or "attach" on, with the given bind
// option in its place, and without "--" and the command.
func (p Program) words(bind ...string) []string {
	if p.Attach {
		return p.attachWords(bind)
	}
	words := append([]string{"new", "-c", strconv.Itoa(max(p.Colors, 0))}, bind...)
	if ports := p.Ports.String(); ports != "" {
		words = append(words, "-p", ports)
	}
	for _, pair := range p.Locale {
		words = append(words, "-l", pair)
	}
	return words
}

func (p Program) attachWords(bind []string) []string {
	words := append([]string{"attach"}, bind...)
	if ports := p.Ports.String(); ports != "" {
		words = append(words, "-p", ports)
	}
	if p.Session != 0 {
		words = append(words, strconv.Itoa(p.Session))
	}
	return words
}

// localeNames are the variables of POSIX and glibc that make a locale, in the
// order in which mosh hands them on.
var localeNames = []string{
	"LANG", "LANGUAGE", "LC_CTYPE", "LC_NUMERIC", "LC_TIME", "LC_COLLATE", "LC_MONETARY", "LC_MESSAGES",
	"LC_PAPER", "LC_NAME", "LC_ADDRESS", "LC_TELEPHONE", "LC_MEASUREMENT", "LC_IDENTIFICATION", "LC_ALL",
}

// Locale returns the locale variables that are set in environ, even to the
// empty string, as NAME=VALUE in the order that servers expect.
func Locale(environ []string) []string {
	var pairs []string
	for _, name := range localeNames {
		for _, pair := range slices.Backward(environ) { // the last one counts, as in exec
			if strings.HasPrefix(pair, name+"=") {
				pairs = append(pairs, pair)
				break
			}
		}
	}
	return pairs
}

// without returns environ without the named variables.
func without(environ []string, names ...string) []string {
	var kept []string
	for _, pair := range environ {
		name, _, _ := strings.Cut(pair, "=")
		if !slices.Contains(names, name) {
			kept = append(kept, pair)
		}
	}
	return kept
}
