package main

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"

	"roam/trace"
	"roam/trace/plot"
)

// runTrace draws a trace.
func runTrace(args []string, con console) int {
	if len(args) == 1 && (args[0] == "--help" || args[0] == "-h") {
		fmt.Fprint(con.out, traceUsage)
		return exitOK
	}
	file, part, err := parseTrace(args)
	if err != nil {
		con.errorf("trace: %v", err)
		con.hintf("see roam trace --help")
		return exitUsage
	}
	if err := drawTrace(con.out, file, part); err != nil {
		con.errorf("%v", err)
		return exitFailed
	}
	return exitOK
}

// parseTrace reads the command line of roam trace.
func parseTrace(args []string) (file string, part plot.Part, err error) {
	part = plot.Part{To: math.Inf(1)}
	if len(args) == 0 || args[0] != "plot" {
		return "", part, fmt.Errorf("want \"plot\" and a file")
	}
	for args = args[1:]; len(args) > 0; {
		name, value, attached := strings.Cut(args[0], "=")
		args = args[1:]
		switch {
		case name != "--from" && name != "--to":
			if file != "" || strings.HasPrefix(name, "-") {
				return "", part, fmt.Errorf("%q is not understood", name)
			}
			file = name
			if attached {
				file += "=" + value
			}
			continue
		case !attached && len(args) == 0:
			return "", part, fmt.Errorf("%s needs a value", name)
		case !attached:
			value, args = args[0], args[1:]
		}
		seconds, err := strconv.ParseFloat(value, 64)
		if err != nil || math.IsNaN(seconds) {
			return "", part, fmt.Errorf("%s: %q is no number of seconds", name, value)
		}
		if name == "--from" {
			part.From = seconds
		} else {
			part.To = seconds
		}
	}
	if file == "" {
		return "", part, fmt.Errorf("no file given")
	}
	return file, part, nil
}

// drawTrace writes the picture of a trace.
func drawTrace(out *os.File, file string, part plot.Part) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	t, err := trace.Read(f)
	if err != nil {
		return fmt.Errorf("%w: %s", err, file)
	}
	w := bufio.NewWriter(out)
	if err := plot.SVG(w, t, part); err != nil {
		return err
	}
	return w.Flush()
}
