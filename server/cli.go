package server

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ErrHelp and ErrVersion report that the command line asks for text and nothing
// else. The text belongs on standard output, and the exit status is 0.
var (
	ErrHelp    = errors.New("server: help wanted")
	ErrVersion = errors.New("server: version wanted")
)

// A UsageError reports a command line that cannot be obeyed.
type UsageError struct {
	Problem string // what is wrong, with the offending word; "" if the usage says it all
}

func (e *UsageError) Error() string {
	if e.Problem == "" {
		return "server: wrong number of arguments"
	}
	return "server: " + e.Problem
}

const stockUsage = `Usage: mosh-server new [-s] [-v] [-i ADDRESS] [-p PORT[:HIGH]] [-c COLORS] [-l NAME=VALUE]... [-- command...]
       mosh-server [ADDRESS [PORT]]

Starts a session on this host, prints "MOSH CONNECT port key", and goes to the
background. This is roam under the name of stock mosh's server: the options mean
what they mean there. "roam server --help" describes them.
`

const roamUsage = `Usage: roam server [options] [-- command...]
       roam server attach [options] [ID]

Starts a session on this host, prints "MOSH CONNECT port key", and goes to the
background. roam runs it over ssh; there is seldom a reason to do so by hand.
With "attach" it prints the same for a session that runs already, which is the
new client's once that is heard: session ID of "roam ls", or the only one.

  -p, --port PORT[:HIGH]   UDP port, or the range to take it from; 0 lets the system
                           choose (default 60001:60999)
  -i, --bind ADDRESS       listen on this address only
  -s, --bind-ssh           listen on the address that ssh came in by
  -c, --colors N           colours of the client's terminal
  -l, --locale NAME=VALUE  locale variable of the client, used if this host has it;
                           may be repeated
  -e, --expire DURATION    end the session after so long without a client, as 12h or
                           30d; "never" for no end (default 30d)
      --trace FILE         write what the protocol does to FILE, for "roam trace
                           plot"; in a directory, to a new file in it
  -v, --verbose            log what happens
  -h, --help               print this text
      --version            print the version

Without a command it runs the login shell. Environment:
  ROAM_SERVER_NETWORK_TMOUT  seconds without a client after which the session ends
  ROAM_SERVER_SIGNAL_TMOUT   seconds without a client before which SIGUSR1 is ignored
  ROAM_TRACE                 as --trace
`

// Usage returns the help text of the server called name.
func Usage(name string) string {
	if name == StockName {
		return stockUsage
	}
	return roamUsage
}

// option describes one option of the command line.
type option struct {
	short byte   // 0 for none
	long  string // "" for none
	value bool   // takes a value
	set   func(o *Options, value string) error
}

var options = []option{
	{'s', "bind-ssh", false, func(o *Options, _ string) error { o.Bind = BindSSH; return nil }},
	{'i', "bind", true, func(o *Options, v string) error { o.Bind, o.Addr = BindAddr, v; return nil }},
	{'p', "port", true, setPorts},
	{'c', "colors", true, setColors},
	{'l', "locale", true, func(o *Options, v string) error { o.Vars = append(o.Vars, v); return nil }},
	{'v', "verbose", false, func(o *Options, _ string) error { o.Verbose++; return nil }},
	{'e', "expire", true, setExpiry},
	{0, "trace", true, func(o *Options, v string) error { o.Trace = v; return nil }},
	{'@', "", true, func(*Options, string) error { return nil }}, // a label in the list of processes
	{'h', "help", false, func(*Options, string) error { return ErrHelp }},
	{0, "version", false, func(*Options, string) error { return ErrVersion }},
}

// ParseArgs reads the arguments of the server called name, StockName or
// RoamName, without the program's name. Options that it does not know are no
// error, so that newer clients can start older servers: they come back as
// unknown. It returns ErrHelp, ErrVersion or a *UsageError.
func ParseArgs(name string, args []string) (opts Options, unknown []string, err error) {
	opts = Options{Name: name}
	if opts.roam() {
		opts.Expiry = DefaultExpiry
	}
	flags := args
	for i, arg := range args {
		if arg == "--" {
			flags, opts.Command = args[:i], args[i+1:]
			break
		}
	}
	for _, arg := range flags { // these win over everything else
		switch arg {
		case "-h", "--help":
			return opts, nil, ErrHelp
		case "--version":
			return opts, nil, ErrVersion
		}
	}
	if len(flags) > 0 && flags[0] == "new" {
		flags = flags[1:]
	} else if len(flags) > 0 && flags[0] == "attach" && opts.roam() {
		opts.Attach = true
		flags = flags[1:]
	} else if !opts.roam() {
		return opts, nil, opts.positional(flags)
	}
	words, unknown, err := opts.flags(flags)
	if err == nil && opts.Attach {
		err = opts.session(words)
	}
	return opts, unknown, err
}

// session reads what follows the options of "attach".
func (o *Options) session(words []string) (err error) {
	switch {
	case len(words) > 1:
		return &UsageError{"one session at a time"}
	case len(words) == 1:
		o.Session, err = ParseSession(words[0])
	}
	return err
}

// ParseSession reads the id of a session, as List gives it. It returns a *UsageError.
func ParseSession(s string) (id int, err error) {
	if id, err = strconv.Atoi(s); err != nil || id <= 0 {
		return 0, &UsageError{fmt.Sprintf("%q is no id of a session; roam ls shows them", s)}
	}
	return id, nil
}

// positional reads stock's oldest form: mosh-server [ADDRESS [PORT]].
func (o *Options) positional(args []string) error {
	switch len(args) {
	case 2:
		if err := setPorts(o, args[1]); err != nil {
			return err
		}
		fallthrough
	case 1:
		o.Bind, o.Addr = BindAddr, args[0]
	case 0:
	default:
		return &UsageError{}
	}
	return nil
}

// flags reads options as getopt does: short ones may be joined and their values
// attached. Words that are no options are passed over, as stock does, and returned.
func (o *Options) flags(args []string) (words, unknown []string, err error) {
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		switch {
		case strings.HasPrefix(arg, "--"):
			name, value, attached := strings.Cut(arg[2:], "=")
			opt := o.findLong(name)
			if opt == nil {
				unknown = append(unknown, arg)
				continue
			}
			if opt.value && !attached {
				if len(args) == 0 {
					unknown = append(unknown, arg+" (without its value)")
					continue
				}
				value, args = args[0], args[1:]
			}
			err = opt.set(o, value)
		case len(arg) > 1 && arg[0] == '-':
			var bad []string
			bad, args, err = o.shorts(arg[1:], args)
			unknown = append(unknown, bad...)
		default:
			words = append(words, arg)
		}
		if err != nil {
			return nil, unknown, err
		}
	}
	return words, unknown, nil
}

// shorts reads the letters of one word; rest is what follows the word.
func (o *Options) shorts(letters string, rest []string) (unknown, left []string, err error) {
	for letters != "" {
		letter := letters[0]
		letters = letters[1:]
		opt := o.findShort(letter)
		if opt == nil {
			unknown = append(unknown, "-"+string(rune(letter)))
			continue
		}
		value := letters
		if opt.value {
			letters = ""
			if value == "" {
				if len(rest) == 0 {
					return append(unknown, "-"+string(rune(letter))+" (without its value)"), rest, nil
				}
				value, rest = rest[0], rest[1:]
			}
		}
		if err := opt.set(o, value); err != nil {
			return unknown, rest, err
		}
	}
	return unknown, rest, nil
}

// findShort returns the option with the letter; stock has no -e.
func (o *Options) findShort(letter byte) *option {
	for i := range options {
		if options[i].short == letter && letter != 0 && (letter != 'e' || o.roam()) {
			return &options[i]
		}
	}
	return nil
}

// findLong returns the option with the long name; only roam has them.
func (o *Options) findLong(name string) *option {
	for i := range options {
		if options[i].long == name && name != "" && o.roam() {
			return &options[i]
		}
	}
	return nil
}

// setPorts reads PORT or LOW:HIGH. An empty number is 0, as in stock.
func setPorts(o *Options, value string) error {
	bad := func(format string, args ...any) error {
		return &UsageError{fmt.Sprintf("bad UDP port (%s): ", value) + fmt.Sprintf(format, args...)}
	}
	port := func(s string) (int, error) {
		if s == "" {
			return 0, nil
		}
		n, err := strconv.Atoi(s)
		switch {
		case err != nil:
			return 0, bad("%q is no number", s)
		case n < 0 || n > 65535:
			return 0, bad("%d is not within 0..65535", n)
		}
		return n, nil
	}
	lowText, highText, isRange := strings.Cut(value, ":")
	low, err := port(lowText)
	if err != nil {
		return err
	}
	high := low
	if isRange {
		if high, err = port(highText); err != nil {
			return err
		}
		switch {
		case low == 0:
			return bad("a range cannot begin with 0, which lets the system choose")
		case low > high:
			return bad("the range ends before it begins")
		}
	}
	o.LowPort, o.HighPort, o.PortSet = low, high, true
	return nil
}

func setColors(o *Options, value string) error {
	n, err := strconv.Atoi(value)
	if err != nil {
		return &UsageError{fmt.Sprintf("bad number of colours (%s): want a decimal number", value)}
	}
	o.Colors = max(n, 0)
	return nil
}

func setExpiry(o *Options, value string) (err error) {
	o.Expiry, err = ParseExpiry(value)
	return err
}

// ParseExpiry reads how long a session waits for its client: a duration as Go writes it,
// a number of days as 30d, or "never", which is 0. It returns a *UsageError.
func ParseExpiry(value string) (time.Duration, error) {
	if value == "never" {
		return 0, nil
	}
	d, err := time.ParseDuration(value)
	if days, isDays := strings.CutSuffix(value, "d"); isDays {
		var n int
		n, err = strconv.Atoi(days)
		d = time.Duration(n) * 24 * time.Hour
		if n > maxExpiryDays {
			d = -1
		}
	}
	if err != nil || d <= 0 {
		return 0, &UsageError{fmt.Sprintf("bad duration (%s): want 12h, 30d or never", value)}
	}
	return d, nil
}

// maxExpiryDays keeps the product within a time.Duration, which ends at 292 years.
const maxExpiryDays = 100_000
