package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"roam/internal/sshtest"
)

// newNamespace returns the path of a network namespace that lives as long as the test.
func newNamespace(t *testing.T) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Fatal("this test makes a network namespace: run it as root")
	}
	holder := exec.Command("sleep", "infinity")
	holder.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { holder.Process.Kill(); holder.Wait() })
	return fmt.Sprintf("/proc/%d/ns/net", holder.Process.Pid)
}

// inside runs a line of sh in a namespace.
func inside(t *testing.T, namespace, line string) {
	t.Helper()
	if out, err := exec.Command("nsenter", "--net="+namespace, "sh", "-ec", line).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
}

// TestEndToEndPaths reaches a host in another network namespace, whose sshd is behind a
// proxy command and knows no address: only the host's own word says where datagrams go.
// A real ssh, sshd and server are what is tested; they take their second.
func TestEndToEndPaths(t *testing.T) {
	const udp4, udp6 = "ip protocol udp", "ip6 nexthdr udp"
	both := []string{"192.0.2.2/24", "2001:db8::2/64"}
	for name, test := range map[string]struct {
		addrs  []string // the host's on the link; others have no way there
		filter []string // rules of nftables for what arrives
		says   []string // on the screen, in place of a session
	}{
		"dual stack":             {addrs: both},
		"IPv6 only":              {addrs: both[1:]},
		"IPv4 dropped":           {addrs: both, filter: []string{udp4 + " drop"}},
		"IPv6 dropped":           {addrs: both, filter: []string{udp6 + " drop"}},
		"IPv4 refused":           {addrs: both, filter: []string{udp4 + " reject"}},
		"only the third address": {addrs: []string{"192.0.2.2/24", "192.0.2.3/24", "192.0.2.4/24"}, filter: []string{"ip daddr != 192.0.2.4 " + "drop"}},
		"everything is dropped":  {addrs: both, filter: []string{udp4 + " drop", udp6 + " drop"}, says: []string{`tried 192\.0\.2\.2:\d+: no answer to`, `tried \[2001:db8::2\]:\d+: no answer to`}},
		"everything is refused":  {addrs: both, filter: []string{udp4 + " reject", udp6 + " reject"}, says: []string{`tried 192\.0\.2\.2:\d+: connection refused`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bin, home := linkPrograms(t, "roam"), newHome(t)
			here, there := newNamespace(t), newNamespace(t)
			inside(t, here, "ip link set lo up; ip link add wire type veth peer name wire netns "+strings.Split(there, "/")[2]+
				"; ip addr add 192.0.2.1/24 dev wire; ip addr add 2001:db8::1/64 dev wire nodad; ip link set wire up")
			rules := "ip link set lo up; ip link set wire up; nft add table inet t; nft add chain inet t c '{ type filter hook input priority 0; }'; "
			for _, a := range test.addrs {
				option := ""
				if strings.Contains(a, ":") {
					option = " nodad"
				}
				rules += "ip addr add " + a + " dev wire" + option + "; "
			}
			for _, rule := range test.filter {
				rules += "nft add rule inet t c " + rule + "; "
			}
			inside(t, there, rules)

			host := sshtest.Start(t, "SetEnv PATH="+bin+":/usr/bin:/bin HOME="+home)
			sshd, err := exec.LookPath("sshd")
			if err != nil {
				sshd = "/usr/sbin/sshd"
			}
			host.AddConfig(t, "Host there", "  HostName there.invalid", fmt.Sprintf("  ProxyCommand nsenter --net=%s %s -i -f %s", there, sshd, filepath.Join(host.Dir, "sshd_config")))
			s := newScreen(t, os.Environ(), fmt.Sprintf("nsenter --net=%s %s/roam -F %s there", here, bin, host.Config))
			if test.says == nil {
				s.wait(`^ready>`)
				s.line("exit 3")
				s.wait(`^status 3$`)
				return
			}
			s.wait(`no answer yet from any of 2 addresses`)
			if name == "everything is dropped" { // else it takes 15 s
				s.keys("C-c")
			}
			s.wait(`^status 1$`)
			for _, words := range test.says {
				s.wait(words)
			}
		})
	}
}
