package trial

import (
	"slices"
	"time"

	"roam/bench/lab/netpath"
	"roam/bench/lab/vterm"
)

// A workload is something that is done in a session.
type workload struct {
	about string
	run   func(*session) error
}

// workloads by name.
var workloads = map[string]workload{
	"w1":   {"typing words at a shell's prompt, without waiting for it", (*session).typeAhead},
	"w1c":  {"typing words at a shell's prompt, waiting for it", (*session).typeCommands},
	"wls":  {"commands with output, waiting for each prompt", (*session).typeListings},
	"wzsh": {"typing at zsh's prompt", (*session).typeInZsh},
	"wfi":  {"typing at fish's prompt", (*session).typeInFish},
	"wpy":  {"typing at python's prompt", (*session).typeInPython},
	"w2":   {"typing lines into cat", (*session).typeToCat},
	"w2r":  {"a program that shows each key twice", (*session).typeToDoubler},
	"w3":   {"typing in vim, then moving about in it (w3nav)", (*session).typeInVim},
	"w3st": {"typing in vim with a status line", (*session).typeInVimWithStatus},
	"w3p":  {"paging in less: a whole new screen for each key", (*session).pageInLess},
	"w4":   {"Ctrl-C in a flood of yes (w4yes) and of seq (w4seq)", (*session).interruptFloods},
	"w5":   {"typing a password, which may not show", (*session).typePassword},
	"w6":   {"age of the server's time stamps when displayed, one way", (*session).watchStamps},
	"w7":   {"cat of 50 MB", (*session).flood},
	"rec":  {"an outage", func(s *session) error { return s.recover("rec", netpath.Stay, false) }},

	"recroam": {"an outage, meanwhile another address", func(s *session) error { return s.recover("recroam", netpath.Roam, false) }},
	"recnat":  {"an outage, meanwhile a NAT's rebinding", func(s *session) error { return s.recover("recnat", netpath.Rebind, false) }},
	"rectype": {"an outage, meanwhile another address, while somebody types", func(s *session) error { return s.recover("rectype", netpath.Roam, true) }},
}

// About returns what a workload is; empty if there is none of that name.
func About(name string) string { return workloads[name].about }

// Names returns the workloads' names in order.
func Names() (names []string) {
	for name := range workloads {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// A layout is where typed lines show: each character step columns behind the last,
// from column col of row(line) on.
type layout struct {
	col, step int
	row       func(line int) int
}

// play types strokes, each at its time: a slow screen does not slow the typist. If
// afterLine is set, it runs after each enter, and the next line begins when it
// returns.
func (s *session) play(tr *tracker, strokes []stroke, where layout, afterLine func(line int) error) error {
	x, line := 0, 0
	next := time.Now()
	for _, st := range strokes {
		next = next.Add(st.gap)
		time.Sleep(time.Until(next))
		if st.key == 0 {
			continue
		}
		k := &Key{Kind: "char", Char: string(rune(st.key)), Row: where.row(line), Col: where.col + x*where.step, want: rune(st.key)}
		switch st.key {
		case enter:
			s.screen.Send("\r", nil)
			if afterLine != nil {
				if err := afterLine(line); err != nil {
					return err
				}
				next = time.Now()
			}
			line, x = line+1, 0
			continue
		case erase:
			x--
			k.Kind, k.Char, k.Col, k.want = "bs", "", where.col+x*where.step, ' '
		default:
			x++
		}
		s.screen.Send(string(rune(st.key)), func(now int64) {
			k.Typed = now
			tr.expect(s.screen.term, k, false)
			for i := 1; i < where.step; i++ {
				tr.expect(s.screen.term, &Key{Kind: "again", Row: k.Row, Col: k.Col + i, want: k.want, Typed: now}, true)
			}
		})
	}
	return nil
}

// finish waits for a tracker's keys and records them.
func (s *session) finish(workload string, tr *tracker, m mark) {
	s.await(tr.keys)
	sum := s.end(m)
	sum.Strays = tr.stray
	s.record(workload, tr.keys, sum)
}

// press types keys and waits for what they lead to.
func (s *session) press(keys, what string, wanted func(t *vterm.Term) bool) error {
	s.screen.Send(keys, nil)
	return s.screen.Wait(patience, what, wanted)
}
