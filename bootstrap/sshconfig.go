package bootstrap

import (
	"bufio"
	"bytes"
	"context"
	"net/netip"
	"os/exec"
	"regexp"
	"strings"
)

// A sshConfig is what ssh -G says about one destination: the keywords of
// ssh_config(5) in lower case with their values after all files, Match blocks
// and options. It is nil if ssh has no -G, or is another program.
type sshConfig map[string]string

// querySSH asks ssh what it makes of the options and the destination.
func querySSH(ctx context.Context, ssh []string, options []string, host string, environ []string) sshConfig {
	args := append(append(append([]string{}, ssh[1:]...), "-G"), options...)
	cmd := exec.CommandContext(ctx, ssh[0], append(args, host)...)
	cmd.Env = environ
	out, err := cmd.Output()
	if err != nil {
		return nil
	}
	return parseSSHConfig(out)
}

// parseSSHConfig reads the output of ssh -G, which is nil if it does not look
// like it. Of repeated keywords the first counts.
func parseSSHConfig(out []byte) sshConfig {
	config := sshConfig{}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		key, value, ok := strings.Cut(lines.Text(), " ")
		if _, seen := config[key]; ok && !seen {
			config[key] = value
		}
	}
	if config["hostname"] == "" {
		return nil
	}
	return config
}

// proxied reports whether ssh goes through a jump host or a proxy command.
func (c sshConfig) proxied() bool {
	for _, key := range []string{"proxyjump", "proxycommand"} {
		if v := c[key]; v != "" && v != "none" {
			return true
		}
	}
	return false
}

// forwardings are the keywords of what ssh forwards while it runs.
var forwardings = []string{"localforward", "remoteforward", "dynamicforward"}

// overrides returns options for what would keep our own command from running, if c has
// it, and for forwardings: they would end with the start, and until then take ports that
// the user's other ssh may have, which ExitOnForwardFailure makes an error.
func (c sshConfig) overrides() (options []string) {
	for _, o := range []struct{ key, unset, option string }{
		{"remotecommand", "none", "RemoteCommand=none"},
		{"sessiontype", "default", "SessionType=default"},
		{"forkafterauthentication", "no", "ForkAfterAuthentication=no"},
		{"stdinnull", "no", "StdinNull=no"}, // -n comes after it and counts
	} {
		if v := c[o.key]; v != "" && v != o.unset {
			options = append(options, "-o", o.option)
		}
	}
	for _, key := range forwardings {
		if c[key] != "" {
			return append(options, "-o", "ClearAllForwardings=yes")
		}
	}
	return options
}

// authenticated is what OpenSSH logs, at the level VERBOSE, once it is in.
var authenticated = regexp.MustCompile(`^Authenticated to .* \((?:\[(.*)\]:[0-9]+|via proxy)\)`)

// verboseOnly are the starts of the other lines that OpenSSH logs at the level
// VERBOSE and not at INFO.
var verboseOnly = []string{"Authenticated using ", "Transferred: ", "Bytes per second: "}

// parseLog looks at one line of OpenSSH's log. It returns the address that ssh
// is connected to, if the line says so, and whether the line is there only
// because of the level VERBOSE.
func parseLog(line string) (addr netip.Addr, extra bool) {
	if m := authenticated.FindStringSubmatch(line); m != nil {
		addr, _ = netip.ParseAddr(m[1])
		return addr.Unmap(), true
	}
	for _, start := range verboseOnly {
		if strings.HasPrefix(line, start) {
			return netip.Addr{}, true
		}
	}
	return netip.Addr{}, false
}

// remoteCommand returns the command that the configuration names for the host, empty if
// there is none. ssh -G has put values in place of its tokens.
func (c sshConfig) remoteCommand() string {
	if v := c["remotecommand"]; v != "none" {
		return v
	}
	return ""
}
