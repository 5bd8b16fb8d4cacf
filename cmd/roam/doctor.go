package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"roam/bootstrap"
	"roam/client"
	"roam/config"
	"roam/doctor"
	"roam/install"
	"roam/internal/voice"
)

func (p *program) doctorCommand() *cobra.Command {
	a := newArgs(inDoctor)
	cmd := &cobra.Command{
		Use:   "doctor [options] [[user@]host]",
		Short: "find out what keeps sessions from working",
		Long: `
Looks at what a session needs: the program, the settings, the locale and the terminal
here; and for a host, through one run of ssh, its server program, locale, clock and
firewall, and how UDP gets there and back: round trip, loss and the size of datagrams.
For each it says ok, warning or failed, why, and the command that mends it, where there
is one. Nothing is changed or installed. The exit status is 1 if something has failed.

ssh's options are those of roam itself.

@options
`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			err := a.complete(cmd, p.args[1:])
			switch {
			case err != nil:
			case a.onlySSH != "":
				err = &usageError{fmt.Sprintf("%s does not go with %s", a.onlySSH, cmd.Name()), seeHelp(cmd)}
			case len(a.command) > 0:
				err = &usageError{problem: "doctor takes a host and no more"}
			default:
				p.status, err = a.logged(p.console, func(con console) int { return examine(a, con) })
			}
			return err
		},
	}
	addOptions(cmd, a)
	return cmd
}

// examine prints what there is to say of this machine, of a host if one is given, and of
// the way there.
func examine(a *roamArgs, con console) int {
	report := &doctor.Report{Host: a.host}
	report.Add(a.localFacts(con).Findings()...)
	if a.host != "" {
		facts, err := interruptible(func(ctx context.Context) (doctor.HostFacts, error) {
			return doctor.Examine(ctx, a.doctorConfig(con))
		})
		if err != nil {
			return con.report(err)
		}
		report.Add(facts.Findings()...)
		report.UDP = facts.UDP
	}
	var err error
	if a.json {
		err = report.WriteJSON(con.out)
	} else {
		err = report.WriteText(con.out, voice.For(con.out, os.Getenv))
	}
	if err != nil {
		con.errorf("%v", err)
		return exitFailed
	}
	if !report.OK {
		return exitFailed
	}
	return exitOK
}

// localFacts are what is known of this machine.
func (a *roamArgs) localFacts(con console) doctor.Local {
	l := doctor.Local{
		Program: doctor.Program(), Version: version(), Environ: os.Environ(),
		Tty: isTerminal(con.in), UDP: doctor.Sockets(),
	}
	if path := a.configPath(); path != "" {
		if _, err := os.Lstat(path); err == nil || a.misconfigured != nil {
			l.Config = path
		}
	}
	if a.misconfigured != nil {
		l.Problem = a.misconfigured.Error()
	}
	if terminal, err := client.LoadTerminal(os.Getenv("TERM"), os.Getenv("COLORTERM")); err != nil {
		l.Terminal = strings.TrimPrefix(err.Error(), "client: ")
	} else {
		l.Colors = max(terminal.Colors(), 0)
	}
	if cols, rows, err := term.GetSize(int(con.in.Fd())); err == nil {
		l.Cols, l.Rows = cols, rows
	}
	return l
}

// configPath returns the path of the file of settings, "" if there is to be none.
func (a *roamArgs) configPath() string {
	switch a.config {
	case "":
		return config.Path(getenv)
	case noConfig:
		return ""
	}
	return a.config
}

// doctorConfig is the way to the host as a session takes it, but that nothing is
// installed there.
func (a *roamArgs) doctorConfig(con console) bootstrap.SSHConfig {
	c := a.sshConfig(con)
	c.Install.Mode = install.Never
	c.Program = bootstrap.Program{Bind: a.bind, Ports: a.ports, Locale: bootstrap.Locale(os.Environ())}
	return c
}
