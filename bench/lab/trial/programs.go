package trial

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"roam/bench/lab/helper"
	"roam/bench/lab/vterm"
)

// typeToDoubler types to a program in raw mode that shows each key twice.
func (s *session) typeToDoubler() error {
	if err := s.press("clear; "+helper.Doubler+"\r", "the doubler", blankHome); err != nil {
		return err
	}
	s.calm()
	const width = 34 // twice that fits into a row
	strokes, _ := typeLines(seedDouble+uint64(s.Rep), 1, width, "", false)
	strokes = withoutLastEnter(strokes)
	for i := range strokes {
		if strokes[i].key == ' ' {
			strokes[i].key = '-' // visible, so that its cell tells
		}
	}
	tr := newTracker()
	s.track(tr)
	m := s.begin()
	err := s.play(tr, strokes, layout{0, 2, func(int) int { return 0 }}, nil)
	s.finish("w2r", tr, m)
	return err
}

// vim starts it without the user's settings and without asking the terminal, which
// would be in what is counted.
const vim = "vim -u NONE -N -n -i NONE --cmd 'set t_RV= t_u7= noesckeys ruler%s' +startinsert\r"

// status is a status line that changes with each key.
const status = ` laststatus=2 statusline=%F\ %l,%c\ %{strftime(\"%s\")}\ %p%%`

// typeInVim types two lines, and moves about in them.
func (s *session) typeInVim() error {
	lines, err := s.inVim("w3", fmt.Sprintf(vim, ""))
	if err != nil {
		return err
	}
	if err := s.moveInVim(lines); err != nil {
		return err
	}
	return s.leaveVim()
}

// typeInVimWithStatus has each key change two more places of the screen.
func (s *session) typeInVimWithStatus() error {
	if _, err := s.inVim("w3st", fmt.Sprintf(vim, status)); err != nil {
		return err
	}
	return s.leaveVim()
}

func (s *session) leaveVim() error {
	return s.press("\x1b:q!\r", "the prompt after vim", func(t *vterm.Term) bool { return t.X == promptWidth && strings.HasPrefix(t.Row(t.Y), "$") })
}

// inVim starts vim, types lines in its insert mode and returns them.
func (s *session) inVim(name, command string) (lines []string, err error) {
	if err := s.press(command, "vim", func(t *vterm.Term) bool {
		return strings.HasPrefix(t.Row(rows-1), "-- INSERT --") && t.X == 0 && t.Y == 0
	}); err != nil {
		return nil, err
	}
	time.Sleep(time.Second) // it may still be starting
	const n, width = 2, 40
	strokes, lines := typeLines(seedVim+uint64(s.Rep), n, width, "", true)
	tr := newTracker()
	tr.watched[0] = [2]int{0, cols - 1}
	s.track(tr)
	m := s.begin()
	err = s.play(tr, withoutLastEnter(strokes), layout{0, 1, func(line int) int { return line }}, nil)
	s.finish(name, tr, m)
	return lines, err
}

// moveInVim moves the cursor by letters, which may not show.
func (s *session) moveInVim(lines []string) error {
	const moves, gap = "llllllllllljhhhhhhhh", 180 * time.Millisecond
	s.screen.Send("\x1b", nil)
	time.Sleep(1200 * time.Millisecond) // vim waits a second for the rest of a sequence
	if err := s.press("gg0", "the cursor at home", func(t *vterm.Term) bool {
		return t.X == 0 && t.Y == 0 && t.Row(0) == lines[0] && t.Row(1) == lines[1]
	}); err != nil {
		return err
	}
	s.calm()
	tr := newTracker()
	tr.unchanging = map[int]string{0: lines[0], 1: lines[1]}
	s.track(tr)
	m := s.begin()
	x, y := 0, 0
	for _, c := range moves {
		switch c {
		case 'l':
			x++
		case 'h':
			x--
		case 'j':
			y++
		}
		k := &Key{Kind: "nav", Col: x, Row: y, Char: string(c)}
		s.screen.Send(string(c), func(now int64) {
			k.Typed = now
			tr.expectCursor(k)
		})
		time.Sleep(gap)
	}
	s.finish("w3nav", tr, m)
	return nil
}

// pageInLess turns pages: each key is a whole new screen.
func (s *session) pageInLess() error {
	const lines, pages, gap = 2000, 15, 700 * time.Millisecond
	file := filepath.Join(s.host.dir, "pages")
	text := strings.Join(common, " ")
	var b strings.Builder
	for i := range lines {
		at := i % 50
		fmt.Fprintf(&b, "L%05d %s\n", i+1, strings.Repeat(text[at:at+20]+" ", 3))
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		return fmt.Errorf("trial: %w", err)
	}
	if err := s.press("less "+file+"\r", "less", func(t *vterm.Term) bool { return lineNumber(t, 0) == 1 && t.Y == rows-1 }); err != nil {
		return err
	}
	time.Sleep(500 * time.Millisecond)
	var keys []*Key
	s.screen.watch(func(now int64) {
		t := s.screen.term
		first := lineNumber(t, 0)
		for _, k := range keys {
			// Whole when the last row of text has the page's last line, too.
			if k.Shown == 0 && first >= k.Row && lineNumber(t, rows-2) == first+rows-2 {
				k.Shown = now
			}
		}
	}, nil)
	m := s.begin()
	for i := range pages {
		k := &Key{Kind: "page", Row: 1 + (rows-1)*(i+1)}
		s.screen.Send(" ", func(now int64) {
			k.Typed = now
			keys = append(keys, k)
		})
		time.Sleep(gap)
	}
	s.await(keys)
	s.record("w3p", keys, s.end(m))
	return s.press("q", "the prompt after less", atPrompt)
}

// lineNumber reads the number of the text's line in a row; 0 if it is none.
func lineNumber(t *vterm.Term, row int) int {
	text := t.Row(row)
	if len(text) < 6 || text[0] != 'L' {
		return 0
	}
	n, _ := strconv.Atoi(text[1:6])
	return n
}
