// Package sessions lists and ends the sessions of a user, on this machine or on a host
// that ssh leads to.
package sessions

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"roam/bootstrap"
	"roam/server"
)

// List returns the sessions on the host of c, oldest first. Errors are those of
// bootstrap.Query, and a *AnswerError.
func List(ctx context.Context, c bootstrap.SSHConfig) ([]server.Status, error) {
	answer, status, err := bootstrap.Query(ctx, c, []string{"ls", "--json"})
	if err != nil {
		return nil, err
	}
	var found []server.Status
	if status != 0 || json.Unmarshal(answer, &found) != nil {
		return nil, newAnswerError(c.Host, "ls", status, answer)
	}
	return found, nil
}

// End ends sessions on the host of c. Errors are those of List.
func End(ctx context.Context, c bootstrap.SSHConfig, ids []int) error {
	words := []string{"kill"}
	for _, id := range ids {
		words = append(words, strconv.Itoa(id))
	}
	answer, status, err := bootstrap.Query(ctx, c, words)
	if err == nil && status != 0 {
		err = newAnswerError(c.Host, "kill", status, answer)
	}
	return err
}

// WriteJSON writes found as List on another machine reads it: an array.
func WriteJSON(w io.Writer, found []server.Status) error {
	if found == nil {
		found = []server.Status{}
	}
	return json.NewEncoder(w).Encode(found)
}

// An AnswerError reports a host whose roam did not do as it was told.
type AnswerError struct {
	Host   string
	Task   string   // the subcommand
	Status int      // its exit status
	Words  []string // the last lines that it printed, oldest first
}

// maxWords is how many lines of an answer an AnswerError has.
const maxWords = 5

func newAnswerError(host, task string, status int, answer []byte) *AnswerError {
	e := &AnswerError{Host: host, Task: task, Status: status}
	for line := range bytes.Lines(answer) {
		if text := printable(string(bytes.TrimSpace(line))); text != "" {
			e.Words = append(e.Words, strings.TrimPrefix(text, "roam: error: "))
		}
	}
	e.Words = e.Words[max(0, len(e.Words)-maxWords):]
	return e
}

func (e *AnswerError) Error() string {
	s := fmt.Sprintf("sessions: roam %s on %s", e.Task, e.Host)
	switch {
	case len(e.Words) > 0:
		return s + ": " + strings.Join(e.Words, "; ")
	case e.Status != 0:
		return s + fmt.Sprintf(" ended with status %d", e.Status)
	}
	return s + " said nothing"
}

// Hint says what to try.
func (e *AnswerError) Hint() string {
	return "roam ls shows the sessions there; an older roam there may not know the command: update it"
}
