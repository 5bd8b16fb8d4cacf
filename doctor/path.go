package doctor

import (
	"fmt"
	"strings"
)

// udp says whether datagrams come and go, and if not, which hop fails.
func (h HostFacts) udp() Finding {
	m := h.UDP
	if len(m.Answered) > 0 {
		reason := "passes both ways: " + strings.Join(m.Answered, ", ")
		if n := len(m.Tried) - len(m.Answered); n > 0 {
			reason += fmt.Sprintf(" (%d more did not answer)", n)
		}
		return Finding{Check: checkUDP, Verdict: OK, Reason: reason}
	}
	reason := fmt.Sprintf("ssh answers, UDP to port %d does not come back", h.Port)
	switch {
	case m.Refused != "" && h.Heard != HeardUs:
		reason += ": it is refused (" + m.Refused + "), by a firewall of the host or before it"
	case h.Heard == HeardNothing:
		reason += ": no datagram has reached the server, so a firewall on the way there or on the host drops it"
	case h.Heard == HeardUs:
		reason += ": the server has heard this machine, so its answers are dropped on the way back, by a firewall there, here or between"
	default:
		reason += ": a firewall drops it"
	}
	if len(m.Tried) > 1 {
		reason += fmt.Sprintf(" (tried %s)", strings.Join(m.Tried, ", "))
	} else if len(m.Tried) == 1 {
		reason += " (" + m.Tried[0] + ")"
	}
	f := Finding{Check: checkUDP, Verdict: Failed, Reason: reason}
	if h.Heard == HeardUs {
		return f
	}
	for _, wall := range h.firewalls() {
		if wall.drops || wall.hidden {
			return f.mend(Host, wall.opens)
		}
	}
	// No firewall of the host's is known to drop it: these show one that cannot be read
	// without root; what lies between is its owner's to open.
	f.Reason += "; if the host's own firewall is not the cause, the network's has to let UDP to " + h.ports().String() + " in"
	return f.mend(Host, "sudo nft list ruleset || sudo iptables -S")
}

// slowTrip is the round trip from which prediction is all that makes typing bearable, in
// milliseconds.
const slowTrip = 400

func (h HostFacts) rtt() Finding {
	m := h.UDP
	f := Finding{Check: checkRTT, Verdict: OK, Reason: fmt.Sprintf("%.0f ms, at most %.0f ms", m.RTT, m.RTTMax)}
	switch {
	case m.RTTMax == 0:
		f.Reason = "not measured"
	case m.RTT >= slowTrip:
		f.Verdict = Warning
		f.Reason += ": slow; typed keys show at once all the same"
		f = f.mend(Here, "roam --predict=always "+quote(h.Host))
	}
	return f
}

// badLoss is the share of datagrams lost from which a path is worth a warning: above it ssh
// is hardly usable; sessions go on.
const badLoss = 0.05

func (h HostFacts) loss() Finding {
	m := h.UDP
	f := Finding{Check: checkLoss, Verdict: OK, Reason: fmt.Sprintf("%d of %d datagrams from the host lost; of %d sent there, %d repeated", m.Lost, m.Expected, m.Sent, m.Repeated)}
	if m.Expected > 0 && float64(m.Lost) > badLoss*float64(m.Expected) || float64(m.Repeated) > 2*badLoss*float64(m.Sent) {
		f.Verdict = Warning
		f.Reason += ": the path loses much; sessions go on, slower"
		f = f.mend(Here, "ping -c 20 "+quote(hostOf(m.Answered[0])))
	}
	return f
}

// hostOf returns the address without its port.
func hostOf(addr string) string {
	return strings.Trim(addr[:strings.LastIndexByte(addr, ':')], "[]")
}

// mtu says how large datagrams may be. Below the 1,252 bytes that sessions begin with they
// get slower, since each large one is lost before smaller ones are tried.
func (h HostFacts) mtu() Finding {
	m := h.UDP
	f := Finding{Check: checkMTU, Verdict: OK, Reason: fmt.Sprintf("%d bytes of UDP payload arrive at the host, %d came from there", m.Up, m.Down)}
	if m.UpFailed > 0 {
		f.Reason += fmt.Sprintf("; %d do not", m.UpFailed)
	}
	if m.UpFailed > 0 && m.UpFailed <= sizes[3] {
		f.Verdict = Warning
		f.Reason += ": the path drops datagrams that every network should carry; sessions find that out after a second"
		f = f.mend(Here, "tracepath "+quote(hostOf(m.Answered[0])))
	}
	return f
}
