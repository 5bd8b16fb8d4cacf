package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"unicode/utf8"
)

// A recording is a program and what xterm showed after it, as package
// terminal's tests read it.
type recording struct {
	Name   string `json:",omitempty"`
	Input  string
	Latin1 bool   `json:",omitempty"` // each code point of Input is a byte: it is no UTF-8
	Cursor string // row;column, as reported
	Modes  string // the state of each mode of modes, as DECRPM tells it
	Rows   []row  // up to the last that is not blank; then those of the primary screen
	// Replies are the answers to the program's own questions.
	Replies string `json:",omitempty"`
}

// recording returns what the answers to a program tell.
func (c *comparer) recording(program, answers []string) recording {
	r := recording{Input: strings.Join(program, "")}
	if !utf8.ValidString(r.Input) {
		r.Input, r.Latin1 = latin1(r.Input), true
	}
	for i, a := range answers {
		if strings.HasSuffix(a, "R") && !strings.HasPrefix(a, "\x1b[?") && strings.HasSuffix(answers[i+1], "$y") {
			r.Cursor = strings.Trim(a, "\x1b[R")
			r.Replies = latin1(strings.Join(answers[:i], ""))
		}
		if state, ok := strings.CutSuffix(a, "$y"); ok && r.Cursor != "" && len(r.Modes) < len(modes) {
			r.Modes += state[len(state)-1:]
		}
	}
	r.Rows = rowsOf(answers, c.cols)
	for n := len(r.Rows); n > 0 && r.Rows[n-1] == (row{}); n-- {
		r.Rows = r.Rows[:n-1]
	}
	return r
}

// latin1 writes each byte of s as a code point: eight-bit controls are no UTF-8.
func latin1(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		b.WriteRune(rune(c))
	}
	return b.String()
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

// fill returns what fills the screen with letters.
func (c *comparer) fill() string {
	var full strings.Builder
	for y := range c.rows {
		fmt.Fprintf(&full, "\x1b[%dH", y+1)
		for x := range c.cols {
			full.WriteByte(byte('a' + (x+y)%26))
		}
	}
	return full.String() + "\x1b[H"
}

// sequences runs the programs of a file, prints those that differ, and records all.
func (c *comparer) sequences(file, record string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	full := c.fill()
	var all []recording
	for line := range strings.Lines(string(b)) {
		name, quoted, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok || line[0] == '#' {
			continue
		}
		program, err := unquote(strings.ReplaceAll(quoted, `"`, `\"`))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		program = strings.Replace(program, "@@", full, 1)
		theirs, ours, err := c.both([]string{program})
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		r := c.recording([]string{program}, theirs)
		r.Name = name
		all = append(all, r)
		if !slices.Equal(theirs, ours) {
			fmt.Println(name)
			if err := c.show([]string{program}); err != nil {
				return err
			}
		}
	}
	if record == "" {
		return nil
	}
	return writeRecordings(record, all)
}
