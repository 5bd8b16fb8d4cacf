// Package config reads settings per host from a file in the syntax of ssh_config:
//
//	# for all hosts whose name ends in .example.test, but one
//	Host *.example.test !slow.example.test
//	    Predict always
//	    Port 60001:60010
//
//	Host *
//	    Clipboard ask
//
// Names do not heed case. Of several values the first one counts, so what is special
// comes first. What stands before the first Host is for all hosts.
package config

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Limits of a file, far above what a person writes: a file that exceeds them is not one.
const (
	maxLine  = 4 << 10 // bytes
	maxLines = 10_000
)

// A Setting is a name with its value, as a file has it.
type Setting struct {
	Name  string // in lower case
	Value string // without quotes
	Line  int    // in its file, from 1
}

// A File is what a file says. The zero File says nothing.
type File struct {
	Name   string // for messages
	blocks []block
}

// A block is a Host line with what follows it.
type block struct {
	patterns []string // in lower case; nil: all hosts
	settings []Setting
}

// An Error reports a line that cannot be obeyed.
type Error struct {
	File    string
	Line    int
	Problem string
}

func (e *Error) Error() string { return fmt.Sprintf("%s, line %d: %s", e.File, e.Line, e.Problem) }

// Error returns the error of a setting whose value is wrong.
func (f *File) Error(s Setting, problem string) *Error { return &Error{f.Name, s.Line, problem} }

// Parse reads the text of a file called name. known returns what is wrong with the name
// of a setting, "" if nothing is; it is asked of all of them, whichever host they are
// for. Errors are r's or an *Error.
func Parse(name string, r io.Reader, known func(name string) string) (*File, error) {
	f := &File{Name: name, blocks: []block{{}}}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	n := 0
	for lines.Scan() {
		n++
		words, problem := split(lines.Text())
		if problem == "" && n > maxLines {
			problem = fmt.Sprintf("more than %d lines", maxLines)
		}
		if problem == "" && len(words) > 0 {
			problem = f.line(n, words, known)
		}
		if problem != "" {
			return nil, &Error{name, n, problem}
		}
	}
	if err := lines.Err(); err == bufio.ErrTooLong {
		return nil, &Error{name, n + 1, fmt.Sprintf("more than %d bytes in a line", maxLine)}
	} else if err != nil {
		return nil, fmt.Errorf("config: reading %s: %w", name, err)
	}
	return f, nil
}

// line takes the words of line n, and returns what is wrong with them.
func (f *File) line(n int, words []string, known func(name string) string) (problem string) {
	name := strings.ToLower(words[0])
	if name == "host" {
		if len(words) == 1 {
			return "Host without a pattern"
		}
		var b block
		for _, p := range words[1:] {
			b.patterns = append(b.patterns, strings.ToLower(p))
		}
		f.blocks = append(f.blocks, b)
		return ""
	}
	if problem := known(name); problem != "" {
		return problem
	}
	switch {
	case len(words) == 1:
		return words[0] + " without a value"
	case len(words) > 2:
		return words[0] + " takes one value; one with blanks stands in double quotes"
	}
	b := &f.blocks[len(f.blocks)-1]
	b.settings = append(b.settings, Setting{name, words[1], n})
	return ""
}

// split returns the words of a line: separated by blanks, the first two also by one
// equals sign, with double quotes around what has blanks. A number sign begins a comment
// where a word would begin.
func split(line string) (words []string, problem string) {
	const blanks = " \t\r\f\v"
	if i := strings.IndexFunc(line, func(c rune) bool { return c < ' ' && !strings.ContainsRune(blanks, c) || c == 0x7f }); i >= 0 {
		return nil, "a control character"
	}
	for rest := strings.TrimLeft(line, blanks); rest != "" && rest[0] != '#'; rest = strings.TrimLeft(rest, blanks) {
		if len(words) == 1 && rest[0] == '=' {
			if rest = strings.TrimLeft(rest[1:], blanks); rest == "" {
				break
			}
		}
		var word string
		if rest[0] == '"' {
			var closed bool
			word, rest, closed = strings.Cut(rest[1:], `"`)
			if !closed {
				return nil, "a quote without its end"
			}
			if rest != "" && !strings.ContainsRune(blanks, rune(rest[0])) {
				return nil, "text behind a closing quote"
			}
		} else {
			end := strings.IndexAny(rest, blanks)
			if len(words) == 0 {
				end = strings.IndexAny(rest, blanks+"=")
			}
			if end < 0 {
				end = len(rest)
			}
			word, rest = rest[:end], rest[end:]
			if word == "" {
				return nil, "an equals sign without a name"
			}
			if strings.Contains(word, `"`) {
				return nil, "a quote within a word"
			}
		}
		words = append(words, word)
	}
	return words, ""
}

// For returns what the file says of a host, as the user calls it without user and
// port: of each name the first value, in the order of the file.
func (f *File) For(host string) (found []Setting) {
	host = strings.ToLower(host)
	seen := map[string]bool{}
	for _, b := range f.blocks {
		if b.patterns != nil && !matches(b.patterns, host) {
			continue
		}
		for _, s := range b.settings {
			if !seen[s.Name] {
				seen[s.Name] = true
				found = append(found, s)
			}
		}
	}
	return found
}

// matches reports whether one of the patterns fits host, and none that begins with an
// exclamation mark does.
func matches(patterns []string, host string) bool {
	fits := false
	for _, p := range patterns {
		p, not := strings.CutPrefix(p, "!")
		if match(p, host) {
			if not {
				return false
			}
			fits = true
		}
	}
	return fits
}

// match reports whether a pattern, in which * stands for any text and ? for any
// character, fits s. It takes time in proportion to the product of their lengths at most.
func match(pattern, s string) bool {
	p, t := []rune(pattern), []rune(s)
	i, j := 0, 0
	star, from := -1, 0 // the last * and where its text ends so far
	for j < len(t) {
		switch {
		case i < len(p) && p[i] == '*':
			star, from = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == t[j]):
			i++
			j++
		case star >= 0:
			from++
			i, j = star+1, from
		default:
			return false
		}
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}
