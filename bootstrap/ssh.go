package bootstrap

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"roam/install"
)

// An SSHConfig says how to start a server through the system's ssh.
type SSHConfig struct {
	Command []string // ssh and words before all others; nil means ssh
	Options []string // the user's own options for ssh, in their order
	Host    string   // [user@]host or ssh://[user@]host[:port]
	Server  string   // fragment for the remote sh that starts a server; empty: roam, else mosh-server, is searched
	Program Program
	Family  Family
	Facts   *[]Fact         // what the host says of itself is added to it, whether or not a server starts; nil: it is not asked
	Pty     bool            // ask for a terminal on the remote side
	Install *install.Config // what may be put on the host; Host and Logf are set here; nil: nothing ever was
	Console Console

	silence time.Duration // 0 means the constant of that name
}

// A Console is where a start is seen by its user.
type Console struct {
	Noise   io.Writer                        // what the remote side prints before the start line
	Stderr  io.Writer                        // standard error of programs run here; ssh talks to a terminal only if this is one
	Environ []string                         // environment of programs run here; nil means os.Environ()
	Logf    func(format string, args ...any) // told each step, without secrets; may be nil
}

// environ returns the environment for programs run here. They need no secret
// of another session and no setting of the client.
func (c Console) environ() []string {
	env := c.Environ
	if env == nil {
		env = os.Environ()
	}
	return without(env, "MOSH_KEY", "MOSH_PREDICTION_DISPLAY")
}

func (c Console) logf(format string, args ...any) {
	if c.Logf != nil {
		c.Logf(format, args...)
	}
}

// SSH runs ssh once, starts a server by it, and returns where it listens. The
// user's configuration of ssh is left to ssh: aliases, jump hosts, shared
// connections, agents; passwords are asked for on the terminal as ssh asks.
//
// Errors are *StartError, *SSHError, *NoServerError, *RefusedError,
// *HandshakeError, *AddressError, *install.SourceError, or ctx's.
func SSH(ctx context.Context, c SSHConfig) (Endpoint, error) {
	source := c.source(true)
	config, err := c.prepare(ctx)
	if err != nil {
		return Endpoint{}, err
	}
	way, name := c.survey(ctx, config)
	if !c.Program.Attach && c.Program.Shell == "" && len(c.Program.Argv) == 0 {
		c.Program.Shell = config.remoteCommand()
	}
	local := len(way.resolved) > 0 && way.resolved[0].IsLoopback()
	from, err := source()
	if err != nil {
		return Endpoint{}, err
	}
	h := &handshake{facts: c.Facts}
	words := &held{h: h, noise: c.Console.Noise} // by the remote side
	ran, err := c.run(ctx, config, remoteScript(c.Server, c.Program, local, from, c.Facts != nil), from, h, words)
	if err == nil {
		err = c.verdict(h, ran, words, from)
	}
	if err != nil {
		return Endpoint{}, named(err, c.Host)
	}
	c.tellServer(h, from)
	words.release()
	way.connected, way.told, way.connection, way.host = ran.connected, h.ip, h.connServer, h.hostAddrs()
	return c.endpoint(ctx, h, way, name)
}

// prepare completes c and asks ssh what its configuration says of the host.
func (c *SSHConfig) prepare(ctx context.Context) (sshConfig, error) {
	if len(c.Command) == 0 {
		c.Command = []string{"ssh"}
	}
	if flag := c.Family.sshFlag(); flag != "" {
		c.Options = append([]string{flag}, c.Options...)
	}
	if _, err := exec.LookPath(c.Command[0]); err != nil {
		return nil, &StartError{Program: c.Command[0], Err: reason(err)}
	}
	return querySSH(ctx, c.Command, c.Options, c.Host, c.Console.environ()), nil
}

// An sshRun is what became of one run of ssh.
type sshRun struct {
	status    int        // -1 while it still runs or if a signal ended it
	said      []string   // its own last lines
	connected netip.Addr // the address that it was connected to; invalid if unknown
}

// run runs ssh with a script for the remote login shell, whose start lines go to h and
// whose other lines go to noise. from answers the script.
func (c SSHConfig) run(ctx context.Context, config sshConfig, script string, from source, h *handshake, noise io.Writer) (ran sshRun, err error) {
	log, err := openSSHLog(config, c.Options, c.Console.Stderr)
	if err != nil {
		return sshRun{}, err
	}
	args := c.args(config, log, script, from)
	c.Console.logf("running %s, and there a script", commandLine(args[:len(args)-1])) // which has the user's command
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = c.Console.environ()
	cmd.Stderr = log.stderr()
	runs, ended := context.WithCancel(ctx)
	defer ended()
	done, err := from.begin(runs, cmd, h, lateWord{log.in, cmp.Or(c.silence, silence)})
	if err == nil {
		ran.status, err = launch{cmd: cmd, noise: noise, ended: ended}.run(ctx, h)
		done(err)
	}
	ran.connected = log.close()
	ran.said = log.said.lines()
	return ran, err
}

// A nameLookup gives the addresses of the host's name once they are known; none if it has
// none here.
type nameLookup chan []netip.Addr

// survey finds out, before ssh runs, what is known of the way. Behind a proxy the name may
// mean nothing here, slowly: it is looked up while ssh runs.
func (c SSHConfig) survey(ctx context.Context, config sshConfig) (route, nameLookup) {
	switch config["addressfamily"] {
	case "inet":
		c.Family = Inet
	case "inet6":
		c.Family = Inet6
	}
	way := route{family: c.Family, proxied: config.proxied()}
	way.bound, _ = parseAddr(c.Program.Bind)
	var name nameLookup
	if way.proxied {
		name = make(nameLookup, 1) // its one value: the goroutine ends with the look-up, whoever waits for it
		go func() { addrs, _ := resolve(ctx, c.hostName(config), c.Family); name <- addrs }()
	} else {
		var err error
		if way.resolved, err = resolve(ctx, c.hostName(config), c.Family); err != nil {
			c.Console.logf("resolving %q: %v", c.hostName(config), err)
		}
	}
	c.Console.logf("host name %q, proxied %v, addresses %v", c.hostName(config), way.proxied, way.resolved)
	return way, name
}

// hostName returns the name that ssh connects to.
func (c SSHConfig) hostName(config sshConfig) string {
	if name := config["hostname"]; name != "" {
		return name
	}
	return HostName(c.Host)
}

// args returns ssh's command line.
func (c SSHConfig) args(config sshConfig, log *sshLog, script string, from source) []string {
	args := slices.Concat(c.Command, config.overrides(), log.options(), c.Options) // of two that say the same, ssh takes the first
	if !from.talks() {
		args = append(args, "-n")
	}
	if c.Pty {
		args = append(args, "-tt")
	} else {
		args = append(args, "-T")
	}
	return append(args, c.Host, script)
}

// verdict returns what kept the server from starting, nil if nothing did.
func (c SSHConfig) verdict(h *handshake, ran sshRun, words *held, from source) error {
	switch {
	case h.connected:
		return nil
	case h.noServer, h.exited && h.exitStatus == 127 && c.Server != "":
		return &NoServerError{Command: c.Server, Roam: c.Program.Attach, Install: from.problem(), Offer: from.in != nil}
	case h.server != "":
		refused := &RefusedError{Server: h.server, Status: -1, Words: words.lines()}
		if c.Server != "" {
			refused.Server = c.Server
		}
		if h.exited {
			refused.Status = h.exitStatus
		}
		return refused
	}
	return &SSHError{Status: ran.status, Stderr: ran.said, Upload: from.in != nil && from.in.Cut()}
}

// endpoint lists the addresses at which the server may be.
func (c SSHConfig) endpoint(ctx context.Context, h *handshake, way route, name nameLookup) (Endpoint, error) {
	from := here()
	if name != nil {
		way.resolved = name.addrs(ctx, len(way.candidates(from.own)) > 0)
	}
	list := from.order(ctx, way.candidates(from.own))
	if len(list) == 0 {
		return Endpoint{}, &AddressError{Host: c.Host}
	}
	c.Console.logf("ssh's connection %v, SSH_CONNECTION %v, addresses of the host %v", way.connected, way.connection, way.host)
	end := Endpoint{Key: h.key}
	for i, one := range list {
		c.Console.logf("server at %v by %s", one.addr, one.why)
		if addr := netip.AddrPortFrom(one.addr, h.port); i == 0 {
			end.Addr = addr
		} else {
			end.Others = append(end.Others, addr)
		}
	}
	return end, nil
}

// lateName is how long the look-up of a name may go on once ssh is done, if other
// addresses are known.
const lateName = 200 * time.Millisecond

// addrs waits for the addresses, not for long if others are known.
func (n nameLookup) addrs(ctx context.Context, others bool) []netip.Addr {
	var late <-chan time.Time // nil: never
	if others {
		late = time.After(lateName)
	}
	select {
	case addrs := <-n:
		return addrs
	case <-late:
	case <-ctx.Done():
	}
	return nil
}

// named puts the host in errors that were made without it.
func named(err error, host string) error {
	switch e := err.(type) {
	case *SSHError:
		e.Host = host
	case *NoServerError:
		e.Host = host
	case *RefusedError:
		e.Host = host
	case *HandshakeError:
		e.Host = host
	}
	return err
}

// held passes noise on, but keeps what a server says once it was started until
// it is known whether that explains a failure.
type held struct {
	h     *handshake
	noise io.Writer
	words tail
}

func (n *held) Write(p []byte) (int, error) {
	if n.h.server != "" {
		return n.words.Write(p)
	}
	return n.noise.Write(p)
}

// lines returns what the server said last.
func (n *held) lines() []string { return n.words.lines() }

// release shows what was kept: warnings of a server that did start.
func (n *held) release() {
	for _, line := range n.words.lines() {
		fmt.Fprintln(n.noise, line)
	}
}

// HostName returns the host's name in [user@]host or
// ssh://[user@]host[:port].
func HostName(destination string) string {
	host, isURI := strings.CutPrefix(destination, "ssh://")
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	if !isURI {
		return host
	}
	host = strings.TrimSuffix(host, "/")
	if inside, ok := strings.CutPrefix(host, "["); ok {
		host, _, _ = strings.Cut(inside, "]")
		return host
	}
	host, _, _ = strings.Cut(host, ":")
	return host
}

// commandLine returns args as a shell would read them, for people.
func commandLine(args []string) string {
	var words []string
	for _, arg := range args {
		if arg == "" || strings.ContainsAny(arg, " \t\n'\"\\$`&|;<>()*?[]{}~#!") {
			arg = quote(arg)
		}
		words = append(words, arg)
	}
	return strings.Join(words, " ")
}
