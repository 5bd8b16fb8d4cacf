//go:build unix

package server

import "bytes"

// A promptMark is a shell's mark of a prompt in the output (OSC 133), and what came
// behind it. A mark that is cut between two pieces of output is not seen: then there is
// none.
type promptMark struct {
	kind byte // 'A' before the prompt, 'B' behind it; 0: there is none, or something was printed behind the prompt
}

// markStart begins a mark.
const markStart = "\x1b]133;"

// after returns what the mark is after a piece of output.
func (m promptMark) after(b []byte) promptMark {
	if i := bytes.LastIndex(b, []byte(markStart)); i >= 0 {
		b = b[i+len(markStart):]
		m = promptMark{}
		if len(b) == 0 || b[0] != 'A' && b[0] != 'B' {
			return m
		}
		m.kind = b[0]
		end := bytes.IndexAny(b, "\a\x1b")
		if end < 0 {
			return promptMark{}
		}
		b = bytes.TrimPrefix(b[end:], []byte("\x1b\\"))
		b = bytes.TrimPrefix(b, []byte("\a"))
	}
	if m.kind == 'A' && bytes.IndexByte(b, '\n') >= 0 || m.kind == 'B' && !onlySequences(b) {
		return promptMark{} // behind A the prompt itself is printed, of one line
	}
	return m
}

// onlySequences reports whether b is made of control sequences alone, which print
// nothing: CSI and OSC.
func onlySequences(b []byte) bool {
	for len(b) > 0 {
		if len(b) < 2 || b[0] != 0x1b {
			return false
		}
		var end int
		switch b[1] {
		case '[':
			end = bytes.IndexFunc(b[2:], func(r rune) bool { return r >= 0x40 && r <= 0x7e })
		case ']':
			end = bytes.IndexByte(b[2:], '\a')
		default:
			return false
		}
		if end < 0 {
			return false
		}
		b = b[2+end+1:]
	}
	return true
}
