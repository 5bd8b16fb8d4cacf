package server

import "time"

// DefaultExpiry is how long a `roam server` waits for its client to come back.
// A `mosh-server` waits for ever, as its users expect.
const DefaultExpiry = 30 * 24 * time.Hour

// firstContact is how long a server waits for its first client. Stock's 60 s:
// ssh and the user's firewall have had their say by then.
const firstContact = 60 * time.Second

// Names of the program, in messages and in the list of processes.
const (
	StockName = "mosh-server"
	RoamName  = "roam server"
)

// Default range of UDP ports (docs/protocol.md G): 999 sessions a host.
const (
	defaultLowPort  = 60001
	defaultHighPort = 60999
)

// BindMode says which local address a server listens on.
type BindMode uint8

// The bind modes.
const (
	BindAny  BindMode = iota // all of them
	BindSSH                  // the one that ssh came in by, from SSH_CONNECTION
	BindAddr                 // Options.Addr
)

// Options is what a command line asks for. The zero Options asks for a login
// shell on the first free port of the default range.
type Options struct {
	Name     string   // StockName or RoamName
	Bind     BindMode // which address to listen on
	Addr     string   // numeric address for BindAddr
	LowPort  int      // first port to try; 0 with HighPort 0 lets the system choose, see PortSet
	HighPort int      // last port to try
	PortSet  bool     // LowPort and HighPort hold; otherwise the default range
	Colors   int      // of the client's terminal; 0 if not said
	Vars     []string // NAME=VALUE of the client's locale, in their order
	Verbose  int      // how often -v was given
	Trace    string   // file or directory that what happens is traced to; empty: it is not
	Expiry   time.Duration
	Attach   bool     // find a session that runs already, and let a new client attach to it
	Session  int      // process id of that session's server; 0: the one that there is
	Command  []string // program and arguments; empty for the login shell
}

// ports returns the range of ports to try.
func (o *Options) ports() (low, high int) {
	if !o.PortSet {
		return defaultLowPort, defaultHighPort
	}
	return o.LowPort, o.HighPort
}

// roam reports whether the program was called by its own name, and not by that
// of stock's.
func (o *Options) roam() bool { return o.Name != StockName }
