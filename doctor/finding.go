// Package doctor examines what a session needs, here, on a host and between the two, and
// says of each thing whether it is well, why not, and by which command it is mended.
//
// What was found out (Local, Host) is apart from what it means (their Findings), which is
// judged without touching anything.
package doctor

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"roam/internal/voice"
)

// A Verdict says how a thing is.
type Verdict = voice.Verdict

// The verdicts.
const (
	OK      = voice.OK
	Warning = voice.Doubt  // a session is possible, and lacks something
	Failed  = voice.Failed // it keeps a session from being, or from being safe to rely on
)

// Where a thing is, and where its mend is to be run.
const (
	Here = "here"
	Host = "host"
)

// A Finding is what there is to say of one thing.
type Finding struct {
	Check   string  `json:"check"` // its name, a word
	Verdict Verdict `json:"verdict"`
	Reason  string  `json:"reason"`            // a sentence without a full stop
	Mend    string  `json:"mend,omitempty"`    // the command that mends it; "" if nothing is to be mended, or no command does
	MendOn  string  `json:"mend_on,omitempty"` // Here or Host
}

// mend returns f with the command that mends it, and where to run it.
func (f Finding) mend(on, command string) Finding {
	f.Mend, f.MendOn = command, on
	return f
}

// A Report is all that was found.
type Report struct {
	Host     string       `json:"host,omitempty"` // as it was given; "" for this machine alone
	OK       bool         `json:"ok"`             // nothing has failed
	Findings []Finding    `json:"findings"`
	UDP      *Measurement `json:"udp,omitempty"` // of the path to the host; nil if none was measured
}

// Add files findings.
func (r *Report) Add(found ...Finding) {
	r.Findings = append(r.Findings, found...)
	r.OK = true
	for _, f := range r.Findings {
		if f.Verdict == Failed {
			r.OK = false
		}
	}
}

// WriteJSON writes the report for programs.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(r)
}

// reasons is the column in which reasons stand.
const reasons = 19

// WriteText writes the report for people, in a style. Commands stay on one line each, to
// be copied.
func (r *Report) WriteText(w io.Writer, style voice.Style) error {
	var out strings.Builder
	for _, f := range r.Findings {
		lead := style.Mark(f.Verdict) + strings.Repeat(" ", max(9-len(f.Verdict), 1)) + fmt.Sprintf("%-9s ", f.Check)
		out.WriteString(style.Wrap(lead, reasons, f.Reason))
		switch {
		case f.Mend == "":
		case f.MendOn == Host && r.Host != "":
			fmt.Fprintf(&out, "%*s on %s: %s\n", reasons-1, "", r.Host, f.Mend)
		default:
			fmt.Fprintf(&out, "%*s here: %s\n", reasons-1, "", f.Mend)
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}
