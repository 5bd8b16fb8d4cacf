// Package voice is how roam speaks to people outside of a session: messages of one
// form, wrapped and coloured as the reader's terminal is.
//
// A message is one line of lower case without a full stop: the program's name, what kind
// of message it is, and what there is to say. An error says what failed and on what; the
// hints below it say what to do.
package voice

import (
	"os"
	"strings"

	"golang.org/x/term"

	"roam/terminal"
)

// A Kind is what a message is for.
type Kind string

// The kinds. Steps and outcomes have no word of their own.
const (
	Plain   Kind = ""
	Error   Kind = "error"
	Hint    Kind = "hint"
	Note    Kind = "note"
	Warning Kind = "warning"
)

// A Verdict is what a check comes to.
type Verdict string

// The verdicts.
const (
	OK     Verdict = "ok"
	Doubt  Verdict = "warning"
	Failed Verdict = "failed"
)

// A Style is how messages are written for a reader. The zero value is that of files and
// programs: one line each, whatever its length, and nothing but text.
type Style struct {
	Width  int  // columns of the terminal; 0: lines are not wrapped
	Colour bool // bold and colours may be used
}

// minWidth is the narrowest terminal that text is wrapped for, in columns: below, nearly
// each word has a line of its own either way.
const minWidth = 20

// For returns the style for what is written to f: if that is a terminal, its width, and
// colours unless NO_COLOR is set (no-color.org: to anything but nothing) or TERM names a
// terminal without them. env looks a variable up, as os.Getenv does.
func For(f *os.File, env func(name string) string) Style {
	if f == nil || !term.IsTerminal(int(f.Fd())) {
		return Style{}
	}
	s := Style{Colour: env("NO_COLOR") == "" && env("TERM") != "" && env("TERM") != "dumb"}
	if width, _, err := term.GetSize(int(f.Fd())); err == nil && width >= minWidth {
		s.Width = width
	}
	return s
}

// Message returns a message of the program name, with its line end.
func (s Style) Message(name string, kind Kind, text string) string {
	if kind == Plain {
		return s.lines(name+":", bold, "", "", text)
	}
	return s.lines(name+":", bold, string(kind)+":", penOf[string(kind)], text)
}

// Mark returns a verdict for the start of a line.
func (s Style) Mark(v Verdict) string { return s.paint(string(v), penOf[string(v)]) }

// Wrap returns text in lines of the width behind lead, which is on the first of them and
// may have been painted; the others are indented by so many columns. Words stay whole,
// also where one is wider than a line. The text ends with a line end.
func (s Style) Wrap(lead string, indent int, text string) string {
	return s.fill(lead, widthOf(plain(lead)), indent, text)
}

// indentation of the second line of a message and of those after it, in columns.
const indentation = 2

// lines writes a message of one line or more, whose first words are painted.
func (s Style) lines(name, namePen, kind, kindPen, text string) string {
	lead, columns := s.paint(name, namePen)+" ", widthOf(name)+1
	if kind != "" {
		lead, columns = lead+s.paint(kind, kindPen)+" ", columns+widthOf(kind)+1
	}
	return s.fill(lead, columns, indentation, text)
}

// fill writes text behind lead, which has so many columns.
func (s Style) fill(lead string, columns, indent int, text string) string {
	if s.Width == 0 {
		return lead + text + "\n"
	}
	var out strings.Builder
	out.WriteString(lead)
	begun := false // there is a word in this line
	for word := range strings.SplitSeq(text, " ") {
		width := widthOf(word)
		switch {
		case begun && columns+1+width > s.Width:
			out.WriteString("\n" + strings.Repeat(" ", indent))
			columns = indent
		case begun:
			out.WriteByte(' ')
			columns++
		}
		out.WriteString(word)
		columns += width
		begun = true
	}
	out.WriteByte('\n')
	return out.String()
}

// Renditions (ECMA-48, SGR), by the terminal's own palette, which its user has made
// readable.
const (
	bold   = "1"
	red    = "1;31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
)

// penOf is how words that say what something is are painted.
var penOf = map[string]string{
	string(Error): red, string(Hint): cyan, string(Note): yellow, string(Warning): yellow,
	string(OK): green, string(Failed): red,
}

func (s Style) paint(text, pen string) string {
	if !s.Colour || pen == "" {
		return text
	}
	return "\x1b[" + pen + "m" + text + "\x1b[m"
}

// plain returns s without what paint adds.
func plain(s string) string {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(s, "\x1b[")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		_, s, _ = strings.Cut(after, "m")
	}
}

// widthOf returns how many columns text takes.
func widthOf(text string) (columns int) {
	for _, r := range text {
		columns += terminal.RuneWidth(r)
	}
	return columns
}
