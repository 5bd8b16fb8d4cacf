package main

import (
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"roam/internal/voice"
)

// A page is what there is to say of a command: help and man pages are made from it.
type page struct {
	usage    []string // command lines
	text     string   // see the words that begin with @ below
	commands []entry
	options  []entry
}

// An entry is one line of a list, with what it means.
type entry struct{ section, left, help string }

// A page's text has paragraphs, parted by empty lines, which are filled to the width of
// the reader; lines that begin with a blank stay as they are. Some stand for lists:
const (
	markCommands    = "@commands"
	markOptions     = "@options"
	markEnvironment = "@environment"
)

// noBreak is a blank at which no line ends.
const noBreak = "\u00a0"

// helpWidth is how wide help is at most, in columns: the width of the terminals for which
// such texts were always written.
const helpWidth = 80

// entryColumn is the column in which an entry's help begins.
const entryColumn = 25

// Annotations of commands.
const (
	noteUsage    = "usage" // further command lines
	noteHelpText = "help"  // all of the help, of those that read their command lines themselves
)

// helpOf returns the help of a command, of a width in columns.
func helpOf(cmd *cobra.Command, width int) string {
	if text := cmd.Annotations[noteHelpText]; text != "" {
		return text
	}
	return pageOf(cmd).help(width)
}

// leastHelp is how wide help is at least, in columns: the column of the options, and room
// for a word or two beside it.
const leastHelp = 50

// widthFor returns how wide help is that is written to f.
func widthFor(f *os.File) int {
	if width := voice.For(f, os.Getenv).Width; width > 0 {
		return max(leastHelp, min(width, helpWidth))
	}
	return helpWidth
}

// pageOf returns the page of a command.
func pageOf(cmd *cobra.Command) page {
	line := cmd.Use
	if cmd.HasParent() {
		line = cmd.Parent().CommandPath() + " " + cmd.Use
	}
	p := page{usage: []string{line}, text: cmd.Long}
	if more := cmd.Annotations[noteUsage]; more != "" {
		p.usage = append(p.usage, strings.Split(more, "\n")...)
	}
	for _, sub := range cmd.Commands() {
		if !sub.Hidden {
			p.commands = append(p.commands, entry{"Commands", strings.Replace(sub.Use, " [options]", "", 1), sub.Short})
		}
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Annotations[noteOpposite] != nil {
			return
		}
		left := "--" + f.Name
		if cmd.Flags().Lookup("no-"+f.Name) != nil {
			left = "--[no-]" + f.Name
		}
		if f.Shorthand != "" {
			left = "-" + f.Shorthand + ", " + left
		}
		switch value := f.Annotations[noteValue][0]; {
		case value == "":
		case f.NoOptDefVal != "":
			left += "[=" + value + "]"
		default:
			left += noBreak + value
		}
		p.options = append(p.options, entry{f.Annotations[noteSection][0], left, f.Annotations[noteHelp][0]})
	})
	return p
}

// help returns a page as text of a width in columns.
func (p page) help(width int) string {
	var out strings.Builder
	for i, line := range p.usage {
		lead := "Usage: "
		if i > 0 {
			lead = "       "
		}
		out.WriteString(lead + line + "\n")
	}
	for paragraph := range strings.SplitSeq(strings.TrimSpace(p.text), "\n\n") {
		out.WriteByte('\n')
		switch paragraph {
		case markCommands:
			writeEntries(&out, p.commands, width)
		case markOptions:
			writeEntries(&out, p.options, width)
		case markEnvironment:
			writeLine(&out, "", variables(), 0, width)
		default:
			for line := range strings.Lines(fill(paragraph)) {
				writeLine(&out, "", strings.TrimRight(line, "\n"), 0, width)
			}
		}
	}
	return strings.ReplaceAll(out.String(), noBreak, " ")
}

// fill joins the lines of a paragraph, but those that begin with a blank.
func fill(paragraph string) string {
	var out strings.Builder
	for i, line := range strings.Split(strings.Trim(paragraph, "\n"), "\n") {
		kept := strings.HasPrefix(line, " ")
		switch {
		case i == 0:
		case kept || strings.HasSuffix(out.String(), ":"):
			out.WriteByte('\n')
		default:
			out.WriteByte(' ')
		}
		out.WriteString(line)
	}
	return out.String()
}

// writeEntries writes a list, with a heading where a section begins.
func writeEntries(out *strings.Builder, entries []entry, width int) {
	for i, e := range entries {
		if i == 0 || e.section != entries[i-1].section {
			if i > 0 {
				out.WriteByte('\n')
			}
			out.WriteString(e.section + ":\n")
		}
		left := "  " + e.left
		if columns := len([]rune(left)); columns < entryColumn {
			left += strings.Repeat(" ", entryColumn-columns)
		} else {
			out.WriteString(left + "\n")
			left = strings.Repeat(" ", entryColumn)
		}
		writeLine(out, left, e.help, entryColumn, width)
	}
}

// writeLine writes text behind lead in lines of the width, the others indented.
func writeLine(out *strings.Builder, lead, text string, indent, width int) {
	blanks := len(text) - len(strings.TrimLeft(text, " "))
	if blanks > 0 && len([]rune(text)) <= width { // a line of a table
		out.WriteString(text + "\n")
		return
	}
	lead, indent = lead+text[:blanks], indent+blanks
	line, column := lead, len([]rune(lead))
	for i, word := range strings.FieldsFunc(text, func(c rune) bool { return c == ' ' }) {
		columns := len([]rune(word))
		switch {
		case i == 0:
		case column+1+columns > width:
			out.WriteString(line + "\n")
			line, column = strings.Repeat(" ", indent), indent
		default:
			line += " "
			column++
		}
		line += word
		column += columns
	}
	out.WriteString(line + "\n")
}
