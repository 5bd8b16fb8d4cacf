package bootstrap

import (
	"context"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// A LocalConfig says how to start a server on this machine, without ssh.
type LocalConfig struct {
	Host    string   // address of this machine, or a name of it; where the client goes and, with BindSSH, what the server binds
	Server  string   // fragment for sh that starts a server; empty: Self
	Self    []string // this program as a server: the words before "new"
	Name    string   // name under which Self[0] is called; empty: its path
	Program Program
	Family  Family
	Console Console
}

// Local starts a server on this machine and returns where it listens. The
// server gets the user's environment, without what ssh would have told it.
// Errors are those of SSH, with this machine's sh in the place of ssh.
func Local(ctx context.Context, c LocalConfig) (Endpoint, error) {
	addr, err := parseAddr(c.Host)
	if err != nil {
		addrs, err := resolve(ctx, c.Host, c.Family)
		if err != nil {
			return Endpoint{}, &AddressError{Host: c.Host, Err: err}
		}
		addr = addrs[0]
	}
	if !isHere(addr) {
		return Endpoint{}, &NotHereError{Host: c.Host, Addr: addr}
	}
	env := without(c.Console.environ(), "SSH_CONNECTION")
	cmd := c.command(addr, lookup(env, "SHELL"))
	cmd.Env = env
	cmd.Dir = lookup(env, "HOME")
	if stat, err := os.Stat(cmd.Dir); err != nil || !stat.IsDir() {
		cmd.Dir = ""
	}
	c.Console.logf("running %s on this machine at %v", c.name(), addr)

	h := &handshake{}
	words := &tail{}
	status, err := launch{cmd: cmd, noise: words, merge: true}.run(ctx, h)
	switch {
	case err != nil:
	case h.connected:
	case status == 127 && c.Server != "":
		err = &NoServerError{Command: c.Server}
	default:
		err = &RefusedError{Server: c.name(), Status: status, Words: words.lines()}
	}
	if err != nil {
		return Endpoint{}, named(err, c.Host)
	}
	for _, line := range words.lines() {
		c.Console.Noise.Write([]byte(line + "\n"))
	}
	if h.ip.IsValid() {
		addr = h.ip
	}
	return Endpoint{Addr: netip.AddrPortFrom(addr, h.port), Key: h.key}, nil
}

// isHere reports whether addr is this machine's: whether a socket can have it.
func isHere(addr netip.Addr) bool {
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(addr, 0)))
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// command returns what is run: our own server directly, a fragment by sh.
func (c LocalConfig) command(addr netip.Addr, shell string) *exec.Cmd {
	prog := c.Program
	if prog.Shell != "" {
		if shell == "" {
			shell = "/bin/sh"
		}
		prog.Argv = []string{shell, "-c", prog.Shell}
	}
	var bind []string
	switch prog.Bind {
	case BindAny:
	case "", BindSSH:
		bind = []string{"-i", addr.String()}
	default:
		bind = []string{"-i", prog.Bind}
	}
	if c.Server != "" {
		return exec.Command("/bin/sh", "-c", fragment(c.Server, prog, bind...))
	}
	words := slices.Concat(c.Self[1:], prog.roamWords(), prog.words(bind...))
	if len(prog.Argv) > 0 {
		words = append(append(words, "--"), prog.Argv...)
	}
	cmd := exec.Command(c.Self[0], words...)
	if c.Name != "" {
		cmd.Args[0] = c.Name
	}
	return cmd
}

// name returns what the server is called in messages.
func (c LocalConfig) name() string {
	if c.Server != "" {
		return c.Server
	}
	words := slices.Clone(c.Self)
	if c.Name != "" {
		words[0] = c.Name
	}
	return strings.Join(words, " ")
}

// lookup returns the value of a variable in environ, empty if it is not set.
func lookup(environ []string, name string) string {
	for _, pair := range slices.Backward(environ) { // the last one counts, as in exec
		if value, ok := strings.CutPrefix(pair, name+"="); ok {
			return value
		}
	}
	return ""
}
