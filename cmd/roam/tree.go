package main

import (
	"strings"

	"github.com/spf13/cobra"

	"roam/client"
	"roam/server"
)

// A program is one run of roam.
type program struct {
	console
	args   []string // all words behind the name
	status int      // exit status
}

// runRoam is the program roam: the command that the first word names, else a session.
func (p *program) run() int {
	if len(p.args) == 0 {
		p.err.WriteString(helpOf(p.tree(), widthFor(p.err)))
		return exitUsage
	}
	root := p.tree()
	if !p.named(root) {
		// Only the first word can name a command; "roam -- server", "roam -4 server"
		// and "roam me@server" log in to a host of that name.
		root.RemoveCommand(root.Commands()...)
	}
	root.SetArgs(p.args)
	if err := root.Execute(); err != nil {
		return p.reportUsage(err)
	}
	return p.status
}

// named reports whether the command line, also one to be completed, may name a command
// or names one.
func (p *program) named(root *cobra.Command) bool {
	words := p.args
	if words[0] == cobra.ShellCompRequestCmd || words[0] == cobra.ShellCompNoDescRequestCmd {
		if words = words[1:]; len(words) < 2 { // the last word is the one to be completed
			return true
		}
	}
	for _, cmd := range root.Commands() {
		if cmd.Name() == words[0] {
			return true
		}
	}
	return false
}

// tree returns all commands with their flags and what there is to say of them: help, man
// pages, completion and the usage in README.md come from it.
func (p *program) tree() *cobra.Command {
	root := p.sessionCommand()
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SetFlagErrorFunc(flagError)
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.err)
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		if cmd.Parent() == nil { // its commands may have been taken away
			cmd = p.tree()
		}
		p.out.WriteString(helpOf(cmd, widthFor(p.out)))
	})
	root.CompletionOptions.DisableDefaultCmd = true
	cobra.EnableCommandSorting = false
	helper := p.helpCommand()
	root.SetHelpCommand(helper)
	root.AddCommand(p.listCommand(), p.killCommand(), p.attachCommand(), p.doctorCommand(), p.serverCommand(), p.clientCommand(),
		p.traceCommand(), p.completionCommand(), p.versionCommand(), helper, p.manCommand())
	return root
}

// plainArgs are the arguments of a command that takes a number of words and no flag but
// --help.
func plainArgs(most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > most {
			return &usageError{"too many words for " + cmd.CommandPath(), seeHelp(cmd)}
		}
		return nil
	}
}

// sessionCommand is roam itself.
func (p *program) sessionCommand() *cobra.Command {
	a := newArgs(inSession)
	cmd := &cobra.Command{
		Use:         "roam [options] [user@]host [command...]",
		Annotations: map[string]string{noteUsage: "roam --local [options] [address [command...]]\nroam COMMAND [options] [argument...]"},
		Short:       "remote terminal that survives roaming, sleep and outages",
		Long: strings.NewReplacer("{ssh}", sshLetters(false), "{only ssh}", sshLetters(true)).Replace(`
Logs in to host by ssh, starts a server there, and goes on over encrypted UDP, so that
the session outlives changes of address, sleep and outages. The server is roam or,
where that is missing, mosh-server. Options stand before the host or, as with ssh, after it;
what follows them is run there by the login shell.

@commands

Each has its own --help. Without a host, ls, kill, attach and doctor are about this
machine. A host called like a command is reached by "roam -- server" or "me@server".

Options of ssh, with ssh's meaning (see ssh(1)):
  {ssh}

Where only ssh will do, roam replaces itself by ssh with the same arguments: for
{only ssh}, for the same things asked for with -o, and for
a command or a shell whose input or output is no terminal.

@options

@environment
`),
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			err := a.complete(cmd, p.args)
			if err == nil {
				p.status, err = a.logged(p.console, func(con console) int { return startSession(a, con) })
			}
			return err
		},
	}
	addOptions(cmd, a)
	return cmd
}

// taskCommand returns a command about sessions: run is what it does with the ids that it
// is given.
func (p *program) taskCommand(cmd *cobra.Command, in scope, run func(a *roamArgs, ids []int, con console) int) *cobra.Command {
	a := newArgs(in)
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		ids, err := a.task(cmd, p.args[1:])
		if err == nil {
			p.status, err = a.logged(p.console, func(con console) int { return run(a, ids, con) })
		}
		return err
	}
	addOptions(cmd, a)
	return cmd
}

func (p *program) listCommand() *cobra.Command {
	return p.taskCommand(&cobra.Command{
		Use:   "ls [options] [[user@]host]",
		Short: "show your sessions on a host",
		Long: `
Shows your sessions on a host, or on this machine: since when each runs, who is
attached, when the client was last heard, and what runs in it. The id in front is
what kill and attach take.

ssh's options are those of roam itself.

@options
`}, inList, listSessions)
}

func (p *program) killCommand() *cobra.Command {
	return p.taskCommand(&cobra.Command{
		Use:   "kill [options] [[user@]host] id...",
		Short: "end sessions",
		Long: `
Ends sessions on a host, or on this machine, with what runs in them. The ids are those
that "roam ls" lists.

ssh's options are those of roam itself.

@options
`}, inKill, endSessions)
}

func (p *program) attachCommand() *cobra.Command {
	return p.taskCommand(&cobra.Command{
		Use:   "attach [options] [[user@]host] [id]",
		Short: "go on with a session from here",
		Long: `
Goes on with a session from wherever its client is, which ends with a notice. The id
is one that "roam ls" lists; it may be left out if there is one only. It comes with
ssh's log-in: the id alone opens nothing.

ssh's options are those of roam itself.

@options
`}, inAttach, attachSession)
}

// foreign completes a command that reads its own command line.
func foreign(cmd *cobra.Command) *cobra.Command {
	cmd.DisableFlagParsing = true
	cmd.ValidArgsFunction = completeForeign
	return cmd
}

func (p *program) serverCommand() *cobra.Command {
	return foreign(&cobra.Command{
		Use:         "server [options] [-- command...]",
		Short:       "the end on the host, which roam runs for you",
		Annotations: map[string]string{noteHelpText: server.Usage(server.RoamName)},
		Run: func(_ *cobra.Command, args []string) {
			p.status = server.Main(server.RoamName, args, p.in, p.out, p.err)
		},
	})
}

func (p *program) clientCommand() *cobra.Command {
	return foreign(&cobra.Command{
		Use:         "client [options] ip port",
		Short:       "the end on this machine, which roam is for itself",
		Annotations: map[string]string{noteHelpText: client.Usage("roam client")},
		Run: func(_ *cobra.Command, args []string) {
			p.status = client.Main("roam client", args, p.in, p.out, p.err)
		},
	})
}

func (p *program) helpCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "help [command...]",
		Short: "print the help of roam or of a command",
		Long:  "Prints what --help prints: of roam, or of a command.\n\n" + markOptions,
		RunE: func(cmd *cobra.Command, args []string) error {
			about := p.tree()
			for _, word := range args {
				var next *cobra.Command
				for _, c := range about.Commands() {
					if c.Name() == word {
						next = c
					}
				}
				if next == nil {
					return unknownCommand(about, word)
				}
				about = next
			}
			p.out.WriteString(helpOf(about, widthFor(p.out)))
			return nil
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) (names []string, _ cobra.ShellCompDirective) {
			if len(args) == 0 {
				for _, c := range cmd.Root().Commands() {
					if !c.Hidden {
						names = append(names, cobra.CompletionWithDesc(c.Name(), c.Short))
					}
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
	addHelp(cmd, sectionOptions)
	return cmd
}

// unknownCommand is the error of a word that should name a command below cmd.
func unknownCommand(cmd *cobra.Command, word string) error {
	var names []string
	for _, c := range cmd.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	err := &usageError{"\"" + word + "\" is no command of " + cmd.CommandPath(), seeHelp(cmd)}
	if near := nearest(word, names); near != "" {
		err.hint = "did you mean " + near + "?"
	}
	return err
}
