package doctor

import (
	"fmt"
	"strings"

	"roam/bootstrap"
)

// A firewall is one of a host's, as far as it can be read.
type firewall struct {
	name   string
	says   string // what it does to the datagrams of sessions
	drops  bool   // it seems to drop them
	opens  string // the command that lets them pass
	hidden bool   // only root can read it
}

// defaultPorts are those that servers choose from.
var defaultPorts = bootstrap.Ports{Low: 60001, High: 60999}

// ports returns those that sessions use.
func (h HostFacts) ports() bootstrap.Ports {
	if h.Ports.Low == 0 {
		return defaultPorts
	}
	return h.Ports
}

// firewalls reads what the host says of its own.
func (h HostFacts) firewalls() (found []firewall) {
	p := h.ports().String()
	if lines := h.all(bootstrap.FactUfw); len(lines) > 0 {
		text := strings.ToLower(strings.Join(lines, "\n"))
		f := firewall{name: "ufw", opens: "sudo ufw allow " + p + "/udp"}
		switch {
		case strings.Contains(text, "enabled=yes"):
			f.says, f.hidden = "ufw is on, and only root can read its rules", true
			found = append(found, f)
		case strings.Contains(text, "status: active") && (strings.Contains(text, "default: allow (incoming)") || h.ufwAllows(lines)):
			f.says = "ufw lets UDP to " + p + " in"
			found = append(found, f)
		case strings.Contains(text, "status: active"):
			f.says, f.drops = "ufw has no rule that lets UDP to "+p+" in", true
			found = append(found, f)
		}
	}
	if lines := h.all(bootstrap.FactFirewall); len(lines) > 0 {
		f := firewall{name: "firewalld", opens: "sudo firewall-cmd --permanent --add-port=" + strings.ReplaceAll(p, ":", "-") + "/udp && sudo firewall-cmd --reload"}
		if text := strings.Join(lines, " "); strings.Contains(text, strings.ReplaceAll(p, ":", "-")+"/udp") || strings.Contains(" "+text+" ", " mosh ") {
			f.says = "firewalld lets UDP to " + p + " in"
		} else {
			f.says, f.drops = "firewalld has no port or service that lets UDP to "+p+" in", true
		}
		found = append(found, f)
	}
	if f := h.nft(p); f.name != "" {
		found = append(found, f)
	}
	if f := h.iptables(p); f.name != "" && len(found) == 0 { // else it is what the others made
		found = append(found, f)
	}
	return found
}

// ufwAllows reports whether a rule of ufw status names all ports of sessions.
func (h HostFacts) ufwAllows(lines []string) bool {
	for _, line := range lines {
		words := strings.Fields(line)
		if len(words) < 2 || words[1] != "ALLOW" {
			continue
		}
		ports, protocol, limited := strings.Cut(words[0], "/")
		if limited && protocol != "udp" {
			continue
		}
		if ports == "Anywhere" {
			return true
		}
		if have, err := bootstrap.ParsePorts(ports); err == nil && have.Low <= h.ports().Low && have.High >= h.ports().High {
			return true
		}
	}
	return false
}

// nft reads the lines about chains that see what arrives.
func (h HostFacts) nft(p string) firewall {
	table, chain, input := "", "", false
	var f firewall
	for _, line := range h.all(bootstrap.FactNft) {
		words := strings.Fields(strings.TrimSuffix(line, "{"))
		switch {
		case len(words) == 3 && words[0] == "table":
			table, chain, input = quote(words[1])+" "+quote(words[2]), "", false
		case len(words) == 2 && words[0] == "chain":
			chain, input = quote(words[1]), false
		case strings.Contains(line, " hook "):
			input = strings.Contains(line, " hook input ")
			if input && strings.Contains(line, "policy drop") {
				f = dropped(table, chain, p, "drops what no rule accepts")
			} else if input && f.name == "" {
				f = firewall{name: "nftables", says: "nftables drops nothing of it that can be seen"}
			}
		case input && !f.drops && strings.Contains(line, "udp") && (strings.Contains(line, "drop") || strings.Contains(line, "reject")):
			f = dropped(table, chain, p, "has the rule "+line)
		}
	}
	return f
}

func dropped(table, chain, p, what string) firewall {
	return firewall{
		name: "nftables", drops: true,
		says:  fmt.Sprintf("nftables: the chain %s of table %s %s", chain, table, what),
		opens: fmt.Sprintf("sudo nft insert rule %s %s udp dport %s accept", table, chain, strings.ReplaceAll(p, ":", "-")),
	}
}

// iptables reads the chain INPUT.
func (h HostFacts) iptables(p string) (f firewall) {
	for _, line := range h.all(bootstrap.FactIptables) {
		if f.name == "" {
			f = firewall{name: "iptables", says: "iptables drops nothing of it that can be seen", opens: "sudo iptables -I INPUT -p udp --dport " + p + " -j ACCEPT"}
		}
		switch {
		case strings.HasPrefix(line, "-P INPUT DROP"), strings.HasPrefix(line, "-P INPUT REJECT"):
			f.says, f.drops = "iptables drops what no rule of INPUT accepts", true
		case strings.Contains(line, "-j DROP") || strings.Contains(line, "-j REJECT"):
			if strings.Contains(line, "-p udp") || !strings.Contains(line, "-p ") && !strings.Contains(line, "-s ") {
				f.says, f.drops = "iptables has the rule "+line, true
			}
		}
	}
	return f
}

// firewall says what the host's own firewalls do. What was measured goes before what they
// say: rules can be long.
func (h HostFacts) firewall() Finding {
	found := h.firewalls()
	passes := h.UDP != nil && len(h.UDP.Answered) > 0
	if len(found) == 0 {
		reason := "none is seen on the host"
		if user := h.say(bootstrap.FactUser, ""); user != "0" {
			reason += ", where only root may look at nftables and iptables"
		}
		return Finding{Check: checkFirewall, Verdict: OK, Reason: reason}
	}
	var says []string
	for _, f := range found {
		says = append(says, f.says)
	}
	finding := Finding{Check: checkFirewall, Verdict: OK, Reason: strings.Join(says, "; ")}
	for _, f := range found {
		switch {
		case !f.drops && !f.hidden:
		case passes:
			finding.Reason = strings.Join(says, "; ") + "; UDP to this session's port passes all the same"
		default:
			finding.Verdict = Warning
			if f.drops {
				finding.Verdict = Failed
			}
			return finding.mend(Host, f.opens)
		}
	}
	return finding
}
