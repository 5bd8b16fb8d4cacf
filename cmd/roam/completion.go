package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"roam/bootstrap"
	"roam/server"
	"roam/sessions"
	"roam/sshhosts"
)

// completionTime is how long completion may take to ask a host for its sessions: a person
// who waits longer types the id.
const completionTime = 2 * time.Second

func (p *program) completionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "completion SHELL",
		Short: "print a script that completes roam's words",
		Long: `
Prints a script for a shell (bash, zsh, fish or powershell) that completes commands,
options, their values, hosts and sessions.

  bash        in ~/.bashrc: eval "$(roam completion bash)"
  zsh         in ~/.zshrc, after compinit: eval "$(roam completion zsh)"
  fish        roam completion fish >~/.config/fish/completions/roam.fish
  powershell  roam completion powershell | Out-String | Invoke-Expression

Hosts are those of ssh_config and of known_hosts, where that is not hashed. Sessions of
another host are asked for only over a connection of ssh that is open and shared
(ControlMaster), so that nothing asks for a password.

@options
`,
		Args:      plainArgs(1),
		ValidArgs: []string{"bash", "zsh", "fish", "powershell"},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return &usageError{"no shell given", seeHelp(cmd)}
			}
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return bashCompletion(root, p.out)
			case "zsh":
				return root.GenZshCompletion(p.out)
			case "fish":
				return root.GenFishCompletion(p.out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(p.out)
			}
			return &usageError{"\"" + args[0] + "\" is none of bash, zsh, fish and powershell", seeHelp(cmd)}
		},
	}
	addHelp(cmd, sectionOptions)
	return cmd
}

// bashStart takes the place of the function that cobra's script begins with: that one needs
// the package bash-completion, and takes user@host for three words, as readline does.
const bashStart = `
__start_roam()
{
    local cur prev words cword split out directive
    local line=${COMP_LINE:0:COMP_POINT}
    COMPREPLY=()
    read -ra words <<<"$line"
    if [[ $line == *[[:blank:]] ]]; then words+=(""); fi
    cword=$((${#words[@]} - 1))
    cur=${words[cword]}
    __roam_get_completion_results
    __roam_process_completion_results
    # readline replaces what begins with the at sign only
    if [[ $cur == *@* && $COMP_WORDBREAKS == *@* ]]; then
        COMPREPLY=("${COMPREPLY[@]#"${cur%@*}"}")
    fi
}
`

// bashCompletion writes the script for bash.
func bashCompletion(root *cobra.Command, out io.Writer) error {
	var script bytes.Buffer
	if err := root.GenBashCompletionV2(&script, true); err != nil {
		return err
	}
	_, err := io.WriteString(out, script.String()+bashStart)
	return err
}

// completeHost completes a command's first word behind the options: a host, with the user
// in front if there is one.
func (a *roamArgs) completeHost(word string) (found []string) {
	user, _, _ := strings.Cut(word, "@")
	if user == word {
		user = ""
	} else {
		user += "@"
	}
	home, _ := os.UserHomeDir()
	for _, host := range sshhosts.Names(home, a.sshConfigFile()) {
		if strings.HasPrefix(user+host, word) {
			found = append(found, user+host)
		}
	}
	return found
}

// sshConfigFile returns the file that -F names.
func (a *roamArgs) sshConfigFile() (name string) {
	for i, o := range a.options {
		if o == "-F" && i+1 < len(a.options) {
			name = a.options[i+1]
		}
	}
	return name
}

// completeSession completes the id of a session of the host of a or, if that is empty,
// of this machine.
func (a *roamArgs) completeSession(ctx context.Context, word string) (found []string) {
	for _, s := range a.sessionsSilently(ctx) {
		if id := strconv.Itoa(s.PID); strings.HasPrefix(id, word) {
			found = append(found, strings.TrimSuffix(cobra.CompletionWithDesc(id, s.Foreground), "\t"))
		}
	}
	return found
}

// sessionsSilently returns the sessions of a's host as far as nothing need be asked for them.
func (a *roamArgs) sessionsSilently(ctx context.Context) []server.Status {
	if a.host == "" {
		return server.List(os.Environ())
	}
	c := a.sshConfig(console{})
	c.Console = bootstrap.Console{Noise: io.Discard, Stderr: io.Discard}
	if !bootstrap.Shared(ctx, c) {
		return nil
	}
	// It may be gone by now; a new one must not ask.
	c.Options = append(c.Options, "-o", "BatchMode=yes", "-o", "ControlMaster=no")
	found, _ := sessions.List(ctx, c) // what fails has no sessions
	return found
}

// completeOperands completes the words behind the options of the command that a is of.
func (a *roamArgs) completeOperands() cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, word string) (found []string, _ cobra.ShellCompDirective) {
		takesIDs := a.in&(inAttach|inKill) != 0
		if len(args) == 0 {
			found = a.completeHost(word)
		} else {
			a.host = args[0]
		}
		// A first word of digits is an id already, on this machine.
		if a.host != "" && strings.Trim(a.host, "0123456789") == "" {
			a.host = ""
		}
		more := len(args) == 0 || a.in == inKill || a.host != "" && len(args) == 1
		if takesIDs && more {
			ctx, cancel := context.WithTimeout(context.Background(), completionTime)
			defer cancel()
			found = append(found, a.completeSession(ctx, word)...)
		}
		return found, cobra.ShellCompDirectiveNoFileComp
	}
}

// describedOption is a line of a help text that begins the description of an option.
var describedOption = regexp.MustCompile(`^ +((?:-., )?-[-\w]+)(?: [A-Z][^ ]*)? +(\S.*)`)

// completeForeign completes the options of a command that reads its own command line, as
// its help describes them.
func completeForeign(cmd *cobra.Command, args []string, word string) (found []string, _ cobra.ShellCompDirective) {
	if !strings.HasPrefix(word, "-") || slices.Contains(args, "--") {
		return nil, cobra.ShellCompDirectiveDefault // files, as values and commands may be
	}
	for line := range strings.Lines(cmd.Annotations[noteHelpText]) {
		m := describedOption.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		for name := range strings.SplitSeq(m[1], ", ") {
			if strings.HasPrefix(name, word) {
				found = append(found, cobra.CompletionWithDesc(name, brief(m[2])))
			}
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp
}
