package main

import (
	"github.com/spf13/cobra"
)

// shells have completion.
var shells = []string{"bash", "zsh", "fish", "powershell"}

func (p *program) completionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "completion SHELL",
		Short: "print a script that completes roam's words in bash, zsh, fish or powershell",
		Long: `
Prints a script for a shell (bash, zsh, fish or powershell) that completes commands,
options, their values, hosts and sessions.

  bash        eval "$(roam completion bash)" in ~/.bashrc, with bash-completion
  zsh         eval "$(roam completion zsh)" in ~/.zshrc, after compinit
  fish        roam completion fish >~/.config/fish/completions/roam.fish
  powershell  roam completion powershell | Out-String | Invoke-Expression

@options
`,
		Args:      plainArgs(1),
		ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return &usageError{"no shell given", seeHelp(cmd)}
			}
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(p.out, true)
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
