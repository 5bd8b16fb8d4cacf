package doctor

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"time"
)

// A Local is what is known of this machine.
type Local struct {
	Program  string   // path of this program
	Version  string   // what it says of itself
	Environ  []string // for the locale and TERM
	Tty      bool     // standard input is a terminal
	Cols     int      // its size; 0 if unknown
	Rows     int
	Colors   int       // that it has by its description; 0: unknown
	Terminal string    // why its description cannot be read; "": it can
	Config   string    // path of the file of settings; "": there is none
	Problem  string    // what is wrong with that; "": nothing
	UDP      [2]string // what keeps IPv4 and IPv6 from datagrams on this machine; "": nothing
}

// Names of checks.
const (
	checkProgram  = "program"
	checkConfig   = "config"
	checkLocale   = "locale"
	checkTerminal = "terminal"
	checkSockets  = "sockets"
)

// Findings judges what is known of this machine.
func (l Local) Findings() []Finding {
	return []Finding{
		{Check: checkProgram, Verdict: OK, Reason: l.Version + " at " + l.Program},
		l.config(), l.locale(), l.terminal(), l.sockets(),
	}
}

func (l Local) config() Finding {
	switch {
	case l.Problem != "":
		return Finding{Check: checkConfig, Verdict: Failed, Reason: l.Problem}.mend(Here, "${EDITOR:-vi} "+quote(l.Config))
	case l.Config == "":
		return Finding{Check: checkConfig, Verdict: OK, Reason: "no file of settings; none is needed"}
	}
	return Finding{Check: checkConfig, Verdict: OK, Reason: l.Config + " can be read"}
}

func (l Local) locale() Finding {
	name, value := charsetVar(l.Environ)
	switch {
	case isUTF8(value):
		return Finding{Check: checkLocale, Verdict: OK, Reason: name + "=" + value + " here"}
	case name == "":
		name, value = "LANG", "nothing"
	}
	return Finding{Check: checkLocale, Verdict: Warning,
		Reason: fmt.Sprintf("%s is %s here, which is no UTF-8 locale: the host is told of it, and programs may show only ASCII", name, value),
	}.mend(Here, "export "+name+"=C.UTF-8")
}

func (l Local) terminal() Finding {
	term := variable(l.Environ, "TERM")
	switch {
	case !l.Tty:
		return Finding{Check: checkTerminal, Verdict: Warning, Reason: "this is no terminal: a session needs one"}
	case l.Terminal != "":
		return Finding{Check: checkTerminal, Verdict: Failed, Reason: l.Terminal}.mend(Here, "export TERM=xterm-256color")
	}
	f := Finding{Check: checkTerminal, Verdict: OK, Reason: fmt.Sprintf("TERM=%s, %d colours, %d columns, %d rows", term, l.Colors, l.Cols, l.Rows)}
	switch {
	case l.Cols < 1 || l.Rows < 1:
		f.Verdict, f.Reason = Warning, "the terminal does not know its size: 80 columns and 24 rows are taken"
		f = f.mend(Here, "stty cols 80 rows 24")
	case l.Colors < 8:
		f.Verdict, f.Reason = Warning, fmt.Sprintf("TERM=%s has %d colours: what programs colour shows plain", term, l.Colors)
		f = f.mend(Here, "export TERM=xterm-256color")
	}
	return f
}

func (l Local) sockets() Finding {
	switch four, six := l.UDP[0], l.UDP[1]; {
	case four != "" && six != "":
		return Finding{Check: checkSockets, Verdict: Failed, Reason: "this machine sends no datagrams, not even to itself: " + four}
	case four != "":
		return Finding{Check: checkSockets, Verdict: Warning, Reason: "no datagrams by IPv4 here: " + four}
	case six != "":
		return Finding{Check: checkSockets, Verdict: OK, Reason: "datagrams by IPv4 here; none by IPv6: " + six}
	}
	return Finding{Check: checkSockets, Verdict: OK, Reason: "datagrams by IPv4 and IPv6 here"}
}

// Sockets tries datagrams from this machine to itself, by IPv4 and IPv6, and returns what
// keeps them.
func Sockets() (problems [2]string) {
	for i, addr := range []string{"127.0.0.1", "::1"} {
		if err := trySocket(netip.MustParseAddr(addr)); err != nil {
			problems[i] = err.Error()
		}
	}
	return problems
}

// socketTime is how long a datagram may take to this machine itself.
const socketTime = time.Second

func trySocket(addr netip.Addr) error {
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(addr, 0)))
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(socketTime))
	if _, err = conn.WriteTo([]byte{'x'}, conn.LocalAddr()); err == nil {
		_, _, err = conn.ReadFrom(make([]byte, 1))
	}
	return err
}

// charsetVar returns the variable that decides on the character set, and its value; both
// are "" if none is set (POSIX, 8.2).
func charsetVar(env []string) (name, value string) {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := variable(env, name); v != "" {
			return name, v
		}
	}
	return "", ""
}

// isUTF8 reports whether a locale or a character set is UTF-8 by its name.
func isUTF8(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "utf-8") || strings.Contains(name, "utf8")
}

// variable returns the value of a variable, "" if it is not set.
func variable(env []string, name string) (value string) {
	for _, pair := range env {
		if n, v, _ := strings.Cut(pair, "="); n == name {
			value = v
		}
	}
	return value
}

// quote returns s as one word of a shell.
func quote(s string) string {
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-@:~") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// Program returns the path of this program, as far as it is known.
func Program() string {
	path, err := os.Executable()
	if err != nil {
		return "an unknown place"
	}
	return path
}
