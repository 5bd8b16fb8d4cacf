package client

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/xo/terminfo"

	"roam/terminal"
)

// A Terminal is what is known of the user's terminal.
type Terminal struct {
	name   string // the variable TERM
	ansi   bool   // it takes ECMA-48's cursor addressing, with which all is drawn
	colors int    // as terminfo has it; -1 for none
	caps   terminal.Capabilities
}

// Errors of LoadTerminal.
var (
	ErrNoTerm      = errors.New("client: the environment variable TERM is not set")
	errUnknownTerm = errors.New("client: unknown terminal type")
	errDumbTerm    = errors.New("client: no ANSI cursor addressing")
)

// Colors returns the terminal's number of colours; -1 if it has none.
func (t *Terminal) Colors() int { return t.colors }

// LoadTerminal looks up the terminal type that the variable TERM names.
// colorterm is the variable COLORTERM. Types of the families that are
// everywhere are known without a terminfo database.
func LoadTerminal(term, colorterm string) (*Terminal, error) {
	if term == "" {
		term = defaultTerm
	}
	if term == "" {
		return nil, ErrNoTerm
	}
	if strings.ContainsAny(term, "/\x00") || strings.HasPrefix(term, ".") {
		return nil, fmt.Errorf("%w %q", errUnknownTerm, term) // terminfo would make a path of it
	}
	entry, err := terminfo.Load(term)
	if err != nil {
		t, ok := familyTerminal(term, colorterm)
		if !ok {
			return nil, fmt.Errorf("%w %q", errUnknownTerm, term)
		}
		return t, nil
	}
	return newTerminal(term, colorterm, convertTerminfo(entry)), nil
}

func newTerminal(term, colorterm string, ti terminal.Terminfo) *Terminal {
	colors, ok := ti.Nums["colors"]
	if !ok {
		colors = -1
	}
	caps := terminal.CapabilitiesOf(ti, term, colorterm)
	caps.EnterCA, caps.ExitCA = padding(caps.EnterCA), padding(caps.ExitCA)
	cup := padding(ti.Strings["cup"])
	ansi := bytes.HasPrefix(cup, []byte("\x1b[")) || bytes.HasPrefix(cup, []byte("\x9b"))
	return &Terminal{name: term, ansi: ansi, colors: colors, caps: caps}
}

// check returns an error if there can be no session on the terminal: a type such as dumb,
// which editors give to the commands that they run, or that of a terminal that is no relative of
// a VT100.
func (t *Terminal) check() error {
	if !t.ansi {
		return fmt.Errorf("%w in terminal type %q", errDumbTerm, t.name)
	}
	return nil
}

// convertTerminfo gives terminal the description under short names.
func convertTerminfo(e *terminfo.Terminfo) terminal.Terminfo {
	ti := terminal.Terminfo{Bools: e.BoolCapsShort(), Nums: map[string]int{}, Strings: e.StringCapsShort()}
	for name, n := range e.NumCapsShort() {
		if n >= 0 {
			ti.Nums[name] = n
		}
	}
	for name, v := range e.ExtBoolCapsShort() {
		ti.Bools[name] = v
	}
	for name, v := range e.ExtStringCapsShort() {
		ti.Strings[name] = v
	}
	return ti
}

// families are terminals that behave alike enough to be driven without a
// database: a prefix of TERM.
var families = []string{"xterm", "rxvt", "screen", "tmux", "alacritty", "foot", "ghostty", "kitty", "wezterm", "konsole", "vte"}

// familyTerminal returns what the members of a well-known family have in
// common: the abilities that each of them had for twenty years.
func familyTerminal(term, colorterm string) (*Terminal, bool) {
	for _, f := range families {
		if !strings.HasPrefix(term, f) {
			continue
		}
		colors := 8
		if strings.Contains(term, "256color") || f != "xterm" && f != "rxvt" && f != "screen" {
			colors = 256
		}
		return newTerminal(term, colorterm, terminal.Terminfo{
			Bools: map[string]bool{"am": true, "xenl": true},
			Nums:  map[string]int{"colors": colors},
			Strings: map[string][]byte{
				"cup":   []byte("\x1b[%i%p1%d;%p2%dH"),
				"csr":   []byte("\x1b[%i%p1%d;%p2%dr"),
				"smcup": []byte("\x1b[?1049h"),
				"rmcup": []byte("\x1b[?1049l"),
			},
		}), true
	}
	return nil, false
}

// padding removes terminfo's marks of delays, such as $<100/>: terminals with
// a speed of their own are gone.
func padding(s []byte) []byte {
	text := string(s)
	for {
		before, rest, found := strings.Cut(text, "$<")
		if !found {
			return []byte(text)
		}
		_, after, closed := strings.Cut(rest, ">")
		if !closed {
			return []byte(before)
		}
		text = before + after
	}
}
