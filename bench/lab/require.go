package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// needed are the programs that are measured or used, with the package of Debian
// that has each.
var needed = []struct{ program, pkg string }{
	{"ip", "iproute2"}, {"ss", "iproute2"}, {"sysctl", "procps"},
	{"mosh-server", "mosh"}, {"mosh-client", "mosh"}, {"ssh", "openssh-client"}, {"ssh-keygen", "openssh-client"}, {"/usr/sbin/sshd", "openssh-server"},
	{"bash", "bash"}, {"vim", "vim"}, {"less", "less"}, {"zsh", "zsh"}, {"fish", "fish"}, {"python3", "python3"},
}

// missing returns an error that says what is not here and how to get it.
func missing(o options) error {
	if os.Getuid() != 0 {
		return errors.New("network namespaces need root: run it with sudo, or as root")
	}
	if _, err := os.Stat("/dev/net/tun"); err != nil {
		return fmt.Errorf("%w; the kernel's module tun is needed: modprobe tun", err)
	}
	var programs, packages []string
	for _, n := range needed {
		if _, err := exec.LookPath(n.program); err == nil {
			continue
		}
		programs = append(programs, n.program)
		if len(packages) == 0 || packages[len(packages)-1] != n.pkg {
			packages = append(packages, n.pkg)
		}
	}
	if o.program != "" {
		if _, err := os.Stat(o.program); err != nil {
			return err
		}
	}
	if len(programs) > 0 {
		return fmt.Errorf("not found: %s; on Debian: apt-get install %s", strings.Join(programs, ", "), strings.Join(packages, " "))
	}
	return nil
}

// commit returns the commit of the clone, with a sign if it was changed.
func commit() string {
	out, err := exec.Command("git", "describe", "--always", "--dirty", "--abbrev=10").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}

// kernel returns the kernel's release.
func kernel() string {
	b, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(b))
}
