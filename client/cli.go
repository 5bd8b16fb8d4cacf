package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"roam/crypto"
	"roam/internal/tty"
	"roam/internal/voice"
)

// Exit statuses of Main, beside the remote program's own.
const (
	exitOK     = 0
	exitFailed = 1 // wrong arguments, nothing to connect to, or an end that the server did not confirm
)

// Usage returns the help text of the client called name.
func Usage(name string) string { return fmt.Sprintf(usage, name) }

// usage is the help text; %[1]s is the program's name.
const usage = `Usage: %[1]s [-v] [-# TEXT] IP PORT
       %[1]s -c

Attaches this terminal to a server that listens on IP, UDP port PORT. The
session's key is taken from the environment variable ROAM_KEY or MOSH_KEY.

  -c          print how many colours the terminal has, and exit
  -v          say on standard error what happens (redirect it)
  -# TEXT     ignored: a place for the command that was typed
  --stats     say at the end what became of the keys typed
  -h, --help  print this help, and exit
  --version   print the version, and exit

Environment, each as ROAM_NAME or MOSH_NAME: PREDICTION_DISPLAY (adaptive,
always, never, experimental), PREDICTION_OVERWRITE (yes), ESCAPE_KEY (one
character, or empty for none), PROBE (off), TITLE_NOPREFIX, NO_TERM_INIT;
ROAM_PREDICT_AHEAD (on, off).
ROAM_TRACE: a file, or a directory, to write what the protocol does to.
`

// arguments are what the command line says.
type arguments struct {
	colors, help, version bool
	stats                 bool
	verbose               int
	ip, port              string
}

// A usageError is a mistake on the command line.
type usageError string

func (e usageError) Error() string { return string(e) }

// parseArgs reads the command line of mosh-client, without its name.
func parseArgs(args []string) (a arguments, err error) {
	var words []string
	for i := 0; i < len(args); i++ {
		arg := args[i]
		switch {
		case arg == "--":
			words = append(words, args[i+1:]...)
			i = len(args)
		case arg == "--help", arg == "-h":
			a.help = true
		case arg == "--stats":
			a.stats = true
		case arg == "--version":
			a.version = true
		case arg == "-#":
			i++ // the text is the next word
		case strings.HasPrefix(arg, "-#"): // or the rest of this one
		case arg == "-c":
			a.colors = true
		case strings.Trim(arg, "v") == "-":
			a.verbose += len(arg) - 1
		case len(arg) > 1 && arg[0] == '-':
			return a, usageError(fmt.Sprintf("unknown option %s", arg))
		default:
			words = append(words, arg)
		}
	}
	if a.colors || a.help || a.version {
		return a, nil
	}
	if len(words) != 2 {
		return a, usageError("give an IP address and a port, and nothing else")
	}
	a.ip, a.port = words[0], words[1]
	return a, nil
}

// Main is the program mosh-client, also known as roam client: args are its
// arguments without its name. It returns the exit status. The key is removed
// from the environment first of all.
func Main(name string, args []string, stdin, stdout, stderr *os.File) int {
	key, keySet := takeKey()
	a, err := parseArgs(args)
	switch {
	case err != nil:
		sayError(stderr, name, err.Error())
		io.WriteString(stderr, Usage(name))
		return exitFailed
	case a.help:
		io.WriteString(stdout, Usage(name))
		return exitOK
	case a.version:
		fmt.Fprintf(stdout, "%s (roam), speaks the protocol of mosh 1.4\n", name)
		return exitOK
	case a.colors:
		return printColors(name, stdout, stderr)
	}
	cfg := Config{Name: name, In: stdin, Out: stdout, Err: stderr, Stats: a.stats}
	if hints, err := cfg.fill(a, key, keySet); err != nil {
		sayError(stderr, name, trimPrefix(err), hints...)
		return exitFailed
	}
	switch {
	case a.verbose == 0:
	case tty.IsTerminal(stderr):
		io.WriteString(stderr, voice.For(stderr, os.Getenv).Message(name, voice.Note, "-v needs standard error in a file: 2>FILE"))
	default:
		cfg.Log = slog.New(slog.NewTextHandler(stderr, nil))
	}
	result, err := Run(context.Background(), cfg)
	if err != nil {
		sayError(stderr, name, trimPrefix(err), Hints(err)...)
		var bug *PanicError
		if errors.As(err, &bug) && cfg.Log != nil {
			cfg.Log.Error("internal error", "panic", fmt.Sprint(bug.Value), "stack", string(bug.Stack))
		}
		return exitFailed
	}
	return result.Status
}

// fill sets up a Config from the command line, key and environment, and checks
// all of it. The hints belong to the error.
func (c *Config) fill(a arguments, key string, keySet bool) (hints []string, err error) {
	addr, err := netip.ParseAddr(a.ip)
	if err != nil {
		return []string{"give the address in numbers; roam HOST looks names up"},
			fmt.Errorf("client: bad IP address %q", a.ip)
	}
	port, err := strconv.ParseUint(a.port, 10, 16)
	if err != nil || port == 0 {
		return []string{"ports are numbers from 1 to 65535"}, fmt.Errorf("client: bad UDP port %q", a.port)
	}
	c.Server = netip.AddrPortFrom(addr.Unmap(), uint16(port))
	if !keySet {
		return []string{"set ROAM_KEY or MOSH_KEY to the 22 characters that the server printed after the port"},
			errors.New("client: no key in the environment")
	}
	if c.Key, err = crypto.ParseKey(key); err != nil {
		return []string{"copy all 22 characters that the server printed after the port"},
			fmt.Errorf("client: the key in the environment is not one: %s", strings.TrimPrefix(err.Error(), "crypto: "))
	}
	notes, err := c.ReadEnv(os.LookupEnv)
	for _, note := range notes {
		io.WriteString(c.Err, voice.For(c.Err, os.Getenv).Message(c.Name, voice.Note, note))
	}
	if err != nil {
		return Hints(err), err
	}
	if !tty.IsTerminal(c.In) {
		return Hints(ErrNoTerminal), ErrNoTerminal
	}
	return nil, nil
}

// Hints returns lines that say what to do about an error of ReadEnv or Run, for
// programs that print it; none if it says all.
func Hints(err error) []string {
	var bug *PanicError
	switch {
	case errors.As(err, &bug):
		return []string{"the terminal is restored; the server may still be running; please report what you did, with the output of -v 2>FILE"}
	case errors.Is(err, ErrNoTerm):
		return []string{"set TERM to the type of your terminal, for instance xterm-256color"}
	case errors.Is(err, errUnknownTerm):
		return []string{"install its terminfo entry (package ncurses-term), or set TERM to a type like it, for instance xterm-256color"}
	case errors.Is(err, errDumbTerm):
		return []string{"use ssh, or run it in a terminal emulator; if this is one, set TERM to its type, for instance xterm-256color"}
	case errors.Is(err, errTraceFile):
		return []string{"name a file or a directory that you can write, with --trace or ROAM_TRACE"}
	case errors.Is(err, ErrNoTerminal):
		return []string{"run it in a terminal, not in a pipe"}
	}
	return nil
}

// printColors prints the number of colours of the terminal, as a launcher wants
// to know it.
func printColors(name string, stdout, stderr *os.File) int {
	t, err := LoadTerminal(os.Getenv("TERM"), os.Getenv("COLORTERM"))
	if err != nil {
		sayError(stderr, name, trimPrefix(err), Hints(err)...)
		return exitFailed
	}
	fmt.Fprintln(stdout, t.Colors())
	return exitOK
}

// takeKey takes the session's key out of the environment.
func takeKey() (key string, set bool) {
	for _, name := range []string{"MOSH_KEY", "ROAM_KEY"} { // the last one found counts
		v, ok := os.LookupEnv(name)
		if !ok {
			continue
		}
		key, set = v, true
		os.Unsetenv(name)
		wipeEnviron(name)
	}
	return key, set
}
