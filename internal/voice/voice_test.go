package voice

import (
	"os"
	"strings"
	"testing"

	"github.com/creack/pty"
)

func TestMessage(t *testing.T) {
	const hint = "check the spelling of the host, or your network's name service"
	for _, c := range []struct {
		name  string
		style Style
		kind  Kind
		text  string
		want  string
	}{
		{"a file", Style{}, Hint, hint, "roam: hint: " + hint + "\n"},
		{"wide", Style{Width: 80}, Hint, hint, "roam: hint: " + hint + "\n"},
		{"exactly", Style{Width: 12 + len(hint)}, Hint, hint, "roam: hint: " + hint + "\n"},
		{"one less", Style{Width: 11 + len(hint)}, Hint, hint, "roam: hint: check the spelling of the host, or your network's name\n  service\n"},
		{"narrow", Style{Width: 20}, Hint, hint, "roam: hint: check\n  the spelling of\n  the host, or your\n  network's name\n  service\n"},
		{"a long word", Style{Width: 20}, Plain, "see /usr/share/a/long/path there", "roam: see\n  /usr/share/a/long/path\n  there\n"},
		{"wide characters", Style{Width: 20}, Plain, "日本語日本 日本語", "roam: 日本語日本\n  日本語\n"},
		{"no text", Style{Width: 20}, Error, "", "roam: error: \n"},
		{"coloured", Style{Colour: true}, Error, "no host given", "\x1b[1mroam:\x1b[m \x1b[1;31merror:\x1b[m no host given\n"},
		{"colour takes no columns", Style{Width: 26, Colour: true}, Error, "no host given", "\x1b[1mroam:\x1b[m \x1b[1;31merror:\x1b[m no host given\n"},
		{"plain and coloured", Style{Colour: true}, Plain, "no sessions", "\x1b[1mroam:\x1b[m no sessions\n"},
	} {
		if got := c.style.Message("roam", c.kind, c.text); got != c.want {
			t.Errorf("%s: got %q\nwant %q", c.name, got, c.want)
		}
	}
}

func TestWrapBehindAVerdict(t *testing.T) {
	s := Style{Width: 24, Colour: true}
	const want = "\x1b[32mok\x1b[m    ssh logs in and\n      runs commands\n"
	if got := s.Wrap(s.Mark(OK)+"    ", 6, "ssh logs in and runs commands"); got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if got := (Style{}).Mark(Failed); got != "failed" {
		t.Errorf("without colours: %q", got)
	}
}

// TestStyleOfATerminal asks a real pseudo-terminal, and what is none.
func TestStyleOfATerminal(t *testing.T) {
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	defer slave.Close()
	if err := pty.Setsize(slave, &pty.Winsize{Cols: 72, Rows: 24}); err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(t.TempDir() + "/file")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, c := range []struct {
		name string
		file *os.File
		env  map[string]string
		want Style
	}{
		{"a terminal", slave, map[string]string{"TERM": "xterm"}, Style{72, true}},
		{"NO_COLOR", slave, map[string]string{"TERM": "xterm", "NO_COLOR": "1"}, Style{72, false}},
		{"NO_COLOR, empty", slave, map[string]string{"TERM": "xterm", "NO_COLOR": ""}, Style{72, true}},
		{"dumb", slave, map[string]string{"TERM": "dumb"}, Style{72, false}},
		{"no TERM", slave, nil, Style{72, false}},
		{"a file", file, map[string]string{"TERM": "xterm"}, Style{}},
		{"nothing", nil, map[string]string{"TERM": "xterm"}, Style{}},
	} {
		if got := For(c.file, func(name string) string { return c.env[name] }); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
	if err := pty.Setsize(slave, &pty.Winsize{Cols: minWidth - 1, Rows: 24}); err != nil {
		t.Fatal(err)
	}
	if got := For(slave, func(string) string { return "xterm" }); got.Width != 0 {
		t.Errorf("a terminal of %d columns is wrapped at %d", minWidth-1, got.Width)
	}
}

// FuzzMessage finds that wrapping loses no word, and that no line is wider than the
// terminal but one that begins with a word that is.
func FuzzMessage(f *testing.F) {
	f.Add("no answer from 192.0.2.1 on UDP port 60001", 40)
	f.Add("  日本語 \t e\u0301", 20)
	f.Fuzz(func(t *testing.T, text string, width int) {
		if width < minWidth || width > 500 || strings.ContainsAny(text, "\n\x1b") {
			return
		}
		out := Style{Width: width}.Message("roam", Error, text)
		if got := strings.ReplaceAll(strings.TrimSuffix(out, "\n"), "\n"+strings.Repeat(" ", indentation), " "); got != "roam: error: "+text {
			t.Fatalf("%q became %q", text, out)
		}
		for i, line := range strings.Split(strings.TrimSuffix(out, "\n"), "\n") {
			words := strings.Split(strings.TrimSpace(line), " ")
			if i > 0 && len(words) > 1 && widthOf(line) > width {
				t.Fatalf("line %q is wider than %d", line, width)
			}
		}
	})
}
