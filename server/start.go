//go:build unix

package server

import (
	"crypto/rand"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"

	"roam/carrier"
	"roam/crypto"
)

// begin starts a session, or lets a new client attach to one, and prints the connect line.
func begin(opts *Options, stdin, stdout, stderr *os.File, say func(format string, args ...any)) error {
	l := &launcher{opts: opts, stdin: stdin, stdout: stdout, stderr: stderr, say: say, env: os.Environ()}
	if opts.Attach {
		return l.attach()
	}
	return l.launch()
}

// A launcher is the part of the server that ssh runs and waits for.
type launcher struct {
	opts                  *Options
	stdin, stdout, stderr *os.File
	say                   func(format string, args ...any) // one line on stderr
	env                   []string
}

// launch binds a port, starts the daemon and prints the connect line.
func (l *launcher) launch() error {
	sock, err := l.bind()
	if err != nil {
		return err
	}
	defer sock.Close()
	key, err := crypto.NewKey(rand.Reader)
	if err != nil {
		return fmt.Errorf("server: making a key: %w", err)
	}
	defer key.Erase()
	cfg := l.config()
	cfg.Key = key.Encode()
	daemonErr, err := l.logTarget(cfg)
	if err != nil {
		return err
	}
	pid, err := startDaemon(cfg, sock, daemonErr)
	if err != nil {
		return err
	}
	if err := l.connect(int(sock.Port()), cfg.Key); err != nil {
		return err
	}
	fmt.Fprintf(l.stderr, "\n%s\n[%s detached, pid = %d]\n", versionLine(l.opts.Name), l.opts.Name, pid)
	return nil
}

// connect prints the connect line.
func (l *launcher) connect(port int, key string) error {
	// Echoed type-ahead must not stand on the line that the client looks for.
	lead := ""
	if term.IsTerminal(int(l.stdin.Fd())) {
		lead = "\r\n\n"
	}
	if _, err := fmt.Fprintf(l.stdout, "%sMOSH CONNECT %d %s\n", lead, port, key); err != nil {
		return fmt.Errorf("server: printing the connect line: %w", err)
	}
	return nil
}

// bind takes the port. An address that cannot be had is no reason to fail: the
// user may have moved it, and any other address may do.
func (l *launcher) bind() (*carrier.Server, error) {
	low, high := l.opts.ports()
	addr := l.bindAddr()
	sock, err := carrier.ListenServer(addr, uint16(low), uint16(high))
	if err != nil {
		return nil, portsTaken(low, high, err)
	}
	if why := sock.Fallback(); why != nil {
		l.say("warning: cannot listen on %s: %v; listening on every address instead", addr, why)
	}
	return sock, nil
}

// portsTaken is the error of a host that has no port of a range for a session.
func portsTaken(low, high int, err error) error {
	hint := "another program has it: choose another, or end that one"
	if low != high {
		hint = "every port of the range is taken: end unused sessions, or give another range"
	}
	return fmt.Errorf("server: cannot listen on UDP port %s: %w (%s)", portRange(low, high), err, hint)
}

// portRange words a range of ports.
func portRange(low, high int) string {
	if low == high {
		return fmt.Sprint(low)
	}
	return fmt.Sprintf("%d:%d", low, high)
}

// bindAddr returns the address to listen on; the zero Addr stands for any.
func (l *launcher) bindAddr() netip.Addr {
	switch l.opts.Bind {
	case BindSSH:
		conn := getVar(l.env, "SSH_CONNECTION")
		if conn == "" {
			l.say("warning: SSH_CONNECTION is not set, so this was not started by ssh: listening on every address")
			return netip.Addr{}
		}
		addr, ok := sshAddr(conn)
		if !ok {
			l.say("warning: SSH_CONNECTION (%q) names no address: listening on every address", conn)
		}
		return addr
	case BindAddr:
		addr, err := netip.ParseAddr(l.opts.Addr)
		if err != nil {
			l.say("warning: %q is no numeric address: listening on every address", l.opts.Addr)
			return netip.Addr{}
		}
		return addr.Unmap()
	}
	return netip.Addr{}
}

// sshAddr returns the server's address in the value of SSH_CONNECTION, whose words
// are client address, client port, server address, server port.
func sshAddr(conn string) (netip.Addr, bool) {
	words := strings.Fields(conn)
	if len(words) < 3 {
		return netip.Addr{}, false
	}
	addr, err := netip.ParseAddr(words[2])
	return addr.Unmap(), err == nil
}

// config decides everything about the session that this process knows better
// than the daemon: it has the user's environment, terminal and attention.
func (l *launcher) config() *daemonConfig {
	acct := currentAccount()
	home := homeDir(l.env, acct)
	env, note := localeEnv(l.env, l.opts.Vars, installedLocales())
	if note != "" {
		l.say("warning: %s", note)
	}
	prog := chooseProgram(l.opts.Command, env, acct)
	greeting := ""
	if prog.login {
		greeting = loginGreeting(home, l.detached(acct))
	}
	cfg := &daemonConfig{
		Name: l.opts.Name,
		Path: prog.path, Argv: prog.argv, User: acct.name,
		Dir:          home,
		Colors:       l.opts.Colors,
		Verbose:      l.opts.Verbose,
		FirstContact: firstContact,
		Expiry:       l.opts.Expiry,
		StartProblem: startProblemTime,
		CoreLimit:    currentCoreLimit(),
	}
	cfg.Cols, cfg.Rows = l.window()
	if err := enterable(home); err != nil {
		greeting = fmt.Sprintf("%s: cannot change to the home directory: %v\n", cfg.Name, err) + greeting
		if cfg.Dir, err = os.Getwd(); err != nil {
			cfg.Dir = "/"
		}
	}
	cfg.Greeting = greeting
	cfg.Env = childEnv(env, l.opts, cfg.Dir)
	cfg.Trace = l.traceFile()
	cfg.NetworkTimeout = l.timeout("SERVER_NETWORK_TMOUT")
	cfg.SignalTimeout = l.timeout("SERVER_SIGNAL_TMOUT")
	return cfg
}

// detached returns the user's sessions that nobody looks at.
func (l *launcher) detached(acct account) []string {
	var found []string
	for _, s := range List(l.env) {
		if s.Detached() {
			found = append(found, fmt.Sprint(roamSession, s.PID, "]"))
		}
	}
	return append(found, detachedInUtmp(acct.name)...)
}

// startProblemTime is how long stock shows why the program did not start.
const startProblemTime = 3 * time.Second

// window returns the size of the terminal that this process was started on, which
// the client's own size will replace.
func (l *launcher) window() (cols, rows int) {
	cols, rows, err := term.GetSize(int(l.stdin.Fd()))
	if err != nil || cols < 1 || rows < 1 {
		return 80, 24
	}
	return cols, rows
}

func (l *launcher) timeout(name string) time.Duration {
	n, problem := seconds(l.env, name)
	if problem != "" {
		l.say("warning: %s", problem)
	}
	return time.Duration(n) * time.Second
}

// enterable returns why dir cannot be a working directory.
func enterable(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return err
	case !info.IsDir():
		return fmt.Errorf("%s is no directory", dir)
	}
	return canEnter(dir)
}

// traceFile returns the absolute path that is traced to; empty for none.
func (l *launcher) traceFile() string {
	path := l.opts.Trace
	if path == "" {
		path = getVar(l.env, "ROAM_TRACE")
	}
	if path == "" {
		return ""
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return path // there is no working directory: the daemon says what is wrong
	}
	return absolute
}

// logTarget returns where the daemon's standard error goes; nil stands for
// nowhere. Without -v that is so. With it the daemon keeps a terminal or a file
// that stderr is. But a pipe is ssh's, which would wait for its end and so for the
// end of the session: then the log is a file of the user's own.
func (l *launcher) logTarget(cfg *daemonConfig) (*os.File, error) {
	if cfg.Verbose == 0 {
		return nil, nil
	}
	info, err := l.stderr.Stat()
	if err == nil && (info.Mode().IsRegular() || term.IsTerminal(int(l.stderr.Fd()))) {
		return l.stderr, nil
	}
	dir, err := ensureStatusDir(l.env)
	if err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(dir, "log-*.txt") // 0600
	if err != nil {
		return nil, fmt.Errorf("server: making a log: %w", err)
	}
	l.say("the log is %s", f.Name())
	return f, nil
}

// installedLocales returns the names of the locales that `locale -a` lists; nil if
// the host has no such command, as where every locale is UTF-8.
func installedLocales() []string {
	out, err := exec.Command("locale", "-a").Output()
	if err != nil {
		return nil
	}
	return strings.Fields(string(out))
}

// baseName returns the name under which the daemon shows in the list of processes.
func baseName(name string) string {
	if name == StockName {
		return name
	}
	return filepath.Base(strings.ReplaceAll(name, " ", "-"))
}
