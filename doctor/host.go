package doctor

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"roam/bootstrap"
)

// A HostFacts is what is known of a host, and of the way to it.
type HostFacts struct {
	Host  string           // as it was given
	Ports bootstrap.Ports  // that sessions use
	Port  uint16           // that the server took; 0: none
	Said  []bootstrap.Fact // by the host
	Login time.Duration    // what ssh took, with the start of the server
	Err   error            // of the start; nil: a server was started
	UDP   *Measurement     // nil: there was no server to ask
	Heard Hearing          // whether the server heard us, if it did not answer
}

// A Hearing says what a server that was not heard tells over ssh.
type Hearing int

// What is known of it.
const (
	HearingUnknown Hearing = iota // nothing
	HeardNothing                  // no datagram has reached it
	HeardUs                       // some have: its answers are lost
)

// Names of checks.
const (
	checkSSH      = "ssh"
	checkSystem   = "system"
	checkServer   = "server"
	checkClock    = "clock"
	checkFirewall = "firewall"
	checkUDP      = "udp"
	checkRTT      = "rtt"
	checkLoss     = "loss"
	checkMTU      = "mtu"
)

// Findings judges what is known of a host.
func (h HostFacts) Findings() []Finding {
	found := []Finding{h.ssh()}
	if found[0].Verdict == Failed {
		return found
	}
	found = append(found, Finding{Check: checkSystem, Verdict: OK, Reason: h.say(bootstrap.FactSystem, "it does not say what it is")},
		h.server(), h.locale(), h.clock(), h.firewall())
	if h.UDP != nil {
		found = append(found, h.udp())
		if len(h.UDP.Answered) > 0 {
			found = append(found, h.rtt(), h.loss(), h.mtu())
		}
	}
	return found
}

// say returns the first of the facts of a name, or what to say without one.
func (h HostFacts) say(name, without string) string {
	for _, f := range h.Said {
		if f.Name == name && f.Value != "" {
			return f.Value
		}
	}
	return without
}

// all returns the facts of a name.
func (h HostFacts) all(name string) (values []string) {
	for _, f := range h.Said {
		if f.Name == name && f.Value != "" {
			values = append(values, f.Value)
		}
	}
	return values
}

// ssh says whether the log-in works.
func (h HostFacts) ssh() Finding {
	var start *bootstrap.StartError
	var ssh *bootstrap.SSHError
	switch {
	case errors.As(h.Err, &start):
		return Finding{Check: checkSSH, Verdict: Failed, Reason: words(h.Err)}.mend(Here, "command -v "+quote(start.Program))
	case errors.As(h.Err, &ssh) && len(h.Said) == 0:
		reason := words(h.Err)
		if len(ssh.Stderr) > 0 {
			reason += ": " + ssh.Stderr[len(ssh.Stderr)-1]
		}
		if hint := ssh.Hint(); hint != "" {
			reason += "; " + hint
		}
		return Finding{Check: checkSSH, Verdict: Failed, Reason: reason}.mend(Here, "ssh -v "+quote(h.Host)+" true")
	}
	return Finding{Check: checkSSH, Verdict: OK, Reason: fmt.Sprintf("logs in, and all was said after %.1f s", h.Login.Seconds())}
}

// words returns an error's text without the package's name.
func words(err error) string { return strings.TrimPrefix(err.Error(), "bootstrap: ") }

// server says which program a session would use.
func (h HostFacts) server() Finding {
	path, version := h.say(bootstrap.FactServer, ""), h.say(bootstrap.FactVersion, "it does not say its version")
	install := "roam --install=always " + quote(h.Host)
	var none *bootstrap.NoServerError
	var address *bootstrap.AddressError
	switch {
	case errors.As(h.Err, &none) && none.Command == "":
		return Finding{Check: checkServer, Verdict: Failed, Reason: "neither roam nor mosh-server was found"}.mend(Here, install)
	case errors.As(h.Err, &address):
		return Finding{Check: checkServer, Verdict: Failed, Reason: words(h.Err)}.mend(Here, "ssh -G "+quote(h.Host)+" | grep -i -E 'hostname|proxy'")
	case h.Err != nil:
		f := Finding{Check: checkServer, Verdict: Failed, Reason: words(h.Err)}
		if path != "" {
			f = f.mend(Host, quote(path)+" "+map[bool]string{true: "server", false: "new"}[strings.HasPrefix(version, "roam ")])
		}
		return f
	case path == "":
		return Finding{Check: checkServer, Verdict: OK, Reason: "the command of --server has started one"}
	case !strings.HasPrefix(version, "roam "):
		return Finding{Check: checkServer, Verdict: Warning,
			Reason: fmt.Sprintf("%s (%s) serves: sessions lack what only roam has, such as the exit status, roam attach and sure prediction", path, version)}.mend(Here, install)
	}
	return Finding{Check: checkServer, Verdict: OK, Reason: version + " at " + path}
}

// locale says whether programs there can show all characters. What a session asks for
// comes from here; the host only has to have it.
func (h HostFacts) locale() Finding {
	charset, have := h.say(bootstrap.FactCharset, ""), h.all(bootstrap.FactUTF8)
	switch {
	case isUTF8(charset):
		return Finding{Check: checkLocale, Verdict: OK, Reason: "ssh's sessions on the host have " + charset}
	case len(have) > 0:
		return Finding{Check: checkLocale, Verdict: OK, Reason: "the host has " + have[0] + ", which sessions take"}
	case charset == "":
		return Finding{Check: checkLocale, Verdict: Warning, Reason: "the host does not say which locales it has"}
	}
	return Finding{Check: checkLocale, Verdict: Warning, Reason: "the host has no UTF-8 locale (" + charset + "): programs there may show only ASCII, and a mosh-server refuses to start"}.
		mend(Host, "sudo localedef -i C -f UTF-8 C.UTF-8")
}

// clockLate is how far apart clocks may be: neither roam nor ssh minds, but certificates,
// tokens and make do. It is more than ssh takes to start a server.
const clockLate = 30 * time.Second

func (h HostFacts) clock() Finding {
	for _, f := range h.Said {
		seconds, err := strconv.ParseInt(f.Value, 10, 64)
		if f.Name != bootstrap.FactClock || err != nil {
			continue
		}
		ahead := time.Unix(seconds, 0).Sub(f.Heard)
		which := "ahead of"
		if ahead < 0 {
			which = "behind"
		}
		if ahead.Abs() < clockLate {
			return Finding{Check: checkClock, Verdict: OK, Reason: "agrees with this machine's"}
		}
		return Finding{Check: checkClock, Verdict: Warning, Reason: fmt.Sprintf("the host's is %v %s this machine's; sessions do not mind, certificates and tokens do", ahead.Abs().Round(time.Second), which)}.
			mend(Host, "sudo timedatectl set-ntp true")
	}
	return Finding{Check: checkClock, Verdict: OK, Reason: "the host does not say the time; sessions do not need it"}
}
