package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"roam/bench/lab/netpath"
	"roam/bench/lab/trial"
)

// A part is what a table needs of one scenario.
type part struct {
	scenario  string
	workloads []string // one session
	quick     bool     // a quick run has it, too
	moves     bool     // the client's address changes, which no TCP connection survives: not for ssh
}

// A table is a table of the report and how it is filled.
type table struct {
	name    string
	systems []string // of a full run
	quick   []string // of a quick run
	reps    [2]int   // of a full and of a quick run
	alone   bool     // it takes all of the processors
	parts   []part
}

// memorySessions and idle are what the memory is measured with: enough sessions for
// shared pages to be shared, and a minute, since packets are counted by it.
const (
	memorySessions = 10
	idle           = time.Minute
)

// quickLines is how many lines quick runs type at a shell.
const quickLines = 2

// sessionLimit is the longest that one session may take.
const sessionLimit = 7 * time.Minute

var (
	predicting = []string{"roam", "roam-never", "mosh", "mosh-never", "ssh"}
	plain      = []string{"roam", "mosh", "ssh"}
	typing     = []string{"w1", "w1c", "w2", "w2r", "w5", "w3"}
	more       = []string{"wls", "wpy", "wzsh", "wfi", "w3st", "w3p", "w6"}
)

// tables returns the tables in the order of the report.
func tables() []table {
	return []table{
		{name: "keys", systems: append(slices.Clone(predicting), "roam-to-mosh", "mosh-to-roam"), quick: predicting, reps: [2]int{2, 1}, parts: []part{
			{"s0", typing, true, false}, {"s1", typing, true, false}, {"s2", typing, false, false}, {"s3", typing, true, false}, {"s4", []string{"w1", "w1c"}, true, false},
			{"s4", []string{"w2", "w2r", "w5", "w3"}, false, false}, {"s1", more, false, false}, {"burst", []string{"w1", "w1c", "w6"}, false, false}, {"sat", []string{"w1", "w1c"}, false, false},
			{"bloat", []string{"w1", "w1c", "w6"}, false, false}, {"lte", []string{"w1", "w1c", "w3", "w3p"}, false, false}, {"s7", []string{"w1c", "w3p"}, false, false},
		}},
		{name: "interrupts", systems: plain, quick: plain, reps: [2]int{3, 1}, alone: true, parts: []part{
			{"s0", []string{"w4"}, true, false}, {"s1", []string{"w4"}, false, false}, {"s3", []string{"w4"}, false, false}, {"s7", []string{"w4"}, true, false},
			{"burst", []string{"w4"}, false, false}, {"bloat", []string{"w4"}, false, false}, {"sat", []string{"w4"}, false, false}, {"lte", []string{"w4"}, false, false},
		}},
		{name: "recovery", systems: plain, quick: plain, reps: [2]int{3, 1}, parts: []part{
			{"s6", []string{"rec"}, true, false}, {"s6", []string{"recroam"}, true, true}, {"s6", []string{"recnat"}, true, true}, {"s6", []string{"rectype"}, true, true},
		}},
		{name: "floods", systems: plain, quick: plain, reps: [2]int{3, 1}, alone: true, parts: []part{{"s0", []string{"w7"}, true, false}}},
		{name: "bytes", systems: plain, quick: plain, reps: [2]int{1, 1}, parts: []part{{"s1", []string{"w1c"}, true, false}}},
		{name: "memory", systems: plain, quick: plain, reps: [2]int{1, 1}, parts: []part{{"s1", []string{"mem"}, true, false}}},
	}
}

func tableNames() (names []string) {
	for _, t := range tables() {
		names = append(names, t.name)
	}
	return names
}

// A job is one session.
type job struct {
	name  string
	alone bool
	run   func(context.Context) error
}

// plan returns what the tables need, in batches: the jobs of one run side by side,
// the systems of one scenario next to each other, so that the machine's noise is
// everybody's.
func plan(o options, log *trial.Log) (batches [][]job) {
	seen := map[string]bool{}
	for _, t := range tables() {
		if !slices.Contains(o.tables, t.name) {
			continue
		}
		for rep := range t.repetitions(o) {
			for _, p := range t.wants(o) {
				var batch []job
				for i := range t.names(o) {
					names := t.names(o)
					name := names[(i+rep)%len(names)] // another one starts first each time
					if j, ok := t.job(o, p, name, rep, log); ok && !seen[j.name] {
						seen[j.name] = true
						batch = append(batch, j)
					}
				}
				batches = append(batches, batch)
			}
		}
	}
	return slices.DeleteFunc(batches, func(b []job) bool { return len(b) == 0 })
}

func (t table) repetitions(o options) int {
	switch {
	case o.reps > 0:
		return o.reps
	case o.quick:
		return t.reps[1]
	}
	return t.reps[0]
}

// wants returns the parts to measure: of keys each workload on each path, if both were
// named, since who names them wants no choice of ours.
func (t table) wants(o options) (parts []part) {
	if t.name != "keys" || o.scenarios == nil || o.workloads == nil {
		return t.parts
	}
	for _, scenario := range o.scenarios {
		parts = append(parts, part{scenario, o.workloads, true, false})
	}
	return parts
}

// names returns the systems that are measured.
func (t table) names(o options) []string {
	switch {
	case o.systems != nil:
		return o.systems
	case o.quick:
		return t.quick
	}
	return t.systems
}

// job returns the session of a system for a part, unless the options leave it out.
func (t table) job(o options, p part, system string, rep int, log *trial.Log) (j job, ok bool) {
	workloads := p.workloads
	if o.workloads != nil && t.name == "keys" {
		workloads = slices.DeleteFunc(slices.Clone(workloads), func(w string) bool { return !slices.Contains(o.workloads, w) })
	}
	asked := slices.Contains(o.scenarios, p.scenario)
	if p.moves && system == "ssh" && !slices.Contains(o.systems, system) {
		return j, false
	}
	if len(workloads) == 0 || o.scenarios != nil && !asked || o.quick && !p.quick && !(asked && t.wanted(o, p)) {
		return j, false
	}
	sc := scenarios()[slices.IndexFunc(scenarios(), func(s netpath.Scenario) bool { return s.Name == p.scenario })]
	sys := trial.Systems()[slices.IndexFunc(trial.Systems(), func(s trial.System) bool { return s.Name == system })]
	tr := trial.Trial{System: sys, Scenario: sc, Workloads: workloads, Rep: rep, Program: o.program, Log: log}
	if o.quick {
		tr.Lines = quickLines
	}
	j = job{name: fmt.Sprintf("%s %s %v %d", system, p.scenario, workloads, rep), alone: t.alone, run: tr.Run}
	if t.name == "memory" {
		j.run = func(ctx context.Context) error { return tr.Memory(ctx, memorySessions, idle) }
	}
	return j, true
}

// wanted reports whether a part that quick runs leave out was asked for all the same:
// by its workloads, or by a path that quick runs do not have.
func (t table) wanted(o options, p part) bool {
	return o.workloads != nil || !slices.ContainsFunc(t.parts, func(q part) bool { return q.quick && q.scenario == p.scenario })
}

// runPlan runs the batches one after the other, and returns how many jobs failed.
func runPlan(ctx context.Context, batches [][]job, parallel int, progress io.Writer) (failed int) {
	var mu sync.Mutex // guards failed and progress
	for i, batch := range batches {
		var running sync.WaitGroup
		slots := make(chan struct{}, parallel)
		if batch[0].alone {
			slots = make(chan struct{}, 1)
		}
		for _, j := range batch {
			slots <- struct{}{}
			if ctx.Err() != nil {
				break
			}
			running.Go(func() {
				defer func() { <-slots }()
				began := time.Now()
				limited, cancel := context.WithTimeoutCause(ctx, sessionLimit, fmt.Errorf("it took more than %v", sessionLimit))
				defer cancel()
				err := j.run(limited)
				mu.Lock()
				defer mu.Unlock()
				outcome := "done"
				if err != nil {
					failed++
					outcome = "failed: " + err.Error()
				}
				fmt.Fprintf(progress, "lab: %d of %d: %s: %.0f s, %s\n", i+1, len(batches), j.name, time.Since(began).Seconds(), outcome)
			})
		}
		running.Wait()
	}
	return failed
}
