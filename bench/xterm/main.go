// Command xterm looks for differences between roam's emulator and a real xterm:
// it makes random programs of everything that xterm's document lists, lets both
// run them, and compares what they then answer about each cell, the cursor, the
// modes and the settings. A program that differs is cut down to what matters.
package main

import (
	"flag"
	"fmt"
	"math/rand"
	"os"
	"slices"
	"strings"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == "relay" {
		if err := relay(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, "xterm:", err)
			os.Exit(1)
		}
		return
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "xterm:", err)
		os.Exit(1)
	}
}

func run() error {
	seed := flag.Int64("seed", 1, "seed of the first program")
	n := flag.Int("n", 500, "number of programs")
	size := flag.Int("size", 12, "sequences per program")
	most := flag.Int("most", 20, "differences after which to stop")
	wide := flag.Bool("wide", false, "with wide glyphs, of which xterm leaves halves")
	model := flag.String("ti", "vt420", "the terminal that xterm is to be")
	cols := flag.Int("cols", 20, "columns of the screen")
	rows := flag.Int("rows", 8, "rows of the screen")
	play := flag.String("play", "", "a `file` with output to play instead")
	replay := flag.String("replay", "", "a program in Go's quotes to run instead")
	sequences := flag.String("sequences", "", "a `file` with programs to run instead: a line has a name, a tab, and a program in Go's quotes")
	all := flag.Bool("all", false, "every sequence of xterm's grammar instead")
	record := flag.String("record", "", "a `file` for the programs on which both agree, with xterm's screens")
	flag.Parse()
	c := comparer{cols: *cols, rows: *rows}
	var err error
	if c.x, err = startXterm(*model, c.cols, c.rows); err != nil {
		return err
	}
	defer c.x.Close()
	if *replay != "" {
		program, err := unquote(*replay)
		if err != nil {
			return err
		}
		return c.show([]string{program})
	}
	if *play != "" {
		program, err := os.ReadFile(*play)
		if err != nil {
			return err
		}
		return c.show([]string{string(program)})
	}
	if *all {
		return c.all(*model)
	}
	if *sequences != "" {
		return c.sequences(*sequences, *record)
	}
	var agreed []recording
	found := 0
	for i := range int64(*n) {
		m := maker{rnd: rand.New(rand.NewSource(*seed + i)), cols: c.cols, rows: c.rows, wides: *wide}
		program := m.program(*size)
		theirs, ours, err := c.both(program)
		if err != nil {
			return err
		}
		if slices.Equal(theirs, ours) {
			agreed = append(agreed, c.recording(program, theirs))
			continue
		}
		if program, err = c.shrink(program); err != nil {
			return err
		}
		fmt.Printf("seed %d\n", *seed+i)
		if err := c.show(program); err != nil {
			return err
		}
		if found++; found == *most {
			break
		}
	}
	fmt.Printf("%d programs differ\n", found)
	if *record == "" {
		return nil
	}
	return writeRecordings(*record, agreed)
}

func unquote(s string) (string, error) {
	var out string
	_, err := fmt.Sscanf(`"`+strings.Trim(s, `"`)+`"`, "%q", &out)
	return out, err
}
