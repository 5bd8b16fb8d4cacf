//go:build unix

package server

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// maxMotd is the most bytes taken of a message of the day: two full screens.
const maxMotd = 16 << 10

// loginGreeting returns what a login prints before the shell: the message of the
// day and a word about the sessions that the user has left behind. A user who wants
// none of it has ~/.hushlogin.
func loginGreeting(home string, detached []string) string {
	if _, err := os.Stat(filepath.Join(home, ".hushlogin")); err == nil {
		return ""
	}
	text := readMotd("/run/motd.dynamic")
	if text == "" {
		text = readMotd("/var/run/motd.dynamic")
	}
	text += readMotd("/etc/motd")
	return text + detachedNotice(detached)
}

// readMotd returns the text of a file, "" if there is none. Control characters but
// tabs, escapes and ends of line are left out.
func readMotd(name string) string {
	f, err := os.Open(name)
	if err != nil {
		return ""
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxMotd))
	if err != nil {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' && r != '\x1b' || r == 0x7f {
			return -1
		}
		return r
	}, string(b))
}

// detachedNotice words, white on blue, that sessions run which nobody looks at.
func detachedNotice(sessions []string) string {
	const on, off = "\x1b[37;44m", "\x1b[m"
	switch len(sessions) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("%sYou have a detached session on this host: %s.%s\n%s\n", on, sessions[0], off, commandsNotice(sessions))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%sYou have %d detached sessions on this host:%s\n", on, len(sessions), off)
	for _, s := range sessions {
		fmt.Fprintf(&b, "  - %s\n", s)
	}
	b.WriteString(commandsNotice(sessions) + "\n")
	return b.String()
}

// commandsNotice names the commands that enter and end the sessions; "" if all of them are
// stock's, which none can.
func commandsNotice(sessions []string) string {
	for _, s := range sessions {
		if id, ok := strings.CutPrefix(s, roamSession); ok {
			id = strings.TrimSuffix(id, "]")
			return fmt.Sprintf("Enter it from where you are: roam attach HOST %s. End it: roam kill %s\n", id, id)
		}
	}
	return ""
}

// roamSession begins the name of a session in the notice; its id and a bracket follow.
const roamSession = "roam ["
