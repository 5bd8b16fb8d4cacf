package main

import (
	"encoding/json"
	"os"
	"strings"
)

// A recording is a program and what xterm showed after it, as package
// terminal's tests read it.
type recording struct {
	Input  string
	Cursor string // row;column, as reported
	Modes  string // the state of each mode of modes, as DECRPM tells it
	Rows   []row  // up to the last that is not blank; then those of the primary screen
}

// recording returns what the answers to a program tell.
func (c *comparer) recording(program, answers []string) recording {
	r := recording{Input: strings.Join(program, "")}
	for i, a := range answers {
		if strings.HasSuffix(a, "R") && !strings.HasPrefix(a, "\x1b[?") && strings.HasSuffix(answers[i+1], "$y") {
			r.Cursor = strings.Trim(a, "\x1b[R")
		}
		if state, ok := strings.CutSuffix(a, "$y"); ok && len(r.Modes) < len(modes) {
			r.Modes += state[len(state)-1:]
		}
	}
	r.Rows = rowsOf(answers, c.cols)
	for n := len(r.Rows); n > 0 && r.Rows[n-1] == (row{}); n-- {
		r.Rows = r.Rows[:n-1]
	}
	return r
}

// writeRecordings writes one recording to a line.
func writeRecordings(file string, list []recording) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(f)
	enc.SetEscapeHTML(false)
	for _, r := range list {
		if err := enc.Encode(r); err != nil {
			f.Close()
			return err
		}
	}
	return f.Close()
}
