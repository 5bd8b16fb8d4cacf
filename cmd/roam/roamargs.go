package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mattn/go-shellwords"

	"roam/bootstrap"
	"roam/client"
	"roam/server"
)

// settings are what mosh's options decide, under whichever name.
type settings struct {
	predict          client.PredictMode
	predictSet       bool
	predictOverwrite bool
	predictAhead     bool
	predictAheadSet  bool
	stats            bool
	clipboard        client.ClipboardMode
	clipboardSet     bool
	noInit           bool
	trace            string // file or directory of the client's trace; empty: none
	family           bootstrap.Family
	ports            bootstrap.Ports
	bind             string
	server           string   // command that starts the server; empty: the default
	ssh              []string // ssh and its first words
	sshPty           bool
	local            bool
	expiry           string
}

// roamArgs are what roam's command line says.
type roamArgs struct {
	settings
	help, version, verbose bool
	options                []string // ssh's, for the start
	onlySSH                string   // the first option that only ssh can serve; empty if none
	rest                   []string // all arguments but roam's own options, for ssh
	host                   string
	command                []string
	task                   bool // of a subcommand, for which a host need not be
	json                   bool
	config                 string // file of settings; empty: the user's
	attach                 bool   // to a session that runs already,
	session                int    // the one with this id; 0: the one that there is
}

// A usageError is a mistake on the command line; hint says what to do, if that is not obvious.
type usageError struct{ problem, hint string }

func (e *usageError) Error() string { return e.problem }

// A longOption is one of roam's own options.
type longOption struct {
	name  string
	set   func(a *roamArgs)
	value func(a *roamArgs, v string) error // nil: it takes none
}

// longOptions are all of them.
var longOptions = []longOption{
	{"config", nil, func(a *roamArgs, v string) error { a.config = v; return nil }},
	{"port", nil, func(a *roamArgs, v string) (err error) { a.ports, err = bootstrap.ParsePorts(v); return }},
	{"predict", nil, func(a *roamArgs, v string) error { return a.setPredict(v) }},
	{"predict-overwrite", func(a *roamArgs) { a.predictOverwrite = true }, nil},
	{"predict-ahead", nil, func(a *roamArgs, v string) error { return a.setPredictAhead(v) }},
	{"stats", func(a *roamArgs) { a.stats = true }, nil},
	{"clipboard", nil, func(a *roamArgs, v string) error { return a.setClipboard(v) }},
	{"family", nil, func(a *roamArgs, v string) (err error) { a.family, err = bootstrap.ParseFamily(v); return }},
	{"server", nil, func(a *roamArgs, v string) error { a.server = v; return nil }},
	{"server-expiry", nil, func(a *roamArgs, v string) error { return a.setExpiry(v) }},
	{"bind-server", nil, func(a *roamArgs, v string) error { return a.setBind(v) }},
	{"ssh", nil, func(a *roamArgs, v string) error { return a.setSSH(v) }},
	{"ssh-pty", func(a *roamArgs) { a.sshPty = true }, nil},
	{"no-ssh-pty", func(a *roamArgs) { a.sshPty = false }, nil},
	{"local", func(a *roamArgs) { a.local = true }, nil},
	{"init", func(a *roamArgs) { a.noInit = false }, nil},
	{"no-init", func(a *roamArgs) { a.noInit = true }, nil},
	{"json", func(a *roamArgs) { a.json = true }, nil},
	{"trace", nil, func(a *roamArgs, v string) error { a.trace = v; return nil }},
	{"verbose", func(a *roamArgs) { a.verbose = true }, nil},
	{"version", func(a *roamArgs) { a.version = true }, nil},
	{"help", func(a *roamArgs) { a.help = true }, nil},
}

func (s *settings) setPredict(v string) (err error) {
	if s.predict, err = client.ParsePredictMode(v); err != nil {
		return fmt.Errorf("prediction mode %q is none of adaptive, always, never and experimental", v)
	}
	s.predictSet = true
	return nil
}

func (s *settings) setPredictAhead(v string) (err error) {
	if s.predictAhead, err = client.ParseSwitch(v); err != nil {
		return fmt.Errorf("--predict-ahead: %w", err)
	}
	s.predictAheadSet = true
	return nil
}

func (s *settings) setClipboard(v string) (err error) {
	if s.clipboard, err = client.ParseClipboardMode(v); err != nil {
		return fmt.Errorf("clipboard mode %q is none of write, ask and off", v)
	}
	s.clipboardSet = true
	return nil
}

func (s *settings) setBind(v string) error {
	if s.bind = v; strings.EqualFold(v, bootstrap.BindSSH) || strings.EqualFold(v, bootstrap.BindAny) {
		s.bind = strings.ToLower(v)
	}
	return nil
}

func (s *settings) setExpiry(v string) error {
	s.expiry = v
	_, err := server.ParseExpiry(v)
	if err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "server: "))
	}
	return nil
}

func (s *settings) setSSH(v string) error {
	words, err := shellwords.Parse(v)
	if err != nil || len(words) == 0 {
		return fmt.Errorf("%q is no command", v)
	}
	s.ssh = words
	return nil
}

// parseRoam reads roam's command line: ssh's option letters, joined as ssh
// joins them, and roam's own long options, up to the host. A *usageError says
// what is wrong.
func parseRoam(args []string) (a roamArgs, err error) { return parseWords(args, false) }

// parseWords is parseRoam; task says that the words are those of a subcommand.
func parseWords(args []string, task bool) (a roamArgs, err error) {
	a.task = task
	a.ssh = []string{"ssh"}
	a.family = bootstrap.PreferInet
	for len(args) > 0 {
		word := args[0]
		switch {
		case word == "--":
			a.rest = append(a.rest, word)
			args = args[1:]
			return a, a.operands(args)
		case strings.HasPrefix(word, "--"):
			args, err = a.long(args)
		case len(word) > 1 && word[0] == '-':
			args, err = a.short(args)
		default:
			return a, a.operands(args)
		}
		if err != nil || a.help || a.version {
			return a, err
		}
	}
	return a, a.operands(args)
}

// operands takes the host and the command. One "--" between them is dropped,
// as ssh drops it.
func (a *roamArgs) operands(args []string) error {
	a.rest = append(a.rest, args...)
	if len(args) > 0 {
		a.host, a.command = args[0], args[1:]
		if len(a.command) > 0 && a.command[0] == "--" {
			a.command = a.command[1:]
		}
	}
	switch {
	case a.json && !a.task:
		return &usageError{problem: "--json goes with ls only"}
	case a.local && a.onlySSH != "":
		return &usageError{problem: a.onlySSH + " needs ssh, which --local does without"}
	case a.local && a.host == "":
		a.host = "127.0.0.1"
	case a.task:
	case a.onlySSH != "": // ssh says what it thinks of its arguments
	case a.host == "":
		return &usageError{problem: "no host given"}
	case strings.HasPrefix(a.host, "-"):
		return &usageError{problem: fmt.Sprintf("%q is no host", a.host)}
	}
	return nil
}

// long takes one of roam's own options from the front of args.
func (a *roamArgs) long(args []string) (rest []string, err error) {
	name, value, attached := strings.Cut(args[0][2:], "=")
	rest = args[1:]
	for _, o := range longOptions {
		switch {
		case o.name != name:
			continue
		case o.value == nil && attached:
			return nil, &usageError{problem: "--" + name + " takes no value"}
		case o.value == nil:
			o.set(a)
			return rest, nil
		case !attached && len(rest) == 0:
			return nil, &usageError{problem: "--" + name + " needs a value"}
		case !attached:
			value, rest = rest[0], rest[1:]
		}
		if err := o.value(a, value); err != nil {
			return nil, &usageError{problem: "--" + name + ": " + err.Error()}
		}
		return rest, nil
	}
	unknown := &usageError{problem: "unknown option --" + name}
	if near := nearest(name); near != "" {
		unknown.hint = "did you mean --" + near + "?"
	}
	return nil, unknown
}

// short takes one word of ssh's option letters from the front of args.
func (a *roamArgs) short(args []string) (rest []string, err error) {
	word := args[0]
	rest = args[1:]
	for letters := word[1:]; letters != ""; {
		letter := letters[0]
		letters = letters[1:]
		if letter == 'h' && word == "-h" {
			a.help = true
			return rest, nil
		}
		flag := "-" + string(letter)
		o := sshOptionOf(letter)
		var words []string
		switch {
		case o.use == useUnknown:
			return nil, &usageError{problem: "unknown option " + flag}
		case !o.value:
			words = []string{flag}
		case letters != "":
			words = []string{flag, letters}
			letters = ""
		case len(rest) == 0:
			return nil, &usageError{problem: flag + " needs a value"}
		default:
			words = []string{flag, rest[0]}
			rest = rest[1:]
		}
		a.take(o.use, words)
	}
	a.rest = append(a.rest, args[:len(args)-len(rest)]...)
	return rest, nil
}

// take files one of ssh's options, in one or two words.
func (a *roamArgs) take(use sshUse, words []string) {
	if words[0] == "-o" && onlySSH(words[1]) {
		use = useSSH
	}
	switch use {
	case useFamily:
		a.family = bootstrap.Inet
		if words[0] == "-6" {
			a.family = bootstrap.Inet6
		}
	case usePass:
		a.options = append(a.options, words...)
	case useSSH:
		if a.onlySSH == "" {
			a.onlySSH = strings.Join(words, " ")
		}
	}
}

// nearest returns the name of roam's options that differs least from name,
// empty if none is similar.
func nearest(name string) string {
	best, limit := "", len(name)/2+1
	for _, o := range longOptions {
		if d := distance(name, o.name); d < limit || strings.HasPrefix(o.name, name) && best == "" {
			best, limit = o.name, min(d, limit)
		}
	}
	return best
}

// distance returns how many bytes are to be changed, put in or left out to
// turn a into b (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = slices.Min([]int{change, row[j] + 1, row[j+1] + 1})
		}
	}
	return row[len(b)]
}
