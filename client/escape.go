package client

import (
	"fmt"
	"strings"
)

// An EscapeKey is the key that begins a command to the client itself. The zero
// value means that there is none.
type EscapeKey struct {
	key byte // 1 to 127
	on  bool
}

// DefaultEscapeKey is Ctrl-^.
var DefaultEscapeKey = EscapeKey{key: 0x1e, on: true}

// ParseEscapeKey reads an escape key as the environment names it: one byte from
// 1 to 127, or the empty string for no escape key. Of what cannot be one
// (several bytes, bytes above 127, and ^C ^D LF FF CR, which programs and this
// client need) it returns DefaultEscapeKey and an error that says so.
func ParseEscapeKey(s string) (EscapeKey, error) {
	if s == "" {
		return EscapeKey{}, nil
	}
	if len(s) != 1 || s[0] == 0 || s[0] > 0x7f {
		return DefaultEscapeKey, fmt.Errorf("client: the escape key must be one ASCII character; using %s", DefaultEscapeKey)
	}
	if strings.IndexByte("\x03\x04\n\x0c\r", s[0]) >= 0 {
		k := EscapeKey{key: s[0], on: true}
		return DefaultEscapeKey, fmt.Errorf("client: %s cannot be the escape key; using %s", k, DefaultEscapeKey)
	}
	return EscapeKey{key: s[0], on: true}, nil
}

// afterEnter reports whether the key counts only directly after Enter: so do
// printable ones, which would otherwise be in everybody's way.
func (k EscapeKey) afterEnter() bool { return k.key >= 0x20 }

// pass returns the key that, after the escape key, sends the escape key itself.
func (k EscapeKey) pass() byte {
	if k.afterEnter() {
		return k.key
	}
	return k.key + 0x40
}

// isPass reports whether the byte c is that key. Letters count in either case.
func (k EscapeKey) isPass(c int) bool {
	p := int(k.pass())
	return c == p || p >= 'A' && p <= 'Z' && !k.afterEnter() && c == p+0x20
}

// String returns the key as a person knows it: Ctrl-^ or "~".
func (k EscapeKey) String() string {
	switch {
	case !k.on:
		return "none"
	case k.key == 0x7f:
		return "Delete"
	case k.key == ' ':
		return "Space"
	case k.afterEnter():
		return `"` + string(rune(k.key)) + `"`
	}
	return "Ctrl-" + string(rune(k.key+0x40))
}

// help is the line that shows while the escape key waits for its command.
func (k EscapeKey) help(stock bool) string {
	pass := string(rune(k.pass()))
	if k.afterEnter() {
		pass = k.String()
	}
	suspends := ""
	if canStop {
		suspends = "Ctrl-Z suspends, "
	}
	if !stock {
		return fmt.Sprintf(`"." quits, "s" tells figures, %s%s sends %s, Esc: back.`, suspends, pass, k)
	}
	return fmt.Sprintf(`Commands: "." quits, %s%s sends %s, Esc goes back.`, suspends, pass, k)
}

// quitHint says how to quit, for the end of a notice: empty without a key.
func (k EscapeKey) quitHint() string {
	if !k.on {
		return ""
	}
	return fmt.Sprintf("[To quit: %s .]", k)
}
