package bootstrap

import (
	"fmt"
	"net/netip"
	"strings"
)

// A StartError reports that a program of this machine, ssh or the local
// server, could not be started at all.
type StartError struct {
	Program string
	Err     error
}

func (e *StartError) Error() string {
	return fmt.Sprintf("bootstrap: starting %s: %v", e.Program, e.Err)
}

func (e *StartError) Unwrap() error { return e.Err }

// An SSHError reports that ssh ended before the remote script ran.
type SSHError struct {
	Host   string   // the destination as given
	Status int      // ssh's exit status, 255 for its own errors; -1 if a signal ended it
	Stderr []string // its last lines, oldest first; empty where they went to the terminal unseen
	Upload bool     // roam was being put there
}

func (e *SSHError) Error() string {
	how := fmt.Sprintf("status %d", e.Status)
	if e.Status < 0 {
		how = "a signal"
	}
	if e.Upload {
		how += " while roam was put there"
	}
	return fmt.Sprintf("bootstrap: ssh to %s ended with %s", e.Host, how)
}

// A NoServerError reports a host on which no server program was found.
type NoServerError struct {
	Host    string
	Command string // the command that was not found, empty if the usual places were searched
	Roam    bool   // stock's would not do
	Install error  // why roam could not be put there; nil: it was not to be
	Offer   bool   // roam could be put there if the user wanted
}

func (e *NoServerError) Error() string {
	if e.Command != "" {
		return fmt.Sprintf("bootstrap: no server on %s: %q was not found", e.Host, e.Command)
	}
	s := fmt.Sprintf("bootstrap: no server on %s: neither roam nor mosh-server was found", e.Host)
	if e.Roam {
		s = fmt.Sprintf("bootstrap: no roam on %s, and only roam knows its sessions", e.Host)
	}
	if e.Install != nil {
		s += fmt.Sprintf(", and roam could not be put there: %v", e.Install)
	}
	return s
}

// A RefusedError reports a server that was started and ended, or fell silent,
// without a session.
type RefusedError struct {
	Host   string
	Server string   // program or command
	Status int      // its exit status, or -1 if that is unknown
	Words  []string // the last lines that it printed, oldest first
	Shown  bool     // the user has seen them already
}

func (e *RefusedError) Error() string {
	s := fmt.Sprintf("bootstrap: %s on %s started no session", e.Server, e.Host)
	if e.Status >= 0 {
		s += fmt.Sprintf(" (status %d)", e.Status)
	}
	if len(e.Words) > 0 && !e.Shown {
		s += ": " + strings.TrimPrefix(strings.Join(e.Words, "; "), e.Server+": error: ")
	}
	return s
}

// A HandshakeError reports a start line that breaks the grammar. It never
// shows the line, which may hold the key.
type HandshakeError struct {
	Host string
	Line string // the words that name the line, such as "MOSH CONNECT"
	Err  error
}

func (e *HandshakeError) Error() string {
	return fmt.Sprintf("bootstrap: bad %s line: %v", e.Line, e.Err)
}

func (e *HandshakeError) Unwrap() error { return e.Err }

// An AddressError reports that a server runs and no UDP address of its host is known.
type AddressError struct {
	Host string
	Err  error // may be nil
}

func (e *AddressError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("bootstrap: no UDP address for %s: %v", e.Host, e.Err)
	}
	return fmt.Sprintf("bootstrap: no UDP address for %s", e.Host)
}

func (e *AddressError) Unwrap() error { return e.Err }

// A NotHereError reports that a server on this machine was asked for, at an address
// that this machine does not have.
type NotHereError struct {
	Host string
	Addr netip.Addr
}

func (e *NotHereError) Error() string {
	if e.Host == e.Addr.String() {
		return fmt.Sprintf("bootstrap: %s is no address of this machine", e.Host)
	}
	return fmt.Sprintf("bootstrap: %s (%v) is no address of this machine", e.Host, e.Addr)
}

// Hint says what to try.
func (e *NotHereError) Hint() string {
	return "with --local, the first word is an address of this machine, 127.0.0.1 if there is none; for another host leave out --local"
}

// A Hinter is an error that knows what its reader can try.
type Hinter interface {
	error
	Hint() string // one sentence or two, without a full stop at the end
}

// Hint says what to try.
func (e *StartError) Hint() string {
	return fmt.Sprintf("check that %q is installed and on your PATH, or name another with --ssh", e.Program)
}

// sshHints has, for words that OpenSSH's last lines may contain, what to try.
// The first that fits counts.
var sshHints = []struct{ words, hint string }{
	{"could not resolve hostname", "check the spelling of the host, or your network's name service"},
	{"host key verification failed", "run plain ssh once and settle the question of the host's key there"},
	{"remote host identification has changed", "run plain ssh once and settle the question of the host's key there"},
	{"permission denied", "check the user name and the key or password; plain ssh with -v says which ones were tried"},
	{"too many authentication failures", "name the key to use with -i and -o IdentitiesOnly=yes"},
	{"connection refused", "no ssh server listens there; check the host and its port (-p)"},
	{"connection timed out", "the host or a firewall before it does not answer; check that it is up and that -p is right"},
	{"operation timed out", "the host or a firewall before it does not answer; check that it is up and that -p is right"},
	{"no route to host", "this machine has no way to that network; check your connection or VPN"},
	{"network is unreachable", "this machine has no way to that network; check your connection or VPN"},
	{"bad configuration option", "ssh did not accept its configuration or an option; the line above names it"},
	{"currently not available", "the account there has no login shell"},
}

// sshOwnStatus is ssh's exit status for its own errors; others are of what ran there.
const sshOwnStatus = 255

// Hint says what to try, by ssh's own last words where they are known.
func (e *SSHError) Hint() string {
	said := strings.ToLower(strings.Join(e.Stderr, "\n"))
	for _, h := range sshHints {
		if strings.Contains(said, h.words) {
			return h.hint
		}
	}
	if e.Status >= 0 && e.Status != sshOwnStatus {
		return "ssh got in, and what runs there in place of a command did not run roam's: look for a forced command, a login shell that is none, or login files that exec another shell"
	}
	if e.Upload {
		return "start it again, or take what the host has with --install=never"
	}
	return "roam logs in by ssh; get plain ssh with the same options to work first"
}

// Hint says what to try.
func (e *NoServerError) Hint() string {
	if e.Command != "" {
		return "--server is run by sh there; give a command that it finds"
	}
	if hinter, ok := e.Install.(Hinter); ok {
		return hinter.Hint()
	}
	if e.Roam {
		return "put roam on its PATH or in ~/bin or ~/.local/bin there"
	}
	if e.Offer {
		return fmt.Sprintf("roam --install=always %s puts roam there; or install mosh there, or name a server with --server=PATH", e.Host)
	}
	return "install mosh there, or put roam on its PATH or in ~/bin or ~/.local/bin, or name it with --server=PATH"
}

// refusalHints is like sshHints for what servers say.
var refusalHints = []struct{ words, hint string }{
	{"say which", "roam ls shows what they are; name one with roam attach HOST ID"},
	{"no such session", "roam ls shows the sessions that there are"},
	{"no session to attach to", "begin one with roam HOST"},
	{"cannot show itself", "run roam attach outside of the session"},
	{"utf-8 native locale", "install a UTF-8 locale there, or have ssh set one: --server='env LC_ALL=C.UTF-8 mosh-server'"},
	{"lc_all=", "install a UTF-8 locale there, or have ssh set one: --server='env LC_ALL=C.UTF-8 mosh-server'"}, // the last line of its long complaint
	{"address already in use", "the ports asked for are taken; ask for others with --port=LOW:HIGH"},
	{"permission denied", "the program there may not be run by you; check its mode and whether its file system is mounted noexec"},
	{"exec format error", "the program there is built for another kind of machine"},
	{"not found", "the command given with --server does not exist there"},
}

// Hint says what to try.
func (e *RefusedError) Hint() string {
	said := strings.ToLower(strings.Join(e.Words, "\n"))
	for _, h := range refusalHints {
		if strings.Contains(said, h.words) {
			return h.hint
		}
	}
	return fmt.Sprintf("log in with ssh and run %s there by hand to see why", e.Server)
}

// Hint says what to try.
func (e *HandshakeError) Hint() string {
	return "something on the host prints lines that look like mosh's; look at its login files, or at what --server runs"
}

// Hint says what to try.
func (e *AddressError) Hint() string {
	return "name the host by an address or a name that this machine can resolve, or try --family=inet or inet6"
}
