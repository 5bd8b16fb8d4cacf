package server

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"roam/session"
	"roam/terminal"
)

// printEvents is a program that rings, notifies, and writes 50,000 bytes to the
// clipboard twice.
const printEvents = `text=$(head -c 50000 /dev/zero | tr '\0' x | base64 -w0)
printf '\033]52;c;%s\a\033]777;notify;title;text\033\\\033]52;c;%s\a\a\a\033[4:3mcurly' "$text" "$text"
cat`

// A roam client is told of each event once, in order, and of all that a rich screen
// has; a stock one of a bell.
func TestServerTellsEvents(t *testing.T) {
	write := terminal.Event{
		Kind: terminal.EventClipboard, Selection: "c",
		Text: base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", 50000))),
	}
	want := []terminal.Event{
		write, {Kind: terminal.EventNotification, Title: "title", Text: "text"}, write, {Kind: terminal.EventBell},
	}
	for name, capabilities := range map[string][]session.Capability{"roam": session.Supported(), "stock": nil} {
		s := start(t, StockName, testEnv(t), "new", "-i", "127.0.0.1", "-p", "0", "--", "sh", "-c", printEvents)
		c := attach(t, s, capabilities)
		c.until(c.shows("curly"))
		underline := c.screen().Term().Row(0).Cell(0).Style().Underline()
		if name == "stock" {
			if len(c.acted) > 0 || c.screen().Term().Bells() != 1 || underline != terminal.UnderlineSingle {
				t.Errorf("a stock client has %d events, %d bells, underline %v", len(c.acted), c.screen().Term().Bells(), underline)
			}
			continue
		}
		c.typeIn("k") // is not held up
		c.until(c.shows("curlyk"))
		if len(c.acted) == len(want) {
			t.Log("the key came after all events")
		}
		c.until(func() bool { return len(c.acted) >= len(want) })
		if !slices.Equal(c.acted, want) {
			t.Errorf("%d events: %.300v", len(c.acted), c.acted)
		}
		if underline != terminal.UnderlineCurly || c.screen().Term().Bells() != 0 || c.screen().Term().Clipboard() != "" {
			t.Errorf("underline %v, %d bells", underline, c.screen().Term().Bells())
		}
	}
}
