//go:build linux

package e2e

import (
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A scenario is a program and what a person does with it. It runs bare in one
// terminal and in sessions of every pairing in others, over a clean and over a
// bad network; after each step all screens must become alike.
type scenario struct {
	name    string
	needs   [][2]string                     // programs and their packages
	files   func(t testing.TB, home string) // fills the home directory, which is the working directory too
	env     []string                        // added to the program's environment
	command string                          // line for sh
	start   string                          // pattern that the bare terminal shows before the first step; "" for any change
	steps   []step
	skip    mask // lines that are never compared

	// stockServer says what a stock server's emulator gets wrong here. Where it
	// is set, the session of our client with a stock server must look like the one of a
	// stock client with a stock server.
	stockServer string

	// lost takes from the cells of the reference what stock's language for screens
	// cannot express, where a stock program is at either end; nil for nothing.
	lost func(*look)
}

// A person is whoever sits at a terminal.
type person interface {
	keys(names ...string) // presses keys by tmux's names
	bytes(b string)       // types bytes as they are
	resize(cols, rows int)
}

// A step is something that the user does.
type step struct {
	what  string
	do    func(p person)
	until string // pattern that the bare terminal shows then; "" for any change
	skip  mask   // lines not compared after it, beside the scenario's
}

// press is a step of keys by tmux's names.
func press(names ...string) step {
	return step{what: strings.Join(names, " "), do: func(p person) { p.keys(names...) }}
}

// enter is a step of bytes that are typed as they are.
func enter(b string) step {
	return step{what: fmt.Sprintf("%q", b), do: func(p person) { p.bytes(b) }}
}

// size is a step that resizes the terminal.
func size(cols, rows int) step {
	return step{what: fmt.Sprintf("size %dx%d", cols, rows), do: func(p person) { p.resize(cols, rows) }}
}

// to says what the screen shows after a step.
func (s step) to(pattern string) step { s.until = pattern; return s }

// but leaves lines out of the comparison.
func (s step) but(m mask) step { s.skip = m; return s }

// above skips the lines before line n.
func above(n int) mask { return func(i int, _ string) bool { return i < n } }

// everything skips all lines: the step only prepares others.
func everything(int, string) bool { return true }

// A session is one terminal with a session of the scenario in it.
type session struct {
	*pane
	pairing
	bad   bool
	relay *relay
}

// run runs the scenario.
func (sc *scenario) run(t *testing.T) {
	for _, need := range sc.needs {
		program(t, need[0], need[1])
	}
	x := newTmux(t)
	bare := x.open("bare terminal", sc.script(t)+"; exec cat")
	var all []*session
	references := []*pane{bare} // what is waited for before others are compared with it
	if sc.stockServer != "" {
		both := sc.open(t, x, pairing{stock, stock}, false)
		references = append(references, both.pane)
		all = append(all, both)
	}
	for _, p := range ours {
		for _, bad := range []bool{false, true} {
			all = append(all, sc.open(t, x, p, bad))
		}
	}
	bare.expect("^line 6$")
	for _, s := range all {
		s.expect("^line 6$")
		s.relay.set(s.bad, false)
	}
	for i, st := range append([]step{{what: "start", do: func(p person) { p.keys("Enter") }, until: sc.start}}, sc.steps...) {
		var before []*screen
		for _, p := range references {
			before = append(before, p.screen())
		}
		st.do(bare)
		for _, s := range all {
			st.do(s.pane)
		}
		for k, p := range references {
			reach(p, before[k], st, i)
		}
		x.quiet()
		for _, s := range all {
			reference := bare
			if s.server == stock {
				reference = references[len(references)-1]
			}
			sc.compare(x, reference, s, st, i)
		}
	}
}

// open starts a session of the scenario.
func (sc *scenario) open(t testing.TB, x *tmux, p pairing, bad bool) *session {
	script := sc.script(t)
	srv := p.startServer(t, cleanEnv(t.TempDir()), "sh", "-c", script)
	hash := fnv.New64()
	fmt.Fprint(hash, sc.name, p)
	r := newRelay(t, srv.addr, hash.Sum64())
	name, path := p.String(), "clean path"
	if bad {
		path = "bad path"
	}
	return &session{pane: x.open(name+", "+path, p.clientLine(t, srv, r.port())), pairing: p, bad: bad, relay: r}
}

// script returns a line for sh that waits for Enter on a screen with some text, and
// then runs the program in a home directory of its own.
func (sc *scenario) script(t testing.TB) string {
	home := filepath.Join(t.TempDir(), "home")
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	if sc.files != nil {
		sc.files(t, home)
	}
	env := append([]string{
		"HOME=" + home, "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LANG=C.UTF-8", "TERM=xterm-256color",
		"NCURSES_NO_UTF8_ACS=1", "SHELL=/bin/sh", "USER=user", "TZ=UTC", "XDG_RUNTIME_DIR=" + home,
	}, sc.env...)
	quoted := make([]string, len(env))
	for i, e := range env {
		quoted[i] = quote(e)
	}
	return fmt.Sprintf(`cd %s; stty -echo; printf '\033[H\033[2J'; for i in 1 2 3 4 5 6; do echo line $i; done; read x; stty echo; env -i %s sh -c %s; echo "[over $?]"; read x`,
		quote(home), strings.Join(quoted, " "), quote(sc.command))
}

// reach waits until a terminal shows what a step leads to.
func reach(p *pane, before *screen, st step, n int) {
	p.x.t.Helper()
	if st.until != "" {
		re := lines(st.until)
		p.x.wait(func() bool { return re.MatchString(p.text()) }, func() string {
			return fmt.Sprintf("step %d (%s): the %s never showed %q; it shows\n%s", n, st.what, p.name, st.until, p.text())
		})
		return
	}
	p.x.wait(func() bool {
		now := p.screen()
		before.cols, before.height = now.cols, now.height // only the program's answer to a new size counts
		rows, what := before.differ(now, nil)
		return len(rows) > 0 || what != ""
	}, func() string {
		return fmt.Sprintf("step %d (%s) changed nothing on the %s, which shows\n%s", n, st.what, p.name, p.text())
	})
}

// compare waits until a session shows what its reference does: the bare terminal, or the
// last reference where it has a stock server whose faults are known.
func (sc *scenario) compare(x *tmux, reference *pane, s *session, st step, n int) {
	x.t.Helper()
	skip := func(i int, line string) bool {
		return sc.skip != nil && sc.skip(i, line) || st.skip != nil && st.skip(i, line)
	}
	re := lines(st.until)
	var a, b *screen
	var rows []int
	var what string
	x.wait(func() bool {
		a, b = sc.reference(reference, s), s.screen()
		rows, what = a.differ(b, skip)
		return len(rows) == 0 && what == "" && re.MatchString(s.text())
	}, func() string {
		return fmt.Sprintf("%s, step %d (%s):\n%s", sc.name, n, st.what, sideBySide(a, b, rows, what))
	})
}

// reference returns the screen that a session is compared with.
func (sc *scenario) reference(p *pane, with *session) *screen {
	s := p.screen()
	if sc.lost == nil || with.client == roam && with.server == roam {
		return s
	}
	for _, row := range s.lines {
		for i := range row {
			sc.lost(&row[i].look)
		}
	}
	return s
}
