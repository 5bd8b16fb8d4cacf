package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"roam/bench/internal/host"
)

// sshdConfig lets in whoever has the run's key.
const sshdConfig = `ListenAddress 127.0.0.1
Port %d
HostKey %[2]s/hostkey
AuthorizedKeysFile %[2]s/userkey.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
`

// openSSH starts an sshd and an ssh with a shell in it.
func openSSH(dir string) (*session, error) {
	for _, name := range []string{"hostkey", "userkey"} {
		if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(dir, name)).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("ssh-keygen: %w: %s", err, out)
		}
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "sshd_config")
	if err := os.WriteFile(config, fmt.Appendf(nil, sshdConfig, port, dir), 0o600); err != nil {
		return nil, err
	}
	if err := os.MkdirAll("/run/sshd", 0o755); err != nil { // sshd wants it
		return nil, err
	}
	path, err := exec.LookPath("sshd")
	if err != nil {
		path = "/usr/sbin/sshd" // not on every user's PATH; sshd wants its whole path
	}
	sshd := exec.Command(path, "-D", "-f", config)
	if err := sshd.Start(); err != nil {
		return nil, err
	}
	if err := answers(port); err != nil {
		sshd.Process.Kill()
		return nil, err
	}
	s, err := start(host.Environ(dir), "ssh", "-F", "none", "-tt", "-p", strconv.Itoa(port), "-i", filepath.Join(dir, "userkey"),
		"-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "127.0.0.1", "PS1='$ ' TERM=xterm-256color sh -i")
	if err != nil {
		sshd.Process.Kill()
		return nil, err
	}
	s.servers = func() []int { return serversBelow(sshd.Process.Pid) }
	s.stop = func() {
		sshd.Process.Kill()
		sshd.Wait()
	}
	return s, s.ready()
}

// freePort returns a TCP port that nobody has now.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// answers waits until somebody listens on port.
func answers(port int) error {
	for end := time.Now().Add(patience); ; {
		conn, err := net.Dial("tcp", fmt.Sprint("127.0.0.1:", port))
		if err == nil {
			return conn.Close()
		}
		if time.Now().After(end) {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// serversBelow returns the sshd processes below pid.
func serversBelow(pid int) (found []int) {
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", pid))
	if err != nil {
		return nil
	}
	for word := range strings.FieldsSeq(string(children)) {
		child, err := strconv.Atoi(word)
		if err != nil {
			continue
		}
		if name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", child)); strings.HasPrefix(string(name), "sshd") {
			found = append(found, child)
		}
		found = append(found, serversBelow(child)...)
	}
	return found
}
