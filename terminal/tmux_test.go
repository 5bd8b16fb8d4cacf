package terminal

import (
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// tmuxCaps are what tmux 3.3 can do as a terminal and tell of (it writes
// overline as 5:3).
var tmuxCaps = Capabilities{
	Colors: 1 << 24, ECH: true, BCE: true, AutoMargin: true, EatNewline: true, ScrollRegion: true,
	Faint: true, Italic: true, Struck: true, UnderlineStyles: true, UnderlineColor: true,
	CursorShape: true, Title: true, Clipboard: true, Keypad: true, AltScroll: true, Sync: true,
}

// A tmuxServer is a tmux of the test's own.
type tmuxServer struct {
	t      *testing.T
	socket string
}

func newTmux(t *testing.T) *tmuxServer {
	t.Helper()
	s := &tmuxServer{t, filepath.Join(t.TempDir(), "tmux")}
	t.Cleanup(func() { exec.Command("tmux", "-S", s.socket, "kill-server").Run() })
	return s
}

func (s *tmuxServer) run(args ...string) string {
	s.t.Helper()
	cmd := exec.Command("tmux", append([]string{"-u", "-S", s.socket, "-f", "/dev/null"}, args...)...)
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "LC_ALL=C.UTF-8", "TMUX=")
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Fatalf("tmux %q (is tmux installed?): %v\n%s", args, err, out)
	}
	return string(out)
}

// show writes output to a new pane and returns the rows that tmux then shows,
// with their renditions, and "row,column" of the cursor. The pane asks its
// terminal for its status and waits for the answer, so that all is drawn.
func (s *tmuxServer) show(name string, cols, rows int, output []byte) (screen []string, cursor string) {
	s.t.Helper()
	file := filepath.Join(s.t.TempDir(), "output")
	if err := os.WriteFile(file, append(output, "\x1b[5n"...), 0o600); err != nil {
		s.t.Fatal(err)
	}
	script := fmt.Sprintf("stty raw -echo; cat %s; head -c 4 >/dev/null; tmux -S %s wait-for -S %s; exec cat", file, s.socket, name)
	s.run("new-session", "-d", "-s", name, "-x", fmt.Sprint(cols), "-y", fmt.Sprint(rows), "sh", "-c", script)
	s.run("set", "-t", name, "status", "off")
	s.run("wait-for", name)
	cursor = strings.TrimSpace(s.run("display-message", "-p", "-t", name, "#{cursor_y},#{cursor_x}"))
	out := s.run("capture-pane", "-p", "-e", "-N", "-t", name)
	s.run("kill-session", "-t", name)
	return strings.Split(strings.TrimSuffix(out, "\n"), "\n"), cursor
}

// tmuxGlyphs are those on whose width tmux agrees.
var tmuxGlyphs = strings.Fields("a b c d 0 1 - é ß ─ │ █ λ 中 文 字 한 글 あ e\u0301 か\u3099")

// TestTmuxShowsUserDiffs draws random screens on a real terminal and reads back
// what it shows.
func TestTmuxShowsUserDiffs(t *testing.T) {
	tmux, p := newTmux(t), UserProfile(tmuxCaps)
	all := programGlyphs
	programGlyphs = tmuxGlyphs
	defer func() { programGlyphs = all }()
	tmux.run("new-session", "-d", "-s", "keep", "cat")
	for seed := range int64(30) {
		const cols, rows = 60, 16
		rnd := rand.New(rand.NewSource(seed))
		e := New(cols, rows, Options{})
		prog := programmer{rnd: rnd, cols: cols, rows: rows}
		from := e.Snapshot()
		output := AppendRepaint(p.AppendEnter(nil), from, p)
		for range 10 {
			e.Write(prog.output(8))
			to := e.Snapshot()
			output = AppendDiff(output, from, to, p)
			from = to
		}
		e.Write([]byte("\x1b[?5l"))
		output = AppendDiff(output, from, e.Snapshot(), p)
		want := e.Snapshot()
		got, cursor := tmux.show(fmt.Sprint("s", seed), cols, rows, output)
		if w := fmt.Sprintf("%d,%d", want.cursor.Row, want.cursor.Col); cursor != w {
			t.Errorf("seed %d: cursor %s, want %s", seed, cursor, w)
		}
		// The captured rows, drawn once more, must be the screen.
		again := New(cols, rows, Options{})
		var ends [rows]int // tmux does not tell of erased cells at a row's end
		for y, line := range got {
			fmt.Fprintf(again, "\x1b[%dH%s", y+1, line)
			if ends[y] = again.x; again.pending {
				ends[y] = cols
			}
		}
		shown := again.Snapshot()
		for y := range rows {
			for x := range cols {
				g, w := tmuxCell(shown.rows[y], x, p), tmuxCell(want.rows[y], x, p)
				if x >= ends[y] && isErased(want.rows[y].cells[x]) {
					w.pen = readerPen{}
				}
				if g != w {
					t.Fatalf("seed %d: row %d column %d: %+v, want %+v\nrow %q", seed, y, x, g, w, got[y])
				}
			}
		}
	}
}

// tmuxCell returns what tmux tells of a cell: links it does not, nor the
// colours of the right half of a glyph.
func tmuxCell(row *Row, x int, p *Profile) readerCell {
	c := row.cells[x]
	text := p.appendCell(nil, row, x)
	cell := readerCell{string(text), c.Width() == 2, wantPen(Pen{c.Fg(), c.Bg(), c.Style(), row.Extra(x)}, p)}
	if cell.pen.link = ""; c.Width() == 0 {
		cell.pen = readerPen{}
	}
	return cell
}
