package vterm

import (
	"fmt"
	"unicode/utf8"
)

// A parser is where in a sequence the terminal is.
type parser struct {
	state      state
	parameters []byte // of a control sequence
	character  []byte // the beginning of one in UTF-8
	designates byte   // which of G0 to G3 a charset is for
}

type state uint8

const (
	ground state = iota
	escape
	controlSequence
	controlString // OSC, DCS, APC, PM, SOS: skipped
	stringEscape  // ESC in one
	designation
	skip // one more byte
)

const (
	maxParameters = 256     // bytes kept of a control sequence: more than any program sends
	maxNumber     = 1 << 20 // a parameter is cut to it, and to the screen where it is used
)

// Write shows what a program prints.
func (t *Term) Write(b []byte) {
	for _, c := range b {
		t.feed(c)
	}
}

func (t *Term) feed(b byte) {
	switch t.state {
	case controlString:
		switch b {
		case 7:
			t.state = ground
		case 27:
			t.state = stringEscape
		}
		return
	case stringEscape:
		if b == '\\' {
			t.state = ground
			return
		}
		t.state = escape
	}
	if b < 0x20 { // acts even inside a sequence
		switch b {
		case 27:
			t.state, t.character = escape, t.character[:0]
		case 24, 26:
			t.state = ground
		default:
			t.control(b)
		}
		return
	}
	switch t.state {
	case ground:
		t.text(b)
	case escape:
		t.escape(b)
	case controlSequence:
		if b >= 0x40 && b <= 0x7e {
			t.state = ground
			t.sequence(b)
		} else if len(t.parameters) < maxParameters {
			t.parameters = append(t.parameters, b)
		}
	case designation:
		if t.designates == '(' {
			t.lines = b == '0'
		}
		t.state = ground
	case skip:
		t.state = ground
	}
}

func (t *Term) text(b byte) {
	if len(t.character) == 0 && b < utf8.RuneSelf {
		if b != 0x7f {
			t.print(rune(b))
		}
		return
	}
	t.character = append(t.character, b)
	if utf8.FullRune(t.character) {
		r, _ := utf8.DecodeRune(t.character)
		t.character = t.character[:0]
		t.print(r)
	}
}

func (t *Term) escape(b byte) {
	t.state = ground
	switch b {
	case '[':
		t.state, t.parameters = controlSequence, t.parameters[:0]
	case ']', 'P', '_', '^', 'X':
		t.state = controlString
	case '(', ')', '*', '+':
		t.state, t.designates = designation, b
	case '#', ' ', '%':
		t.state = skip
	case '7':
		t.save()
	case '8':
		t.restore()
	case 'D':
		t.lineFeed()
	case 'E':
		t.X = 0
		t.lineFeed()
	case 'M':
		t.reverseLineFeed()
	case 'c':
		t.reset()
	}
}

// arguments are the parameters of a control sequence; -1 for one that is missing.
type arguments []int

// at returns parameter i; 0 and what is missing mean the default.
func (a arguments) at(i, byDefault int) int {
	if i < len(a) && a[i] > 0 {
		return a[i]
	}
	return byDefault
}

// parse takes the parameters apart: the private mark and the intermediate byte, 0
// for none, and the numbers.
func parse(b []byte) (mark, intermediate byte, args arguments) {
	if len(b) > 0 && b[0] >= '<' && b[0] <= '?' {
		mark, b = b[0], b[1:]
	}
	n := -1
	for _, c := range b {
		switch {
		case c >= '0' && c <= '9':
			n = min(max(n, 0)*10+int(c-'0'), maxNumber)
		case c == ';' || c == ':':
			args = append(args, n)
			n = -1
		case c < 0x30:
			intermediate = c
		}
	}
	return mark, intermediate, append(args, n)
}

// sequence obeys the control sequence that ends with final.
func (t *Term) sequence(final byte) {
	mark, intermediate, args := parse(t.parameters)
	switch {
	case intermediate == '!' && final == 'p': // DECSTR
		t.insert, t.origin, t.noWrap, t.lines = false, false, false, false
		t.top, t.bottom = 0, t.Rows-1
	case intermediate != 0:
	case mark == '?' && (final == 'h' || final == 'l'):
		for _, mode := range args {
			t.mode(mode, final == 'h')
		}
	case mark == '>' && final == 'c':
		t.reply("\x1b[>0;276;0c") // an xterm, as programs know it
	case mark != 0:
	case t.report(final, args), t.move(final, args):
	default:
		t.edit(final, args)
	}
}

// report answers queries, and reports whether it was one.
func (t *Term) report(final byte, args arguments) bool {
	switch {
	case final == 'n' && args.at(0, 0) == 6:
		t.reply(fmt.Sprintf("\x1b[%d;%dR", t.Y+1, t.X+1))
	case final == 'n' && args.at(0, 0) == 5:
		t.reply("\x1b[0n")
	case final == 'c':
		t.reply("\x1b[?62;c")
	default:
		return final == 'n' || final == 'm'
	}
	return true
}

func (t *Term) reply(s string) {
	if t.Reply != nil {
		t.Reply([]byte(s))
	}
}

// mode sets or resets a private mode.
func (t *Term) mode(mode int, on bool) {
	switch mode {
	case 6:
		t.origin, t.X = on, 0
		t.goTo(0)
	case 7:
		t.noWrap = !on
	case 47, 1047:
		t.show(on, false)
	case 1049:
		t.show(on, true)
	case 1048:
		if on {
			t.save()
		} else {
			t.restore()
		}
	}
}

// move obeys what moves the cursor, and reports whether it was that.
func (t *Term) move(final byte, args arguments) bool {
	low, high := 0, t.Rows-1
	if t.Y >= t.top && t.Y <= t.bottom {
		low, high = t.top, t.bottom
	}
	n := args.at(0, 1)
	switch final {
	case 'A':
		t.Y = max(t.Y-n, low)
	case 'B', 'e':
		t.Y = min(t.Y+n, high)
	case 'C', 'a':
		t.X = min(t.X+n, t.Cols-1)
	case 'D':
		t.X = max(t.X-n, 0)
	case 'E':
		t.X, t.Y = 0, min(t.Y+n, high)
	case 'F':
		t.X, t.Y = 0, max(t.Y-n, low)
	case 'G', '`':
		t.X = min(n, t.Cols) - 1
	case 'd':
		t.goTo(n - 1)
	case 'H', 'f':
		t.goTo(n - 1)
		t.X = min(args.at(1, 1), t.Cols) - 1
	case 'I':
		t.X = min((t.X/8+min(n, t.Cols))*8, t.Cols-1)
	case 'Z':
		t.X = max((t.X+7)/8-n, 0) * 8
	case 'r':
		t.region(n-1, min(args.at(1, t.Rows), t.Rows)-1)
	case 's':
		t.save()
		return true
	case 'u':
		t.restore()
		return true
	default:
		return false
	}
	t.wrap = false
	return true
}

// region sets the scrolling region.
func (t *Term) region(top, bottom int) {
	if top < bottom {
		t.top, t.bottom, t.X = top, bottom, 0
		t.goTo(0)
	}
}

// edit obeys what changes the screen or a mode.
func (t *Term) edit(final byte, args arguments) {
	n := args.at(0, 1)
	switch final {
	case 'b':
		for range min(n, t.Cols*t.Rows) {
			if t.last != 0 {
				t.print(t.last)
			}
		}
		return
	case 'h', 'l':
		if n == 4 {
			t.insert = final == 'h'
		}
		return
	}
	t.wrap = false
	switch final {
	case 'J':
		t.eraseScreen(args.at(0, 0))
	case 'K':
		t.eraseLine(args.at(0, 0))
	case 'X':
		t.erase(t.Y, t.X, t.X+n)
	case 'P':
		t.shift(-n)
	case '@':
		t.shift(n)
	case 'S':
		t.scroll(t.top, n)
	case 'T':
		t.scroll(t.top, -n)
	case 'L', 'M':
		if t.Y >= t.top && t.Y <= t.bottom {
			if final == 'L' {
				n = -n
			}
			t.scroll(t.Y, n)
			t.X = 0
		}
	}
}

func (t *Term) eraseScreen(which int) {
	switch which {
	case 0:
		t.erase(t.Y, t.X, t.Cols)
		for y := t.Y + 1; y < t.Rows; y++ {
			t.erase(y, 0, t.Cols)
		}
	case 1:
		for y := range t.Y {
			t.erase(y, 0, t.Cols)
		}
		t.erase(t.Y, 0, t.X+1)
	case 2:
		for y := range t.Rows {
			t.erase(y, 0, t.Cols)
		}
	}
}

func (t *Term) eraseLine(which int) {
	switch which {
	case 0:
		t.erase(t.Y, t.X, t.Cols)
	case 1:
		t.erase(t.Y, 0, t.X+1)
	case 2:
		t.erase(t.Y, 0, t.Cols)
	}
}
