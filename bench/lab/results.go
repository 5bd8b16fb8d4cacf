package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"roam/bench/internal/sample"
	"roam/bench/lab/trial"
)

// An id names a cell of a table.
type id struct{ scenario, workload, system string }

// A cell has all repetitions of one workload.
type cell struct {
	latency             sample.Sample // ms
	never, instant, bad int           // keys
	sums                []trial.Sum
	errs                []string
}

// results are all records, sorted into cells.
type results map[id]*cell

// instantly is what people do not notice: a frame of a screen of 60 Hz, in ms.
const instantly = 16

func collect(records []trial.Record) results {
	all := results{}
	for _, r := range records {
		at := id{r.Scenario, r.Workload, r.System}
		c := all[at]
		if c == nil {
			c = &cell{}
			all[at] = c
		}
		switch {
		case r.Sum != nil && r.Sum.Err != "":
			c.errs = append(c.errs, r.Sum.Err)
		case r.Sum != nil:
			c.sums = append(c.sums, *r.Sum)
		case r.Key != nil:
			c.add(*r.Key)
		}
	}
	return all
}

func (c *cell) add(k trial.KeyRecord) {
	c.latency = append(c.latency, k.Latency)
	switch {
	case k.Never:
		c.never++
	case k.Latency < instantly:
		c.instant++
	}
	if k.Wrong {
		c.bad++
	}
}

// share returns n of the cell's keys in per cent.
func (c *cell) share(n int) float64 { return 100 * float64(n) / float64(max(len(c.latency), 1)) }

// total adds up something of the repetitions.
func (c *cell) total(of func(trial.Sum) float64) (sum float64) {
	for _, s := range c.sums {
		sum += of(s)
	}
	return sum
}

// median returns the middle of something of the repetitions.
func (c *cell) median(of func(trial.Sum) float64) float64 {
	var all sample.Sample
	for _, s := range c.sums {
		all = append(all, of(s))
	}
	return all.Median()
}

// each calls f for each cell of a workload, in the order of scenarios and systems.
func (r results) each(workload string, f func(at id, c *cell)) {
	for _, scenario := range scenarioNames() {
		for _, system := range systemNames() {
			at := id{scenario, workload, system}
			if c := r[at]; c != nil && len(c.sums) > 0 {
				f(at, c)
			}
		}
	}
}

// has reports whether a workload was measured.
func (r results) has(workloads ...string) bool {
	return slices.ContainsFunc(workloads, func(w string) bool {
		found := false
		r.each(w, func(id, *cell) { found = true })
		return found
	})
}

// writers print the tables.
var writers = map[string]func(results, io.Writer){
	"keys": results.keys, "interrupts": results.interrupts, "recovery": results.recovery,
	"floods": results.floods, "bytes": results.bytes, "memory": results.memory,
}

// write prints the tables, and after them what went wrong and how noisy it was.
func (r results) write(w io.Writer, names []string) {
	for _, name := range names {
		writers[name](r, w)
	}
	r.noise(w)
	r.failures(w)
}

// noise says how punctual the simulated paths were.
func (r results) noise(w io.Writer) {
	var late, load sample.Sample
	for _, c := range r {
		for _, s := range c.sums {
			late, load = append(late, s.Late), append(load, s.Load)
		}
	}
	fmt.Fprintf(w, "\nNoise: the worst lateness of the simulated path in a workload was %.1f ms in the middle, %.1f at the 90th percentile, %.1f at most; load %.1f to %.1f.\n",
		late.Median(), late.Quantile(.9), late.Quantile(1), load.Quantile(0), load.Quantile(1))
	fmt.Fprint(w, "\nPaths:")
	for _, s := range scenarios() {
		for at := range r {
			if at.scenario == s.Name {
				fmt.Fprintf(w, " %s is %s;", s.Name, s.Note)
				break
			}
		}
	}
	fmt.Fprintln(w, " times are round trips.")
}

// failures lists what was not measured.
func (r results) failures(w io.Writer) {
	var lines []string
	for at, c := range r {
		for _, e := range c.errs {
			lines = append(lines, fmt.Sprintf("- %s, %s, %s: %s\n", at.scenario, at.system, at.workload, e))
		}
	}
	if len(lines) > 0 {
		slices.Sort(lines)
		fmt.Fprintf(w, "\nNot measured:\n\n%s", strings.Join(lines, ""))
	}
}
