//go:build linux

package e2e

import (
	"fmt"
	"strings"
	"testing"

	"roam/terminal"
)

// TestProgramAsksTheUsersTerminal: what a program on the server asks of its terminal, first
// of all, is answered as the user's own would.
func TestProgramAsksTheUsersTerminal(t *testing.T) {
	p := pairing{client: roam, server: roam}
	const answers = "\x1b]11;rgb:1212/3434/5656\a" + "\x1b[4;480;800t" + "\x1b[?997;1n" + "\x1b[0n"
	ask := fmt.Sprintf(`stty raw -echo; printf '\033]11;?\007\033[14t\033[?996n\033[5n'
		dd bs=1 count=%d 2>/dev/null | od -An -c | tr -d ' \n'; sleep 600`, len(answers))
	s := p.startServer(t, cleanEnv(t.TempDir()), "sh", "-c", ask)
	words := append(p.clientPath(t), s.addr.Addr().String(), fmt.Sprint(s.addr.Port()))
	c := startClientBy(t, p.String(), words, s.key, func(em *terminal.Emulator) {
		u := terminal.UserTerminal{CellWidth: 10, CellHeight: 20, Scheme: terminal.SchemeDark}
		u.Colors.Bg = terminal.RGB(0x12, 0x34, 0x56)
		em.SetUserTerminal(u)
	})
	c.expect(`033\]11;rgb:1212/3434/5656\\a033\[4;480;800t033\[\?997;1n033\[0n`)
}

// TestProgramAsksThroughTmux: the same where the user's terminal is tmux, which tells its
// window's colour, and whose answers nobody sees.
func TestProgramAsksThroughTmux(t *testing.T) {
	p := pairing{client: roam, server: roam}
	const answers = "\x1b]11;rgb:1212/3434/5656\a" + "\x1b[0n"
	ask := fmt.Sprintf(`stty raw -echo; printf 'BEGIN\r\n\033]11;?\007\033[5n'
		dd bs=1 count=%d 2>/dev/null | od -An -c | tr -d ' \n'; printf '\r\n'; exec cat`, len(answers))
	s := p.startServer(t, cleanEnv(t.TempDir()), "sh", "-c", ask)
	x := newTmux(t)
	x.do("set-option -g window-style bg=#123456")
	c := x.open(p.String(), p.clientLine(t, s, int(s.addr.Port())))
	c.expect(`^BEGIN\n033\]11;rgb:1212/3434/5656\\a033\[0n\n`)
	c.bytes("typed")
	x.wait(func() bool { return strings.HasSuffix(strings.TrimSpace(c.text()), "typed") }, c.text)
	if got := strings.Count(strings.TrimSpace(c.text()), "\n"); got != 2 {
		t.Errorf("the screen has more than three lines:\n%s", c.text())
	}
}
