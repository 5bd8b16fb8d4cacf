package client

import "fmt"

// A ClipboardMode says what becomes of a remote program's writes to the
// clipboard (OSC 52). Reading it is always refused.
type ClipboardMode uint8

// The modes.
const (
	ClipboardWrite ClipboardMode = iota // they are done
	ClipboardAsk                        // the user is asked each time
	ClipboardOff                        // they are dropped
)

var clipboardNames = []string{"write", "ask", "off"}

// String returns the mode's name.
func (m ClipboardMode) String() string { return clipboardNames[m] }

// ParseClipboardMode reads a mode's name.
func ParseClipboardMode(s string) (ClipboardMode, error) {
	for i, name := range clipboardNames {
		if s == name {
			return ClipboardMode(i), nil
		}
	}
	return 0, fmt.Errorf("client: unknown clipboard mode %q: use write, ask or off", s)
}
