// Command emulators measures how fast terminal emulators interpret output, side
// by side on the payloads of roam's own benchmarks: roam's, others in Go, C and
// JavaScript, and, through a pseudo-terminal, whole programs that have one.
//
// Each run is a process of its own. The table has megabytes a second, the
// median of the runs. Peers that the machine lacks are named as missing.
//
//	cd bench && go run ./emulators -n 5
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"roam/bench/internal/sample"
	"roam/internal/payload"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// A size is that of a screen.
type size struct{ cols, rows int }

func run(args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 {
		if f, ok := children[args[0]]; ok { // a run: a process that this one started
			if err := f(args[1:], stdout); err != nil {
				fmt.Fprintln(stderr, "emulators:", err)
				return 1
			}
			return 0
		}
	}
	flags := flag.NewFlagSet("emulators", flag.ContinueOnError)
	flags.SetOutput(stderr)
	n := flags.Int("n", 5, "`runs` of each peer on each payload")
	bytes := flags.Int("bytes", 4<<20, "`bytes` of a payload")
	var s size
	flags.IntVar(&s.cols, "cols", 80, "`columns` of the screen; the payloads are drawn for 80x24")
	flags.IntVar(&s.rows, "rows", 24, "`rows` of the screen")
	names := flags.String("peers", "", "`names` of the peers to run, with commas; empty for all")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if err := measure(stdout, stderr, s, *n, *bytes, *names); err != nil {
		fmt.Fprintln(stderr, "emulators:", err)
		return 1
	}
	return 0
}

// measure runs the peers named and prints the table.
func measure(stdout, stderr io.Writer, s size, n, bytes int, names string) error {
	dir, err := os.MkdirTemp("", "emulators")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	payloads := payload.All()
	for _, p := range payloads {
		if err := os.WriteFile(filepath.Join(dir, p.Name), p.Bytes(bytes), 0o600); err != nil {
			return err
		}
	}
	fmt.Fprintf(stdout, "MB/s at %dx%d, median of %d runs\n\n| emulator |", s.cols, s.rows, n)
	for _, p := range payloads {
		fmt.Fprintf(stdout, " %s |", p.Name)
	}
	fmt.Fprintf(stdout, " spread |\n|---|%s\n", strings.Repeat("---|", len(payloads)+1))
	known := map[string]bool{}
	for _, p := range peers {
		known[p.name] = true
		if names != "" && !slices.Contains(strings.Split(names, ","), p.name) {
			continue
		}
		start, err := p.prepare(dir)
		if err != nil {
			fmt.Fprintf(stdout, "| %s | missing: %s |\n", p.title, strings.ReplaceAll(firstLine(err), "|", "/"))
			fmt.Fprintln(stderr, "emulators:", p.name, "is missing:", err)
			continue
		}
		row(stdout, stderr, p, payloads, func(name string) (float64, error) { return start(s, filepath.Join(dir, name)) }, n)
	}
	for name := range strings.SplitSeq(names, ",") {
		if name != "" && !known[name] {
			return fmt.Errorf("no peer is named %q", name)
		}
	}
	return nil
}

// row measures one peer and prints its line.
func row(stdout, stderr io.Writer, p peer, payloads []payload.Payload, once func(name string) (float64, error), n int) {
	fmt.Fprintf(stdout, "| %s |", p.title)
	spread, failed := 0.0, false
	for _, load := range payloads {
		if failed { // it would take as long each time
			fmt.Fprint(stdout, " failed |")
			continue
		}
		var rates sample.Sample
		for range n {
			rate, err := once(load.Name)
			if err != nil {
				fmt.Fprintf(stderr, "emulators: %s on %s: %v\n", p.name, load.Name, err)
				break
			}
			rates = append(rates, rate)
		}
		if failed = len(rates) < n; failed {
			fmt.Fprint(stdout, " failed |")
			continue
		}
		spread = max(spread, rates.Spread())
		fmt.Fprintf(stdout, " %.3g |", rates.Median())
	}
	fmt.Fprintf(stdout, " %.0f %% |\n", 100*spread)
}

// firstLine returns the first line of what err says.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
