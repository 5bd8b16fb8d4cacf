package bootstrap

import (
	"fmt"
	"strings"
	"time"
)

// A Fact is what a host says of itself: names and values are those of factsScript. A name
// may come several times.
type Fact struct {
	Name  string
	Value string    // without what could do something to a terminal
	Heard time.Time // when it arrived
}

// The names of facts.
const (
	FactSystem   = "system"    // uname's name, release and machine
	FactUser     = "user"      // number of the user
	FactClock    = "clock"     // seconds since 1970
	FactCharset  = "charset"   // of the locale of ssh's sessions, as locale charmap says
	FactUTF8     = "utf8"      // a locale that is installed and speaks UTF-8
	FactUfw      = "ufw"       // lines of ufw status, or of its configuration where only root may ask
	FactFirewall = "firewalld" // its state, ports and services, a line each
	FactNft      = "nft"       // lines of nft list ruleset that are about tables, chains and verdicts
	FactIptables = "iptables"  // lines of iptables -S INPUT
	FactServer   = "server"    // path of the program that a session would use
	FactVersion  = "version"   // what that says of itself, one line
)

// The caps on facts: a long list of firewall rules is judged by its start.
const (
	maxFacts     = 256
	maxFactLines = 80 // of one program's output; the script keeps to it
)

// readFact files one line "NAME VALUE".
func (h *handshake) readFact(rest string) error {
	name, value, _ := strings.Cut(rest, " ")
	if h.facts != nil && len(*h.facts) < maxFacts {
		*h.facts = append(*h.facts, Fact{Name: printable(name), Value: printable(strings.TrimSpace(value)), Heard: time.Now()})
	}
	return nil
}

// hostFacts makes the script say what the host is like. It asks nobody for a password and
// changes nothing.
func (s *script) hostFacts() {
	s.add(`_q() { _t "`+tagFact+` $1 $2"; }`,
		fmt.Sprintf(`_m() { head -n %d | while read -r _w; do _q "$1" "$_w"; done; }`, maxFactLines),
		`_s=$PATH:/sbin:/usr/sbin`,
		`_q `+FactSystem+` "$(uname -srm 2>/dev/null)"`,
		`_q `+FactUser+` "$(id -u 2>/dev/null)"`,
		`_q `+FactClock+` "$(date +%s 2>/dev/null)"`,
		`_q `+FactCharset+` "$(locale charmap 2>/dev/null)"`,
		`locale -a 2>/dev/null | grep -i "utf-*8" | head -n 3 | while read -r _w; do _q `+FactUTF8+` "$_w"; done`,
		`{ PATH=$_s ufw status verbose 2>/dev/null || grep "^ENABLED" /etc/ufw/ufw.conf; } </dev/null 2>/dev/null | _m `+FactUfw,
		`if PATH=$_s firewall-cmd --state </dev/null >/dev/null 2>&1; then { echo running; firewall-cmd --list-ports; firewall-cmd --list-services; } </dev/null 2>/dev/null | _m `+FactFirewall+`; fi`,
		`PATH=$_s nft list ruleset </dev/null 2>/dev/null | grep -E "^table|chain |hook |policy|udp|drop|reject" | _m `+FactNft,
		`PATH=$_s iptables -S INPUT </dev/null 2>/dev/null | _m `+FactIptables)
}

// serverFacts makes the script say what search has found.
func (s *script) serverFacts() {
	s.add(`_q `+FactServer+` "$_r"`,
		`if [ -n "$_k" ]; then _v=$("$_r" version 2>/dev/null </dev/null | head -n 1); else _v=$("$_r" --version 2>&1 </dev/null | head -n 1); fi`,
		`_q `+FactVersion+` "$_v"`)
}
