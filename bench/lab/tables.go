package main

import (
	"fmt"
	"io"
	"strings"

	"roam/bench/lab/trial"
)

// heading prints a table's title and columns; those after the first two are
// numbers.
func heading(w io.Writer, title string, columns ...string) {
	fmt.Fprintf(w, "\n### %s\n\n| %s |\n|---|---|%s\n", title, strings.Join(columns, " | "), strings.Repeat("--:|", len(columns)-2))
}

// millis prints milliseconds with as many digits as they deserve.
func millis(v float64) string {
	if v < 10 {
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// typed are the workloads of table keys, in its order.
var typed = []string{"w1", "w1c", "w2", "w2r", "w3", "w3nav", "w3st", "wls", "wpy", "wzsh", "wfi", "w3p", "w6"}

// keys prints when keys were displayed.
func (r results) keys(w io.Writer) {
	for _, workload := range typed {
		if !r.has(workload) {
			continue
		}
		about := trial.About(workload)
		if workload == "w3nav" {
			about = "moving about in vim by letters"
		}
		heading(w, workload+": "+about, "path", "system", "keys", "median ms", "mean", "p95", "p99", "within 16 ms", "wrong", "never", "up B/key", "down B/key")
		r.each(workload, func(at id, c *cell) {
			n, mean := float64(max(len(c.latency), 1)), 0.0
			for _, v := range c.latency {
				mean += v / n
			}
			up := c.total(func(s trial.Sum) float64 { return float64(s.UpBytes) })
			down := c.total(func(s trial.Sum) float64 { return float64(s.DownBytes) })
			fmt.Fprintf(w, "| %s | %s | %d | %s | %s | %s | %s | %.0f %% | %.1f %% | %d | %.0f | %.0f |\n", at.scenario, at.system, len(c.latency),
				millis(c.latency.Median()), millis(mean), millis(c.latency.Quantile(.95)), millis(c.latency.Quantile(.99)),
				c.share(c.instant), c.share(c.bad), c.never, up/n, down/n)
		})
	}
	r.passwords(w)
}

// passwords prints whether any were seen.
func (r results) passwords(w io.Writer) {
	if !r.has("w5") {
		return
	}
	heading(w, "w5: "+trial.About("w5"), "path", "system", "typed", "characters that showed", "for ms")
	r.each("w5", func(at id, c *cell) {
		value := func(name string) float64 { return c.total(func(s trial.Sum) float64 { return s.Values[name] }) }
		fmt.Fprintf(w, "| %s | %s | %.0f | %.0f | %.0f |\n", at.scenario, at.system, value("typed"), value("leaked"), value("visible_ms"))
	})
}

// times lists the one time of each repetition.
func (c *cell) times() string {
	if c == nil {
		return ""
	}
	var list []string
	for _, v := range c.latency {
		list = append(list, millis(v))
	}
	text := strings.Join(list, ", ")
	if c.never > 0 {
		text += fmt.Sprintf(" (%d never)", c.never)
	}
	return text
}

// interrupts prints how long a Ctrl-C took in a flood.
func (r results) interrupts(w io.Writer) {
	if !r.has("w4yes", "w4seq") {
		return
	}
	heading(w, "w4: "+trial.About("w4")+": time until the prompt shows, of each repetition", "path", "system", "yes, ms", "seq, ms", "down, MB", "server CPU s", "client CPU s")
	r.each("w4yes", func(at id, c *cell) {
		down := c.median(func(s trial.Sum) float64 { return float64(s.DownBytes) / 1e6 })
		fmt.Fprintf(w, "| %s | %s | %s | %s | %.2f | %.2f | %.2f |\n", at.scenario, at.system, c.times(), r[id{at.scenario, "w4seq", at.system}].times(),
			down, c.median(serverCPU), c.median(clientCPU))
	})
}

func serverCPU(s trial.Sum) float64 { return s.ServerCPU }
func clientCPU(s trial.Sum) float64 { return s.ClientCPU }

// recovery prints how long it took until a session was back.
func (r results) recovery(w io.Writer) {
	if !r.has("rec", "recroam", "recnat", "rectype") {
		return
	}
	heading(w, "Recovery: time from the end of an outage of 10 s (0.73 s more in each repetition) until the screen is current, ms (ssh ends with its address)", "case", "system", "of each repetition")
	for _, workload := range []string{"rec", "recroam", "recnat", "rectype"} {
		r.each(workload, func(at id, c *cell) {
			fmt.Fprintf(w, "| %s: %s | %s | %s |\n", workload, trial.About(workload), at.system, c.times())
		})
	}
}

// floods prints what much output costs.
func (r results) floods(w io.Writer) {
	if !r.has("w7") {
		return
	}
	heading(w, "w7: "+trial.About("w7")+", medians", "path", "system", "seconds", "server CPU s", "client CPU s", "down, MB", "server's peak, MB")
	r.each("w7", func(at id, c *cell) {
		fmt.Fprintf(w, "| %s | %s | %.2f | %.2f | %.2f | %.2f | %.1f |\n", at.scenario, at.system, c.latency.Median()/1000, c.median(serverCPU), c.median(clientCPU),
			c.median(func(s trial.Sum) float64 { return float64(s.DownBytes) / 1e6 }), c.median(func(s trial.Sum) float64 { return float64(s.ServerPeak) / 1024 }))
	})
}

// bytes prints what typing and idling cost on the wire.
func (r results) bytes(w io.Writer) {
	if !r.has("w1c") {
		return
	}
	heading(w, "Bytes of IP packets for each typed key (w1c), and packets a minute when nothing happens", "path", "system", "up B/key", "down B/key", "up packets/key", "down packets/key", "idle packets/min up", "down", "idle B/min up", "down")
	r.each("w1c", func(at id, c *cell) {
		per := func(of func(trial.Sum) int64) float64 {
			return c.total(func(s trial.Sum) float64 { return float64(of(s)) }) / float64(max(len(c.latency), 1))
		}
		fmt.Fprintf(w, "| %s | %s | %.0f | %.0f | %.2f | %.2f |", at.scenario, at.system,
			per(func(s trial.Sum) int64 { return s.UpBytes }), per(func(s trial.Sum) int64 { return s.DownBytes }),
			per(func(s trial.Sum) int64 { return s.UpPackets }), per(func(s trial.Sum) int64 { return s.DownPackets }))
		quiet := r[id{at.scenario, "mem", at.system}]
		if quiet == nil || len(quiet.sums) == 0 {
			fmt.Fprintln(w, " | | | |")
			return
		}
		minutely := func(of func(trial.Sum) int64) float64 {
			return quiet.median(func(s trial.Sum) float64 { return float64(of(s)) / s.Values["sessions"] / (s.Seconds / 60) })
		}
		fmt.Fprintf(w, " %.1f | %.1f | %.0f | %.0f |\n",
			minutely(func(s trial.Sum) int64 { return s.UpPackets }), minutely(func(s trial.Sum) int64 { return s.DownPackets }),
			minutely(func(s trial.Sum) int64 { return s.UpBytes }), minutely(func(s trial.Sum) int64 { return s.DownBytes }))
	})
}

// memory prints what idle sessions occupy.
func (r results) memory(w io.Writer) {
	if !r.has("mem") {
		return
	}
	heading(w, "Memory of idle sessions in MB, for each of 10: unique (USS), of it anonymous and dirty, proportional (PSS), resident; CPU a minute", "end", "system", "USS", "anonymous", "PSS", "RSS", "CPU ms/min")
	for _, end := range []string{"server", "client"} {
		r.each("mem", func(at id, c *cell) {
			cpu := c.median(serverCPU)
			if end == "client" {
				cpu = c.median(clientCPU)
			}
			value := func(name string) float64 {
				return c.median(func(s trial.Sum) float64 { return s.Values[end+"_"+name+"_kb"] }) / 1024
			}
			perMinute := c.median(func(s trial.Sum) float64 { return 60_000 / s.Seconds / s.Values["sessions"] })
			fmt.Fprintf(w, "| %s | %s | %.2f | %.2f | %.2f | %.2f | %.1f |\n", end, at.system, value("uss"), value("anonymous"), value("pss"), value("rss"), cpu*perMinute)
		})
	}
}
