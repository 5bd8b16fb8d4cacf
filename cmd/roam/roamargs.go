package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"roam/bootstrap"
	"roam/client"
	"roam/config"
	"roam/install"
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
	install          install.Mode
	installFrom      string // directory of a release; empty: the program's own
}

// roamArgs are what roam's command line says.
type roamArgs struct {
	settings
	in      scope // the command that they are of
	version bool
	verbose int      // level of --verbose
	log     string   // file of the log; empty: none
	options []string // ssh's, for the start
	onlySSH string   // the first option that only ssh can serve; empty if none
	rest    []string // all arguments but roam's own options, for ssh
	equals  string   // the first of ssh's options whose value pflag has taken an equals sign from; empty if none
	host    string
	command []string
	json    bool
	taken   []config.Setting // what the file of settings has decided
	config  string           // file of settings; empty: the user's

	misconfigured error // what is wrong with that file, for doctor

	attach  bool // to a session that runs already,
	session int  // the one with this id; 0: the one that there is
}

// newArgs returns the arguments of a command before its flags are read.
func newArgs(in scope) *roamArgs {
	return &roamArgs{in: in, settings: settings{ssh: []string{"ssh"}, family: bootstrap.PreferInet}}
}

// complete takes the words behind the first flags, and the user's settings for the host;
// words are all that the command was given. It returns a *usageError, or pflag.ErrHelp.
func (a *roamArgs) complete(cmd *cobra.Command, words []string) error {
	flags := cmd.Flags()
	args, err := moreFlags(cmd, flags.Args())
	if err != nil || a.version {
		return err
	}
	a.rest, a.equals = sshWords(flags, words)
	if err := a.operands(args); err != nil {
		return err
	}
	if a.onlySSH != "" {
		return nil
	}
	if a.equals != "" {
		return &usageError{a.equals + " has an equals sign, which ssh takes for the first character of the value", "write -p 2222 or -p2222"}
	}
	err = a.readSettings(flags)
	if a.in == inDoctor { // which tells what is wrong there
		a.misconfigured, err = err, nil
	}
	return err
}

// moreFlags reads the flags between the host, which is the first of args, and what follows
// it, and returns args without them: like ssh's, options stand before the host or after
// it, unless "--" ends them before.
func moreFlags(cmd *cobra.Command, args []string) ([]string, error) {
	flags := cmd.Flags()
	if len(args) < 2 || flags.ArgsLenAtDash() >= 0 {
		return args, nil
	}
	host := args[0]
	if err := flags.Parse(args[1:]); err != nil {
		return nil, flagError(cmd, err)
	}
	if flags.Changed("help") {
		return nil, pflag.ErrHelp
	}
	return append([]string{host}, flags.Args()...), nil
}

// operands takes the host and the command.
func (a *roamArgs) operands(args []string) error {
	if len(args) > 0 {
		a.host, a.command = args[0], args[1:]
	}
	switch {
	case a.local && a.onlySSH != "":
		return &usageError{problem: a.onlySSH + " needs ssh, which --local does without"}
	case a.local && a.host == "":
		a.host = "127.0.0.1"
	case a.in != inSession: // they need none
	case a.onlySSH != "": // ssh says what it thinks of its arguments
	case a.host == "":
		return &usageError{problem: "no host given"}
	case strings.HasPrefix(a.host, "-"):
		return &usageError{problem: fmt.Sprintf("%q is no host", a.host)}
	}
	return nil
}

// take files one of ssh's options, in one or two words.
func (a *roamArgs) take(use sshUse, words ...string) {
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

// sshWords returns words without roam's own options, as the user wrote them. They have
// been read as flags already. equals is the first whose letter and value have an equals sign
// between them, which pflag drops; ssh does so for -o alone.
func sshWords(flags *pflag.FlagSet, words []string) (rest []string, equals string) {
	for hosts := 0; len(words) > 0; {
		word, n := words[0], 1
		switch {
		case word == "--":
			return append(rest, words...), equals
		case len(word) < 2, word[0] != '-':
			if hosts++; hosts > 1 { // this is the command
				return append(rest, words...), equals
			}
			rest = append(rest, word)
		case strings.HasPrefix(word, "--"):
			name, _, attached := strings.Cut(word[2:], "=")
			if flags.Lookup(name).NoOptDefVal == "" && !attached {
				n = 2
			}
		default:
			for i := 1; i < len(word); i++ {
				if flags.ShorthandLookup(word[i:i+1]).NoOptDefVal != "" {
					continue
				}
				switch {
				case i == len(word)-1:
					n = 2
				case word[i] != 'o' && word[i+1] == '=' && len(word) > i+2 && equals == "":
					equals = word
				}
				break
			}
			rest = append(rest, words[:n]...)
		}
		words = words[n:]
	}
	return rest, equals
}
