package trial

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"roam/bench/lab/helper"
	"roam/bench/lab/netpath"
	"roam/bench/lab/vterm"
)

// interruptFloods lets a program flood the terminal and interrupts it: how long
// until the prompt shows?
func (s *session) interruptFloods() error {
	for _, flood := range []struct{ name, command string }{
		{"w4yes", "yes 0123456789abcdefghijklmnopqrstuvwxyz0123456789"},
		{"w4seq", "seq 1 1000000000"},
	} {
		if err := s.sync(); err != nil {
			return err
		}
		if err := s.interrupt(flood.name, flood.command); err != nil {
			return err
		}
	}
	return nil
}

const (
	floodTime = 3 * time.Second        // before the interrupt: queues are full
	stays     = 500 * time.Millisecond // a prompt that shows for so long is no remnant
	givenUp   = 30 * time.Second       // nobody waits longer for a prompt
)

func (s *session) interrupt(name, command string) error {
	if err := s.press(command+"\r", "the flood", func(t *vterm.Term) bool { return len(t.Row(20)) > 3 && len(t.Row(21)) > 3 }); err != nil {
		return err
	}
	m := s.begin()
	time.Sleep(floodTime)
	k := &Key{Kind: "ctrl-c"}
	since := int64(0)
	s.screen.watch(func(now int64) {
		t := s.screen.term
		if !atPrompt(t) || !strings.Contains(t.Row(t.Y-1), "^C") {
			since = 0
		} else if since == 0 {
			since = now
		}
	}, nil)
	s.screen.Send("\x03", func(now int64) { k.Typed = now })
	for end := time.Now().Add(givenUp); k.Shown == 0 && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		s.screen.look(func(*vterm.Term) {
			if since != 0 && netpath.Now()-since > int64(stays) {
				k.Shown = since
			}
		})
	}
	s.screen.watch(nil, nil)
	k.End = netpath.Now()
	s.record(name, []*Key{k}, s.end(m))
	return nil
}

// stampAt reads what the marker prints in row 0.
func stampAt(t *vterm.Term) (number int, ns int64, ok bool) {
	var end string
	n, _ := fmt.Sscanf(t.Row(0), "MARK %d %d %s", &number, &ns, &end)
	return number, ns, n == 3 && end == "."
}

// watchStamps watches time stamps that the server prints. One that never shows
// counts with the age at which a later one took its place.
func (s *session) watchStamps() error {
	const n, interval = 24, 420 * time.Millisecond
	type seen struct{ printed, shown int64 }
	got := map[int]seen{}
	s.screen.watch(func(now int64) {
		if number, ns, ok := stampAt(s.screen.term); ok && got[number].shown == 0 {
			got[number] = seen{ns, now}
		}
	}, nil)
	m := s.begin()
	s.screen.Send(fmt.Sprintf("%s -n %d -i %v\r", helper.Marker, n, interval), nil)
	err := s.screen.Wait(n*interval+patience, "the last stamp", func(t *vterm.Term) bool { number, _, _ := stampAt(t); return number == n })
	sum := s.end(m)
	s.screen.watch(nil, nil)
	var keys []*Key
	for i := 1; i <= n; i++ {
		for later := i; later <= n; later++ {
			if v, ok := got[later]; ok {
				keys = append(keys, &Key{Kind: "stamp", Typed: v.printed - int64(later-i)*int64(interval), Shown: v.shown})
				break
			}
			if later == i {
				sum.Values["skipped"]++
			}
		}
	}
	s.record("w6", keys, sum)
	return err
}

// floodSize is how much the flood prints: a log that somebody should not have
// looked at.
const floodSize = 50_000_000

// flood prints a large file: how long until what follows it shows?
func (s *session) flood() error {
	file := filepath.Join(s.host.dir, "flood")
	line := strings.Join(common, " ")[:70] + "\n"
	if err := os.WriteFile(file, []byte(strings.Repeat(line, floodSize/len(line))), 0o644); err != nil {
		return fmt.Errorf("trial: %w", err)
	}
	m := s.begin()
	k := &Key{Kind: "cat"}
	s.screen.watch(func(now int64) {
		t := s.screen.term
		if k.Shown == 0 && k.Typed != 0 && atPrompt(t) && t.Row(t.Y-1) == "DONE50" {
			k.Shown = now
		}
	}, nil)
	s.screen.Send("clear; cat "+file+"; echo DONE$((49+1))\r", func(now int64) { k.Typed = now })
	const longest = 3 * time.Minute
	for end := time.Now().Add(longest); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		done := false
		s.screen.look(func(*vterm.Term) { done = k.Shown != 0 })
		if done {
			break
		}
	}
	s.screen.watch(nil, nil)
	k.End = netpath.Now()
	s.record("w7", []*Key{k}, s.end(m))
	return nil
}

const (
	outage     = 10 * time.Second
	outageStep = 730 * time.Millisecond // longer in each repetition, so that timers are met in another phase
	moveBefore = 5 * time.Second        // the end, the address changes
	typeEvery  = 500 * time.Millisecond
	comeBack   = 75 * time.Second // after that, a session is taken for lost
)

// recover measures the time from an outage's end until the screen shows something
// that was printed after it.
func (s *session) recover(name string, move netpath.Move, typing bool) error {
	var end, last, shown int64
	s.screen.watch(func(now int64) {
		if _, ns, ok := stampAt(s.screen.term); ok && ns != last {
			last = ns
			if end != 0 && shown == 0 && ns >= end {
				shown = now
			}
		}
	}, nil)
	m := s.begin()
	if err := s.press(helper.Marker+" -n 3000 -i 100ms\r", "time stamps", func(t *vterm.Term) bool { number, _, _ := stampAt(t); return number > 10 }); err != nil {
		return err
	}
	length := outage + time.Duration(s.Rep)*outageStep
	s.path.Outage(length)
	k := &Key{Kind: "recovery", Typed: netpath.Now() + int64(length)}
	s.screen.look(func(*vterm.Term) { end = k.Typed })
	typed := int64(0)
	for now := netpath.Now(); k.Shown == 0 && now < k.Typed+int64(comeBack); now = netpath.Now() {
		if move != netpath.Stay && now > k.Typed-int64(moveBefore) {
			if err := s.path.Move(move); err != nil {
				return err
			}
			move = netpath.Stay
		}
		if typing && now-typed > int64(typeEvery) {
			typed = now
			s.screen.Send("x", nil)
		}
		time.Sleep(10 * time.Millisecond)
		s.screen.look(func(*vterm.Term) { k.Shown = shown })
	}
	k.End = netpath.Now()
	s.screen.watch(nil, nil)
	s.record(name, []*Key{k}, s.end(m))
	if k.Shown == 0 {
		return fmt.Errorf("trial: the screen is not current %v after the outage", comeBack)
	}
	time.Sleep(2 * time.Second) // what was repeated arrives
	return nil
}
