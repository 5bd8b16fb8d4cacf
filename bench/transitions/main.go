// Command transitions counts the host bytes of usual changes of a screen: those
// that stock mosh's server sends, and roam's diffs between the same screens.
//
// Programs run on a pseudo-terminal of 80x24 and get keys; what they print is
// recorded. Then a stock server prints the same, a key's worth at a time, and a
// client of ours counts the host bytes. roam's emulator, in the dialect of a
// stock peer, so that its screens are the same, prints it too. Last come the
// bytes for a roam client, whose screens have what stock's lack: the alternate
// screen, and the old one back when a program ends.
//
//	cd bench && go run ./transitions
package main

import (
	"fmt"
	"io"
	"os"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

const (
	cols = 80
	rows = 24
)

func run(args []string, stdout, stderr io.Writer) int {
	var err error
	switch {
	case len(args) == 3 && args[0] == "replay":
		err = replay(args[1], args[2])
	case len(args) == 0:
		err = compare(stdout, stderr)
	default:
		err = fmt.Errorf("it takes no arguments")
	}
	if err != nil {
		fmt.Fprintln(stderr, "transitions:", err)
		return 1
	}
	return 0
}

// compare records all stories, plays them and prints the table.
func compare(stdout, stderr io.Writer) error {
	dir, err := os.MkdirTemp("", "transitions")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fmt.Fprintf(stdout, "Host bytes at %dx%d\n\n| transition | stock | roam | to a roam client | frames of stock |\n|---|---|---|---|---|\n", cols, rows)
	sum := counted{}
	for i, s := range stories {
		steps, err := s.record(dir)
		if err != nil {
			return fmt.Errorf("%s: %w", s.steps[0].name, err)
		}
		results, err := play(dir, steps)
		if err != nil {
			return fmt.Errorf("story %d: %w", i, err)
		}
		for j, r := range results {
			if steps[j].name == "" {
				continue
			}
			if !r.alike {
				fmt.Fprintf(stderr, "transitions: %s: the two emulators show different screens\n", steps[j].name)
			}
			fmt.Fprintf(stdout, "| %s | %d | %d | %d | %d |\n", steps[j].name, r.stock, r.roam, r.own, r.frames)
			sum.stock, sum.roam, sum.own = sum.stock+r.stock, sum.roam+r.roam, sum.own+r.own
		}
	}
	fmt.Fprintf(stdout, "| sum | %d | %d (%.0f %%) | %d | |\n", sum.stock, sum.roam, 100*float64(sum.roam)/float64(sum.stock), sum.own)
	return nil
}
