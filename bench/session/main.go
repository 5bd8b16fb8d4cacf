// Command session measures whole sessions on loopback, of roam and of stock
// mosh, and where it makes sense of ssh, in one run: 50 MB of output, the echo of
// keys without prediction, what typing costs on the wire, and what an idle session
// uses. It starts an sshd of its own on a port of its own, as root.
//
//	cd bench && go run ./session
package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"roam/bench/internal/host"
	"roam/bench/internal/sample"
)

func main() { os.Exit(run(os.Stdout, os.Stderr)) }

const (
	floodBytes = 50_000_000
	floodRuns  = 3
	keys       = 200
	idleTime   = 15 * time.Second
)

// A system is what is measured.
type system struct {
	name string
	open func(dir string, relayed bool) (*session, error)
}

func run(stdout, stderr io.Writer) int {
	dir, err := os.MkdirTemp("", "session")
	if err != nil {
		fmt.Fprintln(stderr, "session:", err)
		return 1
	}
	defer os.RemoveAll(dir)
	roam, err := host.Build(dir)
	if err != nil {
		fmt.Fprintln(stderr, "session:", err)
		return 1
	}
	fmt.Fprintf(stdout, "%d CPUs; load before: %s\n\n", runtime.NumCPU(), load())
	status := 0
	for _, s := range []system{
		{"roam", func(dir string, relayed bool) (*session, error) { return open(dir, roam, relayed) }},
		{"stock mosh", func(dir string, relayed bool) (*session, error) { return open(dir, "", relayed) }},
		{"ssh", func(dir string, _ bool) (*session, error) { return openSSH(dir) }},
	} {
		if err := s.measure(stdout, dir); err != nil {
			fmt.Fprintf(stdout, "%s: failed: %v\n", s.name, err)
			status = 1
		}
	}
	fmt.Fprintf(stdout, "\nload after: %s\n", load())
	return status
}

// load returns the machine's load averages.
func load() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(b))[:3], " ")
}

func (s system) measure(stdout io.Writer, dir string) error {
	file, err := floodFile(dir)
	if err != nil {
		return err
	}
	one, err := s.open(dir, false)
	if err != nil {
		return err
	}
	defer one.close()
	if err := one.idle(stdout, s.name+", new"); err != nil {
		return err
	}
	echo, err := one.typeKeys()
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s: echo of %d keys: median %.2f ms, 90th percentile %.2f ms, 99th %.2f ms\n",
		s.name, len(echo), echo.Median(), echo.Quantile(.9), echo.Quantile(.99))
	var wall, cpu sample.Sample
	for range floodRuns {
		w, c, err := one.flood(file)
		if err != nil {
			return err
		}
		wall, cpu = append(wall, w.Seconds()), append(cpu, c.Seconds())
	}
	fmt.Fprintf(stdout, "%s: %d MB of cat: wall %.2f s (%.2f to %.2f), CPU of the server %.2f s (%.2f to %.2f)\n", s.name, floodBytes/1_000_000,
		wall.Median(), wall.Quantile(0), wall.Quantile(1), cpu.Median(), cpu.Quantile(0), cpu.Quantile(1))
	if err := one.idle(stdout, s.name+", after that"); err != nil || s.name == "ssh" {
		return err
	}
	two, err := s.open(dir, true)
	if err != nil {
		return err
	}
	defer two.close()
	before := two.relay.counts()
	if _, err := two.typeKeys(); err != nil {
		return err
	}
	time.Sleep(time.Second) // the acknowledgements of the last key are part of it
	n := two.relay.counts().minus(before)
	fmt.Fprintf(stdout, "%s: typing %d keys: %d bytes in %d datagrams up, %d in %d down (UDP payload)\n",
		s.name, keys, n[0].bytes, n[0].datagrams, n[1].bytes, n[1].datagrams)
	return nil
}
