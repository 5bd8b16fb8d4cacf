package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roam/bench/internal/host"
	"roam/bench/lab/helper"
	"roam/bench/lab/trial"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestMain is the helpers, too, which sessions run by links to this program.
func TestMain(m *testing.M) {
	if status, known := helper.Main(os.Args); known {
		os.Exit(status)
	}
	os.Exit(m.Run())
}

// TestOneShortSession measures real sessions on a real path, so that the lab is
// known to work: each system types a line, a password, and to a program that doubles
// keys, and every key shows. How
// fast is not judged.
func TestOneShortSession(t *testing.T) {
	if err := missing(options{}); err != nil {
		t.Fatal(err)
	}
	program, err := host.Build(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var raw bytes.Buffer
	log := trial.NewLog(&raw)
	var jobs []job
	for _, sys := range trial.Systems() {
		switch sys.Name {
		case "roam", "mosh", "ssh", "roam-to-mosh", "mosh-to-roam":
			tr := trial.Trial{System: sys, Scenario: scenarios()[0], Workloads: []string{"w1c", "w5", "w2r"}, Lines: 1, Program: program, Log: log}
			jobs = append(jobs, job{name: sys.Name, run: tr.Run})
		}
	}
	if failed := runPlan(t.Context(), [][]job{jobs}, len(jobs), io.Discard); failed > 0 {
		t.Errorf("%d sessions failed", failed)
	}
	records, err := trial.ReadRecords(&raw)
	if err != nil {
		t.Fatal(err)
	}
	results := collect(records)
	for _, j := range jobs {
		line, password := results[id{"s0", "w1c", j.name}], results[id{"s0", "w5", j.name}]
		if line == nil || len(line.sums) != 1 || len(line.latency) < 20 || line.never > 0 {
			t.Errorf("%s: a line: %+v", j.name, line)
			continue
		}
		if s := line.sums[0]; s.UpPackets < 20 || s.DownBytes < s.DownPackets*20 || s.ServerPeak == 0 || s.ClientCPU <= 0 {
			t.Errorf("%s: a line used %+v", j.name, s)
		}
		if password == nil || len(password.sums) != 1 || password.sums[0].Values["leaked"] > 0 {
			t.Errorf("%s: a password: %+v", j.name, password)
		}
		if doubled := results[id{"s0", "w2r", j.name}]; doubled == nil || len(doubled.latency) < 20 || doubled.never > 0 {
			t.Errorf("%s: doubled keys: %+v", j.name, doubled)
		}
	}
	if t.Failed() {
		results.failures(&raw)
		t.Log(raw.String())
	}
}

// TestTables compares the report of fixed records with a golden file.
func TestTables(t *testing.T) {
	f, err := os.Open("testdata/records.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := trial.ReadRecords(f)
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	results := collect(records)
	results.write(&got, tableNames())
	golden := filepath.Join("testdata", "tables.golden")
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("the report is\n%s\nwant\n%s", got.String(), want)
	}
}

// TestPlan wants the systems of a scenario side by side, quick runs to be a part of
// full ones, and each workload to exist.
func TestPlan(t *testing.T) {
	names := func(o options) (names []string) {
		for _, batch := range plan(o, nil) {
			for _, j := range batch {
				names = append(names, j.name)
			}
		}
		return names
	}
	full, quick := names(options{tables: tableNames()}), names(options{tables: tableNames(), quick: true})
	for _, name := range quick {
		if !strings.Contains(strings.Join(full, "\n"), name) {
			t.Errorf("a full run lacks %q", name)
		}
	}
	if len(quick) == 0 || len(full) < 2*len(quick) {
		t.Errorf("%d sessions, %d of them in a quick run", len(full), len(quick))
	}
	got := names(options{tables: []string{"keys", "bytes"}, quick: true, systems: []string{"roam", "ssh"}, scenarios: []string{"s4"}, reps: 2})
	want := []string{"roam s4 [w1 w1c] 0", "ssh s4 [w1 w1c] 0", "ssh s4 [w1 w1c] 1", "roam s4 [w1 w1c] 1"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the plan is %q, want %q", got, want)
	}
	got = names(options{tables: []string{"keys"}, quick: true, systems: []string{"roam"}, scenarios: []string{"s1", "sat"}})
	want = []string{"roam s1 [w1 w1c w2 w2r w5 w3] 0", "roam sat [w1 w1c] 0"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the plan is %q, want %q", got, want)
	}
	got = names(options{tables: []string{"keys"}, quick: true, systems: []string{"roam"}, scenarios: []string{"s1"}, workloads: []string{"wls"}})
	if want := "roam s1 [wls] 0"; strings.Join(got, "\n") != want {
		t.Errorf("the plan is %q, want %q", got, want)
	}
	got = names(options{tables: []string{"keys"}, systems: []string{"roam"}, scenarios: []string{"s2", "sat"}, workloads: []string{"w3", "wls"}, reps: 1})
	if want := "roam s2 [w3 wls] 0\nroam sat [w3 wls] 0"; strings.Join(got, "\n") != want {
		t.Errorf("the plan is %q, want %q", got, want)
	}
	for _, table := range tables() {
		if writers[table.name] == nil {
			t.Errorf("nothing writes table %s", table.name)
		}
		for _, p := range table.parts {
			for _, w := range p.workloads {
				if trial.About(w) == "" && w != "mem" {
					t.Errorf("table %s wants workload %q", table.name, w)
				}
			}
		}
	}
}

func TestRunPlanCountsFailures(t *testing.T) {
	var progress bytes.Buffer
	ok := job{name: "good", run: func(context.Context) error { return nil }}
	bad := job{name: "bad", alone: true, run: func(context.Context) error { return trial.ErrGone }}
	if n := runPlan(t.Context(), [][]job{{ok, ok}, {bad}}, 2, &progress); n != 1 {
		t.Errorf("%d failed, want 1", n)
	}
	if got := progress.String(); strings.Count(got, "good: 0 s, done") != 2 || !strings.Contains(got, "2 of 2: bad: 0 s, failed: trial: the client ended") {
		t.Errorf("progress is %q", got)
	}
}

func TestArguments(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"-tables sums", `lab: there is no table "sums"; known are keys, interrupts,`},
		{"-systems roam,rome", `lab: there is no system "rome"`},
		{"-scenarios s9", `lab: there is no scenario "s9"`},
		{"-workloads w99", `lab: there is no workload "w99"`},
		{"-parallel 0", "lab: -parallel must be 1 or more"},
		{"now", `lab: no argument is expected: "now"`},
		{"-from testdata/none", "lab: open testdata/none: no such file"},
	} {
		var stdout, stderr bytes.Buffer
		if status := run(strings.Fields(c.args), &stdout, &stderr); status != exitMissing || !strings.HasPrefix(stderr.String(), c.want) || stdout.Len() > 0 {
			t.Errorf("%s: status %d, %q, want %q", c.args, status, stderr.String(), c.want)
		}
	}
}

// TestRecordsAsWritten wants the golden records to be what a Log writes.
func TestRecordsAsWritten(t *testing.T) {
	b, err := os.ReadFile("testdata/records.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	records, err := trial.ReadRecords(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		again, err := json.Marshal(records[i])
		if err != nil || string(again) != line {
			t.Errorf("line %d is written as\n%s\nand is\n%s (%v)", i+1, again, line, err)
		}
	}
}
