package main

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"roam/trace"
	"roam/trace/plot"
)

// traceCommand has what can be done with traces.
func (p *program) traceCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "trace plot [options] FILE",
		Short: "draw what the protocol did in a session",
		Long:  "Has what can be done with traces, which --trace or ROAM_TRACE write.\n\n" + markCommands + "\n\n" + markOptions,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return &usageError{`trace: want "plot" and a file`, seeHelp(cmd)}
			}
			return unknownCommand(cmd, args[0])
		},
	}
	addHelp(cmd, sectionOptions)
	cmd.AddCommand(p.plotCommand())
	return cmd
}

// plotCommand draws a trace.
func (p *program) plotCommand() *cobra.Command {
	part := plot.Part{To: math.Inf(1)}
	cmd := &cobra.Command{
		Use:   "plot [options] FILE >PICTURE.svg",
		Short: "draw a trace, as SVG",
		Long: `
Draws what a trace holds, that --trace or ROAM_TRACE has written: states and their
acknowledgements, losses, round trips, what is on its way, and datagrams, over time.

@options
`,
		Args: plainArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return &usageError{"no file given", seeHelp(cmd)}
			}
			if err := drawTrace(p.out, args[0], part); err != nil {
				p.errorf("%v", err)
				p.status = exitFailed
			}
			return nil
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().AddFlag(newFlag("from", "SECONDS", sectionOptions, "begin with this time", seconds(&part.From)))
	cmd.Flags().AddFlag(newFlag("to", "SECONDS", sectionOptions, "end with this time", seconds(&part.To)))
	addHelp(cmd, sectionOptions)
	return cmd
}

// seconds is the set of a flag whose value is a time in seconds.
func seconds(to *float64) func(v string) error {
	return func(v string) (err error) {
		if *to, err = strconv.ParseFloat(v, 64); err != nil || math.IsNaN(*to) {
			return fmt.Errorf("%q is no number of seconds", v)
		}
		return nil
	}
}

// drawTrace writes the picture of a trace.
func drawTrace(out *os.File, file string, part plot.Part) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	t, err := trace.Read(f)
	if err != nil {
		return fmt.Errorf("%w: %s", err, file)
	}
	w := bufio.NewWriter(out)
	if err := plot.SVG(w, t, part); err != nil {
		return err
	}
	return w.Flush()
}
