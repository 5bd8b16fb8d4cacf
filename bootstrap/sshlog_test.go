package bootstrap

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/creack/pty"

	"roam/terminal"
)

// TestLogComesAboveQuestion shows a line while the terminal asks for a password, and one
// while it does not, anywhere on the screen.
func TestLogComesAboveQuestion(t *testing.T) {
	t.Setenv("TERM", "xterm")
	for _, test := range []struct{ before, mode, want string }{
		{"question: ", "-echo", "said|question: *"},
		{"a\r\nb\r\nc\r\nquestion: ", "-echo", "b|c|said|question: *"},
		{"a\r\n", "echo", "a|said|*"},
	} {
		master, slave, err := pty.Open()
		if err != nil {
			t.Fatal(err)
		}
		defer master.Close()
		defer slave.Close()
		pty.Setsize(master, &pty.Winsize{Rows: 4, Cols: 20})
		stty := exec.Command("stty", test.mode)
		stty.Stdin = slave
		if out, err := stty.CombinedOutput(); err != nil {
			t.Fatalf("stty: %v: %s", err, out)
		}
		em := terminal.New(20, 4, terminal.Options{})
		em.Write([]byte(test.before))
		(&sshLog{user: slave}).show("said")
		shown := make([]byte, 200)
		n, err := master.Read(shown)
		if err != nil {
			t.Fatal(err)
		}
		em.Write(shown[:n])
		em.Write([]byte("*")) // where the cursor is
		if got := rowsOf(em.Snapshot()); got != test.want {
			t.Errorf("%q, %s: got %q, want %q", test.before, test.mode, got, test.want)
		}
	}
}

// rowsOf returns the rows of a screen without blanks at their ends, parted by bars, as far
// as there is something.
func rowsOf(s *terminal.Screen) string {
	cols, rows := s.Size()
	var text []string
	for y := range rows {
		var line []byte
		for x := range cols {
			line = s.Row(y).AppendText(line, x)
		}
		text = append(text, strings.TrimRight(string(line), " "))
	}
	return strings.TrimRight(strings.Join(text, "|"), "|")
}
