// Command lab measures sessions of roam beside stock mosh and ssh, on simulated
// paths between two network namespaces, and prints the tables of docs/performance.md
// as markdown. It needs root. It builds roam from the clone that it is in.
//
//	cd bench && go run ./lab -quick
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"roam/bench/internal/host"
	"roam/bench/lab/helper"
	"roam/bench/lab/trial"
)

func main() {
	if status, known := helper.Main(os.Args); known {
		os.Exit(status)
	}
	// The threads that are the path and the screens must never wait for Go's
	// scheduler; the kernel's decides who gets a processor.
	runtime.GOMAXPROCS(16)
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// Exit statuses.
const (
	exitOK      = 0
	exitFailed  = 1 // something was not measured; the tables say what
	exitMissing = 2 // wrong arguments, or what is needed is not here
)

// options are what the command line asks for.
type options struct {
	quick     bool
	tables    []string
	systems   []string // nil: each table's own
	scenarios []string // nil: each table's own
	workloads []string // nil: each table's own
	reps      int
	parallel  int
	raw, from string
	program   string // roam
}

func run(args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	if err != nil {
		if err != flag.ErrHelp {
			fmt.Fprintf(stderr, "lab: %v\n", err)
		}
		return exitMissing
	}
	if o.from != "" {
		return report(o, stdout, stderr)
	}
	if err := missing(o); err != nil {
		fmt.Fprintf(stderr, "lab: %v\n", err)
		return exitMissing
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if err := measure(ctx, o, stdout, stderr); err != nil {
		fmt.Fprintf(stderr, "lab: %v\n", err)
		return exitFailed
	}
	return exitOK
}

// parse reads the command line.
func parse(args []string, stderr io.Writer) (o options, err error) {
	flags := flag.NewFlagSet("lab", flag.ContinueOnError)
	flags.SetOutput(stderr)
	var tables, systems, scenarios, workloads string
	flags.BoolVar(&o.quick, "quick", false, "fewer paths, lines and repetitions: under 12 minutes")
	flags.StringVar(&tables, "tables", strings.Join(tableNames(), ","), "which tables")
	flags.StringVar(&systems, "systems", "", "measure these only: "+strings.Join(systemNames(), ", "))
	flags.StringVar(&scenarios, "scenarios", "", "on these paths only: "+strings.Join(scenarioNames(), ", "))
	flags.StringVar(&workloads, "workloads", "", "table keys: these only: "+strings.Join(trial.Names(), ", "))
	flags.IntVar(&o.reps, "reps", 0, "repetitions (default: 3, of keys 2; with -quick 1)")
	flags.IntVar(&o.parallel, "parallel", 5, "sessions side by side; floods always run alone")
	flags.StringVar(&o.raw, "raw", filepath.Join(os.TempDir(), "lab-"+time.Now().Format("20060102-150405")+".jsonl"), "append what was measured here, as JSON lines")
	flags.StringVar(&o.from, "from", "", "measure nothing: tables of an earlier run's JSON lines")
	flags.StringVar(&o.program, "roam", "", "measure this program instead of building the clone's")
	if err := flags.Parse(args); err != nil {
		return o, flag.ErrHelp // it said what is wrong
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("no argument is expected: %q", flags.Arg(0))
	}
	if o.parallel < 1 || o.reps < 0 {
		return o, fmt.Errorf("-parallel must be 1 or more, -reps 0 or more")
	}
	for _, list := range []struct {
		what, text string
		known      []string
		to         *[]string
	}{
		{"table", tables, tableNames(), &o.tables}, {"system", systems, systemNames(), &o.systems},
		{"scenario", scenarios, scenarioNames(), &o.scenarios}, {"workload", workloads, trial.Names(), &o.workloads},
	} {
		if *list.to, err = words(list.what, list.text, list.known); err != nil {
			return o, err
		}
	}
	return o, nil
}

// words splits a list of known words.
func words(what, text string, known []string) ([]string, error) {
	if text == "" {
		return nil, nil
	}
	list := strings.Split(text, ",")
	for _, word := range list {
		if !slices.Contains(known, word) {
			return nil, fmt.Errorf("there is no %s %q; known are %s", what, word, strings.Join(known, ", "))
		}
	}
	return list, nil
}

func systemNames() (names []string) {
	for _, s := range trial.Systems() {
		names = append(names, s.Name)
	}
	return names
}

func scenarioNames() (names []string) {
	for _, s := range scenarios() {
		names = append(names, s.Name)
	}
	return names
}

// report prints the tables of an earlier run.
func report(o options, stdout, stderr io.Writer) int {
	f, err := os.Open(o.from)
	if err != nil {
		fmt.Fprintf(stderr, "lab: %v\n", err)
		return exitMissing
	}
	defer f.Close()
	records, err := trial.ReadRecords(f)
	if err != nil {
		fmt.Fprintf(stderr, "lab: %s: %v\n", o.from, err)
		return exitMissing
	}
	results := collect(records)
	results.write(stdout, o.tables)
	return exitOK
}

// measure runs the plan and prints the tables.
func measure(ctx context.Context, o options, stdout, stderr io.Writer) error {
	dir, err := os.MkdirTemp("", "lab")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if o.program == "" {
		if o.program, err = host.Build(dir); err != nil {
			return err
		}
	}
	raw, err := os.OpenFile(o.raw, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer raw.Close()
	began, load := time.Now(), trial.Load()
	log := trial.NewLog(raw)
	batches := plan(o, log)
	if len(batches) == 0 {
		return errors.New("no table has these workloads on these paths: name others, or more tables")
	}
	failed := runPlan(ctx, batches, o.parallel, stderr)
	if ctx.Err() != nil {
		return fmt.Errorf("interrupted; what was measured is in %s", o.raw)
	}
	records, err := log.Records()
	if err != nil {
		return fmt.Errorf("writing %s: %w", o.raw, err)
	}
	fmt.Fprintln(stdout, conditions(o, began, load))
	results := collect(records)
	results.write(stdout, o.tables)
	fmt.Fprintf(stderr, "lab: raw results: %s\n", o.raw)
	if failed > 0 {
		return fmt.Errorf("%d sessions failed; the last table says which", failed)
	}
	return nil
}

// conditions says what was measured, and on what.
func conditions(o options, began time.Time, load float64) string {
	mode := "full run"
	if o.quick {
		mode = "-quick"
	}
	return fmt.Sprintf("Measured at commit %s (%s) in %s, with %d processors, Linux %s; load %.1f before, %.1f after.",
		commit(), mode, time.Since(began).Round(time.Second), runtime.NumCPU(), kernel(), load, trial.Load())
}
