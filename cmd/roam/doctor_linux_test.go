package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"roam/doctor"
	"roam/internal/sshtest"
)

// runDoctor runs roam doctor with args behind words that come before it, and returns what
// it says and its exit status.
func runDoctor(t *testing.T, before []string, args ...string) (doctor.Report, int) {
	t.Helper()
	words := append(append(before, filepath.Join(linkPrograms(t, "roam"), "roam"), "doctor", "--json"), args...)
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "LANG=C.UTF-8", "LC_ALL=", "TERM=xterm-256color")
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	var r doctor.Report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("%v\n%s%s", err, out.String(), said.String())
	}
	return r, cmd.ProcessState.ExitCode()
}

// A wantFinding is what a report must have: words of the last finding of a name.
type wantFinding struct {
	check, where string // Here, for the first of a name
	verdict      doctor.Verdict
	reason, mend string // parts of them
}

func checkFindings(t *testing.T, r doctor.Report, want ...wantFinding) {
	t.Helper()
	for _, w := range want {
		var got doctor.Finding
		for _, f := range r.Findings {
			if f.Check == w.check {
				if got = f; w.where == doctor.Here {
					break
				}
			}
		}
		if got.Verdict != w.verdict || !strings.Contains(got.Reason, w.reason) || !strings.Contains(got.Mend, w.mend) || w.verdict == doctor.OK && got.Mend != "" {
			t.Errorf("finding %+v, want %+v", got, w)
		}
	}
}

// TestDoctorHost examines hosts behind real sshds on loopback. A session is measured for
// a second and more.
func TestDoctorHost(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		programs []string // of this program, on the host
		search   string   // rest of its PATH
		args     []string
		host     string
		sshd     string
		want     []wantFinding
		status   int
	}{
		"all is well": {programs: []string{"roam"}, want: []wantFinding{
			{"ssh", "", doctor.OK, "logs in", ""}, {"server", "", doctor.OK, "roam devel", ""}, {"system", "", doctor.OK, "Linux", ""},
			{"clock", "", doctor.OK, "agrees", ""}, {"locale", "", doctor.OK, "host has C.utf8", ""},
			{"udp", "", doctor.OK, "passes both ways: ", ""}, {"rtt", "", doctor.OK, " ms", ""},
			{"loss", "", doctor.OK, "0 of ", ""}, {"mtu", "", doctor.OK, "1472 bytes", ""},
		}},
		"stock only": {args: []string{"--server=/usr/bin/mosh-server"}, want: []wantFinding{
			{"udp", "", doctor.OK, "passes both ways", ""}, {"rtt", "", doctor.OK, " ms", ""}, {"mtu", "", doctor.OK, "1472 bytes", ""},
		}},
		"no roam": {want: []wantFinding{{"server", "", doctor.Warning, "mosh-server (mosh", "roam --install=always testhost"}, {"udp", "", doctor.OK, "passes", ""}}},
		"no such command": {args: []string{"--server=/nowhere/roam"}, status: 1,
			want: []wantFinding{{"server", "", doctor.Failed, "was not found", ""}}},
		"wrong host": {host: "refused", status: 1,
			want: []wantFinding{{"ssh", "", doctor.Failed, "ssh to refused ended with status 255: ", "ssh -v refused true"}}},
		"junk and tcsh": {programs: []string{"roam"}, sshd: `ForceCommand echo "ROAM FACTS"; echo junk; exec tcsh -c "$SSH_ORIGINAL_COMMAND"`,
			want: []wantFinding{{"server", "", doctor.OK, "roam devel", ""}, {"udp", "", doctor.OK, "passes", ""}}},
		"junk and fish": {programs: []string{"roam"}, sshd: `ForceCommand echo junk; exec fish -c "$SSH_ORIGINAL_COMMAND"`,
			want: []wantFinding{{"server", "", doctor.OK, "roam devel", ""}, {"udp", "", doctor.OK, "passes", ""}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lines := []string{"SetEnv PATH=" + linkPrograms(t, test.programs...) + ":/usr/bin:/bin HOME=" + newHome(t)}
			if test.sshd != "" {
				lines = append(lines, test.sshd)
			}
			s := sshtest.Start(t, lines...)
			s.AddConfig(t, "Host refused", "  HostName 127.0.0.1", "  Port 1")
			if test.host == "" {
				test.host = "testhost"
			}
			r, status := runDoctor(t, nil, append(test.args, "-F", s.Config, test.host)...)
			checkFindings(t, r, test.want...)
			if status != test.status || r.OK != (status == 0) || s.Connections() > 1 {
				t.Errorf("status %d, ok %v, %d connections, want status %d\n%+v", status, r.OK, s.Connections(), test.status, r)
			}
		})
	}
}

// TestDoctorFirewall examines a host in another network namespace whose nftables drop
// datagrams, on their way there or back. It takes the three seconds for which it waits.
func TestDoctorFirewall(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rules string // of nftables on the host
		want  []wantFinding
	}{
		"dropped there": {"nft add table inet t; nft add chain inet t c '{ type filter hook input priority 0; policy drop; }'",
			[]wantFinding{
				{"udp", "", doctor.Failed, "ssh answers, UDP to port 60001 does not come back: no datagram has reached the server", "sudo nft insert rule inet t c udp dport 60001-60999 accept"},
				{"firewall", "", doctor.Failed, "chain c of table inet t drops", "sudo nft insert rule"},
			}},
		"refused there": {"nft add table inet t; nft add chain inet t c '{ type filter hook input priority 0; }'; nft add rule inet t c ip protocol udp reject",
			[]wantFinding{{"udp", "", doctor.Failed, "it is refused (connection refused)", ""}}},
		"dropped on the way back": {"nft add table inet t; nft add chain inet t c '{ type filter hook output priority 0; }'; nft add rule inet t c ip protocol udp drop",
			[]wantFinding{{"udp", "", doctor.Failed, "its answers are dropped on the way back", ""}}},
		"small datagrams only": {"nft add table inet t; nft add chain inet t c '{ type filter hook input priority 0; }'; nft add rule inet t c ip protocol udp ip length gt 1100 drop",
			[]wantFinding{{"udp", "", doctor.OK, "passes", ""}, {"mtu", "", doctor.Warning, "1000 bytes of UDP payload arrive at the host, ", "tracepath 192.0.2.2"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			here, there := newNamespace(t), newNamespace(t)
			inside(t, here, "ip link set lo up; ip link add wire type veth peer name wire netns "+strings.Split(there, "/")[2]+
				"; ip addr add 192.0.2.1/24 dev wire; ip link set wire up")
			inside(t, there, "ip link set lo up; ip link set wire up; ip addr add 192.0.2.2/24 dev wire; "+test.rules)
			s := sshtest.Start(t, "SetEnv PATH="+linkPrograms(t, "roam")+":/usr/bin:/bin HOME="+newHome(t))
			sshd, err := exec.LookPath("sshd")
			if err != nil {
				sshd = "/usr/sbin/sshd"
			}
			s.AddConfig(t, "Host there", "  HostName there.invalid", fmt.Sprintf("  ProxyCommand nsenter --net=%s %s -i -f %s", there, sshd, filepath.Join(s.Dir, "sshd_config")))
			if name == "dropped there" { // a session that gets no answer says as much by itself
				sc := newScreen(t, os.Environ(), fmt.Sprintf("nsenter --net=%s %s/roam --port 61001 -F %s there", here, linkPrograms(t, "roam"), s.Config))
				sc.wait(`ssh answers, UDP to port 61001 does not come back: a firewall drops`) // the port is this test's alone
				sc.wait(`sudo nft insert rule inet t c udp dport 61001 accept`)
				sc.keys("C-c")
				sc.wait(`^status 1$`)
			}
			r, status := runDoctor(t, []string{"nsenter", "--net=" + here}, "-F", s.Config, "there")
			checkFindings(t, r, test.want...)
			if (status == 0) != r.OK {
				t.Errorf("status %d, ok %v\n%+v", status, r.OK, r)
			}
		})
	}
}
