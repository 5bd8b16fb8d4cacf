package main

import (
	"fmt"
	"slices"
	"strings"

	"roam/bootstrap"
)

// moshArgs are what mosh's command line says.
type moshArgs struct {
	settings
	help, version, fakeProxy bool
	client                   string // program to run as the client; empty: this one
	remoteIP                 bootstrap.RemoteIP
	operands                 []string // host and command; for the fake proxy, host and port
}

// A moshOption is one of mosh's options.
type moshOption struct {
	names     []string // the first is what messages call it
	value     string   // what its value is called; "" where it takes none
	negatable bool     // --noNAME and --no-NAME are the opposite
	help      string   // "" keeps it out of the help
	set       func(a *moshArgs, value string, on bool) error
}

// bare returns an option without a value.
func bare(help string, set func(a *moshArgs), names ...string) moshOption {
	return moshOption{names: names, help: help, set: func(a *moshArgs, _ string, _ bool) error { set(a); return nil }}
}

// toggle returns an option without a value that has an opposite.
func toggle(help string, set func(a *moshArgs, on bool), names ...string) moshOption {
	return moshOption{names: names, negatable: true, help: help, set: func(a *moshArgs, _ string, on bool) error { set(a, on); return nil }}
}

// valued returns an option with a value.
func valued(value, help string, set func(a *moshArgs, v string) error, names ...string) moshOption {
	return moshOption{names: names, value: value, help: help, set: func(a *moshArgs, v string, _ bool) error { return set(a, v) }}
}

// moshOptions are stock mosh's. They may be abbreviated and have one dash or two, which no
// library of flags knows.
var moshOptions = []moshOption{
	valued("PATH", "client to run on this machine (default: this program)", func(a *moshArgs, v string) error { a.client = v; return nil }, "client"),
	valued("COMMAND", "command that starts the server on the host", func(a *moshArgs, v string) error { a.server = v; return nil }, "server"),
	valued("COMMAND", "ssh to run, with its options", func(a *moshArgs, v string) error { return a.setSSH(v) }, "ssh"),
	valued("WHEN", "show typed keys at once: adaptive (default), always, never, experimental", func(a *moshArgs, v string) error { return a.setPredict(v) }, "predict"),
	bare("--predict=always", func(a *moshArgs) { a.setPredict("always") }, "a"),
	bare("--predict=never", func(a *moshArgs) { a.setPredict("never") }, "n"),
	toggle("predictions overwrite instead of inserting", func(a *moshArgs, on bool) { a.predictOverwrite = on }, "predict-overwrite", "o"),
	valued("FAMILY", "inet, inet6, auto, all, prefer-inet (default), prefer-inet6", func(a *moshArgs, v string) error { a.setFamily(v); return nil }, "family"),
	bare("--family=inet", func(a *moshArgs) { a.family = bootstrap.Inet }, "4"),
	bare("--family=inet6", func(a *moshArgs) { a.family = bootstrap.Inet6 }, "6"),
	valued("PORT[:HIGH]", "UDP port of the server, or the range to take it from", func(a *moshArgs, v string) (err error) { a.ports, err = bootstrap.ParsePorts(v); return }, "port", "p"),
	valued("WHERE", "address the server listens on: ssh (default), any, or a numeric address", func(a *moshArgs, v string) error { return a.setBind(v) }, "bind-server"),
	toggle("have ssh make a terminal on the host during the start (default)", func(a *moshArgs, on bool) { a.sshPty = on }, "ssh-pty"),
	toggle("use the terminal's alternate screen (default), or stay on its main screen", func(a *moshArgs, on bool) { a.noInit = !on }, "init"),
	bare("start the server on this machine, without ssh", func(a *moshArgs) { a.local = true }, "local"),
	valued("HOW", "how the host's address is found: proxy (default), local, remote", func(a *moshArgs, v string) error { return a.setRemoteIP(v) }, "experimental-remote-ip"),
	bare("", func(a *moshArgs) { a.fakeProxy = true }, "fake-proxy"),
	bare("print the version", func(a *moshArgs) { a.version = true }, "version"),
	bare("print this text", func(a *moshArgs) { a.help = true }, "help"),
}

// moshPage is the help under the name mosh, whose options are stock's.
func moshPage() page {
	p := page{usage: []string{"mosh [options] [--] [user@]host [command...]"}, text: `
This is roam under the name mosh: options mean what they mean there. They may stand
anywhere before "--" and be abbreviated; the command is run without a shell.

@options
`}
	for i := range moshOptions {
		if o := &moshOptions[i]; o.help != "" {
			p.options = append(p.options, entry{sectionOptions, o.left(), o.help})
		}
	}
	return p
}

// left is the option as the help has it, short names first.
func (o *moshOption) left() string {
	var words []string
	for _, name := range slices.Backward(o.names) {
		switch {
		case len(name) == 1:
			name = "-" + name
		case o.negatable && len(o.names) == 1:
			name = "--[no-]" + name
		default:
			name = "--" + name
		}
		words = append(words, name)
	}
	left := strings.Join(words, ", ")
	if o.value != "" {
		left += "=" + o.value
	}
	return left
}

// setFamily takes any word: stock treats those that it does not know like auto.
func (a *moshArgs) setFamily(v string) {
	var err error
	if a.family, err = bootstrap.ParseFamily(v); err != nil {
		a.family = bootstrap.Auto
	}
}

func (a *moshArgs) setRemoteIP(v string) error {
	a.remoteIP = bootstrap.RemoteIP(strings.ToLower(v))
	if !slices.Contains([]bootstrap.RemoteIP{bootstrap.ByProxy, bootstrap.ByLocal, bootstrap.ByRemote}, a.remoteIP) {
		return fmt.Errorf("%q is none of proxy, local and remote", v)
	}
	return nil
}

// parseMosh reads mosh's command line: options with one or two dashes, in any
// letter case, shortened as far as they stay unique, anywhere before "--"; the
// value follows "=" or is the next word.
func parseMosh(args []string) (a moshArgs, err error) {
	a.ssh, a.sshPty = []string{"ssh"}, true
	a.family, a.remoteIP = bootstrap.PreferInet, bootstrap.ByProxy
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		switch {
		case word == "--":
			a.operands = append(a.operands, args...)
			args = nil
		case len(word) < 2 || word[0] != '-':
			a.operands = append(a.operands, word)
		default:
			if args, err = a.option(word, args); err != nil {
				return a, err
			}
		}
	}
	switch {
	case a.help || a.version:
	case len(a.operands) == 0:
		return a, &usageError{problem: "no host given"}
	case a.fakeProxy && len(a.operands) != 2:
		return a, &usageError{problem: "--fake-proxy takes a host and a port"}
	}
	return a, nil
}

// option takes one option; rest is what follows its word.
func (a *moshArgs) option(word string, rest []string) (left []string, err error) {
	name, value, attached := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(word, "-"), "-"), "=")
	o, on, err := findMosh(strings.ToLower(name))
	switch {
	case err != nil:
		return nil, &usageError{problem: err.Error() + ": " + word}
	case o.value == "" && attached:
		return nil, &usageError{problem: "option takes no value: " + word}
	case o.value != "" && !attached && len(rest) == 0:
		return nil, &usageError{problem: "option needs a value: " + word}
	case o.value != "" && !attached:
		value, rest = rest[0], rest[1:]
	}
	if err := o.set(a, value, on); err != nil {
		return nil, &usageError{problem: fmt.Sprintf("%s: %v", o.names[0], err)}
	}
	return rest, nil
}

// findMosh returns the option that name means, whole or shortened, and whether
// it is switched on.
func findMosh(name string) (o moshOption, on bool, err error) {
	found := map[string]bool{} // options that name is the start of
	for _, candidate := range moshOptions {
		for _, full := range candidate.names {
			spellings := map[string]bool{full: true}
			if candidate.negatable && len(full) > 1 {
				spellings["no"+full], spellings["no-"+full] = false, false
			}
			for spelling, value := range spellings {
				switch {
				case spelling == name:
					return candidate, value, nil
				case strings.HasPrefix(spelling, name):
					o, on = candidate, value
					found[fmt.Sprint(candidate.names[0], value)] = true
				}
			}
		}
	}
	switch len(found) {
	case 1:
		return o, on, nil
	case 0:
		return o, false, fmt.Errorf("unknown option")
	}
	return o, false, fmt.Errorf("ambiguous option")
}
