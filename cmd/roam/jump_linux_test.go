package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"roam/internal/sshtest"
)

// nodad keeps a new IPv6 address from being tried out first, which takes a second.
const nodad = " nodad"

// join lays a link between two namespaces: address lines are for ip, such as
// "192.0.2.1/24". The link is called name at both ends.
func join(t *testing.T, name, one, oneAddr, two, twoAddr string) {
	t.Helper()
	inside(t, one, fmt.Sprintf("ip link set lo up; ip link add %[1]s type veth peer name %[1]s netns %[2]s; ip addr add %[3]s dev %[1]s; ip link set %[1]s up",
		name, strings.Split(two, "/")[2], oneAddr))
	inside(t, two, fmt.Sprintf("ip link set lo up; ip addr add %[2]s dev %[1]s; ip link set %[1]s up", name, twoAddr))
}

// withHosts returns words that run a program in a network namespace in which names are
// those of hosts, lines of /etc/hosts.
func withHosts(t *testing.T, namespace, hosts string) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "hosts")
	if err := os.WriteFile(file, []byte(hosts+"\n127.0.0.1 localhost\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return []string{"nsenter", "--net=" + namespace, "unshare", "--mount", "sh", "-c", `mount --bind ` + file + ` /etc/hosts && exec "$@"`, "sh"}
}

// TestEndToEndJump goes through the sshd of a jump host to that of a host that only the
// jump host reaches by TCP, each in a namespace of its own. The host's name means
// something else on this side.
func TestEndToEndJump(t *testing.T) {
	t.Parallel()
	for name, direct := range map[string]bool{"UDP has a way of its own": true, "only the jump host has a way": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bin, home := linkPrograms(t, "roam"), newHome(t)
			here, jump, there := newNamespace(t), newNamespace(t), newNamespace(t)
			join(t, "inner", jump, "198.51.100.1/24", there, "198.51.100.2/24")
			if direct {
				join(t, "outer", here, "192.0.2.1/24", there, "192.0.2.2/24")
			} else {
				join(t, "outer", here, "192.0.2.1/24", jump, "192.0.2.9/24")
				inside(t, here, "ip route add default via 192.0.2.9")
			}
			host := sshtest.StartIn(t, sshtest.In(t, there, "198.51.100.2:0"), "SetEnv PATH="+bin+":/usr/bin:/bin HOME="+home)
			gate := sshtest.Start(t)
			proxy := append(withHosts(t, jump, "198.51.100.2 inner.test"), sshd(t), "-i", "-f", filepath.Join(gate.Dir, "sshd_config"))
			host.AddConfig(t,
				"Host jump", "  HostKeyAlias jump", "  IdentityFile "+filepath.Join(gate.Dir, "user"), "  StrictHostKeyChecking no", "  LogLevel ERROR", "  ProxyCommand "+shellLine(proxy),
				"Host inner", "  HostName inner.test", "  ProxyJump jump")
			client := append(withHosts(t, here, "192.0.2.77 inner.test"), bin+"/roam", "inner", "-F", host.Config)
			s := newScreen(t, os.Environ(), shellLine(client))
			if direct {
				s.wait(`^ready>`)
				s.line("echo $SSH_CONNECTION")
				s.wait(`^198\.51\.100\.1 \d+ 198\.51\.100\.2 \d+$`)
				s.line("exit 3")
				s.wait(`^status 3$`)
				return
			}
			s.wait(`^roam: no answer yet from any of 2 addresses`)
			s.keys("C-c")
			s.wait(`tried 198\.51\.100\.2:\d+: no answer to`)
			s.wait(`^status 1$`)
		})
	}
}

// sshd returns the path of sshd, which wants to be called by it.
func sshd(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("sshd")
	if err != nil {
		path = "/usr/sbin/sshd"
	}
	return path
}

// TestEndToEndNAT64 is in a network of IPv6 only, whose name service tells of a NAT64. The
// host knows itself by an IPv4 address, and by one of IPv6 to which there is no way.
func TestEndToEndNAT64(t *testing.T) {
	t.Parallel()
	bin, home := linkPrograms(t, "roam"), newHome(t)
	here, there := newNamespace(t), newNamespace(t)
	join(t, "wire", here, "2001:db8::1/64"+nodad, there, "fd00::2/64"+nodad)
	inside(t, there, "ip addr add 192.0.2.2/24 dev wire; ip addr add fe80::2/64 dev wire"+nodad+"; ip route add 2001:db8::/64 dev wire;"+
		"nft add table ip6 t; nft add chain ip6 t c '{ type nat hook prerouting priority -100; }'; nft add rule ip6 t c ip6 daddr 2001:db8:64::c000:202 dnat to fd00::2")
	inside(t, here, "ip route add 2001:db8:64::/96 via fe80::2 dev wire")
	host := sshtest.Start(t, "SetEnv PATH="+bin+":/usr/bin:/bin HOME="+home)
	proxy := []string{"nsenter", "--net=" + there, sshd(t), "-i", "-f", filepath.Join(host.Dir, "sshd_config")}
	host.AddConfig(t, "Host there", "  HostName there.invalid", "  ProxyCommand "+shellLine(proxy))
	client := append(withHosts(t, here, "2001:db8:64::c000:aa ipv4only.arpa"), bin+"/roam", "-F", host.Config, "there")
	s := newScreen(t, os.Environ(), shellLine(client))
	s.wait(`^ready>`)
	s.line("exit 3")
	s.wait(`^status 3$`)
}

// secondSecret is the password that startWithPasswords gives the user, as crypt(5) has it.
const secondSecret = "$6$roamtest$DS/q/yA2K.Is0SPZ5f0FEF0xB1ezrLOar1crtVkhIiXxsRgVsP9R8DxangXq7Lgs6BwMvZ.d7XLA4YAlNB/qv1" // open sesame

// startWithPasswords starts an sshd to which root's password is "open sesame": it sees
// another /etc/shadow than the machine, and another configuration of PAM.
func startWithPasswords(t *testing.T, lines ...string) *sshtest.Server {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Fatal("this test gives sshd another list of passwords: run it as root")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"shadow": "root:" + secondSecret + ":20000:0:99999:7:::\n",
		"pam":    "auth required pam_unix.so nodelay\naccount required pam_permit.so\nsession required pam_permit.so\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	mount := fmt.Sprintf(`mount --bind %[1]s/shadow /etc/shadow && mount --bind %[1]s/pam /etc/pam.d/sshd && exec "$@"`, dir)
	return sshtest.StartIn(t, sshtest.Place{Through: []string{"unshare", "--mount", "sh", "-c", mount, "sh"}}, lines...)
}

// TestEndToEndPassword has ssh ask for passwords and a second factor on the terminal.
func TestEndToEndPassword(t *testing.T) {
	t.Parallel()
	bin, home := linkPrograms(t, "roam"), newHome(t)
	env := "SetEnv PATH=" + bin + ":/usr/bin:/bin HOME=" + home
	command := func(host *sshtest.Server, prompts int) string {
		return fmt.Sprintf("%s/roam testhost -F %s -o BatchMode=no -o NumberOfPasswordPrompts=%d", bin, host.Config, prompts)
	}
	t.Run("password", func(t *testing.T) {
		t.Parallel()
		host := startWithPasswords(t, env, "PasswordAuthentication yes", "AuthenticationMethods password")
		s := newScreen(t, os.Environ(), command(host, 2))
		s.wait(`^root@sshtest's password:`)
		s.line("open barley")
		s.wait(`^Permission denied, please try again\.\nroot@sshtest's password:`)
		s.line("open sesame")
		s.wait(`^ready>`)
		s.line("exit 3")
		s.wait(`^status 3$`)
		if regexp.MustCompile("sesame|barley").MatchString(s.text()) {
			t.Errorf("the screen shows\n%s", s.text())
		}
	})
	t.Run("wrong", func(t *testing.T) {
		t.Parallel()
		host := startWithPasswords(t, env, "PasswordAuthentication yes", "AuthenticationMethods password")
		s := newScreen(t, os.Environ(), command(host, 1))
		s.wait(`^root@sshtest's password:`)
		s.line("open barley")
		s.wait(`^root@127\.0\.0\.1: Permission denied \(password\)\.\nroam: error: ssh to testhost ended with status 255\nroam: hint: check the user name and the key or password`)
		s.wait(`^status 255$`)
	})
	t.Run("two factors", func(t *testing.T) {
		t.Parallel()
		host := startWithPasswords(t, env, "UsePAM yes", "KbdInteractiveAuthentication yes", "AuthenticationMethods publickey,keyboard-interactive:pam")
		s := newScreen(t, os.Environ(), command(host, 1))
		s.wait(`^\(root@sshtest\) Password:`)
		if strings.Contains(s.text(), "partial success") {
			t.Errorf("what ssh logs because roam asks it to is shown\n%s", s.text())
		}
		s.line("open sesame")
		s.wait(`^ready>`)
		s.line("exit 3")
		s.wait(`^status 3$`)
	})
}

// TestEndToEndHostKey has ssh ask for an unknown host's key, and refuse a changed one.
func TestEndToEndHostKey(t *testing.T) {
	t.Parallel()
	bin, home := linkPrograms(t, "roam"), newHome(t)
	host := sshtest.Start(t, "SetEnv PATH="+bin+":/usr/bin:/bin HOME="+home)
	known := filepath.Join(host.Dir, "mine")
	command := fmt.Sprintf("%s/roam testhost -F %s -o BatchMode=no -o StrictHostKeyChecking=ask -o UserKnownHostsFile=%s", bin, host.Config, known)

	s := newScreen(t, os.Environ(), command)
	s.wait(`^Are you sure you want to continue connecting \(yes/no`)
	s.line("no")
	s.wait(`^Host key verification failed\.\nroam: error: ssh to testhost ended with status 255\nroam: hint: .*host's key`)

	s = newScreen(t, os.Environ(), command)
	s.wait(`^Are you sure you want to continue connecting \(yes/no`)
	s.line("yes")
	s.wait(`^ready>`)
	s.line("exit 3")
	s.wait(`^status 3$`)

	other, err := os.ReadFile(filepath.Join(host.Dir, "user.pub")) // a key, but not the host's
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(known, []byte("sshtest "+string(other)), 0o600); err != nil {
		t.Fatal(err)
	}
	s = newScreen(t, os.Environ(), command)
	s.wait(`REMOTE HOST IDENTIFICATION HAS CHANGED!`)
	s.wait(`^roam: hint: .*host's key`)
	s.wait(`^status 255$`)
}
