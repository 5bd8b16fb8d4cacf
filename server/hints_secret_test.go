//go:build unix

package server

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
	"unicode/utf8"

	"roam/client/predict"
	"roam/ssp/ssptest/sim"
	"roam/terminal"
)

// A typist types at a hintWorld: command lines of real words, and else characters of which
// each is typed once, so that each is known wherever it shows.
type typist struct {
	w    *hintWorld
	rng  *rand.Rand
	next rune
	keys map[rune]*typedKey
	ends int // lines ended so far

	arrived  []uint64 // the client states that brought the ends of lines to the terminal
	surprise bool     // the secret being read cannot be foreseen
	painted  int      // keys that showed before the server's screen had them
	secrets  int      // keys of secrets
}

// A typedKey is what became of a character.
type typedKey struct {
	r        rune
	ends     int  // lines that were ended before it
	secret   bool // it was written while a secret was being read
	surprise bool // that could not be foreseen

	painted    bool   // it was shown
	knowing    bool   // while the client knew that a secret was being read
	newestHint uint64 // the newest stamp under which it was
}

// firstOwn and lastOwn are the characters typed once: narrow, and none that a program prints.
const (
	firstOwn = 0x0100
	lastOwn  = 0x024f
)

func newTypist(w *hintWorld) *typist {
	u := &typist{w: w, rng: w.rng, next: firstOwn, keys: map[rune]*typedKey{}}
	w.onWritten = u.wasWritten
	w.onScreen = u.sees
	w.onSurprise = func() { u.surprise = true }
	return u
}

// own returns a character of its own.
func (u *typist) own() string {
	r := u.next
	if u.next++; u.next > lastOwn {
		u.w.t.Fatal("too many keys")
	}
	u.keys[r] = &typedKey{r: r, ends: u.ends}
	return string(r)
}

// wasWritten notes what the terminal was given.
func (u *typist) wasWritten(r rune, secret bool) {
	if r == '\r' {
		u.arrived = append(u.arrived, u.w.num)
	}
	if !secret {
		u.surprise = u.surprise && !u.w.tty.modes.Echo
	}
	if k := u.keys[r]; k != nil && secret {
		k.secret, k.surprise = true, u.surprise
		u.secrets++
	}
}

// sees looks for what is painted but nowhere on the server's screen.
func (u *typist) sees(shown, painted *terminal.Screen) {
	var there map[rune]bool
	for y := range hintRows {
		if shown.Row(y) == painted.Row(y) {
			continue
		}
		if there == nil {
			there = ownIn(shown)
		}
		for r := range ownIn(painted) {
			if k := u.keys[r]; !there[r] && k != nil {
				u.seen(k)
			}
		}
		return
	}
}

// seen notes that a key shows that the server's screen does not have.
func (u *typist) seen(k *typedKey) {
	if !k.painted {
		u.painted++
	}
	k.painted = true
	s, _ := u.w.client.Remote()
	if h := s.Hint(); h != nil {
		k.newestHint = max(k.newestHint, h.After)
		k.knowing = k.knowing || h.Secret()
	}
}

// ownIn returns the characters typed once that a screen shows.
func ownIn(s *terminal.Screen) map[rune]bool {
	found := map[rune]bool{}
	var text []byte
	for y := range hintRows {
		for x := range hintCols {
			text = s.Row(y).AppendText(text[:0], x)
			if r, _ := utf8.DecodeRune(text); r >= firstOwn && r <= lastOwn {
				found[r] = true
			}
		}
	}
	return found
}

// plan types for about a minute.
func (u *typist) plan() {
	at := 300 * time.Millisecond
	press := func(keys string, gap time.Duration) {
		u.w.After(at, func() { u.w.press(keys) })
		at += gap
	}
	fast := func() time.Duration { return time.Duration(u.rng.IntN(160)) * time.Millisecond }
	words := []string{"sudo", "sudo", "passwd", "login", "read", "readp", "git", "cat", "menu", "ls", "ls", "true", "true", "quiet", "flip", "nothing"}
	if u.w.tricky {
		words = append(words, "true", "true", "true", "true", "true", "true", "true", "true")
	}
	line := func() {
		gap := fast
		if u.rng.IntN(4) == 0 {
			gap = func() time.Duration { return time.Duration(u.rng.IntN(5)) * time.Millisecond }
		}
		if u.rng.IntN(2) == 0 {
			for _, c := range words[u.rng.IntN(len(words))] + " " {
				press(string(c), gap())
			}
		}
		for range u.rng.IntN(8) {
			press(u.own(), gap())
			switch u.rng.IntN(30) {
			case 0:
				press("\x7f", gap())
			case 1:
				press("\x15", gap())
			case 2:
				press("\x1b[D", gap())
			}
		}
		press("\r", gap())
		u.ends++
		switch u.rng.IntN(4) {
		case 0:
		case 1:
			at += time.Duration(u.rng.IntN(400)) * time.Millisecond
		default:
			at += time.Duration(u.rng.IntN(2500)) * time.Millisecond
		}
	}
	for u.next < lastOwn-10 && at < 40*time.Second {
		line()
	}
}

// leaks returns the keys that were shown though they must not be, and how many of a secret
// showed as they may: between Enter and the first hint stamped after it.
func (u *typist) leaks(ahead bool) (all []*typedKey, allowed int) {
	for _, k := range u.keys {
		if !k.secret || !k.painted {
			continue
		}
		over := ahead && k.ends > 0 && (k.ends > len(u.arrived) || k.newestHint < u.arrived[k.ends-1])
		if k.knowing || !k.surprise && !over {
			all = append(all, k)
		} else if over {
			allowed++
		}
	}
	return all, allowed
}

// hintPath returns a path of some kind.
func hintPath(rng *rand.Rand) sim.Conditions {
	ms := func(n int) time.Duration { return time.Duration(rng.IntN(n)) * time.Millisecond }
	c := sim.Conditions{Delay: ms(300), Jitter: ms(60)}
	switch rng.IntN(5) {
	case 0:
		c.Loss = rng.Float64() / 2
	case 1:
		c.Reorder, c.ReorderBy, c.Duplicate = 0.3, ms(800), 0.2
	case 2:
		c.Burst = sim.Gilbert{ToBad: 0.05, ToGood: 0.2, Loss: 0.9}
	case 3:
		c.Loss, c.Reorder, c.ReorderBy = 0.15, 0.2, ms(300)
	}
	return c
}

// TestNoSecretIsShown: whatever the path does, no key that the terminal was given while it read a
// secret shows at the client, unless nothing could foretell that one was read. In half of the
// sessions that foretell prompts, commands that never ask do: then keys may show over Enter, and
// not once a hint that knows of that Enter has come.
func TestNoSecretIsShown(t *testing.T) {
	const schedules = 160
	secrets, painted, tricked := 0, 0, 0
	for seed := range uint64(schedules) {
		rng := rand.New(rand.NewPCG(seed, 7))
		opts := predict.Options{Mode: []predict.Mode{predict.Adaptive, predict.Always}[seed%2], Ahead: seed%4 > 1}
		w := newHintWorld(t, seed, hintPath(rng), opts)
		w.tricky = seed%8 > 5
		u := newTypist(w)
		w.tty.run(simShell)
		u.plan()
		w.RunFor(45 * time.Second)
		leaks, allowed := u.leaks(opts.Ahead)
		for _, k := range leaks {
			t.Errorf("seed %d: %s", seed, describe(k, u))
		}
		if w.tricky {
			tricked += allowed
		} else if allowed > 0 {
			t.Errorf("seed %d: %d keys of secrets showed over Enter, and no command was a trick", seed, allowed)
		}
		secrets += u.secrets
		painted += u.painted
	}
	t.Logf("%d schedules: %d keys of secrets, %d keys shown before the server's screen had them, %d of secrets behind a trick", schedules, secrets, painted, tricked)
	if secrets < 10*schedules || painted < 5*schedules || tricked == 0 {
		t.Errorf("only %d keys of secrets, %d shown early, %d behind a trick: nothing was tried", secrets, painted, tricked)
	}
}

func describe(k *typedKey, u *typist) string {
	return fmt.Sprintf("key %d, behind line %d, was shown (stamp %d, lines' states %d, knowing %t)", k.r-firstOwn, k.ends, k.newestHint, u.arrived, k.knowing)
}
