package main

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/mattn/go-shellwords"

	"roam/bootstrap"
	"roam/client"
	"roam/install"
	"roam/server"
)

// An option is one of roam's own: a flag of one or more commands and, unless it is
// fixed, a setting of the file too. The line here is all there is to add one: help, man
// pages and completion are made from it.
type option struct {
	name     string   // without dashes; as a setting without those within, too
	value    string   // what help calls its value: "" for a switch, which --no-NAME switches off if it is a setting
	optional bool     // the value may be left out, and then follows an equals sign where it is there
	section  string   // of the help
	in       scope    // the commands that have it
	fixed    bool     // makes no sense in a file of settings
	env      string   // variable, without ROAM_ or MOSH_ in front, that goes before settings: it is nearer to the command line
	also     []string // other flags that decide the same
	choices  []string // values, for completion; nil: nothing known
	files    bool     // values are names of files
	help     string
	set      func(a *roamArgs, v string) error // of switches, v is yes or no
}

// A scope is a set of commands.
type scope uint8

const (
	inSession scope = 1 << iota // roam host
	inAttach
	inList
	inKill
	inDoctor
	inAll = inSession | inAttach | inList | inKill | inDoctor
)

// yes and no are the values of switches.
const (
	yes = "yes"
	no  = "no"
)

// The sections of the help in which roam's options stand.
const (
	sectionScreen = "Options for keys and screen"
	sectionWay    = "Options for the way to the host"
	sectionServer = "Options for the server"
	sectionOther  = "Other options"

	sectionOptions = "Options" // of commands with a few
)

// options are all of them, in the order of the help.
var options = []option{
	{name: "predict", value: "WHEN", section: sectionScreen, in: inSession | inAttach, env: "PREDICTION_DISPLAY",
		choices: []string{"adaptive", "always", "never", "experimental"},
		help:    "show typed keys before the server answers: adaptive (if the way is slow; default), always, never, experimental",
		set:     func(a *roamArgs, v string) error { return a.setPredict(v) }},
	{name: "predict-overwrite", section: sectionScreen, in: inSession | inAttach, env: "PREDICTION_OVERWRITE",
		help: "predictions overwrite instead of inserting",
		set:  onOff(func(a *roamArgs) *bool { return &a.predictOverwrite })},
	{name: "predict-ahead", value: "on|off", section: sectionScreen, in: inSession | inAttach, env: "PREDICT_AHEAD",
		choices: []string{"on", "off"},
		help:    "show what is typed over Enter where the next prompt will most likely come, if the command asks for nothing (default on)",
		set:     func(a *roamArgs, v string) error { return a.setPredictAhead(v) }},
	{name: "stats", section: sectionScreen, in: inSession | inAttach,
		help: "say at the end what became of the keys typed",
		set:  onOff(func(a *roamArgs) *bool { return &a.stats })},
	{name: "clipboard", value: "MODE", section: sectionScreen, in: inSession | inAttach, env: "CLIPBOARD",
		choices: []string{"write", "ask", "off"},
		help:    "when remote programs set the clipboard: write (default), ask, off; none can read it",
		set:     func(a *roamArgs, v string) error { return a.setClipboard(v) }},
	{name: "init", section: sectionScreen, in: inSession | inAttach, env: "NO_TERM_INIT",
		help: "use the terminal's alternate screen (default), or stay on its main screen",
		set:  func(a *roamArgs, v string) error { a.noInit = v == no; return nil }},

	{name: "port", value: "PORT[:HIGH]", section: sectionWay, in: inSession | inAttach | inDoctor,
		help: "UDP port of the server, or the range to take it from (default 60001:60999); -p is ssh's port",
		set:  func(a *roamArgs, v string) (err error) { a.ports, err = bootstrap.ParsePorts(v); return }},
	{name: "family", value: "FAMILY", section: sectionWay, in: inAll, also: []string{"-4", "-6"},
		choices: []string{"inet", "inet6", "auto", "all", "prefer-inet", "prefer-inet6"},
		help:    "inet, inet6, auto, all, prefer-inet (default), prefer-inet6",
		set:     func(a *roamArgs, v string) (err error) { a.family, err = bootstrap.ParseFamily(v); return }},
	{name: "bind-server", value: "WHERE", section: sectionWay, in: inSession | inAttach | inDoctor, choices: []string{bootstrap.BindSSH, bootstrap.BindAny},
		help: "address the server listens on: any (default for roam's), ssh (the one ssh came in by; default for others), or a numeric address",
		set:  func(a *roamArgs, v string) error { return a.setBind(v) }},
	{name: "ssh", value: "COMMAND", section: sectionWay, in: inAll,
		help: "run COMMAND instead of ssh; it may have options",
		set:  func(a *roamArgs, v string) error { return a.setSSH(v) }},
	{name: "ssh-pty", section: sectionWay, in: inAll,
		help: "have ssh make a terminal on the host during the start",
		set:  onOff(func(a *roamArgs) *bool { return &a.sshPty })},

	{name: "server", value: "COMMAND", section: sectionServer, in: inSession | inAttach | inDoctor,
		help: "start the server there with COMMAND, run by sh",
		set:  func(a *roamArgs, v string) error { a.server = v; return nil }},
	{name: "install", value: "WHEN", section: sectionServer, in: inSession | inAttach, choices: []string{"ask", "always", "never"},
		help: "put this program on a host that has no roam, or an older one: ask (once a host; default), always, never",
		set:  func(a *roamArgs, v string) error { return a.setInstall(v) }},
	{name: "install-from", value: "DIR", section: sectionServer, in: inSession | inAttach, files: true,
		help: "unpacked release with the programs of other platforms (default the directory of this one, if it is one)",
		set:  func(a *roamArgs, v string) error { a.installFrom = v; return nil }},
	{name: "server-expiry", value: "TIME", section: sectionServer, in: inSession, choices: []string{"12h", "7d", "30d", "never"},
		help: "end the session after so long without a client, as 12h or 7d, or never (default 30d); a server of stock's waits for ever",
		set:  func(a *roamArgs, v string) error { return a.setExpiry(v) }},
	{name: "local", section: sectionServer, in: inSession, fixed: true,
		help: "start the server on this machine, without ssh; host is then an address of it (default 127.0.0.1)",
		set:  onOff(func(a *roamArgs) *bool { return &a.local })},

	{name: "config", value: "FILE", section: sectionOther, in: inAll, fixed: true, files: true,
		help: "settings for each host (default ~/.config/roam/config); none for none",
		set:  func(a *roamArgs, v string) error { a.config = v; return nil }},
	{name: "json", section: sectionOther, in: inList | inDoctor, fixed: true,
		help: "print JSON, for programs",
		set:  onOff(func(a *roamArgs) *bool { return &a.json })},
	{name: "trace", value: "FILE", section: sectionOther, in: inSession | inAttach, files: true,
		help: `write what the protocol does to FILE, for "roam trace plot"; in a directory, to a new file in it`,
		set:  func(a *roamArgs, v string) error { a.trace = v; return nil }},
	{name: "verbose", value: "LEVEL", optional: true, section: sectionOther, in: inAll, choices: []string{"0", "1", "2"},
		help: "say each step of the start; given twice, or as --verbose=2, also what led to it; 0 takes it back",
		set:  func(a *roamArgs, v string) error { return a.setVerbose(v) }},
	{name: "log", value: "FILE", section: sectionOther, in: inAll, files: true,
		help: "append the steps of the start and what happens in the session to FILE; never what is typed or shown, and no key",
		set:  func(a *roamArgs, v string) error { a.log = v; return nil }},
	{name: "version", section: sectionOther, in: inSession, fixed: true,
		help: "print the version",
		set:  onOff(func(a *roamArgs) *bool { return &a.version })},
}

// negatable reports whether --no-NAME is an option too.
func (o *option) negatable() bool { return o.value == "" && !o.fixed }

// onOff is the set of a switch.
func onOff(field func(a *roamArgs) *bool) func(a *roamArgs, v string) error {
	return func(a *roamArgs, v string) error { *field(a) = v == yes; return nil }
}

// maxVerbose is the highest level of --verbose.
const maxVerbose = 2

// setVerbose takes a level, or one more where there is none, as a flag; settings may say
// yes and no.
func (a *roamArgs) setVerbose(v string) error {
	switch level, err := strconv.Atoi(v); {
	case v == given:
		a.verbose = min(a.verbose+1, maxVerbose)
	case strings.EqualFold(v, yes):
		a.verbose = 1
	case strings.EqualFold(v, no):
		a.verbose = 0
	case err != nil || level < 0 || level > maxVerbose:
		return fmt.Errorf("%q is no level from 0 to %d", v, maxVerbose)
	default:
		a.verbose = level
	}
	return nil
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
		return err
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
	switch low := strings.ToLower(v); low {
	case bootstrap.BindSSH, bootstrap.BindAny:
		s.bind = low
	default:
		if _, err := netip.ParseAddr(v); err != nil {
			return fmt.Errorf("%q is none of any, ssh and a numeric address", v)
		}
		s.bind = v
	}
	return nil
}

func (s *settings) setInstall(v string) (err error) {
	if s.install, err = install.ParseMode(v); err != nil {
		return fmt.Errorf("%q is none of ask, always and never", v)
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

// A usageError is a mistake on the command line; hint says what to do, if that is not obvious.
type usageError struct{ problem, hint string }

func (e *usageError) Error() string { return e.problem }

// nearest returns the one of names that differs least from name, empty if none is
// similar.
func nearest(name string, names []string) string {
	best, limit := "", len(name)/2+1
	for _, n := range names {
		if d := distance(name, n); d < limit || strings.HasPrefix(n, name) && best == "" {
			best, limit = n, min(d, limit)
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
