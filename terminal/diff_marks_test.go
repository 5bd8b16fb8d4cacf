package terminal

import (
	"math/rand"
	"strings"
	"testing"
)

// What a shell tells of its prompts reaches a user's terminal on its main screen, where each
// stood; A, at which terminals may begin a new line, in the first column.
func TestPromptMarks(t *testing.T) {
	alternate := fullCaps
	alternate.EnterCA = []byte("\x1b[?1049h")
	deaf := fullCaps
	deaf.Marks = false
	for _, c := range []struct{ name, base, more, want string }{
		{"a prompt", "", "\x1b]133;D;1\a\x1b]133;A;cl=m;aid=7\a$ \x1b]133;B\a", "\x1b]133;D;1\a|\x1b]133;A\a|$|\x1b]133;B\a"},
		{"only what is new", "\x1b]133;A\a$ \x1b]133;B\als", "\r\n\x1b]133;C\aout", "\x1b]133;C\a|out"},
		{"no status", "", "out\r\n\x1b]133;D\a\x1b]133;A\a", "out|\x1b]133;D\a|\x1b]133;A\a"},
		{"text in its place", "", "\x1b]133;D;evil\a\x1b]133;A;evil\x1b\\", "\x1b]133;D\a|\x1b]133;A\a"},
		{"not in the first column", "", "text\x1b]133;A\a$ \x1b]133;B\a", "\x1b]133;A\a|text$|\x1b]133;B\a"},
		{"a prompt of two rows", "", "\x1b]133;A\a12345678901234$ \x1b]133;B\a", "\x1b]133;A\a|1234567890|1234$|\x1b]133;B\a"},
		{"along with a scroll", "123456789\r\nabcdefghi\r\n\x1b]133;A\a$ 2345678\x1b]133;B\a", "\r\n\x1b]133;C\aout", "\x1b]133;C\a|out"},
	} {
		e := New(10, 3, Options{})
		e.Write([]byte(c.base))
		from := e.Snapshot()
		e.Write([]byte(c.more))
		diff := string(AppendDiff(nil, from, e.Snapshot(), UserProfile(fullCaps)))
		var parts []string
		for i, rest := 0, diff; i >= 0; {
			i = strings.Index(rest, "\x1b]133;")
			text := rest
			if i >= 0 {
				text = rest[:i]
			}
			parts = append(parts, printed(text)...)
			if i >= 0 {
				mark, after, _ := strings.Cut(rest[i:], "\a")
				parts, rest = append(parts, mark+"\a"), after
			}
		}
		if got := strings.Join(parts, "|"); got != c.want {
			t.Errorf("%s: %q says %q, want %q", c.name, diff, got, c.want)
		}
		for _, p := range []*Profile{UserProfile(alternate), UserProfile(deaf), StockProfile} {
			if diff := AppendDiff(nil, from, e.Snapshot(), p); strings.Contains(string(diff), "133") {
				t.Errorf("%s: where no marks are wanted: %q", c.name, diff)
			}
		}
	}
}

// printed returns the words that a terminal prints.
func printed(out string) []string {
	e := New(10, 3, Options{})
	e.Write([]byte(out))
	return strings.Fields(strings.Join(e.Snapshot().text(), " "))
}

// Through any program, diffs and repaints, a terminal has every mark that the screen has.
func TestPromptMarksFollow(t *testing.T) {
	caps := fullCaps
	caps.Clusters = false
	p := UserProfile(caps)
	for seed := range int64(300) {
		rnd := rand.New(rand.NewSource(seed))
		e, user := New(12, 5, Options{}), New(12, 5, Options{})
		prog := programmer{rnd: rnd, cols: 12, rows: 5}
		var from *Screen
		for step := range 15 {
			e.Write(prog.output(2))
			for range rnd.Intn(4) {
				e.Write([]byte("\x1b]133;" + []string{"A", "B", "C", "D", "D;0", "D;130"}[rnd.Intn(6)] + "\a" + []string{"", "$ ", "\r\n"}[rnd.Intn(3)]))
			}
			to := e.Snapshot()
			diff := AppendRepaint(nil, to, p)
			if from != nil && rnd.Intn(6) > 0 {
				diff = AppendDiff(nil, from, to, p)
			}
			user.Write(diff)
			from = to
			shown := user.Snapshot()
			for y, row := range to.rows {
				is, got := row.mark, shown.rows[y].mark
				if is.Prompt && !got.Prompt || is.Output && !got.Output || is.End && (!got.End || got.Exit != is.Exit) ||
					is.Command > 0 && got.Command != is.Command {
					t.Fatalf("seed %d step %d: row %d is marked %+v, want %+v\ndiff %q", seed, step, y, got, is, diff)
				}
			}
			if err := screenError(shown, to, p); err != nil {
				t.Fatalf("seed %d step %d: %v", seed, step, err)
			}
		}
	}
}
