package trial

import (
	"strings"
	"time"

	"roam/bench/lab/netpath"
	"roam/bench/lab/vterm"
)

// Seeds of the texts, so that no two workloads type the same.
const (
	seedShell  = 101
	seedCat    = 202
	seedDouble = 303
	seedVim    = 404
	seedPython = 505
)

const (
	lineWidth   = 42 // columns of a typed line: a usual command
	promptWidth = 2
)

// A shellRun is lines typed at a prompt in a shell.
type shellRun struct {
	name   string
	prefix string // of each line
	height int    // rows from one prompt to the next
	top    int    // row of the first prompt
	wait   bool   // for the next prompt
	typos  bool
}

// typeAhead types lines that do nothing, whenever the prompt comes.
func (s *session) typeAhead() error {
	return s.typeAtPrompts(shellRun{name: "w1", prefix: ": ", height: 1, top: 1, typos: true})
}

// typeCommands waits for each prompt.
func (s *session) typeCommands() error {
	return s.typeAtPrompts(shellRun{name: "w1c", prefix: ": ", height: 1, top: 1, wait: true, typos: true})
}

// listing is a program whose output of two rows is between the lines.
const listing = "lsx() { printf 'README.md  bench  client\\ncmd        docs   go.mod\\n'; }"

// typeListings types commands that print something.
func (s *session) typeListings() error {
	if err := s.press(listing+"; clear; echo set\r", "the prompt after a function", topPrompt("set")); err != nil {
		return err
	}
	return s.typeAtPrompts(shellRun{name: "wls", prefix: "lsx ", height: 3, top: 1, wait: true, typos: true})
}

// typeInZsh and typeInFish type in other shells, without the user's settings.
func (s *session) typeInZsh() error {
	return s.typeInShell("wzsh", `PS1='$ ' zsh -f`)
}

func (s *session) typeInFish() error {
	return s.typeInShell("wfi", `fish --private --no-config -C 'set fish_greeting; function fish_prompt; printf "\$ "; end'`)
}

func (s *session) typeInShell(name, command string) error {
	s.screen.Send(command+"\r", nil)
	time.Sleep(time.Second) // it reads what was typed before its prompt otherwise
	if err := s.press("clear; echo in\r", "the prompt of another shell", topPrompt("in")); err != nil {
		return err
	}
	s.calm()
	if err := s.typeAtPrompts(shellRun{name: name, prefix: ": ", height: 1, top: 1, wait: true, typos: true}); err != nil {
		return err
	}
	return s.press("clear; exit\r", "bash's prompt", atPrompt)
}

// topPrompt returns a condition: the word in row 0 and the prompt below.
func topPrompt(word string) func(*vterm.Term) bool {
	return func(t *vterm.Term) bool { return t.Row(0) == word && t.Y == 1 && atPrompt(t) }
}

// typeAtPrompts types the lines. A line that ended up otherwise than typed, since
// the shell got keys between two prompts, is left out and counted.
func (s *session) typeAtPrompts(r shellRun) error {
	strokes, lines := typeLines(seedShell+uint64(s.Rep), s.Lines, lineWidth, r.prefix, r.typos)
	row := func(line int) int { return r.top + line*r.height }
	tr := newTracker()
	for i := range s.Lines {
		tr.watched[row(i)] = [2]int{promptWidth, cols - 1}
	}
	var afterLine func(int) error
	if r.wait {
		afterLine = func(line int) error {
			return s.screen.Wait(patience, "the next prompt", func(t *vterm.Term) bool {
				return t.Y == row(line+1) && t.X >= promptWidth && t.At(0, t.Y) == '$'
			})
		}
	}
	s.track(tr)
	m := s.begin()
	err := s.play(tr, strokes, layout{promptWidth, 1, row}, afterLine)
	s.await(tr.keys)
	sum := s.end(m)
	sum.Strays = tr.stray
	s.record(r.name, s.withoutGarbled(tr, sum, lines, row), sum)
	return err
}

// withoutGarbled returns the keys of lines that stand as typed, and those never
// shown.
func (s *session) withoutGarbled(tr *tracker, sum *Sum, lines []string, row func(int) int) (keys []*Key) {
	if tr.pending() > 0 {
		return tr.keys // lines are unfinished
	}
	garbled := map[int]bool{}
	for i, line := range lines {
		s.screen.look(func(t *vterm.Term) { garbled[row(i)] = t.Row(row(i)) != "$ "+line })
	}
	for _, k := range tr.keys {
		if !garbled[k.Row] {
			keys = append(keys, k)
		}
	}
	for _, is := range garbled {
		if is {
			sum.Values["garbled"]++
		}
	}
	return keys
}

// typeInPython types expressions at python's prompt, in strings so that they do
// nothing. Each prints itself below.
func (s *session) typeInPython() error {
	const prompt = ">>> "
	if err := s.press("clear; python3 -q -I\r", "python's prompt", func(t *vterm.Term) bool { return t.Y == 0 && t.Row(0) == ">>>" && t.X == len(prompt) }); err != nil {
		return err
	}
	s.calm()
	strokes, _ := typeLines(seedPython+uint64(s.Rep), min(s.Lines, 3), lineWidth, "#", true)
	tr := newTracker()
	s.track(tr)
	m := s.begin()
	err := s.play(tr, strokes, layout{len(prompt), 1, func(line int) int { return line }}, func(line int) error {
		return s.screen.Wait(patience, "python's next prompt", func(t *vterm.Term) bool { return t.Y == line+1 && t.X >= len(prompt) })
	})
	s.finish("wpy", tr, m)
	if err != nil {
		return err
	}
	return s.press("\x04", "the prompt after python", atPrompt)
}

// typeToCat types lines, waiting for each to come back.
func (s *session) typeToCat() error {
	if err := s.press("clear; cat\r", "cat", blankHome); err != nil {
		return err
	}
	s.calm()
	const n, width = 3, 38
	strokes, lines := typeLines(seedCat+uint64(s.Rep), n, width, "", true)
	tr := newTracker()
	s.track(tr)
	m := s.begin()
	err := s.play(tr, strokes, layout{0, 1, func(line int) int { return 2 * line }}, func(line int) error {
		return s.screen.Wait(patience, "the line from cat", func(t *vterm.Term) bool {
			return t.X == 0 && t.Y == 2*line+2 && t.Row(2*line) == lines[line] && t.Row(2*line+1) == lines[line]
		})
	})
	s.finish("w2", tr, m)
	return err
}

// blankHome reports whether the cursor is at home on an empty row.
func blankHome(t *vterm.Term) bool { return t.X == 0 && t.Y == 0 && t.Row(0) == "" }

// typePassword types a password, of which nothing may show at any time.
func (s *session) typePassword() error {
	const password, prompt = "hunter2Kx9qzW4mv", "Password:"
	row := -1
	if err := s.press("read -s -p '"+prompt+" ' x; echo; echo got ${#x}\r", "the password's prompt", func(t *vterm.Term) bool {
		row = t.Y
		return t.Row(t.Y) == prompt && t.X == len(prompt)+1
	}); err != nil {
		return err
	}
	time.Sleep(500 * time.Millisecond) // a client may wait for the echo of what is before
	leaked := map[int]bool{}
	var visible, since int64
	s.screen.watch(nil, func(now int64) {
		shows := false
		if strings.HasPrefix(s.screen.term.Row(row), prompt) {
			for x := len(prompt) + 1; x < cols-1; x++ {
				if s.screen.term.At(x, row) != ' ' {
					leaked[x], shows = true, true
				}
			}
		}
		if since != 0 {
			visible += now - since
			since = 0
		}
		if shows {
			since = now
		}
	})
	m := s.begin()
	for _, c := range password {
		s.screen.Send(string(c), nil)
		time.Sleep(betweenKeys)
	}
	time.Sleep(betweenLines)
	err := s.press("\r", "the password's length", func(t *vterm.Term) bool {
		for y := range t.Rows {
			if t.Row(y) == "got 16" {
				return true
			}
		}
		return false
	})
	s.screen.watch(nil, nil)
	sum := s.end(m)
	if since != 0 {
		visible += netpath.Now() - since
	}
	sum.Values["typed"], sum.Values["leaked"], sum.Values["visible_ms"] = float64(len(password)), float64(len(leaked)), float64(visible)/1e6
	s.record("w5", nil, sum)
	return err
}
