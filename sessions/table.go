package sessions

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"roam/server"
)

// maxRuns is the most characters of a command that a table shows.
const maxRuns = 40

// WriteTable writes found for people who read it at now: a line each, under a head.
func WriteTable(w io.Writer, now time.Time, found []server.Status) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tSTARTED\tLAST CONTACT\tFROM\tSIZE\tRUNS")
	for _, st := range found {
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%dx%d\t%s\n", st.PID, ago(now, st.Started), contact(now, st), printable(orDash(st.Peer)), st.Cols, st.Rows, runs(st))
	}
	return t.Flush()
}

// contact words when the client was heard.
func contact(now time.Time, st server.Status) string {
	switch {
	case st.LastContact.IsZero():
		return "never"
	case st.Attached:
		return "attached"
	}
	return ago(now, st.LastContact)
}

// ago words how long ago something was.
func ago(now, then time.Time) string {
	d := max(now.Sub(then), 0)
	for _, u := range []struct {
		unit time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "min"}} {
		if d >= u.unit {
			return fmt.Sprintf("%d %s ago", d/u.unit, u.name)
		}
	}
	return fmt.Sprintf("%d s ago", d/time.Second)
}

// runs words what a session runs: what has its terminal now or, if that is not known,
// what it was started with.
func runs(st server.Status) string {
	text := st.Foreground
	if text == "" {
		text = strings.Join(st.Command, " ")
	}
	if cut := []rune(printable(text)); len(cut) > maxRuns {
		return string(cut[:maxRuns-1]) + "…"
	}
	return orDash(printable(text))
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// printable returns s with a question mark for what could do something to a terminal:
// the names of programs are their users' to choose.
func printable(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c >= 0x7f && c < 0xa0 {
			return '?'
		}
		return c
	}, s)
}
