package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// exitStatuses are what roam ends with; README.md and the manual have them.
var exitStatuses = []entry{
	{left: "0", help: "the session ended; if both ends are roam, the remote command's or shell's own status, 128 + n for signal n"},
	{left: "1", help: "there was no session: no answer by UDP, no terminal; or its end was not confirmed"},
	{left: "2", help: "the command line makes no sense"},
	{left: "3", help: "ssh, or the local server, could not be started"},
	{left: "4", help: "no server was found on the host"},
	{left: "5", help: "the server ended without starting a session; its words are in the message"},
	{left: "6", help: "what the host printed in place of the server's start line makes no sense"},
	{left: "7", help: "no UDP address of the host is known; with --local, the address is not one of this machine"},
	{left: "130", help: "interrupted while ssh starts the session; later, before the server has answered, it is 1"},
	{left: "255", help: "ssh failed, as with ssh; its own words stand above the message"},
}

// environment are the variables that roam reads; those with MOSH_ beside them are read under
// that name too where the other is not set.
var environment = []entry{
	{left: "ROAM_PREDICTION_DISPLAY, MOSH_PREDICTION_DISPLAY", help: "as --predict"},
	{left: "ROAM_PREDICTION_OVERWRITE, MOSH_PREDICTION_OVERWRITE", help: "yes: as --predict-overwrite"},
	{left: "ROAM_ESCAPE_KEY, MOSH_ESCAPE_KEY", help: "the key that begins escape commands, one character, instead of Ctrl-^; empty for none"},
	{left: "ROAM_PROBE, MOSH_PROBE", help: "off: the terminal is not asked what it can do"},
	{left: "ROAM_TITLE_NOPREFIX, MOSH_TITLE_NOPREFIX", help: "set to anything: the window's title stays as the remote side sets it"},
	{left: "ROAM_NO_TERM_INIT, MOSH_NO_TERM_INIT", help: "set to anything: as --no-init"},
	{left: "ROAM_CLIPBOARD", help: "as --clipboard"},
	{left: "ROAM_PREDICT_AHEAD", help: "as --predict-ahead"},
	{left: "ROAM_TRACE", help: "as --trace"},
	{left: "NO_COLOR", help: "set to anything but nothing: messages have no colours, as with TERM=dumb, and where standard error is no terminal"},
}

// variables says in a sentence which variables there are.
func variables() string {
	var both, own []string
	for _, e := range environment {
		if name, fallback, _ := strings.Cut(e.left, ", "); fallback != "" {
			both = append(both, name)
		} else {
			own = append(own, name)
		}
	}
	return "Environment: " + strings.Join(both, ", ") + "; the same with MOSH_ in front as fall-back; " + strings.Join(own, ", ") + ". The manual, roam(1), says what they do."
}

// configText describes the file of settings: roam-config(5).
const configText = `
roam reads settings for each host from ~/.config/roam/config, or from roam/config below
$XDG_CONFIG_HOME, or from the file that --config names. The file has the syntax of
ssh_config(5): a line has a name and a value, parted by blanks or an equals sign; a value
with blanks stands in double quotes; a number sign begins a comment.

What follows a line "Host" with patterns is for the hosts whose name, as it is given to
roam, fits one of them, and none that an exclamation mark stands before. In a pattern, *
stands for any text and ? for any character. What stands before the first such line is for
all hosts. Of several values the first counts, so what is special comes first. Names do not
heed case.

The command line goes before the file, and so does the environment. A switch that the file
turns on is turned off by its --no-.

A file that others than its owner can write, or that is another user's, is refused, since
settings name programs to run. What cannot be obeyed is an error that names the line.

Each setting is an option of roam(1), and is named like it:

@options

An example:

  Host *.example.com !slow.example.com
      PredictAhead off
      Port 60001:60010

  Host *
      Clipboard ask
      Init no
`

// configPage is roam-config(5).
func configPage() page {
	p := page{text: configText}
	for i := range options {
		if o := &options[i]; !o.fixed {
			value := o.value
			if value == "" {
				value = "yes|no"
			}
			p.options = append(p.options, entry{"Settings", o.setting() + noBreak + value, o.help})
		}
	}
	return p
}

// manCommand prints the manual's pages, for who packs roam.
func (p *program) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:       "man roam|roam-config",
		Hidden:    true,
		Args:      plainArgs(1),
		ValidArgs: []string{"roam", "roam-config"},
		RunE: func(cmd *cobra.Command, args []string) error {
			switch strings.Join(args, "") {
			case "roam":
				io.WriteString(p.out, roamManual(p.tree()))
			case "roam-config":
				io.WriteString(p.out, configManual())
			default:
				return &usageError{problem: "there are the pages roam and roam-config"}
			}
			return nil
		},
	}
}

// A roff is a page of the manual in the making, in the macros of man(7).
type roff struct{ strings.Builder }

func newRoff(name string, section int, short string) *roff {
	r := &roff{}
	fmt.Fprintf(r, ".TH %s %d \"\" roam\n.SH NAME\n%s \\- %s\n", strings.ToUpper(escape(name)), section, escape(name), prose(short))
	return r
}

// roamManual is roam(1).
func roamManual(root *cobra.Command) string {
	p := pageOf(root)
	r := newRoff("roam", 1, root.Short)
	r.synopsis(p.usage)
	r.heading("DESCRIPTION")
	r.page(p, ".SH")
	r.heading("COMMANDS IN DETAIL")
	r.commands(root)
	r.list("EXIT STATUS", exitStatuses)
	r.list("FILES", []entry{
		{left: "~/.config/roam/config", help: "settings for each host, see roam-config(5)"},
		{left: "~/.ssh/config", help: "ssh's own settings, which hold for the start and name the host"},
	})
	r.heading("SEE ALSO")
	r.WriteString(".BR roam\\-config (5),\n.BR ssh (1),\n.BR ssh_config (5),\n.BR mosh (1)\n")
	return r.String()
}

// configManual is roam-config(5).
func configManual() string {
	r := newRoff("roam-config", 5, "settings of roam for each host")
	r.heading("DESCRIPTION")
	r.page(configPage(), ".SH")
	r.heading("SEE ALSO")
	r.WriteString(".BR roam (1),\n.BR ssh_config (5)\n")
	return r.String()
}

// commands describes those below cmd, each under its command line.
func (r *roff) commands(cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		switch {
		case sub.Hidden || sub.Name() == "help":
			continue
		case sub.HasSubCommands():
			r.commands(sub)
			continue
		}
		p := pageOf(sub)
		fmt.Fprintf(r, ".SS %s\n", escape(p.usage[0]))
		if text := sub.Annotations[noteHelpText]; text != "" {
			r.verbatim(text)
			continue
		}
		p.options = p.options[:len(p.options)-1] // --help goes without saying
		r.page(p, "")
	}
}

func (r *roff) heading(text string) { fmt.Fprintf(r, ".SH %s\n", escape(text)) }

func (r *roff) synopsis(usage []string) {
	r.heading("SYNOPSIS")
	for i, line := range usage {
		if i > 0 {
			r.WriteString(".br\n")
		}
		name, rest, _ := strings.Cut(line, " ")
		fmt.Fprintf(r, "\\fB%s\\fR %s\n", name, prose(rest))
	}
}

// page writes what a page says; lists get a heading with the macro, or none.
func (r *roff) page(p page, heading string) {
	first := true
	for paragraph := range strings.SplitSeq(strings.TrimSpace(p.text), "\n\n") {
		switch paragraph {
		case markCommands:
			r.entries(p.commands, heading)
		case markOptions:
			r.entries(p.options, heading)
		case markEnvironment:
			r.list("ENVIRONMENT", environment)
		default:
			if !first {
				r.WriteString(".PP\n")
			}
			r.paragraph(fill(paragraph))
		}
		first = false
	}
}

// paragraph writes lines, those that begin with a blank as they are.
func (r *roff) paragraph(text string) {
	table := ""
	for line := range strings.SplitSeq(text, "\n") {
		switch kept := strings.HasPrefix(line, " "); {
		case kept && len(line) > helpWidth: // a list of words
			r.WriteString(".RS 4\n" + prose(strings.TrimSpace(line)) + "\n.RE\n")
		case kept:
			table += strings.TrimPrefix(line, "  ") + "\n"
		default:
			r.WriteString(prose(line) + "\n")
		}
	}
	if table != "" {
		r.verbatim(table)
	}
}

// verbatim writes text as it is.
func (r *roff) verbatim(text string) {
	r.WriteString(".RS 4\n.nf\n")
	for line := range strings.Lines(strings.TrimSpace(text)) {
		r.WriteString(guard(escape(strings.TrimRight(line, "\n"))) + "\n")
	}
	r.WriteString(".fi\n.RE\n")
}

// list writes entries below a heading.
func (r *roff) list(heading string, entries []entry) {
	r.heading(heading)
	r.entries(entries, "")
}

// entries writes a list; where a section begins, its heading.
func (r *roff) entries(entries []entry, heading string) {
	for i, e := range entries {
		if heading != "" && (i == 0 || e.section != entries[i-1].section) {
			fmt.Fprintf(r, "%s %s\n", heading, strings.ToUpper(escape(e.section)))
		}
		name, value, _ := strings.Cut(e.left, noBreak)
		left := "\\fB" + escape(name) + "\\fR"
		if value != "" {
			left += " \\fI" + escape(value) + "\\fR"
		}
		fmt.Fprintf(r, ".TP\n%s\n%s\n", left, prose(e.help))
	}
}

// escape returns text in which no character means anything to troff.
func escape(text string) string {
	return strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`, noBreak, `\ `).Replace(text)
}

// prose is escape for sentences, in which a hyphen within a word is one.
func prose(text string) string {
	words := strings.Split(text, " ")
	for i, word := range words {
		plain := strings.Trim(word, `"'([.,;:)]`)
		if strings.HasPrefix(plain, "-") || strings.ContainsAny(plain, "/_|") {
			words[i] = escape(word)
		} else {
			words[i] = strings.ReplaceAll(escape(word), `\-`, "-")
		}
	}
	return guard(strings.Join(words, " "))
}

// guard keeps the start of a line from being a request.
func guard(line string) string {
	if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
		return `\&` + line
	}
	return line
}
