package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/hinshun/vt10x"

	"roam/terminal"
)

// children are what this program does as a process that it started itself.
var children = map[string]func(args []string, stdout io.Writer) error{
	"run":  runGo,
	"feed": feed,
}

// The emulators in Go.
var emulators = map[string]func(cols, rows int) io.Writer{
	"roam": func(cols, rows int) io.Writer { return terminal.New(cols, rows, terminal.Options{}) },
	"vt10x": func(cols, rows int) io.Writer {
		return vt10x.New(vt10x.WithSize(cols, rows), vt10x.WithWriter(io.Discard))
	},
	"x/vt": func(cols, rows int) io.Writer {
		e := vt.NewEmulator(cols, rows)
		go io.Copy(io.Discard, e) // answers: it blocks until they are read
		return e
	},
}

const (
	chunk   = 16 << 10               // what a program's output comes in at most at once; the C and JavaScript programs have the same
	warmUp  = 1 << 20                // bytes before the clock starts
	minTime = 300 * time.Millisecond // that whole passes take at least together
)

// runGo measures an emulator: NAME COLS ROWS FILE.
func runGo(args []string, stdout io.Writer) error {
	if len(args) != 4 || emulators[args[0]] == nil {
		return fmt.Errorf("run %q", args)
	}
	cols, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	rows, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	data, err := os.ReadFile(args[3])
	if err != nil {
		return err
	}
	e := emulators[args[0]](cols, rows)
	write := func(b []byte) {
		for i := 0; i < len(b); i += chunk {
			e.Write(b[i:min(i+chunk, len(b))])
		}
	}
	write(data[:min(warmUp, len(data))])
	start, bytes := time.Now(), 0
	for bytes == 0 || time.Since(start) < minTime {
		write(data)
		bytes += len(data)
	}
	fmt.Fprintln(stdout, bytes, time.Since(start).Nanoseconds())
	return nil
}
