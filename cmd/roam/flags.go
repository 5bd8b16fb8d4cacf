package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// given is the value of a flag that has none; an argument cannot have a NUL.
const given = "\x00"

// Annotations of flags, for the help.
const (
	noteValue    = "value"    // what the flag's value is called
	noteSection  = "section"  // heading under which it stands
	noteHelp     = "help"     // all there is to say of it; Usage is the part that completion shows
	noteOpposite = "opposite" // of --no-NAME: described with --NAME
)

// errNoValue reports a switch with a value.
var errNoValue = errors.New("takes no value")

// A flagValue sets a flag.
type flagValue func(v string) error

func (f flagValue) Set(v string) error { return f(v) }
func (flagValue) String() string       { return "" }
func (flagValue) Type() string         { return "string" }

// newFlag returns a flag with its help. A value of "" makes it a switch, whose set gets
// "yes".
func newFlag(name, value, section, help string, set func(v string) error) *pflag.Flag {
	f := &pflag.Flag{Name: name, Usage: brief(help), Value: flagValue(set), Annotations: map[string][]string{
		noteValue: {value}, noteSection: {section}, noteHelp: {help},
	}}
	if value == "" {
		f.NoOptDefVal = given
		f.Value = switchValue(yes, set)
	}
	return f
}

// switchValue gives set the value v for a flag that is there.
func switchValue(v string, set func(v string) error) flagValue {
	return func(got string) error {
		if got != given {
			return errNoValue
		}
		return set(v)
	}
}

// brief returns the start of a help text that makes sense alone.
func brief(help string) string {
	if i := strings.IndexAny(help, ";:("); i > 0 {
		help = strings.TrimSpace(help[:i])
	}
	return help
}

// addHelp gives a command --help, in a section; cobra obeys it.
func addHelp(cmd *cobra.Command, section string) {
	cmd.Flags().BoolP("help", "h", false, "print this text")
	f := cmd.Flags().Lookup("help")
	f.Annotations = map[string][]string{noteSection: {section}, noteHelp: {f.Usage}, noteValue: {""}}
}

// addOptions gives a command ssh's options and those of roam's that are in its scope.
func addOptions(cmd *cobra.Command, a *roamArgs) {
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.SetInterspersed(false) // the host ends them for now: see moreFlags
	for i := range options {
		if o := &options[i]; o.in&a.in != 0 {
			set := func(v string) error { return o.set(a, v) }
			f := newFlag(o.name, o.value, o.section, o.help, set)
			if o.optional {
				f.NoOptDefVal = given
			}
			flags.AddFlag(f)
			if o.negatable() {
				off := newFlag("no-"+o.name, "", o.section, "not: "+o.help, set)
				off.Value = switchValue(no, set)
				off.Usage = "the opposite of --" + o.name
				off.Annotations[noteOpposite] = []string{o.name}
				flags.AddFlag(off)
			}
			switch {
			case o.choices != nil:
				cmd.RegisterFlagCompletionFunc(o.name, cobra.FixedCompletions(o.choices, cobra.ShellCompDirectiveNoFileComp))
			case !o.files && o.value != "":
				cmd.RegisterFlagCompletionFunc(o.name, cobra.NoFileCompletions)
			}
		}
	}
	for _, o := range sshOptions {
		flags.AddFlag(sshFlag(o, a))
		switch o.value {
		case "", "FILE", "LIBRARY", "SOCKET": // shells complete names of files by themselves
		case "HOST":
			cmd.RegisterFlagCompletionFunc("-"+o.letter, func(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
				return a.completeHost(word), cobra.ShellCompDirectiveNoFileComp
			})
		default:
			cmd.RegisterFlagCompletionFunc("-"+o.letter, cobra.NoFileCompletions)
		}
	}
	addHelp(cmd, sectionOther)
	cmd.ValidArgsFunction = a.completeOperands()
}

// sshFlag returns one of ssh's options as a flag. Its name is such that nobody can type
// it as a long option.
func sshFlag(o sshOption, a *roamArgs) *pflag.Flag {
	f := newFlag("-"+o.letter, o.value, "", "", func(v string) error {
		if o.value == "" {
			a.take(o.use, "-"+o.letter)
		} else {
			a.take(o.use, "-"+o.letter, v)
		}
		return nil
	})
	f.Shorthand, f.Hidden = o.letter, true
	return f
}

// flagError says in our words what pflag found wrong with the flags of a command.
func flagError(cmd *cobra.Command, err error) error {
	var missing *pflag.NotExistError
	var bare *pflag.ValueRequiredError
	var bad *pflag.InvalidValueError
	var syntax *pflag.InvalidSyntaxError
	hint := seeHelp(cmd)
	switch {
	case errors.As(err, &missing) && missing.GetSpecifiedShortnames() != "":
		letter := []rune(missing.GetSpecifiedShortnames())[0]
		return &usageError{fmt.Sprintf("unknown option -%c", letter), hint}
	case errors.As(err, &missing):
		return unknownFlag(cmd, missing.GetSpecifiedName())
	case errors.As(err, &bare):
		return &usageError{dashed(bare.GetFlag()) + " needs a value", hint}
	case errors.Is(err, errNoValue) && errors.As(err, &bad):
		return &usageError{dashed(bad.GetFlag()) + " takes no value", hint}
	case errors.As(err, &bad):
		return &usageError{fmt.Sprintf("%s: %v", dashed(bad.GetFlag()), bad.Unwrap()), hint}
	case errors.As(err, &syntax):
		return &usageError{"unknown option " + syntax.GetSpecifiedFlag(), hint}
	}
	return err
}

// dashed returns a flag's name as users write it.
func dashed(f *pflag.Flag) string {
	if strings.HasPrefix(f.Name, "-") { // ssh's
		return f.Name
	}
	return "--" + f.Name
}

// unknownFlag is the error of a long option that a command does not have.
func unknownFlag(cmd *cobra.Command, name string) error {
	for i := range options {
		if o := &options[i]; o.name == name || o.negatable() && "no-"+o.name == name {
			return &usageError{fmt.Sprintf("--%s goes with %s only", name, o.in), seeHelp(cmd)}
		}
	}
	err := &usageError{"unknown option --" + name, seeHelp(cmd)}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	if near := nearest(name, names); near != "" {
		err.hint = "did you mean --" + near + "?"
	}
	return err
}

// String names the commands of a scope, for messages.
func (s scope) String() string {
	var names []string
	for _, c := range []struct {
		in   scope
		name string
	}{{inSession, "a session"}, {inAttach, "attach"}, {inList, "ls"}, {inKill, "kill"}, {inDoctor, "doctor"}} {
		if s&c.in != 0 {
			names = append(names, c.name)
		}
	}
	return strings.Join(names, ", ")
}

// seeHelp is the hint of mistakes that have no better one.
func seeHelp(cmd *cobra.Command) string { return "see " + cmd.CommandPath() + " --help" }
