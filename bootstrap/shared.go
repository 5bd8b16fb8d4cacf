package bootstrap

import (
	"context"
	"os/exec"
	"slices"
)

// Shared reports whether the user's ssh has a connection to the host of c that new ones
// share (ControlMaster): it asks for nothing and connects to nothing.
func Shared(ctx context.Context, c SSHConfig) bool {
	if len(c.Command) == 0 {
		c.Command = []string{"ssh"}
	}
	args := slices.Concat(c.Command[1:], c.Options, []string{"-O", "check", c.Host})
	cmd := exec.CommandContext(ctx, c.Command[0], args...)
	cmd.Env = c.Console.environ()
	return cmd.Run() == nil
}
