package main

import (
	"fmt"
	"slices"
	"strings"
)

// An example is a program about one sequence.
type example struct{ name, program string }

// beforeAll puts the cursor into a screen that is full.
const beforeAll = "\x1b[3;5H"

// intermediates are those of control sequences, and none.
const intermediates = " !\"#$%&'()*+,-./"

// everything returns a program for each control sequence, escape sequence, control and
// control string of xterm's grammar, known or not, but those that take xterm out of reach:
// window operations, printing, DECSCPP, DECSNLS, and what reads the screen.
func everything() (list []example) {
	add := func(name, format string, args ...any) {
		list = append(list, example{name, beforeAll + fmt.Sprintf(format, args...)})
	}
	inters := append([]string{""}, strings.Split(intermediates, "")...)
	for _, prefix := range []string{"", "?", ">", "=", "<"} {
		for _, inter := range inters {
			for final := '@'; final <= '~'; final++ {
				for _, params := range []string{"", "0", "1", "2;3", "1:2"} {
					s := prefix + params + inter + string(final)
					if reachable(inter, params, final) {
						add("CSI "+s, "\x1b[%sx", s)
					}
				}
			}
		}
	}
	for _, inter := range inters {
		for final := '0'; final <= '~'; final++ {
			if inter != "" && inter+string(final) != " G" || inter == "" && !strings.ContainsRune("[]PX^_", final) {
				add("ESC "+inter+string(final), "\x1b%s%cxaq", inter, final)
			}
		}
		for final := '@'; final <= '~'; final++ {
			add("DECRQSS "+inter+string(final), "\x1bP$q%s%c\x1b\\x", inter, final)
		}
	}
	for n := range 130 {
		for _, text := range []string{"", ";", ";x", ";1;x"} {
			add(fmt.Sprint("OSC ", n, text), "\x1b]%d%s\x1b\\x\x1b[5n", n, text)
		}
	}
	for _, kind := range "]P_^X" {
		for _, end := range []string{"\x1b\\", "\a\x1b\\", "\x18", "\x1a", "\x1bD", "\x1b[C"} {
			add(fmt.Sprintf("string %c %q", kind, end), "\x1b%cabc%sx\x1b[5n", kind, end)
		}
	}
	for c := range ' ' {
		if c != 0x05 && c != 0x1b { // ENQ's answer is a resource
			add(fmt.Sprintf("C0 %02x", c), "%cx\x1b[2%cCx\x1b%cEx\x1b#%c8x\x1b]2;a%cb\x1b\\x", c, c, c, c, c)
		}
	}
	return list
}

// reachable reports whether xterm answers as before after a control sequence.
func reachable(inter, params string, final rune) bool {
	switch {
	case inter == "" && (final == 'i' || final == 't'), // printing; windows
		inter == "" && (final == 'h' || final == 'l') && params == "2;3": // a VT52
		return false
	}
	return !slices.Contains([]string{"$|", "*|", ",|", "#|", "*y"}, inter+string(final))
}

// all runs everything and prints what differs. Where xterm does not answer any more, it is
// started anew.
func (c *comparer) all(model string) error {
	differ, lost := 0, 0
	list := everything()
	for _, e := range list {
		program := c.fill() + e.program
		theirs, ours, err := c.both([]string{program})
		if err != nil {
			lost++
			fmt.Printf("%s: %v\n", e.name, err)
			c.x.Close()
			if c.x, err = startXterm(model, c.cols, c.rows); err != nil {
				return err
			}
			continue
		}
		if !slices.Equal(theirs, ours) {
			differ++
			fmt.Println(e.name)
			if err := c.show([]string{program}); err != nil {
				return err
			}
		}
	}
	fmt.Printf("%d of %d programs differ, after %d xterm did not answer\n", differ, len(list), lost)
	return nil
}
