package client

import (
	"bytes"
	"strconv"
)

// replyKey tells what question the complete piece tok of the terminal's input answers,
// in a form that ask uses too: its final byte or introducer, with the number that was asked
// for. Empty: it is no answer that this client knows.
func replyKey(tok []byte) string {
	if len(tok) < 4 || tok[0] != 0x1b {
		return ""
	}
	body := tok[2:]
	switch tok[1] {
	case '[':
		return controlKey(body[:len(body)-1], body[len(body)-1])
	case ']':
		number, rest, found := bytes.Cut(body, []byte{';'})
		switch s := string(number); {
		case !found:
		case s == "10", s == "11", s == "12":
			return "]" + s
		case s == "4":
			index, _, found := bytes.Cut(rest, []byte{';'})
			if found && len(index) <= 3 {
				return "]4;" + string(index)
			}
		}
	case 'P':
		switch {
		case bytes.HasPrefix(body, []byte(">|")):
			return keyVersion
		case bytes.HasPrefix(body, []byte("1+r")), bytes.HasPrefix(body, []byte("0+r")):
			return keyTermcap
		}
	}
	return ""
}

// The keys of questions that have one answer.
const (
	keyAttributes = "?c"    // DA1, the fence: terminals answer in order
	keyVersion    = "P>|"   // XTVERSION
	keyTermcap    = "P+r"   // XTGETTCAP
	keyKitty      = "?u"    // the flags of the kitty keyboard protocol
	keyCell       = "6t"    // a cell in pixels
	keyText       = "4t"    // the text area in pixels
	keyCursor     = "R"     // CPR
	keyScheme     = "?997n" // the colour scheme, also unasked in mode 2031
)

// modeKey is the key of DECRQM for a DEC mode.
func modeKey(mode string) string { return "?" + mode + "$y" }

// controlKey is replyKey for CSI params final. The cursor is only asked for in rows from the
// second on: in the first, its report is how F3 with modifiers looks.
func controlKey(params []byte, final byte) string {
	private, isPrivate := bytes.CutPrefix(params, []byte{'?'})
	switch {
	case isPrivate && final == 'c':
		return keyAttributes
	case isPrivate && final == 'u':
		return keyKitty
	case isPrivate && final == 'n' && bytes.HasPrefix(private, []byte("997;")):
		return keyScheme
	case isPrivate && final == 'y':
		if rest, ok := bytes.CutSuffix(private, []byte{'$'}); ok {
			mode, _, _ := bytes.Cut(rest, []byte{';'})
			return modeKey(string(mode))
		}
	case final == 't' && bytes.HasPrefix(params, []byte("6;")):
		return keyCell
	case final == 't' && bytes.HasPrefix(params, []byte("4;")):
		return keyText
	case final == 'R' && !isPrivate:
		row, col, _ := bytes.Cut(params, []byte{';'})
		if n, err := strconv.Atoi(string(row)); err == nil && n > 1 && len(col) > 0 {
			return keyCursor
		}
	}
	return ""
}

// isString reports whether tok begins a control string.
func isString(tok []byte) bool { return len(tok) >= 2 && (tok[1] == ']' || tok[1] == 'P') }

// replyText returns the content of a control string behind its first skip bytes, without its
// end.
func replyText(tok []byte, skip int) string {
	return string(bytes.TrimSuffix(tok[min(skip, len(tok)):], []byte{'\a'}))
}

// likelihood says how far the beginning of a piece looks like an answer.
type likelihood uint8

const (
	unlikely likelihood = iota
	possible            // a key may begin so, too
	certain             // nobody types this
)

// looksLikeReply judges tok, the beginning of a piece.
func looksLikeReply(tok []byte) likelihood {
	switch {
	case len(tok) == 0 || tok[0] != 0x1b:
		return unlikely
	case len(tok) == 1:
		return possible
	}
	next := func(set string) likelihood {
		switch {
		case len(tok) == 2:
			return possible // Alt and that key
		case bytes.IndexByte([]byte(set), tok[2]) >= 0:
			return certain
		}
		return unlikely
	}
	switch tok[1] {
	case '[':
		return next("?0123456789")
	case ']':
		return next("14")
	case 'P':
		return next(">01")
	}
	return unlikely
}
