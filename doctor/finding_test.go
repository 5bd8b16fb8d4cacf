package doctor

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"roam/internal/voice"
	"time"

	"roam/bootstrap"
)

var update = flag.Bool("update", false, "rewrite golden files")

// at is when the facts of the tests were heard.
var at = time.Unix(1800000000, 0)

// facts returns those that a host says, each "name value".
func facts(lines ...string) (said []bootstrap.Fact) {
	for _, line := range lines {
		name, value, _ := strings.Cut(line, " ")
		said = append(said, bootstrap.Fact{Name: name, Value: value, Heard: at})
	}
	return said
}

// wellHost is a host of which nothing is to be said.
func wellHost(more ...string) HostFacts {
	lines := append([]string{"system Linux 6.1 x86_64", "user 1000", "clock 1800000000", "charset UTF-8", "server /usr/bin/roam", "version roam v1.2.3"}, more...)
	return HostFacts{Host: "work", Port: 60001, Said: facts(lines...), Login: 420 * time.Millisecond, UDP: wellPath()}
}

func wellPath() *Measurement {
	return &Measurement{Tried: []string{"192.0.2.2:60001"}, Answered: []string{"192.0.2.2:60001"}, Roam: true, RTT: 21.4, RTTMax: 30, Sent: 60, Expected: 50, Up: 1472, Down: 1472}
}

// silent makes the path of a host answer nothing.
func silent(h HostFacts, heard Hearing, refused string) HostFacts {
	h.UDP, h.Heard = &Measurement{Tried: []string{"192.0.2.2:60001"}, Refused: refused, Sent: 15}, heard
	return h
}

func with(h HostFacts, change func(h *HostFacts)) HostFacts {
	change(&h)
	return h
}

// TestHostFindings compares what is said of hosts with golden files.
func TestHostFindings(t *testing.T) {
	active := []string{"ufw Status: active", "ufw To                         Action      From", "ufw 22/tcp                     ALLOW       Anywhere"}
	for name, h := range map[string]HostFacts{
		"well":            wellHost(),
		"ufw_drops":       silent(wellHost(active...), HeardNothing, ""),
		"ufw_allows":      wellHost(append(active, "ufw 60000:61000/udp            ALLOW       Anywhere")...),
		"ufw_default":     silent(wellHost(active[0], "ufw Default: allow (incoming), allow (outgoing), disabled (routed)"), HeardUs, ""),
		"ufw_hidden":      silent(wellHost("ufw ENABLED=yes"), HearingUnknown, ""),
		"ufw_passes":      wellHost(active...),
		"firewalld_drops": silent(wellHost("firewalld running", "firewalld 443/tcp", "firewalld ssh dhcpv6-client"), HeardNothing, ""),
		"firewalld_mosh":  wellHost("firewalld running", "firewalld ssh mosh"),
		"nft_policy": silent(wellHost("user 0", "nft table inet filter {", "nft chain input {", "nft type filter hook input priority filter; policy drop;",
			"nft chain output {", "nft type filter hook output priority filter; policy accept;"), HeardNothing, ""),
		"nft_rule":      silent(wellHost("nft table ip t {", "nft chain c {", "nft type filter hook input priority filter; policy accept;", "nft udp dport 1024-65535 reject"), HearingUnknown, "connection refused"),
		"nft_output":    silent(wellHost("nft table ip t {", "nft chain c {", "nft type filter hook output priority filter; policy drop;"), HeardUs, ""),
		"iptables_drop": silent(wellHost("iptables -P INPUT DROP", "iptables -A INPUT -p tcp -m tcp --dport 22 -j ACCEPT"), HeardNothing, ""),
		"iptables_rule": silent(wellHost("iptables -P INPUT ACCEPT", "iptables -A INPUT -j REJECT --reject-with icmp-host-prohibited"), HeardNothing, ""),
		"silent":        silent(wellHost(), HeardNothing, ""),
		"own_port": with(silent(wellHost(active...), HeardNothing, ""), func(h *HostFacts) {
			h.Ports, h.Port = bootstrap.Ports{Low: 443, High: 443}, 443
		}),
		"poor_path": with(wellHost(), func(h *HostFacts) {
			h.UDP.RTT, h.UDP.RTTMax, h.UDP.Lost, h.UDP.Repeated, h.UDP.Up, h.UDP.UpFailed = 600, 900, 9, 14, 1000, 1216
			h.UDP.Tried = append(h.UDP.Tried, "[2001:db8::2]:60001")
		}),
		"stock": with(wellHost(), func(h *HostFacts) {
			h.Said = facts("server /usr/bin/mosh-server", "version mosh-server (mosh 1.4.0)", "charset UTF-8")
		}),
		"no_utf8":  with(wellHost(), func(h *HostFacts) { h.Said = facts("charset ANSI_X3.4-1968", "clock 1800003600") }),
		"has_utf8": with(wellHost(), func(h *HostFacts) { h.Said = facts("charset ANSI_X3.4-1968", "utf8 C.utf8", "clock 1799999900") }),
		"no_server": with(wellHost(), func(h *HostFacts) {
			h.UDP, h.Err, h.Said = nil, &bootstrap.NoServerError{Host: "work"}, facts("system FreeBSD 14 amd64")
		}),
		"refuses": with(wellHost(), func(h *HostFacts) {
			h.UDP, h.Err = nil, &bootstrap.RefusedError{Host: "work", Server: "/usr/bin/roam", Status: 1, Words: []string{"no port is free"}}
		}),
		"no_ssh": {Host: "work", Err: &bootstrap.StartError{Program: "ssh", Err: os.ErrNotExist}},
		"denied": {Host: "me@work", Err: &bootstrap.SSHError{Host: "me@work", Status: 255, Stderr: []string{"me@work: Permission denied (publickey)."}}},
	} {
		t.Run(name, func(t *testing.T) { checkReport(t, h.Host, name, h.Findings()) })
	}
}

// TestLocalFindings does so for this machine.
func TestLocalFindings(t *testing.T) {
	well := Local{Program: "/usr/bin/roam", Version: "roam v1.2.3", Environ: []string{"LANG=de_DE.UTF-8", "TERM=xterm-256color"}, Tty: true, Cols: 80, Rows: 24, Colors: 256}
	bad := Local{Program: "/usr/bin/roam", Version: "roam v1.2.3", Environ: []string{"LANG=de_DE.UTF-8", "LC_ALL=C", "TERM=vt52"}, Tty: true, Cols: 80, Rows: 24,
		Config: "/home/me/my config", Problem: "/home/me/my config:3: unknown setting predictt", UDP: [2]string{"no route", "no IPv6"}}
	odd := well
	odd.Environ, odd.Terminal, odd.UDP = nil, "no description of the terminal dumb", [2]string{"", "no IPv6"}
	small := well
	small.Cols, small.UDP, small.Config = 0, [2]string{"no IPv4", ""}, "/home/me/.config/roam/config"
	none := well
	none.Tty = false
	for name, l := range map[string]Local{"here_well": well, "here_bad": bad, "here_odd": odd, "here_small": small, "here_no_tty": none} {
		t.Run(name, func(t *testing.T) { checkReport(t, "", name, l.Findings()) })
	}
}

// checkReport compares a report with its golden file, and its JSON with itself.
func checkReport(t *testing.T, host, name string, found []Finding) {
	t.Helper()
	r := &Report{Host: host}
	r.Add(found...)
	var text, data strings.Builder
	if err := r.WriteText(&text, voice.Style{}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(path); err != nil || string(want) != text.String() {
		t.Errorf("%v; the report is\n%s", err, text.String())
	}
	if strings.Contains(text.String(), "failed  ") == r.OK {
		t.Errorf("ok is %v of\n%s", r.OK, text.String())
	}
	var back Report
	if err := r.WriteJSON(&data); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(data.String()), &back); err != nil || !reflect.DeepEqual(&back, r) {
		t.Errorf("%v: JSON says\n%s", err, data.String())
	}
}
