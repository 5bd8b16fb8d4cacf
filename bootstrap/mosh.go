package bootstrap

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os/exec"
	"slices"
	"strings"
)

// A RemoteIP is how the name mosh finds the server's address.
type RemoteIP string

// The ways, as mosh names them.
const (
	ByProxy  RemoteIP = "proxy"  // ssh calls this program back as its ProxyCommand, which says where it connected
	ByLocal  RemoteIP = "local"  // this machine resolves the name and gives ssh the address
	ByRemote RemoteIP = "remote" // sshd's own address, of SSH_CONNECTION
)

// A MoshConfig says how to start a server as stock mosh does, for the name
// mosh: the remote command and ssh's options are stock's, word for word, since
// forced commands and wrappers of ssh look at them.
type MoshConfig struct {
	Command  []string // ssh and words before all others
	Host     string   // [user@]host
	Server   string   // fragment for the remote login shell
	Program  Program
	Family   Family
	Pty      bool // ask for a terminal on the remote side
	RemoteIP RemoteIP
	Self     []string // this program under the name mosh, for ByProxy
	Console  Console
}

// Mosh runs ssh once as stock mosh does, starts a server by it, and returns
// where it listens. Errors are those of SSH.
func Mosh(ctx context.Context, c MoshConfig) (Endpoint, error) {
	if _, err := exec.LookPath(c.Command[0]); err != nil {
		return Endpoint{}, &StartError{Program: c.Command[0], Err: reason(err)}
	}
	var local netip.Addr
	host := c.Host
	if c.RemoteIP == ByLocal {
		user, name := "", c.Host
		if i := strings.LastIndexByte(c.Host, '@'); i >= 0 {
			user, name = c.Host[:i+1], c.Host[i+1:]
		}
		addrs, err := resolve(ctx, name, c.Family)
		if err != nil {
			return Endpoint{}, &AddressError{Host: c.Host, Err: err}
		}
		local, host = addrs[0], user+addrs[0].String()
	}
	args := c.args(host)
	c.Console.logf("running %s", commandLine(args))

	h := &handshake{}
	said := &tail{}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = c.Console.environ()
	if c.RemoteIP == ByProxy {
		// ssh has $SHELL run the ProxyCommand, which is written for sh.
		cmd.Env = append(without(cmd.Env, "SHELL"), "SHELL=/bin/sh")
	}
	l := launch{cmd: cmd, noise: io.MultiWriter(c.Console.Noise, said), merge: true}
	status, err := l.run(ctx, h)
	switch {
	case err != nil:
	case h.connected:
	case status == 127:
		err = &NoServerError{Command: c.Server}
	case status == 255 || status < 0:
		err = &SSHError{Status: status, Stderr: said.lines()}
	default:
		err = &RefusedError{Server: c.Server, Status: status, Words: said.lines(), Shown: true}
	}
	if err != nil {
		return Endpoint{}, named(err, c.Host)
	}
	addr := h.ip
	switch {
	case addr.IsValid():
	case c.RemoteIP == ByLocal:
		addr = local
	case c.RemoteIP == ByRemote && h.connServer.IsValid():
		addr = h.connServer
		fmt.Fprintf(c.Console.Stderr, "mosh: using %s, the address at which ssh arrived on %s\n", addr, c.Host)
	default:
		return Endpoint{}, &AddressError{Host: c.Host}
	}
	return Endpoint{Addr: netip.AddrPortFrom(addr, h.port), Key: h.key}, nil
}

// args returns ssh's command line, which is stock's.
func (c MoshConfig) args(host string) []string {
	args := slices.Clone(c.Command)
	if flag := c.Family.sshFlag(); flag != "" && c.RemoteIP == ByRemote {
		args = append(args, flag)
	}
	args = append(args, "-n")
	if c.Pty {
		args = append(args, "-tt")
	}
	if c.RemoteIP == ByProxy {
		args = append(args, "-S", "none", "-o", "ProxyCommand="+c.proxyCommand())
	}
	return append(args, host, "--", moshCommand(c.Server, c.Program, c.RemoteIP == ByRemote))
}

// proxyCommand returns the command by which ssh calls this program back. Signs
// of percent are doubled, as ssh expands them.
func (c MoshConfig) proxyCommand() string {
	var words []string
	for _, word := range append(slices.Clone(c.Self), "--family="+string(c.Family)) {
		words = append(words, strings.ReplaceAll(quote(word), "%", "%%"))
	}
	return strings.Join(words, " ") + " --fake-proxy -- %h %p"
}

// Proxy connects to host at the TCP port, says on say where, and copies between
// the connection and the two streams until both ends have closed. It serves
// ssh as the ProxyCommand of ByProxy.
func Proxy(ctx context.Context, host, port string, family Family, in io.Reader, out, say io.Writer) error {
	addrs, err := resolve(ctx, host, family)
	if err != nil {
		return fmt.Errorf("bootstrap: resolving %s: %w", host, err)
	}
	var conn net.Conn
	for _, addr := range addrs {
		var d net.Dialer
		if conn, err = d.DialContext(ctx, "tcp", net.JoinHostPort(addr.String(), port)); err == nil {
			fmt.Fprintf(say, "%s %s\n", tagIP, addr)
			break
		}
	}
	if err != nil {
		return fmt.Errorf("bootstrap: connecting to %s: %w", host, err)
	}
	defer conn.Close()
	go func() { // ends with the process at the latest: nothing can interrupt a read of in
		io.Copy(conn, in)
		if tcp, ok := conn.(*net.TCPConn); ok {
			tcp.CloseWrite()
		}
	}()
	if _, err := io.Copy(out, conn); err != nil {
		return fmt.Errorf("bootstrap: connection to %s: %w", host, err)
	}
	return nil
}
