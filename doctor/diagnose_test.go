package doctor

import (
	"testing"
	"time"

	"roam/bootstrap"
	"roam/server"
)

func TestDiagnosis(t *testing.T) {
	ufw := facts("clock 1800000000", "ufw Status: active")
	ours := server.Status{Port: 60001}
	heard, stale := ours, ours
	heard.LastContact, stale.LastContact = at.Add(-3*time.Second), at.Add(-time.Minute)
	denied := &bootstrap.SSHError{Host: "work", Status: 255, Stderr: []string{"me@work: Permission denied (publickey)."}}
	down := &bootstrap.SSHError{Host: "work", Status: 255, Stderr: []string{"ssh: connect to host work port 22: Connection timed out"}}
	const drops = "ssh answers, UDP to port 60001 does not come back: a firewall drops it; on the server: sudo ufw allow 60001:60999/udp"
	for name, test := range map[string]struct {
		said  []bootstrap.Fact
		found []server.Status
		err   error
		want  string
	}{
		"nothing arrives":      {ufw, []server.Status{{Port: 60002}, ours}, nil, drops},
		"nothing arrives now":  {ufw, []server.Status{stale}, nil, drops},
		"stock's server":       {ufw, nil, &bootstrap.NoServerError{Host: "work", Roam: true}, drops},
		"answers are lost":     {ufw, []server.Status{heard}, nil, "ssh answers, UDP to port 60001 does not come back: the server hears this machine, and its answers are dropped"},
		"it has ended":         {ufw, []server.Status{{Port: 60002}}, nil, "ssh answers, and no session has UDP port 60001 there any more: the server has ended"},
		"ssh may not ask":      {nil, nil, denied, ""},
		"nothing is reached":   {nil, nil, down, "ssh does not reach work either (connect to host work port 22: Connection timed out): the network or the host is down"},
		"ssh cannot be run":    {nil, nil, &bootstrap.StartError{Program: "ssh"}, ""},
		"no firewall is known": {facts("user 0"), []server.Status{ours}, nil, "ssh answers, UDP to port 60001 does not come back: a firewall drops it; on the server: sudo nft list ruleset || sudo iptables -S"},
	} {
		h := HostFacts{Host: "work", Port: 60001, Said: test.said, UDP: &Measurement{}}
		if got := h.diagnosis(test.found, test.err); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
