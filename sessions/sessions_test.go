package sessions

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"roam/server"
)

var now = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

func TestWriteTable(t *testing.T) {
	found := []server.Status{
		{PID: 7, Started: now.Add(-49 * time.Hour), LastContact: now.Add(-3 * time.Minute), Peer: "192.0.2.1:4711", Cols: 80, Rows: 24, Command: []string{"-zsh"}, Foreground: "vim"},
		{PID: 4711, Started: now.Add(-2 * time.Hour), LastContact: now.Add(-time.Second), Attached: true, Peer: "[2001:db8::1]:9", Cols: 200, Rows: 50, Command: []string{"top", "-d", "60"}},
		{PID: 8, Started: now.Add(time.Second), Cols: 80, Rows: 24, Command: []string{"\x1b]0;title\a", strings.Repeat("x", 60)}},
	}
	const want = `ID    STARTED  LAST CONTACT  FROM             SIZE    RUNS
7     2 d ago  3 min ago     192.0.2.1:4711   80x24   vim
4711  2 h ago  attached      [2001:db8::1]:9  200x50  top -d 60
8     0 s ago  never         -                80x24   ?]0;title? xxxxxxxxxxxxxxxxxxxxxxxxxxxx…
`
	var b bytes.Buffer
	if err := WriteTable(&b, now, found); err != nil || b.String() != want {
		t.Errorf("got %v\n%swant\n%s", err, b.String(), want)
	}
}

func TestWriteJSON(t *testing.T) {
	var b bytes.Buffer
	if err := WriteJSON(&b, nil); err != nil || b.String() != "[]\n" {
		t.Errorf("no sessions are written as %q, %v", b.String(), err)
	}
}

func TestAnswerErrors(t *testing.T) {
	for _, test := range []struct {
		answer string
		status int
		want   string
	}{
		{"", 2, "sessions: roam kill on host ended with status 2"},
		{"", 0, "sessions: roam kill on host said nothing"},
		{"roam: error: session 7: no such session\r\n", 1, "sessions: roam kill on host: session 7: no such session"},
		{"1\n2\n\n3\n4\n5\n\x1b[6\n", 1, "sessions: roam kill on host: 2; 3; 4; 5; ?[6"},
	} {
		if got := newAnswerError("host", "kill", test.status, []byte(test.answer)).Error(); got != test.want {
			t.Errorf("%q: got %q, want %q", test.answer, got, test.want)
		}
	}
}
