package terminal

import (
	"strings"
	"testing"
)

// text returns the rows of s, right-trimmed.
func (s *Screen) text() []string {
	var rows []string
	for _, r := range s.rows {
		var b []byte
		for x := range r.cells {
			b = r.AppendText(b, x)
		}
		rows = append(rows, strings.TrimRight(string(b), " "))
	}
	return rows
}

func TestEmulatorPrintsAndWraps(t *testing.T) {
	e := New(5, 2, Options{})
	e.Write([]byte("abcdefg"))
	if got := strings.Join(e.Snapshot().text(), "|"); got != "abcde|fg" {
		t.Errorf("rows %q", got)
	}
	if !e.Snapshot().Row(0).Wrapped() {
		t.Error("row 0 is not marked as wrapped")
	}
}
